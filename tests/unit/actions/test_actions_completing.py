"""Histories whose last counts are completed, left out, or left as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.late_room import (
    DAYS,
    LAST,
    SHARE_BY_DELAY,
    as_reported,
    counts_of,
    known_then,
    made_room,
    origins,
    send_files,
    send_supplies,
    taken,
)
from tests.rooms import FILES, PLACES, send
from vigie.actions.forecasts.completing import with_late_counts
from vigie.actions.forecasts.flow_models import MODELS, forecast_by, models_of
from vigie.actions.forecasts.forecasting import Chance, History, total_history
from vigie.actions.forecasts.late_counts import LateCounts
from vigie.actions.rooms.room import Room
from vigie.actions.scores.scored_tasks import Truth
from vigie.actions.views.late_lines import OpenSteps, open_steps
from vigie.epidemiology.nowcast import READABLE_SHARE, SETTLED_SHARE, completed
from vigie.paths import FloatArray, interval_coverage, quantiles, wis
from vigie.schemas import REPORTS

MEMBERS = {"N": ("A", "B", "C")}
KNOWN = SHARE_BY_DELAY.cumsum()
LEFT_OUT = int((KNOWN < READABLE_SHARE).sum())
UNSETTLED = int((KNOWN < SETTLED_SHARE).sum())


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A room with 72 daily files of counts that grow for six days: to read only."""
    room = made_room(tmp_path_factory.mktemp("late"), LAST)
    send_files(room, counts_of(11))
    send_supplies(room, counts_of(12))
    return taken(room)


def read(room: Room, measure: str = "admissions") -> History:
    return next(known_then(room).histories(LAST, [measure]))


def test_counts_are_completed_where_enough_is_known_and_else_missing(late: Room) -> None:
    raw, found, final = as_reported(late, LAST), read(late), counts_of(11).sum(axis=2)
    assert found.late is not None
    assert np.array_equal(found.dates, raw.dates)
    assert found.left_out_steps == LEFT_OUT == 1
    assert np.array_equal(found.late.reported, raw.values, equal_nan=True)
    old = slice(0, DAYS - len(KNOWN))
    assert np.array_equal(found.values[:, :, old], raw.values[:, :, old])
    for age in range(LEFT_OUT, 5):
        day = DAYS - 1 - age
        mended, told = found.values[:, 0, day].sum(), raw.values[:, 0, day].sum()
        assert (found.values[:, 0, day] >= raw.values[:, 0, day]).all()
        assert abs(mended - final[:, day].sum()) < 0.5 * abs(told - final[:, day].sum()) + 12
    told = np.isfinite(found.settled_values()[:, 0])
    assert told[:, : -UNSETTLED - 1].all()
    assert not told[:, -UNSETTLED + 1 :].any()


def test_ranges_hold_what_happens_where_they_missed_it_before(late: Room) -> None:
    truth, known = counts_of(11).sum(axis=2).astype(float), known_then(late)
    found: dict[str, list[float]] = {"before": [], "now": [], "wis before": [], "wis now": []}
    for day, chance in origins():
        for name, history in (
            ("before", as_reported(late, day)),
            ("now", next(known.histories(day, ["admissions"]))),
        ):
            paths = forecast_by(MODELS[0], history, chance)
            assert paths.dates[0] == history.dates[-1] + 1 == np.datetime64(day) + 1
            assert paths.horizon == 7
            at = (day - LAST).days + DAYS + np.arange(7)
            levels = quantiles(np.ascontiguousarray(paths.values[:, 0])).astype(np.float64)
            found[name] += interval_coverage(levels, truth[:, at], 0.95).ravel().tolist()
            found[f"wis {name}"] += wis(levels, truth[:, at]).ravel().tolist()
    assert np.mean(found["before"]) < 0.75
    assert np.mean(found["now"]) > 0.85
    assert np.mean(found["wis now"]) < 0.7 * np.mean(found["wis before"])


def test_every_model_reads_the_history_up_to_the_last_day_of_which_enough_is_known(
    late: Room,
) -> None:
    history, chance = read(late), Chance(1, LAST, 40, 7)
    cut = replace(
        history, dates=history.dates[:-1], values=history.values[:, :, :-1].copy(), late=None
    )
    for model in models_of(history):
        whole, longer = forecast_by(model, history, chance), forecast_by(model, cut, chance)
        assert longer.horizon == whole.horizon + 1
        assert np.array_equal(whole.dates, longer.dates[1:])
        assert np.array_equal(whole.values, longer.values[:, :, 1:])


