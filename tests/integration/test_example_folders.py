"""Every example is a complete crisis room without a mistake, with or without its files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from official_files import NOW, ROOT

from vigie.actions.daily.cycle import run_cycle
from vigie.actions.rooms.folder import read_declarations
from vigie.bootstrap import local_operator, open_room
from vigie.state import RunStatus

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/vigie.toml"))
NAMES = [path.name for path in EXAMPLES]


def test_there_are_the_four_examples() -> None:
    assert NAMES == ["de_icu_register", "fr_sivic", "uk_hospital_medicines", "us_influenza"]


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_a_folder_has_no_mistake(example: Path) -> None:
    declared, problems = read_declarations(example)
    assert problems == []
    assert declared.feeds
    assert declared.checks


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_a_room_without_files_is_blocked_and_says_which_feed_is_silent(
    example: Path, tmp_path: Path
) -> None:
    home = tmp_path / example.name
    shutil.copytree(example, home, ignore=shutil.ignore_patterns(".vigie", "inbox"))
    (home / "inbox").mkdir()
    room = open_room(home, now=lambda: NOW, environment={})
    result = run_cycle(room, local_operator())
    assert result.status == RunStatus.BLOCKED
    assert "freshness" in result.message
    assert "no value at all" in result.message


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_a_readme_says_where_to_get_the_files_and_runs_the_day_that_tests_run(
    example: Path,
) -> None:
    text = (example / "README.md").read_text(encoding="utf-8")
    for title in ("## Get the files", "## Run it", "## What it shows", "## What it does not show"):
        assert f"\n{title}\n" in text
    test = ROOT / "tests" / "integration" / f"test_example_{example.name}.py"
    day = re.search(r"^DAY = date\((\d+), (\d+), (\d+)\)", test.read_text(), re.MULTILINE)
    assert day is not None
    year, month, number = map(int, day.groups())
    assert f"vigie run --room {example.name} --as-of {year}-{month:02}-{number:02}" in text
