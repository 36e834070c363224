"""A room whose counts come late, through its whole day: forecasts, scores, page and command."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from tests.late_room import (
    DAYS,
    LAST,
    SHARE_BY_DELAY,
    STOCK,
    counts_of,
    made_room,
    send_files,
    send_supplies,
)
from tests.rooms import OPERATOR, PLACES
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.room import Room
from vigie.actions.views.score_board import read_score_board
from vigie.bootstrap import clock, local_operator, open_room, pages_of
from vigie.cli import run
from vigie.epidemiology.nowcast import COMPLETE_SHARE, SETTLED_SHARE
from vigie.supply import BURN_DAYS

KNOWN = SHARE_BY_DELAY.cumsum()
OPEN = int((KNOWN < COMPLETE_SHARE).sum())
UNSETTLED = int((KNOWN < SETTLED_SHARE).sum())
ENGLISH = (
    f"The last {OPEN} days are still being reported: forecasts rest on the counts expected once "
    "they are complete; of the last one too little is known and it is left out."
)


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A room released on the day after its last file, a Sunday: to read only."""
    room = made_room(tmp_path_factory.mktemp("late"), LAST + timedelta(days=1))
    send_files(room, counts_of(21))
    send_supplies(room, counts_of(23))
    assert run_cycle(room, OPERATOR).release
    return room


def test_forecasts_begin_on_the_day_after_the_last_report(late: Room) -> None:
    rows = open_release(late, OPERATOR).table("forecasts", target="admissions")
    assert pc.unique(rows["reference_date"]).to_pylist() == [LAST]
    first = rows.filter(pc.equal(rows["horizon"], 1))
    assert pc.unique(first["target_end_date"]).to_pylist() == [LAST + timedelta(days=1)]
    assert pc.max(rows["horizon"]).as_py() == 15


def test_late_reports_are_read_as_no_fall_by_any_model(late: Room) -> None:
    rows = open_release(late, OPERATOR).table("forecasts", target="admissions", location="N")
    medians = rows.filter(pc.equal(rows["output_type_id"], 0.5)).to_pylist()
    final = counts_of(21).sum(axis=(0, 2))
    now = final[-7:].mean()
    for model in {row["model_id"] for row in medians}:
        week = [row["value"] for row in medians if row["model_id"] == model and row["horizon"] <= 7]
        assert np.mean(week) == pytest.approx(now, rel=0.2), model


def test_only_counts_that_are_complete_are_held_against_forecasts(late: Room) -> None:
    rows = open_release(late, OPERATOR).table("scores", target="admissions", slice="all")
    last = LAST - timedelta(days=UNSETTLED)
    assert rows.num_rows
    for row in rows.to_pylist():
        assert row["to_date"] <= last
        assert row["to_date"] >= last - timedelta(days=7)
    board = read_score_board(open_release(late, OPERATOR))
    flat = next(each for each in board[0].models if each.model == "vigie-flat")
    assert flat.whole is not None
    # As reported, it is 0.6 in the mean of such rooms.
    assert flat.whole.coverage_95 > 0.8


def test_stock_is_counted_as_reported_against_use_that_is_completed(late: Room) -> None:
    reader = open_release(late, OPERATOR)
    rows = {row["place"]: row for row in reader.table("shortages", kind="products").to_pylist()}
    # The last day is left out.
    used = counts_of(23).sum(axis=2)[:, -BURN_DAYS - 1 : -1].mean(axis=1)
    for place, a_day in zip(PLACES, used, strict=True):
        assert rows[place]["capacity_now"] == STOCK
        assert rows[place]["data_date"] == LAST
        assert rows[place]["need_now"] == pytest.approx(a_day, rel=0.15)
    assert "products" not in reader.manifest.notes["skipped_rules"]


def test_page_and_command_say_which_days_are_still_being_reported(
    late: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = open_release(late, OPERATOR)
    for place in ("A", "N"):
        page = build_place_page(reader, place, language="en")
        picture = next(each for each in page.pictures if each.name == "admissions-all")
        assert ENGLISH in picture.source
        assert picture.draw(False).startswith("<svg")
    french = build_place_page(reader, "A", language="fr").pictures[0].source
    assert f"Les {OPEN} derniers jours sont encore en cours de déclaration" in french
    wanted = ["show", "scores", "--room", str(late.folder)]
    assert run(wanted, open_room, local_operator, clock, pages_of) == 0
    told = capsys.readouterr().out
    assert f"admissions, vigie-flat: {ENGLISH[0].lower()}{ENGLISH[1:-1]}" in told


def test_a_room_that_reports_whole_days_says_nothing_of_late_reports(tmp_path: Path) -> None:
    counts = counts_of(22)
    counts[:, :, 0], counts[:, :, 1:] = counts.sum(axis=2), 0
    room = made_room(tmp_path, LAST + timedelta(days=1))
    send_files(room, counts, since=DAYS - 14)
    assert run_cycle(room, OPERATOR).release
    reader = open_release(room, OPERATOR)
    assert (
        "still being reported"
        not in build_place_page(reader, "A", language="en").pictures[0].source
    )
    assert not [row for row in reader.table("model_choices").to_pylist() if row["settings"]]
