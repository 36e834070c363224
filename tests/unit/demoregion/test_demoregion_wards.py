"""Ward stays, beds and staff of the demo region keep their books."""

from collections import Counter

import numpy as np

from vigie.demoregion import DemoRegion
from vigie.demoregion.capacity import beds_that_staff_run, staff_required
from vigie.demoregion.catalogue import WARDS
from vigie.demoregion.stays import Outcome

ICU = [ward.key for ward in WARDS].index("icu")


def test_occupancy_is_yesterdays_plus_entries_minus_exits(wide_region: DemoRegion):
    truth = wide_region.truth
    before = np.concatenate([truth.occupancy_before[None], truth.occupancy[:-1]])

    assert np.array_equal(truth.occupancy, before + truth.admissions - truth.exits)
    assert (truth.occupancy >= 0).all()


def test_occupancy_counts_the_stays_of_the_day(tiny_region: DemoRegion):
    truth, day = tiny_region.truth, 31
    stays = truth.stays
    in_bed = Counter(
        (site, ward)
        for site, ward, start, stop in zip(
            stays.site.tolist(), stays.ward.tolist(), stays.from_day, stays.to_day, strict=True
        )
        if start <= day < stop
    )

    for (site, ward), count in np.ndenumerate(truth.occupancy[day]):
        assert in_bed[site, ward] == count


def test_transferred_patient_enters_the_next_ward_on_the_day_of_leaving(wide_region: DemoRegion):
    stays, length = wide_region.truth.stays, wide_region.truth.extent.length
    begins = set(zip(stays.patient.tolist(), stays.from_day.tolist(), strict=True))
    moved = (stays.outcome == Outcome.TRANSFER) & (stays.to_day < length)

    assert moved.sum() > 100
    assert all(
        (patient, day) in begins
        for patient, day in zip(
            stays.patient[moved].tolist(), stays.to_day[moved].tolist(), strict=True
        )
    )


def test_patients_go_only_to_wards_that_exist(wide_region: DemoRegion):
    truth = wide_region.truth
    has_ward = truth.staffing.beds_open > 0

    assert (~has_ward).any()
    assert has_ward[truth.stays.site, truth.stays.ward].all()


def test_staffed_beds_exist_and_have_their_staff(wide_region: DemoRegion):
    staffing = wide_region.truth.staffing
    present = staffing.staff_rostered - staffing.staff_absent

    assert (staffing.beds_staffed <= staffing.beds_open).all()
    assert (staffing.staff_absent <= staffing.staff_rostered).all()
    assert (staffing.beds_staffed <= beds_that_staff_run(present)).all()


def test_required_staff_rounds_up_in_each_ward():
    occupancy = np.array([[[21, 0, 5, 1, 12]]])

    assert staff_required(occupancy).tolist() == [[[3, 0, 2, 1, 1, 2]]]


def test_staff_absence_follows_the_epidemic(wide_region: DemoRegion):
    truth = wide_region.truth
    incidence = truth.infection_incidence.sum(axis=1)
    absent = truth.staffing.staff_absent.sum(axis=(1, 2)) / truth.staffing.staff_rostered.sum(
        axis=(1, 2)
    )
    high, low = incidence > np.quantile(incidence, 0.9), incidence < np.quantile(incidence, 0.4)

    assert absent[high].mean() > absent[low].mean() + 0.015
    assert 0.03 < absent.mean() < 0.10


def test_most_wards_are_fine_and_intensive_care_is_near_shortage(wide_region: DemoRegion):
    truth = wide_region.truth
    has_icu = truth.staffing.beds_open[:, ICU] > 0
    short = truth.is_short_of_beds
    soon = truth.first_short_day(short)[has_icu, ICU] <= 21

    assert short[: truth.extent.days].mean() < 0.03
    assert 0.05 < soon.mean() < 0.8


def test_ventilators_in_use_are_in_the_fleet(wide_region: DemoRegion):
    truth = wide_region.truth

    assert (truth.ventilators_in_use <= truth.ventilators).all()
    assert (truth.ventilators_needed <= truth.occupancy[:, :, ICU]).all()


def test_first_short_day_counts_from_the_day_after_the_end(tiny_region: DemoRegion):
    truth = tiny_region.truth
    is_short = np.zeros((truth.extent.length, 2), dtype=bool)
    is_short[truth.extent.days + 4, 0] = True
    is_short[truth.extent.days - 1, 1] = True

    assert truth.first_short_day(is_short).tolist() == [5, truth.extent.future_days + 1]
