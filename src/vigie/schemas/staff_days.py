"""What staff lack on each day ahead: hours, registered nurses, shifts that break a rest rule."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import Table, column

__all__ = ["STAFF_DAYS"]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()
DATE = pa.date32()
BOOLEAN = pa.bool_()

STAFF_DAYS = Table(
    name="staff_days",
    role="result",
    meaning="Staff on each day ahead: hours that are missing, registered nurses missing for the "
    "skill mix in force, and planned shifts that break the rest rule in force.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "place", TEXT, "Where.", required=True),
        column(3, "category", TEXT, "Skill.", required=True),
        column(4, "date", DATE, "The day.", required=True),
        column(
            5,
            "gap_hours",
            NUMBER,
            "Expected hours of work that are missing: members of staff missing times the length "
            "of a shift.",
            unit="hours",
            required=True,
        ),
        column(
            6,
            "least_share",
            NUMBER,
            "Least share of registered nurses in force; null: no rule, or told at another skill "
            "of the team.",
            unit="0 to 1",
        ),
        column(7, "mix_valid_from", DATE, "First day of that rule."),
        column(8, "mix_source", TEXT, "Who decided it, and where it is written."),
        column(
            9,
            "registered_missing",
            NUMBER,
            "Expected registered nurses to add so that those present keep the share.",
            unit="staff",
        ),
        column(10, "mix_broken_on", NUMBER, "P(the share is not kept that day).", unit="0 to 1"),
        column(
            11, "mix_broken_by", NUMBER, "P(it is not kept on some day up to it).", unit="0 to 1"
        ),
        column(
            12,
            "planned_shifts",
            WHOLE,
            "Planned shifts that begin that day; null: none is told of the place.",
            unit="shifts",
        ),
        column(
            13, "rest_breaches", WHOLE, "Of these, those that break the rest rule.", unit="shifts"
        ),
        column(14, "breach_hours", NUMBER, "Hours of these shifts.", unit="hours"),
        column(
            15,
            "overlapping",
            WHOLE,
            "Of the planned shifts, those not judged: they overlap another of the same person.",
            unit="shifts",
        ),
        column(
            16,
            "not_worked",
            WHOLE,
            "Shifts taken off the roster of that day, where the rule is enforced.",
            unit="shifts",
        ),
        column(17, "rest_enforced", BOOLEAN, "The rest rule in force is enforced; null: no rule."),
        column(18, "rest_valid_from", DATE, "First day of that rule."),
        column(19, "rest_source", TEXT, "Who decided it, and where it is written."),
    ),
    key=("run", "place", "category", "date"),
    partition="run",
    order=("place", "category", "date"),
)
