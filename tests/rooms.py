"""A crisis room of three hospitals, written as files: what a user has on the disk, and no more.

Every number of the invented files follows from place and day, so that a test can say what a
table must hold without reading it first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from vigie.actions.rooms.receiving import Received, receive
from vigie.actions.rooms.room import Room
from vigie.bootstrap import local_operator, open_room
from vigie.governance import Caller

__all__ = [
    "FILES",
    "FIRST_DAY",
    "LAST_DAY",
    "NEXT_DAY",
    "OPERATOR",
    "PLACES",
    "STRANGER",
    "Clock",
    "admissions_file",
    "beds_file",
    "occupied",
    "open_at",
    "put",
    "send",
    "send_correction",
    "send_first_days",
    "stock_file",
    "write_room",
]

FIRST_DAY = date(2021, 1, 4)
LAST_DAY = FIRST_DAY + timedelta(days=27)
NEXT_DAY = LAST_DAY + timedelta(days=1)
PLACES = ("A", "B", "C")
STAFFED = {"A": 12, "B": 14, "C": 16}

OPERATOR = local_operator()
STRANGER = Caller("visitor", "curiosity")

_FEED = """\
[feed]
owner = "{owner}"
legal_basis = "Public health code"
purpose = "crisis-management"
rhythm = "day"

[source]
kind = "upload"

[format]
kind = "csv"

[columns]
place = {{ from = "hospital" }}
reference_date = {{ from = "day", format = "%Y-%m-%d" }}
known_at = {{ name = "{name}_(?P<date>\\\\d{{4}}-\\\\d{{2}}-\\\\d{{2}})", format = "%Y-%m-%d" }}
"""

FILES: Mapping[str, str] = {
    "vigie.toml": """\
[room]
name = "Three hospitals"
timezone = "UTC"
sample_count = 50
horizon_days = 7
deadline = "08:00"

[engine]
threads = 1
memory_limit = "500 MiB"

[[shortage]]
kind = "beds"
need = "beds_occupied"
capacity = "beds_staffed"

[[shortage]]
kind = "products"
stock = "stock"
consumption = "used"
""",
    "reference/measures.csv": """\
measure,name_en,name_fr,unit,kind,over_places,minimum,dimension,is_forecast,counts_people,rules
beds_occupied,Patients in bed,Patients hospitalisés,patients,level,sum,0,ward_kind,true,true,beds
beds_staffed,Staffed beds,Lits armés,beds,level,sum,0,ward_kind,false,false,
admissions,Admissions,Admissions,patients,flow,sum,0,,true,true,
stock,In stock,En stock,pieces,level,sum,0,product,false,false,
used,Used,Consommés,pieces,flow,sum,0,product,false,false,
""",
    "reference/places.csv": """\
place,name,kind,parent
N,The nation,nation,
A,Hospital A,site,N
B,Hospital B,site,N
C,Hospital C,site,N
""",
    "reference/categories.csv": """\
category,dimension,name_en,name_fr
icu,ward_kind,Intensive care,Réanimation
masks,product,Masks,Masques
""",
    "reference/products.csv": """\
product,name_en,name_fr,unit,pack_size,lead_time_days
masks,Masks,Masques,pieces,10,2
""",
    "reference/arcs.csv": "from_place,to_place,km,hours\n"
    + "".join(f"{a},{b},40,1\n" for a in PLACES for b in PLACES if a != b),
    "feeds/beds.toml": _FEED.format(owner="Bed registry", name="beds")
    + """\
category = { value = "icu" }

[[measures]]
measure = "beds_occupied"
from = "occupied"
unit = "patients"

[[measures]]
measure = "beds_staffed"
from = "staffed"
unit = "beds"
""",
    "feeds/admissions.toml": _FEED.format(owner="Emergency desk", name="admissions")
    + """\

[[measures]]
measure = "admissions"
from = "admitted"
unit = "patients"
""",
    "feeds/supplies.toml": _FEED.format(owner="Purchasing", name="stock")
    + """\
