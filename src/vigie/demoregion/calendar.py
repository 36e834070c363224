"""Public holidays of the demo region: those of metropolitan France, in any year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

__all__ = ["public_holidays"]

_FIXED = (
    (1, 1, "Jour de l'an"),
    (5, 1, "Fête du travail"),
    (5, 8, "Victoire de 1945"),
    (7, 14, "Fête nationale"),
    (8, 15, "Assomption"),
    (11, 1, "Toussaint"),
    (11, 11, "Armistice de 1918"),
    (12, 25, "Noël"),
)
_AFTER_EASTER = ((1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte"))


def public_holidays(first_year: int, last_year: int) -> Iterator[tuple[date, str]]:
    """Days and names, in order, of whole years.

    Source: article L. 3133-1 of the French labour code.
    """
    for year in range(first_year, last_year + 1):
        days = [(date(year, month, day), name) for month, day, name in _FIXED]
        easter = _easter(year)
        days += [(easter + timedelta(days=after), name) for after, name in _AFTER_EASTER]
        yield from sorted(days)


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar: the Sunday after the full moon of the church.

    Source: Meeus, Astronomical Algorithms, 1991, chapter 8.
    """
    century, of_century = divmod(year, 100)
    leaps, skipped = divmod(century, 4)
    moon = (century - (century - (century + 8) // 25 + 1) // 3) - leaps + 15
    epact = (19 * (year % 19) + moon) % 30
    weekday = (32 + 2 * skipped + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
