"""Products under scenarios: later or smaller orders, other doses, patients who are not there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.actions.given_figures import AS_OF, inputs_of, rule_of
from tests.unit.actions.promised_arrivals import arrivals_as_promised
from tests.unit.actions.test_actions_products import MASKS, order
from tests.unit.actions.test_actions_ward_what_ifs import FIGURES, with_places
from vigie.actions.declared.scenario_files import Scenario
from vigie.actions.declared.shortage_changes import ShortageChange
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.scenarios.what_ifs import WhatIfs
from vigie.actions.shortages.counted_changes import CountedChange
from vigie.actions.shortages.product_demand import patients_ahead, product_demand
from vigie.actions.shortages.product_lots import LotBook, LotCount
from vigie.actions.shortages.product_shortages import ProductResult, product_results
from vigie.actions.shortages.product_what_ifs import ProductCase, ProductWhatIfs, moved_orders
from vigie.actions.shortages.put_off_entries import spared_on
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.paths import PathArray
from vigie.schemas import ORDERS, PRODUCTS, SCENARIO_INPUTS
from vigie.supply import OpenDeliveries, mean_paths

STOCK = rule_of("products", stock="stock", consumption="used")
BEDS = rule_of("beds", need="need", capacity="beds", entries="entries")
SITES = tuple("ABCD")


@cache
def room() -> tuple[Inputs, Chance]:
    """Four sites whose use of masks follows patients, and of gloves does not."""
    rng = np.random.default_rng(8)
    given_figures: dict[tuple[str, str, str], Sequence[float | None]] = {}
    for number, site in enumerate(SITES):
        wave = 40 + 25 * np.sin((np.arange(150) + 20 * number) / 18)
        need = rng.poisson(wave).astype(float)
        given_figures["need", site, "icu"] = need.tolist()
        given_figures["entries", site, "icu"] = rng.poisson(wave / 5).astype(float).tolist()
        given_figures["beds", site, "icu"] = [90.0] * 150
        for product, use in (
            ("masks", rng.poisson(3.0 * need + 5).astype(float)),
            ("gloves", rng.poisson(np.full(150, 80.0)).astype(float)),
        ):
            given_figures["used", site, product] = use.tolist()
            given_figures["stock", site, product] = np.linspace(900, 420, 150).tolist()
    products = [{**MASKS, "product": name} for name in ("masks", "gloves")]
    doses = [
        {
            "product": "masks",
            "ward_kind": "icu",
            "per_patient_day": 3.0,
            "variation": 0.3,
            "valid_from": AS_OF - timedelta(days=300),
            "source": "invented",
        }
    ]
    inputs, chance = inputs_of(
        given_figures,
        reference={"products": products, "doses": doses},
        flows=("used", "entries"),
    )
    tables = with_places(inputs).reference
    known = inputs.reference[PRODUCTS.name]
    return replace(inputs, reference={**tables, PRODUCTS.name: known}), chance


def what_if(
    *changes: ShortageChange, orders: Sequence[object] = (), lots: LotBook | None = None
) -> tuple[dict[tuple[str, str], dict[str, object]], str, list[ProductResult]]:
    """Rows of one scenario by product and place, its message, and the products of the run."""
    inputs, chance = room()
    scenario = Scenario("s", "S", "S", "w", "p", "s", "", "", None, (), "", "0", None, changes)
    made = WhatIfs([scenario], [BEDS, STOCK], inputs, chance)
    names = ("place", "product", "quantity", "eta_date", "status")
    schema = pa.schema([pa.field(name, ORDERS[name].type) for name in names])
    arrivals = arrivals_as_promised(pa.Table.from_pylist(list(orders), schema=schema))
    found = list(
        product_results(
            STOCK,
            inputs,
            chance.draws(),
            arrivals,
            "need",
            what_ifs=made.of_products("need"),
            lots=lots,
        )
    )
    for result in found:
        made.keep_product(result.product, result.again)
    rows = made.table([result.shortages for result in found]).to_pylist()
    fields = [each for each in SCENARIO_INPUTS.arrow_schema() if each.name != "run"]
    given_row = {each.name: "" for each in fields} | {"scenario": "s", "changes": "[]"}
    given_row |= {"susceptible_share": None, "seed": 1}
    told = made.told(pa.Table.from_pylist([given_row], pa.schema(fields))).to_pylist()[0]
    return {(row["category"], row["place"]): row for row in rows}, told["message"], found


ORDERED = [order(300, AS_OF + timedelta(days=3), place=place) for place in SITES]


@pytest.mark.parametrize(
    "change",
    [
        ShortageChange("orders", delay_days=0),
        ShortageChange("orders", ("masks",), factor=1.0),
        ShortageChange("doses", factor=1.0),
        ShortageChange("electives", share=0.5, factor=1.0, mean_stay_days=4.0),
    ],
)
def test_a_change_of_nothing_gives_the_rows_of_the_run_to_the_digit(change: ShortageChange) -> None:
    rows, _, _ = what_if(change, orders=ORDERED)
    assert rows
    for row in rows.values():
        for name in FIGURES:
            assert row[name] == row[f"baseline_{name}"]
        assert row["label"] == "not a forecast"


def test_what_is_used_less_under_a_scenario_expires_more() -> None:
    # 420 gloves for the next three days, of which 80 a day are used.
    count = LotCount(np.datetime64(AS_OF, "D"), np.array([420.0]), np.array([3.0]))
    lots = {"gloves": dict.fromkeys(SITES, count)}
    half = ShortageChange("doses", ("gloves",), factor=0.5)
    with_lots, plain = what_if(half, lots=lots)[0], what_if(half)[0]
    same = what_if(ShortageChange("doses", ("gloves",), factor=1.0), lots=lots)[0]

    for site in SITES:
        row = with_lots["gloves", site]
        assert plain["gloves", site]["expected_unmet"] == 0
        assert row["expected_unmet"] == pytest.approx(row["baseline_expected_unmet"] / 2, rel=0.01)
        assert row["probability"] == row["baseline_probability"] == 1
        for name in FIGURES:
            assert same["gloves", site][name] == same["gloves", site][f"baseline_{name}"]


def test_the_baseline_is_the_table_of_shortages() -> None:
    rows, _, found = what_if(ShortageChange("doses", factor=1.4), orders=ORDERED)
    run = {(r["category"], r["place"]): r for x in found for r in x.shortages.to_pylist()}
    assert {key[0] for key in rows} == {"masks", "gloves"}
    for key, row in rows.items():
        for name in FIGURES:
            assert row[f"baseline_{name}"] == run[key][name]


@settings(max_examples=10, deadline=None)
@given(delay=st.integers(0, 9), factor=st.floats(0, 1), first=st.integers(0, 6))
def test_later_and_smaller_orders_never_lower_the_chance_to_run_out(
    delay: int, factor: float, first: int
) -> None:
    change = ShortageChange("orders", ("masks",), factor=factor, delay_days=delay, first=first)
    rows, _, _ = what_if(change, orders=ORDERED)
    for key, row in rows.items():
        assert key[0] == "masks"
        for name in ("probability_7", "probability", "expected_unmet"):
            assert row[name] >= row[f"baseline_{name}"]


def test_an_order_that_comes_after_the_stock_is_used_up_helps_no_more() -> None:
    rows, _, _ = what_if(ShortageChange("orders", ("masks",), delay_days=30), orders=ORDERED)
    without, _, found = what_if(ShortageChange("doses", ("masks",), factor=1.0))
    for place in SITES:
        assert rows["masks", place]["probability"] == without["masks", place]["probability"]
    assert sum(row["difference"] for row in rows.values()) > 0.1
    assert found


def counted(change: ShortageChange, first: int, last: int) -> CountedChange:
    days = [AS_OF + timedelta(days=day) for day in (first, last)]
    return CountedChange(change, days[0], days[1], frozenset({"A"}))


def test_deliveries_of_the_days_of_a_change_move_and_the_others_stay() -> None:
    dates = np.array([AS_OF + timedelta(days=day) for day in range(1, 7)], dtype="datetime64[D]")
    arriving = np.array([[[5, 0, 7, 0, 9, 0]], [[1, 2, 3, 4, 5, 6]]], dtype=np.float32)
    late = counted(ShortageChange("orders", factor=0.5, delay_days=2), 3, 4)
    moved = moved_orders(arriving, [late], ("A", "B"), dates)
    assert moved[0, 0].tolist() == [5, 0, 0, 0, 9 + 3.5, 0]
    assert (moved[1] == arriving[1]).all()
    samples = np.repeat(arriving[..., None], 3, axis=3)
    assert (moved_orders(samples, [late], ("A", "B"), dates) == moved[..., None]).all()
    ends = counted(ShortageChange("orders", delay_days=30), 1, 6)
    assert moved_orders(arriving, [ends], ("A", "B"), dates)[0].sum() == 0


def test_a_lower_dose_scales_what_patients_use() -> None:
    rows, message, found = what_if(ShortageChange("doses", factor=0.6))
    assert message == "doses: use of gloves does not follow patients: all of it scales."
    assert all(row["difference"] <= 0 for row in rows.values())
    assert sum(row["difference"] for row in rows.values()) < 0
    assert {result.product for result in found} == {"masks", "gloves"}
    more, _, _ = what_if(ShortageChange("doses", ("masks",), factor=1.5, places=("B",)))
    assert set(more) == {("masks", "B")}
    assert more["masks", "B"]["expected_unmet"] > more["masks", "B"]["baseline_expected_unmet"]


@pytest.mark.parametrize(("factor", "off"), [(0.6, 1.0), (1.5, 1.0), (1.0, 0.0), (0.6, 0.5)])
def test_use_changes_as_doses_and_patients_say(factor: float, off: float) -> None:
    inputs, chance = room()
    stock = inputs.histories["stock"]
    dates = inputs.paths["need"].dates
    patients = patients_ahead(inputs, "need", stock.places, stock.dates, dates)
    assert patients is not None
    held = stock.select(SITES, ["masks"])
    used = inputs.histories["used"].select(SITES, ["masks"])
    use = product_demand("masks", used, held, len(dates), chance.draws(), patients)
    assert use.fit is not None
    first = AS_OF + timedelta(days=1)
    days = (first, AS_OF + timedelta(days=7))
    dose = ShortageChange("doses", factor=factor)
    electives = ShortageChange("electives", share=0.5, factor=off, mean_stay_days=5.0)
    changes = [CountedChange(each, *days, None) for each in (dose, electives)]
    seen: list[PathArray] = []

    def judge(need: PathArray) -> pa.Table:
        seen.append(need)
        return pa.table({"place": list(SITES)})

    phase = used.shape[2] % 7
    none = np.zeros((len(SITES), 1, len(dates)), dtype=np.float32)
    nothing = OpenDeliveries(none, none, none[..., 0])

    def coming(_: PathArray, on_order: OpenDeliveries) -> PathArray:
        return on_order.units

    case = ProductCase("masks", SITES, dates, use, patients, nothing, coming, judge, phase)
    ProductWhatIfs({"s": changes}, inputs, "need", "entries").judged_again(case)

    spared = spared_on(changes, inputs, "entries", SITES, ("icu",), dates)
    assert spared is not None
    fewer = np.maximum(patients.ahead - spared, 0)
    doses = replace(use.fit.doses, per_patient_day=use.fit.doses.per_patient_day * factor)
    drift = np.zeros((len(SITES), len(dates), 1))
    before = mean_paths(use.fit, patients.ahead, drift, first_phase=phase)
    after = mean_paths(replace(use.fit, doses=doses), fewer, drift, first_phase=phase)
    expected = np.cumsum(use.paths[:, 0] * after / before, axis=1)
    assert seen[0][:, 0] == pytest.approx(expected, rel=1e-3)


def test_patients_who_are_not_there_use_nothing() -> None:
    off = ShortageChange("electives", share=0.5, factor=0.0, mean_stay_days=5.0)
    rows, _, _ = what_if(off)
    assert {key[0] for key in rows} == {"masks"}, "use of gloves does not follow patients"
    assert all(row["expected_unmet"] <= row["baseline_expected_unmet"] for row in rows.values())
    assert any(row["expected_unmet"] < row["baseline_expected_unmet"] for row in rows.values())


def test_an_unknown_product_is_said() -> None:
    rows, message, _ = what_if(ShortageChange("orders", ("mask",), delay_days=3))
    assert rows == {}
    assert message == 'orders: "mask" is not reported, so nothing of it changes. Nearest: "masks".'
