"""The program ``vigie`` as a process: what it imports, what it writes, whatever the machine."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.rooms import FILES, LAST_DAY, put, stock_file

MAIN = "from vigie.bootstrap import main; main()"
HEAVY = (
    "numpy",
    "scipy",
    "pyarrow",
    "duckdb",
    "pyiceberg",
    "sqlalchemy",
    "alembic",
    "sqlglot",
    "fastapi",
    "uvicorn",
    "jinja2",
    "httpx",
    "polars",
    "pandas",
)


def vigie(
    *words: object, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the program; its output as bytes."""
    command = [sys.executable, "-c", MAIN, *(str(word) for word in words)]
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    return subprocess.run(
        command, cwd=cwd, env=plain | dict(env or {}), capture_output=True, check=False, timeout=120
    )


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["--version"]])
def test_help_imports_no_heavy_module(words: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["vigie", *{words!r}]
try:
    from vigie.bootstrap import main
    main()
except SystemExit:
    print("loaded:", *sorted(set(sys.modules) & set({HEAVY!r})))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "loaded:"


def test_importing_vigie_imports_nothing() -> None:
    code = f"import sys, vigie; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""


def test_text_is_utf8_whatever_the_locale(released_folder: Path) -> None:
    words = ["show", "briefing", "--language", "fr", "--room", released_folder]

    done = vigie(*words, env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})

    assert done.returncode == 0, done.stderr
    assert "Patients hospitalisés" in done.stdout.decode("utf-8")


def test_an_answer_cut_off_by_its_reader_is_no_failure() -> None:
    shell = f'"{sys.executable}" -c "{MAIN}" export schema | head -n 1'

    done = subprocess.run(["bash", "-c", f"set -o pipefail; {shell}"], capture_output=True)

    assert done.stdout.startswith(b"measures")
    assert b"Traceback" not in done.stderr


def test_a_room_goes_from_nothing_to_a_published_release(tmp_path: Path) -> None:
    """The words of a first hour, in a folder with spaces and another time zone."""
    home = tmp_path / "my réseau (test)"
    home.mkdir()
    env = {"TZ": "Pacific/Auckland", "LC_ALL": "C"}

    def said(*words: object) -> str:
        done = vigie(*words, cwd=home / "room" if (home / "room").exists() else home, env=env)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8")

    said("init", "room")
    room = home / "room"
    for name, text in FILES.items():
        put(room, name, text)
    file = put(home, f"files to send/stock_{LAST_DAY}.csv", stock_file(LAST_DAY, left={"C": 15}))
    assert "is kept as arrival" in said("receive", file, "--feed", "supplies")
    lines = said("run", "--as-of", LAST_DAY).splitlines()
    assert lines[0] == "supplies: 1 files, 6 rows, 0 rejected, 6 new revisions"
    release = json.loads(said("release", "list", "--json"))[0]["release"]
    assert lines[-1] == f"Release {release} is in force."
    shortages = json.loads(said("show", "shortages", "--json", "--kind", "products"))
    assert {row["place"]: row["capacity_now"] for row in shortages} == {"A": 500, "B": 500, "C": 15}
