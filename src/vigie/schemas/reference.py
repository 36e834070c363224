"""Reference tables: the CSV files of a crisis room's ``reference`` folder."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import Table, column
from vigie.schemas.depots import DEPOTS, SUPPLIER_CAPS, SUPPLIER_SHARES
from vigie.schemas.staff_policy import RATIOS, REST_RULES, SKILL_MIX, SKILLS

__all__ = [
    "ARCS",
    "CALENDARS",
    "CATEGORIES",
    "DEFINITION_CHANGES",
    "DOSES",
    "EQUIPMENT",
    "MEASURES",
    "PLACES",
    "PRODUCTS",
    "REFERENCE",
]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()
DATE = pa.date32()
BOOLEAN = pa.bool_()

MEASURES = Table(
    name="measures",
    role="reference",
    meaning="The indicators: a new one in a crisis is a row here, never a migration.",
    columns=(
        column(1, "measure", TEXT, "Key.", required=True),
        column(2, "name_en", TEXT, "Name in English.", required=True),
        column(3, "name_fr", TEXT, "Name in French.", required=True),
        column(4, "unit", TEXT, "Unit of the value, e.g. patients, beds, doses.", required=True),
        column(
            5,
            "kind",
            TEXT,
            "flow (events in a window), level (state at a clock time), share "
            "(0 to 1) or binary (0 or 1).",
            required=True,
        ),
        column(6, "step", TEXT, "Period of a value: day, week or month.", default="day"),
        column(
            7,
            "census",
            TEXT,
            "Census hour of a level (08:00) or window of a flow (00:00-24:00).",
            default="",
        ),
        column(
            8, "over_places", TEXT, "How it adds up over places: sum, mean or none.", default="sum"
        ),
        column(
            9,
            "over_days",
            TEXT,
            "How it adds up over days: sum, mean, last or none.",
            default="none",
        ),
        column(10, "minimum", NUMBER, "Smallest valid value."),
        column(11, "maximum", NUMBER, "Largest valid value."),
        column(
            12,
            "dimension",
            TEXT,
            "What its category is: ward_kind, skill, product, equipment, "
            "age_band, cause, shift; empty: none.",
            default="",
        ),
        column(13, "counts_people", BOOLEAN, "It counts persons.", default="false"),
        column(
            14,
            "threshold",
            WHOLE,
            "Counts of persons from 1 to this are withheld when published.",
            default="0",
        ),
        column(
            15,
            "rules",
            TEXT,
            "The feed that rules when two disagree; empty: the first by name.",
            default="",
        ),
        column(
            16,
            "tolerance",
            NUMBER,
            "Share by which two feeds may differ.",
            unit="share",
            default="0.05",
        ),
        column(17, "is_forecast", BOOLEAN, "The daily cycle forecasts it.", default="false"),
        column(
            18,
            "standard_name",
            TEXT,
            "Names in SANER, DHIS2 or a hub, e.g. hub:wk inc flu hosp.",
            default="",
        ),
    ),
    key=("measure",),
)

CATEGORIES = Table(
    name="categories",
    role="reference",
    meaning="What a measure is counted of, besides place and day.",
    columns=(
        column(1, "category", TEXT, "Key.", required=True),
        column(
            2,
            "dimension",
            TEXT,
            "ward_kind, skill, product, equipment, age_band, cause or shift.",
            required=True,
        ),
        column(3, "name_en", TEXT, "Name in English.", required=True),
        column(4, "name_fr", TEXT, "Name in French.", required=True),
        column(5, "ward_kind", TEXT, "Ward kind that a skill or an equipment serves.", default=""),
    ),
    key=("category",),
)

PLACES = Table(
    name="places",
    role="reference",
    meaning="Nation, regions, sites, units and depots, dated; a place lies in one parent at a "
    "time.",
    columns=(
        column(1, "place", TEXT, "Key.", required=True),
        column(2, "name", TEXT, "Name as people say it.", required=True),
        column(3, "kind", TEXT, "nation, region, site, unit or depot.", required=True),
        column(4, "parent", TEXT, "The place it lies in; empty for the top.", default=""),
        column(5, "population", NUMBER, "People living there.", unit="people"),
        column(6, "latitude", NUMBER, "North positive.", unit="degrees"),
        column(7, "longitude", NUMBER, "East positive.", unit="degrees"),
        column(8, "duty_role", TEXT, "Role to call, e.g. duty bed manager.", default=""),
        column(9, "contact", TEXT, "How to reach the role (never a person).", default=""),
        column(
            10, "reports_by", TEXT, "Hour by which its figures are due, e.g. 07:00.", default=""
        ),
        column(11, "valid_from", DATE, "First day of this row."),
        column(12, "valid_to", DATE, "First day no more; empty: still valid."),
    ),
    key=("place", "valid_from"),
)

PRODUCTS = Table(
    name="products",
    role="reference",
    meaning="Products down to model and size.",
    columns=(
        column(1, "product", TEXT, "Key.", required=True),
        column(2, "name_en", TEXT, "Name in English.", required=True),
        column(3, "name_fr", TEXT, "Name in French.", required=True),
        column(4, "unit", TEXT, "Unit of stock and use, UCUM.", required=True),
        column(5, "pack_size", NUMBER, "Units in a pack.", required=True),
        column(6, "class", TEXT, "ppe, medicine, device, test or other.", default="other"),
        column(7, "is_reusable", BOOLEAN, "Used again after cleaning.", default="false"),
        column(
            8,
            "unmet",
            TEXT,
            "lost (a mask not worn) or backorder (a test done later).",
            default="lost",
        ),
        column(9, "gtin", TEXT, "GS1 trade item number; its check digit is checked.", default=""),
        column(
            10,
            "standard_code",
            TEXT,
            "A code after its system: ATC N01AX10, CIP13, UCD or dm+d; checked.",
            default="",
        ),
        column(11, "lead_time_days", NUMBER, "Usual days from order to receipt.", unit="days"),
        column(12, "volume_litres", NUMBER, "Room that a unit takes in a vehicle.", unit="litres"),
    ),
    key=("product",),
)

EQUIPMENT = Table(
    name="equipment",
    role="reference",
    meaning="Equipment that comes back.",
    columns=(
        column(1, "equipment", TEXT, "Key; also a category.", required=True),
        column(2, "ward_kind", TEXT, "Ward kind whose patients need it.", default=""),
        column(
            3,
            "share_needing",
            NUMBER,
            "Share of these patients who need it.",
            unit="share",
            default="1",
        ),
    ),
    key=("equipment",),
)

DOSES = Table(
    name="doses",
    role="reference",
    meaning="Use of a product per patient-day of a ward kind: dated, with its source.",
    columns=(
        column(1, "product", TEXT, "Key of products.", required=True),
        column(2, "ward_kind", TEXT, "Key of categories.", required=True),
        column(
            3, "per_patient_day", NUMBER, "Mean use.", unit="units per patient-day", required=True
        ),
        column(4, "variation", NUMBER, "Coefficient of variation.", unit="share", default="0.3"),
        column(5, "valid_from", DATE, "First day."),
        column(6, "source", TEXT, "Where the figure is from.", default=""),
    ),
    key=("product", "ward_kind", "valid_from"),
)

ARCS = Table(
    name="arcs",
    role="reference",
    meaning="Ways between sites, and from depots, by which help can travel.",
    columns=(
        column(1, "from_place", TEXT, "Sender.", required=True),
        column(2, "to_place", TEXT, "Receiver.", required=True),
        column(3, "km", NUMBER, "Distance by road.", unit="km", required=True),
        column(4, "hours", NUMBER, "Time under way.", unit="hours", required=True),
    ),
    key=("from_place", "to_place"),
)

CALENDARS = Table(
    name="calendars",
    role="reference",
    meaning="Days on which people report or fall ill differently: holidays, school terms.",
    columns=(
        column(1, "date", DATE, "The day.", required=True),
        column(2, "place", TEXT, "Where it holds; empty: everywhere.", default=""),
        column(3, "kind", TEXT, "holiday, school_holiday or event.", required=True),
        column(4, "name", TEXT, "Its name.", default=""),
    ),
    key=("date", "place", "kind"),
)

DEFINITION_CHANGES = Table(
    name="definition_changes",
    role="reference",
    meaning="Days from which a measure counts something else: a new definition, other testing, a "
    "new duty to report. Figures before are not compared with those after.",
    columns=(
        column(1, "measure", TEXT, "Key of measures.", required=True),
        column(2, "category", TEXT, "Key of categories; empty: all.", default=""),
        column(3, "place", TEXT, "Where, with all inside; empty: everywhere.", default=""),
        column(4, "date", DATE, "First day of the new meaning.", required=True),
        column(5, "what", TEXT, "What changed, in a few words, for readers.", required=True),
    ),
    key=("measure", "category", "place", "date"),
)

REFERENCE = (
    MEASURES,
    CATEGORIES,
    PLACES,
    PRODUCTS,
    SKILLS,
    EQUIPMENT,
    RATIOS,
    SKILL_MIX,
    REST_RULES,
    DOSES,
    ARCS,
    CALENDARS,
    DEFINITION_CHANGES,
    DEPOTS,
    SUPPLIER_CAPS,
    SUPPLIER_SHARES,
)
