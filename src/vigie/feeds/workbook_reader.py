"""Reads Excel workbooks (xlsx, xls) into batches; formulas without a value stay visible."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path

import numpy as np

from vigie.errors import BadData, nearest
from vigie.feeds.batches import Batch, check_header
from vigie.feeds.declaration import Feed
from vigie.feeds.unpack import workbook_bounds

__all__ = ["read_workbook", "workbook_rows"]

_EMPTY_FORMULA = re.compile(
    rb'<c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*'
    rb"(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_SHEET = re.compile(r"<sheet\b[^>]*>")
_RELATION = re.compile(r"<Relationship\b[^>]*>")
FORMULA = "="


def read_workbook(path: Path, feed: Feed, name: str) -> Iterator[Batch]:
    """One batch with the columns that the feed uses, of the declared sheet or the first.

    A cell that holds a formula and no stored value reads "=".

    Raises:
        BadData: damaged or protected workbook, unknown sheet, header that does not fit.
        BombFound: it unpacks beyond the bounds.
    """
    grid = workbook_rows(path, feed, name)
    top = feed.format.header_row
    if len(grid) < top:
        raise BadData(
            f"{name}: the sheet has no row {top}, where the names of the columns are "
            "expected. Correct header_row or sheet."
        )
    header = [str(cell).strip() for cell in grid[top - 1]]
    check_header(header, feed, name)
    body = grid[top:]
    columns: dict[str, list[object]] = {}
    for column in feed.file_columns():
        place = header.index(column)
        columns[column] = [row[place] if place < len(row) else "" for row in body]
    yield Batch(np.arange(1, len(body) + 1, dtype=np.int64), columns)


def workbook_rows(
    path: Path, feed: Feed, name: str, count: int | None = None
) -> list[list[object]]:
    """The cells of the sheet from its first row, at most `count` rows."""
    import python_calamine

    if zipfile.is_zipfile(path):
        workbook_bounds(path, name)
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as workbook:
            names = list(workbook.sheet_names)
            wanted = feed.format.sheet or (names[0] if names else "")
            if wanted not in names:
                raise BadData(
                    f'{name}: there is no sheet "{wanted}" (nearest: '
                    f"{nearest(wanted, names)}). Correct sheet in [format]."
                )
            sheet = workbook.get_sheet_by_name(wanted)
            grid = [
                [_plain(cell) for cell in row]
                for row in sheet.to_python(skip_empty_area=False, nrows=count)
            ]
    except python_calamine.PasswordError as error:
        raise BadData(f"{name}: the workbook is protected by a password. Send it without.") from (
            error
        )
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise BadData(f"{name}: the workbook cannot be read. Save it again as .xlsx.") from error
    _mark_formulas(path, wanted, grid)
    return grid


def _plain(cell: object) -> object:
    if isinstance(cell, time | timedelta):
        return str(cell)
    return cell


def _mark_formulas(path: Path, sheet: str, grid: list[list[object]]) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        part = _sheet_part(archive, sheet)
        content = archive.read(part) if part in archive.namelist() else b""
    for letters, row in _EMPTY_FORMULA.findall(content):
        number = 0
        for letter in letters.decode():
            number = number * 26 + ord(letter) - ord("A") + 1
        if int(row) <= len(grid) and number <= len(grid[int(row) - 1]):
            grid[int(row) - 1][number - 1] = FORMULA


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found.group(1).replace("&amp;", "&") if found else ""


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    names = archive.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return ""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    relation = next(
        (
            _attribute(tag, "r:id")
            for tag in _SHEET.findall(book)
            if _attribute(tag, "name") == sheet
        ),
        "",
    )
    target = next(
        (
            _attribute(tag, "Target")
            for tag in _RELATION.findall(relations)
            if _attribute(tag, "Id") == relation
        ),
        "",
    )
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
