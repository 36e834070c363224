"""Files of hub model-output: that of a day is found, and taken whole or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.actions.declared.model_files import file_fingerprint, file_of_day, read_file_forecast
from vigie.errors import BadData
from vigie.paths import QUANTILE_LEVELS

REFERENCE = date(2024, 1, 13)
LAST = np.datetime64("2024-01-06")
MEASURE = {"measure": "flu", "standard_name": "hub:wk inc flu hosp"}
CODES = {"01": "A", "02": "B"}
SERIES = [("A", ""), ("B", "")]
Row = dict[str, object]


def rows() -> list[Row]:
    return [
        {
            "reference_date": str(REFERENCE),
            "target": "wk inc flu hosp",
            "location": code,
            "horizon": horizon,
            "target_end_date": str(REFERENCE + timedelta(weeks=horizon)),
            "output_type": "quantile",
            "output_type_id": level,
            "value": 100.0 * horizon + level,
        }
        for code in CODES
        for horizon in range(4)
        for level in QUANTILE_LEVELS
    ]


def written(folder: Path, found: list[Row], name: str = f"{REFERENCE}-team.csv") -> Path:
    path = folder / name
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(found), path)
    else:
        lines = [",".join(found[0]), *(",".join(map(str, row.values())) for row in found), ""]
        path.write_text("\n".join(lines), encoding="utf-8")
    return path


def read(path: Path, codes: dict[str, str] | None = CODES) -> dict[str, list[tuple[str, float]]]:
    """By place: of each week forecast its day and median."""
    found = read_file_forecast(path, MEASURE, codes, SERIES, LAST, range(1, 5))
    middle = QUANTILE_LEVELS.index(0.5)
    return {
        place: [
            (str(day), float(quantiles[at, middle])) for at, day in enumerate(found.dates.values())
        ]
        for (place, _), quantiles in found.quantiles.items()
    }


WEEKS = [("2024-01-13", 0.5), ("2024-01-20", 100.5), ("2024-01-27", 200.5), ("2024-02-03", 300.5)]


@pytest.mark.parametrize("name", [f"{REFERENCE}-team.csv", f"{REFERENCE}-team.parquet"])
def test_horizons_count_from_the_last_week_reported(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, rows(), name)
    assert read(path) == {"A": WEEKS, "B": WEEKS}
    later = read_file_forecast(path, MEASURE, CODES, SERIES, np.datetime64("2024-01-20"), [1, 2, 3])
    assert {step: str(day) for step, day in later.dates.items()} == {
        1: "2024-01-27",
        2: "2024-02-03",
    }


def test_a_file_with_horizons_or_with_days_alone_says_the_same(tmp_path: Path) -> None:
    for column in ("horizon", "target_end_date"):
        some = [{key: value for key, value in row.items() if key != column} for row in rows()]
        assert read(written(tmp_path, some)) == {"A": WEEKS, "B": WEEKS}


def test_rows_of_other_targets_types_and_places_are_left_out(tmp_path: Path) -> None:
    others = [
        {**rows()[0], "target": "wk flu hosp rate change", "output_type_id": "increase"},
        {**rows()[0], "output_type": "median", "output_type_id": "NA"},
        *({**row, "location": "72"} for row in rows() if row["location"] == "01"),
    ]
    assert read(written(tmp_path, [*others, *rows()])) == {"A": WEEKS, "B": WEEKS}
    plain = [{**row, "location": CODES[str(row["location"])]} for row in rows()]
    assert read(written(tmp_path, plain), None) == {"A": WEEKS, "B": WEEKS}


def on_first(**change: object) -> Callable[[list[Row]], list[Row]]:
    return lambda found: [{**found[0], **change}, *found[1:]]


def on_all(**change: object) -> Callable[[list[Row]], list[Row]]:
    return lambda found: [{**row, **change} for row in found]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: found[1:], "location A, horizon 1: 1 of 23 quantile levels are missing"),
        (lambda found: found[23:], "location A, horizon 1: 23 of 23 quantile levels are missing"),
        (on_first(output_type_id=0.33), "output_type_id 0.33 was not asked for. Those that are"),
        (on_first(output_type_id=0.5), "1 rows are there twice"),
        (on_first(value=-1.0), "1 values are negative"),
        (on_first(value="many"), "column value holds something that is no number"),
        (on_first(horizon=1.5), "column horizon holds something that is no number of weeks"),
        (on_first(target_end_date="2024-01-20"), "1 rows have a target_end_date that is not"),
        (on_first(target_end_date="soon"), "column target_end_date holds something that is no d"),
        (on_first(reference_date="2024-01-06"), "reference_date 2024-01-06, which its name does"),
        (on_all(target="wk inc covid hosp"), 'no row of target "wk inc flu hosp".*wk inc covid'),
        (on_all(output_type="mean"), 'no quantile of target "wk inc flu hosp"'),
        (on_all(location="1"), 'none of its 1 locations is a place of the room.*Nearest: "01"'),
        (on_all(horizon=-3, target_end_date="2023-12-23"), "up to 2023-12-23, of which none"),
        (
            lambda found: [{k: v for k, v in row.items() if k != "value"} for row in found],
            "it has no column value",
        ),
        (
            lambda found: [
                {k: v for k, v in row.items() if k not in ("horizon", "target_end_date")}
                for row in found
            ],
            "neither a column target_end_date nor a column horizon",
        ),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_name_and_the_reason(
    tmp_path: Path, change: Callable[[list[Row]], list[Row]], message: str
) -> None:
    path = written(tmp_path, change(rows()))
    with pytest.raises(BadData, match=f"(?s)^{path.name}: .*{message}"):
        read(path)


def test_weeks_that_end_on_another_weekday_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, rows())
    with pytest.raises(BadData, match="do not end on the weekday of 2024-01-07"):
        read_file_forecast(path, MEASURE, CODES, SERIES, np.datetime64("2024-01-07"), [1])


def test_bytes_that_are_no_table_are_refused(tmp_path: Path) -> None:
    for name in (f"{REFERENCE}-a.parquet", f"{REFERENCE}-b.csv"):
        path = tmp_path / name
        path.write_bytes(b"\x00\xff\x00")
        with pytest.raises(BadData, match=path.name):
            read(path)


@given(
    days=st.sets(st.integers(0, 40), min_size=1, max_size=6),
    day=st.integers(-5, 45),
)
def test_the_file_of_a_day_is_the_newest_not_after_it(
    tmp_path_factory: pytest.TempPathFactory, days: set[int], day: int
) -> None:
    folder = tmp_path_factory.mktemp("team")
    (folder / "README.md").touch()
    (folder / "notes-2024.csv").touch()
    for each in days:
        (folder / f"{REFERENCE + timedelta(days=each)}-team.csv").touch()
    found = file_of_day(folder, REFERENCE + timedelta(days=day))
    past = [each for each in days if each <= day]
    if past:
        assert found is not None
        assert found.name == f"{REFERENCE + timedelta(days=max(past))}-team.csv"
    else:
        assert found is None


def test_a_folder_that_is_missing_empty_or_double_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="there is no folder"):
        file_of_day(tmp_path / "none", REFERENCE)
    with pytest.raises(BadData, match="named after its reference date"):
        file_of_day(tmp_path, REFERENCE)
    written(tmp_path, rows())
    assert file_of_day(tmp_path, REFERENCE - timedelta(days=1)) is None
    before = file_fingerprint(tmp_path, REFERENCE)
    written(tmp_path, rows()[:23])
    assert file_fingerprint(tmp_path, REFERENCE) != before
    written(tmp_path, rows(), f"{REFERENCE}-team.parquet")
    with pytest.raises(BadData, match="have the same reference date"):
        file_of_day(tmp_path, REFERENCE)
    assert "same reference date" in file_fingerprint(tmp_path, REFERENCE)
