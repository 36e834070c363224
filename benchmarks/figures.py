"""One measured figure, and the page that keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["BEGIN", "END", "Figure", "rows_by_key", "section", "with_section"]

BEGIN = "<!-- figures: written by make bench -->"
END = "<!-- end of figures -->"
_HEADER = ("| what | measured | budget | | command | machine |", "|---|---|---|---|---|---|")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        name: what was measured, with the size of the input.
        value: the measurement, in ``unit``.
        unit: for example "s", "ms", "GiB", "rows/s".
        budget: the most it may be ("at least" figures: the least); None when there is none.
        command: how to measure it again.
        is_at_least: the value must not be below the budget, as for rates.
    """

    name: str
    value: float
    unit: str
    budget: float | None
    command: str
    is_at_least: bool = False

    @property
    def is_kept(self) -> bool:
        """The budget is met, or there is none."""
        if self.budget is None:
            return True
        return self.value >= self.budget if self.is_at_least else self.value <= self.budget

    def row(self, machine: str) -> str:
        """Row of the page."""
        sign = "at least" if self.is_at_least else "at most"
        budget = "-" if self.budget is None else f"{sign} {_number(self.budget)} {self.unit}"
        mark = "" if self.budget is None else ("kept" if self.is_kept else "**missed**")
        value = f"{_number(self.value)} {self.unit}"
        return f"| {self.name} | {value} | {budget} | {mark} | `{self.command}` | {machine} |"


def rows_by_key(page: str) -> dict[str, str]:
    """The rows now in the page, by what they measure."""
    inside = page.partition(BEGIN)[2].partition(END)[0]
    rows = [line for line in inside.splitlines() if line.startswith("| ") and line not in _HEADER]
    return {line.split(" | ")[0].removeprefix("| "): line for line in rows}


def section(rows: Iterable[str]) -> str:
    """The marked section of the page."""
    return "\n".join([BEGIN, "", *_HEADER, *rows, "", END])


def with_section(page: str, rows: Iterable[str]) -> str:
    """The page with its marked section replaced.

    Raises:
        ValueError: the page lacks the two markers.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"docs/benchmarks.md needs the lines {BEGIN} and {END}")
    return before + section(rows) + after


def _number(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"
