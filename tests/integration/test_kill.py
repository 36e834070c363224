"""Killed at any instant: nothing acknowledged is lost, nothing half is visible, nothing is twice.

The drill runs in a process of its own, which forks without having opened anything.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def drill(*words: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.integration.kill_drill", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-6000:]
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("part", [0, 1])
def test_a_room_killed_at_any_durable_step_goes_on_as_if_undisturbed(part: int) -> None:
    told = drill("steps", str(part), "2")
    assert told["steps"] >= 60
    assert told["kills"] == len(range(part, int(told["steps"]), 2))


def test_a_room_killed_at_50_random_instants_goes_on_as_if_undisturbed() -> None:
    assert drill("instants", "50", "20200301")["kills"] == 50
