"""Scores of a room over several days: made from history at first, then as outcomes come in."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from wave_room import FEED, START, TODAY, admissions, admitted, days_until

from tests.rooms import FILES, OPERATOR, PLACES, open_at, send, write_room
from vigie.actions.daily.cycle import CycleResult, run_cycle
from vigie.actions.forecasts.past_forecasts import past_origins
from vigie.actions.pages.showing import open_release, show_scores, show_table
from vigie.actions.rooms.room import Room
from vigie.actions.scores.standings import WINDOW_DAYS
from vigie.paths import QUANTILE_LEVELS, wis

ROOT = Path(__file__).resolve().parents[2]
OWN = """
[[models]]
name = "clinic-median"
command = [{python}, "models/clinic_median.py"]
measures = ["admissions"]

[[models]]
name = "broken"
command = [{python}, "models/broken.py"]
"""
BROKEN = "import sys\nprint('no such column: beds')\nsys.exit(3)\n"

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("scores")

Row = dict[str, object]


def example() -> str:
    """The program on the page about own models."""
    page = (ROOT / "docs/models/own-models.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1]


@dataclass(frozen=True)
class Played:
    """The room after runs on three days, and on a fourth after a correction."""

    room: Room
    results: list[CycleResult]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    python = f'"{sys.executable}"'
    vigie = FILES["vigie.toml"].replace("horizon_days = 7", "horizon_days = 14")
    folder = write_room(
        tmp_path_factory.mktemp("scores") / "room",
        {
            "vigie.toml": vigie + OWN.format(python=python),
            "feeds/admissions.toml": FEED,
            "models/clinic_median.py": example(),
            "models/broken.py": BROKEN,
        },
    )
    results = []
    yesterday = TODAY - timedelta(days=1)
    for number in range(4):
        day = TODAY + timedelta(days=number)
        room = open_at(folder, day)
        last = yesterday + timedelta(days=number)
        count = (last - START).days + 1 if number == 0 else 1
        send(room, "admissions", f"{number}.csv", admissions(days_until(last, count)))
        if number == 3:
            wrong = admissions([TODAY - timedelta(days=2)], revised=True)
            send(room, "admissions", "correction.csv", wrong)
        results.append(run_cycle(room, OPERATOR))
    return Played(open_at(folder, TODAY + timedelta(days=3), hour=12), results)


def rows(played: Played, number: int, table: str, **equals: str) -> list[Row]:
    release = played.results[number].release
    return show_table(played.room, OPERATOR, table, release, **equals).to_pylist()


def whole(played: Played, number: int, model: str) -> Row:
    found = rows(played, number, "scores", model_id=model, target="admissions")
    return next(row for row in found if row["slice"] == "all")


def test_the_first_release_already_shows_scores_and_says_that_they_were_made_after(
    played: Played,
) -> None:
    row = whole(played, 0, "vigie-flat")
    # Seven weekly origins have outcomes 14 days ahead within the 8 weeks, eight 7 and 1 ahead.
    assert 50 <= row["tasks"] <= 4 * 3 * 10
    assert row["made_after"] == row["tasks"]
    assert row["relative_wis"] == 1.0
    assert row["to_date"] == TODAY - timedelta(days=1)


def test_scores_equal_a_slow_recomputation_from_the_released_forecasts(played: Played) -> None:
    """The forecast of the first release one day ahead, against what was reported the next day."""
    forecast = rows(played, 0, "forecasts", target="admissions")
    truth = {place: admitted(place, TODAY) for place in PLACES}
    truth["N"] = sum(truth.values())
    slowly = []
    for place, value in truth.items():
        levels = {
            row["output_type_id"]: row["value"]
            for row in forecast
            if row["location"] == place and row["horizon"] == 1 and row["model_id"] == "vigie-flat"
        }
        quantiles = np.array([levels[level] for level in sorted(levels)])
        slowly.append(float(wis(quantiles, np.array(float(value)))))

    weeks = rows(played, 1, "scores", model_id="vigie-flat", week=str(TODAY))

    assert [row["tasks"] for row in weeks] == [4], "the week has this one forecast of each place"
    assert weeks[0]["made_after"] == 0, "a released forecast is not made again"
    assert weeks[0]["wis"] == pytest.approx(np.mean(slowly), rel=1e-5)


def test_the_forecast_of_a_day_is_that_of_its_last_release_made_on_that_day(
    played: Played, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(played.room.folder, tmp_path / "room"))
    room = open_at(folder, TODAY + timedelta(days=3), hour=14)
    send(room, "admissions", "again.csv", admissions([TODAY - timedelta(days=1)]))
    late = run_cycle(room, OPERATOR, as_of=TODAY + timedelta(days=1))
    assert late.is_new

    origins = {each.day: each for each in past_origins(room, TODAY + timedelta(days=3), 84)}

    released = [TODAY + timedelta(days=number) for number in range(3)]
    for day, result in zip(released, played.results, strict=False):
        manifest = origins[day].manifest
        assert manifest is not None
        assert manifest.release == result.release
        assert not origins[day].is_made_after
    again = sorted(set(origins) - set(released))
    assert all(origins[day].manifest is None for day in again)
    assert {day.weekday() for day in again} == {6}
    assert all((TODAY - day).days > 3 for day in again)
    assert len(again) == 9


def test_every_model_is_scored_on_the_same_tasks(played: Played) -> None:
    models = ("vigie-flat", "vigie-last-week", "clinic-median")
    found = [whole(played, 2, model) for model in models]
    assert len({row["tasks"] for row in found}) == 1
    assert [row["is_baseline"] for row in found] == [True, False, False]


def test_sums_over_slices_are_those_of_the_whole(played: Played) -> None:
    found = rows(played, 2, "scores", model_id="clinic-median", target="admissions")
    total = whole(played, 2, "clinic-median")
    for cut in ("horizon", "group", "place", "phase"):
        parts = [row for row in found if row["slice"] == cut]
        assert sum(row["tasks"] for row in parts) == total["tasks"], cut
        wanted = total["wis"] * total["tasks"]
        assert sum(row["wis"] * row["tasks"] for row in parts) == pytest.approx(wanted), cut
    for row in found:
        assert sum(row["pit"]) == pytest.approx(1.0, abs=1e-5)


def test_a_corrected_truth_scores_again_what_it_touches(played: Played) -> None:
    before, after = whole(played, 2, "vigie-flat"), whole(played, 3, "vigie-flat")
    assert after["wis"] > before["wis"] + 5, "a truth 1000 higher is a large error"
    first = rows(played, 0, "scores")
    again = show_table(played.room, OPERATOR, "scores", played.results[0].release).to_pylist()
    assert first == again, "what was released stays as it was"


def test_exactly_one_model_of_a_measure_and_level_is_published_and_the_tables_agree(
    played: Played,
) -> None:
    for number in range(4):
        choices = rows(played, number, "model_choices", target="admissions")
        manifest = open_release(played.room, OPERATOR, played.results[number].release).manifest
        forecast = rows(played, number, "forecasts", target="admissions")
        scores = rows(played, number, "scores", target="admissions", slice="place")
        for level, places in (("places", set(PLACES)), ("totals", {"N"})):
            own = [row for row in choices if row["level"] == level]
            published = [row["model_id"] for row in own if row["is_published"]]
            assert len(published) == 1
            name = "admissions" if level == "places" else "admissions, totals"
            assert manifest.models[name] == published[0]
            here = [row for row in forecast if row["location"] in places]
            assert {row["model_id"] for row in here if row["is_published"]} == set(published)
            assert {row["model_id"] for row in here} == {
                "vigie-flat",
                "vigie-last-week",
                "vigie-pooled-daily",
                "clinic-median",
                *(["sum-of-places"] if level == "totals" else []),
            }
            marked = {
                row["model_id"] for row in scores if row["place"] in places and row["is_published"]
            }
            assert marked == set(published)


def test_a_model_that_fails_is_left_out_with_its_reason_and_the_run_goes_on(
    played: Played,
) -> None:
    choices = {row["model_id"]: row for row in rows(played, 3, "model_choices", level="places")}
    assert choices["broken"]["state"] == "failed"
    assert "no such column: beds" in str(choices["broken"]["message"])
    assert played.results[3].status.value == "released"


def test_what_is_kept_between_runs_may_be_removed(played: Played, tmp_path: Path) -> None:
    found = []
    for name in ("kept", "removed", "damaged"):
        folder = Path(shutil.copytree(played.room.folder, tmp_path / name))
        files = sorted((folder / ".vigie/cache/scores").glob("*.parquet"))
        if name == "removed":
            files[0].unlink()
        if name == "damaged":
            content = bytearray(files[-1].read_bytes())
            content[len(content) // 3] ^= 255
            files[-1].write_bytes(content)
        room = open_at(folder, TODAY + timedelta(days=4))
        result = run_cycle(room, OPERATOR)
        scores = show_table(room, OPERATOR, "scores", result.release)
        found.append(scores.drop_columns("run").to_pylist())
    assert found[0] == found[1] == found[2]
    assert found[0]


def test_forecasts_of_the_past_know_nothing_newer_than_their_day(
    played: Played, tmp_path: Path
) -> None:
    """A room whose figures after a day are others has the same forecasts up to that day."""
    border = TODAY - timedelta(days=35)
    tasks = {}
    for name in ("true", "other"):
        folder = write_room(
            tmp_path / name,
            {"feeds/admissions.toml": FEED},
        )
        room = open_at(folder, TODAY)
        known = days_until(border - timedelta(days=1), (border - START).days)
        send(room, "admissions", "past.csv", admissions(known))
        later = days_until(TODAY - timedelta(days=1), (TODAY - border).days)
        send(room, "admissions", "later.csv", admissions(later, revised=name == "other"))
        run_cycle(room, OPERATOR)
        kept = room.home / "cache" / "scores"

        tasks[name] = {
            origin.day: pq.read_table(kept / f"{origin.day}.parquet").to_pylist()
            for origin in past_origins(room, TODAY, WINDOW_DAYS)
        }
    told = ("model_id", "location", "horizon", "target_end_date", "quantiles")
    days = sorted(tasks["true"])
    assert min(days) < border < max(days)
    for day in days:
        one, other = (
            [[row[key] for key in told] for row in tasks[name][day]] for name in ("true", "other")
        )
        assert len(one) > 0
        assert (one == other) == (day <= border), day


def test_the_command_line_and_programs_read_the_same_board(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    board = show_scores(played.room, OPERATOR)
    assert [each.measure for each in board] == ["admissions"]
    lines = {model.model: model for model in board[0].models}
    assert lines["clinic-median"].whole is not None
    assert len(lines["clinic-median"].whole.pit) == 10
    assert [cut.name for cut in lines["vigie-flat"].cuts["horizon"]] == ["1", "7", "14"]
    assert len(QUANTILE_LEVELS) == 23
