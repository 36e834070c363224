"""Rows of reference tables that must fit each other; lines are those of the file."""

from __future__ import annotations

import re

from vigie.errors import Problem

__all__ = ["Row", "check_measures", "check_parents"]

Row = dict[str, object]

_CENSUS = re.compile(r"^$|^([01]\d|2[0-3]):[0-5]\d(-([01]\d|2[0-4]):[0-5]\d)?$")


def check_parents(places: list[tuple[int, Row]], problems: list[Problem]) -> None:
    """No place may lie in itself, over its parents."""
    parents = {str(row["place"]): str(row["parent"]) for _, row in places}
    for line, row in places:
        above, steps = str(row["parent"]), 0
        while above and steps <= len(parents):
            above, steps = parents.get(above, ""), steps + 1
        if above:
            problems.append(
                Problem(
                    "reference/places.csv",
                    line,
                    "column parent: the place lies in itself, over its parents",
                    "Correct one of the parents.",
                )
            )


def check_measures(measures: list[tuple[int, Row]], problems: list[Problem]) -> None:
    """Smallest and largest value, and the hours of the census."""
    for line, row in measures:
        low, high = row["minimum"], row["maximum"]
        if isinstance(low, float) and isinstance(high, float) and low > high:
            problems.append(
                Problem(
                    "reference/measures.csv",
                    line,
                    "minimum is above maximum",
                    "Correct one of them.",
                )
            )
        if not _CENSUS.match(str(row["census"])):
            problems.append(
                Problem(
                    "reference/measures.csv",
                    line,
                    "column census: not an hour or a window",
                    "Write 08:00, or 00:00-24:00.",
                )
            )
