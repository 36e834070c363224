"""Beds and staff under scenarios: the same futures, other beds, patients, ratios and absence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.actions.given_figures import AS_OF, inputs_of, rule_of
from vigie.actions.declared.scenario_files import Scenario
from vigie.actions.declared.shortage_changes import Returns, ShortageChange
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.scenarios.what_ifs import WhatIfs
from vigie.actions.shortages.capacity_futures import futures_of_rules
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.ward_shortages import BedPaths, bed_rows, staff_rows
from vigie.actions.shortages.ward_staffing import staffing
from vigie.actions.shortages.ward_what_ifs import JudgedWards
from vigie.schemas import PLACES, PRODUCTS, SCENARIO_INPUTS

Row = Mapping[str, object]
BEDS = rule_of("beds", need="need", capacity="beds", open="open", entries="entries")
STAFF = rule_of("staff", rostered="roster", absent="absent", occupancy="need")
MACHINES = rule_of("equipment", in_use="in_use", fleet="fleet")
SITES = tuple("ABCD")
MEMBERS = {"N": (*SITES, "R"), "R": ("A", "B")}
RATIOS = [
    {
        "skill": skill,
        "ward_kind": ward,
        "mode": mode,
        "patients_per_staff": ratio,
        "valid_from": AS_OF - timedelta(days=90),
    }
    for skill, ward, mode, ratio in (
        ("nurse_icu", "icu", "normal", 2.5),
        ("nurse_icu", "icu", "stretched", 4.0),
        ("nurse", "general", "normal", 8.0),
    )
]
FIGURES = ("probability_7", "probability_14", "probability", "if_short_q50", "expected_unmet")


@cache
def wards(*, ahead: str = "follows") -> tuple[JudgedWards, Chance, tuple[pa.Table, ...]]:
    """Four sites with two ward kinds whose beds are nearly full, judged once."""
    rng = np.random.default_rng(4)
    given_figures: dict[tuple[str, str, str], Sequence[float | None]] = {}
    for number, site in enumerate(SITES):
        for ward, skill, ratio, level in (
            ("icu", "nurse_icu", 2.5, 14),
            ("general", "nurse", 8.0, 60),
        ):
            wave = level + 0.3 * level * np.sin((np.arange(150) + 9 * number) / 20)
            need = rng.poisson(wave).astype(float)
            roster = np.full(150, np.ceil(1.35 * level / ratio))
            away = rng.binomial(roster.astype(int), 0.15).astype(float)
            for measure, category, series in (
                ("need", ward, need),
                ("entries", ward, rng.poisson(wave / 6).astype(float)),
                ("beds", ward, np.full(150, np.ceil(level * 1.2))),
                ("open", ward, np.full(150, np.ceil(level * 1.4))),
                ("roster", skill, roster),
                ("absent", skill, away),
            ):
                given_figures[measure, site, category] = series.tolist()
    rules = [replace(BEDS, ahead=ahead), replace(STAFF, ahead=ahead)]
    inputs, chance = inputs_of(
        given_figures, reference={"ratios": RATIOS}, members=MEMBERS, flows=("entries",)
    )
    inputs = with_places(inputs)
    futures = futures_of_rules(rules, inputs, chance)
    staff = staffing(rules[1], inputs, futures[1])
    assert staff is not None
    found: list[BedPaths] = []
    beds = bed_rows(rules[0], inputs, staff, None, futures[0], found=found)
    assert beds is not None
    judged = JudgedWards(rules, inputs, futures, [None, staff], {0: found[0]}, 7)
    return judged, chance, (beds, staff_rows(staff, inputs))


def with_places(inputs: Inputs) -> Inputs:
    kinds = {"N": ("nation", ""), "R": ("region", "N"), "A": ("site", "R"), "B": ("site", "R")}
    kinds |= {"C": ("site", "N"), "D": ("site", "N")}
    rows = [
        dict.fromkeys(PLACES.names) | {"place": place, "name": place, "kind": kind, "parent": up}
        for place, (kind, up) in kinds.items()
    ]
    tables = {
        PLACES.name: pa.Table.from_pylist(rows, PLACES.arrow_schema()),
        PRODUCTS.name: PRODUCTS.arrow_schema().empty_table(),
    }
    return replace(inputs, reference={**inputs.reference, **tables})


def what_if(
    *changes: ShortageChange, name: str = "s", ahead: str = "follows"
) -> tuple[dict[tuple[str, str, str], dict[str, object]], str]:
    """Rows of one scenario by kind, place and category, and its message."""
    judged, chance, shortages = wards(ahead=ahead)
    scenario = Scenario(name, "S", "S", "w", "p", "s", "", "", None, (), "", "0", None, changes)
    made = WhatIfs([scenario], judged.rules, judged.inputs, chance)
    made.look_at_wards(replace(judged, seed=made.seed))
    rows = made.table(shortages).to_pylist()
    fields = [each for each in SCENARIO_INPUTS.arrow_schema() if each.name != "run"]
    given_row = {each.name: "" for each in fields} | {"scenario": name, "changes": "[]"}
    given_row |= {"susceptible_share": None, "seed": 1}
    inputs = pa.Table.from_pylist([given_row], pa.schema(fields))
    message = made.told(inputs).to_pylist()[0]["message"]
    return {(row["kind"], row["place"], row["category"]): row for row in rows}, message


def run_rows(ahead: str = "follows") -> dict[tuple[str, str, str], dict[str, object]]:
    rows = [row for table in wards(ahead=ahead)[2] for row in table.to_pylist()]
    return {(row["kind"], row["place"], row["category"]): row for row in rows}


NOTHING = (
    ShortageChange("beds", factor=1.0),
    ShortageChange("beds", ("icu",), add=0, places=("A",)),
    ShortageChange("electives", share=0.5, factor=1.0, mean_stay_days=4.0),
    ShortageChange("ratios", factor=1.0, places=("R",)),
    ShortageChange("ratios", mode="normal"),
    ShortageChange("absence", ("nurse",), factor=1.0),
)


@pytest.mark.parametrize("change", NOTHING)
@pytest.mark.parametrize("ahead", ["follows", "held"])
def test_a_change_of_nothing_gives_the_rows_of_the_run_to_the_digit(
    change: ShortageChange, ahead: str
) -> None:
    rows, message = what_if(change, ahead=ahead)
    assert rows
    assert message == ""
    for row in rows.values():
        for name in FIGURES:
            assert row[name] == row[f"baseline_{name}"], (row["kind"], row["place"], name)
        assert row["difference"] == 0
        assert row["label"] == "not a forecast"


def test_the_baseline_is_the_table_of_shortages() -> None:
    rows, _ = what_if(ShortageChange("beds", add=3), ShortageChange("absence", factor=1.5))
    run = run_rows()
    assert {key[0] for key in rows} == {"beds", "staff"}
    for key, row in rows.items():
        for name in FIGURES:
            assert row[f"baseline_{name}"] == run[key][name]
        assert row["difference"] == row["probability"] - row["baseline_probability"]


def probability(rows: Mapping[tuple[str, str, str], Row], key: tuple[str, str, str]) -> float:
    """Of a row; one that is left out has less than 1 in 100."""
    value = rows[key]["probability"] if key in rows else 0.0
    assert isinstance(value, float)
    return value


@settings(max_examples=12, deadline=None)
@given(
    add=st.integers(0, 15),
    factor=st.floats(1, 3),
    first=st.integers(0, 6),
    place=st.sampled_from([(), ("A",), ("R",), ("C", "D")]),
    ahead=st.sampled_from(["follows", "held"]),
)
def test_more_beds_never_raise_the_risk_of_beds(
    add: int, factor: float, first: int, place: tuple[str, ...], ahead: str
) -> None:
    change = ShortageChange("beds", add=add, factor=factor, first=first, places=place)
    rows, _ = what_if(change, ahead=ahead)
    assert {key[0] for key in rows} <= {"beds"}
    for row in rows.values():
        for name in ("probability_7", "probability_14", "probability", "expected_unmet"):
            assert row[name] <= row[f"baseline_{name}"]


@settings(max_examples=12, deadline=None)
@given(
    factor=st.floats(1, 8),
    skills=st.sampled_from([(), ("nurse",), ("nurse_icu",)]),
    ahead=st.sampled_from(["follows", "held"]),
)
def test_more_absence_never_lowers_a_risk(
    factor: float, skills: tuple[str, ...], ahead: str
) -> None:
    rows, _ = what_if(ShortageChange("absence", skills, factor=factor), ahead=ahead)
    for row in rows.values():
        for name in ("probability_7", "probability", "expected_unmet"):
            assert row[name] >= row[f"baseline_{name}"]
        if skills:
            assert row["category"] in {*skills, "icu" if skills == ("nurse_icu",) else "general"}


def test_twice_the_absence_is_judged_as_by_hand() -> None:
    judged, _, _ = wards()
    rows, _ = what_if(ShortageChange("absence", ("nurse_icu",), factor=2.0))
    futures = judged.futures[1]
    assert futures is not None
    assert futures.staff is not None
    at = futures.staff.skills.index("nurse_icu")
    icu = judged.inputs.histories["need"].categories.index("icu")
    # A factor of 2 needs no rounding.
    come = np.maximum(futures.staff.rostered[:, at] - 2 * futures.staff.absent[:, at], 0)
    need = np.ceil(judged.inputs.ahead("need")[:, icu] / 2.5 - 1e-4)
    short = (need > come).any(axis=1).mean(axis=-1)
    for number, site in enumerate(SITES):
        assert probability(rows, ("staff", site, "nurse_icu")) == pytest.approx(short[number])


def test_days_and_places_of_a_change_are_honoured() -> None:
    whole, _ = what_if(ShortageChange("beds", ("icu",), factor=0.0))
    late, _ = what_if(ShortageChange("beds", ("icu",), factor=0.0, first=5, places=("A",)))
    assert probability(whole, ("beds", "A", "icu")) == 1
    assert {key[1] for key in whole} == {*SITES, "R", "N"}
    assert {key[1] for key in late} == {"A", "R", "N"}, "the wholes around A change with it"
    assert probability(late, ("beds", "A", "icu")) == 1
    before = what_if(ShortageChange("beds", ("icu",), factor=0.0, first=1, last=2, places=("A",)))
    assert before[0]["beds", "A", "icu"]["if_short_q50"] in (0, 1)
    assert late["beds", "A", "icu"]["if_short_q50"] in (1, 2, 3, 4, 5)


def test_a_region_is_short_where_its_beds_together_are() -> None:
    judged, _, _ = wards()
    rows, _ = what_if(ShortageChange("beds", ("icu",), add=-4, places=("A",)))
    paths = judged.beds[0]
    icu = judged.inputs.histories["need"].categories.index("icu")
    need = paths.need[:2, icu].sum(axis=0)
    usable = paths.usable[:2, icu].copy()
    usable[0] = np.maximum(usable[0] - 4, 0)
    short = (need > usable.sum(axis=0)).any(axis=0).mean()
    assert rows["beds", "R", "icu"]["probability"] == pytest.approx(short)
    assert short > rows["beds", "R", "icu"]["baseline_probability"]


def test_ratios_of_another_mode_need_fewer_staff_on_their_days_only() -> None:
    stretched, message = what_if(ShortageChange("ratios", ("nurse_icu",), mode="stretched"))
    assert message == ""
    factor, _ = what_if(ShortageChange("ratios", ("nurse_icu",), factor=1.6))
    for site in SITES:
        key = ("staff", site, "nurse_icu")
        assert probability(stretched, key) == probability(factor, key), "2.5 x 1.6 = 4"
        assert probability(stretched, key) <= run_rows()[key]["probability"]
    judged, _, _ = wards()
    part, _ = what_if(ShortageChange("ratios", ("nurse_icu",), factor=1.6, first=3, places=("A",)))
    assert {key[1] for key in part if key[0] == "staff"} <= {"A"}
    futures = judged.futures[1]
    assert futures is not None
    assert futures.staff is not None
    at = futures.staff.skills.index("nurse_icu")
    come = np.maximum(futures.staff.rostered[0, at] - futures.staff.absent[0, at], 0)
    patients = judged.inputs.ahead("need")[
        0, judged.inputs.histories["need"].categories.index("icu")
    ]
    need = np.ceil(patients / 2.5 - 1e-4)
    days = np.arange(need.shape[0]) + judged.inputs.offset("need")
    need[days >= 3] = np.ceil(patients[days >= 3] / 4 - 1e-4)
    assert probability(part, ("staff", "A", "nurse_icu")) == pytest.approx(
        (need > come).any(axis=0).mean()
    )


def test_a_mode_without_ratios_is_said() -> None:
    rows, message = what_if(ShortageChange("ratios", ("nurse",), mode="crisis"))
    assert message == 'ratios: no ratio of mode "crisis" for nurse: as they are.'
    assert all(row["difference"] == 0 for row in rows.values())


def test_planned_treatment_put_off_frees_beds_and_staff_in_time() -> None:
    off = ShortageChange("electives", ("general",), share=0.5, factor=0.0, mean_stay_days=5.0)
    rows, message = what_if(off)
    assert message == ""
    assert {key[2] for key in rows} <= {"general", "nurse"}
    for row in rows.values():
        assert row["probability"] <= row["baseline_probability"]
    assert sum(row["difference"] for row in rows.values()) < -0.1
    half = replace(off, factor=0.5)
    for key, row in what_if(half)[0].items():
        assert row["probability"] >= probability(rows, key)


def test_treatment_put_off_comes_back_after_the_change_and_no_earlier() -> None:
    off = ShortageChange(
        "electives",
        ("general",),
        factor=0.0,
        share=0.9,
        mean_stay_days=2.0,
        last=3,
        returns=Returns(share=0.0),
    )
    never, _ = what_if(off)
    back, message = what_if(replace(off, returns=Returns(1.0, 1, 2)))
    late, _ = what_if(replace(off, returns=Returns(1.0, 200, 2)))
    assert message == ""
    assert late == never, "whoever comes back after the horizon is not seen"
    beds = [key for key in back if key[0] == "beds"]
    assert all(back[key]["probability"] >= probability(never, key) for key in beds)
    more = [back[key]["difference"] for key in beds]
    assert max(more) > 0, "more come in two days than were put off on each"  # type: ignore[type-var]
    some, _ = what_if(replace(off, returns=Returns(0.5, 1, 2)))
    for key in beds:
        assert probability(never, key) <= probability(some, key) <= probability(back, key)


def test_nothing_that_is_unknown_is_dropped_in_silence() -> None:
    rows, message = what_if(
        ShortageChange("beds", ("icuu", "icu"), add=1, places=("A",)),
        ShortageChange("absence", ("nurze",), factor=2.0),
        ShortageChange("orders", ("masks",), delay_days=3),
        ShortageChange("beds", add=1, last=AS_OF - timedelta(days=3)),
        ShortageChange("beds", add=1, first=300),
        ShortageChange("ratios", factor=1.5, first=AS_OF - timedelta(days=3)),
        ShortageChange("absence", factor=1.5, places=("Z",)),
    )
    assert rows
    assert 'beds: "icuu" is not reported, so nothing of it changes. Nearest: "icu".' in message
    assert 'absence: "nurze" is not reported' in message
    assert "orders: nothing that it changes is judged in this run." in message
    over = AS_OF - timedelta(days=3)
    first = AS_OF + timedelta(days=1)
    assert f"beds to {over} is over: the first day looked at is {first}." in message
    assert "begins after" in message
    assert "absence: no place has figures of it in this run." in message
    assert f"ratios from {over} counts from {first}" in message


def test_scenarios_of_a_run_share_their_chance() -> None:
    everywhere, _ = what_if(ShortageChange("absence", ("nurse_icu",), factor=1.3))
    there, _ = what_if(
        ShortageChange("absence", ("nurse_icu",), factor=1.3, places=("B",)), name="t"
    )
    key = ("staff", "B", "nurse_icu")
    assert {name: there[key][name] for name in FIGURES} == {
        name: everywhere[key][name] for name in FIGURES
    }
