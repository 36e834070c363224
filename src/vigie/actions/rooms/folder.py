"""Crisis-room folders: make one, read one, find every mistake in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from vigie.actions.declared.scenario_files import read_scenarios
from vigie.actions.declared.wish_files import read_wishes
from vigie.actions.rooms.room import Declarations
from vigie.datasets import Dataset, Graph, build_graph, read_dataset
from vigie.declarations import as_text
from vigie.errors import BadData, Conflict, Problem, nearest
from vigie.feeds import read_codes, read_feeds, read_reference, reference_lines, vocabulary
from vigie.quality import Check, read_checks
from vigie.schemas import CATEGORIES, EQUIPMENT, MEASURES, PLACES, PRODUCTS, SKILLS

__all__ = ["init_room", "read_declarations"]

CHECKS_FILE = "checks.toml"
_DECLARING = (
    "feeds/*.toml",
    "reference/*.csv",
    "reference/codes/*.csv",
    "datasets/*.sql",
    "datasets/*.py",
    "scenarios/*.toml",
    "plans/*.toml",
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

# What the daily cycle compares. This example needs the measures beds_occupied and beds_staffed
# in reference/measures.csv:
# [[shortage]]
# kind = "beds"
# need = "beds_occupied"
# capacity = "beds_staffed"
"""

_CHECKS = """\
# Checks of every run; a blocking one that fails keeps the release before in force. All kinds:
# docs/reference-checks.md. This example needs the measure beds_occupied in reference/measures.csv:
# [[check]]
# name = "no_negative_beds"
# kind = "range"
# measure = "beds_occupied"
# min = 0
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
        "scenarios/.gitkeep": "",
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
    # A feed with mistakes is there all the same: nobody should hear of it twice.
    feed_names = [path.stem for path in sorted((folder / "feeds").glob("*.toml"))]
    measures = reference[MEASURES.name]["measure"].to_pylist()
    graph, dataset_problems = _read_datasets(folder, measures)
    checks, check_problems = _read_checks(folder, measures, graph, feed_names)
    problems += [*code_problems, *_unknown_rulers(folder, reference[MEASURES.name], feed_names)]
    kinds = {row["place"]: row["kind"] for row in reference[PLACES.name].to_pylist()}
    scenarios, scenario_problems = read_scenarios(folder, kinds)
    wishes, wish_problems = read_wishes(folder, kinds, _movable(reference))
    problems += [*feed_problems, *dataset_problems, *check_problems, *scenario_problems]
    problems += wish_problems
    fingerprint = _fingerprint(folder)
    declared = Declarations(feeds, reference, words, checks, graph, fingerprint, scenarios, wishes)
    return declared, problems


def _movable(reference: Mapping[str, pa.Table]) -> set[str]:
    """Keys of all that a plan may move: products, machines, skills and ward kinds."""
    tables = (CATEGORIES, PRODUCTS, SKILLS, EQUIPMENT)
    return {
        key
        for of in tables
        if of.name in reference
        for key in reference[of.name][of.key[0]].to_pylist()
    }


def _unknown_rulers(folder: Path, measures: pa.Table, feeds: Sequence[str]) -> list[Problem]:
    """Measures whose figures are to be ruled by a feed that is not there."""
    file = f"reference/{MEASURES.name}.csv"
    lines = reference_lines(folder, MEASURES)
    return [
        Problem(
            file,
            lines[(row["measure"],)],
            f'column rules: there is no feed "{row["rules"]}"',
            f"Nearest: {nearest(row['rules'], feeds) or 'none'}.",
        )
        for row in measures.to_pylist()
        if row["rules"] and row["rules"] not in feeds
    ]


def _read_datasets(folder: Path, measures: Sequence[str]) -> tuple[Graph, list[Problem]]:
    datasets: list[Dataset] = []
    problems: list[Problem] = []
    for path in sorted((folder / "datasets").glob("*")):
        if path.suffix not in {".sql", ".py"}:
            continue
        file = f"datasets/{path.name}"
        text, undecoded = as_text(file, path.read_bytes())
        if undecoded:
            problems += undecoded
            continue
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
    text, problems = as_text(CHECKS_FILE, path.read_bytes() if path.is_file() else b"")
    checks, found = read_checks(text, CHECKS_FILE, measures, names, feeds=feeds)
    problems += found
    everything = list(checks)
    for dataset in graph.datasets:
        if dataset.checks:
            more, found = read_checks(
                dataset.checks, dataset.file, measures, names, feeds=feeds, dataset=dataset.name
            )
            everything += more
            problems += found
    return everything, problems


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
