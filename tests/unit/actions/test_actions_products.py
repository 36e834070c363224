"""Products: when stock runs out, what deliveries change, and who can help whom."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.record_feeds import ORDERS_FEED
from tests.rooms import (
    FILES,
    LAST_DAY,
    NEXT_DAY,
    OPERATOR,
    open_at,
    send,
    stock_file,
    write_room,
)
from tests.unit.actions.given_figures import AS_OF, Given, inputs_of, rule_of
from tests.unit.actions.promised_arrivals import arrivals_as_promised
from tests.unit.supply.orders_made import TODAY, UNTIL, rows_of
from tests.unit.supply.stores_made import ordering_stores
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.showing import show_table
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.order_book import OrderBook, book_of
from vigie.actions.shortages.product_plans import PlanTerms
from vigie.actions.shortages.product_shortages import ProductResult, product_results
from vigie.actions.shortages.usual_orders import learn_usual_orders
from vigie.planning import NEAREST_SURPLUS_MODEL, OPTIMAL_MODEL
from vigie.schemas import ORDERS
from vigie.supply import (
    PATIENT_STOCK_MODEL,
    STOCK_MODEL,
    learn_order_law,
    order_draws,
    read_order_lines,
)

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("products")

RULE = rule_of("products", stock="stock", consumption="used")
MASKS = {
    "product": "masks",
    "name_en": "Masks",
    "name_fr": "Masques",
    "unit": "pieces",
    "pack_size": 10.0,
    "unmet": "lost",
    "lead_time_days": 2.0,
}
ARCS = [
    {"from_place": one, "to_place": other, "km": km, "hours": 1.0}
    for one, other, km in (("B", "A", 40.0), ("C", "A", 90.0))
]


def stocks(**left: float) -> Given:
    """Stock that goes down by 10 a day to what is left, and the use that explains it."""
    given: dict[tuple[str, str, str], list[float | None]] = {}
    for place, last in left.items():
        given[("stock", place, "masks")] = [last + 10 * back for back in range(19, -1, -1)]
        given[("used", place, "masks")] = [10.0] * 20
    return given


def order(quantity: float, eta: date | None, status: str = "ordered", place: str = "A") -> object:
    return {
        "place": place,
        "product": "masks",
        "quantity": quantity,
        "eta_date": eta,
        "status": status,
    }


def result_of(
    given: Given,
    orders: Sequence[object] = (),
    products: Sequence[Mapping[str, object]] = (MASKS,),
) -> list[ProductResult]:
    inputs, chance = inputs_of(
        given, flows=["used"], reference={"products": products, "arcs": ARCS}
    )
    names = ("place", "product", "quantity", "eta_date", "status")
    schema = pa.schema([pa.field(name, ORDERS[name].type) for name in names])
    known = pa.Table.from_pylist(list(orders), schema=schema)
    return list(product_results(RULE, inputs, chance.draws(), arrivals_as_promised(known)))


def row_of_a(given: Given, orders: Sequence[object] = ()) -> dict[str, object]:
    rows = result_of(given, orders)[0].shortages.to_pylist()
    return next(row for row in rows if row["place"] == "A")


def test_stock_for_one_day_and_a_half_runs_out_on_the_second_day() -> None:
    row = row_of_a(stocks(A=15))

    assert (row["probability"], row["first_day_q50"]) == (1, 2)
    assert row["expected_unmet"] == pytest.approx(7 * 10 - 15)
    assert (row["need_now"], row["capacity_now"], row["binds"]) == (10, 15, "stock")
    assert row["act_by"] == AS_OF, "an order takes two days"


def test_stock_that_lasts_to_the_horizon_is_no_shortage() -> None:
    row = row_of_a(stocks(A=70))

    assert (row["probability"], row["expected_unmet"], row["act_by"]) == (0, 0, None)


@pytest.mark.parametrize(
    ("orders", "first_day"),
    [
        ([order(100, AS_OF + timedelta(days=2))], None),
        ([order(20, AS_OF + timedelta(days=2))], 4),
        ([order(100, AS_OF + timedelta(days=3))], 2),
        ([order(100, AS_OF + timedelta(days=2), "cancelled")], 2),
        ([order(100, AS_OF + timedelta(days=2), "arrived")], 2),
        ([order(100, None)], 2),
        ([order(100, AS_OF + timedelta(days=2), place="B")], 2),
    ],
)
def test_a_delivery_helps_from_its_day_on_when_it_is_still_to_come(
    orders: list[object], first_day: int | None
) -> None:
    row = row_of_a(stocks(A=15), orders)

    assert row["if_short_q50"] == first_day


def test_each_day_of_a_product_at_risk_tells_stock_delivery_and_lack() -> None:
    orders = [order(20, AS_OF + timedelta(days=2))]
    days = result_of(stocks(A=15, B=900), orders)[0].days.to_pylist()

    assert {row["place"] for row in days} == {"A"}, "B does not run out"
    by = {(row["date"] - AS_OF).days: row for row in days}
    assert [by[day]["capacity_q50"] for day in range(1, 6)] == [5, 15, 5, 0, 0]
    assert [by[day]["delivered"] for day in range(1, 6)] == [0, 20, 0, 0, 0]
    assert [by[day]["expected_unmet"] for day in range(1, 6)] == [0, 0, 0, 5, 10]
    assert [by[day]["probability_by"] for day in range(1, 6)] == [0, 0, 0, 1, 1]
    assert {row["need_q50"] for row in days} == {10}
    assert {row["binds"] for row in days} == {"stock"}


def test_the_nearest_surplus_helps_in_whole_packs_and_keeps_its_own() -> None:
    plan = result_of(stocks(A=15, B=500, C=500))[0].plans[NEAREST_SURPLUS_MODEL]

    assert plan.moves
    for move in plan.moves:
        assert (move.from_place, move.to_place) == ("B", "A"), "B is nearer than C"
        assert move.quantity % 10 == 0
        assert move.quantity >= 7 * 10 - 15 - 10


def test_who_will_run_short_gives_nothing_away() -> None:
    plans = result_of(stocks(A=15, B=30, C=30))[0].plans

    assert {plan.moves for plan in plans.values()} == {()}


def test_the_optimal_plan_covers_a_from_its_nearest_and_tells_the_risk_of_both() -> None:
    plan = result_of(stocks(A=15, B=500, C=500))[0].plans[OPTIMAL_MODEL]

    assert {(move.from_place, move.to_place) for move in plan.moves} == {("B", "A")}
    assert sum(move.quantity for move in plan.moves) >= 7 * 10 - 15 - 10
    assert all(move.receiver_before == 1 and move.receiver_after < 0.05 for move in plan.moves)
    assert plan.unmet_after < 0.1 * plan.unmet_before


def waves(**final: float) -> Given:
    """Patients that rise to the number given over the last days, and stock used 2 a patient."""
    given: dict[tuple[str, str, str], list[float | None]] = {}
    for place, top in final.items():
        patients = [20.0 + 3 * (day % 3) for day in range(60)]
        patients += [20 + (top - 20) * day / 20 for day in range(1, 21)]
        used = [2 * each for each in patients]
        left = 400.0
        given[("beds", place, "icu")] = list(patients)
        given[("used", place, "masks")] = list(used)
        given[("stock", place, "masks")] = [left + sum(used[day + 1 :]) for day in range(80)]
    return given


def followed(given: Given, doses: float | None = 2.0) -> list[dict[str, object]]:
    rows = [] if doses is None else [{"product": "masks", "ward_kind": "icu",
                                      "per_patient_day": doses}]  # fmt: skip
    inputs, chance = inputs_of(
        given, flows=["used"], reference={"products": [MASKS], "arcs": ARCS, "doses": rows}
    )
    none = arrivals_as_promised(ORDERS.arrow_schema().empty_table())
    results = list(product_results(RULE, inputs, chance.draws(), none, "beds"))
    return results[0].shortages.to_pylist()


@pytest.mark.parametrize("doses", [2.0, None])
def test_use_follows_the_patients_of_its_place_and_the_row_says_so(doses: float | None) -> None:
    by_place = {row["place"]: row for row in followed(waves(A=60, B=20, C=20), doses)}

    assert {row["model_id"] for row in by_place.values()} == {PATIENT_STOCK_MODEL}
    assert float(str(by_place["A"]["probability"])) > 0.9, "400 last for 7 days at 20 patients"
    assert float(str(by_place["B"]["probability"])) < 0.5


def test_a_place_that_reports_no_patients_keeps_the_flat_model() -> None:
    given = dict(waves(A=60, B=20))
    del given[("beds", "B", "icu")]
    models = {row["place"]: row["model_id"] for row in followed(given)}

    assert models == {"A": PATIENT_STOCK_MODEL, "B": STOCK_MODEL}


def test_a_product_that_is_not_listed_is_not_assessed() -> None:
    given = {(*key[:2], "gowns"): values for key, values in stocks(A=15).items()}

    assert result_of(given) == []


def test_paths_of_stock_go_down_to_nothing_and_never_below() -> None:
    paths = result_of(stocks(A=15))[0].stock

    assert [set(day) for day in paths.values[0, 0]] == [{5.0}, *[{0.0}] * 6]


def order_file(status: str) -> str:
    eta = LAST_DAY + timedelta(days=2)
    return (
        "line,hospital,product,quantity,ordered,expected,status\n"
        f"7,A,masks,100,{LAST_DAY - timedelta(days=5)},{eta},{status}\n"
    )


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A room in which A has little left, and an order for it is cancelled on the next day."""
    folder = write_room(
        tmp_path_factory.mktemp("ordered") / "room", {"feeds/orders.toml": ORDERS_FEED}
    )
    room = open_at(folder, NEXT_DAY)
    send(room, "supplies", f"stock_{LAST_DAY}.csv", stock_file(LAST_DAY, 20, left={"A": 15}))
    send(room, "orders", f"orders_{LAST_DAY}.csv", order_file("ordered"))
    send(room, "orders", f"orders_{NEXT_DAY}.csv", order_file("cancelled"))
    run_cycle(room, OPERATOR, as_of=LAST_DAY)
    run_cycle(room, OPERATOR, as_of=NEXT_DAY)
    return room


