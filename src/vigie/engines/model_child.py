"""Runs a forecast model of somebody else in a process of its own: Parquet in, Parquet or CSV out.

The child gets a folder with the history as it was known on its day and nothing newer. It is kept
apart so that its mistakes (memory, crashes, endless loops) stay out of the run; it is no sandbox.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from vigie.errors import BadData

__all__ = ["ENTRY_POINTS", "entry_point_command", "run_model"]

ENTRY_POINTS = "vigie.flow_models"
"""Group of the entry points of installed packages that are models."""

HISTORY, REQUEST = "history.parquet", "request.json"
ANSWERS = ("forecasts.parquet", "forecasts.csv")

_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "R_LIBS_USER")
_LAST_LINES = 5

_RUNNER = """
import importlib.metadata, json, pathlib, sys
import pyarrow.parquet as pq
folder = pathlib.Path(sys.argv[2])
(point,) = importlib.metadata.entry_points(group="vigie.flow_models", name=sys.argv[1])
history = pq.read_table(folder / "history.parquet")
request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
pq.write_table(point.load()(history, request), folder / "forecasts.parquet")
"""


def entry_point_command(name: str) -> tuple[str, ...]:
    """The command that calls an entry point of the group ``vigie.flow_models``."""
    return (sys.executable, "-X", "utf8", "-c", _RUNNER, name)


def run_model(
    command: Sequence[str],
    history: pa.Table,
    request: Mapping[str, object],
    scratch: Path,
    *,
    environment: Mapping[str, str],
    timeout_seconds: float,
) -> pa.Table:
    """Call a command with the name of a folder as its last argument; the rows that it wrote there.

    The folder holds ``history.parquet`` and ``request.json``; the command writes
    ``forecasts.parquet`` or ``forecasts.csv``.

    Args:
        command: program and arguments; paths in it are absolute.
        history: what the model may know.
        request: what it is asked for, written as JSON.
        scratch: folder in which the folder of this call is made, and removed.
        environment: of this process; only names that programs need to start are passed on.
        timeout_seconds: the child and what it started are ended after this long.

    Raises:
        BadData: it cannot be started, failed, took too long or wrote nothing readable; the
            message ends with the last lines that it printed.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        pq.write_table(history, folder / HISTORY)
        (folder / REQUEST).write_text(json.dumps(request), encoding="utf-8")
        passed = {key: environment[key] for key in _PASSED if key in environment}
        _run([*command, str(folder)], folder, passed, timeout_seconds)
        return _answer(folder)


def _run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], timeout_seconds: float
) -> None:
    said = folder / "said.txt"
    with said.open("wb") as output:
        try:
            child = subprocess.Popen(  # noqa: S603
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise BadData(
                f"{command[0]} cannot be started: {error.strerror}. Correct the command."
            ) from error
        try:
            code = child.wait(timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise BadData(
                f"it took longer than {timeout_seconds:g} s. Make it faster, or raise "
                "timeout_seconds."
            ) from error
        finally:
            _end(child)
    if code != 0:
        lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        last = "\n".join(lines[-_LAST_LINES:])
        raise BadData(f"it ended with exit code {code}. Its last lines:\n{last}")


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and everything that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _answer(folder: Path) -> pa.Table:
    found = [folder / name for name in ANSWERS if (folder / name).is_file()]
    if not found:
        raise BadData(f"it wrote neither {' nor '.join(ANSWERS)} into its folder.")
    try:
        if found[0].suffix == ".parquet":
            return pq.read_table(found[0], partitioning=None)
        as_text = {name: pa.string() for name in ("location", "category", "output_type")}
        options = pcsv.ConvertOptions(column_types=as_text, strings_can_be_null=False)
        return pcsv.read_csv(found[0], convert_options=options)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadData(f"its {found[0].name} cannot be read: {error}.") from error
