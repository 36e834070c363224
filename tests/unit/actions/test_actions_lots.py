"""Stock in lots: from the feed of counts to risk, advice, plan and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from promised_arrivals import arrivals_as_promised

from tests.record_feeds import LOTS_FEED, lot_file
from tests.rooms import LAST_DAY, OPERATOR, open_at, send, stock_file, write_room
from tests.unit.actions.given_figures import AS_OF, inputs_of
from tests.unit.actions.test_actions_products import ARCS, MASKS, RULE, stocks
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.showing import open_release, show_table
from vigie.actions.pages.told_shortages import tell_moves, tell_shortages
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.left_since import Departures
from vigie.actions.shortages.product_lots import LotCount, lot_book, lots_today
from vigie.actions.shortages.product_shortages import ProductResult, product_results
from vigie.planning import OPTIMAL_MODEL
from vigie.schemas import LOTS, ORDERS

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("lots")

NEVER = np.inf
NONE = arrivals_as_promised(ORDERS.arrow_schema().empty_table())


def count(*lots: tuple[float, float], on: date = AS_OF) -> LotCount:
    """Units and days from the count to the last day of use."""
    units, last = (np.array(each, dtype=float) for each in zip(*lots, strict=True))
    return LotCount(np.datetime64(on, "D"), units, last)


def result(
    left: Mapping[str, float], lots: Mapping[str, LotCount] | None = None, **terms: object
) -> ProductResult:
    """Masks at the places, of which 10 a day are used."""
    reference = {"products": [MASKS | terms], "arcs": ARCS}
    inputs, chance = inputs_of(stocks(**left), flows=["used"], reference=reference)
    book = None if lots is None else {"masks": lots}
    [made] = product_results(RULE, inputs, chance.draws(), NONE, lots=book)
    return made


def advice(left: float, lots: LotCount | None = None, **terms: object) -> dict[str, object]:
    [row] = result({"A": left}, None if lots is None else {"A": lots}, **terms).advice.to_pylist()
    return dict(row)


def test_what_expires_before_it_is_used_is_gone() -> None:
    # 20 of the 60 are used by the second day, 40 are lost on the third.
    row = advice(60, count((60, 2)))

    assert (row["expiring"], row["expired"]) == (40, 0)
    assert (row["next_expiry_date"], row["next_expiry_quantity"]) == (AS_OF + timedelta(2), 60)
    assert (row["cover_q50"], row["stock"]) == (2, 60)
    assert (row["probability"], advice(60)["probability"]) == (1, 1)
    assert advice(60)["cover_q50"] == 6


def test_the_order_is_due_as_if_there_were_only_what_can_be_used() -> None:
    lots = count((60, 2))
    seen, plain = advice(60, lots), advice(20)

    for name in ("latest_order_date", "late_probability", "order_quantity", "packs", "fill_rate"):
        assert seen[name] == plain[name], name


def test_lots_of_a_depot_change_no_figure_of_a_site() -> None:
    seen, plain = result({"A": 60, "B": 45}, {"D": count((60, 2))}), result({"A": 60, "B": 45})
    assert seen.shortages == plain.shortages
    assert seen.advice == plain.advice
    assert np.array_equal(seen.stock.values, plain.stock.values)


def test_what_was_sent_since_the_stock_was_told_is_taken_off() -> None:
    reference = {"products": [MASKS], "arcs": ARCS}
    inputs, chance = inputs_of(stocks(A=60, B=500), flows=["used"], reference=reference)
    left = Departures((("A", "masks", AS_OF + timedelta(1), 40.0), ("B", "masks", AS_OF, 40.0)))
    [made] = product_results(RULE, inputs, chance.draws(), NONE, left=left)
    seen = {row["place"]: row for row in made.advice.to_pylist()}

    assert (seen["A"]["stock"], seen["A"]["sent"], seen["A"]["cover_q50"]) == (20, 40, 2)
    assert seen["A"]["probability"] == advice(20)["probability"]
    assert (seen["B"]["stock"], seen["B"]["sent"]) == (500, None), "told on the day it left"


@pytest.mark.parametrize("unmet", ["lost", "backorder"])
def test_stock_days_and_moves_see_the_expiry(unmet: str) -> None:
    left = {"A": 60, "B": 500, "C": 500}
    made = result(left, {"A": count((60, 2))}, unmet=unmet)
    plain = result({**left, "A": 20}, unmet=unmet)

    assert made.stock.values[0, 0, :, 0].tolist() == [50, 40, 0, 0, 0, 0, 0]
    for name in ("probability", "probability_7", "expected_unmet"):
        assert made.shortages[name] == plain.shortages[name], name
    units = [sum(move.quantity for move in each.plans[OPTIMAL_MODEL].moves) for each in
             (made, plain)]  # fmt: skip
    assert units[0] == units[1] > 0
    delivered = made.days.filter(pa.compute.equal(made.days["place"], "A"))["delivered"]
    assert set(delivered.to_pylist()) == {0}, "what expires is no delivery"


def test_a_sender_keeps_what_it_needs_once_its_own_lots_are_gone() -> None:
    left = {"A": 5, "B": 200}
    moved = [
        sum(move.quantity for move in result(left, lots).plans[OPTIMAL_MODEL].moves)
        for lots in (None, {"B": count((190, 1))})
    ]
    assert moved[0] > 0
    assert moved[1] == 0, "B is left with 10 of its 200 tomorrow evening"


def test_what_has_expired_is_no_stock() -> None:
    made = result({"A": 60}, {"A": count((25, -1), (35, NEVER))})
    [row], [risk] = made.advice.to_pylist(), made.shortages.to_pylist()

    assert (row["stock"], row["expired"], row["expiring"]) == (35, 25, 0)
    assert row["next_expiry_date"] is None
    assert risk["capacity_now"] == 35


def test_lots_without_expiry_change_no_figure() -> None:
    left = {"A": 35, "B": 80}
    made = result(left, {"A": count((35, NEVER))})
    plain = result(left)

    assert made.shortages == plain.shortages
    assert made.days == plain.days
    assert made.stock.values.tolist() == plain.stock.values.tolist()
    names = [name for name in plain.advice.column_names if "expir" not in name]
    assert made.advice.select(names) == plain.advice.select(names)
    [own, other] = made.advice.to_pylist()
    assert (own["expiring"], own["expired"], other["expiring"]) == (0, 0, None)


def test_a_place_without_lots_keeps_its_figures_beside_one_with_lots() -> None:
    left = {"A": 60, "B": 35}
    made, plain = result(left, {"A": count((60, 2))}), result(left)

    assert made.shortages.to_pylist()[1] == plain.shortages.to_pylist()[1]


DATES = np.datetime64(AS_OF, "D") - np.arange(9, -1, -1)
USED = np.full((1, 10), 10.0)


def today(lots: LotCount, stock: float, days_since: int = 0) -> tuple[list[float], float]:
    """Units of the lots that can be used, and those that have expired."""
    held = lots_today({"A": lots}, ["A"], np.array([stock]), USED, DATES, days_since)
    assert held is not None
    return held.units[0].tolist(), float(held.expired[0])


@pytest.mark.parametrize(
    ("lots", "stock", "days_since", "usable", "expired"),
    [
        # Counted four days ago: 40 were used since, of the lot that expires first.
        (count((50, 9), (50, 60), on=AS_OF - timedelta(4)), 60, 0, [10, 50], 0),
        # It expired on the third day since, when 20 of it were left.
        (count((50, 3), (50, 60), on=AS_OF - timedelta(4)), 60, 0, [40, 0], 20),
        # More than the stock: what nobody told was used, the first to expire first.
        (count((50, 9), (50, 60)), 70, 0, [20, 50], 0),
        # Last day of use yesterday, stock told of yesterday: gone today.
        (count((30, 0), (20, 5)), 50, 1, [20, 0], 30),
        (count((30, 0), (20, 5)), 50, 0, [30, 20], 0),
        # Fewer than the stock: the rest has no known expiry and stays with the stock.
        (count((30, 5)), 90, 0, [30], 0),
    ],
)
def test_a_count_is_carried_to_the_day_of_the_stock(
    lots: LotCount, stock: float, days_since: int, usable: Sequence[float], expired: float
) -> None:
    assert today(lots, stock, days_since) == (usable, expired)


def test_lots_of_a_place_without_stock_say_nothing() -> None:
    held = lots_today({"B": count((5, 1))}, ["A"], np.array([5.0]), USED, DATES, 0)
    assert held is None
    unknown = lots_today({"A": count((5, 1))}, ["A"], np.array([np.nan]), USED, DATES, 0)
    assert unknown is None


def day(ahead: int) -> date:
    return LAST_DAY + timedelta(days=ahead)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A counts 60 masks of which 30 expire; the count is corrected once; wrong rows come too."""
    folder = write_room(tmp_path_factory.mktemp("lots") / "room", {"feeds/lots.toml": LOTS_FEED})
    room = open_at(folder, LAST_DAY)
    left = {"A": 60, "B": 45, "C": 500}
    send(room, "supplies", f"stock_{LAST_DAY}.csv", stock_file(LAST_DAY, 20, left=left))
    # An older count, and a first figure of this one that is revised.
    send(room, "lots", f"lots_{day(-8)}.csv", lot_file(f"A,masks,L0,{day(1)},90,pieces,{day(-9)},"))
    first = lot_file(f"A,masks,L1,{day(1)},20,pieces,{day(0)},")
    send(room, "lots", f"lots_{day(-1)}.csv", first)
    told = lot_file(
        f"A,masks,L1,{day(1)},50,pieces,{day(0)},2000000000008",
        f"A,masks,L2,{day(-3)},10,pieces,{day(0)},",
        f"B,masks,L1,,60,pieces,{day(0)},",
        f"C,masks,L1,{day(2)},40,pieces,{day(0)},",
        f"C,masks,L2,{day(2)},40,,{day(0)},",
        f"C,masks,L3,{day(2)},-40,pieces,{day(0)},",
        f"C,masks,L4,{day(2)},40,boxes,{day(0)},",
        f"C,masks,L5,{day(2)},40,pieces,{day(0)},2000000000001",
        f"C,masks,a lot,{day(2)},40,pieces,{day(0)},",
        f"C,masks,L7,{day(2)},,pieces,{day(0)},",
        f"C,masks,L8,{day(2)},40,pieces,,",
    )
    send(room, "lots", f"lots_{day(0)}.csv", told)
    run_cycle(room, OPERATOR, as_of=LAST_DAY)
    return room


