"""Write the demo region as a crisis room: settings, reference, feeds and the raw files of each.

The hidden truth goes to another folder, and only when asked for: a room never reads it.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from vigie.demoregion import (
    CHECKS,
    DATASETS,
    FEEDS,
    LAYOUTS,
    DemoRegion,
    Extent,
    FeedReport,
    Layout,
    code_lists,
    generate_region,
    pieces,
    raw_table,
    reference_tables,
    scenario_texts,
    settings_text,
    truth_tables,
)
from vigie.errors import BadData, Conflict

__all__ = ["DEMO_END_DATE", "DEMO_SEED", "DemoRoom", "write_demo_room"]

DEMO_SEED = 20200301
DEMO_END_DATE = date(2020, 11, 8)
TIMEZONE = ZoneInfo("Europe/Paris")
RUN_AT = time(6, 0)
GZIP_LEVEL = 4
GITIGNORE = ".vigie/\n"


@dataclass(frozen=True, slots=True)
class DemoRoom:
    """What was written.

    Attributes:
        folder: the crisis room.
        end_date: last day that the hospitals reported on.
        as_of: day of the first run, the day after.
        run_at: instant of that run, UTC; every raw file was exported before.
        places: hospital sites.
        rows: rows of raw files, by feed.
        files: raw files.
        bytes: their size together.
    """

    folder: Path
    end_date: date
    as_of: date
    run_at: datetime
    places: int
    rows: dict[str, int]
    files: int
    bytes: int


def write_demo_room(
    folder: Path,
    *,
    seed: int = DEMO_SEED,
    hospital_count: int = 100,
    days: int = 730,
    end_date: date = DEMO_END_DATE,
    truth_folder: Path | None = None,
    is_connected_throughout: bool = False,
) -> DemoRoom:
    """Invent the demo region and write it as a complete crisis room.

    The folder appears whole or not at all: it is written beside and then renamed.

    Args:
        folder: new or empty folder.
        seed: start of the random draws; the same arguments write the same bytes.
        hospital_count: sites, 1 to 400.
        days: days that the hospitals reported on, 14 or more.
        end_date: last of them.
        truth_folder: where to write the hidden truth as Parquet, or None.
        is_connected_throughout: orders and movements are sent from the first day on, not lately.

    Raises:
        Conflict: the folder holds something.
        BadData: too few days, or too few or too many hospitals.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(
            f"{folder} is not empty. Choose another folder for the demo room, or remove this one."
        )
    try:
        extent = Extent(
            hospital_count, days, end_date, is_connected_throughout=is_connected_throughout
        )
        region = generate_region(np.random.default_rng(seed), extent)
    except ValueError as mistake:
        raise BadData(f"The demo region cannot be made: {mistake}") from mistake
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_declarations(beside, region, seed)
        for report in region.reports:
            _write_feed(beside / "inbox" / report.name, LAYOUTS[report.name], report, region)
        beside.chmod(0o755)
        beside.replace(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    if truth_folder is not None:
        _write_truth(truth_folder, region)
    return _summary(folder, region)


def _write_truth(folder: Path, region: DemoRegion) -> None:
    """One Parquet file a table; files of the same names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in truth_tables(region).items():
        pa.parquet.write_table(table, folder / f"{name}.parquet", compression="zstd")


def _write_declarations(folder: Path, region: DemoRegion, seed: int) -> None:
    geography, extent = region.truth.geography, region.truth.extent
    texts = {
        "vigie.toml": settings_text(seed),
        "checks.toml": CHECKS,
        ".gitignore": GITIGNORE,
        **{f"feeds/{name}.toml": text for name, text in FEEDS.items()},
        **{f"datasets/{name}": text for name, text in DATASETS.items()},
        **{f"scenarios/{name}": text for name, text in scenario_texts(geography).items()},
    }
    for name, text in texts.items():
        _new_file(folder / name).write_text(text, encoding="utf-8", newline="\n")
    for name, table in reference_tables(geography, extent.first_date).items():
        _write_reference(table, _new_file(folder / "reference" / f"{name}.csv"))
    for name, codes in code_lists(geography).items():
        table = pa.table({"code": list(codes), "key": list(codes.values())})
        _write_reference(table, _new_file(folder / "reference" / "codes" / f"{name}.csv"))


def _write_feed(folder: Path, layout: Layout, report: FeedReport, region: DemoRegion) -> None:
    rows = raw_table(layout, report.table, region.truth.geography, TIMEZONE)
    last_export_date = region.truth.extent.end_date + timedelta(days=1)
    for piece in pieces(report.table["known_at"], last_export_date):
        suffix = ".csv.gz" if piece.is_month and layout.is_packed else ".csv"
        path = _new_file(folder / f"{report.name}_{piece.label}{suffix}")
        _write_csv(rows.slice(piece.start, piece.stop - piece.start), path, layout)


def _write_reference(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.column_names)
        writer.writerows([_cell(value) for value in row.values()] for row in table.to_pylist())


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _new_file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write_csv(table: pa.Table, path: Path, layout: Layout) -> None:
    options = pa.csv.WriteOptions(
        delimiter=layout.delimiter,
        quoting_style="none",
        quoting_header="none",
        batch_size=65536,
    )
    if layout.encoding == "utf-8" and path.suffix == ".csv":
        pa.csv.write_csv(table, str(path), options)
        return
    buffer = pa.BufferOutputStream()
    pa.csv.write_csv(table, buffer, options)
    content = buffer.getvalue().to_pybytes()
    if layout.encoding != "utf-8":
        content = content.decode("utf-8").encode(layout.encoding)
    if path.suffix == ".gz":
        content = pa.Codec("gzip", compression_level=GZIP_LEVEL).compress(content, asbytes=True)
    path.write_bytes(content)


def _summary(folder: Path, region: DemoRegion) -> DemoRoom:
    extent = region.truth.extent
    as_of = extent.end_date + timedelta(days=1)
    sizes = [path.stat().st_size for path in (folder / "inbox").glob("*/*")]
    return DemoRoom(
        folder=folder,
        end_date=extent.end_date,
        as_of=as_of,
        run_at=datetime.combine(as_of, RUN_AT, UTC),
        places=extent.hospital_count,
        rows={report.name: report.table.num_rows for report in region.reports},
        files=len(sizes),
        bytes=sum(sizes),
    )
