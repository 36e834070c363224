"""What to order and by when: from stock, open orders and lead times to the release and its file."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.record_feeds import ORDERS_FEED
from tests.rooms import (
    LAST_DAY,
    OPERATOR,
    STRANGER,
    open_at,
    send,
    stock_file,
    write_room,
)
from tests.unit.actions.given_figures import AS_OF, inputs_of
from tests.unit.actions.promised_arrivals import arrivals_as_promised
from tests.unit.actions.test_actions_products import (
    ARCS,
    MASKS,
    RULE,
    order,
    stocks,
)
from tests.unit.supply.orders_made import TODAY, UNTIL, many, rows_of
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.decisions.purchases import PURCHASE_COLUMNS, purchase_rows, tell_purchases
from vigie.actions.pages.showing import open_release, show_table
from vigie.actions.pages.told_shortages import tell_shortages
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.order_book import OrderBook, book_of
from vigie.actions.shortages.product_shortages import ProductResult, product_results
from vigie.actions.views.spreadsheets import to_csv
from vigie.errors import AccessRefused
from vigie.schemas import ORDERS
from vigie.supply import learn_order_law, order_draws, read_order_lines

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("stock-advice")

NONE = arrivals_as_promised(ORDERS.arrow_schema().empty_table())


def result(
    left: Mapping[str, float],
    orders: Sequence[object] = (),
    book: OrderBook | None = None,
    **terms: object,
) -> ProductResult:
    reference = {"products": [MASKS | terms], "arcs": ARCS}
    inputs, chance = inputs_of(stocks(**left), flows=["used"], reference=reference)
    names = ("place", "product", "quantity", "eta_date", "status")
    schema = pa.schema([pa.field(name, ORDERS[name].type) for name in names])
    arrivals = arrivals_as_promised(pa.Table.from_pylist(list(orders), schema=schema))
    [made] = product_results(RULE, inputs, chance.draws(), arrivals, book=book)
    return made


def advice(
    left: float, orders: Sequence[object] = (), book: OrderBook | None = None, **terms: object
) -> dict[str, object]:
    [row] = result({"A": left}, orders, book, **terms).advice.to_pylist()
    return dict(row)


def days(row: Mapping[str, object]) -> int | None:
    latest = row["latest_order_date"]
    return (latest - AS_OF).days if isinstance(latest, date) else None


def test_stock_that_ends_before_an_order_of_today_comes_is_late_and_tells_what_to_order() -> None:
    row = advice(5)

    assert (row["latest_order_date"], row["late_probability"]) == (None, 1)
    # 10 a day from day 2, when the order comes, to day 7, which is as far as is foreseen.
    assert (row["order_quantity"], row["packs"], row["unit"]) == (60, 6, "pieces")
    assert (row["stock"], row["cover_q10"], row["cover_q90"]) == (5, 0, 0)
    assert row["fill_rate"] == pytest.approx(5 / 70)


@pytest.mark.parametrize(("left", "latest", "packs"), [(15, 0, 6), (35, 2, 4), (39, 2, 4)])
def test_the_order_must_come_on_the_first_day_that_stock_does_not_cover(
    left: float, latest: int, packs: int
) -> None:
    row = advice(left)

    assert (days(row), row["packs"], row["late_probability"]) == (latest, packs, 0)
    assert row["cover_q50"] == left // 10


def test_stock_that_lasts_to_the_horizon_needs_no_order_and_covers_at_least_so_long() -> None:
    row = advice(500)

    assert (row["packs"], row["probability"], row["fill_rate"]) == (0, 0, 1)
    assert row["cover_q10"] == row["cover_q90"] == row["horizon_days"] == 7
    assert days(row) == 7 + 1 - 2, "then or later"


def test_an_open_order_puts_off_the_next_one() -> None:
    coming = [order(100, AS_OF + timedelta(days=2))]

    assert days(advice(15)) == 0
    assert advice(15, coming)["packs"] == 0


def test_an_unknown_lead_time_is_said_and_never_taken_for_a_short_one() -> None:
    row = advice(15, lead_time_days=None)

    for name in ("latest_order_date", "late_probability", "order_quantity", "packs"):
        assert row[name] is None, name
    assert row["lead_time_q50"] is None
    assert row["on_order"] is None, "no orders are told"
    assert row["cover_q50"] == 1


def test_a_lead_time_beyond_the_horizon_gives_the_chance_and_no_date() -> None:
    row = advice(35, lead_time_days=30.0)

    assert (row["late_probability"], row["latest_order_date"], row["packs"]) == (1, None, None)


@pytest.mark.parametrize("pack", [1.0, 25.0, 1000.0])
def test_what_is_ordered_is_whole_packs(pack: float) -> None:
    row = advice(5, pack_size=pack)

    assert row["order_quantity"] == float(str(row["packs"])) * pack >= 60


def test_a_product_is_acted_on_by_the_day_of_its_order() -> None:
    made = result({"A": 5, "B": 35, "C": 500})
    act_by = {row["place"]: row["act_by"] for row in made.shortages.to_pylist()}

    assert act_by == {"A": AS_OF, "B": AS_OF + timedelta(days=2), "C": None}
    unknown = result({"B": 35}, lead_time_days=None).shortages.to_pylist()
    assert unknown[0]["act_by"] == AS_OF + timedelta(days=3), "a move on the day before"


def test_stock_not_told_for_today_is_counted_from_today() -> None:
    given = {key: [*values[1:], None] for key, values in stocks(A=45).items()}
    inputs, chance = inputs_of(given, flows=["used"], reference={"products": [MASKS]})
    [made] = product_results(RULE, inputs, chance.draws(), NONE)
    [row] = made.advice.to_pylist()

    # 45 were left yesterday evening: today and three days more, and an order takes two days.
    assert (row["cover_q50"], days(row)) == (4, 2)
    assert row["late_probability"] == 0


def book(told: Sequence[Mapping[str, object]]) -> OrderBook:
    lines = read_order_lines(rows_of(told), today=TODAY, known_until=UNTIL)
    law = learn_order_law(lines)
    return book_of(lines, law, order_draws(np.random.default_rng(3), law, 50))


def line(number: str, **changes: object) -> dict[str, object]:
    told = {"order": number, "told": -3, "ordered": -3, "eta": 4, "product": "masks"}
    return told | changes


def test_the_book_tells_what_is_open_and_who_delivers() -> None:
    held = book(
        [
            line("1"),
            line("2", quantity=50.0, status="shipped", supplier="Newer", ordered=-1),
            line("3", quantity=-9.0),
            line("4", quantity=None),
            line("5", status="cancelled"),
            line("6", product="gowns", supplier="Gown maker", place="B"),
        ]
    )

    assert held.on_order(["A", "B"], "masks").tolist() == [150, 0]
    assert held.supplier("A", "masks") == "Newer"
    assert held.supplier("B", "masks") == "Newer", "as elsewhere"
    assert held.supplier("B", "gowns") == "Gown maker"
    assert held.supplier("B", "gloves") == ""
    assert held.lead_times("", "gloves", 21) is None
    assert np.isnan(book([]).on_order(["A"], "masks")).all(), "no order was ever told"


def test_lead_times_are_those_of_past_orders_and_not_of_the_list() -> None:
    rng = np.random.default_rng(0)
    slow = book(many(rng, 800, lead=5, delay=lambda rng: 0, product="masks"))
    row = advice(35, book=slow)

    assert float(str(row["lead_time_q50"])) == pytest.approx(5, abs=1)
    assert row["latest_order_date"] is None, "the list says two days, they take five"
    assert float(str(row["late_probability"])) > 0.9
    assert (row["supplier"], advice(35)["supplier"]) == ("Acme", "")


LINES = "line,hospital,product,quantity,ordered,expected,status\n"


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Stock for a day at A, where an order is open, and for four days at B."""
    folder = write_room(
        tmp_path_factory.mktemp("advised") / "room", {"feeds/orders.toml": ORDERS_FEED}
    )
    room = open_at(folder, LAST_DAY)
    left = {"A": 15, "B": 45}
    send(room, "supplies", f"stock_{LAST_DAY}.csv", stock_file(LAST_DAY, 20, left=left))
    eta = LAST_DAY + timedelta(days=6)
    told = f"7,A,masks,30,{LAST_DAY},{eta},ordered\n"
    send(room, "orders", f"orders_{LAST_DAY}.csv", LINES + told)
    run_cycle(room, OPERATOR, as_of=LAST_DAY)
    return room