def test_the_share_known_of_a_total_is_that_of_its_places_by_their_size() -> None:
    dates = np.arange("2021-01-01", "2021-01-05", dtype="datetime64[D]")
    reported: FloatArray = np.array([[[30.0, 30, 30, 15]], [[10.0, 10, 10, 9]]])
    share = np.array([[1, 1, 1, 0.5], [1, 1, 1, 0.9]])
    values = completed(reported, share[:, None])
    history = History("m", "flow", "day", ("A", "B"), ("",), dates, values, LAST, np.inf)
    history = replace(history, late=LateCounts(reported, share))
    total = total_history(history, {"N": ("A", "B")})
    assert total is not None
    assert total.late is not None
    size = reported.mean(axis=(1, 2))
    assert total.values[0, 0, 3] == pytest.approx(40)
    assert total.late.reported[0, 0].tolist() == [40, 40, 40, 24]
    assert total.late.share[0, 3] == pytest.approx((0.5 * size[0] + 0.9 * size[1]) / size.sum())
    truth = Truth.of(history, total)
    assert np.array_equal(
        np.isfinite(truth.values[:, 0]), np.tile([True, True, True, False], (3, 1))
    )
    assert np.array_equal(truth.values[:, 0, :3], [[30] * 3, [10] * 3, [40] * 3])
    assert open_steps(history) == OpenSteps("day", 1, 0)


def test_forecasts_of_a_past_day_know_only_the_delays_seen_by_then(
    late: Room, tmp_path: Path
) -> None:
    day = LAST - timedelta(days=20)
    then = made_room(tmp_path, day)
    send_files(then, counts_of(11), last=DAYS - 21)
    alone, among = (
        list(known_then(room).histories(day, ["admissions"])) for room in (taken(then), late)
    )
    assert alone
    for one, other in zip(alone, among, strict=True):
        assert np.array_equal(one.values, other.values, equal_nan=True)
        assert (one.late is None) == (other.late is None)
        if one.late is not None and other.late is not None:
            assert np.array_equal(one.late.share, other.late.share)


def test_a_stock_is_left_as_reported_and_what_was_used_is_completed(late: Room) -> None:
    stock, used = read(late, "stock"), read(late, "used")
    raw = as_reported(late, LAST, "stock")
    assert stock.late is None
    assert stock.values.tobytes() == raw.values.tobytes()
    assert used.late is not None
    assert used.left_out_steps == LEFT_OUT
    assert used.last_date == LAST
    assert used.is_current


@pytest.mark.parametrize("case", ["whole", "young", "level"])
def test_without_counts_that_grow_nothing_changes(tmp_path: Path, case: str) -> None:
    room = made_room(tmp_path, LAST)
    counts = counts_of(13)
    if case == "whole":
        counts[:, :, 0], counts[:, :, 1:] = counts.sum(axis=2), 0
    send_files(room, counts, since=DAYS - 9 if case == "young" else 60)
    history = as_reported(taken(room), LAST)
    if case == "level":
        history = replace(history, kind="level")
    facts = known_then(room).facts(LAST)
    assert facts is not None
    assert with_late_counts(room, facts, room.lake.files(REPORTS), history) is history
    assert with_late_counts(room, facts, (), history) is history


def weekly_room(folder: Path) -> Room:
    """The room, its admissions counted by the week."""
    header, *rows = FILES["reference/measures.csv"].splitlines()
    stepped = [f"{row},{'week' if row.startswith('admissions') else 'day'}" for row in rows]
    text = "\n".join([f"{header},step", *stepped, ""])
    return made_room(folder, LAST, {"reference/measures.csv": text})


def send_weeks(room: Room, first: np.ndarray, final: np.ndarray) -> None:
    """A file a week: the week just ended as counted first, the week before as counted at last."""
    weeks = final.shape[1]
    for week in range(20, weeks):
        told = range(week + 1) if week == 20 else (week - 1, week)
        rows = [
            f"{of},{LAST - timedelta(weeks=weeks - 1 - each)},"
            f"{(first if each == week else final)[place, each]}"
            for place, of in enumerate(PLACES)
            for each in told
        ]
        name = f"admissions_{LAST - timedelta(weeks=weeks - 1 - week)}.csv"
        send(room, "admissions", name, "\n".join(["hospital,day,admitted", *rows, ""]))


def test_weekly_counts_that_grow_are_completed_by_the_week(tmp_path: Path) -> None:
    rng = np.random.default_rng(14)
    final = rng.poisson(200, (3, 40))
    room = weekly_room(tmp_path)
    send_weeks(room, rng.binomial(final, 0.7), final)
    history = as_reported(taken(room), LAST)
    assert history.step == "week"
    found = next(known_then(room).histories(LAST, ["admissions"]))
    assert found.late is not None
    assert np.array_equal(found.dates, history.dates)
    assert np.abs(found.late.share[:, -1] - 0.7).max() < 0.03
    assert (found.late.share[:, :-1] > 0.99).all()
    assert np.array_equal(found.values[:, :, :-1], history.values[:, :, :-1])
    assert np.abs(found.values[:, 0, -1] / history.values[:, 0, -1] - 1 / 0.7).max() < 0.05
    assert open_steps(found) == OpenSteps("week", 1, 0)