def risk(room: Room, as_of: date, place: str = "A") -> float:
    with room.state.read() as tx:
        release = next(row.release for row in tx.releases() if row.as_of == as_of)
    rows = show_table(room, OPERATOR, "shortages", release, kind="products", place=place)
    return float(rows["probability"][0].as_py())


def test_an_order_counts_until_it_is_known_to_be_cancelled(ordered: Room) -> None:
    # Little is known of past orders, so that this one may well come late.
    assert 0.2 < risk(ordered, LAST_DAY) < 0.9
    # Little is known of past orders, so that this one may well come late.
    assert 0.2 < risk(ordered, LAST_DAY) < 0.9
    assert risk(ordered, NEXT_DAY) == 1


def test_the_days_of_a_release_agree_with_its_shortages(ordered: Room) -> None:
    days = show_table(ordered, OPERATOR, "shortage_days", kind="products", place="A").to_pylist()

    assert days[-1]["probability_by"] == risk(ordered, NEXT_DAY)
    assert show_table(ordered, OPERATOR, "shortage_days", kind="products", place="C").num_rows == 0


def test_the_plan_of_a_release_says_the_risk_before_and_after_at_both_ends(ordered: Room) -> None:
    moves = show_table(ordered, OPERATOR, "plan_moves").to_pylist()

    assert {(move["to_place"], move["category"], move["unit"]) for move in moves} == {
        ("A", "masks", "pieces")
    }
    for move in moves:
        assert move["from_place"] in {"B", "C"}
        assert move["receiver_after"] <= move["receiver_before"] == risk(ordered, NEXT_DAY)
        assert move["sender_after"] <= move["sender_before"] + 0.1
        assert move["arrive_date"] > move["depart_date"] >= NEXT_DAY
        assert (move["km"], move["state"]) == (40, "proposed")
    assert any(move["receiver_after"] < move["receiver_before"] for move in moves)
    plans = show_table(ordered, OPERATOR, "plans").to_pylist()
    assert {plan["model_id"] for plan in plans} == {OPTIMAL_MODEL, NEAREST_SURPLUS_MODEL}
    for plan in plans:
        assert plan["moves"] == sum(move["plan"] == plan["plan"] for move in moves)
        assert plan["unmet_after"] < plan["unmet_before"]


