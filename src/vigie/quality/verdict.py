"""What the checks of a run mean for its release: which figure, which check, which rows."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from vigie.quality.rules import Severity

__all__ = ["Verdict", "verdict"]

_SHOWN_ROWS = 5
_COLUMNS = (
    "check",
    "kind",
    "severity",
    "figure",
    "place",
    "category",
    "reference_date",
    "passed",
    "message",
    "rows",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a release may be published.

    Attributes:
        blocked: a blocking check failed; the release in force stays.
        reasons: one sentence or two for each failed blocking check.
        warnings: the same for each failed check that only warns.
    """

    blocked: bool
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Result:
    check: str
    kind: str
    severity: str
    figure: str
    place: str
    category: str
    reference_date: object
    passed: bool
    message: str
    rows: int

    @property
    def is_summary(self) -> bool:
        return not self.place and not self.category and self.reference_date is None

    @property
    def where(self) -> str:
        day = "" if self.reference_date is None else str(self.reference_date)
        return ", ".join(part for part in (self.place, self.category, day) if part)


def verdict(results: pa.Table) -> Verdict:
    """Read the results of all checks of a run.

    Args:
        results: schemas.CHECK_RESULTS, with or without ``run``, as ``check_query`` makes them.
    """
    columns = (results.column(name).to_pylist() for name in _COLUMNS)
    rows = [_Result(*values) for values in zip(*columns, strict=True)]
    failed = [row for row in rows if row.is_summary and not row.passed]
    said: dict[str, list[str]] = {severity.value: [] for severity in Severity}
    for summary in failed:
        listed = [row for row in rows if row.check == summary.check and not row.is_summary]
        said[summary.severity].append(_reason(summary, listed))
    blocking = tuple(said[Severity.BLOCKING])
    return Verdict(bool(blocking), blocking, tuple(said[Severity.WARNING]))


def _reason(summary: _Result, listed: list[_Result]) -> str:
    head = f'{summary.figure}: check "{summary.check}" ({summary.kind}) failed. {summary.message}'
    shown = "; ".join(f"{row.where}: {row.message}" for row in listed[:_SHOWN_ROWS])
    more = summary.rows - sum(row.rows for row in listed[:_SHOWN_ROWS])
    if not shown:
        return head
    return f"{head} Rows: {shown}" + (f" And {more} more." if more > 0 else "")
