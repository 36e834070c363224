"""Rows of the table of checks for what cannot be taken as it is: warnings that readers see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow as pa

from vigie.schemas import CHECK_RESULTS

__all__ = ["CheckRow", "check_warning", "table_of_checks"]

CheckRow = dict[str, object]

_SCHEMA = CHECK_RESULTS.schema_before_run()


def check_warning(
    check: str,
    kind: str,
    figure: str,
    message: str,
    *,
    place: str = "",
    category: str = "",
    shown: date | None = None,
    rows: int = 1,
) -> CheckRow:
    """One fault that was found.

    Args:
        check: its name in the table of results.
        kind: of the check, a word of the column ``kind``.
        figure: measure or table looked at.
        message: what is wrong, where, and what to do.
        place, category: where; "" overall.
        shown: the day of the fault.
        rows: how many have it.
    """
    return {
        "check": check,
        "kind": kind,
        "severity": "warning",
        "figure": figure,
        "place": place,
        "category": category,
        "reference_date": shown,
        "passed": False,
        "message": message,
        "rows": rows,
    }


def table_of_checks(rows: Iterable[CheckRow] = ()) -> pa.Table:
    """Rows of schemas.CHECK_RESULTS without ``run``."""
    return pa.Table.from_pylist(list(rows), schema=_SCHEMA)
