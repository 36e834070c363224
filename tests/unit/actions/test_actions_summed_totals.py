"""Totals as sums of places in the cycle: who counts, who is silent, and which one is published."""

from datetime import date, timedelta

import numpy as np
import pytest

from tests.unit.actions.given_figures import AS_OF, facts_of, inputs_of
from vigie.actions.forecasts.flow_models import forecast_by, models_of
from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND, Chance, histories, total_history
from vigie.actions.forecasts.summed_totals import (
    SUM_MODEL,
    past_sum_name,
    sum_over_places,
    totals_to_sum,
)
from vigie.actions.scores.levels import Level, LevelKeys, tasks_of, with_sums_by
from vigie.actions.scores.score_keeping import Scoring
from vigie.actions.scores.scored_tasks import ScoredTasks, Truth
from vigie.actions.scores.standings import BESIDE, Standing, standings_of, sum_only_scored, with_sum
from vigie.paths import PHASES

STEADY = [30.0, 34.0, 28.0, 31.0, 33.0, 29.0, 32.0] * 6
MEMBERS = {"N": ("R", "A", "B", "C"), "R": ("A", "B")}


def summed(given, members=MEMBERS):
    """The history of places, their paths and the sums over them."""
    inputs, _ = inputs_of(given, flows=("m",))
    history, paths = inputs.histories["m"], inputs.paths["m"]
    to_sum = totals_to_sum(history, total_history(history, members), members)
    assert to_sum is not None
    return history, paths, sum_over_places(history, to_sum, members, paths)


def test_every_total_is_the_sum_of_its_places_in_every_future() -> None:
    given = {("m", place, ""): [value * n for value in STEADY] for n, place in enumerate("ABC", 1)}
    _, paths, found = summed(given)
    sums = dict(zip(found.paths.places, found.paths.values, strict=True))
    np.testing.assert_allclose(sums["N"], paths.values.sum(axis=0), rtol=1e-5)
    np.testing.assert_allclose(sums["R"], paths.values[:2].sum(axis=0), rtol=1e-5)
    assert not found.others.is_reported().any()


def test_a_place_silent_for_long_counts_with_its_usual_share_and_not_with_its_last_value() -> None:
    behind = MOST_DAYS_BEHIND + 1
    given = {
        ("m", "A", ""): [20.0] * 42,
        ("m", "B", ""): [*[10.0] * (41 - behind), 500.0, *[None] * behind],
        ("m", "C", ""): [20.0] * 42,
    }
    history, paths, found = summed(given, {"N": ("A", "B", "C")})
    usual_b = np.nanmean(history.values[1])
    share = 40 / (40 + usual_b)
    expected = (paths.values[0] + paths.values[2]) / share
    np.testing.assert_allclose(found.paths.values[0], expected, rtol=1e-5)
    given["m", "B", ""] = [*[10.0] * (42 - MOST_DAYS_BEHIND), *[None] * MOST_DAYS_BEHIND]
    _, paths, found = summed(given, {"N": ("A", "B", "C")})
    np.testing.assert_allclose(found.paths.values[0], paths.values.sum(axis=0), rtol=1e-5)


def test_a_sum_of_which_too_little_is_told_is_left_out() -> None:
    given = {
        ("m", "A", ""): [20.0] * 42,
        ("m", "B", ""): [*[100.0] * 20, *[None] * 22],
    }
    _, _, found = summed(given, {"N": ("A", "B")})
    assert not found.history.is_reported().any()
    assert found.others.is_reported().all(), "its own history still speaks for it"


def test_a_nation_that_reports_itself_is_summed_from_the_innermost_places() -> None:
    given = {
        ("m", "N", ""): [1000.0] * 42,
        ("m", "R", ""): [500.0] * 42,
        ("m", "A", ""): [20.0] * 42,
        ("m", "C", ""): [10.0] * 42,
    }
    _, _, found = summed(given)
    sums = dict(zip(found.paths.places, found.paths.values.reshape(2, -1).mean(1), strict=True))
    assert sums == pytest.approx({"N": 30.0, "R": 20.0})


def test_without_regions_there_is_nothing_to_sum() -> None:
    inputs, _ = inputs_of({("m", "A", ""): STEADY})
    history = inputs.histories["m"]
    assert totals_to_sum(history, total_history(history, {}), {}) is None


