"""The message catalogue: every sentence that people read, in English and in French.

One key, one pair. Names in braces are filled by ``wording.Words``; French spaces before
``; : ! ? %`` and inside « » are made there, so they are plain in the catalogue.
"""

from __future__ import annotations

from typing import Literal, get_args

from vigie.actions.words.messages_alert_page import ALERT_PAGE_MESSAGES
from vigie.actions.words.messages_alerts import ALERT_MESSAGES
from vigie.actions.words.messages_bed_parts import BED_PART_MESSAGES
from vigie.actions.words.messages_decisions import DECISION_MESSAGES
from vigie.actions.words.messages_depots import DEPOT_MESSAGES
from vigie.actions.words.messages_figures import FIGURE_MESSAGES
from vigie.actions.words.messages_frame import FRAME_MESSAGES
from vigie.actions.words.messages_nowcast import NOWCAST_MESSAGES
from vigie.actions.words.messages_scenarios import SCENARIO_MESSAGES
from vigie.actions.words.messages_scores import SCORE_MESSAGES
from vigie.actions.words.messages_shortages import SHORTAGE_MESSAGES
from vigie.actions.words.messages_spread import SPREAD_MESSAGES
from vigie.actions.words.messages_staff import STAFF_MESSAGES
from vigie.actions.words.messages_stock import STOCK_MESSAGES
from vigie.actions.words.messages_what_if import WHAT_IF_MESSAGES

__all__ = ["LANGUAGES", "MESSAGES", "UNITS", "UNITS_OF_ONE", "Language"]

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_PARTS = (
    DECISION_MESSAGES,
    ALERT_MESSAGES,
    ALERT_PAGE_MESSAGES,
    BED_PART_MESSAGES,
    FRAME_MESSAGES,
    FIGURE_MESSAGES,
    NOWCAST_MESSAGES,
    SCENARIO_MESSAGES,
    SCORE_MESSAGES,
    SHORTAGE_MESSAGES,
    SPREAD_MESSAGES,
    WHAT_IF_MESSAGES,
    STAFF_MESSAGES,
    STOCK_MESSAGES,
    DEPOT_MESSAGES,
)

MESSAGES: dict[str, tuple[str, str]] = {key: pair for part in _PARTS for key, pair in part.items()}

assert len(MESSAGES) == sum(map(len, _PARTS)), "a key is used twice"

UNITS: dict[str, tuple[str, str]] = {
    "admissions": ("admissions", "admissions"),
    "beds": ("beds", "lits"),
    "calls": ("calls", "appels"),
    "doses": ("doses", "doses"),
    "machine-days": ("machine-days", "jours-machine"),
    "patient-days": ("patient-days", "patients-jours"),
    "patients": ("patients", "patients"),
    "people": ("people", "personnes"),
    "share": ("%", "%"),
    "shifts": ("shifts", "postes"),
    "staff": ("staff", "agents"),
    "units": ("units", "unités"),
    "ventilators": ("ventilators", "respirateurs"),
}
"""Units whose name differs between languages; any other unit is shown as measures.csv has it."""

UNITS_OF_ONE: dict[str, tuple[str, str]] = {
    "admissions": ("admission", "admission"),
    "beds": ("bed", "lit"),
    "calls": ("call", "appel"),
    "doses": ("dose", "dose"),
    "machine-days": ("machine-day", "jour-machine"),
    "machines": ("machine", "machine"),
    "patient-days": ("patient-day", "patient-jour"),
    "patients": ("patient", "patient"),
    "people": ("person", "personne"),
    "shifts": ("shift", "poste"),
    "staff": ("member of staff", "agent"),
    "units": ("unit", "unité"),
    "ventilators": ("ventilator", "respirateur"),
}
"""The same of one of them."""
