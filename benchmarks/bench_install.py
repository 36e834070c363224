"""What the default install weighs, how soon the command line answers, and ``make demo``."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "make bench ONLY=install"


def installed_bytes() -> int:
    """Bytes of all pinned packages of requirements.txt that are installed here."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    total = 0
    for name in dict.fromkeys(re.findall(r"^([\w.-]+)==", text, re.MULTILINE)):
        try:
            files = metadata.distribution(name).files or []
        except metadata.PackageNotFoundError:
            continue
        total += sum(each.size or 0 for each in files)
    return total


def seconds_of(arguments: list[str]) -> float:
    """Median wall time of a command over five runs, after one that is not counted."""
    times = []
    for _ in range(6):
        started = time.perf_counter()
        subprocess.run(arguments, check=True, capture_output=True, cwd=ROOT)
        times.append(time.perf_counter() - started)
    return median(times[1:])


def demo_seconds() -> float:
    """Seconds of ``make demo SERVE=0`` in a fresh clone: environment, install, region, cycle."""
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        started = time.perf_counter()
        subprocess.run(["make", "demo", "SERVE=0"], check=True, cwd=clone, capture_output=True)
        return time.perf_counter() - started


def run() -> list[Figure]:
    """Size of the install, ``import vigie``, ``vigie --help`` and the demo."""
    vigie = str(Path(sys.executable).parent / "vigie")
    importing = seconds_of([sys.executable, "-c", "import vigie"])
    helping = seconds_of([vigie, "--help"])
    size = installed_bytes() / 1e9
    return [
        Figure("default install, files as pinned", size, "GB", 1.0, COMMAND),
        Figure("import vigie, whole process", importing * 1000, "ms", None, COMMAND),
        Figure("vigie --help, whole process", helping, "s", 0.5, COMMAND),
        Figure("make demo SERVE=0, fresh clone, warm cache", demo_seconds(), "s", 300, COMMAND),
    ]
