"""Rows of the table of scores against the slow sums over tasks, one after another."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.actions.scores.score_rows import LAST_DAYS, score_rows, weekly_sums
from vigie.actions.scores.scored_tasks import ScoredTasks, Truth
from vigie.paths import PHASES

AS_OF = date(2021, 3, 31)
MODELS = ("base", "other")
PLACES = ("A", "B", "N")
GROUPS = {"A": "site", "B": "site", "N": "nation"}
SCORES = ("wis", "log_wis", "is_in_50", "is_in_95", "pit_low", "pit_high", "brier")


def invented(seed: int, count: int) -> ScoredTasks:
    """Tasks of two models over 80 days; the second lacks some, scores are drawn."""
    rng = np.random.default_rng(seed)
    place, category = rng.integers(0, 3, count), rng.integers(0, 2, count)
    origin, horizon = rng.integers(0, 75, count), rng.choice([1, 7], count)
    _, first = np.unique(
        np.stack([place, category, origin, horizon], axis=1), axis=0, return_index=True
    )
    columns = [each[first] for each in (place, category, origin, horizon)]
    is_there = rng.random(len(first)) < 0.8
    twice = [np.concatenate([each, each[is_there]]) for each in columns]
    place, category, origin, horizon = twice
    model = np.concatenate([np.zeros(len(first)), np.ones(is_there.sum())]).astype(np.int64)
    low = rng.random(len(model)) * 0.9
    scores = {name: rng.random(len(model)) for name in SCORES}
    scores |= {name: scores[name].round() for name in ("is_in_50", "is_in_95")}
    scores |= {"pit_low": low, "pit_high": low + 0.1 * rng.random(len(model))}
    scores["brier"][rng.random(len(model)) < 0.3] = np.nan
    start = np.datetime64(AS_OF - timedelta(days=82), "D")
    days = start + origin + horizon
    is_after = origin < 20
    return ScoredTasks(MODELS, model, place, category, origin, horizon, days, is_after, scores)


def truth() -> Truth:
    first = np.datetime64(AS_OF - timedelta(days=120), "D")
    days = 121
    phase = np.tile(np.arange(days) // 25 % len(PHASES), (2, 1))
    return Truth("day", PLACES, ("x", "y"), first, np.ones((3, 2, days)), phase)


Key = tuple[object, ...]


def slow_sums(tasks: ScoredTasks, cut: Callable[[int], Key]) -> dict[Key, dict[str, float]]:
    """Sums by model and cut, over the tasks one after another."""
    at = {
        (tasks.place[n], tasks.category[n], tasks.origin[n], tasks.horizon[n]): n
        for n in range(len(tasks.model))
        if tasks.model[n] == 0
    }
    found: dict[Key, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for n in range(len(tasks.model)):
        sums = found[(MODELS[tasks.model[n]], *cut(n))]
        sums["tasks"] += 1
        sums["wis"] += tasks.scores["wis"][n]
        sums["in_95"] += tasks.scores["is_in_95"][n]
        sums["made_after"] += bool(tasks.is_made_after[n])
        key = (tasks.place[n], tasks.category[n], tasks.origin[n], tasks.horizon[n])
        if key in at:
            sums["own"] += tasks.scores["wis"][n]
            sums["base"] += tasks.scores["wis"][at[key]]
        if np.isfinite(tasks.scores["brier"][n]):
            sums["brier"] += tasks.scores["brier"][n]
            sums["brier_tasks"] += 1
    return found


def rows_of(tasks: ScoredTasks) -> list[dict[str, object]]:
    table = score_rows("m", tasks, truth(), GROUPS, baseline="base", published="other", as_of=AS_OF)
    return table.to_pylist()


def compared(rows: Iterable[dict[str, object]], slow: dict[Key, dict[str, float]], *names: str):
    found = {(row["model_id"], *(row[name] for name in names)): row for row in rows}
    assert found.keys() == slow.keys()
    for key, sums in slow.items():
        row = found[key]
        assert row["tasks"] == sums["tasks"]
        assert row["wis"] == pytest.approx(sums["wis"] / sums["tasks"])
        assert row["coverage_95"] == pytest.approx(sums["in_95"] / sums["tasks"])
        assert row["relative_wis"] == pytest.approx(sums["own"] / sums["base"])
        assert row["made_after"] == sums["made_after"]
        if sums["brier_tasks"]:
            assert row["brier"] == pytest.approx(sums["brier"] / sums["brier_tasks"])
        else:
            assert row["brier"] is None


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(40, 300))
def test_every_cut_equals_the_slow_sums(seed: int, count: int) -> None:
    tasks, known = invented(seed, count), truth()
    last = tasks.select(
        tasks.target_end_date > np.datetime64(AS_OF - timedelta(days=LAST_DAYS), "D")
    )
    rows = rows_of(tasks)

    def of(cut: str) -> list[dict[str, object]]:
        return [row for row in rows if row["slice"] == cut]

    compared(of("all"), slow_sums(last, lambda n: ()))
    compared(of("horizon"), slow_sums(last, lambda n: (last.horizon[n],)), "horizon")
    compared(of("category"), slow_sums(last, lambda n: ("xy"[last.category[n]],)), "category")
    compared(of("place"), slow_sums(last, lambda n: (PLACES[last.place[n]],)), "place")
    group = slow_sums(last, lambda n: (GROUPS[PLACES[last.place[n]]],))
    compared(of("group"), group, "place_group")

    def phase(n: int) -> Key:
        day = (last.target_end_date[n] - known.first).astype(int)
        return (PHASES[known.phases[last.category[n], day]],)

    compared(of("phase"), slow_sums(last, phase), "phase")

    def monday(n: int) -> Key:
        day = tasks.target_end_date[n].astype(date)
        return (day - timedelta(days=day.weekday()),)

    compared(of("week"), slow_sums(tasks, monday), "week")
    assert {row["is_published"] for row in rows if row["model_id"] == "other"} == {True}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(40, 300))
def test_weekly_sums_are_of_whole_weeks_and_shared_tasks(seed: int, count: int) -> None:
    tasks = invented(seed, count)
    sums = weekly_sums(tasks, "base", AS_OF)
    slow = slow_sums(
        tasks,
        lambda n: (
            tasks.target_end_date[n].astype(date)
            - timedelta(days=tasks.target_end_date[n].astype(date).weekday()),
        ),
    )
    mondays = [each.astype(date) for each in sums.mondays]
    assert all(each + timedelta(days=6) < AS_OF for each in mondays)
    for number, model in enumerate(MODELS):
        for at, monday in enumerate(mondays):
            expected = slow.get((model, monday))
            if expected is None:
                assert np.isnan(sums.own[number, at])
            else:
                assert sums.own[number, at] == pytest.approx(expected["own"])
                assert sums.of_baseline[number, at] == pytest.approx(expected["base"])


def test_the_pairwise_score_of_two_models_is_the_root_of_their_ratio_squared() -> None:
    rows = {row["model_id"]: row for row in rows_of(invented(3, 200)) if row["slice"] == "all"}
    assert rows["base"]["pairwise_wis"] == 1.0
    expected = rows["other"]["relative_wis"]
    assert rows["other"]["pairwise_wis"] == pytest.approx(expected)


def test_no_tasks_give_no_rows() -> None:
    tasks = invented(1, 60)
    assert rows_of(tasks.select(np.zeros(len(tasks.model), dtype=bool))) == []
