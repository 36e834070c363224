"""Sample-path arrays and what every model shares about them.

Here live the joint array of futures and its validation, the chance that all models of a run
share, histories on a grid, calendars, quantiles, new margins for old paths, sums of paths over
places, scores of forecasts and of
stated probabilities, the choice among models by their scores, the drift alarm, the summary of first
short days, and the robust regression that models of several kinds fit.
No model, no table of the lake and no I/O live here.
"""

from vigie.paths.alert_scores import AlertScore, onsets, raised, score_alerts, standing_alerts
from vigie.paths.arrays import BoolArray, DateArray, FloatArray, IntArray, PathArray
from vigie.paths.borrowing import UNKNOWN_CHANGE, borrow_changes
from vigie.paths.calendar import Step, past_dates, step_dates
from vigie.paths.choosing import LEAST_BETTER_WEEKS, WEEKS, Choice, choose_model
from vigie.paths.distribution import QUANTILE_LEVELS, quantiles, weighted_quantiles
from vigie.paths.draws import JointDraws, joint_draws, past_index
from vigie.paths.drift import drift_alarms
from vigie.paths.event_scores import (
    RELIABILITY_BINS,
    Reliability,
    brier_skill,
    covered_share,
    reliability,
)
from vigie.paths.grids import days_of_data, last_seen, to_grid
from vigie.paths.hub import HubTasks, hub_tasks, hub_truth, with_truth
from vigie.paths.league import LeagueRow, league, relative_scores
from vigie.paths.margins import with_margins
from vigie.paths.model_output import checked_output
from vigie.paths.phases import PHASES, phases
from vigie.paths.pit import PIT_BINS, pit_interval, pit_sums, probability_above
from vigie.paths.reordering import in_order_of
from vigie.paths.robust_regression import fit_median
from vigie.paths.rows import forecast_rows, path_rows, paths_from_rows
from vigie.paths.sample_paths import SamplePaths
from vigie.paths.scores import brier, interval_coverage, log_wis, wis
from vigie.paths.shortage import (
    ShortageSummary,
    any_short,
    first_passage,
    order_index,
    probability_by,
    shared_short,
    shortage_summary,
)
from vigie.paths.stretches import by_start, first_seen, stretch_changes
from vigie.paths.totals import LEAST_REPORTED_SHARE, total_paths

__all__ = [
    "LEAST_BETTER_WEEKS",
    "LEAST_REPORTED_SHARE",
    "PHASES",
    "PIT_BINS",
    "QUANTILE_LEVELS",
    "RELIABILITY_BINS",
    "UNKNOWN_CHANGE",
    "WEEKS",
    "AlertScore",
    "BoolArray",
    "Choice",
    "DateArray",
    "FloatArray",
    "HubTasks",
    "IntArray",
    "JointDraws",
    "LeagueRow",
    "PathArray",
    "Reliability",
    "SamplePaths",
    "ShortageSummary",
    "Step",
    "any_short",
    "borrow_changes",
    "brier",
    "brier_skill",
    "by_start",
    "checked_output",
    "choose_model",
    "covered_share",
    "days_of_data",
    "drift_alarms",
    "first_passage",
    "first_seen",
    "fit_median",
    "forecast_rows",
    "hub_tasks",
    "hub_truth",
    "in_order_of",
    "interval_coverage",
    "joint_draws",
    "last_seen",
    "league",
    "log_wis",
    "onsets",
    "order_index",
    "past_dates",
    "past_index",
    "path_rows",
    "paths_from_rows",
    "phases",
    "pit_interval",
    "pit_sums",
    "probability_above",
    "probability_by",
    "quantiles",
    "raised",
    "relative_scores",
    "reliability",
    "score_alerts",
    "shared_short",
    "shortage_summary",
    "standing_alerts",
    "step_dates",
    "stretch_changes",
    "to_grid",
    "total_paths",
    "weighted_quantiles",
    "wis",
    "with_margins",
    "with_truth",
]
