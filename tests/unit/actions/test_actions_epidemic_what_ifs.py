"""A change of R in beds, staff, machines and products: other patients on the same samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.actions.given_figures import AS_OF, inputs_of, rule_of, with_absence_law
from tests.unit.actions.promised_arrivals import arrivals_as_promised
from tests.unit.actions.test_actions_products import MASKS
from tests.unit.actions.test_actions_ward_what_ifs import FIGURES, MEMBERS, RATIOS, with_places
from vigie.actions.declared.scenario_files import ReproductionChange, Scenario
from vigie.actions.declared.ward_shares import WardShare
from vigie.actions.forecasts.absence_forecasts import absence_law
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.rooms.room import EpidemicRule
from vigie.actions.scenarios.what_ifs import Reproduction, WhatIfs
from vigie.actions.shortages.capacity_futures import CapacityFutures, futures_of_rules
from vigie.actions.shortages.epidemic_reach import (
    EpidemicReach,
    _around,
    _shares,
    learn_reach,
    patients_more,
)
from vigie.actions.shortages.product_shortages import product_results
from vigie.actions.shortages.scenario_admissions import AdmissionRatios, admissions_under
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.ward_shortages import BedPaths, bed_rows, equipment_rows, staff_rows
from vigie.actions.shortages.ward_staffing import Staffing, staffing
from vigie.actions.shortages.ward_what_ifs import JudgedWards
from vigie.paths import SamplePaths
from vigie.schemas import ORDERS, PRODUCTS, SCENARIO_INPUTS

DAYS = 150
SITES = tuple("ABCD")
BEDS = rule_of("beds", need="need", capacity="beds", open="open", entries="entries")
STAFF = rule_of("staff", rostered="roster", absent="absent", occupancy="need")
MACHINES = rule_of("equipment", in_use="in_use", fleet="fleet")
STOCK = rule_of("products", stock="stock", consumption="used")
RULES = [replace(BEDS, ahead="follows"), replace(STAFF, ahead="follows"), MACHINES, STOCK]
EPIDEMIC = EpidemicRule("epi", "", 5.0, 2.0, 9.0, 4.5)
ICU_TOO = (WardShare("general", 1.0), WardShare("icu", 0.3, 1))
Key = tuple[str, str, str]
Row = Mapping[str, object]


def figures_of_wave(rng: np.random.Generator, number: int) -> dict[tuple[str, str], np.ndarray]:
    """One site: everybody admitted goes to a general ward for a week, some are ventilated."""
    wave = 6 + 14 * np.exp(-(((np.arange(DAYS) - 120 - 3 * number) / 25) ** 2))
    epidemic = rng.poisson(wave)
    usual = rng.poisson(np.full(DAYS, 4.0))
    stay = 0.8 ** np.arange(30)
    general = rng.poisson(np.convolve(usual + epidemic, stay)[:DAYS])
    icu = rng.poisson(10 + 0.3 * wave)
    away = rng.binomial(20, 0.06 + 0.006 * np.roll(wave, 4))
    return {
        ("epi", ""): epidemic,
        ("entries", "general"): usual + epidemic,
        ("entries", "icu"): rng.poisson(2 + 0.05 * wave),
        ("need", "general"): general,
        ("need", "icu"): icu,
        ("beds", "general"): np.full(DAYS, 105),
        ("open", "general"): np.full(DAYS, 115),
        ("beds", "icu"): np.full(DAYS, 18),
        ("open", "icu"): np.full(DAYS, 20),
        ("roster", "nurse"): np.full(DAYS, 20),
        ("roster", "nurse_icu"): np.full(DAYS, 9),
        ("absent", "nurse"): away,
        ("absent", "nurse_icu"): np.minimum(away // 2, 9),
        ("in_use", "ventilator"): rng.binomial(general, 0.25),
        ("fleet", "ventilator"): np.full(DAYS, 30),
        ("used", "masks"): rng.poisson(3.0 * general + 5),
        ("stock", "masks"): np.linspace(5000, 2600, DAYS),
    }


@cache
def room(*, with_entries: bool = True) -> tuple[Inputs, Chance]:
    rng = np.random.default_rng(11)
    series: dict[Key, Sequence[float | None]] = {}
    for number, site in enumerate(SITES):
        for (measure, category), values in figures_of_wave(rng, number).items():
            if with_entries or measure != "entries":
                series[measure, site, category] = values.astype(float).tolist()
    equipment = {"equipment": "ventilator", "ward_kind": "general", "share_needing": 0.25}
    dose = {"product": "masks", "ward_kind": "general", "per_patient_day": 3.0, "variation": 0.2}
    dose |= {"source": "invented"}
    reference = {"ratios": RATIOS, "equipment": [equipment], "products": [MASKS], "doses": [dose]}
    inputs, chance = inputs_of(
        series,
        reference=reference,
        members=MEMBERS,
        flows=("epi", "entries", "used"),
        horizon_days=14,
    )
    tables = with_places(inputs).reference
    known = inputs.reference[PRODUCTS.name]
    inputs = replace(inputs, reference={**tables, PRODUCTS.name: known})
    return with_absence_law(inputs, chance, EPIDEMIC, MEMBERS), chance


@cache
def judged(
    *, with_entries: bool = True
) -> tuple[list[CapacityFutures | None], Staffing, dict[int, BedPaths], list[pa.Table]]:
    inputs, chance = room(with_entries=with_entries)
    futures = futures_of_rules(RULES[:3], inputs, chance)
    staff = staffing(RULES[1], inputs, futures[1])
    assert staff is not None
    found: list[BedPaths] = []
    beds = bed_rows(RULES[0], inputs, staff, MACHINES, futures[0], found=found)
    machines = equipment_rows(MACHINES, inputs)
    assert beds is not None
    assert machines is not None
    return futures, staff, {0: found[0]}, [beds, staff_rows(staff, inputs), machines]


def ratios_of(factor: float, *, places: Sequence[str] = SITES, first: int = 0) -> AdmissionRatios:
    """Admissions times a factor from some day on, in 20 draws of the epidemic."""
    days = np.datetime64(AS_OF, "D") + 1 + np.arange(14)
    by_day = np.where(np.arange(14)[:, None] >= first, factor, 1.0)
    values = np.broadcast_to(by_day, (14, 20)).astype(np.float32)
    return AdmissionRatios("epi", "", days, dict.fromkeys(places, values))


def what_if(
    ratios: AdmissionRatios, wards: tuple[WardShare, ...] = (), *, with_entries: bool = True
) -> tuple[dict[Key, Row], str, str]:
    """Rows of a scenario of R by kind, place and category; its message; its changes."""
    inputs, chance = room(with_entries=with_entries)
    change = ReproductionChange(1.2)
    scenario = Scenario(
        "s", "S", "S", "w", "p", "s", "epi", "", None, (change,), "", "0", None, (), wards
    )
    reproduction = Reproduction({"s": ratios}, [EPIDEMIC])
    made = WhatIfs([scenario], RULES, inputs, chance, reproduction)
    futures, staff, beds, tables = judged(with_entries=with_entries)
    run = JudgedWards(RULES[:3], inputs, futures, [None, staff, None], beds, made.seed)
    made.look_at_wards(run)
    names = ("place", "product", "quantity", "eta_date", "status")
    none = pa.schema([pa.field(name, ORDERS[name].type) for name in names]).empty_table()
    arrivals = arrivals_as_promised(none)
    what_ifs = made.of_products("need")
    products = product_results(STOCK, inputs, chance.draws(), arrivals, "need", what_ifs=what_ifs)
    shortages = list(tables)
    for result in products:
        shortages.append(result.shortages)
        made.keep_product(result.product, result.again)
    fields = [each for each in SCENARIO_INPUTS.arrow_schema() if each.name != "run"]
    row = {each.name: "" for each in fields} | {"scenario": "s", "susceptible_share": None}
    row |= {"seed": 1, "changes": '[{"kind": "reproduction"}]'}
    told = made.told(pa.Table.from_pylist([row], pa.schema(fields))).to_pylist()[0]
    rows = made.table(shortages).to_pylist()
    found = {(each["kind"], each["place"], each["category"]): each for each in rows}
    return found, told["message"], told["changes"]


@pytest.mark.parametrize("wards", [(), ICU_TOO])
def test_r_times_one_changes_nothing_to_the_digit(wards: tuple[WardShare, ...]) -> None:
    rows, message, _ = what_if(ratios_of(1.0), wards)
    assert {key[0] for key in rows} == {"beds", "staff", "equipment", "products"}
    assert message == ""
    for row in rows.values():
        for name in FIGURES:
            assert row[name] == row[f"baseline_{name}"], (row["kind"], row["place"], name)


@settings(max_examples=5, deadline=None)
@given(low=st.floats(0.2, 2.5), more=st.floats(0, 1.5), first=st.integers(0, 8))
def test_more_admissions_never_lower_a_risk_on_the_same_samples(
    low: float, more: float, first: int
) -> None:
    lower, _, _ = what_if(ratios_of(low, first=first), ICU_TOO)
    higher, _, _ = what_if(ratios_of(low + more, first=first), ICU_TOO)
    for key in lower.keys() & higher.keys():
        for name in ("probability_7", "probability", "expected_unmet"):
            assert higher[key][name] >= lower[key][name], (key, name)  # type: ignore[operator]


def test_twice_the_admissions_reach_every_kind_of_shortage() -> None:
    rows, message, changes = what_if(ratios_of(2.0))
    assert message == ""
    assert '"reaches": {"entries": ["general"]}' in changes
    for kind in ("beds", "staff", "equipment", "products"):
        differences = [row["difference"] for key, row in rows.items() if key[0] == kind]
        assert max(differences) > 0, kind  # type: ignore[type-var,operator]
    assert rows["beds", "N", "general"]["difference"] > 0  # type: ignore[operator]


def test_absence_follows_the_epidemic_in_wards_that_its_patients_do_not_reach() -> None:
    law, _ = absence_law(room()[0].histories["absent"])
    assert law.slope > 0, "the wave is in the absence of these staff"
    rows, _, _ = what_if(ratios_of(2.5), (WardShare("general", 1.0),))
    icu = [row for key, row in rows.items() if key[0] == "staff" and key[2] == "nurse_icu"]
    assert sum(row["difference"] for row in icu) > 0  # type: ignore[misc]


def test_only_the_places_of_a_change_and_the_wholes_around_them_have_rows() -> None:
    rows, _, _ = what_if(ratios_of(2.0, places=("C",)), (WardShare("general", 1.0),))
    for kind, places in (("products", {"C"}), ("equipment", {"C"}), ("beds", {"C", "N"})):
        differ = {key[1] for key, row in rows.items() if key[0] == kind and row["difference"]}
        assert differ <= places, kind
        assert "C" in differ or kind == "products"
    assert not {"A", "B", "R"} & {key[1] for key in rows}, "nothing differs there: not judged"


def reach(**changes: object) -> EpidemicReach:
    found = learn_reach(room()[0], "need", "entries", ("epi", ""), ICU_TOO)
    assert found is not None
    return replace(found, **changes)  # type: ignore[arg-type]


def test_patients_more_are_the_sum_over_all_who_came_more() -> None:
    inputs, _ = room()
    under = admissions_under(inputs, ratios_of(1.7, first=3))
    assert under is not None
    before, patients, of = inputs.paths["epi"], inputs.paths["need"], reach()
    found = patients_more(of, before, under, patients).values
    assert of.survival is not None
    slow = np.zeros(found.shape)
    more = under.values[:, 0].astype(float) - before.values[:, 0]
    for source, row in enumerate(of.sources):
        for day in range(found.shape[2]):
            came = more[row, day]
            for wait in range(found.shape[2] - day):
                for later in range(day + wait, found.shape[2]):
                    stays = of.survival[:, :, later - day - wait]
                    each = of.share[source] * of.brought[:, wait] * stays
                    slow[:, :, later] += each[..., None] * came
    np.testing.assert_allclose(found, slow, rtol=1e-4, atol=1e-3)
    assert not found[:, :, :3].any(), "nobody before the first day of the change"


def test_whoever_is_admitted_is_in_one_ward_of_a_kind_once() -> None:
    of = reach()
    np.testing.assert_allclose(of.share.sum(axis=1), 1.0)
    np.testing.assert_allclose(of.brought.sum(axis=1), [1.0, 0.3], atol=1e-6)
    inputs, _ = room()
    under = admissions_under(inputs, ratios_of(1.5))
    assert under is not None
    for_ever = replace(of, survival=np.ones((4, 2, 40)))
    found = patients_more(for_ever, inputs.paths["epi"], under, inputs.paths["need"])
    more = (under.values - inputs.paths["epi"].values).sum(axis=(0, 1))
    np.testing.assert_allclose(
        found.values[:, 0].sum(axis=0), np.cumsum(more, axis=0), rtol=1e-3, atol=1e-2
    )


def test_without_entries_patients_in_bed_tell_it_and_this_is_said() -> None:
    rows, message, changes = what_if(ratios_of(2.0), with_entries=False)
    assert message == ""
    assert '"reaches": {"patients": ["general"' in changes
    assert rows["beds", "N", "general"]["difference"] > 0  # type: ignore[operator]


def test_wards_that_nobody_reports_are_said() -> None:
    _, message, _ = what_if(ratios_of(2.0), (WardShare("genral", 1.0), WardShare("icu", 0.1)))
    assert message.startswith('wards: "genral" is not reported, so nobody comes to it. Nearest: "')
    _, message, _ = what_if(ratios_of(2.0), (WardShare("icu", 0.1),), with_entries=False)
    assert 'wards: entries to "icu" are not drawn: add mean_stay_days.' in message
    stay = (WardShare("icu", 0.1, mean_stay_days=8.0),)
    assert what_if(ratios_of(2.0), stay, with_entries=False)[1] == ""


def test_a_site_without_a_ward_sends_its_patients_to_its_region_then_anywhere() -> None:
    followed = np.ones((4, 2, 60))
    followed[0, 1] = followed[2, 1] = np.nan
    followed[1, 1] = 0.0
    inputs, _ = room()
    _, around = _around(inputs, SITES, SITES)
    share = _shares(followed, around)
    np.testing.assert_array_equal(share[:, :, 0], np.eye(4))
    everywhere = [0.0, 0.0, 0.0, 1.0]
    assert share[0, :, 1].tolist() == everywhere, "region R has no such ward in use"
    followed[1, 1] = 3.0
    share = _shares(followed, around)
    assert share[0, :, 1].tolist() == [0, 1, 0, 0]
    assert share[2, :, 1].tolist() == [0, 0.75, 0, 0.25], "C lies in the nation alone"


def test_samples_take_the_draws_in_turn_and_days_outside_are_left_alone() -> None:
    inputs, _ = room()
    ratio = np.arange(1, 4, dtype=np.float32)[None].repeat(2, axis=0)
    dates = inputs.paths["epi"].dates[1:3]
    under = admissions_under(inputs, AdmissionRatios("epi", "", dates, {"B": ratio}))
    assert under is not None
    before: SamplePaths = inputs.paths["epi"]
    times = under.values[1, 0] / np.maximum(before.values[1, 0], 1e-9)
    seen = before.values[1, 0] > 0
    assert (times[0] == 1)[seen[0]].all()
    wanted = np.arange(50) % 3 + 1
    for day in range(1, 14):
        np.testing.assert_allclose(times[day][seen[day]], wanted[seen[day]], rtol=1e-6)
    assert (under.values[[0, 2, 3]] == before.values[[0, 2, 3]]).all()


def test_a_ratio_to_nobody_is_no_number_without_end() -> None:
    nobody, many = np.zeros((2, 3)), np.full((2, 3), 5.0)
    assert (AdmissionRatios.of(nobody, nobody) == 1).all()
    assert np.isfinite(AdmissionRatios.of(many, nobody)).all()
    np.testing.assert_allclose(AdmissionRatios.of(many * 1.2, many), 1.2, rtol=1e-6)
