"""Feeds: how data comes in. Declarations of feeds, sources, the inbox with its screening, the
arrival store, readers of CSV, Parquet and Excel, and the rules that rows must pass; also the
reader of the room's reference tables and code lists. What does not live here: revisions and
as-of reads (`lake`), checks on figures (`quality`), pseudonyms as such (`linkage`).
"""

from vigie.feeds.arrivals import Accepted, ArrivalStore
from vigie.feeds.declaration import Feed
from vigie.feeds.declaration_reader import read_feed, read_feeds
from vigie.feeds.parsed import Parsed
from vigie.feeds.reference import (
    declared_measures,
    read_codes,
    read_reference,
    reference_lines,
)
from vigie.feeds.screening import ArrivalRefused, IdentifierFound
from vigie.feeds.sources import Fetched, fetch
from vigie.feeds.vocabulary import MeasureInfo, Vocabulary, vocabulary

__all__ = [
    "Accepted",
    "ArrivalRefused",
    "ArrivalStore",
    "Feed",
    "Fetched",
    "IdentifierFound",
    "MeasureInfo",
    "Parsed",
    "Vocabulary",
    "declared_measures",
    "fetch",
    "read_codes",
    "read_feed",
    "read_feeds",
    "read_reference",
    "reference_lines",
    "vocabulary",
]
