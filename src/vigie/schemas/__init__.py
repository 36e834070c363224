"""The named tables: columns, types, units, keys and meaning. No data and no I/O live here."""

from vigie.schemas.bed_parts import BED_PARTS
from vigie.schemas.columns import INSTANT, Column, Table
from vigie.schemas.depots import DEPOT_STOCK, DEPOTS, SUPPLIER_CAPS, SUPPLIER_SHARES
from vigie.schemas.epidemics import NOWCAST_SCORES, NOWCASTS, REPRODUCTION
from vigie.schemas.facts import (
    FACTS,
    LOTS,
    MISSING_REASONS,
    MOVEMENTS,
    ORDERS,
    PLANNED_SHIFTS,
    REJECTS,
    REPORTS,
)
from vigie.schemas.forecasts import FORECASTS, LEADING_SIGNALS, MODEL_CHOICES, SCORES
from vigie.schemas.plans import PLAN_MOVES, PLANS
from vigie.schemas.reference import (
    ARCS,
    CALENDARS,
    CATEGORIES,
    DEFINITION_CHANGES,
    DOSES,
    EQUIPMENT,
    MEASURES,
    PLACES,
    PRODUCTS,
    REFERENCE,
)
from vigie.schemas.results import (
    CHECK_RESULTS,
    CONFLICTS,
    COVERAGE,
    DERIVED,
    FEEDS_STATUS,
    PATH_ARRAYS,
    RESULTS,
    SHORTAGE_DAYS,
    SHORTAGES,
)
from vigie.schemas.scenarios import SCENARIO_INPUTS, SCENARIO_SHORTAGES, SCENARIOS
from vigie.schemas.staff_days import STAFF_DAYS
from vigie.schemas.staff_policy import RATIOS, REST_RULES, SKILL_MIX, SKILLS
from vigie.schemas.stock_advice import STOCK_ADVICE

__all__ = [
    "ALL_TABLES",
    "ARCS",
    "BED_PARTS",
    "CALENDARS",
    "CATEGORIES",
    "CHECK_RESULTS",
    "CONFLICTS",
    "COVERAGE",
    "DEFINITION_CHANGES",
    "DEPOTS",
    "DEPOT_STOCK",
    "DERIVED",
    "DOSES",
    "EQUIPMENT",
    "FACTS",
    "FEEDS_STATUS",
    "FORECASTS",
    "INSTANT",
    "LEADING_SIGNALS",
    "LOTS",
    "MEASURES",
    "MISSING_REASONS",
    "MODEL_CHOICES",
    "MOVEMENTS",
    "NOWCASTS",
    "NOWCAST_SCORES",
    "ORDERS",
    "PATH_ARRAYS",
    "PLACES",
    "PLANNED_SHIFTS",
    "PLANS",
    "PLAN_MOVES",
    "PRODUCTS",
    "RATIOS",
    "REFERENCE",
    "REJECTS",
    "REPORTS",
    "REPRODUCTION",
    "REST_RULES",
    "RESULTS",
    "SCENARIOS",
    "SCENARIO_INPUTS",
    "SCENARIO_SHORTAGES",
    "SCORES",
    "SHORTAGES",
    "SHORTAGE_DAYS",
    "SKILLS",
    "SKILL_MIX",
    "STAFF_DAYS",
    "STOCK_ADVICE",
    "SUPPLIER_CAPS",
    "SUPPLIER_SHARES",
    "Column",
    "Table",
    "table",
]

ALL_TABLES: dict[str, Table] = {each.name: each for each in (*REFERENCE, *FACTS, REJECTS, *RESULTS)}


def table(name: str) -> Table:
    """The named table.

    Raises:
        KeyError: no table has this name.
    """
    return ALL_TABLES[name]