def test_a_release_tells_what_expires_at_each_place(counted: Room) -> None:
    rows = {row["place"]: row for row in show_table(counted, OPERATOR, "stock_advice").to_pylist()}

    # 10 have expired, 10 of the 50 are used tomorrow, 40 are lost after it.
    assert (rows["A"]["stock"], rows["A"]["expired"], rows["A"]["expiring"]) == (50, 10, 40)
    assert (rows["A"]["next_expiry_date"], rows["A"]["next_expiry_quantity"]) == (day(1), 50)
    assert (rows["A"]["cover_q50"], rows["A"]["probability"]) == (1, 1)
    assert (rows["B"]["expired"], rows["B"]["expiring"]) == (0, 0)
    assert (rows["B"]["next_expiry_date"], rows["B"]["cover_q50"]) == (None, 4)
    assert (rows["C"]["next_expiry_date"], rows["C"]["expiring"]) == (day(2), 20)


def test_wrong_rows_are_refused_with_their_reason(counted: Room) -> None:
    rejects = show_table(counted, OPERATOR, "rejects").to_pylist()
    found = {(row["row"], row["column"], row["rule"]) for row in rejects}

    assert found == {
        (5, "unit", "unit"),
        (6, "quantity", "minimum"),
        (7, "unit", "unit"),
        (8, "gtin", "identifier"),
        (9, "lot", "identifier"),
        (10, "quantity", "blank"),
        (11, "counted", "blank"),
    }


