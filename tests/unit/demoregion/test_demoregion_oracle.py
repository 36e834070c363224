"""The oracle knows the true laws, reads nothing of the days to come, and is right on average."""

from dataclasses import fields, replace

import numpy as np
import pytest

from vigie.demoregion import DemoRegion, TrueLaws, oracle_first_days, true_laws
from vigie.demoregion.futures import occupancy_futures
from vigie.demoregion.supplies import REVIEW_DAYS, demand_mean

SEED = 20200301


@pytest.fixture(scope="module")
def laws(wide_region: DemoRegion) -> TrueLaws:
    return true_laws(np.random.default_rng(SEED), wide_region.truth.extent)


def test_laws_are_those_that_the_region_was_made_from(wide_region: DemoRegion, laws: TrueLaws):
    truth = wide_region.truth
    mean = demand_mean(
        laws.habits, truth.occupancy, laws.usual_beds, laws.incidence_per_100k, laws.weekdays
    )
    orders = truth.supplies.orders
    review = laws.review_day[orders.site, orders.product]
    share = truth.epidemic_admissions.sum() / laws.epidemic_admissions_mean.sum()

    assert np.array_equal(orders.ordered_day % REVIEW_DAYS, review)
    assert truth.supplies.demand.sum() == pytest.approx(mean.sum(), rel=0.02)
    asked, told = truth.supplies.demand.sum(axis=0), mean.sum(axis=0)
    often = told > 2000
    assert np.abs(asked[often] / told[often] - 1).max() < 0.15
    assert share == pytest.approx(1.0, abs=0.02)


def test_futures_of_patients_lie_around_what_happened(wide_region: DemoRegion, laws: TrueLaws):
    truth, sites = wide_region.truth, laws.usual_beds.shape[0]
    happened, expected, errors = 0.0, 0.0, []
    for day in range(150, 405, 60):
        rng = np.random.default_rng(day)
        drawn = occupancy_futures(rng, truth, laws, day, 15, 25)
        whole = drawn.reshape(15, 25, sites, -1).sum(axis=2)
        true = truth.occupancy[day : day + 15].sum(axis=1)
        happened, expected = happened + true.sum(), expected + whole.mean(axis=1).sum()
        errors.append((true - whole.mean(axis=1)) / (whole.std(axis=1) + 1.0))

    assert happened == pytest.approx(expected, rel=0.02)
    assert 0.6 < np.std(errors) < 1.6


def test_chances_of_the_oracle_come_true(wide_region: DemoRegion, laws: TrueLaws):
    truth = wide_region.truth
    short = {
        "beds": truth.is_short_of_beds,
        "staff": truth.is_short_of_staff,
        "products": truth.supplies.unmet > 0,
    }
    stated = dict.fromkeys(short, 0.0)
    came = dict.fromkeys(short, 0)
    for day in range(150, 430, 70):
        found = oracle_first_days(np.random.default_rng(day), truth, laws, day, 14, 20)
        for kind, is_short in short.items():
            assert found[kind].shape == (*is_short.shape[1:], 20)
            assert found[kind].min() >= 0
            assert found[kind].max() <= 15
            stated[kind] += (found[kind] <= 14).mean(axis=2).sum()
            came[kind] += int(is_short[day : day + 15].any(axis=0).sum())

    for kind in short:
        spread = np.sqrt(max(came[kind], 1))
        assert abs(stated[kind] - came[kind]) < 4 * spread


def test_the_oracle_reads_nothing_of_the_days_to_come(wide_region: DemoRegion, laws: TrueLaws):
    truth, day = wide_region.truth, 300

    def changed(values: np.ndarray) -> np.ndarray:
        later = values.copy()
        later[day:] = later[day:] * 3 + 7
        return later

    supplies = replace(
        truth.supplies,
        **{
            each.name: changed(getattr(truth.supplies, each.name))
            for each in fields(truth.supplies)
            if each.name in ("demand", "consumption", "deliveries", "stock_on_hand")
        },
    )
    left_later = truth.stays.to_day + 9 * (truth.stays.to_day >= day)
    stays = replace(truth.stays, to_day=left_later)
    other = replace(truth, occupancy=changed(truth.occupancy), supplies=supplies, stays=stays)

    def told(seen):
        return oracle_first_days(np.random.default_rng(1), seen, laws, day, 7, 4)

    assert all(np.array_equal(told(truth)[kind], told(other)[kind]) for kind in told(truth))


def test_days_beyond_the_laws_are_refused(wide_region: DemoRegion, laws: TrueLaws):
    truth = wide_region.truth
    for day in (10, truth.extent.length - 3):
        with pytest.raises(ValueError, match="future days"):
            oracle_first_days(np.random.default_rng(1), truth, laws, day, 14, 2)