def test_a_room_without_a_list_of_products_claims_no_product_shortage(tmp_path: Path) -> None:
    products = FILES["reference/products.csv"].splitlines()[0] + "\n"
    folder = write_room(tmp_path / "room", {"reference/products.csv": products})
    room = open_at(folder)
    send(room, "supplies", f"stock_{LAST_DAY}.csv", stock_file(LAST_DAY, 20, left={"A": 15}))

    run_cycle(room, OPERATOR)

    assert show_table(room, OPERATOR, "shortages").num_rows == 0


def ordering_room() -> tuple[Given, OrderBook]:
    """Three sites that used 20 a day and ordered what was used each week, on a day of their own."""
    past, lines, _ = ordering_stores(8, places=3, days=120, cover=16.0, lead=2, product="masks")
    shift = AS_OF - TODAY
    given: dict[tuple[str, str, str], list[float | None]] = {}
    for at, place in enumerate(past.places):
        given[("stock", place, "masks")] = past.stock[at, 0].tolist()
        given[("used", place, "masks")] = past.use[at, 0].tolist()
    rows = rows_of(lines)
    # The day after the last report of the stores is the first of the run.
    for name, unit in (("ordered_date", "D"), ("eta_date", "D")):
        days = rows[name].to_numpy() + np.timedelta64(shift.days + 1, unit)
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(days))
    told = rows["known_at"].to_numpy() + np.timedelta64(shift.days + 1, "D")
    at = rows.schema.get_field_index("known_at")
    rows = rows.set_column(at, "known_at", pa.array(told).cast(pa.timestamp("us", tz="UTC")))
    until = datetime.combine(AS_OF + timedelta(days=1), time(), UTC) + timedelta(hours=1)
    known = read_order_lines(rows, today=AS_OF + timedelta(days=1), known_until=until)
    law = learn_order_law(known)
    return given, book_of(known, law, order_draws(np.random.default_rng(1), law, 50))