category = { from = "product" }

[[measures]]
measure = "stock"
from = "stock"
unit = "pieces"

[[measures]]
measure = "used"
from = "used"
unit = "pieces"
""",
}


class Clock:
    """The present of a test: set by hand, a second later at each look."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def put(folder: Path, name: str, text: str) -> Path:
    """Write one file of a room; its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_room(folder: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Write the folder of the room; its path.

    Args:
        folder: where.
        changes: more files, or other content of the files above.
    """
    for name, text in {**FILES, **(changes or {})}.items():
        put(folder, name, text)
    return folder


def open_at(
    folder: Path,
    day: date = LAST_DAY,
    hour: int = 7,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> Room:
    """The room, opened at an hour (UTC) of a day."""
    clock = Clock(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
    return open_room(folder, now=clock, environment=environment or {}, progress=progress)


def send(room: Room, feed: str, name: str, text: str) -> Received:
    """What a hospital does: a file is written somewhere and received."""
    file = put(room.folder.parent / f"sent to {room.folder.name}", name, text)
    return receive(room, OPERATOR, file, feed)


def occupied(place: str, day: date) -> int:
    """Patients in bed at a place, as the registry counts them in the end."""
    return 5 + PLACES.index(place) + (day - FIRST_DAY).days // 4


def _days(last: date, count: int) -> list[date]:
    return [last - timedelta(days=back) for back in range(count - 1, -1, -1)]


def _file(header: str, rows: Iterable[str]) -> str:
    return "\n".join([header, *rows, ""])


def beds_file(
    last: date,
    count: int = 1,
    *,
    without: Collection[str] = (),
    changes: Mapping[tuple[str, date], object] | None = None,
) -> str:
    """The registry's file: occupied and staffed beds of the days up to ``last``.

    Args:
        last: last day of the file.
        count: number of days.
        without: places that sent nothing.
        changes: other cells than ``occupied`` gives, by place and day.
    """
    other = changes or {}
    return _file(
        "hospital,day,occupied,staffed",
        (
            f"{place},{day},{other.get((place, day), occupied(place, day))},{STAFFED[place]}"
            for day in _days(last, count)
            for place in PLACES
            if place not in without
        ),
    )


def admissions_file(last: date, count: int = 1) -> str:
    """Admissions of the days up to ``last``: 4 to 6 at each place, by weekday."""
    return _file(
        "hospital,day,admitted",
        (
            f"{place},{day},{4 + day.weekday() % 3}"
            for day in _days(last, count)
            for place in PLACES
        ),
    )


def stock_file(last: date, count: int = 1, *, left: Mapping[str, int] | None = None) -> str:
    """Masks in stock and used on the days up to ``last``; 10 are used a day.

    Args:
        last: last day of the file.
        count: number of days.
        left: stock on the last day, 500 at a place that is not named.
    """
    last_stock = dict.fromkeys(PLACES, 500) | dict(left or {})
    return _file(
        "hospital,day,product,stock,used",
        (
            f"{place},{day},masks,{last_stock[place] + 10 * (last - day).days},10"
            for day in _days(last, count)
            for place in PLACES
        ),
    )


def send_first_days(room: Room, last: date = LAST_DAY) -> None:
    """All feeds' files from the first day up to ``last``, one file a feed."""
    count = (last - FIRST_DAY).days + 1
    send(room, "beds", f"beds_{last}.csv", beds_file(last, count))
    send(room, "admissions", f"admissions_{last}.csv", admissions_file(last, count))
    send(room, "supplies", f"stock_{last}.csv", stock_file(last, count))


def send_correction(room: Room, changes: Mapping[tuple[str, date], object]) -> Received:
    """Patients in bed as the registry counts them on the next day, by place and day."""
    rows = (f"{place},{day},{value},{STAFFED[place]}" for (place, day), value in changes.items())
    return send(room, "beds", f"beds_{NEXT_DAY}.csv", _file("hospital,day,occupied,staffed", rows))
