"""The room that an action works in: its stores, its declarations, its clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from vigie.actions.declared.scenario_files import Scenario
from vigie.actions.declared.wish_files import PlanWishes
from vigie.actions.words.messages import Language
from vigie.datasets import Graph
from vigie.engines import DuckEngine
from vigie.feeds import ArrivalStore, Feed, Vocabulary
from vigie.lake import Lake
from vigie.quality import Check
from vigie.schemas import MEASURES, Table, table
from vigie.state import State, WriterLock

__all__ = [
    "AlertRules",
    "Declarations",
    "EpidemicRule",
    "FlowRule",
    "ModelRule",
    "OrderRules",
    "PageRules",
    "PlanValues",
    "Room",
    "RoomValues",
    "ShortageRule",
    "TileRule",
]


@dataclass(frozen=True, slots=True)
class FlowRule:
    """How the patients of a rule of beds are told apart; see docs/settings.md.

    Attributes:
        causes: measures of the entries of one cause each, parts of all entries.
        elective: measure of planned entries, one more part; "": not told apart.
        booked: measure of the patients booked by day; "": none.
        booked_days: days ahead for which bookings are whole.
        waiting: measure of patients in bed who wait to leave; "": not counted.
        waiting_share: share of the stays that end with a wait, where nobody counts; 0: none.
        waiting_days: mean wait.
    """

    causes: tuple[str, ...] = ()
    elective: str = ""
    booked: str = ""
    booked_days: int = 7
    waiting: str = ""
    waiting_share: float = 0.0
    waiting_days: float = 5.0

    @property
    def parts(self) -> tuple[str, ...]:
        """Measures that are parts of all entries."""
        return (*self.causes, *filter(None, [self.elective]))

    @property
    def is_told_apart(self) -> bool:
        """Whether patients are told apart at all."""
        return bool(self.parts or self.waiting or self.waiting_share)

    @property
    def measures(self) -> tuple[str, ...]:
        """Daily measures that are read beside need and entries."""
        return (*self.parts, *filter(None, [self.waiting]))


@dataclass(frozen=True, slots=True)
class ShortageRule:
    """What the cycle compares to find a shortage.

    Attributes:
        kind: beds, staff, equipment, products or declared.
        measures: measure per role (beds: need, capacity, open, entries; staff: rostered, absent,
            occupancy; equipment: in_use, fleet; products: stock, consumption; declared:
            declared); an optional role that is not reported is "".
        mode: which ratios of patients to staff are in force.
        of: what a declared shortage is a lack of: beds, staff, equipment or products.
        ahead: for beds and staff, "follows" when staffed beds and rosters follow the need and
            absence the epidemic, as learnt from the room's past; "held" when they stand.
        flow: for beds, how patients are told apart.
        orders: for products, "usual" when sites go on ordering as they did; "open" when nobody
            orders again.
    """

    kind: str
    measures: Mapping[str, str]
    mode: str = "normal"
    of: str = ""
    ahead: str = "follows"
    orders: str = "usual"
    flow: FlowRule = field(default_factory=FlowRule)


@dataclass(frozen=True, slots=True)
class TileRule:
    """A figure at the top of the briefing."""

    kind: str
    measure: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class ModelRule:
    """A forecast model of the room's own.

    Attributes:
        name: in tables, scores and releases.
        command: program and arguments; empty for an entry point.
        measures: that it forecasts; empty: every forecast flow.
        timeout_seconds: after which a call is ended.
        entry_point: name in the group ``vigie.flow_models``; "" for a command.
        version: of the package of an entry point.
        folder: of files of hub model-output, relative to the room or absolute; "" for a command.
        codes: code list that turns locations of these files into places; "": they are places.
    """

    name: str
    command: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    timeout_seconds: int = 120
    entry_point: str = ""
    version: str = ""
    folder: str = ""
    codes: str = ""


@dataclass(frozen=True, slots=True)
class EpidemicRule:
    """An epidemic of which the reproduction number is estimated.

    Attributes:
        measure: daily admissions, a flow.
        category: of which category; "": all together.
        generation: name of a published generation interval; "": mean and sd are given.
        generation_mean_days, generation_sd_days: of a gamma law.
        admission: names of one or two published delays, in a row, from infection to admission.
        admission_mean_days, admission_sd_days: of a gamma law.
        admitted_share: admissions per infection, above 0 to 1.
    """

    measure: str
    category: str = ""
    generation: str = ""
    generation_mean_days: float = 0.0
    generation_sd_days: float = 0.0
    admission: tuple[str, ...] = ()
    admission_mean_days: float = 0.0
    admission_sd_days: float = 0.0
    admitted_share: float = 0.02


@dataclass(frozen=True, slots=True)
class AlertRules:
    """Where alerts go, and when; addresses that are secrets are named by their variable."""

    email_to: tuple[str, ...] = ()
    smtp_url_env: str = ""
    webhook_url_env: str = ""
    shortages: str = "roles"
    open_at_in_100: int = 33
    close_below_in_100: int = 20
    critical_at_in_100: int = 66
    quiet_from: time = time(22, 0)
    quiet_to: time = time(6, 30)
    warning_minutes: int = 120
    critical_minutes: int = 20


@dataclass(frozen=True, slots=True)
class OrderRules:
    """Where approved moves are ordered: variables with the address and the secret that signs."""

    webhook_url_env: str = ""
    secret_env: str = ""


@dataclass(frozen=True, slots=True)
class PageRules:
    """Where the pages listen, and their colour."""

    address: str = "127.0.0.1"
    port: int = 8000
    accent: str = "#0B4F8A"


@dataclass(frozen=True, slots=True)
class PlanValues:
    """What plans of help between places may do: see docs/settings.md for units."""

    longest_drive_hours: float = 24.0
    vehicle_litres_per_day: float = 0.0
    machine_loan_days: int = 7
    staff_loan_days: int = 3
    staff_kept_share: float = 0.5
    longest_staff_hours: float = 1.5
    most_patients_per_day: int = 6
    longest_patient_hours: float = 2.0
    least_patient_days: float = 0.5
    severe_wards: tuple[str, ...] = ("icu",)
    severity_weight: float = 5.0


@dataclass(frozen=True, slots=True)
class RoomValues:
    """Plain values that a room sets: see docs/settings.md for units and defaults."""

    name: str
    timezone: str = "UTC"
    languages: tuple[Language, ...] = ("en", "fr")
    seed: int = 1
    sample_count: int = 1000
    horizon_days: int = 21
    deadline: time = time(8, 0)
    shortages: tuple[ShortageRule, ...] = ()
    tiles: tuple[TileRule, ...] = ()
    models: tuple[ModelRule, ...] = ()
    epidemics: tuple[EpidemicRule, ...] = ()
    alerts: AlertRules = AlertRules()
    orders: OrderRules = OrderRules()
    pages: PageRules = PageRules()
    plan: PlanValues = PlanValues()


@dataclass(frozen=True, slots=True)
class Declarations:
    """What the folder declares, read and checked.

    Attributes:
        feeds: by name.
        reference: reference tables by name.
        words: keys and code lists that feeds may use.
        checks: the room's checks.
        datasets: in an order in which each comes after what it reads.
        sha256: hash of all declarations together.
        scenarios: what may be otherwise, by name.
        wishes: what people ask of plans.
    """

    feeds: Mapping[str, Feed]
    reference: Mapping[str, pa.Table]
    words: Vocabulary
    checks: Sequence[Check]
    datasets: Graph
    sha256: str
    scenarios: Sequence[Scenario] = ()
    wishes: PlanWishes = field(default_factory=PlanWishes)


@dataclass(frozen=True, slots=True)
class Room:
    """One crisis room, opened.

    Attributes:
        folder: the crisis-room folder; its state lies in ``.vigie`` below it.
        values: what vigie.toml sets.
        declarations: what the other files declare.
        engine: runs SQL.
        lake, state, arrivals: the stores.
        now: the clock.
        environment: names and values that declarations may refer to.
        code_version: version of Vigie.
        durable: watcher of durable steps.
        progress: called with a line for people on long work.
    """

    folder: Path
    values: RoomValues
    declarations: Declarations
    engine: DuckEngine
    lake: Lake
    state: State
    arrivals: ArrivalStore
    now: Callable[[], datetime]
    environment: Mapping[str, str]
    code_version: str
    durable: Callable[[str], None] = lambda step: None
    progress: Callable[[str], None] = field(default=lambda line: None)

    @property
    def home(self) -> Path:
        """Folder of the state."""
        return self.folder / ".vigie"

    def writing(self) -> WriterLock:
        """The one writer's lock of this room."""
        return WriterLock(self.home / "writer.lock")

    def zone(self) -> ZoneInfo:
        """Time zone of deadlines, census hours and days."""
        return ZoneInfo(self.values.timezone)

    def today(self) -> date:
        """Today in the room's time zone."""
        return self.now().astimezone(self.zone()).date()

    def end_of(self, day: date) -> datetime:
        """The last instant of a day of the room, in UTC: what "as known on" a day means."""
        midnight = datetime.combine(day + timedelta(days=1), time(), self.zone())
        return midnight.astimezone(UTC) - timedelta(microseconds=1)

    def measures(self) -> dict[str, dict[str, object]]:
        """Rows of the measure list by key."""
        rows = self.declarations.reference[MEASURES.name].to_pylist()
        return {str(row["measure"]): row for row in rows}

    def reference(self, name: str) -> pa.Table:
        """A reference table; empty when the folder has no file of it."""
        found = self.declarations.reference.get(name)
        return found if found is not None else _empty(table(name))


def _empty(of: Table) -> pa.Table:
    return of.arrow_schema().empty_table()
