"""Reference tables of staff: skills, and the dated rules of ratios, skill mix and rest."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import Table, column

__all__ = ["RATIOS", "REST_RULES", "SKILLS", "SKILL_MIX"]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()
DATE = pa.date32()
BOOLEAN = pa.bool_()

SKILLS = Table(
    name="skills",
    role="reference",
    meaning="Skills of staff.",
    columns=(
        column(1, "skill", TEXT, "Key; also a category.", required=True),
        column(2, "ward_kind", TEXT, "Ward kind it serves; empty: all.", default=""),
        column(3, "hours_per_shift", NUMBER, "Length of a shift.", unit="hours", default="12"),
        column(
            4,
            "nursing",
            TEXT,
            "registered (registered nurses), assistant (of the nursing team, not registered) or "
            "empty: not counted in the skill mix.",
            default="",
        ),
    ),
    key=("skill",),
)

RATIOS = Table(
    name="ratios",
    role="reference",
    meaning="Patients per member of staff on a shift: dated policy, with its source.",
    columns=(
        column(1, "skill", TEXT, "Key of skills.", required=True),
        column(2, "ward_kind", TEXT, "Key of categories.", required=True),
        column(3, "mode", TEXT, "normal, stretched or crisis.", required=True),
        column(
            4,
            "patients_per_staff",
            NUMBER,
            "Patients one member of staff may care for.",
            unit="patients",
            required=True,
        ),
        column(5, "valid_from", DATE, "First day.", required=True),
        column(6, "valid_to", DATE, "First day no more; empty: still valid."),
        column(7, "source", TEXT, "Who decided, and where it is written.", required=True),
    ),
    key=("skill", "ward_kind", "mode", "valid_from"),
)

SKILL_MIX = Table(
    name="skill_mix",
    role="reference",
    meaning="Least share of registered nurses among the nursing staff present: dated policy, with "
    "its source.",
    columns=(
        column(
            1,
            "jurisdiction",
            TEXT,
            "Place where it holds, with all inside; empty: everywhere. The nearest one wins.",
            default="",
        ),
        column(2, "ward_kind", TEXT, "Ward kind of the team; empty: all.", default=""),
        column(3, "mode", TEXT, "normal, stretched or crisis; empty: all.", default=""),
        column(
            4,
            "least_share",
            NUMBER,
            "Least share of registered nurses among the nursing staff present.",
            unit="0 to 1",
            required=True,
        ),
        column(5, "valid_from", DATE, "First day.", required=True),
        column(6, "valid_to", DATE, "First day no more; empty: still valid."),
        column(7, "source", TEXT, "Who decided, and where it is written.", required=True),
    ),
    key=("jurisdiction", "ward_kind", "mode", "valid_from"),
)

REST_RULES = Table(
    name="rest_rules",
    role="reference",
    meaning="Rest that members of staff must have: dated policy, with its source.",
    columns=(
        column(
            1,
            "jurisdiction",
            TEXT,
            "Place where it holds, with all inside; empty: everywhere. The nearest one wins.",
            default="",
        ),
        column(
            2,
            "least_rest_hours",
            NUMBER,
            "From the end of a shift to the next.",
            unit="hours",
            required=True,
        ),
        column(
            3,
            "most_shifts_in_a_row",
            WHOLE,
            "Days in a row with a shift.",
            unit="days",
            required=True,
        ),
        column(
            4,
            "most_hours_in_seven_days",
            NUMBER,
            "Hours of work in any seven days.",
            unit="hours",
            required=True,
        ),
        column(
            5,
            "enforced",
            BOOLEAN,
            "Shifts that break it are not worked: they are taken off the roster ahead.",
            default="false",
        ),
        column(6, "valid_from", DATE, "First day.", required=True),
        column(7, "valid_to", DATE, "First day no more; empty: still valid."),
        column(8, "source", TEXT, "Who decided, and where it is written.", required=True),
    ),
    key=("jurisdiction", "valid_from"),
)
