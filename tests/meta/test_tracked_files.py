"""Promises about what is in git: no words of one machine, no hosts, no secrets, no data."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT_LIMIT = 2_000_000

# Written in pieces, so that this file passes its own test.
FORBIDDEN = {
    "a path of one machine": re.compile("/" + r"(?:work|root|workspace)/|/home/(?!vigie)[a-z]"),
    "a host of packages": re.compile(r"python" + r"hosted\.|py" + r"pi\.|\banaconda\." + r"org"),
    "an index of packages": re.compile(r"--(?:extra-)?index" + r"-url|--find" + r"-links\b"),
    "a private key": re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"),
}


def tracked() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this copy is not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    names = done.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_no_file_names_one_machine_or_a_host_of_packages() -> None:
    found = []
    for path in tracked():
        if path.stat().st_size > TEXT_LIMIT:
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        for what, pattern in FORBIDDEN.items():
            if match := pattern.search(text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(ROOT)}, line {line}: {what}")
    assert found == []


def test_no_large_file_is_in_git() -> None:
    large = [path.name for path in tracked() if path.stat().st_size > TEXT_LIMIT]
    assert large == []


def test_state_of_rooms_is_never_in_git() -> None:
    assert [path for path in tracked() if ".vigie" in path.parts] == []


def test_the_lock_that_names_hosts_stays_out_of_git() -> None:
    assert "uv.lock" not in {path.name for path in tracked()}
