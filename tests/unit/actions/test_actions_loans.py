"""Machines, staff and new patients between places, from the figures of a room."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tests.unit.actions.given_figures import Given, inputs_of, rule_of
from vigie.actions.forecasts.forecasting import Stream
from vigie.actions.rooms.room import PlanValues
from vigie.actions.shortages.loan_plans import LoanPlans, plan_loans, without_neighbours
from vigie.actions.shortages.patient_stays import patient_stays
from vigie.actions.shortages.ward_shortages import BedPaths, bed_rows
from vigie.actions.shortages.ward_staffing import staffing
from vigie.hospital.stays import OnwardStays, StayLaw
from vigie.planning import NEAREST_SURPLUS_MODEL, OPTIMAL_MODEL, Ban, Wishes

ARCS = [
    {"from_place": one, "to_place": other, "km": 30.0, "hours": 0.6}
    for one, other in (("A", "B"), ("B", "A"))
]
RATIOS = [
    {
        "skill": "nurse", "ward_kind": "icu", "mode": "normal", "patients_per_staff": 1.0,
        "valid_from": date(2020, 1, 1), "source": "test",
    }
]  # fmt: skip
MACHINES = rule_of("equipment", in_use="in_use", fleet="fleet")
BEDS = rule_of("beds", need="need", capacity="beds", entries="entries")
STAFF = rule_of("staff", rostered="rostered", absent="absent", occupancy="need")
FIGURES: Given = {
    ("in_use", "A", "ventilator"): [12.0] * 20,
    ("in_use", "B", "ventilator"): [2.0] * 20,
    ("fleet", "A", "ventilator"): [9.0] * 20,
    ("fleet", "B", "ventilator"): [20.0] * 20,
    ("need", "A", "icu"): [20.0] * 20,
    ("need", "B", "icu"): [4.0] * 20,
    ("beds", "A", "icu"): [18.0] * 20,
    ("beds", "B", "icu"): [30.0] * 20,
    ("entries", "A", "icu"): [4.0] * 20,
    ("entries", "B", "icu"): [1.0] * 20,
    ("rostered", "A", "nurse"): [16.0] * 20,
    ("rostered", "B", "nurse"): [20.0] * 20,
    ("absent", "A", "nurse"): [1.0] * 20,
    ("absent", "B", "nurse"): [1.0] * 20,
}


def planned(
    values: PlanValues | None = None,
    wishes: Wishes | None = None,
    arcs: list = ARCS,
    stays: OnwardStays | None = None,
) -> LoanPlans:
    reference = {"arcs": arcs, "ratios": RATIOS}
    inputs, chance = inputs_of(FIGURES, reference=reference, flows=("entries",))
    if stays is not None:
        inputs = replace(inputs, stays={"need": stays})
    found: list[BedPaths] = []
    staff = staffing(STAFF, inputs)
    bed_rows(BEDS, inputs, None, None, found=found)
    rules = [MACHINES, STAFF, BEDS]
    return plan_loans(
        rules, inputs, {2: found[0]}, staff, values or PlanValues(), wishes or Wishes(),
        chance.stream(Stream.LOANS),
    )  # fmt: skip


def moves_of(found: LoanPlans, kind: str, planner: str = OPTIMAL_MODEL) -> list:
    return [move for part in found.plans[planner] if part.kind == kind for move in part.moves]


@pytest.fixture(scope="module")
def found() -> LoanPlans:
    return planned()


def test_machines_and_staff_come_to_who_is_short(found: LoanPlans) -> None:
    for kind in ("equipment", "staff"):
        moves = moves_of(found, kind)
        assert moves
        assert {(move.from_place, move.to_place) for move in moves} == {("B", "A")}
        assert all(move.receiver_before == 1 for move in moves)
        assert all(move.sender_after <= move.sender_before + 0.02 for move in moves)
        assert all(move.quantity == round(move.quantity) for move in moves)


def test_a_place_keeps_half_of_its_own_staff(found: LoanPlans) -> None:
    lent = sum(move.quantity for move in moves_of(found, "staff"))
    # Each goes for three days, from three evenings on: at most ten of twenty are away at a time.
    assert 0 < sum(move.quantity for move in moves_of(found, "staff") if move.depart_day == 0) <= 10
    assert lent <= 30
    none = planned(PlanValues(staff_kept_share=1.0))
    assert moves_of(none, "staff") == []


def test_new_patients_go_where_there_are_beds_and_not_more_than_come(found: LoanPlans) -> None:
    moves = moves_of(found, "patients")
    assert moves
    assert {(move.from_place, move.to_place) for move in moves} == {("A", "B")}
    for day in (1, 2, 3):
        assert sum(move.quantity for move in moves if move.depart_day == day) <= 4
    assert all(move.arrive_day == move.depart_day for move in moves)
    # The one who hands over is helped, the one who takes is not harmed.
    assert all(move.receiver_after <= move.receiver_before + 0.02 for move in moves)
    assert found.kinds["patients"]["unmet_after"] < found.kinds["patients"]["unmet_before"]


def test_the_baseline_stands_beside_the_plan(found: LoanPlans) -> None:
    assert moves_of(found, "equipment", NEAREST_SURPLUS_MODEL)
    before = {
        planner: [part.unmet_before for part in parts] for planner, parts in found.plans.items()
    }
    assert before[OPTIMAL_MODEL] == before[NEAREST_SURPLUS_MODEL]


def test_patients_are_taken_no_further_than_the_hours_set() -> None:
    assert moves_of(planned(PlanValues(longest_patient_hours=0.5)), "patients") == []


def test_a_ban_on_patients_leaves_machines_alone() -> None:
    found = planned(wishes=Wishes(bans=(Ban("A", kind="patients", reason="families"),)))
    assert moves_of(found, "patients") == []
    assert moves_of(found, "equipment")


def test_without_ways_nothing_moves_and_places_are_named() -> None:
    found = planned(arcs=[])
    assert all(not part.moves for parts in found.plans.values() for part in parts)
    assert np.isfinite([part.unmet_after for part in found.plans[OPTIMAL_MODEL]]).all()
    inputs, _ = inputs_of(FIGURES, reference={"arcs": ARCS})
    assert without_neighbours(inputs.reference["arcs"], ["A", "B", "C"]) == ("C",)


def _one_ward(nights: float, new_share: float) -> OnwardStays:
    hazards = np.zeros((1, 1, 2, 60))
    hazards[0, 0, 1] = 1 / (nights + 1)
    hazards[..., -1] = [0, 1]
    return OnwardStays(StayLaw(hazards), np.array([new_share]))


def test_stays_of_movements_take_the_place_of_totals(found: LoanPlans) -> None:
    from_totals = {move.stay for move in moves_of(found, "patients")}
    assert {told.source for told in from_totals if told} == {"totals"}
    told = planned(stays=_one_ward(9.0, 1.0))
    stays = {move.stay for move in moves_of(told, "patients")}
    assert [(each.source, round(each.mean_days, 1), each.later) for each in stays if each] == [
        ("movements", 9.0, "")
    ]
    # Who came from another ward of the place is no new admission: fewer can be moved.
    fewer = planned(stays=_one_ward(9.0, 0.35))
    moved = [sum(move.quantity for move in moves_of(each, "patients")) for each in (told, fewer)]
    assert 0 < moved[1] < moved[0]


def test_later_need_of_intensive_care_is_told_of_who_may_need_it() -> None:
    hazards = np.zeros((1, 2, 3, 60))
    hazards[0, 0, 1], hazards[0, 0, 2], hazards[0, 1, 2] = 0.02, 0.18, 0.1
    hazards[..., -1] = [0, 0, 1]
    law = OnwardStays(StayLaw(hazards), np.ones(2))
    given = {("need", "A", "general"): [9.0] * 20, ("entries", "A", "general"): [2.0] * 20}
    given |= {("need", "A", "icu"): [9.0] * 20, ("entries", "A", "icu"): [1.0] * 20}
    inputs, _ = inputs_of(given, flows=("entries",))
    inputs = replace(inputs, stays={"need": law})
    stays = patient_stays(inputs, "entries", "need", 7, ["icu"], np.random.default_rng(0))
    assert [told.later for told in stays.told] == ["icu", ""]
    assert stays.told[0].later_share == pytest.approx(0.1, abs=0.001)
    assert stays.courses is not None
    assert (stays.echo[0, 1] > 0).any()
    in_icu = (stays.courses[0] == 1).mean(axis=0)
    np.testing.assert_allclose(in_icu, law.presence(7)[0, 1], atol=0.006)
