"""The settings of a crisis room: one frozen object, read from ``vigie.toml`` and the environment.

Here live every setting's type, default, unit and help, their checks, and the reference page made
from them. No file, clock or environment is read here: text and names are passed in. Feeds, checks
and datasets have declarations of their own, in their packages.
"""

from vigie.settings.alerts import AlertedShortages, Alerts
from vigie.settings.page import settings_page
from vigie.settings.reading import SHORTAGE_KINDS, parse_settings
from vigie.settings.tree import (
    FORMAT,
    BedShortage,
    Briefing,
    DeclaredShortage,
    Engine,
    Epidemic,
    EquipmentShortage,
    Kind,
    Lack,
    Language,
    Mode,
    OrdersAhead,
    OwnModel,
    ProductShortage,
    Room,
    Settings,
    ShortageRule,
    StaffShortage,
    Tile,
    TileKind,
    Web,
)

__all__ = [
    "FORMAT",
    "SHORTAGE_KINDS",
    "AlertedShortages",
    "Alerts",
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
    "parse_settings",
    "settings_page",
]
