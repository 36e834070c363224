"""The one tree of errors: a branch per cause on which a caller can act.

A message says what was wrong, where, and what to do. Values from personal records never
enter a message. Programming mistakes stay ``ValueError``, ``TypeError`` or ``assert``.
Exit codes and HTTP statuses have their one home in ``EXIT_CODES`` and ``HTTP_STATUSES``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "EXIT_CODES",
    "HTTP_STATUSES",
    "AccessRefused",
    "BadData",
    "Conflict",
    "DamagedFile",
    "FolderInvalid",
    "MissingExtra",
    "NotFound",
    "OutOfSpace",
    "Problem",
    "SourceUnavailable",
    "VigieError",
    "exit_code",
    "http_status",
    "nearest",
]


class VigieError(Exception):
    """Root of all errors that a user of Vigie can meet and act on."""


class BadData(VigieError):
    """Input cannot be taken as it is; the message names file, place in it, and the remedy."""


class AccessRefused(VigieError):
    """The decision function said no; the message names what is missing and who can change it."""


class MissingExtra(VigieError):
    """An optional part is not installed; the message gives the install command."""


class Conflict(VigieError):
    """Somebody else holds what this act needs (a lock, a newer state). Nothing was changed."""


class SourceUnavailable(VigieError):
    """A feed's source did not answer. What was received before stays in force."""


class NotFound(VigieError):
    """The thing named does not exist; the message lists the nearest names that do."""


class DamagedFile(VigieError):
    """A stored file is not what was written: names file, table, affected releases, the way back."""


class OutOfSpace(VigieError):
    """The disk is full. What was acknowledged is kept; nothing half-written is visible."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a crisis-room folder.

    Attributes:
        file: path relative to the folder.
        line: first line concerned, from 1; None when the whole file is meant.
        what: what is wrong.
        to_do: what to do about it.
    """

    file: str
    line: int | None
    what: str
    to_do: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.what}. {self.to_do}"


class FolderInvalid(BadData):
    """A crisis-room folder has mistakes; all of them are listed together."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = "1 mistake" if count == 1 else f"{count} mistakes"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"The crisis room has {head}:\n{lines}")


EXIT_CODES: dict[type[VigieError], int] = {
    BadData: 3,
    AccessRefused: 4,
    MissingExtra: 5,
    Conflict: 6,
    SourceUnavailable: 7,
    NotFound: 8,
    DamagedFile: 9,
    OutOfSpace: 10,
}

HTTP_STATUSES: dict[type[VigieError], int] = {
    BadData: 422,
    AccessRefused: 403,
    MissingExtra: 501,
    Conflict: 409,
    SourceUnavailable: 503,
    NotFound: 404,
    DamagedFile: 500,
    OutOfSpace: 507,
}


def _by_branch(error: VigieError, table: dict[type[VigieError], int], default: int) -> int:
    for kind in type(error).__mro__:
        if kind in table:
            return table[kind]
    return default


def exit_code(error: VigieError) -> int:
    """Exit code of the command line for an error (1 for the bare root class)."""
    return _by_branch(error, EXIT_CODES, 1)


def http_status(error: VigieError) -> int:
    """HTTP status for an error (500 for the bare root class)."""
    return _by_branch(error, HTTP_STATUSES, 500)


def nearest(name: str, valid: Iterable[str], count: int = 3) -> str:
    """The valid names nearest to a wrong one, for a message: ``'"icu", "hdu"'``.

    Falls back to the first names in order when nothing is near; empty when nothing is valid.
    """
    names = sorted(set(valid))
    near = difflib.get_close_matches(name, names, n=count, cutoff=0.5) or names[:count]
    return ", ".join(f'"{each}"' for each in near)
