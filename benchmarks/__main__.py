"""Runs every ``bench_*.py`` beside it, prints the figures and keeps them in docs/benchmarks.md.

``python -m benchmarks`` runs all; ``python -m benchmarks lake,pages`` only those. A figure
measured anew replaces its row; the other rows stay, each with the machine it was measured on.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
from pathlib import Path

from benchmarks.figures import Figure, rows_by_key, with_section

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"


def subjects() -> list[str]:
    """What can be measured: the ``bench_`` modules, without the prefix, in order."""
    return sorted(each.stem.removeprefix("bench_") for each in HERE.glob("bench_*.py"))


def machine() -> str:
    """The machine in general words: cores, memory, system and Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{cores} cores, {memory:.0f} GiB, {platform.system()}, Python {python}"


def measure(subject: str) -> list[Figure]:
    """The figures of one subject, each printed as it is known."""
    print(f"{subject}:", flush=True)
    started = time.perf_counter()
    figures: list[Figure] = importlib.import_module(f"benchmarks.bench_{subject}").run()
    for each in figures:
        print(f"  {each.row('here')}", flush=True)
    print(f"  ({time.perf_counter() - started:.0f} s in all)", flush=True)
    return figures


def keep(figures: list[Figure]) -> None:
    """Write the figures into the page."""
    page = PAGE.read_text(encoding="utf-8")
    rows = rows_by_key(page) | {each.name: each.row(machine()) for each in figures}
    PAGE.write_text(with_section(page, rows.values()), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Measure what is asked for; 1 when a budget is missed, 2 for an unknown subject."""
    known = subjects()
    chosen = [each for word in arguments for each in word.split(",") if each] or known
    unknown = [each for each in chosen if each not in known]
    if unknown:
        print(f"Nothing measures {', '.join(unknown)}. There are: {', '.join(known) or 'none'}.")
        return 2
    figures = [figure for subject in chosen for figure in measure(subject)]
    keep(figures)
    missed = [each.name for each in figures if not each.is_kept]
    for each in missed:
        print(f"Budget missed: {each}. Give the reason in docs/benchmarks.md.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
