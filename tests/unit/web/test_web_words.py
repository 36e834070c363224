"""The catalogue in both languages, and the only words for a chance."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vigie
from vigie.actions.words.messages import LANGUAGES, MESSAGES
from vigie.actions.words.wording import CHANCE_WORDS, french_typography, words_for

ENGLISH, FRENCH = words_for("en"), words_for("fr")


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_a_message_says_the_same_in_both_languages(key: str):
    english, french = MESSAGES[key]
    assert english.strip()
    assert french.strip()
    assert names_in(english) == names_in(french)


def test_every_counted_message_has_both_forms():
    one = {key.removesuffix(".one") for key in MESSAGES if key.endswith(".one")}
    many = {key.removesuffix(".many") for key in MESSAGES if key.endswith(".many")}
    assert one == many


def test_every_message_is_said_somewhere():
    source = "".join(
        path.read_text("utf-8")
        for path in Path(vigie.__path__[0]).rglob("*")
        if path.suffix in (".py", ".html") and not path.name.startswith("messages")
    )
    said = set(re.findall(r"[\"']([a-z_]+\.[a-z0-9_.]+)[\"']", source))
    said |= set(re.findall(r"(?:say|count)\(\s*[\"']([a-z_]+)[\"']", source))
    stems = tuple(re.findall(r"[\"']([a-z_]+\.(?:[a-z_]+\.)?)[{\"']", source))
    unsaid = [
        key
        for key in MESSAGES
        if key not in said
        and key.rpartition(".")[0] not in said
        and not key.startswith(tuple(stem for stem in stems if stem.count(".")))
    ]
    assert unsaid == []


@pytest.mark.parametrize(
    ("chance", "in_100", "english", "french"),
    [
        (0.0, "less than 1 in 100", "less than 1 in 100", "moins de 1 chance sur 100"),
        (0.0099, "less than 1 in 100", "less than 1 in 100", "moins de 1 chance sur 100"),
        (0.01, "1 in 100", "very unlikely", "très peu probable"),
        (0.094, "9 in 100", "very unlikely", "très peu probable"),
        (0.095, "10 in 100", "unlikely", "peu probable"),
        (0.32, "32 in 100", "unlikely", "peu probable"),
        (0.33, "33 in 100", "as likely as not", "autant de chances que non"),
        (0.65, "65 in 100", "as likely as not", "autant de chances que non"),
        (0.66, "66 in 100", "likely", "probable"),
        (0.894, "89 in 100", "likely", "probable"),
        (0.9, "90 in 100", "very likely", "très probable"),
        (0.99, "99 in 100", "very likely", "très probable"),
        (0.9901, "more than 99 in 100", "more than 99 in 100", "plus de 99 chances sur 100"),
        (1.0, "more than 99 in 100", "more than 99 in 100", "plus de 99 chances sur 100"),
    ],
)
def test_words_of_chance_follow_the_one_table(chance, in_100, english, french):
    said = ENGLISH.chance(chance)
    assert said.in_100.replace("\u00a0", " ") == in_100
    assert said.word == english
    assert FRENCH.chance(chance).word == french


# Words of a trend, said beside its chance.
LIKELY_TRENDS = ("spread.trend.likely_growing", "spread.trend.likely_declining")


def test_no_other_message_uses_a_word_of_chance():
    for index, language in enumerate(LANGUAGES):
        only = [row[1 + index] for row in CHANCE_WORDS if "100" not in row[1 + index]]
        for key, texts in MESSAGES.items():
            if key in ("risk.no_date", "risk.if_short", "risk.if_short_by", *LIKELY_TRENDS):
                continue
            for word in only:
                assert not re.search(rf"\b{word}\b", texts[index]), (language, key, word)


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_chance_never_reads_lower(one: float, other: float):
    low, high = sorted((one, other))
    order = [row[1] for row in CHANCE_WORDS]
    assert order.index(ENGLISH.chance(low).word) <= order.index(ENGLISH.chance(high).word)
    assert ENGLISH.chance(low).step <= ENGLISH.chance(high).step


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (1234.5, "1,234", "1\u202f234"),
        (9.5, "9.5", "9,5"),
        (0.0123, "0.012", "0,012"),
        (3.0, "3", "3"),
        (0.0, "0", "0"),
        (-4.25, "-4.2", "-4,2"),
    ],
)
def test_numbers_follow_the_language(value, english, french):
    assert ENGLISH.number(value) == english
    assert FRENCH.number(value) == french


def test_dates_times_and_spans_follow_the_language():
    first, last = date(2020, 11, 1), date(2020, 11, 9)
    assert ENGLISH.long_day(last) == "Monday 9 November 2020"
    assert FRENCH.long_day(first) == "Dimanche 1er novembre 2020"
    assert ENGLISH.span(first, last) == "1 to 9 November"
    assert FRENCH.span(first, last) == "du 1er au 9 novembre"
    assert ENGLISH.span(date(2020, 10, 30), last) == "30 October to 9 November"
    assert ENGLISH.time(datetime(2020, 11, 9, 6, 42, tzinfo=UTC), "Europe/Paris") == "07:42"


def test_shares_are_read_in_100_and_changes_carry_their_sign():
    assert ENGLISH.measured(0.853, "share") == "85"
    assert ENGLISH.change(0.123) == "+12%"
    assert FRENCH.change(-0.123) == "\u221212\u00a0%"


def test_french_has_its_spaces_and_its_apostrophe():
    assert french_typography("l'un : « oui » ; non !") == (
        "l\u2019un\u00a0: «\u00a0oui\u00a0»\u202f; non\u202f!"
    )


@pytest.mark.parametrize(
    ("language", "value", "unit", "said"),
    [
        ("en", 1, "patients", "1 patient"),
        ("en", 0.996, "patient-days", "1 patient-day"),
        ("en", 0, "patients", "0 patients"),
        ("en", 1.2, "shifts", "1.2 shifts"),
        ("fr", 0, "staff", "0 agent"),
        ("fr", 1.4, "shifts", "1,4 poste"),
        ("fr", 2, "shifts", "2 postes"),
        ("fr", 0.5, "share", "50 %"),
    ],
)
def test_a_unit_agrees_with_its_number(language, value, unit, said):
    assert words_for(language).with_unit(value, unit) == said.replace(" ", "\u00a0")


@given(st.floats(0.0, 1e9))
def test_an_expectation_keeps_three_digits_and_stays_within_half_a_percent(value: float):
    words = words_for("en")
    told = float(words.about(value).replace(",", ""))
    assert abs(told - value) <= max(0.005 * value, 0.5)
    if value >= 1000:
        assert len(words.about(value).replace(",", "").rstrip("0")) <= 3
    else:
        assert words.about(value) == words.number(value)
