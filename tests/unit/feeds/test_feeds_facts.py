"""Sorting and duplicates, compared with the obvious way; reports, orders and movements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.feeds.facts import Facts, observation_schema
from vigie.schemas import ORDERS, REPORTS, table

DAY = date(2021, 3, 1)
ROW = st.tuples(
    st.integers(0, 1),
    st.integers(0, 2),
    st.integers(0, 1),
    st.integers(0, 2),
    st.sampled_from([1.0, 2.0, float("nan")]),
)
VALUES = {
    "measure": ["m0", "m1"],
    "place": ["south", "north", "east"],
    "category": ["", "icu"],
    "reference_date": [DAY + timedelta(days=each) for each in (2, 0, 1)],
    "known_at": [datetime(2021, 3, 5)],
}


def gather(rows: list[tuple[int, int, int, int, float]]) -> Facts:
    facts = Facts(REPORTS)
    for start in range(0, len(rows), 3):
        piece = rows[start : start + 3]
        columns = [np.array(each, dtype=np.int32) for each in list(zip(*piece, strict=True))[:4]]
        codes = dict(zip(("measure", "place", "category", "reference_date"), columns, strict=True))
        codes["known_at"] = np.zeros(len(piece), dtype=np.int32)
        facts.add(
            np.arange(start + 1, start + 1 + len(piece)),
            codes,
            {"value": np.array([each[4] for each in piece])},
        )
    return facts


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=14))
def test_facts_are_sorted_and_free_of_contradictions(
    rows: list[tuple[int, int, int, int, float]],
) -> None:
    gathered = gather(rows).close(VALUES)
    dropped = {int(row) for found, _ in gathered.drop_duplicates() for row in found}
    said: dict[tuple[object, ...], list[tuple[int, float | None]]] = defaultdict(list)
    for number, (measure, place, category, day, value) in enumerate(rows, start=1):
        key = (
            VALUES["measure"][measure],
            VALUES["place"][place],
            VALUES["category"][category],
            VALUES["reference_date"][day],
        )
        said[key].append((number, None if value != value else value))
    expected, contradicting = [], set()
    for key in sorted(said):
        if len({value for _, value in said[key]}) == 1:
            expected.append((*key, said[key][0][1]))
        else:
            contradicting |= {number for number, _ in said[key]}
    kept = [
        (row["measure"], row["place"], row["category"], row["reference_date"], row["value"])
        for batch in gathered.batches()
        for row in batch.to_pylist()
    ]
    assert kept == expected
    assert dropped == contradicting


def test_observations_carry_the_field_ids_of_the_table() -> None:
    for named in (REPORTS, ORDERS):
        schema = observation_schema(named)
        assert schema.names == [
            each for each in named.names if each not in ("feed", "arrival", "run")
        ]
        for field in schema:
            assert field.metadata[b"PARQUET:field_id"] == str(named[field.name].field_id).encode()


def test_keys_that_do_not_fit_one_number_are_still_told_apart() -> None:
    facts = Facts(REPORTS)
    count = 3000
    codes = {
        name: np.arange(count, dtype=np.int32)[:: (1 if index % 2 else -1)].copy()
        for index, name in enumerate(("measure", "place", "category", "reference_date", "known_at"))
    }
    facts.add(np.arange(count), codes, {"value": np.zeros(count)})
    values = {name: list(range(10**6)) for name in codes}
    gathered = facts.close(values)
    assert not list(gathered.drop_duplicates())
    assert len(gathered) == count


def test_a_wide_file_becomes_one_fact_a_measure(take: Callable[..., object]) -> None:
    toml = """[feed]
owner = "o"
legal_basis = "l"
purpose = "p"
[format]
delimiter = ";"
decimal = ","
[columns]
place = { from = "site", codes = "sites" }
reference_date = { from = "jour", format = "%d/%m/%Y" }
known_at = { from = "extrait", format = "%d/%m/%Y %H:%M" }
[[measures]]
measure = "beds_occupied"
category = "icu"
from = "occ"
unit = "beds"
[[measures]]
measure = "beds_staffed"
category = "icu"
from = "arm"
unit = "hundred beds"
factor = 100
[[measures]]
measure = "admissions"
from = "adm"
unit = "patients"
"""
    data = "site;jour;extrait;occ;arm;adm\n075;01/03/2021;02/03/2021 06:00;5,5;0,08;\n"
    taken = take(toml, data)
    assert taken.error is None
    found = {(row["measure"], row["category"]): row for row in taken.rows}
    assert found["beds_occupied", "icu"]["value"] == 5.5
    assert found["beds_staffed", "icu"]["value"] == 8.0
    assert (found["admissions", ""]["value"], found["admissions", ""]["reason"]) == (None, "blank")
    assert {row["place"] for row in taken.rows} == {"east"}
    assert {row["known_at"].isoformat() for row in taken.rows} == {"2021-03-02T05:00:00+00:00"}
    assert taken.parsed.measures == ("admissions", "beds_occupied", "beds_staffed")
    assert (taken.parsed.reference_from, taken.parsed.reference_to) == (DAY, DAY)
    assert pq.read_schema(taken.parsed.path).equals(observation_schema(table("reports")))


def test_a_wrong_cell_of_a_wide_row_leaves_the_other_measures(take: Callable[..., object]) -> None:
    toml = """[feed]
owner = "o"
legal_basis = "l"
purpose = "p"
[columns]
place = "site"
reference_date = "day"
[[measures]]
measure = "admissions"
from = "adm"
unit = "patients"
[[measures]]
measure = "balance"
from = "bal"
unit = "patients"
"""
    taken = take(toml, "site,day,adm,bal\nnorth,2021-03-01,x,-3\n")
    assert [(row["measure"], row["value"]) for row in taken.rows] == [("balance", -3.0)]
    assert taken.rules == [(1, "adm", "number")]


def test_several_revisions_of_a_key_in_one_file_are_no_duplicates(
    take: Callable[..., object],
) -> None:
    toml = """[feed]
owner = "o"
legal_basis = "l"
purpose = "p"
[columns]
place = "site"
reference_date = "day"
known_at = { from = "at" }
[[measures]]
measure = "admissions"
from = "adm"
unit = "patients"
"""
    data = "site,day,at,adm\nnorth,2021-03-01,2021-03-02,4\nnorth,2021-03-01,2021-03-03,5\n"
    assert [row["value"] for row in take(toml, data).rows] == [4.0, 5.0]
