"""Where compiled loops of models are kept: once with the installation, and with each room.

Numba looks only at the file of a function to see whether its kept code is old, and a loop holds
code of other files too: so a place of kept code is named after all files that loops are made from.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import vigie

__all__ = [
    "LOOP_FILES",
    "CompiledLoops",
    "compile_for_installation",
    "compile_loops",
    "installed_loops",
    "keep_loops",
    "loops_name",
]

LOOP_FILES = ("epidemiology/renewal/*.py", "hospital/stays/*.py", "supply/*kernel.py")
"""The files of the package that compiled code comes from."""

VARIABLE = "NUMBA_CACHE_DIR"
"""Numba reads it when the first loop is imported."""

# In the order in which a run needs them.
_CODE = """
from vigie.hospital.stays import ready_flow; ready_flow()
from vigie.epidemiology.renewal import ready_engine; ready_engine()
from vigie.supply.demand_kernel import ready_draws; ready_draws()
from vigie.supply.reorder_kernel import ready_orders; ready_orders()
"""


@dataclass(frozen=True, slots=True)
class CompiledLoops:
    """Loops that the installation keeps.

    Attributes:
        folder: where they are.
        seconds: what compiling took; 0 where they were there already.
        bytes: their size on disk.
    """

    folder: Path
    seconds: float
    bytes: int


def loops_name() -> str:
    """A name that changes with the code of any loop, with numba and with Python: 16 digits."""
    parts = [file.read_bytes() for file in _files()]
    return _hashed(*parts, version("numba").encode(), sys.version.encode())


def keep_loops(home: Path, prefix: Path | None = None) -> None:
    """Have compiled loops kept in a room: those of the installation, if it has them.

    They are copied, for some 5 MB, since numba writes where it reads: it would pass over a folder
    that this user may not write. Where the installation has none for this machine, or they cannot
    be read, the first run compiles into the same folder of the room. Nothing is done where the
    user has chosen a folder for all compiled code (``NUMBA_CACHE_DIR``).

    Args:
        home: the room's own folder.
        prefix: of the installation; None: where this Python is.
    """
    if VARIABLE in os.environ:
        return
    kept = home / "cache" / f"compiled-{loops_name()}"
    os.environ[VARIABLE] = str(kept)
    if kept.exists():
        return
    installed = installed_loops(prefix)
    part = kept.with_name(f"{kept.name}.{os.getpid()}.part")
    try:
        if installed.is_dir():
            shutil.copytree(installed, part)
            part.rename(kept)
    except OSError:
        # Not readable, no room on the disk, or another process was first: a run compiles.
        shutil.rmtree(part, ignore_errors=True)


def installed_loops(prefix: Path | None = None) -> Path:
    """The folder in which this installation keeps its loops for this machine, there or not.

    It is named after the loops, the times of their files (numba compares those) and the processor,
    and is moved to its place when all is compiled: where it exists, it is complete.

    Args:
        prefix: of the installation; None: where this Python is.
    """
    from llvmlite.binding import get_host_cpu_features, get_host_cpu_name

    times = ",".join(str(file.stat().st_mtime_ns) for file in _files())
    try:
        features = get_host_cpu_features().flatten()
    except RuntimeError:
        # Not every system tells them; numba does without, too.
        features = ""
    machine = f"{platform.machine()} {get_host_cpu_name()} {features}"
    name = _hashed(loops_name().encode(), times.encode(), machine.encode())
    return Path(prefix or sys.prefix) / "share" / "vigie" / f"compiled-{name}"


def compile_for_installation(prefix: Path | None = None) -> CompiledLoops:
    """Compile all loops once, for every room of this installation; those of older code go.

    Args:
        prefix: of the installation; None: where this Python is.

    Raises:
        OSError: the folder of the installation cannot be written.
        subprocess.CalledProcessError: compiling failed; ``stderr`` says how.
    """
    folder = installed_loops(prefix)
    seconds = 0.0
    if not folder.is_dir():
        started = perf_counter()
        _compile_into(folder)
        seconds = perf_counter() - started
    size = sum(each.stat().st_size for each in folder.rglob("*.nb*"))
    return CompiledLoops(folder, seconds, size)


def compile_loops(folder: Path | None = None, *, stderr: int) -> subprocess.Popen[str]:
    """Begin to compile all loops in a process of its own: a thread would hold up other work.

    Args:
        folder: where compiled code is kept; None: where this process has it.
        stderr: where errors go, as ``subprocess`` says it.
    """
    return subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-c", _CODE],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        text=True,
        env={**os.environ, VARIABLE: str(folder)} if folder else None,
    )


def _compile_into(folder: Path) -> None:
    """Compile beside a folder, move it to its place when all is there, remove older ones."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    part.mkdir()
    try:
        with compile_loops(part, stderr=subprocess.PIPE) as child:
            told = child.communicate()[1]
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, child.args, stderr=told)
        try:
            part.rename(folder)
        except OSError:
            # Another process was first: its loops are as good.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    for old in folder.parent.glob("compiled-*"):
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)


def _files() -> list[Path]:
    package = Path(vigie.__file__).parent
    return [file for at in LOOP_FILES for file in sorted(package.glob(at))]


def _hashed(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
