"""Audit records: equal records have equal bytes, and the hash of a leaf is that of RFC 6962."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.ledger import AuditRecord, canonical_json, leaf_hash

AT = datetime(2021, 1, 31, 7, 30, tzinfo=UTC)
RECORD = AuditRecord(
    AT, "local operator", "crisis-management", "receive", "beds", True, {"size": 3, "arrival": "x"}
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_leaf_reads_as_a_golden_text() -> None:
    assert RECORD.leaf().decode() == (
        '{"act":"receive","actor":"local operator","allowed":true,'
        '"at":"2021-01-31T07:30:00.000000+00:00","details":{"arrival":"x","size":3},'
        '"purpose":"crisis-management","subject":"beds"}'
    )


def test_the_order_of_details_and_the_zone_of_the_instant_do_not_matter() -> None:
    paris = AT.astimezone(timezone(timedelta(hours=1)))
    same = AuditRecord(
        paris,
        "local operator",
        "crisis-management",
        "receive",
        "beds",
        True,
        {"arrival": "x", "size": 3},
    )

    assert same.leaf() == RECORD.leaf()


@given(values)
def test_canonical_json_reads_back_and_has_one_form(value: object) -> None:
    text = canonical_json(value)

    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"share": float("nan")})


def test_leaf_hashes_are_those_of_published_logs() -> None:
    """Test vectors of the Certificate Transparency reference implementation (RFC 6962)."""
    empty = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    zero = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"

    assert leaf_hash(b"").hex() == empty
    assert leaf_hash(b"\x00").hex() == zero
