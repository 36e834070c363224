"""Results of a run: paths, shortages, plans, checks; every row carries its run."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.bed_parts import BED_PARTS
from vigie.schemas.columns import INSTANT, Table, column
from vigie.schemas.depots import DEPOT_STOCK
from vigie.schemas.epidemics import NOWCAST_SCORES, NOWCASTS, REPRODUCTION
from vigie.schemas.forecasts import FORECASTS, LEADING_SIGNALS, MODEL_CHOICES, SCORES
from vigie.schemas.plans import PLAN_MOVES, PLANS
from vigie.schemas.scenarios import SCENARIO_INPUTS, SCENARIO_SHORTAGES, SCENARIOS
from vigie.schemas.staff_days import STAFF_DAYS
from vigie.schemas.stock_advice import STOCK_ADVICE

__all__ = [
    "CHECK_RESULTS",
    "CONFLICTS",
    "COVERAGE",
    "DERIVED",
    "FEEDS_STATUS",
    "PATH_ARRAYS",
    "RESULTS",
    "SHORTAGES",
    "SHORTAGE_DAYS",
]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()
DATE = pa.date32()
BOOLEAN = pa.bool_()

PATH_ARRAYS = Table(
    name="path_arrays",
    role="result",
    meaning="Sample paths: index i of every row of a run is the same future.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "measure", TEXT, "What.", required=True),
        column(3, "place", TEXT, "Where.", required=True),
        column(4, "category", TEXT, "Of which category.", required=True),
        column(5, "date", DATE, "The day.", required=True),
        column(
            6,
            "samples",
            pa.list_(pa.float32()),
            "sample_count values, in the unit of the measure.",
            required=True,
        ),
    ),
    key=("run", "measure", "place", "category", "date"),
    partition="run",
    order=("measure", "place", "category", "date"),
)

SHORTAGES = Table(
    name="shortages",
    role="result",
    meaning="What may run short: where, when, how probably, and what limits capacity.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "kind", TEXT, "beds, staff, equipment or products.", required=True),
        column(3, "place", TEXT, "Where.", required=True),
        column(4, "category", TEXT, "Ward kind, skill, equipment or product.", required=True),
        column(5, "as_of", DATE, "Day of the run.", required=True),
        column(6, "horizon_days", WHOLE, "Days looked ahead.", unit="days", required=True),
        column(7, "model_id", TEXT, "Name of the model.", required=True),
        column(8, "probability_7", NUMBER, "P(short by day 7).", unit="0 to 1"),
        column(9, "probability_14", NUMBER, "P(short by day 14).", unit="0 to 1"),
        column(10, "probability", NUMBER, "P(short by the horizon).", unit="0 to 1", required=True),
        column(
            11,
            "first_day_q10",
            WHOLE,
            "10 % quantile of the first short day over all paths, "
            "counted from as_of (0: that day); horizon_days + 1: after the horizon.",
            unit="days",
        ),
        column(12, "first_day_q50", WHOLE, "Median, as above.", unit="days"),
        column(13, "first_day_q90", WHOLE, "90 % quantile, as above.", unit="days"),
        column(
            14,
            "if_short_q10",
            WHOLE,
            "10 % quantile of the first short day over the paths "
            "that run short; null when none does.",
            unit="days",
        ),
        column(15, "if_short_q50", WHOLE, "Median, as above.", unit="days"),
        column(16, "if_short_q90", WHOLE, "90 % quantile, as above.", unit="days"),
        column(
            17,
            "expected_unmet",
            NUMBER,
            "Expected need without capacity over the horizon: "
            "patient-days, shifts, machine-days or units.",
        ),
        column(18, "unmet_unit", TEXT, "Unit of expected_unmet.", required=True),
        column(19, "need_now", NUMBER, "Need on the last day known."),
        column(20, "capacity_now", NUMBER, "Usable capacity or stock on the last day known."),
        column(
            21, "binds", TEXT, "What limits capacity: beds, staff, equipment, stock.", required=True
        ),
        column(
            22, "act_by", DATE, "Last useful day to act, from the lead time of the quickest remedy."
        ),
        column(23, "data_date", DATE, "Last day with a report.", required=True),
        column(
            24,
            "days_of_data",
            WHOLE,
            "Days with a report in the history used.",
            unit="days",
            required=True,
        ),
        column(
            25,
            "probability_any",
            NUMBER,
            "Above the site: P(any site short by the horizon); probability is then of the whole.",
            unit="0 to 1",
        ),
        column(
            26,
            "probability_open",
            NUMBER,
            "Of products where usual orders are foreseen: probability if nobody orders again.",
            unit="0 to 1",
        ),
    ),
    key=("run", "kind", "place", "category"),
    partition="run",
    order=("kind", "place", "category"),
)

SHORTAGE_DAYS = Table(
    name="shortage_days",
    role="result",
    meaning="Each day of what may run short: chance, need, what can be used, and what limits it; "
    "of products only those with P(short by the horizon) of 0.05 or more.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "kind", TEXT, "beds, staff, equipment or products.", required=True),
        column(3, "place", TEXT, "Where.", required=True),
        column(4, "category", TEXT, "Ward kind, skill, equipment or product.", required=True),
        column(5, "date", DATE, "The day.", required=True),
        column(6, "probability_on", NUMBER, "P(short on that day).", unit="0 to 1", required=True),
        column(7, "probability_by", NUMBER, "P(short by that day).", unit="0 to 1", required=True),
        column(8, "need_q10", NUMBER, "10 % quantile of the need of the day.", required=True),
        column(9, "need_q50", NUMBER, "Median, as above.", required=True),
        column(10, "need_q90", NUMBER, "90 % quantile, as above.", required=True),
        column(
            11,
            "capacity_q10",
            NUMBER,
            "10 % quantile of usable capacity; of products, of the stock at the end of the day.",
            required=True,
        ),
        column(12, "capacity_q50", NUMBER, "Median, as above.", required=True),
        column(13, "capacity_q90", NUMBER, "90 % quantile, as above.", required=True),
        column(
            14, "expected_unmet", NUMBER, "Expected need without capacity that day.", required=True
        ),
        column(15, "delivered", NUMBER, "Units expected to arrive that day; products only."),
        column(
            16,
            "binds",
            TEXT,
            "What limits capacity most often that day: beds, staff, equipment, stock.",
            required=True,
        ),
    ),
    key=("run", "kind", "place", "category", "date"),
    partition="run",
    order=("kind", "place", "category", "date"),
)

CHECK_RESULTS = Table(
    name="check_results",
    role="result",
    meaning="What the checks of a run said.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "check", TEXT, "Name of the check.", required=True),
        column(
            3,
            "kind",
            TEXT,
            "schema, range, jump, freshness, completeness, sum_of_parts, at_most, sql, book (a "
            "stock to recount), order (open orders with a fault), lot (stock lots with a fault), "
            "shift (planned shifts that overlap), untold (what a rule needs and sites leave out), "
            "depot or supplier_cap.",
            required=True,
        ),
        column(4, "severity", TEXT, "blocking or warning.", required=True),
        column(5, "figure", TEXT, "Measure or dataset looked at.", required=True),
        column(6, "place", TEXT, "Where; empty: overall.", required=True),
        column(7, "category", TEXT, "Of which category; empty: all.", required=True),
        column(8, "reference_date", DATE, "Which day, if one."),
        column(9, "passed", BOOLEAN, "Whether it held.", required=True),
        column(10, "message", TEXT, "What was seen and what was expected.", required=True),
        column(11, "rows", WHOLE, "Rows concerned.", required=True),
    ),
    key=("run", "check", "place", "category", "reference_date"),
    partition="run",
)

CONFLICTS = Table(
    name="conflicts",
    role="result",
    meaning="Two feeds of one measure that differ by more than the tolerance.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "measure", TEXT, "What.", required=True),
        column(3, "place", TEXT, "Where.", required=True),
        column(4, "category", TEXT, "Of which category.", required=True),
        column(5, "reference_date", DATE, "When.", required=True),
        column(6, "feed", TEXT, "The feed that rules.", required=True),
        column(7, "value", NUMBER, "Its value.", required=True),
        column(8, "other_feed", TEXT, "The other feed.", required=True),
        column(9, "other_value", NUMBER, "Its value.", required=True),
        column(10, "rule", TEXT, "The rule in force.", required=True),
    ),
    key=("run", "measure", "place", "category", "reference_date", "other_feed"),
    partition="run",
)

COVERAGE = Table(
    name="coverage",
    role="result",
    meaning="Totals over places: the sum of those that reported, how many did, and the completed "
    "estimate.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "measure", TEXT, "What.", required=True),
        column(3, "place", TEXT, "Region or nation.", required=True),
        column(4, "category", TEXT, "Of which category.", required=True),
        column(5, "reference_date", DATE, "When.", required=True),
        column(6, "value", NUMBER, "Sum of the places that reported; null when none did."),
        column(7, "reported", WHOLE, "Places that reported.", required=True),
        column(8, "expected", WHOLE, "Places expected.", required=True),
        column(9, "completed", NUMBER, "Estimate for all places, median."),
        column(10, "completed_low", NUMBER, "Its 5 % quantile."),
        column(11, "completed_high", NUMBER, "Its 95 % quantile."),
        column(
            12,
            "change_7",
            NUMBER,
            "Change over 7 days, only places present on both days.",
            unit="share",
        ),
        column(13, "change_places", WHOLE, "Places present on both days."),
    ),
    key=("run", "measure", "place", "category", "reference_date"),
    partition="run",
    order=("measure", "place", "category", "reference_date"),
)

DERIVED = Table(
    name="derived",
    role="result",
    meaning="Figures that a dataset of the room makes from others; read like reported ones.",
    columns=(
        column(1, "dataset", TEXT, "The dataset that makes it.", required=True),
        column(2, "measure", TEXT, "What.", required=True),
        column(3, "place", TEXT, "Where.", required=True),
        column(4, "category", TEXT, "Of which category; empty: all.", required=True),
        column(5, "reference_date", DATE, "When.", required=True),
        column(6, "value", NUMBER, "The value, in the unit of the measure; null is missing."),
        column(7, "run", TEXT, "The run that built it.", required=True),
    ),
    key=("dataset", "measure", "place", "category", "reference_date"),
    partition="dataset",
    order=("measure", "place", "category", "reference_date"),
)

FEEDS_STATUS = Table(
    name="feeds_status",
    role="result",
    meaning="How each feed stood when the run read it.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "feed", TEXT, "Its name.", required=True),
        column(3, "owner", TEXT, "Who answers for the data.", required=True),
        column(4, "legal_basis", TEXT, "On which ground.", required=True),
        column(5, "purpose", TEXT, "To which end.", required=True),
        column(6, "rhythm", TEXT, "day, week, month or irregular.", required=True),
        column(7, "deadline", TEXT, "Room time by which it is due; empty: none.", required=True),
        column(8, "state", TEXT, "fine, stale, stopped or silent.", required=True),
        column(9, "message", TEXT, "What is wrong and what to do; empty when fine.", required=True),
        column(10, "last_arrival_at", INSTANT, "Receipt of the newest arrival."),
        column(11, "last_known_at", INSTANT, "Newest instant at which a figure was known."),
        column(12, "last_reference_date", DATE, "Newest day that it reports."),
        column(13, "rows", WHOLE, "Rows taken since the room was made.", required=True),
        column(14, "rejected", WHOLE, "Rows rejected since the room was made.", required=True),
    ),
    key=("run", "feed"),
    partition="run",
    order=("feed",),
)

RESULTS = (
    FORECASTS,
    PATH_ARRAYS,
    SHORTAGES,
    SHORTAGE_DAYS,
    BED_PARTS,
    STAFF_DAYS,
    STOCK_ADVICE,
    DEPOT_STOCK,
    PLANS,
    PLAN_MOVES,
    REPRODUCTION,
    NOWCASTS,
    NOWCAST_SCORES,
    SCENARIOS,
    SCENARIO_INPUTS,
    SCENARIO_SHORTAGES,
    SCORES,
    MODEL_CHOICES,
    LEADING_SIGNALS,
    CHECK_RESULTS,
    CONFLICTS,
    COVERAGE,
    DERIVED,
    FEEDS_STATUS,
)
