"""Reads feeds/*.toml: every mistake of a declaration is reported, with its line and its remedy."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast, get_args
from urllib.parse import urlsplit

from vigie.declarations import Section, Sheet, as_text
from vigie.errors import Problem
from vigie.feeds.column_reader import read_columns, read_known_at, read_measures
from vigie.feeds.declaration import (
    PERSONAL_COLUMNS,
    CheckRule,
    Covers,
    Feed,
    FilterRule,
    Format,
    IdentifierAct,
    Source,
    SourceKind,
    TableName,
)
from vigie.feeds.query_gate import query_mistake
from vigie.feeds.vocabulary import Vocabulary

__all__ = ["read_feed", "read_feeds"]

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16")
_SECTIONS = ("feed", "source", "format", "columns", "measures", "checks", "filter", "identifiers")


def read_feeds(folder: Path, words: Vocabulary) -> tuple[dict[str, Feed], list[Problem]]:
    """All declarations of a room.

    Args:
        folder: the room; declarations are feeds/*.toml.
        words: what exists in the room.

    Returns:
        The feeds without mistakes by name, and all mistakes of all declarations.
    """
    feeds: dict[str, Feed] = {}
    problems: list[Problem] = []
    for path in sorted((folder / "feeds").glob("*.toml")):
        file = f"feeds/{path.name}"
        text, undecoded = as_text(file, path.read_bytes())
        if undecoded:
            problems += undecoded
            continue
        feed, found = read_feed(file, text, words)
        problems += found
        if feed:
            feeds[feed.name] = feed
    return feeds, problems


def read_feed(file: str, text: str, words: Vocabulary) -> tuple[Feed | None, list[Problem]]:
    """One declaration.

    Args:
        file: path relative to the room, e.g. feeds/beds.toml; its stem names the feed.
        text: the TOML text.
        words: what exists in the room.

    Returns:
        The feed, or None when there is any mistake; and all mistakes.
    """
    sheet = Sheet(file, text)
    if not sheet.is_readable:
        return None, sheet.problems
    content = sheet.content
    top = Section(sheet, (), content)
    for name in _SECTIONS:
        top.has(name)
    top.finish()
    feed = _read(sheet, content, words, hashlib.sha256(text.encode()).hexdigest())
    return (None if sheet.problems else feed), sheet.problems


def _read(sheet: Sheet, content: Mapping[str, object], words: Vocabulary, sha256: str) -> Feed:
    name = Path(sheet.file).stem
    if not _NAME.match(name):
        sheet.add(
            (),
            f'"{name}" is not a name of a feed',
            "Name the file in small letters, digits, - and _, beginning with a letter.",
        )
    head = Section(sheet, ("feed",), content.get("feed", {}))
    table = cast(TableName, head.text("table", "reports", choices=get_args(TableName)))
    source = _source(sheet, content)
    layout = _format(sheet, content, source)
    identifiers = _identifiers(sheet, content)
    columns = read_columns(sheet, content, table, words)
    feed = Feed(
        name=name,
        file=sheet.file,
        sha256=sha256,
        table=table,
        owner=head.text("owner", required=True),
        legal_basis=head.text("legal_basis", required=True),
        purpose=head.text("purpose", required=True),
        rhythm=head.text("rhythm", "day", choices=("day", "week", "month", "irregular")),
        deadline=_deadline(head),
        covers=cast(Covers, head.text("covers", "rows", choices=get_args(Covers))),
        keep_raw_days=head.whole(
            "keep_raw_days",
            0 if identifiers or table in PERSONAL_COLUMNS else 30,
            at_least=0,
            at_most=3650,
        ),
        all_or_nothing=head.flag("all_or_nothing"),
        source=source,
        format=layout,
        columns=columns,
        known_at=read_known_at(sheet, content),
        measures=read_measures(sheet, content, table, columns, words),
        checks=_checks(sheet, content),
        filters=_filters(sheet, content),
        identifiers=identifiers,
    )
    head.finish()
    _agree(sheet, feed)
    return feed


def _deadline(head: Section) -> str:
    text = head.text("deadline")
    if text and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        head.add("deadline", "[feed] deadline is not a time of day", 'Write it as "07:00".')
    return text


def _source(sheet: Sheet, content: Mapping[str, object]) -> Source:
    section = Section(sheet, ("source",), content.get("source", {"kind": "upload"}))
    kind = cast(SourceKind, section.text("kind", "upload", choices=get_args(SourceKind)))
    source = Source(
        kind=kind,
        path=section.text("path", required=True) if kind in ("file", "folder") else "",
        pattern=section.text("pattern", "*") if kind == "folder" else "*",
        url=section.text("url", required=True) if kind == "http" else "",
        url_env=section.text("url_env", required=True) if kind == "sql" else "",
        query=section.text("query", required=True) if kind == "sql" else "",
        key=section.text("key") if kind == "sql" else "",
    )
    section.finish()
    if source.url and (
        urlsplit(source.url).scheme not in ("http", "https") or not urlsplit(source.url).hostname
    ):
        section.add("url", "[source] url is no web address", "Begin it with https://.")
    if source.url_env and not re.fullmatch(r"[A-Z_][A-Z0-9_]*", source.url_env):
        section.add(
            "url_env",
            "[source] url_env is no name of an environment variable",
            "Write the name only, e.g. BEDS_DB_URL; the address stays outside the room.",
        )
    if source.query and (mistake := query_mistake(source.query)):
        section.add("query", f"[source] query {mistake}", "Write one SELECT.")
    return source


def _format(sheet: Sheet, content: Mapping[str, object], source: Source) -> Format:
    if source.kind == "sql":
        if "format" in content:
            sheet.add(
                ("format",),
                "[format] has no meaning for a query",
                "Remove it; columns come with their types.",
            )
        return Format(kind="parquet")
    section = Section(sheet, ("format",), content.get("format", {}))
    kind = section.text("kind", "csv", choices=("csv", "parquet", "excel"))
    is_csv = kind == "csv"
    layout = Format(
        kind=kind,  # type: ignore[arg-type]  # one of the choices, checked by text()
        encoding=section.text("encoding", "utf-8", choices=_ENCODINGS) if is_csv else "utf-8",
        delimiter=section.text("delimiter", ",") if is_csv else ",",
        decimal=section.text("decimal", ".", choices=(".", ",")),
        null_values=("", *section.texts("null_values", ("NA",))),
        sheet=section.text("sheet") if kind == "excel" else "",
        header_row=section.whole("header_row", 1, at_least=1, at_most=1000),
    )
    section.finish()
    if len(layout.delimiter) != 1 or layout.delimiter in '"\n\r':
        section.add(
            "delimiter",
            "[format] delimiter is not one character",
            r'Use "," or ";" or "\t" or "|".',
        )
    if is_csv and layout.delimiter == layout.decimal:
        section.add(
            "decimal",
            "[format] decimal and delimiter are the same character",
            'Files with a decimal comma usually have delimiter = ";".',
        )
    return layout


def _checks(sheet: Sheet, content: Mapping[str, object]) -> tuple[CheckRule, ...]:
    section = Section(sheet, ("checks",), content.get("checks", {}))
    found = []
    for kind in ("unit", "census"):
        if section.has(kind):
            rule = Section(sheet, ("checks", kind), section.get(kind))
            found.append(CheckRule(kind, rule.text("from", required=True)))
            rule.finish()
    section.finish()
    return tuple(found)


def _filters(sheet: Sheet, content: Mapping[str, object]) -> tuple[FilterRule, ...]:
    section = Section(sheet, ("filter",), content.get("filter", {}))
    return tuple(FilterRule(key, section.texts(key)) for key in section.content)


def _identifiers(sheet: Sheet, content: Mapping[str, object]) -> Mapping[str, IdentifierAct]:
    section = Section(sheet, ("identifiers",), content.get("identifiers", {}))
    return {
        key: cast(IdentifierAct, section.text(key, "drop", choices=get_args(IdentifierAct)))
        for key in section.content
    }


def _agree(sheet: Sheet, feed: Feed) -> None:
    for column, act in feed.identifiers.items():
        if act == "drop" and column in feed.file_columns():
            sheet.add(
                ("identifiers", column),
                f'"{column}" is dropped at the door and used below',
                "Remove it from [columns], or pseudonymise it.",
            )
    if feed.protected() and feed.format.kind == "excel":
        sheet.add(
            ("format", "kind"),
            "a workbook with personal columns cannot be taken",
            "Ask the owner for CSV or Parquet.",
        )
    if feed.protected() and feed.keep_raw_days > 0:
        sheet.add(
            ("feed", "keep_raw_days"),
            "a feed with personal columns keeps no raw files",
            "Remove keep_raw_days, or write 0.",
        )
    try:
        codecs.lookup(feed.format.encoding)
    except LookupError:
        sheet.add(("format", "encoding"), "this encoding is not available", "Use utf-8.")
