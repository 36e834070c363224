"""Words, numbers, dates and chances in the reader's language: one table of each."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from vigie.actions.words.messages import MESSAGES, UNITS, UNITS_OF_ONE, Language
from vigie.charts import cell_text, chance_step, whole_in_100

__all__ = ["CHANCE_WORDS", "Chance", "Words", "words_for"]

CHANCE_WORDS: tuple[tuple[int, str, str], ...] = (
    (0, "less than 1 in 100", "moins de 1 chance sur 100"),
    (1, "very unlikely", "très peu probable"),
    (10, "unlikely", "peu probable"),
    (33, "as likely as not", "autant de chances que non"),
    (66, "likely", "probable"),
    (90, "very likely", "très probable"),
    (100, "more than 99 in 100", "plus de 99 chances sur 100"),
)
"""Smallest whole number in 100 (0: below 1, 100: above 99), and the only words for it."""


EXTREMES: dict[Language, dict[int, str]] = {
    "en": {0: "less than 1 chance in 100", 100: "more than 99 chances in 100"},
    "fr": {0: "moins de 1 chance sur 100", 100: "plus de 99 chances sur 100"},
}
"""The ends of the scale within a sentence: "... of lacking beds"."""


@dataclass(frozen=True, slots=True)
class Chance:
    """A chance as people read it.

    Attributes:
        probability: 0 to 1.
        cell: number alone, ``64``, ``<1`` or ``>99``.
        in_100: ``64 in 100``.
        chances: ``64 chances in 100``.
        word: from the one table.
        step: 0 to 4, the step of colour.
    """

    probability: float
    cell: str
    in_100: str
    chances: str
    word: str
    step: int


class Words:
    """Everything said in one language. Dates, numbers and units are always made here."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._index = 1 if language == "fr" else 0
        self._locale = Locale.parse("fr_FR" if language == "fr" else "en_GB")

    def say(self, key: str, **values: object) -> str:
        """The message of a key with its names filled in.

        Raises:
            KeyError: no message has this key, or a name is not given.
        """
        return self._set(MESSAGES[key][self._index]).format_map(values)

    def count(self, key: str, count: int, **values: object) -> str:
        """The form of a message for a count: ``key.one`` or ``key.many``; French 0 is singular."""
        is_one = count == 1 or (count == 0 and self.language == "fr")
        number = self.number(count)
        return self.say(f"{key}.{'one' if is_one else 'many'}", count=number, **values)

    def reporters(self, kind: str, told: int, expected: int) -> str:
        """Who reports, as "97 of 100 hospitals" or "97 hôpitaux sur 100" want it: English agrees
        with those expected, French with those told.
        """
        return self.count(f"reporters.{kind}", told if self.language == "fr" else expected)

    @property
    def colon(self) -> str:
        """A colon and its spaces."""
        return "\u00a0: " if self.language == "fr" else ": "

    @property
    def semicolon(self) -> str:
        """A semicolon and its spaces."""
        return "\u202f; " if self.language == "fr" else "; "

    def _set(self, text: str) -> str:
        return french_typography(text) if self.language == "fr" else text.replace("'", "’")

    def number(self, value: float) -> str:
        """A value for reading: whole from 10 up, one decimal below, two significant below 1."""
        size = abs(value)
        if value == round(value) or size >= 10:
            return str(format_decimal(round(value), format="#,##0", locale=self._locale))
        digits = 1 if size >= 1 else 2 - math.ceil(math.log10(size) + 1e-12)
        pattern = "#,##0." + "#" * max(1, digits)
        return str(format_decimal(value, format=pattern, locale=self._locale))

    def factor(self, value: float) -> str:
        """What something is multiplied by, as it was declared: 1.25 must not read 1.2."""
        return str(format_decimal(value, format="#,##0.####", locale=self._locale))

    def decimal(self, value: float, digits: int) -> str:
        """A value with a fixed number of decimals, at least one."""
        pattern = "#,##0." + "0" * digits
        return str(format_decimal(value, format=pattern, locale=self._locale))

    def measured(self, value: float, unit: str) -> str:
        """A value of a measure; a share (0 to 1) is read in 100, as a percentage."""
        return self.number(100 * value) if unit == "share" else self.number(value)

    def with_unit(self, value: float, unit: str) -> str:
        """A value with its unit, which never breaks off to the next line."""
        return f"{self.measured(value, unit)}\u00a0{self.unit(unit, value)}"

    def unit(self, unit: str, value: float | None = None) -> str:
        """Name of a unit in this language; an unknown one stays as the room wrote it.

        Args:
            unit: its key.
            value: that stands before it, as ``number`` writes it: "1 patient", "0,5 poste".
        """
        if value is not None and unit in UNITS_OF_ONE and self._is_one(value):
            return UNITS_OF_ONE[unit][self._index]
        return UNITS[unit][self._index] if unit in UNITS else unit

    def _is_one(self, value: float) -> bool:
        return abs(value) < 1.95 if self.language == "fr" else self.number(value) == "1"

    def about(self, value: float) -> str:
        """An expectation for reading: three significant digits say all that it knows."""
        if abs(value) < 1000:
            return self.number(value)
        step = 10 ** (math.floor(math.log10(abs(value))) - 2)
        return self.number(step * round(value / step))

    def change(self, share: float) -> str:
        """A relative change with its sign: ``+12 %``; 0 has none."""
        percent = round(share * 100)
        sign = "+" if percent > 0 else "\u2212" if percent < 0 else ""
        space = "\u00a0" if self.language == "fr" else ""
        return f"{sign}{self.number(abs(percent))}{space}%"

    def points(self, difference: float) -> str:
        """A difference of two shares (0 to 1) with its sign: ``+3 points``."""
        points = round(100 * difference)
        return self.count("points", abs(points), change=self.signed(points))

    def signed(self, count: int) -> str:
        """A whole change with its sign."""
        sign = "+" if count > 0 else "\u2212" if count < 0 else "\u00b1"
        return f"{sign}{self.number(abs(count))}"

    def range(self, low: float, high: float, unit: str = "") -> str:
        """A range of values of a measure."""
        return self.say("range", low=self.measured(low, unit), high=self.measured(high, unit))

    def day(self, day: date) -> str:
        """A short day: ``9 Nov``, ``9 nov.``."""
        return self._date(day, "d MMM")

    def full_day(self, day: date) -> str:
        """A day within a sentence: ``23 November``, ``23 novembre``."""
        return self._date(day, "d MMMM")

    def dated_day(self, day: date) -> str:
        """A day within a sentence that may be of another year: ``23 November 2026``."""
        return self._date(day, "d MMMM y")

    def month(self, day: date) -> str:
        """The month of a day over a calendar: ``Nov``, ``nov.``."""
        return self._date(day, "MMM")

    def span(self, early: date, late: date, *, is_short: bool = False) -> str:
        """Two days of a range; the month is said once when it is the same."""
        write = self.day if is_short else self.full_day
        if early == late:
            return self.say("dates.same", day=write(early))
        if (early.year, early.month) == (late.year, late.month):
            first = "1er" if self.language == "fr" and early.day == 1 else str(early.day)
            return self.say("dates", early=first, late=write(late))
        return self.say("dates", early=write(early), late=write(late))

    def short_weekday(self, day: date) -> str:
        """A day of a plan in a table: ``Thu 12 Nov``."""
        return self._date(day, "EEE d MMM")

    def weekday(self, day: date) -> str:
        """A day of a plan: ``Thursday 12 November``."""
        return self._date(day, "EEEE d MMMM")

    def long_day(self, day: date) -> str:
        """A day with weekday and year, as the state line begins."""
        text = self._date(day, "EEEE d MMMM y")
        return text[0].upper() + text[1:]

    def _date(self, day: date, pattern: str) -> str:
        text = str(format_date(day, format=pattern, locale=self._locale))
        if self.language == "fr" and day.day == 1:
            text = re.sub(r"\b1 ", "1er ", text, count=1)
        return text

    def time(self, instant: datetime, timezone: str) -> str:
        """Clock time of an instant in a time zone by its IANA name."""
        return instant.astimezone(ZoneInfo(timezone)).strftime("%H:%M")

    def moment(self, instant: datetime, timezone: str) -> str:
        """Day and clock time of an instant in a time zone by its IANA name."""
        local = instant.astimezone(ZoneInfo(timezone))
        return f"{self._date(local.date(), 'd MMM y')}, {local:%H:%M}"

    def chance(self, probability: float) -> Chance:
        """A chance in numbers, and its word from the one table.

        Args:
            probability: 0 to 1.
        """
        whole = whole_in_100(probability)
        cell = cell_text(probability)
        words = [(floor, (english, french)[self._index]) for floor, english, french in CHANCE_WORDS]
        below, above = words[0][1], words[-1][1]
        word = [name for floor, name in words if whole >= floor][-1]
        joint = "sur" if self.language == "fr" else "in"
        noun = "chance" if whole == 1 else "chances"
        return Chance(
            probability=probability,
            cell=cell,
            in_100={0: below, 100: above}.get(whole, f"{cell}\u00a0{joint}\u00a0100"),
            chances=EXTREMES[self.language].get(whole, f"{cell}\u00a0{noun} {joint}\u00a0100"),
            word=word,
            step=chance_step(probability),
        )


def french_typography(text: str) -> str:
    """Unbreakable spaces before ``; : ! ? %`` and inside « », and the curved apostrophe."""
    text = text.replace("'", "\u2019")
    text = re.sub(r" ([;!?])", "\u202f\\1", text)
    text = re.sub(r" ([:%])", "\u00a0\\1", text)
    return text.replace("« ", "«\u00a0").replace(" »", "\u00a0»")


@lru_cache(maxsize=8)
def words_for(language: Language) -> Words:
    """The words of a language; made once."""
    return Words(language)
