"""The columns of a feed while a file is read: from cells to codes of values, rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from vigie.feeds.batches import Batch
from vigie.feeds.cells import Codes, Values
from vigie.feeds.declaration import ColumnRule, Feed
from vigie.feeds.rules import (
    Failure,
    cell_text,
    read_date,
    read_instant,
    read_key,
    read_moment,
    read_word,
)
from vigie.feeds.vocabulary import Vocabulary
from vigie.schemas import table as named_table

__all__ = [
    "Column",
    "Receipt",
    "date_column",
    "instant_column",
    "key_column",
    "known_column",
]

_SUGGESTIONS = 20
_WORDS = {
    "status": ("ordered", "shipped", "arrived", "cancelled"),
    "outcome": ("transfer", "discharge", "death"),
}
_ALWAYS_TOLD = ("member",)
_NOT_IN_FUTURE = ("reference_date", "ordered_date", "from_date", "counted_date")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of the file besides its bytes.

    Attributes:
        name: of the file, without folders.
        received_at: UTC instant.
        zone: of the room.
    """

    name: str
    received_at: datetime
    zone: ZoneInfo

    @property
    def latest_day(self) -> date:
        """Days after this one lie in the future: the day of receipt in the room, and one more."""
        return self.received_at.astimezone(self.zone).date() + timedelta(days=1)

    @property
    def latest_instant(self) -> datetime:
        """Instants after this one lie in the future."""
        return self.received_at + timedelta(days=1)


class Column:
    """One coded column: where its cells are, and the values found so far."""

    def __init__(
        self, source: str, values: Values, *, constant: object = None, is_required: bool = True
    ) -> None:
        """Args:
        source: column of the file; "" when constant.
        values: reads the cells.
        constant: the value of all rows when there is no source.
        is_required: a blank cell rejects the row.
        """
        self.source = source
        self.values = values
        self.is_required = is_required
        self._constant = values.code_of(constant) if not source else 0

    def codes(self, batch: Batch) -> Codes:
        """(rows,) codes; see `Values`."""
        if self.source:
            return self.values.codes(batch.columns[self.source])
        return np.full(len(batch.rows), self._constant, dtype=np.int32)


def key_column(feed: Feed, rule: ColumnRule, words: Vocabulary) -> Column:
    """A text column: a key of the room, a word of a list, or free text such as an order number."""
    codes = words.codes[rule.codes] if rule.codes else None
    valid = _valid(rule.target, words)
    suggestions = [0]

    def read(cell: object) -> object:
        if rule.target in _WORDS:
            return read_word(cell, _WORDS[rule.target], codes)
        if valid is None:
            text = cell_text(cell)
            return codes.get(text, text) if codes else text
        suggest = not feed.is_personal and suggestions[0] < _SUGGESTIONS
        value = read_key(cell, rule.target, codes, valid, suggest=suggest)
        suggestions[0] += isinstance(value, Failure)
        return value

    is_blank_meant = codes is not None and "" in codes
    nulls: Collection[str] = () if valid is not None else feed.format.null_values
    if is_blank_meant:
        nulls = ()
    is_required = (
        named_table(feed.table)[rule.target].is_required
        or valid is not None
        or rule.target in _ALWAYS_TOLD
    )
    return Column(rule.source, Values(read, nulls), constant=rule.constant, is_required=is_required)


def _valid(target: str, words: Vocabulary) -> Collection[str] | None:
    keys: Mapping[str, Callable[[], Collection[str]]] = {
        "place": lambda: words.places,
        "product": lambda: words.products,
        "category": words.category_keys,
        "measure": lambda: words.measures,
    }
    return keys[target]() if target in keys else None


def date_column(feed: Feed, rule: ColumnRule, receipt: Receipt) -> Column:
    """A column of days."""
    latest = None
    if rule.target in _NOT_IN_FUTURE:
        latest = receipt.latest_day + timedelta(days=rule.ahead_days)

    def read(cell: object) -> object:
        return read_date(cell, rule, receipt.zone, latest)

    constant: object = None
    if rule.constant is not None:
        constant = date.fromisoformat(rule.constant)
    is_required = rule.target in ("reference_date", "from_date", "counted_date")
    return Column(
        rule.source,
        Values(read, feed.format.null_values),
        constant=constant,
        is_required=is_required,
    )


def instant_column(feed: Feed, rule: ColumnRule, receipt: Receipt) -> Column:
    """A column of instants, in UTC; they may lie in the future."""

    def read(cell: object) -> object:
        return read_moment(cell, rule.format, receipt.zone, rule.plus_days)

    return Column(rule.source, Values(read, feed.format.null_values))


def known_column(feed: Feed, receipt: Receipt, published_at: datetime) -> Column:
    """The column known_at, for every mode but "reference".

    Args:
        feed: says the mode.
        receipt: when the file came.
        published_at: the instant of the whole file, when no column says it.
    """
    known = feed.known_at

    def read(cell: object) -> object:
        return read_instant(
            cell, known.format, receipt.zone, known.plus_days, receipt.latest_instant
        )

    return Column(known.source, Values(read, feed.format.null_values), constant=published_at)
