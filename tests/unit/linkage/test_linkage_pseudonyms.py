"""Pseudonyms: stable with the key, unlinkable without it or across domains."""

from __future__ import annotations

import hashlib
import hmac

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.linkage import normalised_identifier, pseudonym, pseudonym_column

SECRET = bytes(range(32))


def test_a_pseudonym_is_the_first_half_of_a_keyed_hash() -> None:
    expected = hmac.new(SECRET, b"patient\x00AB12", hashlib.sha256).hexdigest()[:32]
    assert pseudonym(SECRET, "patient", "ab 12") == expected


@pytest.mark.parametrize("written", ["ab12", " AB12 ", "a b 1 2", "ＡＢ12", "AB\u00a012"])
def test_the_same_number_written_differently_has_one_pseudonym(written: str) -> None:
    assert pseudonym(SECRET, "patient", written) == pseudonym(SECRET, "patient", "AB12")


@pytest.mark.parametrize("other", ["0AB12", "AB-12", "AB1", "AB12.0"])
def test_another_number_has_another_pseudonym(other: str) -> None:
    assert pseudonym(SECRET, "patient", other) != pseudonym(SECRET, "patient", "AB12")


def test_domains_and_keys_cannot_be_linked() -> None:
    made = {
        pseudonym(SECRET, "patient", "1"),
        pseudonym(SECRET, "stay", "1"),
        pseudonym(SECRET[::-1], "patient", "1"),
        pseudonym(SECRET, "patient\0", "1"),
    }
    assert len(made) == 4


def test_a_blank_identifier_is_missing_and_no_person() -> None:
    assert pseudonym(SECRET, "patient", "  ") == ""


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 32 bytes"):
        pseudonym(b"short", "patient", "1")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=20))
def test_a_column_gives_what_each_cell_gives(cells: list[str | None]) -> None:
    column = pa.chunked_array([pa.array(cells, pa.string())])
    expected = [None if cell is None else pseudonym(SECRET, "patient", cell) for cell in cells]
    assert pseudonym_column(SECRET, "patient", column).to_pylist() == expected


def test_a_column_of_whole_numbers_is_read_as_its_digits() -> None:
    made = pseudonym_column(SECRET, "patient", pa.array([12, None]))
    assert made.to_pylist() == [pseudonym(SECRET, "patient", "12"), None]


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalised_identifier(text)
    assert normalised_identifier(once) == once