@pytest.mark.parametrize("step", ["day", "week", "month"])
def test_sums_serve_every_step(step: str) -> None:
    step_days = {"day": 1, "week": 7, "month": 0}[step]
    last = AS_OF if step != "month" else date(2021, 2, 1)
    values = {("m", place, ""): STEADY if step_days else STEADY[:1] for place in "AB"}
    facts = facts_of(values, last=last, step_days=step_days)
    rows = {"m": {"step": step, "kind": "flow", "maximum": None}}
    history = next(histories(facts, rows, ["m"], AS_OF))
    members = {"N": ("A", "B")}
    to_sum = totals_to_sum(history, total_history(history, members), members)
    for model in models_of(history):
        paths = forecast_by(model, history, Chance(1, AS_OF, 40, 21))
        found = sum_over_places(history, to_sum, members, paths)
        np.testing.assert_allclose(found.paths.values[0], paths.values.sum(axis=0), rtol=1e-5)


# Which is published. Weeks of outcomes of one nation, by models with a given error in each week.

DAY = date(2021, 3, 29)
WEEKS = 10
FIRST = np.datetime64(DAY - timedelta(days=7 * WEEKS), "D")


def tasks_with(errors) -> ScoredTasks:
    """One task a day of the nation for each model; its score is the error of the week."""
    models = tuple(sorted(errors))
    days = np.arange(7 * WEEKS)
    count = len(models) * len(days)
    wis = np.concatenate([np.repeat(errors[name], 7) for name in models]).astype(np.float64)
    zero = np.zeros(count, dtype=np.int64)
    origin = np.tile(days, len(models))
    scores = {name: np.full(count, 0.5) for name in ("is_in_50", "is_in_95", "brier")}
    scores |= {"pit_low": np.full(count, 0.4), "pit_high": np.full(count, 0.5)}
    return ScoredTasks(
        models,
        np.repeat(np.arange(len(models)), len(days)),
        zero + 1,
        zero,
        origin,
        zero + 1,
        FIRST + origin,
        np.zeros(count, dtype=bool),
        {**scores, "wis": wis, "log_wis": wis},
    )


def truth() -> Truth:
    count = 7 * WEEKS
    phase = np.full((1, count), PHASES.index("steady"))
    return Truth("day", ("A", "N"), ("",), FIRST, np.ones((2, 1, count)), phase)


def chosen(errors) -> dict[str, Standing]:
    tasks = tasks_with(errors)
    names = [name for name in ("base", "good") if name in errors]
    alone = standings_of("m", names, tasks, truth(), DAY)
    return {each.model: each for each in with_sum(alone, tasks, truth(), DAY)}


def test_a_sum_that_is_better_than_the_best_of_the_others_is_published() -> None:
    found = chosen({"base": [10.0] * 10, "good": [6.0] * 10, SUM_MODEL: [5.0] * 10})
    assert [name for name, each in found.items() if each.is_published] == [SUM_MODEL]
    assert found[SUM_MODEL].state == "published"
    assert found[SUM_MODEL].ratio == pytest.approx(0.5)
    assert found[SUM_MODEL].since == date(2021, 3, 14), "the Sunday that ends the eighth week"
    assert (found["good"].state, found["good"].ratio) == (BESIDE, pytest.approx(0.6))
    assert {each.level for each in found.values()} == {Level.TOTALS}


def test_a_sum_that_beats_the_baseline_and_not_the_best_is_only_scored() -> None:
    found = chosen({"base": [10.0] * 10, "good": [6.0] * 10, SUM_MODEL: [7.0] * 10})
    assert [name for name, each in found.items() if each.is_published] == ["good"]
    assert found[SUM_MODEL].state == "not_better"
    assert found[SUM_MODEL].ratio == pytest.approx(0.7)


def test_a_sum_better_in_sum_but_in_few_weeks_is_not_published() -> None:
    found = chosen({"base": [10.0] * 10, SUM_MODEL: [*[10.5] * 7, 1.0, 1.0, 1.0]})
    assert not found[SUM_MODEL].is_published
    assert found[SUM_MODEL].ratio < 1


