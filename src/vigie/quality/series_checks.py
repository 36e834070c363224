"""Checks that look at the values of a measure: range, jump, sum of parts, at most."""

from __future__ import annotations

from vigie.quality.rules import AtMost, Check, Jump, Range, SumOfParts
from vigie.quality.sql_pieces import (
    Parameters,
    Parts,
    filled,
    lacks,
    number,
    quoted,
    series,
    since,
    valid_on,
)

__all__ = ["at_most_parts", "jump_parts", "range_parts", "sum_of_parts_parts"]


def range_parts(check: Check, given: Parameters, today: str) -> Parts:
    rule = check.rule
    assert isinstance(rule, Range)
    bounds = {"minimum": rule.min, "maximum": rule.max}
    is_own = rule.min is not None or rule.max is not None
    value, no_column = "value", ""
    if check.target == "dataset":
        relation, column = quoted(check.figure), given.add(rule.column)
        source = filled(relation, ("place", "category", "reference_date", rule.column))
        value = f"try_cast({quoted(rule.column)} AS DOUBLE)"
        no_column = f"""
    UNION ALL
    SELECT '', '', NULL::DATE, 'column "' || {column}::VARCHAR || '" is missing.'
    WHERE {lacks(relation, column)}"""
    else:
        source = series(check, given)
    by_name = {
        name: "NULL::DOUBLE" if bound is None else f"{given.add(bound)}::DOUBLE"
        for name, bound in bounds.items()
    }
    if not is_own and check.target == "measure":
        figure = given.add(check.figure)
        by_name = {
            name: f"(SELECT {name} FROM measures WHERE measure = {figure})" for name in bounds
        }
    expected = _bounds_in_words(rule) if is_own else "the bounds in measures.csv"
    low, high = by_name["minimum"], by_name["maximum"]
    sql = f"""
check_looked AS (
    SELECT coalesce(place, '')::VARCHAR AS place, coalesce(category, '')::VARCHAR AS category,
           try_cast(reference_date AS DATE) AS reference_date,
           {value} AS value, {low} AS low, {high} AS high
    FROM {source} WHERE {value} IS NOT NULL AND {since(today, given, rule.last_days)}
),
check_failing AS (
    SELECT place, category, reference_date,
           {given.add(check.figure)}::VARCHAR || ': seen ' || {number("value")} || ', expected '
           || CASE WHEN value < low THEN 'at least ' || {number("low")}
                   ELSE 'at most ' || {number("high")} END || '.' AS message
    FROM check_looked WHERE value < low OR value > high OR isnan(value::DOUBLE){no_column}
)"""
    return Parts(sql, "values looked at", expected)


def _bounds_in_words(rule: Range) -> str:
    if rule.min is None:
        return f"at most {rule.max:.10g}"
    if rule.max is None:
        return f"at least {rule.min:.10g}"
    return f"{rule.min:.10g} to {rule.max:.10g}"


def jump_parts(check: Check, given: Parameters, today: str) -> Parts:
    rule = check.rule
    assert isinstance(rule, Jump)
    weekday = ", weekday(reference_date)" if rule.same_weekday else ""
    smallest = (
        "(SELECT CASE kind WHEN 'share' THEN 0.1 ELSE 10 END FROM measures "
        f"WHERE measure = {given.add(check.figure)})"
        if rule.at_least is None
        else f"{given.add(rule.at_least)}::DOUBLE"
    )
    limits = []
    words = []
    if rule.factor is not None:
        factor = f"{given.add(rule.factor)}::DOUBLE"
        limits.append(f"value > base * {factor} OR value * {factor} < base")
        words.append(f"not more than {rule.factor:.10g} times as much or as little")
    if rule.z is not None:
        limits.append(f"abs(change - middle) > {given.add(rule.z)}::DOUBLE * spread")
        words.append(f"a change within {rule.z:.10g} robust standard deviations")
    days = given.add(rule.last_days + rule.history_days)
    last = given.add(rule.last_days)
    sql = f"""
check_changes AS (
    SELECT *, value - base AS change FROM (
        SELECT *, median(value) OVER (
            PARTITION BY place, category{weekday} ORDER BY reference_date
            ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING
        ) AS base
        FROM {series(check, given)}
        WHERE reference_date > {today} - {days}::INTEGER
    ) WHERE base IS NOT NULL
),
check_kind AS (SELECT kind FROM measures WHERE measure = {given.add(check.figure)}),
check_usual AS (
    SELECT place, category, median(change) AS middle,
           -- The spread of a count is at least the root of its level.
           CASE WHEN count(*) >= 14 THEN greatest(
               1.4826 * mad(change),
               CASE WHEN (SELECT kind FROM check_kind) = 'share' THEN 0.01
                    ELSE sqrt(greatest(median(abs(value)), 1)) END
           ) END AS spread
    FROM check_changes WHERE reference_date <= {today} - {last}::INTEGER
    GROUP BY ALL
),
check_looked AS (
    SELECT check_changes.*, middle, spread
    FROM check_changes LEFT JOIN check_usual USING (place, category)
    WHERE reference_date > {today} - {last}::INTEGER
),
check_failing AS (
    SELECT place, category, reference_date,
           {given.add(check.figure)}::VARCHAR || ': seen ' || {number("value")}
           || ', the three reports before had ' || {number("base")} || ' (median).' AS message
    FROM check_looked
    WHERE abs(change) >= {smallest} AND ({" OR ".join(limits)})
)"""
    return Parts(sql, "values looked at", " and ".join(words))


