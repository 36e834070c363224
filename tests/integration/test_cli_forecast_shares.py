"""``vigie forecast shares``: every task served, later rows change nothing, mistakes are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from tests.integration import test_cli_forecast_series as series_tests
from tests.integration.official_files import shared_files
from tests.integration.test_cli_score import vigie

origins = series_tests.origins

FIRST, DAYS, PLACES = date(2021, 3, 1), 420, 4
ORIGINS = (date(2022, 3, 28), date(2022, 4, 4))


def units(place: Path, *, later: int = 0, beside: bool = True) -> Path:
    """Invented units of adults and children; ``later`` shuffles what follows the last origin."""
    rng = np.random.default_rng(1)
    wave = 0.4 + 0.2 * np.sin(np.arange(DAYS) / 20)
    total = np.repeat([[30], [45], [60], [80]], DAYS, axis=1)
    short = rng.binomial(total, wave + rng.uniform(-0.1, 0.1, (PLACES, 1)))
    known = (ORIGINS[-1] - FIRST).days + 1
    if later:
        order = np.random.default_rng(later).permutation(DAYS - known) + known
        short[:, known:] = short[:, order]
    dates = [FIRST + timedelta(days=day) for day in range(DAYS)] * PLACES
    table = {
        "date": pa.array(dates * 2),
        "state": pa.array([f"0{at}" for at in range(PLACES) for _ in range(DAYS)] * 2),
        "ward": pa.array(["adults"] * len(dates) + ["children"] * len(dates)),
        "n_units": np.tile(total.ravel(), 2),
        "short_staff": np.concatenate([short.ravel(), np.zeros(short.size, dtype=np.int64)]),
    }
    if beside:
        occupied = np.tile((total * 8 * wave).ravel().astype(np.int64), 2)
        table |= {"covid_icu": occupied // 3, "icu_occupied": occupied}
        table |= {"icu_free": np.full(2 * short.size, 40)}
    file = place / f"units{later}.parquet"
    pq.write_table(pa.table(table), file)
    return file


def command(data: Path, at: Path, out: Path, *more: str) -> list[str]:
    what = ["--data", str(data), "--target", "short_staff", "--of", "n_units"]
    return ["forecast", "shares", *what, "--origins", str(at), "--out", str(out), *more]


ADULTS = ("--where", "ward=adults")


def test_every_origin_place_and_horizon_is_served_from_what_was_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = origins(tmp_path, *ORIGINS)
    files = []
    for later in (0, 3):
        out = tmp_path / f"{later}.parquet"
        code, said, _ = vigie(capsys, *command(units(tmp_path, later=later), at, out, *ADULTS))
        assert code == 0
        assert "from short_staff/n_units, covid_icu/(icu_occupied+icu_free)" in said
        files.append(pq.read_table(out))
    assert files[0].equals(files[1]), "what came after an origin changed its forecast"
    assert set(files[0].column_names) == {"origin", "state", "horizon", "output_type_id", "value"}
    assert files[0].num_rows == 2 * PLACES * 3 * 23
    values = files[0]["value"].to_numpy().reshape(-1, 23)
    assert (np.diff(values, axis=1) >= -1e-9).all()
    assert 0 <= values.min() < 30 < values.max() <= 100


def test_alerts_tell_how_likely_a_share_is_high(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = origins(tmp_path, date(2021, 12, 6), ORIGINS[0])
    data, out, alerts = units(tmp_path, beside=False), tmp_path / "o.csv", tmp_path / "a.csv"
    more = (*ADULTS, "--horizons", "7,14", "--unit", "share", "--alerts", str(alerts))
    code, said, _ = vigie(capsys, *command(data, at, out, *more))
    assert code == 0
    assert "from short_staff/n_units." in said
    assert "8 chances of an unusually high share" in said
    told = pcsv.read_csv(alerts)
    assert pc.unique(told["origin"]).to_pylist() == [ORIGINS[0]], "no year before the other"
    chance, limit = told["probability_above"].to_numpy(), told["threshold"].to_numpy()
    assert ((chance > 0) & (chance < 1)).all()
    assert ((limit > 0.3) & (limit < 0.9)).all()
    assert pcsv.read_csv(out)["value"].to_numpy().max() <= 1
    few = origins(tmp_path, date(2021, 12, 6))
    code, _, said = vigie(capsys, *command(data, few, out, *more))
    assert code != 0
    assert "no origin has a year of days behind it" in said


def test_a_share_alone_is_enough_and_a_place_that_begins_later_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dates = [FIRST + timedelta(days=day) for day in range(40)]
    rows = [(day, "a", 20.5) for day in dates] + [(day, "b", 40.0) for day in dates[30:]]
    data = tmp_path / "shares.csv"
    lines = [f"{day},{name},{value}" for day, name, value in rows]
    data.write_text("\n".join(["date,place,percent", *lines]), encoding="utf-8")
    out = tmp_path / "out.csv"
    at = origins(tmp_path, dates[20], dates[39])
    arguments = ["forecast", "shares", "--data", str(data), "--target", "percent"]
    arguments += ["--origins", str(at), "--horizons", "7", "--out", str(out)]
    code, said, _ = vigie(capsys, *arguments)
    assert code == 0
    assert "Left out: 1 times a place before its first value." in said
    made = pcsv.read_csv(out)
    assert made.num_rows == 3 * 23
    middle = made.filter(pc.equal(made["output_type_id"], 0.5))
    assert middle["value"].to_pylist() == pytest.approx([20.5, 20.5, 40.0])
    code, _, said = vigie(capsys, *arguments, "--unit", "share")
    assert code != 0
    assert 'above 1, first 20.5 of "a" on 2021-03-01' in said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda words: [*words, "--where", "ward=adult"], 'no row has "adult". The nearest'),
        (lambda words: [*words, "--where", "wards=adults"], 'no column "wards" to choose rows'),
        (lambda words: words, "Keep one row a date and series"),
        (lambda words: [*words, *ADULTS, "--of", "units"], 'no column "units" to forecast'),
        (lambda words: [*words, *ADULTS, "--horizons", "0"], "write days from 1 to 60"),
        (lambda words: [*words, *ADULTS, "--of", "short_staff", "--target", "n_units"],
         "are below 0 or above the short_staff"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_what_to_do(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[list[str]], list[str]],
    message: str,
) -> None:
    at = origins(tmp_path, ORIGINS[0])
    words = command(units(tmp_path), at, tmp_path / "out.parquet", "--id", "state")
    code, _, said = vigie(capsys, *change(words))
    assert code != 0
    assert message in said
    assert not (tmp_path / "out.parquet").exists()


def test_a_word_that_chooses_no_rows_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = origins(tmp_path, ORIGINS[0])
    with pytest.raises(SystemExit):
        vigie(capsys, *command(units(tmp_path), at, tmp_path / "out", "--where", "adults"))
    assert "write COLUMN=VALUE" in capsys.readouterr().err


def test_german_staff_shortage_is_foreseen_better_than_by_persistence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scorer: ModuleType
) -> None:
    file = shared_files("de_divi/states.parquet")[0]
    target = scorer.load_target("staff_share", file.parent.parent, "2023-01-02:2023-12-25:7", [14])
    at = origins(tmp_path, *[str(target.dates[each]) for each in target.origins])
    out = tmp_path / "out.parquet"
    more = ("--where", "group=Erwachsene", "--horizons", "14")
    assert vigie(capsys, *command(file, at, out, *more))[0] == 0
    found, truth = scorer.read_forecast(str(out), target)[14], target.truth(14)
    ours = scorer.wis(found, truth).sum()
    assert ours < 0.92 * scorer.wis(scorer.baseline(target)[14], truth).sum()
    assert 0.92 <= scorer.covered(found, truth, 0.95).mean() <= 0.98