def test_a_sum_that_became_worse_gives_the_place_back() -> None:
    early = chosen({"base": [10.0] * 10, SUM_MODEL: [5.0] * 10})
    late = chosen({"base": [10.0] * 10, SUM_MODEL: [*[5.0] * 8, 60.0, 60.0]})
    assert early[SUM_MODEL].is_published
    assert late["base"].is_published and not late[SUM_MODEL].is_published
    assert late["base"].state == "baseline"


def test_a_sum_with_too_few_tasks_is_not_published() -> None:
    tasks = tasks_with({"base": [10.0] * 10, SUM_MODEL: [5.0] * 10})
    is_sum = tasks.model == tasks.models.index(SUM_MODEL)
    some = tasks.select(~is_sum | (tasks.origin % 7 < 6))
    alone = standings_of("m", ["base"], some, truth(), DAY)
    assert next(
        each.model for each in with_sum(alone, some, truth(), DAY) if each.is_published
    ) == ("base")


def test_a_sum_where_the_nation_reports_itself_is_told_by_its_ratio_only() -> None:
    tasks = tasks_with({"base": [10.0] * 10, SUM_MODEL: [5.0] * 10})
    found = sum_only_scored(standings_of("m", ["base"], tasks, truth(), DAY)[0], tasks, DAY)
    assert (found.state, found.is_published) == ("reported", False)
    assert found.ratio == pytest.approx(0.5)


def test_sums_made_again_are_those_of_the_model_that_the_places_publish() -> None:
    tasks = tasks_with(
        {
            "base": [10.0] * 10,
            past_sum_name("base"): [7.0] * 10,
            past_sum_name("good"): [5.0] * 10,
        }
    )
    for model, error in (("base", 7.0), ("good", 5.0)):
        found = with_sums_by(tasks, model)
        assert found.models == ("base", SUM_MODEL)
        is_sum = found.model == found.models.index(SUM_MODEL)
        assert set(found.scores["wis"][is_sum]) == {error}
        assert is_sum.sum() == (~is_sum).sum() == 70


def test_places_and_totals_have_their_own_tasks_and_rows() -> None:
    tasks = tasks_with({"base": [10.0] * 10})
    assert len(tasks_of(Level.TOTALS, tasks, 1).model) == 70
    assert len(tasks_of(Level.PLACES, tasks, 1).model) == 0
    keys = LevelKeys.of(("N",), truth(), {"A": "site", "N": "nation"})
    cuts = [
        ("all", "", ""),
        ("place", "A", "site"),
        ("place", "N", "nation"),
        ("group", "", "site"),
    ]
    assert [keys.level(*cut) for cut in (*cuts, ("group", "", "nation"))] == [
        Level.PLACES,
        Level.PLACES,
        Level.TOTALS,
        Level.PLACES,
        Level.TOTALS,
    ]


def scoring(**published: str) -> Scoring:
    """Two levels with the models base, own and sum; ``beside`` names the best without the sum."""
    beside = published.pop("beside", "")
    standings = tuple(
        Standing(
            "m",
            model,
            is_baseline=model == "base",
            is_published=model == published[level.value],
            state=BESIDE if level is Level.TOTALS and model == beside else "any",
            ratio=None,
            since=None,
            drift_date=None,
            level=level,
        )
        for level in Level
        for model in ("base", "own", SUM_MODEL)[: 2 if level is Level.PLACES else 3]
    )
    return Scoring({}, {}, standings)


@pytest.mark.parametrize(
    ("given", "places", "totals", "own"),
    [
        ({"places": "own", "totals": SUM_MODEL, "beside": "base"}, "base", "base", "base"),
        ({"places": "own", "totals": SUM_MODEL, "beside": "own"}, "base", "base", "base"),
        ({"places": "base", "totals": SUM_MODEL, "beside": "own"}, "base", SUM_MODEL, "base"),
        ({"places": "base", "totals": "own"}, "base", "base", "base"),
        ({"places": "base", "totals": "base"}, "base", "base", "base"),
    ],
)
def test_without_the_model_of_a_room_its_places_are_taken_by_the_baseline(
    given: dict[str, str], places: str, totals: str, own: str
) -> None:
    found = scoring(**given).falling_back("m", "own")
    assert found.published("m") == places
    assert found.published("m", Level.TOTALS) == totals
    assert found.own_of_totals("m") == own
    other = scoring(**given).falling_back("n", "own")
    assert other.standings == scoring(**given).standings
