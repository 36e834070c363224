"""Facts: append-only revisions of what sources said, and what they could not say."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import INSTANT, Table, column

__all__ = [
    "FACTS",
    "LOTS",
    "MISSING_REASONS",
    "MOVEMENTS",
    "ORDERS",
    "PLANNED_SHIFTS",
    "REJECTS",
    "REPORTS",
]

TEXT = pa.string()
NUMBER = pa.float64()
DATE = pa.date32()

MISSING_REASONS = ("blank", "not_reported", "withdrawn", "withheld", "suspect")

REPORTS = Table(
    name="reports",
    role="fact",
    meaning="Facts of every time series: what a source said of a place and a day, and when.",
    columns=(
        column(1, "measure", TEXT, "Which indicator; a key of measures.", required=True),
        column(2, "place", TEXT, "Where; a key of places.", required=True),
        column(
            3,
            "category",
            TEXT,
            "Of which ward kind, skill, product...; empty means all.",
            required=True,
        ),
        column(
            4,
            "reference_date",
            DATE,
            "The day, or last day of the period, when it was so.",
            required=True,
        ),
        column(5, "known_at", INSTANT, "When the source made it public.", required=True),
        column(6, "value", NUMBER, "The value, in the unit of the measure; null is missing."),
        column(7, "reason", TEXT, "Why the value is missing, or null."),
        column(8, "feed", TEXT, "Which feed said it.", required=True),
        column(9, "arrival", TEXT, "Hash of the arrival that brought it.", required=True),
        column(10, "run", TEXT, "The run that took it in.", required=True),
    ),
    key=("measure", "place", "category", "reference_date", "feed"),
    partition="measure",
    order=("place", "category", "reference_date", "known_at"),
)

ORDERS = Table(
    name="orders",
    role="fact",
    meaning="Orders of products on their way, as last confirmed.",
    columns=(
        column(1, "order", TEXT, "Number of the order line at its place.", required=True),
        column(
            2, "known_at", INSTANT, "When this state of the order was made known.", required=True
        ),
        column(3, "place", TEXT, "Who ordered; a key of places."),
        column(4, "product", TEXT, "What; a key of products."),
        column(5, "quantity", NUMBER, "Quantity ordered.", unit="unit of the product"),
        column(6, "ordered_date", DATE, "Day of the order."),
        column(7, "eta_date", DATE, "Expected day of delivery."),
        column(8, "status", TEXT, "ordered, shipped, arrived or cancelled."),
        column(9, "supplier", TEXT, "Who delivers."),
        column(10, "reason", TEXT, "Why the order is missing (withdrawn), or null."),
        column(11, "feed", TEXT, "Which feed said it.", required=True),
        column(12, "arrival", TEXT, "Hash of the arrival that brought it.", required=True),
        column(13, "run", TEXT, "The run that took it in.", required=True),
    ),
    key=("order", "feed"),
    order=("place", "product", "order", "known_at"),
)

MOVEMENTS = Table(
    name="movements",
    role="fact",
    meaning="Movements of patients, pseudonymised: one row a ward stay.",
    columns=(
        column(1, "stay", TEXT, "Pseudonym of the ward stay.", required=True),
        column(2, "known_at", INSTANT, "When this was made known.", required=True),
        column(3, "patient", TEXT, "Pseudonym of the patient."),
        column(4, "place", TEXT, "Where; a key of places."),
        column(5, "category", TEXT, "Ward kind; a key of categories."),
        column(6, "from_date", DATE, "Day of entry to the ward."),
        column(7, "to_date", DATE, "Day of leaving the ward; null while in bed."),
        column(8, "outcome", TEXT, "transfer, discharge, death; null while in bed."),
        column(9, "reason", TEXT, "Why the stay is missing (withdrawn), or null."),
        column(10, "feed", TEXT, "Which feed said it.", required=True),
        column(11, "arrival", TEXT, "Hash of the arrival that brought it.", required=True),
        column(12, "run", TEXT, "The run that took it in.", required=True),
    ),
    key=("stay", "feed"),
    order=("place", "from_date", "stay", "known_at"),
)

LOTS = Table(
    name="lots",
    role="fact",
    meaning="Stock counted by lot; the last count of a product at a place tells all its lots.",
    columns=(
        column(1, "place", TEXT, "Where; a key of places.", required=True),
        column(2, "product", TEXT, "What; a key of products.", required=True),
        column(3, "lot", TEXT, "Number of the lot (GS1 identifier 10).", required=True),
        column(4, "counted_date", DATE, "Day of the count, at its end.", required=True),
        column(5, "known_at", INSTANT, "When the count was made known.", required=True),
        column(6, "quantity", NUMBER, "Units counted.", unit="unit of the product"),
        column(7, "unit", TEXT, "Unit of the quantity; that of the product."),
        column(8, "expires_date", DATE, "Last day of use (17); null: not known."),
        column(9, "gtin", TEXT, "Trade item number (01), or null."),
        column(10, "reason", TEXT, "Why the lot is missing (withdrawn), or null."),
        column(11, "feed", TEXT, "Which feed said it.", required=True),
        column(12, "arrival", TEXT, "Hash of the arrival that brought it.", required=True),
        column(13, "run", TEXT, "The run that took it in.", required=True),
    ),
    key=("place", "product", "lot", "counted_date", "feed"),
    order=("place", "product", "lot", "counted_date", "known_at"),
)

PLANNED_SHIFTS = Table(
    name="planned_shifts",
    role="fact",
    meaning="Shifts that members of staff are planned for, pseudonymised: for rules of rest.",
    columns=(
        column(1, "shift", TEXT, "Pseudonym of the planned shift.", required=True),
        column(2, "known_at", INSTANT, "When this was made known.", required=True),
        column(3, "member", TEXT, "Pseudonym of the member of staff."),
        column(4, "place", TEXT, "Where; a key of places."),
        column(5, "category", TEXT, "Skill; a key of categories."),
        column(6, "begins_at", INSTANT, "When it begins."),
        column(7, "ends_at", INSTANT, "When it ends."),
        column(8, "reason", TEXT, "Why the shift is missing (withdrawn), or null."),
        column(9, "feed", TEXT, "Which feed said it.", required=True),
        column(10, "arrival", TEXT, "Hash of the arrival that brought it.", required=True),
        column(11, "run", TEXT, "The run that took it in.", required=True),
    ),
    key=("shift", "feed"),
    order=("place", "begins_at", "shift", "known_at"),
)

REJECTS = Table(
    name="rejects",
    role="record",
    meaning="Rows that were not taken: where and by which rule, never the value of a person.",
    columns=(
        column(1, "arrival", TEXT, "Hash of the arrival.", required=True),
        column(2, "feed", TEXT, "Which feed.", required=True),
        column(
            3, "row", pa.int64(), "Row of the file, the line after the header is 1.", required=True
        ),
        column(4, "column", TEXT, "Column of the file, as its header names it.", required=True),
        column(5, "rule", TEXT, "Name of the rule that failed.", required=True),
        column(6, "message", TEXT, "What was wrong and what to do.", required=True),
    ),
    key=("arrival", "row", "column", "rule"),
    order=("arrival", "row"),
)

FACTS = (REPORTS, ORDERS, MOVEMENTS, LOTS, PLANNED_SHIFTS)
