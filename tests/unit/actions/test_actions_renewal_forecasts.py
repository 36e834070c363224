"""The renewal engine as a model of daily flows: what it serves, futures that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from vigie.actions.forecasts.beside import Beside, EngineTerms
from vigie.actions.forecasts.flow_models import MODELS, forecast_by, models_of
from vigie.actions.forecasts.forecasting import Chance, History
from vigie.actions.forecasts.renewal_forecasts import RENEWAL_FLOW_MODEL, renewal_flow_paths, served
from vigie.actions.forecasts.renewal_terms import covered
from vigie.actions.rooms.room import EpidemicRule
from vigie.epidemiology import flat_paths
from vigie.epidemiology.renewal import RENEWAL_MODEL

# One process compiles the engine for these tests.
pytestmark = pytest.mark.xdist_group("renewal")

RULE = EpidemicRule(
    "admissions",
    generation_mean_days=5.0,
    generation_sd_days=2.0,
    admission_mean_days=8.0,
    admission_sd_days=4.0,
)
DAYS, STEPS = 90, 14
LAST = date(2021, 3, 31)
CHANCE = Chance(1, LAST, 300, STEPS)


def history(
    means: Mapping[str, np.ndarray], beside: Beside | None = None, seed: int = 4
) -> History:
    """One category; Poisson counts with the given means."""
    rng = np.random.default_rng(seed)
    values = np.stack([rng.poisson(mean).astype(float) for mean in means.values()])[:, None]
    dates = np.datetime64(LAST, "D") - np.arange(DAYS)[::-1]
    terms = Beside({"": EngineTerms(RULE)}) if beside is None else beside
    return History(
        "admissions", "flow", "day", tuple(means), ("",), dates, values, LAST, np.inf, terms
    )


def growing(rate: float, last: float) -> np.ndarray:
    return last * np.exp(rate * np.arange(-DAYS + 1, 1))


def of(paths: np.ndarray) -> np.ndarray:
    """(place,): median of the last day ahead."""
    return np.median(paths[:, 0, -1], axis=-1)


def test_the_name_is_the_engines_own() -> None:
    assert RENEWAL_FLOW_MODEL == RENEWAL_MODEL


def test_it_is_a_model_only_where_an_epidemic_is_declared() -> None:
    given = history({"A": growing(0.0, 20)})
    assert RENEWAL_FLOW_MODEL in {model.name for model in models_of(given)}
    without = replace(given, beside=Beside())
    assert RENEWAL_FLOW_MODEL not in {model.name for model in models_of(without)}
    assert RENEWAL_FLOW_MODEL not in {
        model.name for model in models_of(replace(given, kind="level"))
    }


def test_growth_goes_on_damped_and_decline_too() -> None:
    given = history({"up": growing(0.05, 60), "down": growing(-0.05, 60)})
    up, down = of(renewal_flow_paths(given, STEPS, CHANCE))
    assert 60 < up < 60 * np.exp(0.05 * STEPS)
    assert 60 * np.exp(-0.05 * STEPS) * 0.9 < down < 60


def test_less_damping_lets_growth_go_further() -> None:
    medians = []
    for damping in (0.85, 0.95, 1.0):
        beside = Beside({"": EngineTerms(RULE, damping)})
        given = history({"A": growing(0.05, 60)}, beside)
        medians.append(float(of(renewal_flow_paths(given, STEPS, CHANCE))[0]))
    assert medians[0] < medians[1] < medians[2]


def test_spread_factors_widen_the_days_between_two_horizons_and_keep_the_middle() -> None:
    means = {"A": growing(0.0, 60)}
    plain = renewal_flow_paths(history(means), STEPS, CHANCE)
    terms = EngineTerms(RULE, spread={1: 1.0, 7: 2.0, 14: 2.0})
    wide = renewal_flow_paths(history(means, Beside({"": terms})), STEPS, CHANCE)

    def width(paths: np.ndarray) -> np.ndarray:
        low, high = np.quantile(np.log1p(paths[0, 0]), (0.05, 0.95), axis=-1)
        return np.asarray(high - low)

    ratio = width(wide) / width(plain)
    assert ratio[0] == pytest.approx(1.0, abs=0.02)
    assert 1.3 < ratio[3] < 1.7
    assert ratio[6:] == pytest.approx(2.0, abs=0.15)
    np.testing.assert_allclose(of(wide), of(plain), rtol=0.02)


def test_series_that_it_does_not_serve_keep_the_baselines_paths() -> None:
    means = {"A": growing(0.0, 20), "small": growing(0.0, 1.0), "zero": np.zeros(DAYS)}
    given = history({**means, "new": growing(0.0, 20), "silent": growing(0.0, 20)})
    given.values[3, 0, :-10] = np.nan
    given.values[4, 0, -20:] = np.nan
    assert served(given.values[:, 0]).tolist() == [0]
    paths = renewal_flow_paths(given, STEPS, CHANCE)
    flat = flat_paths(given.values, STEPS, CHANCE.draws(), season=7)
    np.testing.assert_array_equal(paths[1:], flat[1:])
    assert not np.array_equal(paths[0], flat[0])
    nothing = history({"small": growing(0.0, 1.0)})
    np.testing.assert_array_equal(
        renewal_flow_paths(nothing, STEPS, CHANCE),
        flat_paths(nothing.values, STEPS, CHANCE.draws(), season=7),
    )


def test_corrections_gaps_and_a_jump_give_finite_futures() -> None:
    given = history({"A": growing(0.0, 20), "B": growing(0.0, 20), "jump": growing(0.0, 10)})
    given.values[0, 0, -5] = -40.0
    given.values[1, 0, -12::2] = np.nan
    given.values[2, 0, -1] = 1000.0
    paths = renewal_flow_paths(given, STEPS, CHANCE)
    assert np.isfinite(paths).all()
    assert (paths >= 0).all()


def test_futures_of_places_rise_together_as_the_baselines_do() -> None:
    rng = np.random.default_rng(9)
    walk = 40 * np.exp(np.cumsum(rng.normal(0, 0.08, DAYS)))
    given = history(dict.fromkeys("ABCDEF", walk))
    paths = renewal_flow_paths(given, STEPS, CHANCE)[:, 0]
    flat = flat_paths(given.values, STEPS, CHANCE.draws(), season=7)[:, 0]

    def joint(values: np.ndarray) -> float:
        """Spread of the sum over that of independent places."""
        totals = values.sum(axis=1)
        return float(totals.sum(axis=0).std() / np.sqrt((totals.std(axis=1) ** 2).sum()))

    assert joint(paths) == pytest.approx(joint(flat), rel=0.2)
    assert joint(paths) > 1.5, "one wave: the sum is not that of independent places"


def test_more_futures_than_draws_repeat_them() -> None:
    given = history({"A": growing(0.0, 30)})
    many = renewal_flow_paths(given, STEPS, replace(CHANCE, sample_count=1100))
    assert many.shape[-1] == 1100
    assert len(np.unique(many[0, 0].T, axis=0)) <= 500


def test_a_holiday_ahead_is_told_from_those_before() -> None:
    holidays = np.zeros((1, DAYS + STEPS), dtype=bool)
    holidays[0, [20, 35, 48, 62, 75, DAYS + 4]] = True
    mean = np.where(holidays[0, :DAYS], 30.0, 100.0)
    with_it = Beside({"": EngineTerms(RULE)}, holidays)
    told = renewal_flow_paths(history({"A": mean}, with_it), STEPS, CHANCE)
    middle = np.median(told[0, 0], axis=-1)
    assert middle[4] < 55
    assert (np.delete(middle, 4) > 80).all()


def test_a_rule_without_category_speaks_for_all_that_no_other_names() -> None:
    given = replace(
        history({"A": growing(0.0, 20)}),
        categories=("adults", "children"),
        values=np.zeros((1, 2, DAYS)),
    )
    of_children = replace(RULE, category="children")
    rules = [RULE, of_children]
    assert covered(RULE, [RULE], given) == ["adults", "children"]
    assert covered(RULE, rules, given) == ["adults"]
    assert covered(of_children, rules, given) == ["children"]
    assert covered(replace(RULE, category="other"), rules, given) == []


def test_categories_are_forecast_apart() -> None:
    one = history({"A": growing(0.04, 60)})
    both = replace(
        one,
        categories=("adults", "children"),
        values=np.concatenate([one.values, history({"A": growing(0.0, 20)}).values], axis=1),
        beside=Beside({"adults": EngineTerms(RULE)}),
    )
    paths = renewal_flow_paths(both, STEPS, CHANCE)
    flat = flat_paths(both.values, STEPS, CHANCE.draws(), season=7)
    np.testing.assert_array_equal(paths[:, 1], flat[:, 1])
    assert np.median(paths[0, 0, -1]) > np.median(flat[0, 0, -1])


def test_the_same_again_from_the_same_day_and_seed() -> None:
    model = next(each for each in MODELS if each.name == RENEWAL_FLOW_MODEL)
    given = history({"A": growing(0.0, 20)})
    first = forecast_by(model, given, CHANCE)
    np.testing.assert_array_equal(first.values, forecast_by(model, given, CHANCE).values)
    other = forecast_by(model, given, replace(CHANCE, seed=2))
    assert not np.array_equal(first.values, other.values)
