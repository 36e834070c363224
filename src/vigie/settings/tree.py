"""The settings of a room: each with its type, default, unit and one line of help.

The dataclasses below are the only home of these facts; reading, checking and the page
``docs/settings.md`` all go by their fields.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from zoneinfo import ZoneInfo

from vigie.settings.about import about
from vigie.settings.alerts import Alerts
from vigie.settings.beds import Ahead, BedShortage
from vigie.settings.plan import Plan

__all__ = [
    "FORMAT",
    "BedShortage",
    "Briefing",
    "DeclaredShortage",
    "Engine",
    "Epidemic",
    "EquipmentShortage",
    "Kind",
    "Lack",
    "Language",
    "Mode",
    "Orders",
    "OrdersAhead",
    "OwnModel",
    "ProductShortage",
    "Room",
    "Settings",
    "ShortageRule",
    "StaffShortage",
    "Tile",
    "TileKind",
    "Web",
]

FORMAT = 1
"""Version of the layout of a crisis room that this code reads and writes."""


class Language(StrEnum):
    """A language of pages and messages."""

    ENGLISH = "en"
    FRENCH = "fr"


class Kind(StrEnum):
    """What can run short."""

    BEDS = "beds"
    STAFF = "staff"
    EQUIPMENT = "equipment"
    PRODUCTS = "products"
    DECLARED = "declared"


class Lack(StrEnum):
    """What a declared shortage is a lack of."""

    BEDS = "beds"
    STAFF = "staff"
    EQUIPMENT = "equipment"
    PRODUCTS = "products"


class Mode(StrEnum):
    """Which of the dated ratios of patients to staff is in force (reference/ratios.csv)."""

    NORMAL = "normal"
    STRETCHED = "stretched"
    CRISIS = "crisis"


class OrdersAhead(StrEnum):
    """Which orders of products count on the days ahead."""

    USUAL = "usual"
    OPEN = "open"


class TileKind(StrEnum):
    """What a figure at the top of the briefing shows."""

    MEASURE = "measure"
    SHORTAGES = "shortages"


@dataclass(frozen=True, slots=True)
class Room:
    """The room as a whole."""

    name: str = field(metadata=about("Name on every page."))
    format: int = field(
        default=FORMAT,
        metadata=about("Version of the folder's layout; `vigie init` writes it.", form="format"),
    )
    timezone: ZoneInfo = field(
        default_factory=lambda: ZoneInfo("UTC"),
        metadata=about("Time zone of census hours, deadlines and pages."),
    )
    languages: tuple[Language, ...] = field(
        default=(Language.ENGLISH, Language.FRENCH),
        metadata=about("Languages of the pages; the first is shown unless asked otherwise."),
    )
    seed: int = field(
        default=1,
        metadata=about("Start of every random draw: same seed and data, same figures.", least=0),
    )
    sample_count: int = field(
        default=1000,
        metadata=about("Futures drawn in one run.", "paths", least=50, most=10_000),
    )
    horizon_days: int = field(
        default=21, metadata=about("How far the run looks ahead.", "days", least=1, most=90)
    )
    deadline: time = field(
        default=time(8, 0),
        metadata=about("Room time by which the day's release is due; later, an alert goes out."),
    )


@dataclass(frozen=True, slots=True)
class Engine:
    """The query engine."""

    threads: int = field(
        default=0,
        metadata=about("Threads of a query; 0: one for each core.", "threads", least=0, most=256),
    )
    memory_limit: str = field(
        default="4 GiB",
        metadata=about("Memory of the engine before it spills to disk.", "bytes", form="size"),
    )


@dataclass(frozen=True, slots=True)
class Web:
    """The pages."""

    port: int = field(
        default=8000,
        metadata=about("Port of the pages; the next free one when taken.", least=1, most=65_535),
    )
    address: str = field(
        default="127.0.0.1",
        metadata=about("Address listened on; only this machine for now.", form="loopback"),
    )
    accent: str = field(
        default="#0B4F8A",
        metadata=about("Colour of links and actions, as #RRGGBB.", form="colour"),
    )


@dataclass(frozen=True, slots=True)
class Orders:
    """Where approved moves are ordered (docs/plans.md)."""

    webhook_url_env: str = field(
        default="",
        metadata=about("Environment variable with the URL orders are posted to.", form="variable"),
    )
    secret_env: str = field(
        default="",
        metadata=about(
            "Environment variable with the secret that signs orders; without it none is posted.",
            form="variable",
        ),
    )


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the top of the briefing."""

    measure: str = field(
        metadata=about("A measure; for shortages: beds, staff, equipment or products.")
    )
    category: str = field(
        default="", metadata=about("Of which category; empty: all. For measures only.")
    )
    kind: TileKind = field(
        default=TileKind.MEASURE,
        metadata=about("Shows a measure of the whole, or counts what may run short."),
    )


@dataclass(frozen=True, slots=True)
class Briefing:
    """The page of 08:00."""

    tiles: tuple[Tile, ...] = field(
        default=(), metadata=about("Figures on top, in order; at most five are shown.", most=5)
    )


