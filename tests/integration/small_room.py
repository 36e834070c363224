"""A crisis room of three hospitals for tests with real storage: small, complete, quick.

Two feeds: beds (wide, every day's file holds the last days again, so corrections come late) and
stock (tall, known on receipt). Some files come out of order and one is corrected after weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from vigie.actions.daily.cycle import CycleResult, run_cycle
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.receiving import receive
from vigie.actions.rooms.room import Room
from vigie.bootstrap import local_operator, open_room
from vigie.schemas import REPORTS

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "Clock",
    "at",
    "figures",
    "files_to_send",
    "make_room",
    "open_small",
    "revisions",
    "run_days",
    "send_all",
]

FIRST_DAY = date(2020, 3, 1)
LAST_DAY = FIRST_DAY + timedelta(days=29)
PLACES = ("A", "B", "C")

_FILES = {
    "vigie.toml": """\
[room]
name = "Three hospitals"
timezone = "UTC"
languages = ["en"]
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
""",
    "reference/measures.csv": """\
measure,name_en,name_fr,unit,kind,over_places,minimum,dimension,is_forecast,counts_people
beds_occupied,Patients in bed,Patients hospitalisés,patients,level,sum,0,ward_kind,true,true
beds_staffed,Staffed beds,Lits armés,beds,level,sum,0,ward_kind,false,false
masks,Masks in stock,Masques en stock,pieces,level,sum,0,,false,false
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
""",
    "feeds/beds.toml": """\
[feed]
owner = "Bed registry"
legal_basis = "Public health code"
purpose = "crisis-management"
rhythm = "day"
covers = "window"

[source]
kind = "upload"

[format]
kind = "csv"

[columns]
place = { from = "hospital" }
reference_date = { from = "day", format = "%Y-%m-%d" }
known_at = { name = "beds_(?P<date>\\\\d{4}-\\\\d{2}-\\\\d{2})", format = "%Y-%m-%d" }
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
    "feeds/stock.toml": """\
[feed]
owner = "Purchasing"
legal_basis = "Public health code"
purpose = "crisis-management"
rhythm = "week"

[source]
kind = "upload"

[format]
kind = "csv"

[columns]
place = { from = "hospital" }
reference_date = { from = "day", format = "%Y-%m-%d" }

[[measures]]
measure = "masks"
from = "masks"
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


def at(day: date, hour: int = 7) -> datetime:
    """An instant of a day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def make_room(folder: Path, settings: str = "") -> Path:
    """Write the folder of the room; its path.

    Args:
        folder: where.
        settings: more lines of vigie.toml.
    """
    for name, text in _FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + (settings if name == "vigie.toml" else ""), encoding="utf-8")
    return folder


def open_small(
    folder: Path,
    now: datetime | Callable[[], datetime] = at(LAST_DAY),  # noqa: B008  # a value
    durable: Callable[[str], None] = lambda step: None,
    environment: Mapping[str, str] | None = None,
) -> Room:
    """The room, opened on a day of its own time."""
    clock = Clock(now) if isinstance(now, datetime) else now
    return open_room(folder, now=clock, durable=durable, environment=environment or {})


def _beds(last: date, days: int) -> str:
    lines = ["hospital,day,occupied,staffed"]
    for back in range(days - 1, -1, -1):
        day = last - timedelta(days=back)
        number = (day - FIRST_DAY).days
        for i, place in enumerate(PLACES):
            late = 1 if back == 0 else 0
            lines.append(f"{place},{day},{5 + i + number // 3 - late},{12 + i}")
    return "\n".join(lines) + "\n"


def files_to_send(folder: Path) -> list[tuple[Path, str]]:
    """The files that hospitals send, in order of receipt, each with its feed."""
    folder.mkdir(parents=True, exist_ok=True)
    sent: list[tuple[str, str, str]] = []
    first = FIRST_DAY + timedelta(days=24)
    sent.append((f"beds_{first}.csv", _beds(first, 25), "beds"))
    for number in (26, 25, 27, 28):
        day = FIRST_DAY + timedelta(days=number)
        sent.append((f"beds_{day}.csv", _beds(day, 4), "beds"))
    masks = "\n".join(f"{place},{FIRST_DAY},{100 + i}" for i, place in enumerate(PLACES))
    sent.append(("stock.csv", f"hospital,day,masks\n{masks}\n", "stock"))
    result = []
    for name, text, feed in sent:
        path = folder / name
        path.write_text(text, encoding="utf-8")
        result.append((path, feed))
    return result


def send_all(room: Room, folder: Path) -> None:
    """Receive all files."""
    for path, feed in files_to_send(folder):
        receive(room, local_operator(), path, feed)


def run_days(room: Room, *days: date) -> list[CycleResult]:
    """Run the cycle as of days."""
    return [run_cycle(room, local_operator(), as_of=day) for day in days]


def revisions(room: Room) -> list[tuple[object, ...]]:
    """Every stored revision, sorted, without the run that took it in."""
    relation = room.lake.relation(REPORTS, room.lake.files(REPORTS))
    rows = room.engine.query(f"SELECT * EXCLUDE (run) FROM {relation}").to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=str)


def figures(room: Room, release: str | None = None) -> dict[str, list[dict[str, object]]]:
    """Every row of every table of a release, sorted, without what names the run."""
    reader = open_release(room, local_operator(), release)
    found = {}
    for each in reader.manifest.tables:
        rows = reader.table(each.name).to_pylist()
        for row in rows:
            row.pop("run", None)
        found[each.name] = sorted(rows, key=str)
    return found
