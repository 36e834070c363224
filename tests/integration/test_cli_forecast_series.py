"""``vigie forecast series``: every task is served, later values change nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from tests.integration.official_files import shared_files
from tests.integration.test_cli_score import vigie

FIRST = date(2020, 1, 1)
DAYS = 140
SECOND_ORIGIN = date(2020, 4, 20)


def daily(seed: int = 0, places: int = 5, days: int = DAYS) -> pa.Table:
    """Invented admissions in long form, with another column and in no order."""
    rng = np.random.default_rng(seed)
    rate = 20 * np.exp(np.sin(np.arange(days) / 15)) * (1 + 0.3 * (np.arange(days) % 7 < 2))
    counts = rng.poisson(rate * rng.uniform(0.3, 2, (places, 1)))
    order = rng.permutation(counts.size)
    dates = np.array([FIRST + timedelta(days=day) for day in range(days)], dtype="datetime64[D]")
    return pa.table(
        {
            "date": pa.array(np.tile(dates, places)[order]),
            "site": pa.array([f"0{place}" for place in np.repeat(range(places), days)[order]]),
            "note": pa.array(["same"] * counts.size),
            "admissions": pa.array(counts.reshape(-1)[order]),
        }
    )


def written(folder: Path, table: pa.Table, name: str = "data.parquet") -> Path:
    file = folder / name
    (pcsv.write_csv if file.suffix == ".csv" else pq.write_table)(table, file)
    return file


def origins(folder: Path, *days: date | str) -> Path:
    file = folder / "origins.csv"
    file.write_text("origin\n" + "".join(f"{day}\n" for day in days), encoding="utf-8")
    return file


def command(data: Path, target: str, at: Path, out: Path, *more: str) -> list[str]:
    files = ["--data", str(data), "--target", target, "--origins", str(at), "--out", str(out)]
    return ["forecast", "series", *files, *(more or ("--horizons", "7,14"))]


def forecasts(
    capsys: pytest.CaptureFixture[str], data: Path, target: str, at: Path, *more: str
) -> pa.Table:
    out = data.parent / "made.parquet"
    code, _, told = vigie(capsys, *command(data, target, at, out, *more))
    assert code == 0, told
    return pq.read_table(out)


def test_every_series_horizon_and_level_of_every_origin_is_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = origins(tmp_path, SECOND_ORIGIN, date(2020, 3, 1), SECOND_ORIGIN)
    made = forecasts(capsys, written(tmp_path, daily()), "admissions", at)
    assert made.column_names == ["origin", "site", "horizon", "output_type_id", "value"]
    assert made.num_rows == 2 * 5 * 2 * 23
    assert pc.unique(made["origin"]).to_pylist() == [date(2020, 3, 1), SECOND_ORIGIN]
    assert pc.unique(made["site"]).to_pylist() == ["00", "01", "02", "03", "04"]
    values = made["value"].to_numpy().reshape(-1, 23)
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert (np.diff(values, axis=1) >= 0).all()


def test_values_after_an_origin_change_no_forecast_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = origins(tmp_path, "2020-01-20", "2020-03-25", SECOND_ORIGIN, "2020-05-10")
    table = daily()
    before = forecasts(capsys, written(tmp_path, table), "admissions", at)
    later = np.asarray(table["date"].to_numpy() > np.datetime64(SECOND_ORIGIN))
    values = table["admissions"].to_numpy().copy()
    values[later] = 3 * np.random.default_rng(1).permutation(values[later]) + 1
    spoilt = table.set_column(3, "admissions", pa.array(values))
    after = forecasts(capsys, written(tmp_path, spoilt), "admissions", at)
    known = pc.less_equal(before["origin"], pa.scalar(SECOND_ORIGIN))
    assert before.filter(known).equals(after.filter(known))
    assert not before.equals(after), "the last origin does see the later values"


def test_rows_in_another_order_other_columns_and_csv_give_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at, table = origins(tmp_path, SECOND_ORIGIN), daily()
    expected = forecasts(capsys, written(tmp_path, table), "admissions", at)
    turned = table.select(["admissions", "site", "date"]).sort_by("admissions")
    for name in ("turned.parquet", "turned.csv"):
        made = forecasts(capsys, written(tmp_path, turned, name), "admissions", at)
        assert made.equals(expected), name
    out = tmp_path / "made.csv"
    code, _, told = vigie(
        capsys, *command(tmp_path / "turned.csv", "admissions", at, out, "--horizons", "14,7")
    )
    assert code == 0, told
    again = pcsv.read_csv(out)
    assert np.allclose(again["value"].to_numpy(), expected["value"].to_numpy())


def test_a_missing_day_and_a_series_that_begins_later_are_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = daily()
    is_new = pc.and_(
        pc.equal(table["site"], "03"), pc.less(table["date"], pa.scalar(date(2020, 5, 1)))
    )
    is_gap = pc.equal(table["date"], pa.scalar(date(2020, 4, 2)))
    file = written(tmp_path, table.filter(pc.invert(pc.or_(is_new, is_gap))))
    made = forecasts(capsys, file, "admissions", origins(tmp_path, SECOND_ORIGIN, "2020-05-12"))
    assert made.num_rows == 2 * 5 * 2 * 23
    assert np.isfinite(made["value"].to_numpy()).all()


def test_months_are_found_and_counted_in_months(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    months = np.arange("2015-01", "2020-01", dtype="datetime64[M]")
    season = 50 + 30 * np.sin(2 * np.pi * np.arange(60) / 12)
    table = pa.table(
        {
            "month": pa.array([str(month) for month in np.tile(months, 9)]),
            "product": pa.array([f"p{number}" for number in np.repeat(range(9), 60)]),
            "value": pa.array(rng.poisson(np.tile(season, 9)).astype(float)),
        }
    )
    at = origins(tmp_path, "2018-12", "2019-01-15")
    made = forecasts(
        capsys, written(tmp_path, table, "data.csv"), "value", at, "--horizons", "1,2,3,4,5,6"
    )
    assert pc.unique(made["origin"]).to_pylist() == [date(2018, 12, 1), date(2019, 1, 1)]
    middle = made.filter(pc.equal(made["output_type_id"], 0.5))["value"].to_numpy().reshape(2, 9, 6)
    assert np.allclose(middle[0].mean(axis=0), season[:6], rtol=0.25)


def test_the_reference_scorer_reads_it_and_finds_it_better_than_persistence(
    scorer: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data,) = shared_files("fr_sivic/admissions.parquet")
    days = [date(2020, 11, 25) + timedelta(days=8 * number) for number in range(8)]
    out = tmp_path / "made.parquet"
    code, _, told = vigie(capsys, *command(data, "adm_hosp", origins(tmp_path, *days), out))
    assert code == 0, told
    chosen = f"{days[0]}:{days[-1]}:8"
    folder = str(data.parent.parent)
    arguments = ["--data", folder, "--target", "admissions", "--origins", chosen, str(out)]
    assert scorer.main(arguments) == 0
    target = scorer.load_target("admissions", folder, chosen)
    made, base = scorer.read_forecast(str(out), target), scorer.baseline(target)
    for days_ahead in (7, 14):
        truth = target.truth(days_ahead)
        score = scorer.wis(made[days_ahead], truth).sum()
        assert score < 0.95 * scorer.wis(base[days_ahead], truth).sum()
        assert 0.85 < scorer.covered(made[days_ahead], truth, 0.95).mean() < 0.995


def test_the_series_of_the_monthly_pack_are_found_without_being_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data,) = shared_files("monash_hospital/hospital_monthly.parquet")
    out = tmp_path / "made.parquet"
    at = origins(tmp_path, "2003-12-01")
    code, _, told = vigie(capsys, *command(data, "value", at, out, "--horizons", "1,12"))
    assert code == 0, told
    assert pq.read_table(out).column_names[1] == "series"
    assert pq.read_metadata(out).num_rows == 767 * 2 * 23


BAD_FILES = {
    "no target": (lambda t: t, "admission", ("no column", '"admissions"')),
    "no date": (lambda t: t.drop_columns(["date"]), "admissions", ("no column date or month",)),
    "no series": (lambda t: t.drop_columns(["site", "note"]), "admissions", ("--id",)),
    "empty": (lambda t: t.slice(0, 0), "admissions", ("no rows",)),
    "one date": (lambda t: t.filter(pc.equal(t["date"], pa.scalar(FIRST))), "admissions", ("one",)),
    "twice": (
        lambda t: pa.concat_tables([t, t.slice(3, 1)]).drop_columns(["note"]),
        "admissions",
        ("1 rows have the date", "--id"),
    ),
    "text": (lambda t: t, "note", ("column note", "numbers")),
    "weeks": (
        lambda t: t.filter(pc.equal(pc.day_of_week(t["date"]), 1)),
        "admissions",
        ("7 days apart",),
    ),
    "all missing": (
        lambda t: t.set_column(3, "admissions", pa.nulls(len(t), pa.float64())),
        "admissions",
        ("no value",),
    ),
    "infinite": (
        lambda t: t.set_column(3, "admissions", pa.array([np.inf] * len(t))),
        "admissions",
        ("infinite",),
    ),
    "no day": (
        lambda t: t.set_column(0, "date", pa.array(["yesterday"] * len(t))),
        "admissions",
        ("YYYY-MM-DD",),
    ),
    "date missing": (
        lambda t: t.set_column(0, "date", pa.nulls(len(t), pa.date32())),
        "admissions",
        ("have no date",),
    ),
    "date empty": (
        lambda t: t.set_column(0, "date", pa.array(["", *["2020-03-01"] * (len(t) - 1)])),
        "admissions",
        ("1 rows have no date",),
    ),
    "name missing": (
        lambda t: t.set_column(1, "site", pa.array([None, *t["site"].to_pylist()[1:]])),
        "admissions",
        ("1 rows name no series",),
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_told_and_nothing_is_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, target, words = BAD_FILES[name]
    data, out = written(tmp_path, spoil(daily())), tmp_path / "made.parquet"
    code, _, told = vigie(capsys, *command(data, target, origins(tmp_path, SECOND_ORIGIN), out))
    assert code == 3, told
    assert "data.parquet" in told
    for word in words:
        assert word in told, told
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data.parquet", "origins.csv"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("origin\n1999-01-01\n", "outside the series"),
        ("origin\n2020-04-20\n2031-01-01\n", "2020-01-01 to 2020-05-19"),
        ("origin\nsoon\n", "YYYY-MM-DD"),
        ("day\n2020-04-20\n", "no column origin"),
        ("origin\n", "no origin"),
    ],
)
def test_bad_origins_are_told(
    content: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, at = written(tmp_path, daily()), origins(tmp_path)
    at.write_text(content, encoding="utf-8")
    code, _, told = vigie(capsys, *command(data, "admissions", at, tmp_path / "made.parquet"))
    assert code == 3, told
    assert word in told
    assert not (tmp_path / "made.parquet").exists()


def test_unknown_names_and_files_are_answered_with_what_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, at = written(tmp_path, daily()), origins(tmp_path, SECOND_ORIGIN)
    out = tmp_path / "made.parquet"
    code, _, told = vigie(
        capsys, *command(data, "admissions", at, out, "--horizons", "7", "--id", "sites")
    )
    assert code == 3
    assert '"site"' in told
    code, _, told = vigie(capsys, *command(data, "admissions", at, out, "--horizons", "0,7"))
    assert code == 3
    assert "1 to 366" in told
    gone = tmp_path / "gone.parquet"
    code, _, told = vigie(capsys, *command(gone, "admissions", at, out))
    assert code == 8
    assert "gone.parquet" in told
    with pytest.raises(SystemExit):
        vigie(capsys, *command(data, "admissions", at, out, "--horizons", "a week"))
    assert "7,14" in capsys.readouterr().err
