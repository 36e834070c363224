"""A dataset declared in a file of the folder: SQL with a header, or Python with constants.

SQL (``datasets/NAME.sql``): the header is TOML in comment lines between two lines ``-- ---`` at
the top, then one SELECT::

    -- ---
    -- description = "Beds that staff can run, by site"
    -- measure = "icu_capacity"          # its rows become facts of this measure
    -- purposes = ["crisis-management"]
    -- [[check]]                         # as in checks.toml; looks at this dataset
    -- name = "icu_capacity_range"
    -- kind = "range"
    -- min = 0
    -- ---
    SELECT place, category, reference_date, value FROM beds_staffed WHERE category = 'icu'

Python (``datasets/NAME.py``): the docstring is the description; ``INPUTS = ["..."]``,
``LINEAGE = {"column": ["input.column"]}``, perhaps ``MEASURE`` and ``PURPOSES``, and
``def build(inputs)`` from Arrow tables by name to an Arrow table. It is read here, never run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from vigie.datasets.python_source import MOST_DAYS, read_python
from vigie.datasets.sql_source import read_sql
from vigie.declarations import Section, Sheet
from vigie.errors import Problem

__all__ = ["HEADER_KEYS", "ColumnRef", "Dataset", "Language", "read_dataset"]

HEADER_KEYS = {
    "description": "One sentence for people. Required.",
    "measure": "Key of the measure that the rows become facts of; left out: they stay a table.",
    "purposes": "Purposes the rows may be used for; left out: those that all inputs allow.",
    "window_days": "Days up to as_of that are read of measures, facts and ruled; left out: all.",
    "inputs": "Relations that the SELECT reads; needed only when it cannot be read by sqlglot.",
    "check": "Entries [[check]] as in checks.toml; they look at this dataset.",
}
"""What the header of a SQL dataset may say."""

_NAME = re.compile(r"(?:.*/)?([a-z][a-z0-9_]*)\.(sql|py)")
_FENCE = re.compile(r"^--\s*---\s*$")
_COMMENT = re.compile(r"^\s*--\s?")
_CHECK = re.compile(r"^\s*\[\[\s*check\s*\]\]")
_EXAMPLE = 'Begin it with the lines: -- --- and -- description = "..." and -- ---'


class Language(StrEnum):
    """What a dataset is written in."""

    SQL = "sql"
    PYTHON = "python"


@dataclass(frozen=True, slots=True, order=True)
class ColumnRef:
    """A column of a relation: of a source, or of a dataset."""

    relation: str
    column: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A declared dataset.

    Attributes:
        name: name in SQL, from the file's name.
        file: path relative to the room.
        language: SQL or Python.
        description: one sentence for people.
        measure: its rows (place, category, reference_date, value) become facts of this
            measure; None: it stays a table.
        inputs: relations it reads, sorted; as_of among them when it has a window.
        purposes: purposes it may be used for; empty: those of its inputs.
        code: the SELECT without header, or the whole Python text.
        window_days: days up to as_of whose figures it reads; None: all.
        checks: TOML of the ``[[check]]`` entries in the header, on the lines of the file, for
            the reader of checks.toml; empty: none.
        lineage: per column the input columns it is made of; declared, for Python only.
    """

    name: str
    file: str
    language: Language
    description: str
    measure: str | None
    inputs: tuple[str, ...]
    purposes: tuple[str, ...]
    code: str
    window_days: int | None = None
    checks: str = ""
    lineage: tuple[tuple[str, tuple[ColumnRef, ...]], ...] = ()

    @property
    def code_sha256(self) -> str:
        """Hash of what makes the rows: code, measure and window, not the rest of the header."""
        window = "" if self.window_days is None else f"\n{self.window_days} days"
        text = f"{self.language}\n{self.measure or ''}{window}\n{self.code}"
        return hashlib.sha256(text.encode()).hexdigest()


def read_dataset(file: str, text: str) -> tuple[Dataset | None, list[Problem]]:
    """Read one file of the folder ``datasets`` and report all its mistakes.

    Whether inputs and measure exist is seen when the graph is built.

    Args:
        file: path relative to the room; its name gives the dataset's.
        text: content.

    Returns:
        The dataset, or None when there are mistakes, and the mistakes.
    """
    name = _NAME.fullmatch(file)
    if name is None:
        to_do = 'Name it in small letters, digits and "_", ending in .sql or .py.'
        return None, [Problem(file, None, "not a name for a dataset", to_do)]
    if name[2] == "sql":
        return _read_sql_file(name[1], file, text)
    return _read_python_file(name[1], file, text)


def _read_python_file(name: str, file: str, text: str) -> tuple[Dataset | None, list[Problem]]:
    source, problems = read_python(file, text)
    if problems:
        return None, problems
    lineage = tuple(
        (column, tuple(ColumnRef(*each.split(".", 1)) for each in origins))
        for column, origins in source.lineage.items()
    )
    dataset = Dataset(
        name=name,
        file=file,
        language=Language.PYTHON,
        description=source.description,
        measure=source.measure,
        inputs=_inputs(source.inputs, source.window_days),
        purposes=source.purposes,
        code=text,
        window_days=source.window_days,
        lineage=lineage,
    )
    return dataset, []


def _read_sql_file(name: str, file: str, text: str) -> tuple[Dataset | None, list[Problem]]:
    lines = text.splitlines()
    end = _header_end(lines)
    if end is None:
        return None, [Problem(file, 1, "the dataset has no header", _EXAMPLE)]
    header = _Header(file, lines[:end])
    code = "\n".join(lines[end:]).strip()
    source, problems = read_sql(file, code, first_line=end + 1, declared=header.inputs)
    problems = [*header.problems, *problems]
    if problems:
        return None, problems
    dataset = Dataset(
        name=name,
        file=file,
        language=Language.SQL,
        description=header.description,
        measure=header.measure,
        inputs=_inputs(source, header.window_days),
        purposes=header.purposes,
        code=code,
        window_days=header.window_days,
        checks=header.checks,
    )
    return dataset, []


def _inputs(named: Iterable[str], window_days: int | None) -> tuple[str, ...]:
    """What is read, sorted; a window moves with the day, so the day is read too."""
    return tuple(sorted({*named} if window_days is None else {*named, "as_of"}))


def _header_end(lines: list[str]) -> int | None:
    """Number of lines up to and with the closing fence; None without a header."""
    fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
    if len(fences) < 2 or any(line.strip() for line in lines[: fences[0]]):
        return None
    inside = lines[fences[0] : fences[1]]
    return fences[1] + 1 if all(_COMMENT.match(line) for line in inside) else None


class _Header:
    """The TOML in the header of a SQL file."""

    def __init__(self, file: str, lines: list[str]) -> None:
        bare = ["" if _FENCE.match(line) else _COMMENT.sub("", line) for line in lines]
        cut = next((at for at, line in enumerate(bare) if _CHECK.match(line)), len(bare))
        # Blank lines before keep the line numbers of the file in messages about checks.
        self.checks = "\n" * cut + "\n".join([*bare[cut:], ""]) if bare[cut:] else ""
        sheet = Sheet(file, "\n".join(bare[:cut]), root_line=1)
        section = Section(sheet, (), sheet.content)
        self.description = section.text("description", required=sheet.is_readable)
        self.measure = section.text("measure") or None
        self.purposes = section.texts("purposes")
        self.window_days = (
            section.whole("window_days", MOST_DAYS, at_least=1, at_most=MOST_DAYS)
            if section.has("window_days")
            else None
        )
        self.inputs = section.texts("inputs") if section.has("inputs") else None
        section.finish()
        self.problems = sheet.problems