def sum_of_parts_parts(check: Check, given: Parameters, today: str) -> Parts:
    rule = check.rule
    assert isinstance(rule, SumOfParts)
    figures = series(check, given)
    totals = series(check, given, rule.total)
    if rule.over == "categories":
        parts = f"SELECT place AS whole, '' AS of, category AS part, * FROM {figures}"
        parts += " WHERE category <> ''"
        total = f"SELECT place AS whole, '' AS of, * FROM {totals} WHERE category = ''"
    else:
        parts = f"""
        SELECT parent AS whole, category AS of, figures.place AS part, figures.*
        FROM {figures} AS figures JOIN places ON figures.place = places.place
         AND {valid_on("reference_date")}
        WHERE parent <> ''"""
        total = f"SELECT place AS whole, category AS of, * FROM {totals}"
    sql = f"""
check_parts AS ({parts}),
check_ever AS (SELECT whole, of, count(DISTINCT part) AS parts FROM check_parts GROUP BY ALL),
check_sums AS (
    SELECT whole, of, reference_date, sum(value) AS sum, count(DISTINCT part) AS present
    FROM check_parts WHERE {since(today, given, rule.last_days)} GROUP BY ALL
),
check_looked AS (
    SELECT whole AS place, of AS category, reference_date, value, sum, present, parts
    FROM check_sums JOIN check_ever USING (whole, of)
    JOIN ({total}) AS totals USING (whole, of, reference_date)
),
check_failing AS (
    SELECT place, category, reference_date,
           {given.add(check.figure)}::VARCHAR || ': ' || present || ' of ' || parts
           || ' parts add up to ' || {number("sum")} || ', the total says '
           || {number("value")} || '.' AS message
    FROM check_looked
    -- With parts missing only a sum that is too large is certain to be wrong.
    WHERE abs(sum - value) > {given.add(rule.tolerance)}::DOUBLE * greatest(abs(sum), abs(value))
      AND (present = parts OR sum > value)
)"""
    return Parts(
        sql, "totals looked at", f"parts add up to the total within {rule.tolerance * 100:.10g} %"
    )


def at_most_parts(check: Check, given: Parameters, today: str) -> Parts:
    rule = check.rule
    assert isinstance(rule, AtMost)
    sql = f"""
check_looked AS (
    SELECT place, category, reference_date, figures.value, others.value AS other
    FROM {series(check, given)} AS figures
    JOIN {series(check, given, rule.other)} AS others USING (place, category, reference_date)
    WHERE {since(today, given, rule.last_days)}
),
check_failing AS (
    SELECT place, category, reference_date,
           {given.add(check.figure)}::VARCHAR || ': seen ' || {number("value")}
           || ', expected at most ' || {given.add(rule.other)}::VARCHAR || ', '
           || {number("other")} || '.' AS message
    FROM check_looked
    WHERE value - other > {given.add(rule.tolerance)}::DOUBLE * greatest(abs(value), abs(other))
)"""
    return Parts(sql, "pairs looked at", f"at most {rule.other}")
