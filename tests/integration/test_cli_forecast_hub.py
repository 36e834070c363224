"""``vigie forecast hub`` on a hub's pack: every task is there, later values change nothing."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.integration.official_files import shared_files
from tests.integration.test_cli_score import vigie

SEASON = "2022-23"
LAST_ROUND = date(2023, 1, 7)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack without what peers forecast and without the truth."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for file in shared_files(
        "flusight/target_vintages.parquet", "flusight/rounds.csv", "flusight/locations.csv"
    ):
        shutil.copy(file, folder)
    return folder


def forecasts(
    capsys: pytest.CaptureFixture[str],
    pack: Path,
    out: Path,
    model: str = "flat",
    season: str = SEASON,
) -> pa.Table:
    command = ["forecast", "hub", "--data", str(pack), "--season", season, "--model", model]
    code, _, told = vigie(capsys, *command, "--out", str(out))
    assert code == 0, told
    return pq.read_table(out)


def test_every_place_horizon_and_level_of_every_round_is_forecast(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = forecasts(capsys, pack, tmp_path / "made.parquet")
    rounds = pc.count_distinct(made["reference_date"]).as_py()
    assert made.num_rows == rounds * 53 * 4 * 23
    assert not made["value"].null_count
    assert pc.min(made["value"]).as_py() >= 0
    by_task = made["value"].to_numpy().reshape(-1, 23)
    assert (np.diff(by_task, axis=1) >= 0).all()

    (truth, peers) = shared_files("flusight/truth.parquet", "flusight/forecasts_2022-23.parquet")
    code, out, _ = vigie(
        capsys,
        "score",
        str(peers),
        str(tmp_path / "made.parquet"),
        "--truth",
        str(truth),
        "--baseline",
        "FluSight-baseline",
        "--models",
        "vigie-flat",
        "--json",
    )
    assert code == 0
    assert '"vigie-flat"' in out


def test_values_known_after_a_round_change_no_forecast_of_it(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = forecasts(capsys, pack, tmp_path / "before.parquet")
    file = pack / "target_vintages.parquet"
    targets = pq.read_table(file)
    later = pc.greater(targets["as_of"], pa.scalar(LAST_ROUND, pa.date32()))
    value = targets["value"].to_numpy(zero_copy_only=False).copy()
    at = np.flatnonzero(later.to_numpy(zero_copy_only=False))
    value[at] = np.random.default_rng(1).permutation(value[at])
    pq.write_table(targets.set_column(3, "value", pa.array(value)), file)
    after = forecasts(capsys, pack, tmp_path / "after.parquet")

    known = pc.less_equal(before["reference_date"], pa.scalar(LAST_ROUND, pa.date32()))
    assert before.filter(known).equals(after.filter(known))
    assert not before.equals(after), "later rounds do see the later values"


def test_the_pooled_forecast_serves_every_task_and_knows_no_later_value(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two rounds, the second calibrated by the first; then every later value is shuffled."""
    lines = (pack / "rounds.csv").read_text("utf-8").splitlines()
    some = [line for line in lines if line.startswith(("2022-23,2022-11-05", "2022-23,2022-11-12"))]
    (pack / "rounds.csv").write_text("\n".join([lines[0], *some]), encoding="utf-8")
    # A dozen places and the nation, which are learnt from in a quarter of the time.
    places = (pack / "locations.csv").read_text("utf-8").splitlines()
    (pack / "locations.csv").write_text("\n".join(places[:14]), encoding="utf-8")
    made = forecasts(capsys, pack, tmp_path / "made.parquet", "pooled-weekly")
    assert made.num_rows == 2 * 13 * 4 * 23
    values = made["value"].to_numpy().reshape(-1, 23)
    assert (values >= 0).all()
    assert (np.diff(values, axis=1) >= 0).all()

    file = pack / "target_vintages.parquet"
    targets = pq.read_table(file)
    later = pc.greater(targets["as_of"], pa.scalar(date(2022, 11, 8), pa.date32()))
    value = targets["value"].to_numpy(zero_copy_only=False).copy()
    at = np.flatnonzero(later.to_numpy(zero_copy_only=False))
    value[at] = np.random.default_rng(1).permutation(value[at])
    pq.write_table(targets.set_column(3, "value", pa.array(value)), file)
    assert made.equals(forecasts(capsys, pack, tmp_path / "again.parquet", "pooled-weekly"))


def test_the_seasonal_model_serves_every_task_and_knows_no_later_value(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (pack / "rounds.csv").read_text("utf-8").splitlines()
    some = [line for line in lines if line.startswith(("2023-24,2023-12-16", "2023-24,2024-01-06"))]
    (pack / "rounds.csv").write_text("\n".join([lines[0], *some]), encoding="utf-8")
    made = forecasts(capsys, pack, tmp_path / "made.parquet", "seasonal", "2023-24")
    assert made.num_rows == 2 * 53 * 4 * 23
    values = made["value"].to_numpy().reshape(-1, 23)
    assert (values >= 0).all()
    assert (np.diff(values, axis=1) >= 0).all()

    file = pack / "target_vintages.parquet"
    targets = pq.read_table(file)
    later = pc.greater(targets["as_of"], pa.scalar(date(2024, 1, 6), pa.date32()))
    pq.write_table(targets.filter(pc.invert(later)), file)
    assert made.equals(forecasts(capsys, pack, tmp_path / "again.parquet", "seasonal", "2023-24"))


def test_without_a_past_season_the_seasonal_model_is_the_flat_one(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flat = forecasts(capsys, pack, tmp_path / "flat.parquet")
    seasonal = forecasts(capsys, pack, tmp_path / "seasonal.parquet", "seasonal")
    first = pc.less(flat["reference_date"], pa.scalar(date(2022, 10, 29), pa.date32()))
    medians = [
        each.filter(pc.and_(first, pc.equal(each["output_type_id"], 0.5)))["value"].to_numpy()
        for each in (flat, seasonal)
    ]
    assert medians[1] == pytest.approx(medians[0], rel=1e-6, abs=1e-6)


def test_a_season_without_rounds_lists_those_there_are(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "none.parquet"
    code, _, told = vigie(
        capsys, "forecast", "hub", "--data", str(pack), "--season", "1918", "--out", str(out)
    )
    assert code != 0
    assert 'season "1918"' in told
    assert "2022-23, 2023-24" in told
    assert not out.exists()
