"""Which model is published: by its scores, for places and for the totals over them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from wave_room import TODAY, released_with

from tests.rooms import OPERATOR, PLACES
from vigie.actions.pages.score_lines import score_lines
from vigie.actions.pages.scores_page import build_scores_page
from vigie.actions.pages.showing import open_release, show_scores, show_table
from vigie.actions.rooms.room import Room
from vigie.actions.words.wording import words_for

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("published")


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """The room with a model that knows places and nation."""
    return released_with(tmp_path_factory.mktemp("knowing"), TODAY + timedelta(days=1))


def test_a_better_model_is_published_with_its_own_quantiles(knowing: Room) -> None:
    room = knowing
    choices = {
        row["model_id"]: row
        for row in show_table(room, OPERATOR, "model_choices", level="places").to_pylist()
    }
    assert choices["turncoat"]["state"] == "published"
    assert choices["turncoat"]["ratio"] < 0.9
    forecast = show_table(room, OPERATOR, "forecasts", model_id="turncoat").to_pylist()
    assert all(row["is_published"] for row in forecast)
    assert {row["location"] for row in forecast} == {*PLACES, "N"}
    paths = show_table(room, OPERATOR, "path_arrays", measure="admissions").to_pylist()
    samples = {(row["place"], row["date"]): np.array(row["samples"]) for row in paths}
    assert {place for place, _ in samples} == {*PLACES, "N"}
    for row in forecast:
        drawn = samples[row["location"], row["target_end_date"]]
        expected = np.quantile(drawn, row["output_type_id"])
        assert row["value"] == pytest.approx(expected, abs=1e-3)


def test_a_model_that_became_worse_gives_its_place_to_the_best_that_is_left(
    tmp_path: Path,
) -> None:
    room = released_with(tmp_path, TODAY - timedelta(days=12))
    choices = {
        row["model_id"]: row
        for row in show_table(room, OPERATOR, "model_choices", level="places").to_pylist()
    }
    assert choices["turncoat"]["ratio"] > 1
    assert not choices["turncoat"]["is_published"]
    # The pooled forecast beats the baseline on this wave, so it takes the place and not the latter.
    assert choices["vigie-pooled-daily"]["is_published"]
    assert choices["vigie-pooled-daily"]["ratio"] < 1
    scored = show_table(room, OPERATOR, "scores", slice="all")["model_id"].to_pylist()
    assert {"turncoat", "vigie-flat", "vigie-pooled-daily"} <= set(scored), "all stay scored"
    for language in ("en", "fr"):
        page = build_scores_page(open_release(room, OPERATOR), language=language)
        assert next(row.key for row in page.boards[0].models if row.is_published) == (
            "vigie-pooled-daily"
        )


def at_the_nation(room: Room, table: str) -> dict[str, set[bool]]:
    """Marks of the rows of each model at the nation."""
    column = "location" if table == "forecasts" else "place"
    equals = {"target": "admissions", column: "N"}
    found: dict[str, set[bool]] = {}
    for row in show_table(room, OPERATOR, table, **equals).to_pylist():
        found.setdefault(row["model_id"], set()).add(row["is_published"])
    return found


def samples_of(room: Room) -> dict[str, dict[date, np.ndarray]]:
    found: dict[str, dict[date, np.ndarray]] = {}
    for row in show_table(room, OPERATOR, "path_arrays", measure="admissions").to_pylist():
        found.setdefault(row["place"], {})[row["date"]] = np.array(row["samples"])
    return found


def test_the_sum_of_places_is_kept_beside_a_better_forecast_of_the_nation(knowing: Room) -> None:
    for table in ("forecasts", "scores"):
        marks = at_the_nation(knowing, table)
        assert marks["turncoat"] == {True}, table
        assert marks["sum-of-places"] == {False}, table
    (board,) = (each for each in show_scores(knowing, OPERATOR) if each.measure == "admissions")
    summed = next(model for model in board.totals if model.model == "sum-of-places")
    assert summed.ratio is not None
    assert board.totals[0].ratio < summed.ratio
    lines = {
        language: score_lines(open_release(knowing, OPERATOR), "N", words_for(language))
        for language in ("en", "fr")
    }
    assert lines["en"]["admissions"].startswith("This total is forecast from its own history")
    assert lines["fr"]["admissions"].startswith("Ce total est prévu à partir de son propre")
    of_place = score_lines(open_release(knowing, OPERATOR), "A", words_for("en"))
    assert "total" not in of_place["admissions"]


def test_the_sum_of_places_is_published_where_it_is_better_future_by_future(
    tmp_path: Path,
) -> None:
    """The same model takes the nation for 30 hospitals: its places are right, its nation is not."""
    room = released_with(tmp_path, TODAY + timedelta(days=1), nation=30)
    for table in ("forecasts", "scores"):
        marks = at_the_nation(room, table)
        assert marks.pop("sum-of-places") == {True}, table
        assert set(marks) >= {"vigie-flat", "vigie-pooled-daily", "turncoat"}
        assert set.union(*marks.values()) == {False}, table
    choices = show_table(room, OPERATOR, "model_choices", target="admissions").to_pylist()
    states = {(row["level"], row["model_id"]): row["state"] for row in choices}
    assert states["places", "turncoat"] == states["totals", "sum-of-places"] == "published"
    assert states["totals", "turncoat"] == "not_better"
    assert list(states.values()).count("beside") == 1
    samples = samples_of(room)
    for day, values in samples["N"].items():
        together = sum(samples[place][day] for place in PLACES)
        np.testing.assert_allclose(values, together, rtol=1e-5)
    line = score_lines(open_release(room, OPERATOR), "N", words_for("en"))["admissions"]
    assert line.startswith("This total is the sum of the forecasts of its places")
    for language in ("en", "fr"):
        page = build_scores_page(open_release(room, OPERATOR), language=language)
        board = next(each for each in page.boards if each.key == "admissions")
        assert board.models[-1].key == "sum-of-places"
        assert board.models[-1].is_published
        told = {"en": "the sum of their places is published", "fr": "la somme de leurs lieux est"}
        assert any(told[language] in sentence for sentence in board.sentences)