@dataclass(frozen=True, slots=True)
class StaffShortage:
    """Staff that the patients in bed require against staff present."""

    rostered: str = field(metadata=about("Staff on the roster.", form="measure"))
    absent: str = field(metadata=about("Staff absent.", form="measure"))
    occupancy: str = field(metadata=about("Patients in bed.", form="measure"))
    mode: Mode = field(default=Mode.NORMAL, metadata=about("Ratios in force."))
    ahead: Ahead = field(
        default=Ahead.FOLLOWS,
        metadata=about(
            "Rosters follow beds and absence the epidemic, as learnt from this room's past, or "
            "rosters are held and absence has its published forecast "
            "(docs/models/staff-absence.md)."
        ),
    )


@dataclass(frozen=True, slots=True)
class EquipmentShortage:
    """Equipment in use against the fleet."""

    in_use: str = field(metadata=about("Machines in use.", form="measure"))
    fleet: str = field(metadata=about("Machines that work.", form="measure"))


@dataclass(frozen=True, slots=True)
class ProductShortage:
    """Products used against stock and deliveries."""

    stock: str = field(metadata=about("Units in stock.", form="measure"))
    consumption: str = field(metadata=about("Units used in a period.", form="measure"))
    orders: OrdersAhead = field(
        default=OrdersAhead.USUAL,
        metadata=about(
            "Sites go on ordering as they did in this room's past, or open orders alone count "
            "(docs/models/ordering.md)."
        ),
    )


@dataclass(frozen=True, slots=True)
class DeclaredShortage:
    """A shortage that places declare themselves: a measure that is 1 while they lack something."""

    declared: str = field(metadata=about("Whether a lack is declared, 0 or 1.", form="measure"))
    of: Lack = field(default=Lack.PRODUCTS, metadata=about("What is lacking."))


ShortageRule = BedShortage | StaffShortage | EquipmentShortage | ProductShortage | DeclaredShortage


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A forecast model of the room's own, scored with the others (docs/models/own-models.md)."""

    name: str = field(
        metadata=about("Name in tables and on pages; not beginning with vigie-.", form="model")
    )
    command: tuple[str, ...] = field(
        default=(),
        metadata=about(
            "Program and arguments; a folder with the history is added as the last one.",
            form="words",
        ),
    )
    measures: tuple[str, ...] = field(
        default=(),
        metadata=about("Measures that it forecasts; none: every forecast flow.", form="measure"),
    )
    timeout_seconds: int = field(
        default=120,
        metadata=about("A call that takes longer is ended.", "seconds", least=1, most=3600),
    )
    folder: str = field(
        default="",
        metadata=about(
            "Instead of a command: folder with files of hub model-output, one a reference date."
        ),
    )
    codes: str = field(
        default="",
        metadata=about(
            "List of reference/codes that turns locations of these files into places; empty: "
            "they are places."
        ),
    )


@dataclass(frozen=True, slots=True)
class Epidemic:
    """An epidemic told by admissions, of which R is estimated daily (docs/models/renewal.md)."""

    measure: str = field(
        metadata=about("Daily admissions of this disease alone: a flow.", form="measure")
    )
    category: str = field(
        default="", metadata=about("Of which category; empty: all of them together.")
    )
    generation: str = field(
        default="",
        metadata=about(
            "Published generation interval by its name (docs/models/delays.md); "
            "or give the next two.",
            form="delay",
        ),
    )
    generation_mean_days: float = field(
        default=0.0,
        metadata=about("Mean generation interval of your own (gamma).", "days", least=0.5, most=30),
    )
    generation_sd_days: float = field(
        default=0.0,
        metadata=about("Its standard deviation, at most twice it.", "days", least=0.1, most=30),
    )
    admission: tuple[str, ...] = field(
        default=(),
        metadata=about(
            "Published delays from infection to admission by their names, one or two in a row; "
            "or give the next two.",
            form="delay",
        ),
    )
    admission_mean_days: float = field(
        default=0.0,
        metadata=about(
            "Mean delay from infection to admission of your own (gamma).",
            "days",
            least=0.5,
            most=30,
        ),
    )
    admission_sd_days: float = field(
        default=0.0,
        metadata=about("Its standard deviation, at most twice it.", "days", least=0.1, most=30),
    )
    admitted_share: float = field(
        default=0.02,
        metadata=about("Admissions per infection.", "share", least=0.0001, most=1),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a room. ``bootstrap`` reads it once; other code takes plain values."""

    room: Room
    engine: Engine = field(default_factory=Engine)
    web: Web = field(default_factory=Web)
    alerts: Alerts = field(default_factory=Alerts)
    orders: Orders = field(default_factory=Orders)
    briefing: Briefing = field(default_factory=Briefing)
    plan: Plan = field(default_factory=Plan)
    shortages: tuple[ShortageRule, ...] = ()
    models: tuple[OwnModel, ...] = ()
    epidemics: tuple[Epidemic, ...] = ()
