"""``vigie forecast occupancy``: every task served, later rows change nothing, official figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.official_files import shared_files
from tests.integration.test_cli_forecast_series import origins
from tests.integration.test_cli_score import vigie

FIRST, DAYS = date(2020, 3, 1), 110
ORIGINS = (date(2020, 5, 25), date(2020, 6, 1))


def folder_of(place: Path, *, later: int = 0, admissions: bool = True) -> Path:
    """Two files of invented départements; ``later`` shuffles what follows the last origin."""
    place.mkdir()
    rng = np.random.default_rng(1)
    icu = rng.poisson(20 * np.exp(np.sin(np.arange(DAYS) / 20)) * rng.uniform(0.5, 2, (6, 1)))
    came = rng.poisson(icu / 8)
    known = (ORIGINS[-1] - FIRST).days + 1
    if later:
        order = np.random.default_rng(later).permutation(DAYS - known) + known
        icu[:, known:], came[:, known:] = icu[:, order], came[:, order]
    dates = [FIRST + timedelta(days=day) for day in range(DAYS)] * 6
    names = [f"0{at}" for at in range(6) for _ in range(DAYS)]
    table = {"date": pa.array(dates), "dep": pa.array(names)}
    pq.write_table(pa.table(table | {"icu": icu.ravel(), "hosp": 3 * icu.ravel()}),
                   place / "occupancy.parquet")  # fmt: skip
    if admissions:
        pq.write_table(pa.table(table | {"adm_icu": came.ravel(), "adm_hosp": 4 * came.ravel()}),
                       place / "admissions.parquet")  # fmt: skip
    return place


def command(data: Path, at: Path, out: Path, *more: str) -> list[str]:
    files = ["--data", str(data), "--origins", str(at), "--out", str(out)]
    return ["forecast", "occupancy", *files, *more]


def test_every_origin_place_and_horizon_is_served_from_what_was_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = origins(tmp_path, *ORIGINS)
    files = []
    for name, later in (("a", 0), ("b", 3)):
        out = tmp_path / f"{name}.parquet"
        code, said, _ = vigie(capsys, *command(folder_of(tmp_path / name, later=later), at, out))
        assert (code, "icu, hosp, adm_icu, adm_hosp" in said) == (0, True)
        files.append(pq.read_table(out))
    assert files[0].equals(files[1]), "what came after an origin changed its forecast"
    assert files[0].num_rows == 2 * 6 * 2 * 23
    assert set(files[0].column_names) == {"origin", "dep", "horizon", "output_type_id", "value"}
    values = files[0]["value"].to_numpy().reshape(-1, 23)
    assert (np.diff(values, axis=1) >= -1e-9).all()
    assert (values >= 0).all()


def test_occupancy_alone_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = folder_of(tmp_path / "data", admissions=False)
    out = tmp_path / "out.csv"
    at = origins(tmp_path, ORIGINS[0])
    code, said, _ = vigie(capsys, *command(data, at, out, "--horizons", "3"))
    assert code == 0
    assert "from icu, hosp." in said
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1 + 6 * 23


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: (data / "occupancy.parquet").unlink(), "occupancy.parquet"),
        (lambda data: pq.write_table(pa.table({"date": [FIRST], "dep": ["01"], "beds": [3]}),
                                     data / "occupancy.parquet"), 'no column "icu"'),
    ],
)  # fmt: skip
def test_a_folder_without_the_figures_is_named(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], None],
    message: str,
) -> None:
    data = folder_of(tmp_path / "data")
    spoil(data)
    at = origins(tmp_path, ORIGINS[0])
    code, _, said = vigie(capsys, *command(data, at, tmp_path / "out.parquet"))
    assert code != 0
    assert message in said


def test_french_intensive_care_is_foreseen_better_than_by_persistence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scorer: ModuleType
) -> None:
    pack = shared_files("fr_sivic/occupancy.parquet")[0].parent
    target = scorer.load_target("icu", pack.parent, "2020-05-18:2020-09-28:133")
    at = origins(tmp_path, *[str(target.dates[each]) for each in target.origins])
    out = tmp_path / "out.parquet"
    assert vigie(capsys, *command(pack, at, out))[0] == 0
    found = scorer.read_forecast(str(out), target)
    for horizon in (7, 14):
        truth = target.truth(horizon)
        ours = scorer.wis(found[horizon], truth).sum()
        assert ours < 0.75 * scorer.wis(scorer.baseline(target)[horizon], truth).sum()
