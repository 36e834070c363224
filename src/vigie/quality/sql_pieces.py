"""Pieces of SQL that all kinds of checks are put together from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from vigie.quality.rules import Check

__all__ = [
    "Parameters",
    "Parts",
    "filled",
    "lacks",
    "number",
    "quoted",
    "series",
    "since",
    "valid_on",
]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a kind of check gives.

    Attributes:
        sql: CTEs ``check_looked`` (one row a figure looked at) and ``check_failing`` (place,
            category, reference_date, message), and what they need.
        noun: what was counted in ``check_looked``, for the summary.
        expected: what should hold, for the summary.
    """

    sql: str
    noun: str
    expected: str


class Parameters:
    """Values of a statement's ``$1``, ``$2``... in the order in which they are added."""

    def __init__(self) -> None:
        self.values: list[str | float | date] = []

    def add(self, value: str | float | date) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


def number(expression: str) -> str:
    return f"printf('%.10g', {expression}::DOUBLE)"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def filled(relation: str, names: tuple[str, ...]) -> str:
    """The relation with every named column, NULL where it has none."""
    nulls = ", ".join(f"NULL AS {quoted(name)}" for name in dict.fromkeys(names))
    return f"(SELECT {nulls} WHERE FALSE UNION ALL BY NAME SELECT * FROM {relation})"


def series(check: Check, given: Parameters, measure: str | None = None) -> str:
    """Reported values of a measure: place, category, reference_date, value."""
    name = given.add(measure or check.figure)
    category = "" if check.category is None else f"AND category = {given.add(check.category)}"
    return (
        "(SELECT place, category, reference_date, value FROM ruled "
        f"WHERE measure = {name} AND value IS NOT NULL {category})"
    )


def lacks(relation: str, column: str) -> str:
    """A condition: the relation has no such column.

    Args:
        relation: quoted name.
        column: parameter with the column's name.
    """
    names = f"SELECT column_name FROM (DESCRIBE SELECT * FROM {relation})"
    return f"{column}::VARCHAR NOT IN ({names})"


def since(today: str, given: Parameters, days: int | None) -> str:
    return "TRUE" if days is None else f"reference_date > {today} - {given.add(days)}::INTEGER"


def valid_on(day: str) -> str:
    """A condition on a row of places: it holds on the day; an empty date is open."""
    return f"coalesce(valid_from, {day}) <= {day} AND coalesce(valid_to, {day} + 1) > {day}"