def test_a_release_tells_the_advice_of_every_place_and_product(ordered: Room) -> None:
    rows = show_table(ordered, OPERATOR, "stock_advice").to_pylist()

    assert [row["place"] for row in rows] == ["A", "B", "C"]
    assert [row["on_order"] for row in rows] == [30, 0, 0]
    assert [row["cover_q50"] for row in rows] == [1, 4, 7]
    risks = show_table(ordered, OPERATOR, "shortages", kind="products").to_pylist()
    by_place = {row["place"]: row["probability"] for row in risks}
    assert {row["place"]: row["probability"] for row in rows} == by_place


def test_what_is_due_is_listed_late_first_and_only_what_is_to_be_ordered(ordered: Room) -> None:
    reader = open_release(ordered, OPERATOR)
    rows = tell_purchases(reader, language="fr")

    assert [row["place"] for row in rows] == ["A", "B"]
    assert [row["is_late"] for row in rows] == sorted((r["is_late"] for r in rows), reverse=True)
    for row in rows:
        assert row["quantity"] == row["packs"] * row["pack_size"] > 0
        assert row["order_by"] >= LAST_DAY
        assert "conditionnement" in row["advice"]
        assert (row["product_name"], row["as_of"]) == ("Masques", LAST_DAY)
    assert [row["place"] for row in tell_purchases(reader, language="en", place="B")] == ["B"]


