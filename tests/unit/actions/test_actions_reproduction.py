"""Reproduction numbers in a room: of invented epidemics whose growth is known."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.rooms import FILES, OPERATOR, open_at, send, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.epidemics.epidemic_fits import EpidemicFits, fit_epidemics
from vigie.actions.epidemics.reproduction import DAYS_KEPT, reproduction_models, reproduction_rows
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.compiled_loops import loops_name
from vigie.actions.rooms.reading import FACTS
from vigie.actions.rooms.room import Room
from vigie.bootstrap import clock, local_operator, open_notebook, open_room, pages_of
from vigie.cli import run
from vigie.errors import FolderInvalid
from vigie.schemas import REPRODUCTION

EPIDEMIC = """
[[epidemics]]
measure = "admissions"
generation_mean_days = 5
generation_sd_days = 2
admission_mean_days = 8
admission_sd_days = 4
"""
MEMBERS = {"N": ("A", "B", "C")}
START = date(2021, 1, 4)
LAST = START + timedelta(days=69)

# One process compiles the engine for these tests.
pytestmark = pytest.mark.xdist_group("renewal")


def room_with(folder: Path, epidemics: str = EPIDEMIC) -> Room:
    settings = FILES["vigie.toml"].replace("sample_count = 50", "sample_count = 200")
    return open_at(write_room(folder / "room", {"vigie.toml": settings + epidemics}), LAST)


def facts(means: Mapping[str, np.ndarray]) -> pa.Table:
    """Admissions of places with the given means a day, with Poisson chance."""
    rng = np.random.default_rng(5)
    rows = [
        {
            "measure": "admissions",
            "place": place,
            "category": "",
            "reference_date": START + timedelta(days=number),
            "value": float(rng.poisson(mean)),
        }
        for place, daily in sorted(means.items())
        for number, mean in enumerate(daily.tolist())
    ]
    return pa.Table.from_pylist(rows, FACTS)


def growing(rate: float, last: float) -> np.ndarray:
    """(70,): ``last`` a day on the last day, growing by ``rate`` a day."""
    return last * np.exp(rate * np.arange(-69, 1))


def last_rows(table: pa.Table) -> dict[str, dict[str, object]]:
    return {row["place"]: row for row in table.to_pylist() if row["date"] == LAST}


def chance(seed: int = 1) -> Chance:
    return Chance(seed, LAST, 200, 14)


def fitted(room: Room, given: pa.Table, seed: int = 1) -> EpidemicFits:
    return fit_epidemics(room, given, MEMBERS, chance(seed))


def test_growth_is_read_as_r_above_one_and_decline_as_below(tmp_path: Path) -> None:
    room = room_with(tmp_path)
    for rate, is_growing in ((0.06, True), (-0.05, False)):
        given = facts({"A": growing(rate, 60), "B": growing(rate, 40)})
        rows = reproduction_rows(fitted(room, given))
        nation = last_rows(rows)["N"]
        # Admissions tell of infections a week back; later R is drawn towards 1 (equation 3).
        known = next(
            row
            for row in rows.to_pylist()
            if row["place"] == "N" and row["date"] == LAST - timedelta(days=14)
        )
        # 1/R = sum of w(s) exp(-r s); for a gamma law (1 + r sd^2/mean)^(mean^2/sd^2).
        true = (1 + rate * 4 / 5) ** (25 / 4)
        assert known["r_q05"] < true < known["r_q95"]
        assert (nation["probability_growing"] > 0.9) == is_growing
        assert (nation["growth_rate_q50"] > 0) == is_growing
        assert (nation["doubling_days"] > 0) == is_growing
        assert (nation["probability_peak_passed"] > 0.5) != is_growing


def test_small_sites_are_left_out_and_the_nation_has_sixty_ordered_days(tmp_path: Path) -> None:
    given = facts({"A": growing(0.0, 20), "B": growing(0.0, 0.7), "C": growing(0.0, 0.3)})
    epidemics = fitted(room_with(tmp_path), given)
    rows = reproduction_rows(epidemics)
    assert set(last_rows(rows)) == {"N", "A"}
    nation = [row for row in rows.to_pylist() if row["place"] == "N"]
    assert [row["date"] for row in nation] == [
        LAST - timedelta(days=back) for back in range(DAYS_KEPT - 1, -1, -1)
    ]
    for row in nation:
        levels = [row[f"r_q{level}"] for level in ("05", "25", "50", "75", "95")]
        assert levels == sorted(levels)
        assert levels[0] > 0
        assert row["quality"] in {"weighted", "moved"}
        assert (row["growth_rate_q50"] is None) == (row["date"] != LAST)
    assert reproduction_models(epidemics) == {"reproduction admissions": "vigie-renewal"}


def test_same_seed_and_data_give_same_rows(tmp_path: Path) -> None:
    room, given = room_with(tmp_path), facts({"A": growing(0.02, 30)})
    first = reproduction_rows(fitted(room, given))
    assert first.equals(reproduction_rows(fitted(room, given)))
    assert not first.equals(reproduction_rows(fitted(room, given, seed=2)))


def test_old_or_missing_reports_are_skipped_with_a_reason(tmp_path: Path) -> None:
    room = room_with(tmp_path)
    old = facts({"A": growing(0.0, 20)[:50]})
    for given in (old, facts({"A": growing(0.0, 20)[-3:]}), facts({})):
        found = fitted(room, given)
        assert reproduction_rows(found).num_rows == 0
        assert len(found.skipped) == 1
        assert found.skipped[0].startswith("admissions: no place has a week of daily reports")


def test_a_room_without_epidemics_loads_no_engine(tmp_path: Path) -> None:
    folder = write_room(tmp_path / "room")
    code = (
        "import os, sys; os.environ.pop('NUMBA_CACHE_DIR', None)\n"
        "from pathlib import Path\n"
        "from tests.rooms import open_at, send_first_days, OPERATOR\n"
        "from vigie.actions.daily.cycle import run_cycle\n"
        f"room = open_at(Path({str(folder)!r})); send_first_days(room)\n"
        "assert run_cycle(room, OPERATOR).release\n"
        "assert 'vigie.epidemiology.renewal' not in sys.modules\n"
        "assert 'NUMBA_CACHE_DIR' not in os.environ\n"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False
    )
    assert done.returncode == 0, done.stderr


def test_compiled_code_is_kept_in_the_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    room = room_with(tmp_path)
    kept = room.home / "cache" / f"compiled-{loops_name()}"
    assert os.environ["NUMBA_CACHE_DIR"] == str(kept)
    monkeypatch.setenv("NUMBA_CACHE_DIR", "chosen by the user")
    room_with(tmp_path / "other")
    assert os.environ["NUMBA_CACHE_DIR"] == "chosen by the user"


def test_a_measure_that_is_no_daily_flow_is_refused(tmp_path: Path) -> None:
    wrong = EPIDEMIC.replace('"admissions"', '"beds_occupied"')
    with pytest.raises(FolderInvalid, match=r"not a flow by day.*nearest: .*admissions"):
        room_with(tmp_path, wrong)


def test_a_release_holds_the_rows_and_notebook_and_command_read_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = room_with(tmp_path)
    rng = np.random.default_rng(3)
    rows = [
        f"{place},{START + timedelta(days=number)},{rng.poisson(mean)}"
        for number, mean in enumerate(growing(0.05, 30).tolist())
        for place in ("A", "B", "C")
    ]
    name = f"admissions_{LAST}.csv"
    send(room, "admissions", name, "\n".join(["hospital,day,admitted", *rows, ""]))
    assert run_cycle(room, OPERATOR).release
    table = open_release(room, OPERATOR).table(REPRODUCTION.name)
    assert set(last_rows(table)) == {"N", "A", "B", "C"}
    told = open_notebook(room.folder).reproduction("admissions", place="N").to_arrow()
    assert told.num_rows == DAYS_KEPT
    assert last_rows(told)["N"]["probability_growing"] > 0.9
    wanted = ["show", "reproduction", "--room", str(room.folder)]
    assert run([*wanted, "--json", "--place", "A"], open_room, local_operator, clock, pages_of) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["date"] for row in rows][-1] == str(LAST)
    assert {row["place"] for row in rows} == {"A"}
    assert run(wanted, open_room, local_operator, clock, pages_of) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["A", "B", "C", "N"]
