"""A room of 50 million reports of 20 indicators, and of one that 730 daily files made known.

Every value is a function of its key, so that files of any day can be written without the others
and every answer can be checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from vigie.lake import ArrivedFile, Lake
from vigie.schemas import REPORTS

__all__ = ["DAILY", "FEED", "Size", "fill", "write_large_csv", "write_room"]

FEED, DAILY = "bulletin", "census"
FIRST_DAY = date(2020, 1, 1)
DAYS = 730
MEASURES, PLACES = 20, 100
CHANGED_EVERY = 97
REPEATED_DAYS = 7
"""Days that every daily file of the census tells again, as hospitals do."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Size:
    """How large: categories of each bulletin measure, days in the CSV, files of single days."""

    categories: int
    csv_days: int
    single_days: int

    @property
    def stored(self) -> int:
        """Rows of the bulletin in the lake."""
        return MEASURES * PLACES * self.categories * DAYS

    @property
    def received(self) -> int:
        """Rows of the CSV."""
        return MEASURES * PLACES * self.categories * self.csv_days


_FEED_TOML = """\
[feed]
owner = "Bulletin"
legal_basis = "Public health code"
purpose = "crisis-management"
rhythm = "day"
covers = "rows"

[source]
kind = "upload"

[format]
kind = "csv"

[columns]
place = {{ from = "hospital" }}
category = {{ from = "ward" }}
reference_date = {{ from = "date" }}
known_at = {{ from = "exported_at", format = "%Y-%m-%dT%H:%M:%SZ" }}
{more}
"""
_TALL = """measure = { from = "indicator" }
value = { from = "value", unit = { from = "unit" } }"""


def write_room(folder: Path, size: Size) -> None:
    """The declarations of the room."""
    reference = folder / "reference"
    reference.mkdir(parents=True)
    (folder / "feeds").mkdir()
    (folder / "vigie.toml").write_text('[room]\nname = "Large room"\ntimezone = "UTC"\n')
    (folder / "feeds" / f"{FEED}.toml").write_text(_FEED_TOML.format(more=_TALL))
    head = "measure,name_en,name_fr,unit,kind,over_places,dimension,is_forecast,counts_people"
    rows = [f"{name},{name},{name},beds,level,sum,ward_kind,false,false" for name in measures()]
    (reference / "measures.csv").write_text("\n".join([head, *rows, ""]))
    rows = [f"{place},{place},site,N" for place in places()]
    (reference / "places.csv").write_text(
        "\n".join(["place,name,kind,parent", "N,Nation,nation,", *rows, ""])
    )
    rows = [f"{name},ward_kind,{name},{name}" for name in categories(size)]
    (reference / "categories.csv").write_text(
        "\n".join(["category,dimension,name_en,name_fr", *rows, ""])
    )


def measures() -> list[str]:
    """The bulletin's measures, then the census."""
    return [*(f"indicator_{number:02d}" for number in range(MEASURES)), DAILY]


def places() -> list[str]:
    """The sites."""
    return [f"P{number:03d}" for number in range(PLACES)]


def categories(size: Size) -> list[str]:
    """The ward kinds."""
    return [f"ward{number:02d}" for number in range(size.categories)]


def _figures(measure: int, size: Size, first: int, days: int) -> dict[str, Integers]:
    """Numbers of place, category and day, and the value, of all reports of a measure."""
    shape = (PLACES, size.categories, days)
    place, category, day = (axis.reshape(-1) for axis in np.indices(shape))
    day = day + first
    value = (measure * 7_919 + place * 104_729 + category * 1_299_709 + day * 15_485_863) % 9_973
    return {"place": place, "category": category, "day": day, "value": value}


def _text(numbers: Integers, values: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32)), pa.array(values))


def _dates(day: Integers) -> pa.Array:
    first = (FIRST_DAY - date(1970, 1, 1)).days
    return pa.array((day + first).astype(np.int32)).cast(pa.date32())


def _midday_after(day: Integers | int) -> Integers:
    first = int(datetime.combine(FIRST_DAY, datetime.min.time(), UTC).timestamp())
    return np.asarray((first + (np.asarray(day) + 1) * 86_400 + 43_200) * 1_000_000)


