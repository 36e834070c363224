"""Results on epidemics: reproduction numbers, and the last days completed for late reports."""

from __future__ import annotations

import pyarrow as pa

from vigie.schemas.columns import Table, column

__all__ = ["NOWCASTS", "NOWCAST_SCORES", "REPRODUCTION"]

TEXT = pa.string()
NUMBER = pa.float64()
WHOLE = pa.int64()
DATE = pa.date32()

REPRODUCTION = Table(
    name="reproduction",
    role="result",
    meaning="Reproduction number of the last days and what follows from it, of regions, nation and "
    "the sites with admissions enough.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "measure", TEXT, "Daily admissions that it is estimated from.", required=True),
        column(3, "place", TEXT, "Where.", required=True),
        column(4, "category", TEXT, "Of which category; empty: all.", required=True),
        column(5, "date", DATE, "Day of infection.", required=True),
        column(6, "model_id", TEXT, "Name of the model.", required=True),
        column(7, "r_q05", NUMBER, "5 % quantile of R.", required=True),
        column(8, "r_q25", NUMBER, "25 % quantile of R.", required=True),
        column(9, "r_q50", NUMBER, "Median of R: people infected by one.", required=True),
        column(10, "r_q75", NUMBER, "75 % quantile of R.", required=True),
        column(11, "r_q95", NUMBER, "95 % quantile of R.", required=True),
        column(12, "probability_growing", NUMBER, "P(R > 1).", unit="0 to 1", required=True),
        column(
            13,
            "growth_rate_q05",
            NUMBER,
            "5 % quantile of the growth of infections; last day only, as all below.",
            unit="per day",
        ),
        column(14, "growth_rate_q50", NUMBER, "Its median.", unit="per day"),
        column(15, "growth_rate_q95", NUMBER, "Its 95 % quantile.", unit="per day"),
        column(
            16,
            "doubling_days",
            NUMBER,
            "Days to double at the median growth; negative: to halve; null: neither within a year.",
            unit="days",
        ),
        column(
            17,
            "probability_peak_passed",
            NUMBER,
            "P(the most expected admissions, from 28 days back to the horizon, are past).",
            unit="0 to 1",
        ),
        column(18, "weekly_mean", NUMBER, "Admissions a week, mean of the last 28 days."),
        column(
            19,
            "quality",
            TEXT,
            "weighted: draws were even enough; moved: they were uneven and have been moved by "
            "slice sampling.",
            required=True,
        ),
    ),
    key=("run", "measure", "place", "category", "date"),
    partition="run",
    order=("measure", "category", "place", "date"),
)

NOWCASTS = Table(
    name="nowcasts",
    role="result",
    meaning="Counts of the last days, completed for reports that are still to come, of regions, "
    "nation and sites.",
    columns=(
        column(1, "run", TEXT, "The run.", required=True),
        column(2, "measure", TEXT, "Daily admissions of an epidemic.", required=True),
        column(3, "place", TEXT, "Where.", required=True),
        column(4, "category", TEXT, "Of which category; empty: all.", required=True),
        column(5, "date", DATE, "When it happened.", required=True),
        column(6, "model_id", TEXT, "Name of the model.", required=True),
        column(
            7,
            "reported",
            NUMBER,
            "Reported so far, added up over the places inside that reported; null when none did.",
        ),
        column(8, "q05", NUMBER, "5 % quantile of the completed count.", required=True),
        column(9, "q25", NUMBER, "25 % quantile.", required=True),
        column(10, "q50", NUMBER, "Median.", required=True),
        column(11, "q75", NUMBER, "75 % quantile.", required=True),
        column(12, "q95", NUMBER, "95 % quantile.", required=True),
        column(
            13,
            "share_reported",
            NUMBER,
            "Share of the completed count that is expected to be reported by now.",
            unit="share",
            required=True,
        ),
        column(
            14,
            "first_delay_days",
            WHOLE,
            "Days after the day to which the first figure of known_after belongs.",
            unit="days",
            required=True,
        ),
        column(
            15,
            "known_after",
            pa.list_(pa.float32()),
            "What was reported after that many days, a day later, and so on up to now; null where "
            "nothing was.",
            required=True,
        ),
    ),
    key=("run", "measure", "place", "category", "date"),
    partition="run",
    order=("measure", "category", "place", "date"),
)

NOWCAST_SCORES = Table(
    name="nowcast_scores",
    role="result",
    meaning="How good nowcasts of earlier releases were, once the reports of their days are in.",
    columns=(
        column(1, "run", TEXT, "The run that scored.", required=True),
        column(2, "measure", TEXT, "Daily admissions of an epidemic.", required=True),
        column(3, "category", TEXT, "Of which category; empty: all.", required=True),
        column(
            4,
            "age_days",
            WHOLE,
            "Days from the day completed to the last day of the nowcast.",
            unit="days",
            required=True,
        ),
        column(5, "tasks", WHOLE, "Places and days scored.", required=True),
        column(
            6, "log_wis", NUMBER, "Mean weighted interval score of log(1 + count).", required=True
        ),
        column(
            7,
            "log_wis_reported",
            NUMBER,
            "The same of what was reported then, taken as final.",
            required=True,
        ),
        column(
            8,
            "coverage_50",
            NUMBER,
            "Share of counts within the central 50 % range.",
            unit="share",
            required=True,
        ),
        column(
            9,
            "coverage_90",
            NUMBER,
            "Share of counts within the central 90 % range.",
            unit="share",
            required=True,
        ),
        column(10, "from_date", DATE, "First day scored.", required=True),
        column(11, "to_date", DATE, "Last day scored.", required=True),
    ),
    key=("run", "measure", "category", "age_days"),
    partition="run",
    order=("measure", "category", "age_days"),
)
