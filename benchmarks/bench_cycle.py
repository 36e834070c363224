"""The whole day of the demo region: written, taken in cold, then with one more day of files."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure

COMMAND = "make bench ONLY=cycle"
DAYS = 730


def write(folder: str) -> dict[str, float | str]:
    """Write the region with one day more, and lay that day's files aside; seconds and sizes."""
    from vigie.actions.daily.demo import write_demo_room

    started = time.perf_counter()
    made = write_demo_room(
        Path(folder), hospital_count=scaled(100, 6), days=max(60, scaled(DAYS)) + 1
    )
    seconds = time.perf_counter() - started
    for file in (made.folder / "inbox").glob(f"*/*_{made.as_of}.csv*"):
        aside = made.folder / "aside" / file.relative_to(made.folder / "inbox")
        aside.parent.mkdir(parents=True, exist_ok=True)
        file.rename(aside)
    return {
        "seconds": seconds,
        "run_at": made.run_at.isoformat(),
        "rows": sum(made.rows.values()),
        "files": made.files,
    }


def compile_loops(prefix: str) -> dict[str, float]:
    """Compile the loops of an installation, as ``make install`` does; seconds and bytes."""
    from vigie.actions.rooms.compiled_loops import compile_for_installation

    made = compile_for_installation(Path(prefix))
    return {"seconds": made.seconds, "bytes": made.bytes}


def cycle(folder: str, run_at: str, prefix: str) -> dict[str, float]:
    """Run the room's day at an instant; seconds of each phase, and of all.

    Args:
        folder: of the room.
        run_at: the present.
        prefix: of the installation whose compiled loops a new room takes, if it has any.
    """
    from vigie.actions.daily.cycle import run_cycle
    from vigie.actions.rooms.compiled_loops import keep_loops
    from vigie.bootstrap import local_operator, open_room

    marks: list[tuple[str, float]] = []
    os.environ.pop("NUMBA_CACHE_DIR", None)
    started = time.perf_counter()
    keep_loops(Path(folder) / ".vigie", Path(prefix))
    room = open_room(
        Path(folder),
        now=lambda: datetime.fromisoformat(run_at),
        progress=lambda line: marks.append((line, time.perf_counter())),
    )
    result = run_cycle(room, local_operator())
    ended = time.perf_counter()
    if result.status != "released":
        raise RuntimeError(result.message)
    ends = [at for _, at in marks[1:]] + [ended]
    phases: dict[str, float] = {"all": ended - started, "Opening": marks[0][1] - started}
    for (line, at), end in zip(marks, ends, strict=True):
        name = line.split(":")[0]
        phases[name] = phases.get(name, 0.0) + end - at
    return phases


def run() -> list[Figure]:
    """Seconds and peak memory of the cycle, cold and with one more day."""
    with tempfile.TemporaryDirectory(prefix="vigie-bench-", ignore_cleanup_errors=True) as folder:
        return _figures(Path(folder) / "room")


def _figures(folder: Path) -> list[Figure]:
    made = in_child("bench_cycle", "write", str(folder)).answer
    next_morning = datetime.fromisoformat(made["run_at"])
    before = (next_morning - timedelta(days=1)).isoformat()
    prefix = str(folder.with_name("installation"))
    twin = Path(shutil.copytree(folder, folder.with_name("twin")))
    alone = in_child("bench_cycle", "cycle", str(twin), before, prefix)
    shutil.rmtree(twin)
    compiled = in_child("bench_cycle", "compile_loops", prefix).answer
    cold = in_child("bench_cycle", "cycle", str(folder), before, prefix)
    shutil.copytree(folder / "aside", folder / "inbox", dirs_exist_ok=True)
    shutil.rmtree(folder / "aside")
    warm = in_child("bench_cycle", "cycle", str(folder), made["run_at"], prefix)
    size = f"demo region ({made['rows'] / 1e6:.1f} M rows in {made['files']} files)"
    loops = f"compile the loops of an installation ({compiled['bytes'] / 1e6:.0f} MB)"
    figures = [
        Figure(f"write the {size}", made["seconds"], "s", None, COMMAND),
        Figure(loops, compiled["seconds"], "s", None, COMMAND),
        Figure(f"cold cycle, {size}", cold.answer["all"], "s", 60, COMMAND),
        Figure("cold cycle, no loops installed", alone.answer["all"], "s", None, COMMAND),
        Figure("cold cycle, peak memory", cold.peak_gib, "GiB", None, COMMAND),
        # 20 s is the budget with baselines alone; a room runs the full models.
        Figure("next day's cycle, demo region, full models", warm.answer["all"], "s", 45, COMMAND),
        Figure("next day's cycle, peak memory", warm.peak_gib, "GiB", None, COMMAND),
    ]
    for name, phases in (("cold", cold.answer), ("next day's", warm.answer)):
        for phase, seconds in phases.items():
            if phase != "all" and seconds >= 0.05:
                what = f"{name} cycle: {phase[0].lower()}{phase[1:]}"
                figures.append(Figure(what, seconds, "s", None, COMMAND))
    return figures