def fill(lake: Lake, folder: Path, size: Size) -> Path:
    """Store the bulletin and the census; the folder of what arrived, as Parquet."""
    arrived = folder / "arrived"
    arrived.mkdir()
    for number, name in enumerate(measures()[:-1]):
        found = _figures(number, size, 0, DAYS)
        _take(lake, FEED, arrived, name, categories(size), found, _midday_after(found["day"]))
    bulk = DAYS - size.single_days
    for first, last in [(0, bulk), *((day, day + 1) for day in range(bulk, DAYS))]:
        found, known = _census(first, last)
        _take(lake, DAILY, arrived, DAILY, [""], found, known)
    return arrived


def _census(first: int, last: int) -> tuple[dict[str, Integers], Integers]:
    """What the files of some days say: each the last days, of which some were corrected."""
    told, back, place = (
        axis.reshape(-1) for axis in np.indices((last - first, REPEATED_DAYS, PLACES))
    )
    told = told + first
    day = told - back
    value = (place * 104_729 + day * 15_485_863) % 9_973 + ((day + place) % 5 <= back)
    found = {"place": place, "category": place * 0, "day": day, "value": value}
    is_there = day >= 0
    return {name: each[is_there] for name, each in found.items()}, _midday_after(told[is_there])


def _take(
    lake: Lake,
    feed: str,
    folder: Path,
    measure: str,
    names: list[str],
    found: dict[str, Integers],
    known: Integers,
) -> None:
    rows = pa.table(
        {
            "measure": _text(found["day"] * 0, [measure]),
            "place": _text(found["place"], places()),
            "category": _text(found["category"], names),
            "reference_date": _dates(found["day"]),
            "known_at": pa.array(known).cast(pa.timestamp("us", tz="UTC")),
            "value": pa.array(found["value"].astype(float)),
            "reason": pa.nulls(len(known), pa.string()),
        }
    )
    first, last = int(found["day"].min()), int(found["day"].max())
    path = folder / f"{feed}-{measure}-{last:03d}.parquet"
    pq.write_table(rows, path, compression="zstd")
    arrival = ArrivedFile(
        hashlib.sha256(path.name.encode()).hexdigest()[:32],
        path,
        rows.num_rows,
        _instant(known.min()),
        _instant(known.max()),
        FIRST_DAY + timedelta(days=first),
        FIRST_DAY + timedelta(days=last),
        (measure,),
    )
    lake.take(REPORTS, feed, "rows", [arrival], lambda cut: [], run="bench")


def _instant(microseconds: np.int64) -> datetime:
    return datetime.fromtimestamp(int(microseconds) / 1e6, UTC)


def write_large_csv(path: Path, size: Size) -> int:
    """The last days of the bulletin again, some figures corrected; how many of them."""
    changed = 0
    exported = "2022-01-01T06:00:00Z"
    with pa.csv.CSVWriter(path, _csv_schema()) as out:
        for number, name in enumerate(measures()[:-1]):
            for rows, count in _csv_pieces(number, name, size, exported):
                changed += count
                out.write_table(rows.cast(_csv_schema()))
    return changed


def _csv_schema() -> pa.Schema:
    names = ("hospital", "ward", "date", "indicator", "value", "unit", "exported_at")
    types = {"date": pa.date32(), "value": pa.int64()}
    return pa.schema([pa.field(name, types.get(name, pa.string())) for name in names])


def _csv_pieces(
    number: int, name: str, size: Size, exported: str
) -> Iterator[tuple[pa.Table, int]]:
    found = _figures(number, size, DAYS - size.csv_days, size.csv_days)
    is_changed = found["value"] % CHANGED_EVERY == 0
    nothing = found["day"] * 0
    yield (
        pa.table(
            {
                "hospital": _text(found["place"], places()),
                "ward": _text(found["category"], categories(size)),
                "date": _dates(found["day"]),
                "indicator": _text(nothing, [name]),
                "value": pc.add(pa.array(found["value"]), pa.array(is_changed.astype(np.int64))),
                "unit": _text(nothing, ["beds"]),
                "exported_at": _text(nothing, [exported]),
            }
        ),
        int(is_changed.sum()),
    )
