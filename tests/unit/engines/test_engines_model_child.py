"""Own models in child processes: what they get, and how their failures are told."""

import json
import os
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from vigie.engines import entry_point_command, run_model
from vigie.errors import BadData

HISTORY = pa.table({"location": ["A", "B"], "value": [1.0, 2.0]})
ECHO = """
import json, os, pathlib, sys
import pyarrow.parquet as pq
folder = pathlib.Path(sys.argv[-1])
request = json.loads((folder / "request.json").read_text())
table = pq.read_table(folder / "history.parquet")
names = [[str(request["as_of"])] * 2, [",".join(sorted(os.environ))] * 2]
table = table.append_column("asked", [names[0]]).append_column("environment", [names[1]])
pq.write_table(table, folder / "forecasts.parquet")
"""


def call(tmp_path: Path, code: str, *, seconds: float = 30, **environment: str) -> pa.Table:
    return run_model(
        [sys.executable, "-c", code],
        HISTORY,
        {"as_of": "2021-03-01"},
        tmp_path / "scratch",
        environment=environment,
        timeout_seconds=seconds,
    )


def test_a_model_reads_its_history_and_request_and_its_rows_come_back(tmp_path: Path) -> None:
    found = call(tmp_path, ECHO, PATH=os.environ["PATH"], SMTP_URL="smtp://secret")
    assert found["value"].to_pylist() == [1.0, 2.0]
    assert found["asked"].to_pylist() == ["2021-03-01"] * 2
    assert "SMTP_URL" not in found["environment"][0].as_py().split(",")
    assert not list((tmp_path / "scratch").iterdir()), "its folder is removed"


def test_a_csv_file_is_read_too(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys\n"
        "text = 'location,horizon,output_type_id,value\\n01,1,0.5,3\\n'\n"
        "(pathlib.Path(sys.argv[-1]) / 'forecasts.csv').write_text(text)"
    )
    found = call(tmp_path, code).to_pylist()
    assert found == [{"location": "01", "horizon": 1, "output_type_id": 0.5, "value": 3}]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print('the wave is over'); raise SystemExit(4)", "exit code 4.*\n.*the wave is over"),
        ("pass", "wrote neither forecasts.parquet nor forecasts.csv"),
        (
            "import pathlib, sys; (pathlib.Path(sys.argv[-1]) / 'forecasts.parquet')"
            ".write_text('no')",
            "forecasts.parquet cannot be read",
        ),
    ],
)
def test_a_model_that_fails_is_told_with_its_last_lines(
    tmp_path: Path, code: str, message: str
) -> None:
    with pytest.raises(BadData, match=message):
        call(tmp_path, code)


def test_a_model_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    inner = f"import pathlib, time; time.sleep(3); pathlib.Path({str(alive)!r}).touch()"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    started = time.monotonic()
    with pytest.raises(BadData, match="took longer than 1 s"):
        call(tmp_path, code, seconds=1)
    assert time.monotonic() - started < 3
    time.sleep(3)
    assert not alive.exists()


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="no-such-program cannot be started"):
        run_model(
            ["no-such-program"],
            HISTORY,
            {},
            tmp_path,
            environment={"PATH": "/nowhere"},
            timeout_seconds=5,
        )


def test_an_installed_package_is_called_by_its_entry_point(tmp_path: Path) -> None:
    """A package as pip lays it out: a module, and metadata that name the entry point."""
    site = tmp_path / "site"
    (site / "twice-1.0.dist-info").mkdir(parents=True)
    (site / "twice.py").write_text(
        "import pyarrow as pa\n"
        "def forecast(history, request):\n"
        "    doubled = [2 * value for value in history['value'].to_pylist()]\n"
        "    return pa.table({'location': history['location'], 'value': doubled,\n"
        "                     'asked': [request['as_of']] * len(doubled)})\n"
    )
    (site / "twice-1.0.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: twice\nVersion: 1.0\n"
    )
    points = "[vigie.flow_models]\ntwice-as-many = twice:forecast\n"
    (site / "twice-1.0.dist-info/entry_points.txt").write_text(points)
    found = run_model(
        entry_point_command("twice-as-many"),
        HISTORY,
        json.loads('{"as_of": "2021-03-01"}'),
        tmp_path / "scratch",
        environment={"PYTHONPATH": str(site)},
        timeout_seconds=30,
    )
    assert found["value"].to_pylist() == [2.0, 4.0]
    assert found["asked"].to_pylist() == ["2021-03-01"] * 2
