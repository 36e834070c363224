"""Planned beds, rosters and absence ahead, in the rules of shortage."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.actions.given_figures import (
    AS_OF,
    Given,
    facts_of,
    inputs_of,
    rule_of,
    with_absence_law,
)
from tests.unit.actions.test_actions_shortages import RATIOS
from vigie.actions.forecasts.absence_forecasts import rosters_ahead
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.rooms.room import EpidemicRule, ShortageRule
from vigie.actions.shortages.capacity_futures import (
    CapacityFutures,
    capacity_futures,
    futures_of_rules,
)
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.ward_shortages import bed_rows, staff_rows
from vigie.actions.shortages.ward_staffing import staffing

Row = dict[str, object]
BEDS = rule_of("beds", need="need", capacity="beds", open="open")
STAFF = rule_of("staff", rostered="roster", absent="absent", occupancy="need")
SITES = tuple("ABCDEFGH")
DAYS = 150


def grown(
    *, leave_out: Sequence[tuple[str, str]] = (), absent_share: float = 0.1
) -> dict[tuple[str, str, str], list[float | None]]:
    """Wards whose patients come in waves, and whose beds and rosters follow at leisure."""
    rng = np.random.default_rng(2)
    given: dict[tuple[str, str, str], list[float | None]] = {}
    for number, site in enumerate(SITES):
        level = 16 + 8 * np.sin((np.arange(DAYS) + 4 * number) / 22)
        need = rng.poisson(level).astype(float)
        slow = np.convolve(np.concatenate([np.full(9, need[0]), need]), np.ones(10) / 10, "valid")
        beds = np.round(np.minimum(slow + 4 * np.sqrt(slow), 60))
        roster = np.ceil(1.3 * beds / 2.5)
        away = rng.binomial(roster.astype(int), absent_share).astype(float)
        series = {"need": need, "beds": beds, "open": np.full(DAYS, 60.0)}
        for measure, values in series.items():
            given[measure, site, "icu"] = values.tolist()
        given["roster", site, "nurse"] = roster.tolist()
        given["absent", site, "nurse"] = away.tolist()
        given["sick", site, ""] = rng.poisson(level / 4).astype(float).tolist()
    for measure, site in leave_out:
        for key in [each for each in given if each[:2] == (measure, site)]:
            del given[key]
    return given


def inputs_for(given: Given, **more: object) -> tuple[Inputs, Chance]:
    return inputs_of(given, reference={"ratios": RATIOS}, flows=("sick",), **more)  # type: ignore[arg-type]


def judged(
    inputs: Inputs, futures: CapacityFutures | None, staff: ShortageRule | None = STAFF
) -> Mapping[tuple[str, str], Row]:
    here = None if staff is None else staffing(staff, inputs, futures)
    tables = [bed_rows(BEDS, inputs, here, None, futures)]
    if here is not None:
        tables.append(staff_rows(here, inputs))
    rows = [row for table in tables if table is not None for row in table.to_pylist()]
    return {(str(row["kind"]), str(row["place"])): row for row in rows}


def test_beds_follow_the_patients_of_each_future() -> None:
    inputs, chance = inputs_for(grown())

    futures = capacity_futures(BEDS, STAFF, inputs, chance)

    assert futures is not None
    assert futures.opening is not None
    assert futures.opening.follows.all()
    planned = futures.planned
    assert planned is not None
    need = inputs.ahead("need")
    assert planned.shape == need.shape
    ahead, level = need.mean(axis=2), planned[:, :, -1]
    for site in range(len(SITES)):
        assert np.corrcoef(ahead[site, 0], level[site, 0])[0, 1] > 0.5


def test_beds_and_staff_are_judged_from_the_same_rosters() -> None:
    inputs, chance = inputs_for(grown())
    futures = capacity_futures(BEDS, STAFF, inputs, chance)
    assert futures is not None

    staff = staffing(STAFF, inputs, futures)

    assert staff is not None
    assert futures.staff is not None
    present = np.maximum(futures.staff.rostered - futures.staff.absent, 0)
    assert (staff.paths.available == present).all()
    rows = judged(inputs, futures)
    usable = np.minimum(
        futures.planned, np.floor(present * 2.5 * futures.run_scale[..., None, None])
    )
    short = (inputs.ahead("need") > np.minimum(usable, 60)).any(axis=2).mean(axis=-1)[:, 0]
    for number, site in enumerate(SITES):
        assert rows["beds", site]["probability"] == pytest.approx(short[number], abs=1e-6)


def test_a_held_rule_leaves_beds_and_rosters_as_they_stand() -> None:
    inputs, chance = inputs_for(grown())
    held = [replace(BEDS, ahead="held"), replace(STAFF, ahead="held")]

    found = futures_of_rules(held, inputs, chance)
    mixed = futures_of_rules([held[0], STAFF], inputs, chance)

    assert found == [None, None]
    assert mixed[0] is None
    assert mixed[1] is not None
    assert mixed[1].planned is None
    assert mixed[1].staff is not None


def test_rules_about_the_same_patients_share_their_futures() -> None:
    inputs, chance = inputs_for(grown())
    other = rule_of("equipment", in_use="need", fleet="beds")

    first, second, third = futures_of_rules([STAFF, other, BEDS], inputs, chance)

    assert first is third
    assert second is None


def test_a_second_rule_of_beds_is_judged_by_its_own_beds() -> None:
    inputs, chance = inputs_for(grown())
    other = rule_of("beds", need="need", capacity="open", open="")

    first, second = futures_of_rules([BEDS, other], inputs, chance)

    assert first is not None
    assert second is not None
    assert (second.planned == 60).all()
    assert (first.planned < 60).any()


def test_absence_is_as_published_where_it_knows_no_rosters() -> None:
    inputs, chance = inputs_for(grown())

    futures = capacity_futures(BEDS, STAFF, inputs, chance)

    assert futures is not None
    assert futures.staff is not None
    assert inputs.models["absent"] == "vigie-persistence"
    np.testing.assert_array_equal(futures.staff.absent, inputs.ahead("absent"))


def test_absence_by_its_law_goes_with_the_rosters_that_follow_the_beds() -> None:
    inputs, chance = inputs_for(grown(), members={"R": SITES})
    inputs = with_absence_law(inputs, chance, EpidemicRule("sick"), {})
    absent, paths = inputs.histories["absent"], inputs.paths["absent"]

    futures = capacity_futures(BEDS, STAFF, inputs, chance)

    assert futures is not None
    assert futures.staff is not None
    published, judged_by = paths.values, futures.staff.absent
    moved = futures.staff.rostered - rosters_ahead(absent, 7, chance)
    assert (moved != 0).any()
    assert (judged_by - published <= np.maximum(moved, 0)).all()
    assert (judged_by - published >= np.minimum(moved, 0)).all()
    assert (judged_by <= futures.staff.rostered).all()
    row = staffing(STAFF, inputs, futures)
    assert row is not None
    assert row.model == "vigie-absence"


def test_a_room_without_rosters_still_judges_its_beds() -> None:
    given = {key: each for key, each in grown().items() if key[0] not in {"roster", "absent"}}
    inputs, chance = inputs_for(given)

    (futures,) = futures_of_rules([BEDS], inputs, chance)

    assert futures is not None
    assert futures.staff is None
    assert len(judged(inputs, futures, None)) == len(SITES)


def test_a_site_without_a_roster_or_absence_or_capacity_gets_what_is_known() -> None:
    left_out = [("roster", "A"), ("absent", "A"), ("absent", "B")]
    left_out += [("beds", "C"), ("open", "C"), ("beds", "D")]
    inputs, chance = inputs_for(grown(leave_out=left_out))
    futures = capacity_futures(BEDS, STAFF, inputs, chance)
    assert futures is not None
    assert futures.staff is not None

    rows = judged(inputs, futures)

    assert ("staff", "A") not in rows
    assert ("beds", "A") in rows, "its beds are known, whoever runs them"
    assert ("beds", "C") not in rows
    assert float(str(rows["beds", "D"]["capacity_now"])) < 60, "what staff can run is known"
    absent = futures.staff.absent
    assert absent[1].mean() == pytest.approx(absent[2:].mean(), rel=0.5)
    assert all(0 <= float(str(row["probability"])) <= 1 for row in rows.values())


def test_patients_beyond_all_beds_are_short_from_the_first_day() -> None:
    given = grown()
    given["need", "A", "icu"] = [float(str(v)) + 70 for v in given["need", "A", "icu"]]
    inputs, chance = inputs_for(given)

    row = judged(inputs, capacity_futures(BEDS, STAFF, inputs, chance))["beds", "A"]

    assert (row["probability"], row["first_day_q50"]) == (1, 1)
    assert float(str(row["capacity_now"])) <= 60


def test_staff_reported_for_today_stand_in_every_future() -> None:
    given = grown()
    early = {key: each[:-1] for key, each in given.items() if key[0] in {"need", "beds", "open"}}
    facts = facts_of(early, last=AS_OF - timedelta(days=1))
    rest = facts_of({key: each for key, each in given.items() if key not in early})
    inputs, chance = inputs_for(given, facts=pa.concat_tables([facts, rest]))

    futures = capacity_futures(BEDS, STAFF, inputs, chance)

    assert futures is not None
    assert futures.staff is not None
    for number, site in enumerate(SITES):
        assert set(futures.staff.rostered[number, 0, 0]) == {given["roster", site, "nurse"][-1]}
        assert set(futures.staff.absent[number, 0, 0]) == {given["absent", site, "nurse"][-1]}


def test_the_same_seed_draws_the_same_capacity() -> None:
    inputs, chance = inputs_for(grown())

    one, two = (capacity_futures(BEDS, STAFF, inputs, chance) for _ in range(2))

    assert one is not None
    assert two is not None
    assert np.array_equal(one.planned, two.planned)  # type: ignore[arg-type]
    assert np.array_equal(one.staff.absent, two.staff.absent)  # type: ignore[union-attr]


def test_no_capacity_is_drawn_for_patients_who_are_not() -> None:
    inputs, chance = inputs_for(grown())
    other = rule_of("beds", need="unknown", capacity="beds", open="")

    assert futures_of_rules([other], inputs, chance) == [None]
