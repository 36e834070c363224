"""Runs a room's Python dataset in a process of its own: Arrow in, Arrow out.

The authors of a room are trusted and reviewed in git; the child keeps their mistakes (memory,
crashes, global state) out of the run, it is no sandbox.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from vigie.errors import BadData

__all__ = ["run_python"]

_RUNNER = """
import pathlib, runpy, sys
import pyarrow as pa
folder, code = pathlib.Path(sys.argv[1]), sys.argv[2]
inputs = {}
for path in sorted(folder.glob("*.in")):
    with pa.memory_map(str(path)) as source:
        inputs[path.stem] = pa.ipc.open_file(source).read_all()
result = runpy.run_path(code)["build"](inputs)
if not isinstance(result, pa.Table):
    sys.exit("build() must return a pyarrow.Table, not " + type(result).__name__)
with pa.OSFile(str(folder / "result.out"), "wb") as sink:
    with pa.ipc.new_file(sink, result.schema) as writer:
        writer.write_table(result)
"""


def run_python(
    code: Path, inputs: Mapping[str, pa.Table], scratch: Path, *, timeout_seconds: float = 600
) -> pa.Table:
    """Call ``build(inputs)`` of a Python file in a child process.

    Args:
        code: the file.
        inputs: tables by name.
        scratch: folder for the tables on their way.
        timeout_seconds: the child is ended after this long.

    Raises:
        BadData: it failed, took too long or returned no table; the message ends with the last
            lines that it printed.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        for key, table in inputs.items():
            with (
                pa.OSFile(str(folder / f"{key}.in"), "wb") as sink,
                pa.ipc.new_file(sink, table.schema) as writer,
            ):
                writer.write_table(table)
        command = [sys.executable, "-X", "utf8", "-c", _RUNNER, str(folder), str(code)]
        try:
            done = subprocess.run(  # noqa: S603
                command, capture_output=True, text=True, timeout=timeout_seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise BadData(
                f"{code.name} took longer than {timeout_seconds:.0f} s. Make it faster, or build "
                "its result outside and receive it as a feed."
            ) from error
        if done.returncode != 0:
            last = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise BadData(f"{code.name} failed in its own process. Its last lines:\n{last}")
        if not (folder / "result.out").exists():
            raise BadData(
                f"{code.name} ended its own process and returned no table. Let build() return a "
                "pyarrow.Table."
            )
        with pa.OSFile(str(folder / "result.out"), "rb") as source:
            return pa.ipc.open_file(source).read_all()
