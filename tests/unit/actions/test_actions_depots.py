"""A room with a depot and a capped supplier: run, pages, and decisions on a move of the depot."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.depot_room import CHANGES, make_depot_room
from tests.plan_room import actor, copy_of, do, first_move, opened
from tests.rooms import FILES, LAST_DAY, NEXT_DAY, OPERATOR, open_at, write_room
from vigie.actions.daily.checking import window_sql
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.decisions.deciding import add_move
from vigie.actions.decisions.decisions_page import build_decisions_page
from vigie.actions.decisions.move_effects import release_depots
from vigie.actions.decisions.plan_decisions import list_moves
from vigie.actions.decisions.purchases import tell_purchases
from vigie.actions.forecasts.forecasting import History
from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.plan_page import build_plan_page
from vigie.actions.pages.shortages_page import build_shortages_page
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.reading import ReleaseReader, as_known_sql, facts_sql
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.cap_checks import cap_check_rows
from vigie.actions.shortages.depot_checks import depot_check_rows
from vigie.actions.shortages.product_lots import LotCount
from vigie.actions.shortages.room_depots import DepotTerms, RoomDepots, without_depots
from vigie.actions.words.wording import words_for
from vigie.errors import BadData, FolderInvalid
from vigie.planning import MoveKey, StepKind
from vigie.schemas import MEASURES, ORDERS, REPORTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_depot_room(tmp_path_factory.mktemp("depots") / "room")


@pytest.fixture(scope="module")
def release(folder: Path) -> ReleaseReader:
    return open_release(opened(folder), OPERATOR)


def rows(release: ReleaseReader, table: str, **equals: str) -> list[dict[str, object]]:
    return release.table(table, **equals).to_pylist()


def test_the_run_tells_what_the_depot_holds_and_can_send(release: ReleaseReader):
    [row] = rows(release, "depot_stock")
    assert (row["place"], row["category"], row["data_date"]) == ("D", "masks", LAST_DAY)
    assert (row["stock"], row["reserve"], row["free"], row["on_order"]) == (700, 300, 400, 1000)


def test_both_planners_of_the_room_take_from_the_depot(release: ReleaseReader):
    plans = {row["plan"] for row in rows(release, "plans")}
    senders = {(row["plan"], row["from_place"]) for row in rows(release, "plan_moves")}
    assert {(plan, "D") for plan in plans} <= senders
    assert {row["to_place"] for row in rows(release, "plan_moves", from_place="D")} <= {"A", "B"}


def test_a_depot_is_short_of_nothing_and_in_no_total(release: ReleaseReader):
    for table in ("shortages", "stock_advice", "path_arrays"):
        assert rows(release, table)
        assert rows(release, table, place="D") == []
    [total] = rows(
        release, "coverage", measure="stock", place="N", reference_date=LAST_DAY.isoformat()
    )
    assert (total["value"], total["reported"], total["expected"]) == (20 + 80 + 80, 3, 3)


def test_a_cap_lets_orders_wait_and_is_shared_by_what_was_ordered(release: ReleaseReader):
    advice = {row["place"]: row for row in rows(release, "stock_advice")}
    assert advice["A"]["capped_supplier"] is None
    assert advice["B"]["capped_supplier"] == advice["C"]["capped_supplier"] == "slow"
    assert advice["B"]["cap_per_day"] == 20
    # B ordered 200 and C 100; what comes in 7 days at 20 a day leaves some of both waiting.
    assert advice["B"]["waiting"] == pytest.approx(2 * advice["C"]["waiting"], rel=0.15)
    assert advice["B"]["waiting"] >= advice["B"]["waiting_end"] > 0
    delivered = rows(release, "shortage_days", place="B", category="masks")
    assert all(row["delivered"] <= 20 for row in delivered)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_tell_of_the_depot_and_of_the_supplier(release: ReleaseReader, language: str):
    plan = build_plan_page(release, language=language)
    [row] = [each for each in plan.rows if each.move["from_place"] == "D"]
    left = 700 - row.move["quantity"]
    assert f"{left:g}" in row.giving_left
    assert "300" in row.giving_left
    assert "300" in row.reason
    [chart] = [each for each in plan.pictures if each.name == "plan-effect"]
    assert not any("Depot" in cell for line in chart.rows for cell in line)
    shortages = build_shortages_page(release, language=language)
    assert re.search(r"slow.* 20 .*\d+ unit", " ".join(shortages.suppliers))

    depot = build_place_page(release, "D", language=language)
    assert depot.depot is not None
    [line] = depot.depot.lines
    assert (line.stock, line.reserve, line.free) == ("700", "300", "400")
    assert line.promised == f"{row.move['quantity']:g}"
    assert "Hospital A, Hospital B" in depot.depot.serves[0]
    assert [each.figure.text for each in depot.latest] == ["700"]
    assert depot.moves_out
    assert "Depot D" in build_place_page(release, "A", language=language).moves_in[0]
    assert build_place_page(release, "B", language=language).suppliers


def test_purchases_tell_whose_cap_orders_wait_for(release: ReleaseReader):
    for row in tell_purchases(release, language="en"):
        assert {"capped_supplier", "cap_per_day", "waiting"} <= row.keys()


def test_a_move_of_the_depot_is_accepted_approved_sent_and_arrives(folder: Path, tmp_path: Path):
    room = opened(copy_of(folder, tmp_path / "room"))
    move = first_move(room)
    assert (move.from_place, move.sender_before, move.sender_after) == ("D", None, None)
    do(room, StepKind.ACCEPT, move.code, "ann", "D")
    do(room, StepKind.ACCEPT, move.code, "bob", "A")
    decided = do(room, StepKind.APPROVE, move.code, "eve").move
    assert decided.stage == "approved"
    assert decided.receiver_after is not None
    assert decided.receiver_after < (decided.receiver_before or 0)
    assert decided.sender_after is None
    release = open_release(room, OPERATOR)
    page = build_decisions_page(list_moves(room, OPERATOR), [], release, words_for("en"))
    [item] = [each for each in page.under_way if each.line.move.code == move.code]
    assert "keeps its reserve of 300" in item.held
    assert [name for name, _, _ in item.ends] == ["Hospital A"]
    do(room, StepKind.SEND, move.code, "eve")
    arrived = do(room, StepKind.ARRIVE, move.code, "bob", "A", quantity=move.quantity)
    assert arrived.move.stage == "arrived"
    room.state.close()


def test_what_a_depot_cannot_do_is_refused_in_its_words(folder: Path, tmp_path: Path):
    room = opened(copy_of(folder, tmp_path / "room"))
    move = first_move(room)
    with pytest.raises(BadData, match=r"keeps its reserve of 300: only 400 above it are free"):
        do(room, StepKind.EDIT, move.code, "eve", quantity=410.0)
    edited = do(room, StepKind.EDIT, move.code, "eve", quantity=400.0).move
    assert (edited.quantity, edited.sender_after) == (400.0, None)

    def added(sender: str, receiver: str) -> None:
        key = MoveKey("products", "masks", sender, receiver, LAST_DAY)
        add_move(room, OPERATOR, key, 10.0, actor("eve"))

    with pytest.raises(BadData, match="no way leads"):
        added("D", "C")
    with pytest.raises(BadData, match="no way leads"):
        added("A", "D")
    room.state.close()


def test_an_accepted_move_of_the_depot_stands_in_the_next_plan(folder: Path, tmp_path: Path):
    room = opened(copy_of(folder, tmp_path / "room"), day=NEXT_DAY, hour=7)
    kept = opened(room.folder)
    move = first_move(kept)
    do(kept, StepKind.EDIT, move.code, "eve", quantity=390.0, day=NEXT_DAY)
    do(kept, StepKind.ACCEPT, move.code, "ann", "D")
    do(kept, StepKind.ACCEPT, move.code, "bob", "A")
    kept.state.close()
    # The depot tells nothing new, the sites neither; its ten free units are all that is left.
    run_cycle(room, OPERATOR)
    release = open_release(room, OPERATOR)
    leaving = sum(row["quantity"] for row in rows(release, "plan_moves", from_place="D", plan="1"))
    assert leaving <= 10
    room.state.close()


CHECKED = {
    "old": ("depots.csv", "depot,product,reserve,serves\n", 20, "last told on"),
    "reserve": ("depots.csv", "depot,product,reserve,serves\nD,,900,\n", 0, "line 2: D is to keep"),
    "unknown": (
        "supplier_caps.csv",
        "supplier,product,valid_from,units_per_day\nslwo,,2021-01-01,5\n",
        0,
        'line 2: no order told lately names a supplier "slwo"',
    ),
    "without_part": (
        "supplier_shares.csv",
        "supplier,product,place,share\nslow,masks,B,1\n",
        0,
        "gives no part of masks of slow to C",
    ),
}


def checked(room: Room, day: date) -> list[dict[str, object]]:
    """What the checks of depots and caps say on a day, without a run."""
    known = as_known_sql(
        room, room.lake.files(REPORTS), (), room.end_of(day), window_sql(room, day)
    )
    standing = room.engine.query(facts_sql(known), {"measures": room.reference(MEASURES.name)})
    of_depots = depot_check_rows(room, day, standing).to_pylist()
    return of_depots + cap_check_rows(room, day, room.lake.files(ORDERS)).to_pylist()


@pytest.mark.parametrize("name", CHECKED)
def test_checks_say_what_is_wrong_with_depots_and_caps(folder: Path, tmp_path: Path, name: str):
    file, text, days_later, expected = CHECKED[name]
    copy = copy_of(folder, tmp_path / "room")
    (copy / "reference" / file).write_text(text, encoding="utf-8")
    day = LAST_DAY + timedelta(days=days_later)
    room = opened(copy, day=day)
    [row] = [each for each in checked(room, day) if str(each["check"]).endswith(name)]
    assert expected in str(row["message"])
    assert not row["passed"]
    room.state.close()


def test_figures_of_a_depot_that_are_no_stock_are_named_and_left_out(folder: Path):
    room = opened(folder)
    day = {"place": ["D"] * 3, "category": ["", "masks", "masks"], "reference_date": [LAST_DAY] * 3}
    facts = pa.table(
        {"measure": ["beds_occupied", "used", "stock"], "value": [3.0, 0.0, 700.0], **day}
    )
    told = depot_check_rows(room, LAST_DAY, facts).to_pylist()
    assert [(row["figure"], row["rows"]) for row in told] == [("beds_occupied", 1)]
    assert "no patients, staff or use" in told[0]["message"]
    assert without_depots(room, facts, LAST_DAY)["measure"].to_pylist() == ["stock"]
    silent = depot_check_rows(room, LAST_DAY, facts.slice(0, 2)).to_pylist()
    assert "reports no stock: nothing can leave it" in silent[0]["message"]


BAD = {
    'places.csv, line 7: .*lies in "D", which is a depot: a depot has no wards': (
        "places.csv",
        CHANGES["reference/places.csv"] + "W,Ward,unit,D\n",
    ),
    "places.csv, line 6: no way leads from the depot": (
        "arcs.csv",
        FILES["reference/arcs.csv"],
    ),
    "depots.csv, line 2: column reserve: below 0": ("depots.csv", "depot,reserve\nD,-1\n"),
    'depots.csv, line 2: "A" is of kind site, not a depot': ("depots.csv", "depot\nA\n"),
    'depots.csv, line 2: column depot: there is no "E"': ("depots.csv", "depot\nE\n"),
    'depots.csv, line 2: column product: there is no "mask"': (
        "depots.csv",
        "depot,product\nD,mask\n",
    ),
    'depots.csv, line 2: column serves: there is no "Z"': ("depots.csv", "depot,serves\nD,Z\n"),
    "supplier_caps.csv, line 2: column units_per_day: below 0": (
        "supplier_caps.csv",
        "supplier,valid_from,units_per_day\nslow,2021-01-01,-5\n",
    ),
    "supplier_caps.csv, line 2: the cap is told neither": (
        "supplier_caps.csv",
        "supplier,valid_from\nslow,2021-01-01\n",
    ),
    "supplier_caps.csv, line 3: the days of this cap are also those of line 2": (
        "supplier_caps.csv",
        "supplier,valid_from,units_per_week\nslow,2021-01-01,5\nslow,2021-02-01,6\n",
    ),
    'supplier_caps.csv, line 2: column product: there is no "mask"': (
        "supplier_caps.csv",
        "supplier,product,valid_from,units_per_day\nslow,mask,2021-01-01,5\n",
    ),
    'supplier_shares.csv, line 2: column place: there is no "Z"': (
        "supplier_shares.csv",
        "supplier,place,share\nslow,Z,1\n",
    ),
    "supplier_shares.csv, line 2: no place has a part above 0": (
        "supplier_shares.csv",
        "supplier,place,share\nslow,A,0\n",
    ),
    'supplier_shares.csv, line 2: "slwo" has no cap': (
        "supplier_shares.csv",
        "supplier,place,share\nslwo,A,1\n",
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_rows_that_cannot_hold_are_named_with_file_and_line(tmp_path: Path, message: str):
    file, text = BAD[message]
    write_room(tmp_path / "room", {**CHANGES, f"reference/{file}": text})
    with pytest.raises(FolderInvalid, match=message):
        open_at(tmp_path / "room")


def test_what_has_expired_at_a_depot_is_not_free_to_leave():
    days = np.datetime64(LAST_DAY, "D") - np.array([2, 1, 0])
    held = History(
        "stock", "level", "day", ("D",), ("masks",), days, np.full((1, 1, 3), 700.0), LAST_DAY,
        np.inf,
    )  # fmt: skip
    lots = LotCount(days[1], np.array([150.0, 50.0, 500.0]), np.array([-1.0, 1.0, np.inf]))
    terms = {("D", "masks"): DepotTerms(300.0, "", "masks")}

    def free(on: date, lots: dict[str, dict[str, LotCount]]) -> object:
        depots = RoomDepots(("D",), held, terms, {}, on, lots)
        [row] = depots.rows([{"product": "masks", "unit": "pieces"}], None).to_pylist()
        [depot] = depots.of("masks")
        assert (row["stock"], row["free"]) == (700, depot.free)
        reader = _Told(on, pa.Table.from_pylist([row]))
        again = release_depots(reader, "masks")["D"]  # type: ignore[arg-type]
        assert (again.free, again.reserve) == (depot.free, 300)
        return row["free"]

    assert free(LAST_DAY, {}) == 400
    assert free(LAST_DAY, {"masks": {"D": lots}}) == 250
    assert free(NEXT_DAY, {"masks": {"D": lots}}) == 200, "the second lot ended yesterday"
    assert free(LAST_DAY, {"gowns": {"D": lots}}) == 400


class _Told:
    """A release with one depot and what it holds."""

    def __init__(self, as_of: date, held: pa.Table) -> None:
        self.as_of, self.held = as_of, held

    def table(self, name: str, **equals: str) -> pa.Table:
        if name == "depot_stock":
            return self.held
        row = {"place": "D", "kind": "depot", "parent": "", "valid_from": None, "valid_to": None}
        return pa.Table.from_pylist([row])