def test_usual_orders_lower_the_chance_and_leave_the_advice_to_order() -> None:
    given, known = ordering_room()
    products = [MASKS | {"pack_size": 10.0}]
    inputs, chance = inputs_of(
        given, flows=["used"], reference={"products": products, "arcs": []}, horizon_days=21
    )
    usual = learn_usual_orders(RULE, inputs, known)
    assert usual is not None
    arrivals = known.arriving

    [foreseen] = product_results(
        RULE, inputs, chance.draws(), arrivals, asked=PlanTerms(), usual=usual
    )
    [alone] = product_results(RULE, inputs, chance.draws(), arrivals)

    with_orders, without = foreseen.shortages, alone.shortages
    assert min(without["probability"].to_pylist()) > 0.9, "stock for sixteen days"
    assert max(with_orders["probability"].to_pylist()) < 0.1
    assert with_orders["probability_open"].to_pylist() == without["probability"].to_pylist()
    assert without["probability_open"].null_count == 3
    assert with_orders["act_by"].to_pylist() == without["act_by"].to_pylist()
    assert with_orders["act_by"].null_count == 0
    assert (foreseen.stock.values >= alone.stock.values - 1).all()
    assert usual.told()["places_without_orders"] == []


def test_a_room_without_orders_foresees_none() -> None:
    given, known = ordering_room()
    inputs, _ = inputs_of(given, flows=["used"], reference={"products": [MASKS], "arcs": []})
    none = read_order_lines(rows_of([]), today=TODAY, known_until=UNTIL)

    assert learn_usual_orders(RULE, inputs, replace(known, lines=none)) is None


@pytest.mark.parametrize(("line", "orders"), [("", "usual"), ('orders = "open"\n', "open")])
def test_a_room_says_which_orders_count(tmp_path: Path, line: str, orders: str) -> None:
    room = open_at(write_room(tmp_path, {"vigie.toml": FILES["vigie.toml"] + line}))

    [rule] = [each for each in room.values.shortages if each.kind == "products"]

    assert rule.orders == orders
    assert set(rule.measures) == {"stock", "consumption"}
