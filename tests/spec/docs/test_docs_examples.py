"""The commands of the tutorial, run in order in an empty folder as a newcomer would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from vigie.settings import BedShortage, parse_settings

ROOT = Path(__file__).resolve().parents[3]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
BIN = Path(sys.executable).parent
_BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:^|[`/ ])vigie (?P<name>[a-z]+)\b", re.MULTILINE)

waits_for_commands = pytest.mark.xfail(
    "def main(" not in (ROOT / "src" / "vigie" / "bootstrap.py").read_text(encoding="utf-8"),
    reason="the command line is not written yet",
    strict=True,
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what to do with it, its text and its line in the page."""

    language: str
    deed: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        language, _, deed = match["info"].partition(" ")
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(language, deed, match["text"], line))
    return found


def carry_out(block: Block, folder: Path, page: str) -> None:
    if block.deed.startswith("file="):
        target = folder / block.deed.removeprefix("file=")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, encoding="utf-8")
        return
    program = ["sh", "-eu", "-c"] if block.language == "sh" else [sys.executable, "-c"]
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder)}
    done = subprocess.run(
        [*program, block.text], cwd=folder, env=environment, capture_output=True, timeout=300
    )
    output = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, f"{page}, line {block.line}:\n{block.text}\n{output}"


@waits_for_commands
def test_the_tutorial_leads_from_a_csv_to_releases(tmp_path: Path) -> None:
    page = ROOT / "docs" / "tutorial.md"
    for block in blocks(page):
        if block.deed:
            carry_out(block, tmp_path, page.name)
    shown = subprocess.run(
        [BIN / "vigie", "show", "briefing", "--room", tmp_path / "my-room"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert "Saint-Aubin" in shown
    assert "3 of 3" in shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_toml_block_can_be_read(page: Path) -> None:
    for block in blocks(page):
        if block.language == "toml":
            tomllib.loads(block.text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_shell_block_is_a_valid_script(page: Path) -> None:
    for block in blocks(page):
        if block.language == "sh" and "<" not in block.text:
            done = subprocess.run(["sh", "-n", "-c", block.text], capture_output=True)
            assert done.returncode == 0, f"{page.name}, line {block.line}: {done.stderr.decode()}"


@waits_for_commands
def test_every_command_in_the_pages_exists() -> None:
    done = subprocess.run([BIN / "vigie", "--help"], capture_output=True, check=True)
    known = set(re.findall(r"[a-z]+", done.stdout.decode()))
    for page in PAGES:
        text = "".join(block.text for block in blocks(page) if block.language == "sh")
        for name in _COMMAND.findall(text):
            assert name in known, f"{page.name}: vigie {name}"


def test_every_make_target_in_the_pages_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    for page in PAGES:
        for name in re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")):
            assert name in targets, f"{page.name}: make {name}"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_help_names_every_target_that_people_call() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, check=True)
    for name in ("install", "demo", "check", "test", "test-long", "bench", "docs", "lock"):
        assert f"make {name} " in done.stdout.decode()


def test_the_settings_of_the_tutorial_are_valid() -> None:
    (text,) = [
        block.text
        for block in blocks(ROOT / "docs" / "tutorial.md")
        if block.deed == "file=my-room/vigie.toml"
    ]
    settings, problems = parse_settings(text, {}, measures={"beds_occupied", "beds_staffed"})
    assert problems == []
    assert settings is not None
    assert settings.shortages == (BedShortage("beds_occupied", "beds_staffed"),)
