"""Forecasts of a run, and the scores of past ones; every row carries its run."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import Table, column

__all__ = ["FORECASTS", "LEADING_SIGNALS", "MODEL_CHOICES", "SCORES"]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()
DATE = pa.date32()
BOOLEAN = pa.bool_()

FORECASTS = Table(
    name="forecasts",
    role="result",
    meaning="Quantiles of the future, in hubverse model-output columns.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "model_id", TEXT, "Name of the model.", required=True),
        column(3, "reference_date", DATE, "Last day of the data, horizon 0.", required=True),
        column(4, "target", TEXT, "Measure.", required=True),
        column(5, "location", TEXT, "Place.", required=True),
        column(6, "category", TEXT, "Category; empty means all.", required=True),
        column(7, "horizon", WHOLE, "Steps after reference_date.", unit="steps", required=True),
        column(8, "target_end_date", DATE, "The day forecast.", required=True),
        column(9, "output_type", TEXT, "Always quantile.", required=True),
        column(10, "output_type_id", NUMBER, "Quantile level.", unit="0 to 1", required=True),
        column(11, "value", NUMBER, "The quantile, in the unit of the measure.", required=True),
        column(
            12,
            "is_published",
            BOOLEAN,
            "Whether it is the forecast in force, from which shortages are found; the others are "
            "only scored. Null, in older releases, is yes.",
        ),
    ),
    key=("run", "model_id", "target", "location", "category", "horizon", "output_type_id"),
    partition="run",
    order=("target", "location", "category", "horizon", "output_type_id"),
)

SCORES = Table(
    name="scores",
    role="result",
    meaning="Scores of past forecasts, as truth came in: sums over tasks, cut in several ways.",
    columns=(
        column(1, "run", TEXT, "The run that scored.", required=True),
        column(2, "model_id", TEXT, "Name of the model.", required=True),
        column(3, "target", TEXT, "Measure.", required=True),
        column(4, "horizon", WHOLE, "Steps; 0: all.", unit="steps", required=True),
        column(5, "tasks", WHOLE, "Forecasts scored.", required=True),
        column(6, "wis", NUMBER, "Mean weighted interval score.", required=True),
        column(
            7,
            "relative_wis",
            NUMBER,
            "Sum of WIS divided by the baseline's, over the tasks that both have.",
        ),
        column(
            8, "coverage_50", NUMBER, "Share of truths inside the 50 % interval.", unit="0 to 1"
        ),
        column(
            9, "coverage_95", NUMBER, "Share of truths inside the 95 % interval.", unit="0 to 1"
        ),
        column(10, "from_date", DATE, "First target date scored.", required=True),
        column(11, "to_date", DATE, "Last target date scored.", required=True),
        column(
            12,
            "slice",
            TEXT,
            "How the tasks are cut: all, horizon, category, group, place or phase over the last 8 "
            "weeks; week. Null, in older releases, is all.",
        ),
        column(13, "category", TEXT, "Category; empty: all of them."),
        column(14, "place_group", TEXT, "site, region, nation or other; empty: all."),
        column(15, "place", TEXT, "Place; empty: all."),
        column(16, "phase", TEXT, "rise, peak, fall, steady or recent; empty: all."),
        column(17, "week", DATE, "Monday of the week of the target dates; null: not by week."),
        column(18, "log_wis", NUMBER, "Mean score of log(1 + count)."),
        column(19, "relative_log_wis", NUMBER, "Sum of log scores divided by the baseline's."),
        column(
            20,
            "pairwise_wis",
            NUMBER,
            "Geometric mean of the ratios to all models, divided by the baseline's.",
        ),
        column(
            21,
            "brier",
            NUMBER,
            "Mean Brier score of: higher than on the last day of the data.",
            unit="0 to 1",
        ),
        column(
            22,
            "pit",
            pa.list_(pa.float32()),
            "Shares of truths in the ten tenths of the forecast distribution; 0.1 each is best.",
            unit="0 to 1",
        ),
        column(
            23,
            "made_after",
            WHOLE,
            "Of the tasks, those whose forecast was made after its day, from what was known then.",
        ),
        column(24, "is_baseline", BOOLEAN, "Whether others of the measure are divided by it."),
        column(25, "is_published", BOOLEAN, "Whether its forecast is in force in this run."),
    ),
    key=(
        "run",
        "model_id",
        "target",
        "slice",
        "horizon",
        "category",
        "place_group",
        "place",
        "phase",
        "week",
    ),
    partition="run",
    order=("target", "model_id", "slice", "horizon", "place", "week"),
)

LEADING_SIGNALS = Table(
    name="leading_signals",
    role="result",
    meaning="What the other daily feeds of the room are worth as signals ahead of a measure.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "target", TEXT, "Measure to be forecast.", required=True),
        column(3, "signal", TEXT, "Measure that may run ahead.", required=True),
        column(4, "ranked_on", DATE, "Day of the ranking; nothing newer is in it.", required=True),
        column(5, "horizon", WHOLE, "Days ahead of the forecast.", unit="days", required=True),
        column(6, "lead_days", WHOLE, "Its best lead.", unit="days", required=True),
        column(7, "gain", NUMBER, "Share of the error that it takes away.", required=True),
        column(8, "stability", NUMBER, "Share of two-week blocks with a gain.", required=True),
        column(9, "placebo_gain", NUMBER, "Largest gain of it moved in time.", required=True),
        column(10, "is_selected", BOOLEAN, "Whether a model uses it.", required=True),
    ),
    key=("run", "target", "signal"),
    partition="run",
    order=("target", "signal"),
)

MODEL_CHOICES = Table(
    name="model_choices",
    role="result",
    meaning="Which model of a measure is published for places and for totals; how others stand.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "target", TEXT, "Measure.", required=True),
        column(3, "model_id", TEXT, "Name of the model.", required=True),
        column(4, "is_baseline", BOOLEAN, "Whether others are compared with it.", required=True),
        column(5, "is_published", BOOLEAN, "Whether its forecast is in force.", required=True),
        column(
            6,
            "state",
            TEXT,
            "baseline, published, replaced (by the baseline, until it is better over 8 weeks), "
            "not_better, new (fewer than 8 weeks scored), beside (best of the totals' own history, "
            "while the sum of places is published), reported (a sum of totals that report "
            "themselves: only scored) or failed (no forecast today).",
            required=True,
        ),
        column(7, "ratio", NUMBER, "Sum of WIS over its last 8 scored weeks, by the baseline's."),
        column(8, "since", DATE, "Last day of the week after which it was published or replaced."),
        column(9, "drift_date", DATE, "Day of the last drift alarm of the published model."),
        column(10, "message", TEXT, "Why it has no forecast today, if so."),
        column(
            11,
            "settings",
            TEXT,
            "What it set itself by past scores; for the baseline also which last steps are still "
            "being reported; as JSON; null: nothing.",
        ),
        column(
            12,
            "level",
            TEXT,
            "places, or totals: regions and nation, where they are sums of places. Null, in older "
            "releases, is both.",
        ),
    ),
    key=("run", "target", "level", "model_id"),
    partition="run",
    order=("target", "level", "model_id"),
)
