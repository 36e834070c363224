"""Official files as their publishers issue them, and rooms of ``examples`` that read them.

The files are no part of this repository. They are looked for in the folder that the environment
variable VIGIE_SHARED names, else in ``../shared`` beside the repository; without them the tests
of the examples are skipped and say which files are missing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from vigie.actions.daily.cycle import CycleResult, run_cycle
from vigie.actions.daily.notebook import Notebook
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.rooms.room import Room
from vigie.bootstrap import local_operator, open_room

__all__ = ["NOW", "ExampleRoom", "differences", "example_room", "shared_files"]

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
"""The present of these tests: after everything that the files tell of."""


def shared_files(*names: str) -> tuple[Path, ...]:
    """Paths of files below the folder of official data; skips the test when any is missing."""
    folder = Path(os.environ.get("VIGIE_SHARED", ROOT.parent / "shared")) / "data"
    paths = tuple(folder / name for name in names)
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        pytest.skip(
            f"{', '.join(missing)} not found in {folder}: official files are no part of the "
            "repository; name their folder by VIGIE_SHARED"
        )
    return paths


@dataclass(frozen=True)
class ExampleRoom:
    """An example, its files in the inbox, run as of a day."""

    room: Room
    result: CycleResult

    @property
    def release(self) -> ReleaseReader:
        """The release that the run made."""
        return open_release(self.room, local_operator(), self.result.release)

    def run(self, day: date) -> CycleResult:
        """Run the cycle as of a day."""
        return run_cycle(self.room, local_operator(), as_of=day)

    def reports(self, measure: str, as_of: date | None = None) -> pa.Table:
        """Figures of a measure as known on a day (None: all that is known)."""
        return Notebook(self.room, local_operator()).reports(measure, as_of=as_of).arrow


def example_room(folder: Path, name: str, files: Sequence[Path], day: date) -> ExampleRoom:
    """A copy of an example in a folder, with its files handed over, run as of a day."""
    home = folder / name
    shutil.copytree(ROOT / "examples" / name, home)
    inbox = home / "inbox"
    inbox.mkdir()
    for file in files:
        shutil.copyfile(file, inbox / file.name)
    room = open_room(home, now=lambda: NOW, environment={})
    return ExampleRoom(room, run_cycle(room, local_operator(), as_of=day))


def differences(found: pa.Table, expected_sql: str) -> list[tuple[object, ...]]:
    """Keys (place, category, reference_date) whose values differ, missing ones included.

    Args:
        found: columns place, category, reference_date, value.
        expected_sql: SELECT with the same columns.
    """
    with duckdb.connect() as engine:
        engine.register("found", found.select(["place", "category", "reference_date", "value"]))
        return engine.execute(f"""
            WITH expected AS ({expected_sql})
            SELECT place, category, reference_date, found.value, expected.value
            FROM found FULL JOIN expected USING (place, category, reference_date)
            WHERE found.value IS DISTINCT FROM expected.value
               OR found.place IS NULL OR expected.place IS NULL
            ORDER BY ALL LIMIT 5
        """).fetchall()
