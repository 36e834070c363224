"""Crisis-room folders: make one, read one, find every mistake in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from vigie.actions.room import Declarations
from vigie.datasets import read_datasets
from vigie.errors import BadData, Conflict, Problem
from vigie.feeds import read_codes, read_feeds, read_reference
from vigie.quality import read_checks
from vigie.schemas import CATEGORIES, MEASURES, PLACES

__all__ = ["init_room", "read_declarations"]

CHECKS_FILE = "checks.toml"
_DECLARING = (
    "feeds/*.toml",
    "reference/*.csv",
    "reference/codes/*.csv",
    "datasets/*.sql",
    "datasets/*.py",
    CHECKS_FILE,
    "vigie.toml",
)

_SETTINGS = """\
# The crisis room. All settings: docs/settings.md. No secret may stand in this file; name an
# environment variable or a file instead.

[room]
name = "{name}"
format = 1
timezone = "Europe/Paris"
languages = ["en", "fr"]
horizon_days = 21
deadline = "07:45"

# What the daily cycle compares, e.g. patients against staffed beds:
# [[shortage]]
# kind = "beds"
# need = "beds_occupied"
# capacity = "beds_staffed"
"""

_CHECKS = """\
# Checks of every run; a blocking one that fails keeps the release before in force.
# [[check]]
# name = "no negative beds"
# kind = "range"
# measure = "beds_occupied"
# severity = "blocking"
"""


def init_room(folder: Path) -> tuple[Path, ...]:
    """Make a crisis-room folder: settings, empty reference tables, folders for declarations.

    Returns:
        The files that were made, relative to the folder.

    Raises:
        Conflict: there is a crisis room already; nothing was changed.
    """
    if (folder / "vigie.toml").exists():
        raise Conflict(f"{folder} is a crisis room already. Nothing was changed.")
    files = {
        "vigie.toml": _SETTINGS.format(name=folder.resolve().name.replace('"', "'")),
        "checks.toml": _CHECKS,
        ".gitignore": "# State of the room; it is backed up by vigie backup, not by git.\n.vigie/\n",
        "feeds/.gitkeep": "",
        "datasets/.gitkeep": "",
        "reference/codes/.gitkeep": "",
    }
    for table in (MEASURES, PLACES, CATEGORIES):
        files[f"reference/{table.name}.csv"] = ",".join(table.names) + "\n"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(content, encoding="utf-8")
    return tuple(Path(name) for name in files)


def read_declarations(folder: Path) -> tuple[Declarations, list[Problem]]:
    """Everything a folder declares besides its settings, with every mistake found in it.

    A declaration with mistakes is left out of the result, so that one pass finds them all.

    Raises:
        BadData: the folder is not there.
    """
    if not folder.is_dir():
        raise BadData(f"{folder}: no such folder. Make a crisis room with: vigie init {folder}")
    reference, problems = read_reference(folder)
    codes, code_problems = read_codes(folder, reference)
    feeds, feed_problems = read_feeds(folder, reference=reference, codes=codes)
    measures = reference[MEASURES.name]["measure"].to_pylist()
    datasets, dataset_problems = read_datasets(_texts(folder, "datasets"), measures)
    checks_path = folder / CHECKS_FILE
    text = checks_path.read_text(encoding="utf-8") if checks_path.is_file() else ""
    checks, check_problems = read_checks(
        text, CHECKS_FILE, measures, list(datasets), feeds=list(feeds)
    )
    problems = [*problems, *code_problems, *feed_problems, *dataset_problems, *check_problems]
    declared = Declarations(feeds, reference, codes, checks, datasets, _fingerprint(folder))
    return declared, problems


def _texts(folder: Path, name: str) -> dict[str, str]:
    """Text of each file of a folder, by its path relative to the room."""
    files: Sequence[Path] = sorted((folder / name).glob("*"))
    return {
        f"{name}/{path.name}": path.read_text(encoding="utf-8")
        for path in files
        if path.suffix in {".sql", ".py"}
    }


def _fingerprint(folder: Path) -> str:
    """Hash of all declaring files, names and bytes."""
    digest = hashlib.sha256()
    for pattern in _DECLARING:
        for path in sorted(folder.glob(pattern)):
            name = path.relative_to(folder).as_posix().encode()
            content = path.read_bytes()
            digest.update(b"%d %s %d\n" % (len(name), name, len(content)))
            digest.update(content)
    return digest.hexdigest()
