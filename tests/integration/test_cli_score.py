"""``vigie score`` against the reference scorer, on the forecasts of a hub's seasons."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from tests.integration.official_files import ROOT, shared_files
from vigie import bootstrap
from vigie.cli import run
from vigie.paths import PHASES

REFERENCE = Path(os.environ.get("VIGIE_SHARED", ROOT.parent / "shared")) / "tools/score_hub.py"
NAMES = {
    "tasks": "n",
    "share": "share",
    "shared_tasks": "n_common",
    "wis_ratio": "wis_ratio",
    "relative_wis": "rel_wis",
    "log_wis_ratio": "log_wis_ratio",
    "relative_log_wis": "rel_log_wis",
    "error_ratio": "mae_ratio",
    "coverage_50": "cov50",
    "coverage_95": "cov95",
    "mean_wis": "mean_wis",
    "mean_log_wis": "mean_log_wis",
}


def reference() -> ModuleType:
    if not REFERENCE.is_file():
        pytest.skip(f"the reference scorer is not there: {REFERENCE.name}")
    spec = importlib.util.spec_from_file_location("score_hub", REFERENCE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def vigie(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(
        arguments,
        bootstrap.open_room,
        bootstrap.local_operator,
        bootstrap.clock,
        bootstrap.pages_of,
    )
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.parametrize(
    ("season", "baseline", "more", "theirs"),
    [
        ("2022-23", "FluSight-baseline", [], {}),
        ("2023-24", "FluSight-baseline", ["--least-share", "0.8"], {"min_share": 0.8}),
        ("2024-25", "FluSight-baseline", ["--all-tasks"], {"tasks": "all"}),
    ],
)
def test_scores_equal_those_of_the_reference_scorer(
    season: str,
    baseline: str,
    more: list[str],
    theirs: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    forecasts, truth = shared_files(
        f"flusight/forecasts_{season}.parquet", "flusight/truth.parquet"
    )
    scorer = reference()
    tasks = scorer.score_tasks(
        scorer.read_forecasts([str(forecasts)]), scorer.read_truth(str(truth))
    )
    expected = scorer.table(tasks, baseline, **({"tasks": "baseline"} | theirs)).to_dicts()

    code, out, _ = vigie(
        capsys,
        "score",
        str(forecasts),
        "--truth",
        str(truth),
        "--baseline",
        baseline,
        "--json",
        *more,
    )

    assert code == 0
    ours = {row["model"]: row for row in json.loads(out)}
    assert ours.keys() == {row["model_id"] for row in expected}
    for row in expected:
        for name, their in NAMES.items():
            assert ours[row["model_id"]][name] == pytest.approx(row[their], rel=1e-9), (row, name)


def test_a_csv_gives_the_same_table_as_parquet_and_can_be_split(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forecasts, truth = shared_files("flusight/forecasts_2023-24.parquet", "flusight/truth.parquet")
    few = pq.read_table(forecasts, filters=[("location", "in", ["01", "US"])])
    as_csv, as_parquet = tmp_path / "few.csv", tmp_path / "few.parquet"
    pcsv.write_csv(few, as_csv)
    pq.write_table(few, as_parquet)
    more = ["--truth", str(truth), "--baseline", "FluSight-baseline"]
    assert vigie(capsys, "score", str(as_csv), *more) == vigie(
        capsys, "score", str(as_parquet), *more
    )

    code, out, _ = vigie(
        capsys, "score", str(as_csv), *more, "--by", "horizon", "--since", "2024-01-01"
    )
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("horizon")] == [
        f"horizon {week}" for week in range(4)
    ]

    # The season's wave rose, peaked and fell; every task is in one of its phases.
    code, out, _ = vigie(capsys, "score", str(as_csv), *more, "--by", "phase", "--json")
    assert code == 0
    by_phase = json.loads(out)
    assert {"rise", "peak", "fall"} <= by_phase.keys() <= set(PHASES)
    _, out, _ = vigie(capsys, "score", str(as_csv), *more, "--json")
    all_tasks = {row["model"]: row["tasks"] for row in json.loads(out)}
    baseline = "FluSight-baseline"
    split = [row for rows in by_phase.values() for row in rows if row["model"] == baseline]
    assert sum(row["tasks"] for row in split) == all_tasks[baseline]


def test_mistakes_name_the_file_and_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("location,value\n01,3\n", encoding="utf-8")
    base = ["--truth", str(wrong), "--baseline", "base"]
    code, _, told = vigie(capsys, "score", str(wrong), *base)
    assert code != 0
    assert "wrong.csv: No column reference_date, horizon, output_type_id" in told
    code, _, told = vigie(capsys, "score", str(tmp_path / "nothing.csv"), *base)
    assert code != 0
    assert "No file" in told
