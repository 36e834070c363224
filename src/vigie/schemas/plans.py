"""Results of a run: plans of help between places."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import Table, column

__all__ = ["PLANS", "PLAN_MOVES"]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()
DATE = pa.date32()

PLANS = Table(
    name="plans",
    role="result",
    meaning="Plans of help between sites.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "plan", TEXT, "Key within the run.", required=True),
        column(3, "model_id", TEXT, "Name of the planner.", required=True),
        column(4, "as_of", DATE, "Day of the run.", required=True),
        column(5, "moves", WHOLE, "Number of moves.", required=True),
        column(6, "unmet_before", NUMBER, "Expected unmet units without the plan.", required=True),
        column(7, "unmet_after", NUMBER, "Expected unmet units with it.", required=True),
    ),
    key=("run", "plan"),
    partition="run",
)

PLAN_MOVES = Table(
    name="plan_moves",
    role="result",
    meaning="Moves of a plan, with risk before and after at both ends.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "plan", TEXT, "Key of plans.", required=True),
        column(3, "move", WHOLE, "Number within the plan, from 1.", required=True),
        column(4, "kind", TEXT, "products, equipment, staff or patients.", required=True),
        column(5, "category", TEXT, "What moves.", required=True),
        column(6, "from_place", TEXT, "Sender.", required=True),
        column(7, "to_place", TEXT, "Receiver.", required=True),
        column(8, "quantity", NUMBER, "How much.", required=True),
        column(9, "unit", TEXT, "Unit of quantity.", required=True),
        column(10, "depart_date", DATE, "Day of leaving.", required=True),
        column(11, "arrive_date", DATE, "Day of use at the receiver.", required=True),
        column(
            12,
            "receiver_before",
            NUMBER,
            "P(short) of the receiver without the plan.",
            unit="0 to 1",
            required=True,
        ),
        column(
            13,
            "receiver_after",
            NUMBER,
            "P(short) of the receiver with it.",
            unit="0 to 1",
            required=True,
        ),
        column(
            14,
            "sender_before",
            NUMBER,
            "P(short) of the sender without the plan.",
            unit="0 to 1",
            required=True,
        ),
        column(
            15,
            "sender_after",
            NUMBER,
            "P(short) of the sender with it.",
            unit="0 to 1",
            required=True,
        ),
        column(16, "km", NUMBER, "Distance.", unit="km"),
        column(
            17,
            "state",
            TEXT,
            "proposed, accepted, approved, sent, arrived or cancelled.",
            required=True,
        ),
        column(
            18,
            "stay_source",
            TEXT,
            "Patients: what tells their stays, movements or totals; else null.",
        ),
        column(19, "stay_days", NUMBER, "Patients: mean nights in the ward kind.", unit="days"),
        column(
            20,
            "later_category",
            TEXT,
            "Patients: severe ward kind that some need later; a key of categories, or null.",
        ),
        column(
            21,
            "later_share",
            NUMBER,
            "Patients: share of them who need it later.",
            unit="0 to 1",
        ),
    ),
    key=("run", "plan", "move"),
    partition="run",
)
