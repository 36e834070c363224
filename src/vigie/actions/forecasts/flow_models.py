"""The models that forecast a measure, by name: one line each, the baseline first.

Whoever adds a model adds a line to ``MODELS``; everything else (forecasts, scores, the choice of
what is published) follows from it. A room adds its own without code, see ``own_models``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from vigie.actions.forecasts.absence_forecasts import absent_paths, has_rosters
from vigie.actions.forecasts.bed_flow_forecasts import has_entries, occupancy_paths
from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND, Chance, History, Stream
from vigie.actions.forecasts.renewal_forecasts import (
    RENEWAL_FLOW_MODEL,
    has_epidemic,
    renewal_flow_paths,
)
from vigie.actions.forecasts.share_forecasts import has_pooled_shares, pooled_share_paths
from vigie.epidemiology import (
    FLAT_MODEL,
    LAST_WEEK_MODEL,
    MONTHLY_MODEL,
    POOLED_MODEL,
    SIGNALS_MODEL,
    flat_paths,
    last_week_paths,
    monthly_paths,
    pooled_paths,
)
from vigie.epidemiology.weekly import POOLED_WEEKLY_MODEL, weekly_paths
from vigie.hospital import BINARY_MODEL, LEVEL_MODEL, SHARE_MODEL, binary_paths, level_paths
from vigie.hospital.absence import ABSENCE_MODEL
from vigie.hospital.stays import FLOW_MODEL
from vigie.paths import PathArray, SamplePaths, step_dates

__all__ = [
    "MODELS",
    "Model",
    "baseline_of",
    "forecast_by",
    "model_without_scores",
    "models_of",
    "steps_ahead",
]

_Paths = Callable[[History, int, Chance], PathArray]


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the product.

    Attributes:
        name: in tables, scores and releases.
        applies: whether it can forecast this history.
        paths: sample paths (place, category, step, sample) from a history, a number of steps and
            the chance of the run; it sees nothing that the history does not hold.
    """

    name: str
    applies: Callable[[History], bool]
    paths: _Paths


def _is_flow(history: History) -> bool:
    return history.kind == "flow"


def _is_flow_by(step: str) -> Callable[[History], bool]:
    return lambda history: history.kind == "flow" and history.step == step


def _is_binary(history: History) -> bool:
    return history.kind == "binary"


def _is_level(history: History) -> bool:
    return history.kind not in {"flow", "binary"}


def _flat(history: History, steps: int, chance: Chance) -> PathArray:
    season = 7 if history.step == "day" else 1
    return flat_paths(history.values, steps, chance.draws(), season=season)


def _last_week(history: History, steps: int, chance: Chance) -> PathArray:
    return last_week_paths(history.values, steps, chance.draws())


def _pooled(history: History, steps: int, chance: Chance) -> PathArray:
    holidays = history.beside.holidays
    return pooled_paths(
        history.values, steps, chance.draws(), holidays=holidays, asked=chance.asked
    )


def _has_signals(history: History) -> bool:
    return _is_flow_by("day")(history) and bool(history.beside.signals)


def _pooled_with_signals(history: History, steps: int, chance: Chance) -> PathArray:
    beside, draws = history.beside, chance.draws()
    return pooled_paths(
        history.values,
        steps,
        draws,
        signals=beside.signals,
        holidays=beside.holidays,
        asked=chance.asked,
    )


def _weekly(history: History, steps: int, chance: Chance) -> PathArray:
    rng = chance.stream(Stream.WEEKLY)
    return weekly_paths(history.values, history.dates, steps, chance.draws(), rng)


def _monthly(history: History, steps: int, chance: Chance) -> PathArray:
    return monthly_paths(history.values, steps, chance.draws())


def _binary(history: History, steps: int, chance: Chance) -> PathArray:
    return binary_paths(history.values, steps, chance.draws(), chance.stream(Stream.BINARY))


def _level(history: History, steps: int, chance: Chance) -> PathArray:
    return level_paths(history.values, steps, chance.draws(), upper=history.upper)


MODELS: tuple[Model, ...] = (
    Model(FLAT_MODEL, _is_flow, _flat),
    Model(BINARY_MODEL, _is_binary, _binary),
    Model(LEVEL_MODEL, _is_level, _level),
    Model(SHARE_MODEL, has_pooled_shares, pooled_share_paths),
    Model(FLOW_MODEL, has_entries, occupancy_paths),
    Model(ABSENCE_MODEL, has_rosters, absent_paths),
    Model(LAST_WEEK_MODEL, _is_flow_by("day"), _last_week),
    Model(POOLED_MODEL, _is_flow_by("day"), _pooled),
    Model(SIGNALS_MODEL, _has_signals, _pooled_with_signals),
    Model(RENEWAL_FLOW_MODEL, has_epidemic, renewal_flow_paths),
    Model(POOLED_WEEKLY_MODEL, _is_flow_by("week"), _weekly),
    Model(MONTHLY_MODEL, _is_flow_by("month"), _monthly),
)
"""All models; the first that applies to a history is its baseline."""


def models_of(history: History) -> tuple[Model, ...]:
    """The models that apply to a history, its baseline first."""
    return tuple(model for model in MODELS if model.applies(history))


def baseline_of(history: History) -> Model:
    """The simple model that others must beat."""
    return models_of(history)[0]


def model_without_scores(history: History) -> Model:
    """The model of a measure that is drawn and not published, so that no score chooses one.

    Absence has its law, as a count that persists says too little of how far it may go; everything
    else has its baseline.
    """
    own = (model for model in models_of(history) if model.name == ABSENCE_MODEL)
    return next(own, baseline_of(history))


def forecast_by(model: Model, history: History, chance: Chance) -> SamplePaths:
    """Sample paths of a measure from its last report on to the horizon.

    A series never reported (a site without that ward) is 0 in every future, so that it adds
    nothing to totals; ``vigie.actions.forecasts.forecasting.by_category`` leaves it out.
    """
    steps = steps_ahead(history, chance)
    dates = step_dates(history.dates[-1], history.step, steps)  # type: ignore[arg-type]
    skipped = min(history.left_out_steps, chance.horizon_days + MOST_DAYS_BEHIND - steps)
    asked = tuple(step + skipped for step in chance.asked)
    told = model.paths(
        _without_last(history, skipped), steps + skipped, replace(chance, asked=asked)
    )
    values = np.ascontiguousarray(told[:, :, skipped:], dtype=np.float32)
    values[~history.is_reported()] = 0
    return SamplePaths(history.measure, history.places, history.categories, dates, values)


def _without_last(history: History, steps: int) -> History:
    """The history up to the last step of which enough is known, to be forecast over more steps."""
    if steps <= 0:
        return history
    signals = tuple(
        replace(each, values=each.values[:, :-steps]) for each in history.beside.signals
    )
    return replace(
        history,
        dates=history.dates[:-steps],
        values=np.ascontiguousarray(history.values[:, :, :-steps]),
        beside=replace(history.beside, signals=signals),
        late=None,
    )


def steps_ahead(history: History, chance: Chance) -> int:
    """Steps from the last report to the horizon, at least one and at most what was drawn."""
    end = history.as_of + timedelta(days=chance.horizon_days)
    if history.step == "day":
        wanted = (end - history.last_date).days
    elif history.step == "week":
        wanted = max(4, (end - history.last_date).days // 7)
    else:
        wanted = 3
    return max(1, min(wanted, chance.horizon_days + MOST_DAYS_BEHIND))
