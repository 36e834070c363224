"""Scenarios of a run: their figures beside a baseline, and what they were made of.

Tables of their own: nothing of a scenario stands among forecasts or scores.
"""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import Table, column

__all__ = ["SCENARIOS", "SCENARIO_INPUTS", "SCENARIO_SHORTAGES"]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()
DATE = pa.date32()

SCENARIOS = Table(
    name="scenarios",
    role="result",
    meaning="Days ahead under stated assumptions, beside the same days without them; no forecasts.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "scenario", TEXT, "Name of its file in scenarios/.", required=True),
        column(3, "measure", TEXT, "What.", required=True),
        column(4, "place", TEXT, "Where.", required=True),
        column(5, "category", TEXT, "Of which category; empty: all.", required=True),
        column(6, "date", DATE, "The day.", required=True),
        column(7, "model_id", TEXT, "Name of the model.", required=True),
        column(8, "label", TEXT, "not a forecast.", required=True),
        column(9, "q05", NUMBER, "5 % quantile under the scenario.", required=True),
        column(10, "q25", NUMBER, "25 % quantile.", required=True),
        column(11, "q50", NUMBER, "Median.", required=True),
        column(12, "q75", NUMBER, "75 % quantile.", required=True),
        column(13, "q95", NUMBER, "95 % quantile.", required=True),
        column(14, "baseline_q05", NUMBER, "5 % quantile without the changes.", required=True),
        column(15, "baseline_q25", NUMBER, "25 % quantile.", required=True),
        column(16, "baseline_q50", NUMBER, "Median.", required=True),
        column(17, "baseline_q75", NUMBER, "75 % quantile.", required=True),
        column(18, "baseline_q95", NUMBER, "95 % quantile.", required=True),
        column(
            19,
            "difference_mean",
            NUMBER,
            "Expected total from the first day ahead to this one, less that without the changes: "
            "mean over the draws; negative is fewer.",
            required=True,
        ),
        column(20, "difference_q05", NUMBER, "Its 5 % quantile.", required=True),
        column(21, "difference_q95", NUMBER, "Its 95 % quantile.", required=True),
    ),
    key=("run", "scenario", "measure", "place", "category", "date"),
    partition="run",
    order=("scenario", "measure", "category", "place", "date"),
)

SCENARIO_INPUTS = Table(
    name="scenario_inputs",
    role="result",
    meaning="What each scenario of a run was made of.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "scenario", TEXT, "Name of its file in scenarios/.", required=True),
        column(3, "label", TEXT, "not a forecast.", required=True),
        column(4, "title_en", TEXT, "Title in English.", required=True),
        column(5, "title_fr", TEXT, "Title in French.", required=True),
        column(6, "why_en", TEXT, "What it is asked for, in English.", required=True),
        column(7, "why_fr", TEXT, "The same in French.", required=True),
        column(8, "source", TEXT, "Where its figures come from.", required=True),
        column(
            9,
            "measure",
            TEXT,
            "The epidemic it gives figures of; empty: it changes none.",
            required=True,
        ),
        column(10, "category", TEXT, "Of which category; empty: all.", required=True),
        column(
            11,
            "changes",
            TEXT,
            "JSON list: kind, factor, from, to, places and what else is declared; first_date and "
            "last_date are the days on which it counts in this run, null when there is none. "
            "Of R also reaches: ward kinds whose patients follow it, by what tells so (entries, "
            "patients).",
            required=True,
        ),
        column(
            12,
            "susceptible_share",
            NUMBER,
            "Share of the population that can still be infected; null: R does not fall by "
            "immunity.",
            unit="share",
        ),
        column(13, "seed", WHOLE, "Of the chance that scenario and baseline share.", required=True),
        column(
            14,
            "message",
            TEXT,
            "What of it does not count in this run, and why; empty when all does.",
            required=True,
        ),
        column(15, "sha256", TEXT, "Hash of the file.", required=True),
        column(16, "text", TEXT, "The file.", required=True),
    ),
    key=("run", "scenario"),
    partition="run",
    order=("scenario",),
)

_SHARE = "0 to 1"

SCENARIO_SHORTAGES = Table(
    name="scenario_shortages",
    role="result",
    meaning="Shortages under stated assumptions, beside those of the run on the same futures; no "
    "forecasts. Rows that differ, or have 1 in 100 or more in either.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "scenario", TEXT, "Name of its file in scenarios/.", required=True),
        column(3, "kind", TEXT, "beds, staff, equipment or products.", required=True),
        column(4, "place", TEXT, "Where.", required=True),
        column(5, "category", TEXT, "Ward kind, skill or product.", required=True),
        column(6, "as_of", DATE, "Day of the run.", required=True),
        column(7, "horizon_days", WHOLE, "Days looked ahead.", unit="days", required=True),
        column(8, "label", TEXT, "not a forecast.", required=True),
        column(9, "probability_7", NUMBER, "P(short by day 7) under the scenario.", unit=_SHARE),
        column(10, "probability_14", NUMBER, "P(short by day 14), as above.", unit=_SHARE),
        column(
            11,
            "probability",
            NUMBER,
            "P(short by the horizon), as above.",
            unit=_SHARE,
            required=True,
        ),
        column(
            12,
            "if_short_q50",
            WHOLE,
            "Median of the first short day over the paths that run short, counted from as_of; "
            "null when none does.",
            unit="days",
        ),
        column(
            13,
            "expected_unmet",
            NUMBER,
            "Expected need without capacity over the horizon under the scenario.",
        ),
        column(14, "unmet_unit", TEXT, "Unit of expected_unmet.", required=True),
        column(
            15,
            "baseline_probability_7",
            NUMBER,
            "P(short by day 7) without the changes, as the table of shortages has it.",
            unit=_SHARE,
        ),
        column(16, "baseline_probability_14", NUMBER, "By day 14, as above.", unit=_SHARE),
        column(
            17,
            "baseline_probability",
            NUMBER,
            "By the horizon, as above.",
            unit=_SHARE,
            required=True,
        ),
        column(18, "baseline_if_short_q50", WHOLE, "First short day, as above.", unit="days"),
        column(19, "baseline_expected_unmet", NUMBER, "Expected unmet need, as above."),
        column(
            20,
            "difference",
            NUMBER,
            "probability less baseline_probability; negative: the scenario helps.",
            unit="-1 to 1",
            required=True,
        ),
    ),
    key=("run", "scenario", "kind", "place", "category"),
    partition="run",
    order=("scenario", "kind", "place", "category"),
)