def test_a_shortage_of_a_product_carries_its_order(ordered: Room) -> None:
    reader = open_release(ordered, OPERATOR)
    due = {row["place"]: row for row in tell_purchases(reader, language="en")}
    told = {row["place"]: row for row in tell_shortages(reader, language="en", kind="products")}

    for place, row in due.items():
        assert told[place]["order_by"] == row["order_by"] == told[place]["act_by"]
        assert (told[place]["packs"], told[place]["advice"]) == (row["packs"], row["advice"])
    assert (told["C"]["order_by"], told["C"]["packs"]) == (None, 0)
    assert "no order needed" in told["C"]["advice"]


def test_the_file_for_a_purchasing_system_holds_the_same_and_a_stranger_gets_none(
    ordered: Room,
) -> None:
    rows = purchase_rows(ordered, OPERATOR)
    read = list(csv.DictReader(io.StringIO(to_csv(PURCHASE_COLUMNS, rows))))

    assert [row["purchase"] for row in read] == [
        f"purchase-{LAST_DAY}-A-masks",
        f"purchase-{LAST_DAY}-B-masks",
    ]
    assert [int(row["packs"]) for row in read] == [row["packs"] for row in rows]
    with pytest.raises(AccessRefused):
        purchase_rows(ordered, STRANGER)
    with ordered.state.read() as tx:
        refusals = [json.loads(row.payload) for row in tx.outbox("audit")]
    assert [row["subject"] for row in refusals if not row["allowed"]] == ["purchases"]


def test_a_room_without_products_has_an_empty_table(tmp_path: Path) -> None:
    settings = write_room(tmp_path / "room") / "vigie.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text[: text.rindex("[[shortage]]")], encoding="utf-8")
    room = open_at(settings.parent)
    send(room, "supplies", f"stock_{LAST_DAY}.csv", stock_file(LAST_DAY, 20))
    run_cycle(room, OPERATOR)

    assert show_table(room, OPERATOR, "stock_advice").num_rows == 0
    assert tell_purchases(open_release(room, OPERATOR), language="en") == []
