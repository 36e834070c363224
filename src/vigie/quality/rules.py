"""The kinds of checks and what each may be told: one table, read by declaration and docs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

__all__ = [
    "COLUMN_TYPES",
    "KINDS",
    "AtMost",
    "Check",
    "Completeness",
    "Freshness",
    "Jump",
    "Kind",
    "Parameter",
    "Range",
    "Rule",
    "Schema",
    "Severity",
    "Sql",
    "SumOfParts",
]

COLUMN_TYPES = ("text", "number", "whole", "date", "instant", "boolean")


class Severity(StrEnum):
    """What a failed check does to the release."""

    BLOCKING = "blocking"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns exist, have their types, are filled where required, and name each row once."""

    columns: tuple[tuple[str, str], ...]
    required: tuple[str, ...]
    unique: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Values lie within inclusive bounds; without own bounds those of measures.csv hold."""

    min: float | None
    max: float | None
    column: str
    last_days: int | None


@dataclass(frozen=True, slots=True)
class Jump:
    """A value is far from the median of the three reports before it."""

    factor: float | None
    z: float | None
    at_least: float | None
    same_weekday: bool
    last_days: int
    history_days: int


@dataclass(frozen=True, slots=True)
class Freshness:
    """The newest day with a value is not too old."""

    max_age_days: int
    by_place: bool


@dataclass(frozen=True, slots=True)
class Completeness:
    """On the last day with a report enough of the expected places reported."""

    share: float
    by: str


@dataclass(frozen=True, slots=True)
class SumOfParts:
    """Categories add up to the total without category, or places to their parent."""

    over: str
    total: str | None
    tolerance: float
    last_days: int


@dataclass(frozen=True, slots=True)
class AtMost:
    """The measure is at most another one at the same place, category and day."""

    other: str
    tolerance: float
    last_days: int


@dataclass(frozen=True, slots=True)
class Sql:
    """A query that returns the offending rows."""

    query: str


Rule = Schema | Range | Jump | Freshness | Completeness | SumOfParts | AtMost | Sql
Target = Literal["measure", "dataset", "feed"]


@dataclass(frozen=True, slots=True)
class Check:
    """A declared check.

    Attributes:
        name: unique within the room.
        kind: key of ``KINDS``.
        severity: a failed blocking check keeps the previous release in force.
        target: what ``figure`` names: measure, dataset or feed.
        figure: name of the measure, dataset or feed looked at.
        category: only this category; None: all.
        rule: what must hold.
        file: where it is declared, relative to the room.
        line: first line of the declaration.
    """

    name: str
    kind: str
    severity: Severity
    target: Target
    figure: str
    category: str | None
    rule: Rule
    file: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One key that a kind of check understands.

    Attributes:
        name: key in the declaration.
        form: number, whole, flag, text, texts (a list) or columns (name = type).
        meaning: one sentence for people.
        default: value when left out; None with ``is_required`` False means none.
        is_required: leaving it out is a mistake.
        minimum: smallest value allowed.
        maximum: largest value allowed.
        choices: texts allowed; empty: any.
    """

    name: str
    form: Literal["number", "whole", "flag", "text", "texts", "columns"]
    meaning: str
    default: float | int | bool | str | tuple[str, ...] | None = None
    is_required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of check: its rule, what it can look at, its parameters, an example of them."""

    rule: type[Rule]
    targets: tuple[Target, ...]
    parameters: tuple[Parameter, ...]
    example: str


def _days(name: str, default: int | None, meaning: str) -> Parameter:
    return Parameter(name, "whole", meaning, default=default, minimum=1)


def _tolerance(default: float) -> Parameter:
    meaning = "Share of the larger figure by which the two may differ."
    return Parameter("tolerance", "number", meaning, default=default, minimum=0, maximum=1)


KINDS: dict[str, Kind] = {
    "schema": Kind(
        Schema,
        ("dataset",),
        (
            Parameter("columns", "columns", "Type of each column: " + ", ".join(COLUMN_TYPES)),
            Parameter("required", "texts", "Columns without empty values.", default=()),
            Parameter("unique", "texts", "Columns that together name a row once.", default=()),
        ),
        'columns = { place = "text", value = "number" }\nrequired = ["value"]\nunique = ["place"]',
    ),
    "range": Kind(
        Range,
        ("measure", "dataset"),
        (
            Parameter("min", "number", "Smallest valid value; default: measures.csv."),
            Parameter("max", "number", "Largest valid value; default: measures.csv."),
            Parameter("column", "text", "Column of a dataset.", default="value"),
            _days("last_days", None, "Only so many last days; default: all."),
        ),
        "min = 0\nmax = 500",
    ),
    "jump": Kind(
        Jump,
        ("measure",),
        (
            Parameter(
                "factor", "number", "More than so many times as much, or as little.", minimum=1
            ),
            Parameter(
                "z",
                "number",
                "Change in robust standard deviations of the series' own changes.",
                minimum=0,
            ),
            Parameter(
                "at_least",
                "number",
                "Changes smaller than this never count; default: 10, 0.1 for shares.",
                minimum=0,
            ),
            Parameter("same_weekday", "flag", "Compare with the same weekday.", default=False),
            _days("last_days", 7, "Days looked at."),
            _days("history_days", 56, "Days before them that show what is usual."),
        ),
        "factor = 3\nat_least = 20\nsame_weekday = true",
    ),
    "freshness": Kind(
        Freshness,
        ("measure", "dataset", "feed"),
        (
            Parameter(
                "max_age_days",
                "whole",
                "Largest age of the newest day with a value.",
                is_required=True,
                minimum=0,
            ),
            Parameter("by_place", "flag", "Every place by itself.", default=False),
        ),
        "max_age_days = 2\nby_place = true",
    ),
    "completeness": Kind(
        Completeness,
        ("measure",),
        (
            Parameter(
                "share",
                "number",
                "Smallest share of expected places that reported.",
                is_required=True,
                minimum=0,
                maximum=1,
            ),
            Parameter(
                "by",
                "text",
                "The whole, or every region.",
                default="whole",
                choices=("whole", "region"),
            ),
        ),
        'share = 0.9\nby = "region"',
    ),
    "sum_of_parts": Kind(
        SumOfParts,
        ("measure",),
        (
            Parameter(
                "over",
                "text",
                "What the parts are.",
                default="categories",
                choices=("categories", "places"),
            ),
            Parameter("total", "text", "Measure that holds the total; default: the same."),
            _tolerance(0.02),
            _days("last_days", 28, "Days looked at."),
        ),
        'over = "places"\ntolerance = 0.01',
    ),
    "at_most": Kind(
        AtMost,
        ("measure",),
        (
            Parameter("other", "text", "Measure that must not be smaller.", is_required=True),
            _tolerance(0.0),
            _days("last_days", 28, "Days looked at."),
        ),
        'other = "beds_staffed"',
    ),
    "sql": Kind(
        Sql,
        ("measure", "dataset"),
        (Parameter("query", "text", "SELECT that returns the offending rows.", is_required=True),),
        "query = '''\nSELECT place, category, reference_date, 'more than full' AS message\n"
        "FROM ruled WHERE value > 500\n'''",
    ),
}