def test_counts_that_do_not_fit_the_stock_are_told(counted: Room) -> None:
    rows = show_table(counted, OPERATOR, "check_results").to_pylist()
    told = {row["check"]: row["message"] for row in rows if row["check"].startswith("lots_")}

    assert sorted(told) == [
        "lots_above_stock",
        "lots_below_stock",
        "lots_expired",
        "lots_no_expiry",
    ]
    assert "1 count of lots (masks at B): more units" in told["lots_above_stock"]
    assert "masks at C" in told["lots_below_stock"]
    assert "masks at A" in told["lots_expired"]


def test_pages_and_the_command_tell_the_expiry(counted: Room) -> None:
    reader = open_release(counted, OPERATOR)
    page = build_place_page(reader, "A", language="en")
    [line] = (each.replace("\u00a0", " ") for each in page.expiring)

    assert line == (
        "Masks: 10 pieces in stock past the last day of use, not counted; next to expire: 50 "
        f"pieces, last day of use {day(1).day} February 2021; about 40 pieces expected to expire "
        "unused within 7 days"
    )
    assert any("next to expire" in each for each in page.products[0].advice)
    french = build_place_page(reader, "A", language="fr").expiring[0]
    assert "prochaine péremption" in french
    told = tell_shortages(reader, language="en", kind="products", place="A")[0]
    assert (told["next_expiry_date"], told["expiring"]) == (day(1), 40)


def test_the_reason_of_a_move_tells_what_would_expire_at_the_sender(counted: Room) -> None:
    moves = tell_moves(open_release(counted, OPERATOR), language="en", kind="products")

    assert moves
    for move in moves:
        assert move["from_place"] == "C"
        said = f"expects 20 pieces to expire unused, the first after {day(2).day} February"
        assert said in move["reason"].replace("\u00a0", " ")


def test_a_later_count_rules_from_the_day_on_which_it_is_known(counted: Room) -> None:
    assert len(lot_book(counted, counted.lake.files(LOTS), LAST_DAY)["masks"]["A"].units) == 2
    early = lot_book(counted, counted.lake.files(LOTS), day(-5))["masks"]["A"]
    assert (early.units.tolist(), early.counted) == ([90], np.datetime64(day(-9)))
