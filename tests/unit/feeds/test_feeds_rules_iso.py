"""The quick way of reading dates says what strptime says."""

from __future__ import annotations

from datetime import datetime

import pytest

from vigie.feeds.rules import _ISO_FORMS, _parse

TEXTS = [
    "2020-01-02", "2020-1-2", "2020-W01-1", "20200102", "2020-13-01", "2020-02-30",
    "2020-01-02T03:04:05Z", "2020-01-02T03:04:05", "2020-01-02 03:04:05", "2020-01-02T03:04+05",
    "2020-01-02T24:00:00", "2020-01-02T03:04:60", "2020-01-02T03:04:05z", "", "x",
]  # fmt: skip


@pytest.mark.parametrize("form", sorted(_ISO_FORMS))
@pytest.mark.parametrize("text", TEXTS)
def test_a_date_reads_as_strptime_reads_it(text: str, form: str) -> None:
    try:
        slow: datetime | None = datetime.strptime(text, form)
    except ValueError:
        slow = None
    quick = _parse(text, form)
    assert (quick and quick.replace(tzinfo=None)) == slow
