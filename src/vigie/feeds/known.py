"""When a whole file was made public: by its name, or by the time of receipt."""

from __future__ import annotations

import re
from datetime import datetime

from vigie.errors import BadData
from vigie.feeds.columns import Receipt
from vigie.feeds.declaration import Feed
from vigie.feeds.rules import Failure, read_instant, readable_format

__all__ = ["file_date", "published_at"]


def file_date(feed: Feed, name: str) -> str:
    """The text in a file's name that dates it, or ""."""
    found = re.search(feed.known_at.pattern, name)
    return found.group("date") if found else ""


def published_at(feed: Feed, receipt: Receipt) -> datetime:
    """The instant that holds for all rows of a file, in UTC; the receipt unless its name says it.

    Raises:
        BadData: the name should hold a date and does not, or holds one in the future.
    """
    known = feed.known_at
    if known.mode != "name":
        return receipt.received_at
    text = file_date(feed, receipt.name)
    if not text:
        raise BadData(
            f"{receipt.name}: the name of the file holds no date as {feed.file} expects "
            f"({readable_format(known.format)}). Rename the file, or correct name in "
            "[columns] known_at."
        )
    instant = read_instant(
        text, known.format, receipt.zone, known.plus_days, receipt.latest_instant
    )
    if isinstance(instant, Failure):
        raise BadData(f"{receipt.name}: the date in the name of the file is {instant.message}")
    return instant
