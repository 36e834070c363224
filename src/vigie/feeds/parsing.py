"""From the batches of a file to facts and rejects, as the feed declares."""

from __future__ import annotations

from collections.abc import Iterator

from vigie.errors import BadData
from vigie.feeds.batches import Batch
from vigie.feeds.columns import Receipt
from vigie.feeds.declaration import Feed
from vigie.feeds.file_rows import Outcome
from vigie.feeds.lot_rows import LotRows
from vigie.feeds.record_rows import RecordRows
from vigie.feeds.report_rows import ReportRows
from vigie.feeds.vocabulary import Vocabulary

__all__ = ["Outcome", "parse_batches"]


def parse_batches(
    batches: Iterator[Batch], feed: Feed, words: Vocabulary, receipt: Receipt
) -> Outcome:
    """Apply a declaration to the rows of a file.

    Raises:
        BadData: no row is there, no row could be taken, or all_or_nothing and a row failed.
    """
    kinds = {"reports": ReportRows, "lots": LotRows}
    reader = kinds.get(feed.table, RecordRows)(feed, words, receipt)
    for batch in batches:
        reader.take(batch)
    outcome = reader.close()
    _judge(feed, receipt, outcome)
    return outcome


def _judge(feed: Feed, receipt: Receipt, outcome: Outcome) -> None:
    rejects = outcome.rejects
    may_be_empty = feed.table != "reports" and feed.covers == "rows"
    if not outcome.rows_read and not rejects.count and not may_be_empty:
        meant = " that [filter] lets through" if feed.filters else ""
        raise BadData(
            f"{receipt.name}: the file has no rows{meant}. Ask the sender; what was "
            "received before stays in force."
        )
    if rejects.count and not len(outcome.facts):
        raise BadData(
            f"{receipt.name}: no row could be taken ({rejects.count} rejected). Most "
            f"frequent: {rejects.most_frequent()}"
        )
    if rejects.count and feed.all_or_nothing:
        raise BadData(
            f"{receipt.name}: {rejects.count} rejected, and the feed takes all rows or "
            f"none. Most frequent: {rejects.most_frequent()}"
        )
