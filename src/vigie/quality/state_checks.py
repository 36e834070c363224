"""Checks that look at a table or its age as a whole: freshness, completeness, schema, SQL."""

from __future__ import annotations

from vigie.quality.rules import Check, Completeness, Freshness, Schema, Sql
from vigie.quality.sql_pieces import Parameters, Parts, filled, quoted, series, valid_on

__all__ = ["completeness_parts", "freshness_parts", "schema_parts", "sql_parts"]

_TYPE_PATTERNS = {
    "text": "VARCHAR|ENUM.*",
    "number": "DOUBLE|FLOAT|DECIMAL.*|U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER",
    "whole": "U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER",
    "date": "DATE",
    "instant": "TIMESTAMP.*",
    "boolean": "BOOLEAN",
}


def freshness_parts(check: Check, given: Parameters, today: str) -> Parts:
    rule = check.rule
    assert isinstance(rule, Freshness)
    figure = given.add(check.figure)
    sources = {
        "measure": lambda: series(check, given),
        "feed": lambda: (
            f"(SELECT place, reference_date FROM facts WHERE feed = {figure} AND value IS NOT NULL)"
        ),
        "dataset": lambda: filled(quoted(check.figure), ("place", "reference_date")),
    }
    place = "coalesce(place, '')::VARCHAR" if rule.by_place else "''"
    exists = f"SELECT place FROM places WHERE {valid_on(today)}"
    only = f"WHERE place IN ({exists})" if rule.by_place else ""
    sql = f"""
check_looked AS (
    SELECT {place} AS place, max(try_cast(reference_date AS DATE)) AS newest
    FROM {sources[check.target]()} {only} {"GROUP BY ALL" if rule.by_place else ""}
),
check_failing AS (
    SELECT place, '' AS category, newest AS reference_date,
           {figure}::VARCHAR || CASE WHEN newest IS NULL THEN ': no value at all'
               ELSE ': the newest day with a value is ' || newest::VARCHAR END
           || ', expected ' || ({today} - {given.add(rule.max_age_days)}::INTEGER)::VARCHAR
           || ' or later.' AS message
    FROM check_looked
    WHERE newest IS NULL OR newest < {today} - {given.add(rule.max_age_days)}::INTEGER
)"""
    return Parts(sql, "series looked at", f"not older than {rule.max_age_days} days")


def completeness_parts(check: Check, given: Parameters, today: str) -> Parts:
    rule = check.rule
    assert isinstance(rule, Completeness)
    figure = given.add(check.figure)
    category = "" if check.category is None else f"AND category = {given.add(check.category)}"
    kept = "kind = 'region'" if rule.by == "region" else "coalesce(parent, '') = ''"
    sql = f"""
check_days AS (
    SELECT * FROM coverage
    WHERE measure = {figure} AND reference_date <= {today} {category}
      AND place IN (SELECT place FROM places WHERE {kept})
),
check_looked AS (
    SELECT * FROM check_days
    WHERE reference_date = (SELECT max(reference_date) FROM check_days WHERE reported > 0)
),
check_failing AS (
    SELECT place, category, reference_date,
           {figure}::VARCHAR || ': ' || reported || ' of ' || expected
           || ' places reported, expected at least '
           || ceil(expected * {given.add(rule.share)}::DOUBLE - 1e-9)::BIGINT || '.' AS message
    FROM check_looked
    WHERE reported < expected * {given.add(rule.share)}::DOUBLE - 1e-9
    UNION ALL
    SELECT '', '', NULL::DATE, {figure}::VARCHAR || ': no place reported on any day.'
    WHERE NOT EXISTS (FROM check_looked)
)"""
    return Parts(
        sql, "totals looked at", f"at least {rule.share * 100:.10g} % of the places on the last day"
    )


def schema_parts(check: Check, given: Parameters, today: str) -> Parts:
    del today
    rule = check.rule
    assert isinstance(rule, Schema)
    relation = quoted(check.figure)
    types = dict(rule.columns)
    names = tuple(dict.fromkeys((*types, *rule.required, *rule.unique)))
    wanted = ", ".join(
        f"({given.add(name)}::VARCHAR, {given.add(types.get(name, 'any'))}::VARCHAR, "
        f"{given.add(_TYPE_PATTERNS.get(types.get(name, ''), '.*'))}::VARCHAR)"
        for name in names
    )
    key = ("place", "category", "reference_date")
    where = (
        "coalesce(place, '')::VARCHAR AS place, coalesce(category, '')::VARCHAR AS category, "
        "try_cast(reference_date AS DATE) AS reference_date"
    )
    empty = "".join(
        f"""
    UNION ALL
    SELECT {where}, 'column "' || {given.add(name)}::VARCHAR || '" is empty.' FROM check_looked
    WHERE {quoted(name)} IS NULL
      AND {given.add(name)}::VARCHAR IN (SELECT column_name FROM check_columns)"""
        for name in rule.required
    )
    columns = ", ".join(quoted(name) for name in rule.unique)
    twice = (
        f"""
    UNION ALL
    SELECT {where}, 'the row is there ' || copies || ' times.' FROM (
        SELECT *, count(*) OVER (PARTITION BY {columns}) AS copies,
               row_number() OVER (PARTITION BY {columns}) AS copy FROM check_looked
    ) WHERE copies > 1 AND copy > 1"""
        if rule.unique
        else ""
    )
    sql = f"""
check_columns AS (SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {relation})),
check_wanted AS (SELECT * FROM (VALUES {wanted}) AS wanted(name, type, pattern)),
check_looked AS (SELECT * FROM {filled(relation, (*key, *names))}),
check_failing AS (
    SELECT '' AS place, '' AS category, NULL::DATE AS reference_date,
           CASE WHEN column_type IS NULL THEN 'column "' || name || '" is missing.'
                ELSE 'column "' || name || '" holds ' || column_type || ', expected '
                     || type || '.' END AS message
    FROM check_wanted LEFT JOIN check_columns ON column_name = name
    WHERE column_type IS NULL OR NOT regexp_full_match(column_type, pattern){empty}{twice}
)"""
    return Parts(sql, "rows looked at", f"columns {', '.join(names)}")


def sql_parts(check: Check, given: Parameters, today: str) -> Parts:
    del today
    rule = check.rule
    assert isinstance(rule, Sql)
    source = filled(
        f"({rule.query.strip().rstrip(';')}\n)", ("place", "category", "reference_date", "message")
    )
    sql = f"""
check_looked AS (SELECT * FROM {source}),
check_failing AS (
    SELECT coalesce(place, '')::VARCHAR AS place, coalesce(category, '')::VARCHAR AS category,
           try_cast(reference_date AS DATE) AS reference_date,
           coalesce(message::VARCHAR, {given.add(check.figure)}::VARCHAR
                    || ': the query returned this row.') AS message
    FROM check_looked
)"""
    return Parts(sql, "rows from the query", "none")
