"""Runs one function of a benchmark in a process of its own, so that its peak memory is its own."""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Measured", "in_child", "scaled"]

_RESULT = "result of the measurement: "


@dataclass(frozen=True, slots=True)
class Measured:
    """What a function answered, and the most memory that its process ever held, in GiB."""

    answer: Any
    peak_gib: float


def scaled(size: int, least: int = 1) -> int:
    """A size of input, or a share of it while a benchmark is written (VIGIE_BENCH_SCALE=0.01)."""
    return max(least, round(size * float(os.environ.get("VIGIE_BENCH_SCALE", "1"))))


def in_child(module: str, function: str, *arguments: str | float) -> Measured:
    """Call a function in a new process.

    Args:
        module: for example "bench_lake".
        function: its name; it answers what JSON can say.
        arguments: for the function, as JSON can say them.

    Raises:
        subprocess.CalledProcessError: the function failed; its traceback is on the screen.
    """
    command = [sys.executable, "-m", "benchmarks.child", module, function, json.dumps(arguments)]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=root)
    line = next(each for each in done.stdout.splitlines() if each.startswith(_RESULT))
    found = json.loads(line.removeprefix(_RESULT))
    return Measured(found["answer"], found["peak_gib"])


def _peak_gib() -> float:
    """Peak memory of this process: what its parent held before it began does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main(module: str, function: str, arguments: str) -> None:
    """Entry point of the new process."""
    answer = getattr(importlib.import_module(f"benchmarks.{module}"), function)(
        *json.loads(arguments)
    )
    print(_RESULT + json.dumps({"answer": answer, "peak_gib": _peak_gib()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
