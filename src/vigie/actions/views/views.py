"""What a page shows, as values: every figure with unit, day, coverage and state.

Pages, the terminal and programs read the same views. Texts are already in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

import pyarrow as pa

from vigie.actions.views.shown_depots import DepotPart
from vigie.actions.views.shown_what_ifs import WhatIfView
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import Chance

__all__ = [
    "Accuracy",
    "Briefing",
    "CapacityRow",
    "Change",
    "ChildRow",
    "ConflictRow",
    "Contact",
    "DecisionRow",
    "Figure",
    "FigureState",
    "LatestRow",
    "Notice",
    "Picture",
    "PlacePage",
    "ReleaseLine",
    "ReleaseTables",
    "RiskRow",
    "Stoppage",
    "Tile",
    "TileSpec",
]


class ReleaseTables(Protocol):
    """The tables of one release, as the builders of pages need them.

    ``table`` answers the columns of vigie.schemas, filtered by equality (dates in ISO form); a
    table the release does not hold is an empty one. Besides the named tables: ``facts`` (reports
    after reconciliation, latest revision: measure, place, category, reference_date, value,
    reason, known_at, feed) and ``feeds_status`` (feed, owner, deadline, last_arrival_at,
    last_known_at, state, message). ``forecasts`` holds the model in force only.
    """

    @property
    def release(self) -> str: ...
    @property
    def as_of(self) -> date: ...
    @property
    def published_at(self) -> datetime: ...
    @property
    def room_name(self) -> str: ...
    @property
    def timezone(self) -> str: ...

    def table(self, name: str, /, **equals: str) -> pa.Table: ...


class FigureState(StrEnum):
    """What a reader must know of a figure before using it."""

    FINE = "fine"
    STALE = "stale"
    CONFLICT = "conflict"
    MISSING = "missing"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that may be shown: never without unit, day, coverage and state.

    Attributes:
        text: the number as read, or words when it is missing or withheld.
        unit: as read.
        as_of: day it is of; None when nothing was ever reported.
        reported, expected: places that reported, of those expected; None for a single place.
        state: see FigureState.
        note: age, the other feed's value, the reason; "" when fine.
        value: the number, in the unit of the measure; None when missing or withheld.
    """

    text: str
    unit: str
    as_of: date | None
    reported: int | None
    expected: int | None
    state: FigureState
    note: str = ""
    value: float | None = None

    def __post_init__(self) -> None:
        is_hidden = self.state in (FigureState.MISSING, FigureState.WITHHELD)
        if is_hidden and self.value is not None:
            raise ValueError("a missing or withheld figure carries no value")


