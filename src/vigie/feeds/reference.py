"""Reads reference/*.csv and reference/codes/*.csv: the tables and code lists of a room.

Every mistake is a `Problem` with its line; a table with mistakes is still given, without the
wrong rows, so that the rest of the room can be checked in the same go.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa

from vigie.errors import Problem, nearest
from vigie.feeds.depot_rows import check_depots, check_supplier_caps
from vigie.feeds.product_codes import code_problems
from vigie.feeds.reference_checks import Row, check_measures, check_parents
from vigie.feeds.reference_words import ALLOWED, HOMES, POINTS_TO
from vigie.feeds.staff_policy import policy_problems
from vigie.schemas import REFERENCE, Column, Table

__all__ = ["declared_measures", "read_codes", "read_reference", "reference_lines"]

_MUST_EXIST = ("measures", "places")


def read_reference(folder: Path) -> tuple[dict[str, pa.Table], list[Problem]]:
    """The reference tables of a room.

    Args:
        folder: the room; tables are reference/NAME.csv, UTF-8, comma, header of column names.

    Returns:
        Every table of `vigie.schemas.REFERENCE` by name, empty when its file is absent, in its
        Arrow schema; and all mistakes: unknown, missing or repeated columns, values of a wrong
        type or outside the allowed words, repeated keys, parents and keys that do not exist.
    """
    problems: list[Problem] = []
    rows: dict[str, list[tuple[int, Row]]] = {}
    for table in REFERENCE:
        rows[table.name] = _read_table(folder, table, problems)
    known = folder / "reference"
    names = {table.name for table in REFERENCE}
    problems += [
        Problem(
            f"reference/{path.name}",
            None,
            "no reference table has this name",
            f"Nearest: {nearest(path.stem, names)}.",
        )
        for path in sorted(known.glob("*.csv"))
        if path.stem not in names
    ]
    _check_pointers(rows, problems)
    check_parents(rows["places"], problems)
    check_measures(rows["measures"], problems)
    check_depots(rows, problems)
    check_supplier_caps(rows, problems)
    problems += code_problems(rows["products"])
    problems += policy_problems(rows)
    tables = {
        table.name: pa.Table.from_pylist(
            [row for _, row in rows[table.name]], schema=table.arrow_schema()
        )
        for table in REFERENCE
    }
    return tables, problems


def reference_lines(folder: Path, table: Table) -> dict[tuple[object, ...], int]:
    """The line of each right row of a reference table, by its key, for messages about it."""
    return {
        tuple(row[name] for name in table.key): line for line, row in _read_table(folder, table, [])
    }


def declared_measures(folder: Path) -> frozenset[str] | None:
    """Keys of all measures that the folder names, those of faulty rows too; None: unreadable.

    For messages elsewhere: a measure with a mistake in its row is not an unknown one.
    """
    path = folder / "reference/measures.csv"
    lines = _lines(path, path.name, []) if path.is_file() else []
    header = [cell.strip() for cell in lines[0][1]] if lines else []
    if "measure" not in header:
        return None
    place = header.index("measure")
    return frozenset(cells[place].strip() for _, cells in lines[1:] if len(cells) > place)


def read_codes(folder: Path) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """The code lists of a room.

    Args:
        folder: the room; lists are reference/codes/NAME.csv with the columns code and key.

    Returns:
        By name of the list: code of a source to key of the room; and all mistakes. Spaces
        around codes are dropped; a line of only a comma says that a blank cell means all. A
        code listed twice with different keys is a mistake.
    """
    lists: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for path in sorted((folder / "reference" / "codes").glob("*.csv")):
        file = f"reference/codes/{path.name}"
        codes: dict[str, str] = {}
        lines = _lines(path, file, problems, keep_blank=True)
        if lines and [cell.strip() for cell in lines[0][1][:2]] != ["code", "key"]:
            problems.append(Problem(file, 1, "the header is not code,key", "Correct line 1."))
            lines = []
        for number, cells in lines[1:]:
            if len(cells) < 2:
                problems.append(Problem(file, number, "the line has one cell", "Write code,key."))
                continue
            code, key = cells[0].strip(), cells[1].strip()
            if codes.setdefault(code, key) != key:
                problems.append(
                    Problem(
                        file,
                        number,
                        f'the code "{code}" stands twice with different keys',
                        "Keep one of the lines.",
                    )
                )
        lists[path.stem] = codes
    return lists, problems


def _lines(
    path: Path, file: str, problems: list[Problem], *, keep_blank: bool = False
) -> list[tuple[int, list[str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problems.append(Problem(file, line, "the file is not UTF-8", "Save it as UTF-8."))
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) or (keep_blank and len(cells) > 1):
                lines.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(file, start, f"not CSV: {error}", "Correct the quotation marks."))
    if not lines:
        problems.append(
            Problem(
                file, None, "the file is empty", "Write at least the header, or remove the file."
            )
        )
    return lines


def _read_table(folder: Path, table: Table, problems: list[Problem]) -> list[tuple[int, Row]]:
    file = f"reference/{table.name}.csv"
    path = folder / file
    if not path.exists():
        if table.name in _MUST_EXIST:
            problems.append(
                Problem(
                    file,
                    None,
                    "the file is missing",
                    f"Write it with the columns {', '.join(table.names)}.",
                )
            )
        return []
    lines = _lines(path, file, problems)
    if not lines:
        return []
    header = [cell.strip() for cell in lines[0][1]]
    if not _check_header(file, table, header, lines[0][0], problems):
        return []
    rows: list[tuple[int, Row]] = []
    seen: dict[tuple[object, ...], int] = {}
    for number, cells in lines[1:]:
        row = _read_row(file, table, header, number, cells, problems)
        if row is None:
            continue
        key = tuple(row[name] for name in table.key)
        if key in seen:
            problems.append(
                Problem(
                    file,
                    number,
                    f"the key {_shown(key)} stands already in line {seen[key]}",
                    "Keep one of the lines.",
                )
            )
            continue
        seen[key] = number
        rows.append((number, row))
    return rows


def _shown(key: tuple[object, ...]) -> str:
    return ", ".join(f'"{part}"' for part in key if part not in (None, ""))


def _check_header(
    file: str, table: Table, header: list[str], line: int, problems: list[Problem]
) -> bool:
    found: list[Problem] = []
    for name in dict.fromkeys(header):
        if name not in table.names:
            free = set(table.names) - set(header)
            found.append(
                Problem(
                    file,
                    line,
                    f'"{name}" is no column of {table.name}',
                    f"Nearest: {nearest(name, free or table.names)}.",
                )
            )
        elif header.count(name) > 1:
            found.append(Problem(file, line, f'the column "{name}" stands twice', "Remove one."))
    found += [
        Problem(file, line, f'the column "{column.name}" is missing', f"Add it: {column.meaning}")
        for column in table.columns
        if column.is_required and column.name not in header and column.default is None
    ]
    problems += found
    return not found


def _read_row(
    file: str, table: Table, header: list[str], line: int, cells: list[str], problems: list[Problem]
) -> Row | None:
    if len(cells) != len(header):
        problems.append(
            Problem(
                file,
                line,
                f"{len(cells)} cells, and the header has {len(header)}",
                "Put cells with a comma in quotation marks.",
            )
        )
        return None
    texts = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    row: Row = {}
    is_right = True
    for column in table.columns:
        text = texts.get(column.name, "")
        if not text and column.default is not None:
            text = column.default
        value, wrong = _typed(table, column, text)
        if wrong:
            problems.append(
                Problem(file, line, f"column {column.name}: {wrong}", f"It means: {column.meaning}")
            )
            is_right = False
        row[column.name] = value
    return row if is_right else None


def _typed(table: Table, column: Column, text: str) -> tuple[object, str]:
    allowed = ALLOWED.get((table.name, column.name))
    if allowed is not None and text not in allowed:
        return None, f'"{text}" is none of {", ".join(word for word in allowed if word)}'
    if column.type == pa.string():
        if column.is_required and not text:
            return None, "empty"
        return text, ""
    if not text:
        return None, "empty" if column.is_required else ""
    if column.type == pa.bool_():
        word = text.lower()
        return word == "true", "" if word in ("true", "false") else f'"{text}" is not true or false'
    try:
        if column.type == pa.date32():
            return date.fromisoformat(text), ""
        if column.type == pa.int64():
            return int(text), ""
        number = float(text)
    except ValueError:
        kind = {pa.date32(): "a date (YYYY-MM-DD)", pa.int64(): "a whole number"}
        return None, f'"{text}" is not {kind.get(column.type, "a number")}'
    return number, "" if number - number == 0 else f'"{text}" is not a finite number'


def _check_pointers(rows: Mapping[str, list[tuple[int, Row]]], problems: list[Problem]) -> None:
    for (name, column), target in POINTS_TO.items():
        valid = _keys_of(rows, target)
        for line, row in rows[name]:
            value = str(row[column])
            if value and value not in valid:
                problems.append(
                    Problem(
                        f"reference/{name}.csv",
                        line,
                        f'column {column}: there is no "{value}" in {HOMES[target]}',
                        f"Nearest: {nearest(value, valid) or 'none'}.",
                    )
                )


def _keys_of(rows: Mapping[str, list[tuple[int, Row]]], target: str) -> set[str]:
    """Keys that a column may name; those of products and skills may stand in categories.csv."""
    home = "categories" if target == "category" else f"{target}s"
    own = {str(row[target]) for _, row in rows.get(home, [])}
    return own | {
        str(row["category"]) for _, row in rows["categories"] if row["dimension"] == target
    }
