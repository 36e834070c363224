"""Crisis-room folders: make one, read one, find every mistake in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from vigie.actions.room import Declarations
from vigie.datasets import Dataset, Graph, build_graph, read_dataset
from vigie.errors import BadData, Conflict, Problem
from vigie.feeds import read_codes, read_feeds, read_reference, vocabulary
from vigie.quality import Check, read_checks
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
        ".gitignore": "# State of the room: kept by vigie backup, not by git.\n.vigie/\n",
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
    codes, code_problems = read_codes(folder)
    words = vocabulary(reference, codes)
    feeds, feed_problems = read_feeds(folder, words)
    measures = reference[MEASURES.name]["measure"].to_pylist()
    graph, dataset_problems = _read_datasets(folder, measures)
    checks, check_problems = _read_checks(folder, measures, graph, list(feeds))
    problems = [*problems, *code_problems, *feed_problems, *dataset_problems, *check_problems]
    declared = Declarations(feeds, reference, words, checks, graph, _fingerprint(folder))
    return declared, problems


def _read_datasets(folder: Path, measures: Sequence[str]) -> tuple[Graph, list[Problem]]:
    datasets: list[Dataset] = []
    problems: list[Problem] = []
    for file, text in _texts(folder, "datasets").items():
        dataset, found = read_dataset(file, text)
        problems += found
        if dataset is not None:
            datasets.append(dataset)
    graph, found = build_graph(datasets, measures)
    return graph or Graph(()), [*problems, *found]


def _read_checks(
    folder: Path, measures: Sequence[str], graph: Graph, feeds: Sequence[str]
) -> tuple[list[Check], list[Problem]]:
    """Checks of checks.toml and those in the headers of datasets."""
    names = [each.name for each in graph.datasets]
    path = folder / CHECKS_FILE
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    checks, problems = read_checks(text, CHECKS_FILE, measures, names, feeds=feeds)
    everything = list(checks)
    for dataset in graph.datasets:
        if dataset.checks:
            more, found = read_checks(
                dataset.checks, dataset.file, measures, names, feeds=feeds, dataset=dataset.name
            )
            everything += more
            problems += found
    return everything, problems


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
