"""Central depots and suppliers' caps: what a room declares, and what a run found in depots."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import Table, column

__all__ = ["DEPOTS", "DEPOT_STOCK", "SUPPLIER_CAPS", "SUPPLIER_SHARES"]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()
DATE = pa.date32()

DEPOTS = Table(
    name="depots",
    role="reference",
    meaning="What a central depot keeps whatever happens, and whom it serves. A place of kind "
    "depot without a row keeps nothing back and serves all that its ways in arcs.csv reach.",
    columns=(
        column(1, "depot", TEXT, "A place of kind depot.", required=True),
        column(2, "product", TEXT, "Key of products; empty: all without a row.", default=""),
        column(
            3,
            "reserve",
            NUMBER,
            "Units that stay, whatever happens; 0 or more.",
            unit="unit of the product",
            default="0",
        ),
        column(
            4,
            "serves",
            TEXT,
            "Regions or sites that it may send to, with a space between; empty: all.",
            default="",
        ),
    ),
    key=("depot", "product"),
)

SUPPLIER_CAPS = Table(
    name="supplier_caps",
    role="reference",
    meaning="Suppliers that cannot deliver all: what they can deliver of a product to all places "
    "together. What is ordered beyond it waits.",
    columns=(
        column(1, "supplier", TEXT, "As the orders name it.", required=True),
        column(
            2,
            "product",
            TEXT,
            "Key of products; empty: each product without a row, on its own.",
            default="",
        ),
        column(3, "valid_from", DATE, "First day.", required=True),
        column(4, "valid_to", DATE, "First day no more; empty: still valid."),
        column(5, "units_per_day", NUMBER, "Units a day; 0 or more.", unit="unit of the product"),
        column(
            6,
            "units_per_week",
            NUMBER,
            "Units a week, spread evenly over its days; in place of units_per_day.",
            unit="unit of the product",
        ),
    ),
    key=("supplier", "product", "valid_from"),
)

SUPPLIER_SHARES = Table(
    name="supplier_shares",
    role="reference",
    meaning="How a supplier with a cap divides it. Without rows it is divided as past orders were.",
    columns=(
        column(1, "supplier", TEXT, "As in supplier_caps.", required=True),
        column(2, "product", TEXT, "Key of products; empty: all without rows.", default=""),
        column(
            3, "place", TEXT, "Who gets the part; places without a row get none.", required=True
        ),
        column(4, "share", NUMBER, "Part, 0 or more; parts need not add up to 1.", required=True),
    ),
    key=("supplier", "product", "place"),
)

DEPOT_STOCK = Table(
    name="depot_stock",
    role="result",
    meaning="What central depots hold, keep and can send.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "place", TEXT, "The depot.", required=True),
        column(3, "category", TEXT, "Product.", required=True),
        column(4, "as_of", DATE, "Day of the run.", required=True),
        column(5, "unit", TEXT, "Unit of stock.", required=True),
        column(6, "data_date", DATE, "Last day with a report of it.", required=True),
        column(7, "stock", NUMBER, "Units last told.", required=True),
        column(8, "reserve", NUMBER, "Units that stay.", required=True),
        column(
            9,
            "free",
            NUMBER,
            "Units that may leave, those of expired lots left out; null: the report is too old, "
            "nothing may leave.",
        ),
        column(10, "on_order", NUMBER, "Units of open orders towards the depot."),
        column(11, "serves", TEXT, "Whom it serves, as declared; empty: all.", required=True),
        column(
            12,
            "expired",
            NUMBER,
            "Units of these past their last day of use: they may not leave; null: no lot is told.",
        ),
        column(13, "next_expiry_date", DATE, "Last day of use of the next lots to expire."),
        column(14, "next_expiry_quantity", NUMBER, "Units of these lots."),
        column(
            15,
            "expiring",
            NUMBER,
            "Units that expire by the horizon if nothing leaves; null: no lot is told.",
        ),
        column(16, "horizon_days", WHOLE, "Days looked ahead; null: no lot is told."),
        column(
            17,
            "lots",
            TEXT,
            "Units by last day of use, as DATE=UNITS with a space between, the next first; units "
            "in none of them do not expire. Null: no lot is told.",
        ),
        column(
            18,
            "sent",
            NUMBER,
            "Units of moves sent since the last report, taken off what may leave; null: none.",
        ),
    ),
    key=("run", "place", "category"),
    partition="run",
    order=("place", "category"),
)
