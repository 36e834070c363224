"""Two feeds of one measure: which figure stands, and where the feeds disagree.

Both texts of SQL read the relations ``facts`` (measure, place, category, reference_date,
known_at, value, reason, feed: one row a key and feed) and ``measures``.
"""

from __future__ import annotations

from vigie.schemas import MEASURES

__all__ = ["CONFLICTS_SQL", "RULED_SQL"]

# Ranking costs a sort of all rows; almost every measure has one feed and needs none.
_CHOICE = f"""
    known_measures AS (
        SELECT measure, coalesce(rules, '') AS rules,
               coalesce(tolerance, {MEASURES["tolerance"].default}) AS tolerance
        FROM measures
    ),
    contested AS (
        SELECT measure FROM facts GROUP BY measure HAVING min(feed) <> max(feed)
    ),
    ranked AS (
        SELECT
            facts.*, known_measures.rules, known_measures.tolerance,
            row_number() OVER (
                PARTITION BY measure, place, category, reference_date
                ORDER BY value IS NULL, feed <> known_measures.rules, feed
            ) AS rank
        FROM facts JOIN known_measures USING (measure)
        WHERE measure IN (SELECT measure FROM contested)
    )
"""

RULED_SQL = f"""
WITH {_CHOICE}
SELECT measure, place, category, reference_date, known_at, value, reason, feed,
       FALSE AS is_stand_in
FROM facts SEMI JOIN known_measures USING (measure)
WHERE measure NOT IN (SELECT measure FROM contested)
UNION ALL
SELECT measure, place, category, reference_date, known_at, value, reason, feed,
       rules <> '' AND feed <> rules AS is_stand_in
FROM ranked
WHERE rank = 1
"""
"""One row a measure, place, category and day: the figure that stands.

The feed named in measures.csv (column ``rules``) rules; when it has no value for the key, the
other feed's value stands in under its own name (``is_stand_in``), the first by name if there
are several. Without a named feed the first by name rules. A key without any value keeps one
row with the reason. Facts of a measure that measures.csv does not list are left out.

Columns: measure, place, category, reference_date, known_at, value, reason, feed, is_stand_in.
"""

CONFLICTS_SQL = f"""
WITH {_CHOICE},
standing AS (SELECT * FROM ranked WHERE rank = 1 AND value IS NOT NULL)
SELECT
    standing.measure, standing.place, standing.category, standing.reference_date,
    standing.feed, standing.value, other.feed AS other_feed, other.value AS other_value,
    CASE
        WHEN standing.rules = '' THEN
            'measures.csv names no feed (column rules): "' || standing.feed
            || '", the first by name, rules.'
        WHEN standing.feed = standing.rules THEN
            'measures.csv: feed "' || standing.feed || '" rules.'
        ELSE
            'measures.csv: feed "' || standing.rules || '" rules but has no value here; "'
            || standing.feed || '", the next by name, stands in.'
    END AS rule
FROM standing
JOIN ranked AS other USING (measure, place, category, reference_date)
WHERE other.rank > 1
  AND abs(standing.value - other.value)
      > standing.tolerance * greatest(abs(standing.value), abs(other.value))
ORDER BY ALL
"""
"""Where two feeds differ by more than the tolerance: schemas.CONFLICTS without ``run``.

The difference counts when |a - b| > tolerance * max(|a|, |b|); the tolerance is the measure's.
Both values are kept, with the rule that was in force.
"""
