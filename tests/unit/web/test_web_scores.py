"""The page of scores: what is published, what was replaced, how good each was."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import numpy as np
import pytest
from invented_release import TODAY, Tables, rows_of
from invented_room import application, get, invented_room, two_days
from invented_scores import choice_rows, score_rows

from vigie.actions.pages.briefing import build_briefing
from vigie.actions.pages.scores_page import ScoresPage, build_scores_page
from vigie.actions.views.score_board import read_score_board
from vigie.charts import PitWords, RatioLine, RatioWords, draw_pit, draw_ratios


def page(language="en", **tables) -> ScoresPage:
    given = {**two_days()[0], **tables}
    return build_scores_page(Tables(given), language=language)


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "en",
            (
                "Published model: vigie-flat (like today).",
                "93 of 100 outcomes fell inside the 95 in 100 range, 51 inside the 50",
                "wave-model did worse than the simple baseline over 8 weeks (error 1.18 times",
                "since 25 October. It comes back when it is better over 8 weeks",
                "Drift alarm of 20 October",
                "Of 560 forecasts, 400 were made again for past days",
                "no forecast today",
            ),
        ),
        (
            "fr",
            (
                "Modèle publié\u00a0: vigie-flat (comme aujourd’hui).",
                "93 résultats sur 100 sont tombés dans la fourchette à 95 sur 100",
                "wave-model a fait moins bien que la référence simple sur 8 semaines (erreur 1,18",
                "depuis le 25 octobre. Il reviendra quand il aura fait mieux sur 8 semaines",
                "Alerte de dérive du 20 octobre",
                "pas de prévision aujourd’hui",
            ),
        ),
    ],
)
def test_the_page_says_in_plain_words_what_is_published_and_why(language, texts):
    (answer,) = get(application(invented_room()), f"/scores?lang={language}")
    assert answer.status_code == 200
    for text in texts:
        assert text in answer.text, text
    assert "<b>it</b>" not in answer.text, "messages of a model are text"


def test_every_model_has_a_row_and_the_published_one_is_first():
    board = page().boards[0]
    assert [row.key for row in board.models] == ["vigie-flat", "no-model", "wave-model"]
    first, failed, replaced = board.models
    assert (first.ratio, first.inside_50, first.inside_95) == ("1.00", "51", "93")
    assert (failed.tasks, failed.ratio) == ("0", "")
    assert (replaced.ratio, replaced.state) == ("1.18", "replaced by the baseline")


def test_phases_horizons_and_groups_are_rows_with_the_ratio_of_each_model():
    board = page().boards[0]
    assert [row.name for row in board.parts] == [
        "while rising",
        "at a peak",
        "while falling",
        "steady",
        "last days, phase not known yet",
        "1 day ahead",
        "7 days ahead",
        "14 days ahead",
        "nation",
        "regions",
        "hospitals",
    ]
    assert {row.ratios for row in board.parts} == {("", "1.18")}


def test_the_pictures_have_a_sentence_a_table_and_the_same_figures():
    weeks, pit = page().boards[0].pictures
    assert weeks.header == ("Week from", "wave-model")
    assert len(weeks.rows) == 8
    assert next(row[1] for row in pit.rows) == "14"
    assert "14 in 100 outcomes in the lowest tenth" in pit.alternative
    for picture in (weeks, pit):
        for is_narrow in (False, True):
            root = ET.fromstring(picture.draw(is_narrow))
            texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
            assert texts and all(texts)
            width = float(root.attrib["width"])
            across = [
                float(each.attrib["x"]) for each in root.iter("{http://www.w3.org/2000/svg}text")
            ]
            assert 0 <= min(across) <= max(across) <= width


@pytest.mark.parametrize(
    ("ends", "finding"),
    [
        ((0.1, 0.1), "outcomes fell evenly over the forecast"),
        ((0.2, 0.2), "ranges were too narrow"),
        ((0.02, 0.02), "ranges were wider than needed"),
        ((0.3, 0.1), "outcomes were often lower than forecast"),
        ((0.02, 0.3), "outcomes were often higher than forecast"),
    ],
)
def test_the_title_of_the_histogram_is_its_finding(ends, finding):
    middle = [(1 - sum(ends)) / 8] * 8
    rows = [{**row, "pit": [ends[0], *middle, ends[1]]} for row in score_rows()]
    pictures = page(scores=rows_of("scores", rows)).boards[0].pictures
    assert pictures[1].finding == f"Admissions: {finding}"
    assert (
        pictures[0].finding == "Admissions: wave-model was better than the baseline in 3 of 8 weeks"
    )


def test_pictures_are_served_by_their_address():
    room = invented_room()
    release = room.current().release
    answers = get(
        application(room),
        f"/charts/{release}/en/scores-pit-admissions.svg",
        f"/charts/{release}/fr/scores-weeks-admissions.svg?narrow=1",
        f"/charts/{release}/en/scores-pit-nothing.svg",
    )
    assert [answer.status_code for answer in answers] == [200, 200, 404]


def test_a_release_without_scores_says_what_fills_the_page():
    nothing = {name: rows_of(name, []) for name in ("scores", "model_choices")}
    assert page(**nothing).boards == ()
    room = invented_room(now=Tables({**two_days()[0], **nothing}))
    (answer,) = get(application(room), "/scores")
    assert "No measure is forecast in this release" in answer.text


def test_a_model_without_known_outcomes_is_shown_without_figures():
    board = page(scores=rows_of("scores", [])).boards[0]
    assert board.sentences[-1] == "No outcome of its forecasts is known yet."
    assert board.pictures == ()
    assert board.parts == ()


def totals_rows(state: str, published: str) -> list[dict[str, object]]:
    """Rows of model_choices of two levels; the sum of places stands as told."""
    common = {"target": "admissions", "is_baseline": False, "is_published": False}
    flat = {**common, "model_id": "vigie-flat", "is_baseline": True, "ratio": 1.0}
    summed = {**common, "model_id": "sum-of-places", "level": "totals", "state": state}
    rows = [
        {**flat, "level": "places", "state": "baseline", "is_published": True},
        {**summed, "ratio": 0.9, "is_published": published == "sum-of-places"},
    ]
    if published:
        own = "beside" if published == "sum-of-places" else "baseline"
        is_own = published == "vigie-flat"
        rows.append({**flat, "level": "totals", "state": own, "is_published": is_own})
    return rows


RATIOS = "the error of the sum was 0.90 times that of the simple baseline, that of the forecast"


@pytest.mark.parametrize(
    ("state", "published", "shown", "sentences"),
    [
        (
            "published",
            "sum-of-places",
            "published for regions and nation",
            ("Regions and nation: the sum of their places is published.", RATIOS),
        ),
        (
            "not_better",
            "vigie-flat",
            "scored only: not better",
            ("from their own history is published, by vigie-flat (like today)", RATIOS),
        ),
        (
            "reported",
            "",
            "scored only: the totals report themselves",
            ("Regions and nation report themselves and are forecast from that",),
        ),
    ],
)
def test_the_sum_of_places_stands_beside_the_others(state, published, shown, sentences):
    choices = rows_of("model_choices", totals_rows(state, published))
    board = page(model_choices=choices).boards[0]
    assert [row.key for row in board.models] == ["vigie-flat", "sum-of-places"]
    assert board.models[-1].state == shown
    assert board.models[-1].name == "sum of the places"
    said = [each for each in board.sentences if "sum" in each]
    assert len(said) == len(sentences)
    for sentence, part in zip(said, sentences, strict=True):
        assert part in sentence


def test_a_place_says_beside_each_forecast_which_model_made_it_and_how_good_it_was():
    answers = get(application(invented_room()), "/places/H07?lang=en", "/places/H07?lang=fr")
    assert "Model vigie-flat (like today): here 22 of 24 outcomes" in answers[0].text
    assert (
        "Modèle vigie-flat (comme aujourd’hui)\u00a0: ici, 22 résultats sur 24" in answers[1].text
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "Drift alarm: forecasts have become clearly worse than they used to be (Admissions).",
        ),
        ("fr", "Alerte de dérive\u00a0: des prévisions sont devenues nettement moins bonnes"),
    ],
)
def test_a_fresh_alarm_of_drift_moves_to_the_top_of_the_briefing(language, words):
    choices = [dict(row) for row in choice_rows()]
    choices[0]["drift_date"] = TODAY - timedelta(days=3)
    tables = Tables({**two_days()[0], "model_choices": rows_of("model_choices", choices)})
    accuracy = build_briefing(tables, language=language).accuracy
    assert words in accuracy.text
    assert accuracy.is_worse
    choices[0]["drift_date"] = TODAY - timedelta(days=14)
    tables = Tables({**two_days()[0], "model_choices": rows_of("model_choices", choices)})
    assert not build_briefing(tables, language=language).accuracy.is_worse


def test_the_board_reads_rows_of_the_release_only_by_slice():
    (board,) = read_score_board(Tables(two_days()[0]))
    assert board.published.model == "vigie-flat"
    assert [cut.name for cut in board.published.cuts["horizon"]] == ["1", "7", "14"]
    assert board.published.whole is not None
    assert sum(board.published.whole.pit) == pytest.approx(1.0)


WORDS = PitWords("t", "d", "low", "middle", "high", "best", lambda value: f"{value:g}")


def test_a_bar_is_as_high_as_its_share_and_begins_at_zero():
    shares = np.array([0.3, 0.1, 0.2, 0.4])
    root = ET.fromstring(draw_pit(shares, WORDS))
    bars = list(root.iter("{http://www.w3.org/2000/svg}rect"))[1:]
    heights = np.array([float(each.attrib["height"]) for each in bars])
    assert heights / heights.sum() == pytest.approx(shares, abs=0.01)
    bottoms = {round(float(b.attrib["y"]) + float(b.attrib["height"])) for b in bars}
    assert len(bottoms) == 1


def test_lines_differ_by_stroke_and_have_their_names():
    weeks = np.array(["2020-11-02", "2020-11-09"], dtype="datetime64[D]")
    lines = [
        RatioLine(f"model-{n}", np.array([1.0 + n / 9, np.nan]), is_published=n == 0)
        for n in range(4)
    ]
    words = RatioWords("t", "d", "baseline", str, lambda value: f"{value:g}")
    for is_narrow in (False, True):
        svg = draw_ratios(weeks, lines, words, is_narrow=is_narrow)
        assert all(line.name in svg for line in lines)
        assert "NaN" not in svg and "nan" not in svg
    with pytest.raises(ValueError, match="lines"):
        draw_ratios(weeks, [*lines, lines[0]], words)
