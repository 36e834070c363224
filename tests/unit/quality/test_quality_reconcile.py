"""Feeds that disagree: which figure stands, and what is kept of the other."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.engines import DuckEngine
from vigie.quality import CONFLICTS_SQL, RULED_SQL
from vigie.schemas import CONFLICTS, MEASURES, REPORTS

ENGINE = DuckEngine(threads=1, memory_limit="500MB", scratch=Path("unused"))
DAY = date(2026, 11, 20)
KNOWN = datetime(2026, 11, 21, 6, tzinfo=UTC)
COLUMNS = ("measure", "place", "category", "reference_date", "known_at", "value", "reason", "feed")
SCHEMA = pa.schema([REPORTS.arrow_schema().field(name) for name in COLUMNS])


def measures(*, rules: str = "", tolerance: float = 0.05) -> pa.Table:
    row = {
        "measure": "icu",
        "name_en": "ICU",
        "name_fr": "Réa",
        "unit": "beds",
        "kind": "level",
        "rules": rules,
        "tolerance": tolerance,
    }
    schema = MEASURES.arrow_schema()
    return pa.Table.from_pylist([row, row | {"measure": "other"}], schema=schema)


def facts(*rows: tuple[str, str, float | None]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "measure": "icu",
                "place": place,
                "category": "",
                "reference_date": DAY,
                "known_at": KNOWN,
                "value": value,
                "feed": feed,
                "reason": "blank" if value is None else None,
            }
            for feed, place, value in rows
        ],
        schema=SCHEMA,
    )


def run(sql: str, table: pa.Table, known: pa.Table) -> list[dict[str, object]]:
    return ENGINE.query(sql, {"facts": table, "measures": known}).to_pylist()


def test_the_named_feed_rules_and_both_values_are_kept() -> None:
    table = facts(("a", "north", 71), ("b", "north", 91), ("a", "south", 100), ("b", "south", 101))
    ruled = run(RULED_SQL, table, measures(rules="b"))
    assert {(row["place"], row["value"], row["feed"]) for row in ruled} == {
        ("north", 91, "b"),
        ("south", 101, "b"),
    }
    (conflict,) = run(CONFLICTS_SQL, table, measures(rules="b"))
    assert (conflict["place"], conflict["feed"], conflict["value"]) == ("north", "b", 91)
    assert (conflict["other_feed"], conflict["other_value"]) == ("a", 71)
    assert conflict["rule"] == 'measures.csv: feed "b" rules.'


def test_conflicts_have_the_columns_of_their_table() -> None:
    table = ENGINE.query(CONFLICTS_SQL, {"facts": facts(), "measures": measures()})
    assert ("run", *table.schema.names) == CONFLICTS.names


def test_another_feed_stands_in_for_a_feed_without_a_value_under_its_own_name() -> None:
    table = facts(("b", "north", None), ("c", "north", 12), ("a", "north", 20))
    (row,) = run(RULED_SQL, table, measures(rules="b"))
    assert (row["feed"], row["value"], row["is_stand_in"]) == ("a", 20, True)
    (conflict,) = run(CONFLICTS_SQL, table, measures(rules="b"))
    assert "has no value here" in str(conflict["rule"])


def test_a_key_without_any_value_stays_missing_with_its_reason() -> None:
    (row,) = run(RULED_SQL, facts(("a", "n", None), ("b", "n", None)), measures(rules="b"))
    assert (row["feed"], row["value"], row["reason"]) == ("b", None, "blank")


def test_without_a_named_feed_the_first_by_name_rules_and_the_rule_says_so() -> None:
    table = facts(("b", "n", 1), ("a", "n", 9))
    (row,) = run(RULED_SQL, table, measures())
    assert (row["feed"], row["is_stand_in"]) == ("a", False)
    (conflict,) = run(CONFLICTS_SQL, table, measures())
    assert "names no feed" in str(conflict["rule"])


def test_facts_of_a_measure_that_is_listed_no_more_are_left_out() -> None:
    table = facts(("a", "n", 1))
    known = measures().filter(pa.array([False, True]))
    assert run(RULED_SQL, table, known) == []


VALUES = st.one_of(st.none(), st.sampled_from([0.0, -3.0, 10.0, 10.4, 11.0, 100.0]))
KEYS = st.tuples(st.sampled_from("abc"), st.sampled_from(["north", "south"]))


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(KEYS, VALUES, max_size=6),
    st.sampled_from(["", "a", "b", "absent"]),
    st.sampled_from([0.0, 0.05, 0.5]),
)
def test_reconciliation_equals_the_slow_rule(
    given_facts: dict[tuple[str, str], float | None], rules: str, tolerance: float
) -> None:
    table = facts(*((feed, place, value) for (feed, place), value in given_facts.items()))
    known = measures(rules=rules, tolerance=tolerance)
    expected_ruled = set()
    expected_conflicts = set()
    for place in {place for _, place in given_facts}:
        said = {feed: value for (feed, where), value in given_facts.items() if where == place}
        order = sorted(said, key=lambda feed: (said[feed] is None, feed != rules, feed))
        first = said[order[0]]
        expected_ruled.add((place, order[0], first))
        for other in order[1:]:
            second = said[other]
            if first is None or second is None:
                continue
            if abs(first - second) > tolerance * max(abs(first), abs(second)):
                expected_conflicts.add((place, order[0], first, other, second))
    ruled = run(RULED_SQL, table, known)
    assert {(row["place"], row["feed"], row["value"]) for row in ruled} == expected_ruled
    assert len(ruled) == len(expected_ruled)
    names = ("place", "feed", "value", "other_feed", "other_value")
    conflicts = run(CONFLICTS_SQL, table, known)
    assert {tuple(row[name] for name in names) for row in conflicts} == expected_conflicts
