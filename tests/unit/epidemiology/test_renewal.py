"""The renewal engine: finds the truth, is honest about it, and survives what data do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.synthetic_epidemics import (
    ADMISSION,
    GENERATION,
    PAST_DAYS,
    epidemics,
    late_reports,
)
from vigie.epidemiology.delays import Delay, DelayFamily, given_probabilities
from vigie.epidemiology.nowcast import ReportTriangle, reporting_hazards
from vigie.epidemiology.renewal import (
    DefinitionChange,
    DrawQuality,
    RenewalRules,
    chosen_damping,
    doubling_days,
    first_usable_days,
    fit_renewal,
    growth_rate,
    peak,
)

SERIES = epidemics(12, 5)


def fit(counts, *, horizon=14, samples=200, seed=1, **given_arguments):
    return fit_renewal(
        np.atleast_2d(counts),
        first_weekday=given_arguments.pop("first_weekday", 0),
        generation=given_arguments.pop("generation", GENERATION),
        admission=given_arguments.pop("admission", ADMISSION),
        horizon_days=horizon,
        sample_count=samples,
        rng=np.random.default_rng(seed),
        **given_arguments,
    )


@pytest.fixture(scope="module")
def recovered():
    return fit(np.stack([each.past for each in SERIES]), samples=400)


def assert_whole(result):
    for place, first in enumerate(result.first_day):
        for array in (result.reproduction_number, result.expected, result.infections):
            assert np.isfinite(array[place, first:]).all()
            assert (array[place, first:] >= 0).all()
        assert np.isnan(result.reproduction_number[place, :first]).all()
    assert np.isfinite(result.admissions).all()
    assert (result.admissions >= 0).all()
    assert (result.admissions == np.round(result.admissions)).all()


def test_the_true_reproduction_number_is_found(recovered):
    truth = np.stack([each.reproduction_number for each in SERIES])[:, 30:106]
    low, median, high = np.quantile(recovered.reproduction_number, [0.05, 0.5, 0.95], axis=-1)
    assert np.abs(median[:, 30:106] - truth).mean() < 0.08
    inside = (low[:, 30:106] <= truth) & (truth <= high[:, 30:106])
    assert 0.8 <= inside.mean() <= 0.99


def test_forecasts_hold_what_comes(recovered):
    future = np.stack([each.future for each in SERIES])
    low, high = np.quantile(recovered.admissions, [0.05, 0.95], axis=-1)
    assert 0.75 <= ((low <= future) & (future <= high)).mean() <= 1.0


def test_draws_are_whole_and_say_how_they_came_about(recovered):
    assert_whole(recovered)
    assert recovered.reproduction_number.shape == (12, PAST_DAYS + 14, 400)
    assert recovered.admissions.shape == (12, 14, 400)
    assert recovered.nowcast.shape == (12, 0, 400)
    assert np.allclose(recovered.weights.sum(axis=1), 1)
    assert (recovered.effective_share > 0.3).all()
    assert (recovered.quality == DrawQuality.WEIGHTED).all()


def test_equal_chance_gives_equal_draws_and_the_order_of_places_does_not_matter():
    counts = np.stack([each.past for each in SERIES[:5]])
    order = np.array([3, 0, 4, 2, 1])
    one, again, other = fit(counts), fit(counts), fit(counts[order])
    assert np.array_equal(one.admissions, again.admissions)
    assert np.allclose(other.admissions, one.admissions[order])
    assert np.allclose(other.reproduction_number, one.reproduction_number[order], rtol=1e-5)


def test_counts_after_the_last_day_are_not_there_to_be_read():
    counts = np.stack([each.past for each in SERIES[:3]])
    changed = counts.copy()
    changed[:, -20:] = np.random.default_rng(0).permutation(changed[:, -20:], axis=1) * 3
    assert np.array_equal(fit(counts[:, :-20]).admissions, fit(changed[:, :-20]).admissions)


def test_ten_times_the_counts_give_the_same_reproduction_number_and_ten_times_the_forecast():
    large = np.stack([each.past for each in SERIES if each.scale == 300])
    rules = RenewalRules(admitted_share=None)
    one, ten = (fit(large * k, rules=rules, samples=400) for k in (1, 10))
    middles = [np.median(each.reproduction_number[:, :PAST_DAYS], axis=-1) for each in (one, ten)]
    assert np.abs(middles[0] - middles[1]).mean() < 0.03
    totals = [np.median(each.admissions.sum(axis=1), axis=-1) for each in (one, ten)]
    assert np.allclose(totals[1] / totals[0], 10, rtol=0.15)


AWKWARD = {
    "no gaps": lambda c, rng: c,
    "holes": lambda c, rng: np.where(rng.random(c.shape) < 0.3, np.nan, c),
    "a month is missing": lambda c, rng: np.r_[c[:60], np.full(30, np.nan), c[90:]],
    "all zero": lambda c, rng: c * 0,
    "one admission": lambda c, rng: np.eye(len(c))[40],
    "ten days": lambda c, rng: np.r_[np.full(len(c) - 10, np.nan), c[-10:]],
    "only ten days": lambda c, rng: c[-10:],
    "the last week is missing": lambda c, rng: np.r_[c[:-7], np.full(7, np.nan)],
    "jump up": lambda c, rng: c * np.where(np.arange(len(c)) > 100, 100, 1),
    "jump down": lambda c, rng: np.round(c / np.where(np.arange(len(c)) > 100, 100, 1)),
    "one absurd day": lambda c, rng: np.where(np.arange(len(c)) == 110, 1e6, c),
    "huge": lambda c, rng: c * 1e5,
    "negative days": lambda c, rng: np.where(np.arange(len(c)) % 25 == 3, -c - 1, c),
    "ends in zeros": lambda c, rng: np.r_[c[:-28], np.zeros(28)],
}


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("series", [0, 2])
def test_no_counts_whatever_give_a_missing_or_negative_draw(name, series):
    counts = AWKWARD[name](SERIES[series].past, np.random.default_rng(2))
    result = fit(counts, samples=100)
    assert_whole(result)
    assert result.negative_days[0] == (5 if name == "negative days" else 0)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.one_of(st.just(np.nan), st.just(0.0), st.integers(-3, 10_000).map(float)),
        min_size=28,
        max_size=28,
    )
)
def test_no_four_weeks_whatever_give_a_missing_draw(values):
    counts = np.array(values)
    if (counts >= 0).sum() < 7:
        with pytest.raises(ValueError, match="fewer than 7"):
            fit(counts, samples=20)
    else:
        assert_whole(fit(counts, samples=20))


@pytest.mark.parametrize("scale", [3, 30])
def test_an_epidemic_that_is_over_stays_over_without_imports(scale):
    over = [np.r_[each.past[:92], np.zeros(28)] for each in SERIES if each.scale == scale]
    counts = np.stack([*over, np.zeros(120)])
    result = fit(counts, samples=500, rules=RenewalRules(imports_per_day=0.0))
    totals = result.admissions.sum(axis=1)
    assert ((totals > 0).mean(axis=-1) <= 0.5).all()
    seen = np.array([np.convolve(each, np.ones(14), "valid").max() for each in counts])
    assert (np.quantile(totals, 0.99, axis=-1) <= 20 * np.maximum(seen, 0.5)).all()


def test_chance_on_many_infections_is_small_and_on_few_is_felt():
    large = np.stack([each.past for each in SERIES if each.scale == 300])
    calm = fit(large, samples=400, rules=RenewalRules(admitted_share=None))
    slight = fit(large, samples=400, rules=RenewalRules(admitted_share=1e-5))
    middles = [np.median(each.expected[:, 60:], axis=-1) for each in (calm, slight)]
    assert np.abs(middles[1] / middles[0] - 1).max() < 0.03
    assert (slight.distinct_share > 0.5).all()
    assert (calm.distinct_share == 1).all()
    few = np.stack([each.past for each in SERIES if each.scale == 3])
    without, with_chance = (
        fit(few, samples=400, rules=RenewalRules(admitted_share=k)) for k in (None, 0.05)
    )
    spreads = [
        np.std(np.diff(np.log(each.infections[:, 110:120] + 1e-3), axis=1), axis=1).mean()
        for each in (without, with_chance)
    ]
    assert spreads[1] > 2 * spreads[0]


def test_without_infections_and_imports_none_come_again():
    result = fit(np.zeros((1, 120)), samples=300, rules=RenewalRules(imports_per_day=0.0))
    recent = result.infections[0, 90:120]
    over = (recent[-20:] == 0).all(axis=0)
    assert over.mean() > 0.5
    assert (result.infections[0, 120:, over] == 0).all()
    assert (result.admissions[0, 12:, over] == 0).all()


def test_imports_can_begin_an_epidemic_again():
    counts = np.zeros((1, 120))
    without, many = (
        fit(counts, samples=400, rules=RenewalRules(imports_per_day=k)) for k in (0.0, 50.0)
    )
    assert (without.admissions > 0).mean() < 0.05
    assert (many.admissions.sum(axis=1) > 0).mean() > 0.3


def test_a_place_with_ten_days_has_wider_forecasts_than_one_with_months():
    long = np.stack([each.past for each in SERIES if each.scale > 3])
    short = np.where(np.arange(PAST_DAYS) < PAST_DAYS - 10, np.nan, long)
    ratios = []
    for counts in (long, short):
        totals = fit(counts, samples=400).admissions.sum(axis=1)
        low, high = np.quantile(totals, [0.05, 0.95], axis=-1)
        ratios.append(np.log(high / low).mean())
    assert ratios[1] > 1.1 * ratios[0]


def test_weekdays_and_holidays_are_told_from_the_epidemic():
    counts = np.tile(np.round(200 * np.array([1.3, 1.2, 1.1, 1.0, 1.0, 0.8, 0.6])), 18)
    holidays = np.zeros((1, 126 + 14), dtype=bool)
    holidays[0, [20, 41, 62, 83, 104, 130]] = True
    counts[holidays[0, :126]] *= 0.5
    result = fit(counts, holidays=holidays, samples=400)
    r = np.median(result.reproduction_number[0, 20:120], axis=-1)
    assert np.abs(r - 1).max() < 0.05
    effect = np.median(result.effect[0], axis=-1)
    assert effect[6 + 0] < effect[0] * 0.6  # Sunday below Monday
    assert effect[130 - 126] == pytest.approx(0.5 * effect[130 - 126 + 7], rel=0.1)


def test_an_uncertain_delay_gives_wider_reproduction_numbers():
    counts = np.stack([each.past for each in SERIES if each.scale == 300])
    known = Delay(DelayFamily.GAMMA, 5.0, 2.0)
    unsure = Delay(DelayFamily.GAMMA, 5.0, 2.0, mean_sd_days=1.5)
    widths = [
        np.ptp(np.quantile(fit(counts, generation=each).reproduction_number, [0.05, 0.95], -1), 0)
        for each in (known, unsure)
    ]
    assert widths[1].mean() > 1.1 * widths[0].mean()


def test_damping_pulls_the_reproduction_number_ahead_towards_1():
    counts = np.round(20 * np.exp(0.05 * np.arange(60)))
    ahead = [
        np.median(
            fit(counts, rules=RenewalRules(damping_per_day=k), horizon=28).reproduction_number[
                0, -1
            ]
        )
        for k in (1.0, 0.9)
    ]
    assert ahead[0] > 1.2
    assert ahead[1] == pytest.approx(1.0, abs=0.05)


def test_the_susceptible_hold_an_epidemic_back():
    counts = np.round(20 * np.exp(0.05 * np.arange(60)))
    free = fit(counts, horizon=28, samples=400)
    # 20 % of all infections to come would be everyone.
    few = np.array([0.2 * np.median(free.admissions.sum(axis=1)) / 0.02])
    held = fit(counts, horizon=28, samples=400, susceptible=few)
    totals = held.admissions.sum(axis=1)
    past_infections = 0.02 * few + counts.sum()
    assert np.median(totals) < 0.5 * np.median(free.admissions.sum(axis=1))
    assert (totals < 2 * past_infections).all()
    assert np.median(held.reproduction_number[0, -1]) < 0.6


def test_late_reports_are_completed_and_no_fall_is_seen_where_there_is_none():
    rng = np.random.default_rng(8)
    counts = np.stack([each.past for each in SERIES[3:9]])
    cells = [late_reports(rng, each) for each in counts]
    triangle = ReportTriangle(
        np.stack([np.where(c.is_known, np.cumsum(c.counts, 1), np.nan) for c in cells])
    )
    hazards, latest = reporting_hazards(triangle), triangle.latest()
    joint, naive = fit(latest, reporting=hazards, samples=400), fit(latest, samples=400)
    whole = fit(counts, samples=400)
    assert (joint.nowcast >= latest[:, -15:, None]).all()
    inside = [
        (low <= truth) & (truth <= high)
        for low, high, truth in zip(
            *np.quantile(joint.nowcast, [0.05, 0.95], axis=-1), counts[:, -15:], strict=True
        )
    ]
    assert np.mean(inside) > 0.8
    last = [np.median(each.reproduction_number[:, 119], axis=-1) for each in (joint, naive, whole)]
    assert np.abs(last[0] - last[2]).mean() < np.abs(last[1] - last[2]).mean()


def test_growth_is_that_of_the_generation_interval():
    result = fit(SERIES[1].past, samples=50)
    rate = growth_rate(result)
    lags = np.arange(len(GENERATION.probability))
    for sample in range(0, 50, 10):
        r = float(rate[0, 60, sample])
        number = 1 / (GENERATION.probability @ np.exp(-r * lags))
        assert number == pytest.approx(result.reproduction_number[0, 60, sample], rel=1e-3)
    assert np.allclose(doubling_days(np.array([np.log(2) / 7, -0.1])), [7, -np.log(2) / 0.1])
    assert np.isinf(doubling_days(np.array([0.0]))).all()


def test_a_peak_far_behind_is_passed_and_one_to_come_is_not():
    days = np.arange(100)
    fallen = np.round(200 * np.exp(-((days - 60) ** 2) / 400))
    rising = np.round(5 * np.exp(0.05 * days))
    found = peak(fit(np.stack([fallen, rising]), samples=200))
    assert found.passed_probability[0] > 0.95
    assert found.passed_probability[1] < 0.05
    assert (found.height > 0).all()
    assert found.day.max() <= 14
    with pytest.raises(ValueError, match="too short"):
        peak(fit(fallen, horizon=3))


def test_counts_before_a_change_of_definition_are_not_compared():
    counts = SERIES[1].past.copy()
    doubled = counts.copy()
    doubled[80:] *= 3  # the new definition counts three times as many
    first = np.datetime64("2024-01-01")
    changes = [
        DefinitionChange(first + 40, "tests are free"),
        DefinitionChange(first + 80, "outpatients count too", place=0),
        DefinitionChange(first + 300, "not known yet"),
    ]
    usable = first_usable_days(changes, first, 2, 120)
    assert usable.tolist() == [80, 40]
    both = np.stack([doubled, counts])
    result, blind = fit(both, first_usable_day=usable), fit(both)
    assert result.first_day.tolist() == [80, 40]
    assert_whole(result)
    near = slice(70, 86)
    jump = [np.median(each.reproduction_number[0, near], axis=-1) for each in (blind, result)]
    assert jump[0].max() > 1.2
    assert np.nanmax(jump[1]) < jump[0].max()
    with pytest.raises(ValueError, match="place 5 is not among"):
        first_usable_days([DefinitionChange(first, "x", place=5)], first, 2, 120)


def test_no_reproduction_number_should_be_shown_below_ten_admissions_a_week():
    low, high = np.full(60, 1.0), np.full(60, 2.0)
    assert fit(np.stack([low, high])).is_meaningful.tolist() == [False, True]


def test_the_damping_is_chosen_by_past_scores_once_there_are_enough():
    scores = np.tile([3.0, 3.0, 2.0, 2.5, 4.0, 5.0], (8, 1))
    assert chosen_damping(scores) == 0.93
    assert chosen_damping(scores[:7]) == RenewalRules().damping_per_day
    scores[0, 1] = np.nan
    assert chosen_damping(scores) == RenewalRules().damping_per_day
    with pytest.raises(ValueError, match="6 dampings"):
        chosen_damping(scores[:, :2])


@pytest.mark.parametrize(
    ("counts", "change", "message"),
    [
        (np.ones(60), {"first_weekday": 7}, "0 is Monday"),
        (np.ones(60), {"horizon": -1}, "horizon_days is -1"),
        (np.ones(60), {"samples": 5}, "sample_count is 5"),
        (np.r_[np.ones(59), np.inf], {}, "infinite"),
        (np.ones((1, 0)), {}, r"expected \(place, day\)"),
        (np.ones((2, 5)), {}, r"2 places, by number \(days\): 0 \(5\), 1 \(5\)"),
        (np.ones(60), {"population": np.array([-1.0])}, "population"),
        (np.ones(60), {"holidays": np.zeros((1, 60), dtype=bool)}, "days of counts . horizon"),
        (np.ones(60), {"first_usable_day": np.zeros(3, dtype=int)}, "first_usable_day has shape"),
        (np.ones(60), {"generation": given_probabilities(np.array([0.5, 0.5]))}, "day 0 must"),
    ],
)
def test_what_cannot_be_is_refused_in_words(counts, change, message):
    with pytest.raises(ValueError, match=message):
        fit(counts, **change)


def test_reports_that_take_longer_than_the_series_are_refused():
    triangle = ReportTriangle(np.where(np.tri(20, 20)[::-1] > 0, 3.0, np.nan)[None])
    hazards = reporting_hazards(triangle)
    with pytest.raises(ValueError, match="20 days, but only 15 days are read"):
        fit(np.ones(15), reporting=hazards)


@pytest.mark.parametrize(
    "choice",
    [
        {"window_days": 5},
        {"damping_per_day": 0.0},
        {"damping_per_day": 1.1},
        {"admitted_share": 0.0},
        {"imports_per_day": -1.0},
        {"imports_per_day": np.inf},
        {"move_steps": 0},
    ],
)
def test_rules_out_of_range_are_refused(choice):
    with pytest.raises(ValueError, match=next(iter(choice))):
        RenewalRules(**choice)