@dataclass(frozen=True, slots=True)
class TileSpec:
    """A tile of the briefing.

    Attributes:
        kind: "measure" shows a measure of the whole; "shortages" counts what may run short.
        measure: a key of measures, or beds, staff, equipment, products.
        category: of which category; empty means all. For "measure" only.
    """

    kind: Literal["measure", "shortages"]
    measure: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart with everything a reader without the picture needs.

    Attributes:
        name: address of the picture within its release and language.
        finding: what it shows, one sentence.
        subtitle: measure, place, unit, dates.
        alternative: text alternative, one sentence.
        source: feeds and release.
        header, rows: the same data as a table.
        draw: makes the SVG; the argument asks for the narrow form of a phone.
    """

    name: str
    finding: str
    subtitle: str
    alternative: str
    source: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    draw: Callable[[bool], str] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stoppage:
    """Why a day's run published nothing.

    Attributes:
        day: the day without a release.
        reason: one sentence with figure, check and rows.
    """

    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release in the list of releases."""

    release: str
    as_of: date
    published_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice over the full width of a page."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A shortage on which somebody must decide; its key is "kind|place|category".

    ``also`` names others of one cause with it, ``alert`` says where its alert stands; "" for none.
    """

    key: str
    what: str
    where: str
    place: str
    chance: Chance
    sentence: str
    from_when: str
    act_by: str
    act_by_date: date | None
    is_too_late: bool
    move: str
    owner: str
    state: str
    is_new: bool
    also: str = ""
    alert: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of the whole, its change and its range ahead."""

    title: str
    figure: Figure
    coverage: str
    completed: str
    change: str
    outlook: str
    has_outlook: bool
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Change:
    """What rose, fell, appeared or ended between two releases."""

    kind: Literal["appeared", "rose", "fell", "ended"]
    title: str
    count: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskRow:
    """A chance of a shortage in a list.

    ``chance_7`` and ``chance_14`` are None when the horizon of the run is shorter or steps are
    longer; ``chance`` is for the whole horizon. ``advice`` says of staff what is missing, of a
    product what to order, by when, and what stock covers.
    """

    kind: str
    what: str
    where: str
    place: str
    chance: Chance
    chance_7: Chance | None
    chance_14: Chance | None
    by: date
    from_when: str
    act_by: str
    need: str
    capacity: str
    binds: str
    note: str
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How forecasts met their outcomes; a worse one than the baseline goes to the top."""

    text: str
    is_worse: bool


@dataclass(frozen=True, slots=True)
class Briefing:
    """The briefing of one release, in one language."""

    language: Language
    room_name: str
    release: str
    as_of: date
    published_at: datetime
    published: str
    state_line: tuple[str, ...]
    notice: Notice | None
    decisions: tuple[DecisionRow, ...]
    decisions_note: str
    tiles: tuple[Tile, ...]
    tiles_note: str
    changes: tuple[Change, ...]
    changes_note: str
    ranked: tuple[RiskRow, ...]
    ranked_note: str
    site_map: Picture | None
    accuracy: Accuracy


@dataclass(frozen=True, slots=True)
class Contact:
    """The role to call, never a person."""

    role: str
    contact: str
    reports_by: str


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """Need against capacity at a place, with what limits capacity."""

    risk: RiskRow
    need: Figure
    capacity: Figure
    use: str


@dataclass(frozen=True, slots=True)
class LatestRow:
    """The latest figure of a measure at a place, with its change."""

    name: str
    figure: Figure
    coverage: str
    completed: str
    change: str


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A place inside a region or a nation."""

    place: str
    name: str
    what: str
    chance: Chance | None


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A figure on which feeds disagree: both values stay in sight."""

    name: str
    day: date
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class EpidemicView:
    """How an epidemic spreads at a place, or would under a scenario.

    Attributes:
        name: of the admissions it is told by.
        sentence: the chance that it grows, or the scenario's title, in plain words.
        rows: name and value of each figure or assumption.
        picture: reproduction number of the last weeks, or scenario and baseline.
    """

    name: str
    sentence: str
    rows: tuple[tuple[str, str], ...]
    picture: Picture


@dataclass(frozen=True, slots=True)
class PlacePage:
    """The page of one place; plan_region: of the plan to look at, "" all, None one of its own."""

    language: Language
    room_name: str
    release: str
    as_of: date
    published_at: datetime
    published: str
    place: str
    name: str
    kind: str
    parents: tuple[tuple[str, str], ...]
    contact: Contact | None
    last_report: str
    state: FigureState
    capacity: tuple[CapacityRow, ...]
    capacity_note: str
    products: tuple[RiskRow, ...]
    products_note: str
    moves_in: tuple[str, ...]
    moves_out: tuple[str, ...]
    latest: tuple[LatestRow, ...]
    pictures: tuple[Picture, ...]
    children: tuple[ChildRow, ...]
    conflicts: tuple[ConflictRow, ...]
    accuracy: Accuracy
    scenarios: tuple[EpidemicView, ...] = ()
    scenarios_note: str = ""
    what_ifs: tuple[WhatIfView, ...] = ()
    what_ifs_note: str = ""
    epidemics: tuple[EpidemicView, ...] = ()
    nowcasts: tuple[Picture, ...] = ()
    definition_changes: tuple[str, ...] = ()
    ahead: tuple[Picture, ...] = ()
    orders: tuple[str, ...] = ()
    expiring: tuple[str, ...] = ()
    bed_parts: tuple[str, ...] = ()
    depot: DepotPart | None = None
    suppliers: tuple[str, ...] = ()
    plan_region: str | None = None

    @property
    def all_pictures(self) -> tuple[Picture, ...]:
        """Every picture of the page, in its order."""
        spread = (each.picture for each in self.epidemics)
        scenarios = (each.picture for each in self.scenarios)
        return (*self.ahead, *spread, *self.nowcasts, *scenarios, *self.pictures)
