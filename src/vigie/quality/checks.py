"""Every kind of check as one SQL statement that returns rows of schemas.CHECK_RESULTS.

The statements read the relations ``ruled`` (``reconcile.RULED_SQL``), ``facts``, ``measures``,
``places``, ``coverage`` and the datasets by their names; a free query may also read the relation
``as_of``, one row with the column ``as_of``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from vigie.quality.rules import KINDS, Check
from vigie.quality.series_checks import (
    at_most_parts,
    jump_parts,
    range_parts,
    sum_of_parts_parts,
)
from vigie.quality.sql_pieces import Parameters, Parts
from vigie.quality.state_checks import (
    completeness_parts,
    freshness_parts,
    schema_parts,
    sql_parts,
)
from vigie.schemas import CHECK_RESULTS

__all__ = ["LISTED_ROWS", "CheckQuery", "check_query", "not_carried_out"]

LISTED_ROWS = 1000
_SCHEMA = CHECK_RESULTS.schema_before_run()
_BUILDERS: dict[str, Callable[[Check, Parameters, str], Parts]] = {
    "schema": schema_parts,
    "range": range_parts,
    "jump": jump_parts,
    "freshness": freshness_parts,
    "completeness": completeness_parts,
    "sum_of_parts": sum_of_parts_parts,
    "at_most": at_most_parts,
    "sql": sql_parts,
}
assert _BUILDERS.keys() == KINDS.keys(), "a kind of check has no SQL, or SQL has no kind"


@dataclass(frozen=True, slots=True)
class CheckQuery:
    """A statement and the values of its parameters ``$1``, ``$2``...

    Attributes:
        sql: one DuckDB statement; its rows are schemas.CHECK_RESULTS without ``run``.
        parameters: in order.
    """

    sql: str
    parameters: tuple[str | float | date, ...]


def check_query(check: Check, as_of: date) -> CheckQuery:
    """The statement that carries out a check.

    Its answer has one row for each failing place, category and day (at most ``LISTED_ROWS``,
    the latest first) and one summary row without place, category and day. The summary's
    ``passed`` says whether the check held, its ``rows`` counts all failing rows.

    Args:
        check: as declared.
        as_of: the day of the run.
    """
    given = Parameters()
    today = f"{given.add(as_of)}::DATE"
    parts = _BUILDERS[check.kind](check, given, today)
    head = ", ".join(
        f"{given.add(value)}::VARCHAR AS {name}"
        for name, value in (
            ('"check"', check.name),
            ("kind", check.kind),
            ("severity", check.severity.value),
            ("figure", check.figure),
        )
    )
    expected = given.add(parts.expected)
    sql = f"""
WITH as_of AS (SELECT {today} AS as_of),
{parts.sql},
check_total AS (SELECT count(*) AS failing FROM check_failing),
check_named AS (
    SELECT place, category, reference_date, min(message) AS message, count(*) AS rows
    FROM check_failing
    WHERE place <> '' OR category <> '' OR reference_date IS NOT NULL
    GROUP BY ALL
    ORDER BY reference_date DESC NULLS LAST, place, category
    LIMIT {LISTED_ROWS}
),
check_overall AS (
    SELECT string_agg(message, '; ' ORDER BY message) AS message
    FROM (
        SELECT DISTINCT message FROM check_failing
        WHERE place = '' AND category = '' AND reference_date IS NULL
        ORDER BY message LIMIT 10
    )
)
SELECT {head}, '' AS place, '' AS category, NULL::DATE AS reference_date,
       failing = 0 AS passed,
       CASE WHEN failing = 0 THEN 'All of ' ELSE failing || ' failed, of ' END
       || (SELECT count(*) FROM check_looked) || ' {parts.noun}; expected: '
       || {expected}::VARCHAR || '.' || coalesce(' ' || check_overall.message, '') AS message,
       failing AS rows
FROM check_total, check_overall
UNION ALL
SELECT {head}, place, category, reference_date, FALSE, message, rows FROM check_named
"""
    return CheckQuery(sql, tuple(given.values))


def not_carried_out(check: Check, reason: str) -> pa.Table:
    """The result of a check whose statement the engine refused: it has failed.

    Args:
        check: as declared.
        reason: what the engine said; no value of a personal record.

    Returns:
        One summary row of schemas.CHECK_RESULTS without ``run``.
    """
    line = "" if check.line is None else f", line {check.line}"
    row = {
        "check": check.name,
        "kind": check.kind,
        "severity": check.severity.value,
        "figure": check.figure,
        "place": "",
        "category": "",
        "reference_date": None,
        "passed": False,
        "message": f"The check could not be carried out: {reason}. Correct {check.file}{line}.",
        "rows": 0,
    }
    return pa.Table.from_pylist([row], schema=_SCHEMA)
