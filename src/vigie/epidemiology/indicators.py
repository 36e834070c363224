"""Leading indicators: which signals make the daily forecast better, by how much, how reliably."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigie.epidemiology.pooled import (
    DailyFeatures,
    PastForecasts,
    Regression,
    Signal,
    daily_features,
)
from vigie.paths import FloatArray

__all__ = ["Indicator", "leading_indicators"]

_BLOCK_DAYS = 14
_FEWEST_BLOCKS = 8
_LEAST_GAIN = 0.02
_LEAST_ABOVE_PLACEBO = 0.01
_LEAST_STABILITY = 0.75
_PLACEBOS = 14


@dataclass(frozen=True, slots=True)
class Indicator:
    """What a signal is worth as a leading indicator.

    Attributes:
        signal: its name.
        lead_days: the lead that served best in the first half of the time.
        gain: share of the forecast's absolute error that the signal takes away, in the second
            half; negative when it does harm.
        stability: share of the second half's blocks of two weeks with a gain, 0..1.
        placebo_gain: the largest gain of the same signal moved elsewhere in time.
        is_selected: at least 2 % in both halves, a gain in three quarters of the second half's
            blocks, and one point more than every placebo.
    """

    signal: str
    lead_days: int
    gain: float
    stability: float
    placebo_gain: float
    is_selected: bool


def leading_indicators(
    counts: FloatArray,
    signals: Mapping[str, FloatArray],
    *,
    horizon: int,
    leads: Sequence[int],
) -> list[Indicator]:
    """Rank signals by what they add to the pooled daily model, out of sample.

    Every forecast is made by a fit of its own day or before, with the signal and without, from
    the same days. The lead is chosen on the first half of the time; gain and stability are
    those of the second half, so a lead that was lucky once gains nothing.

    Args:
        counts: (place, day), NaN where missing.
        signals: by name, (place, day) or (1, day), NaN where missing, as known on each day.
        horizon: days ahead of the forecast that is to become better.
        leads: days from a signal to what it tells of, each at least the horizon.

    Returns:
        One a signal; those selected first, then by gain. A signal known too shortly to be judged
        (16 blocks of two weeks with forecasts) is not selected and has gain and stability 0.

    Raises:
        ValueError: leads or shapes do not fit.

    Source: docs/models/leading-indicators.md.
    """
    if not leads or min(leads) < horizon or horizon < 1:
        raise ValueError(f"leads {list(leads)}: expected days from the horizon {horizon} on")
    for name, values in signals.items():
        if values.ndim != 2 or values.shape[0] not in (1, len(counts)):
            raise ValueError(f"signal {name}: shape {values.shape}, counts {counts.shape}")
        if values.shape[1] != counts.shape[1]:
            raise ValueError(f"signal {name}: {values.shape[1]} days, counts {counts.shape[1]}")
    features = daily_features(counts, np.zeros(len(counts), dtype=np.int64))
    found = [_judge(features, name, signals[name], horizon, leads) for name in signals]
    return sorted(found, key=lambda each: (not each.is_selected, -each.gain, each.signal))


def _judge(
    features: DailyFeatures, name: str, values: FloatArray, horizon: int, leads: Sequence[int]
) -> Indicator:
    candidates = [Signal(name, values, lead) for lead in leads]
    # All leads, and none, are compared on the days that the longest lead knows.
    known = np.all([np.isfinite(each.change_ahead(horizon)) for each in candidates], axis=0)
    common = replace(features, is_usable=features.is_usable & known)
    base = Regression(common, horizon).past_forecasts()
    block = _blocks(base)
    if base is None or len(np.unique(block)) < 2 * _FEWEST_BLOCKS:
        return Indicator(name, int(leads[0]), 0.0, 0.0, 0.0, False)
    is_first = block >= np.median(np.unique(block))
    errors = np.abs(base.truth - base.centre)
    with_each = [_errors(common, each, horizon) for each in candidates]
    first = [_gain(errors, each, is_first) for each in with_each]
    chosen = int(np.argmax(first))
    best, with_it = candidates[chosen], with_each[chosen]
    gain = _gain(errors, with_it, ~is_first)
    rows = [block == each for each in np.unique(block[~is_first])]
    stability = float(np.mean([_gain(errors, with_it, each) > 0 for each in rows]))
    worth = min(gain, max(first)) >= _LEAST_GAIN and stability >= _LEAST_STABILITY
    placebo = _placebo(common, best, horizon, errors, is_first) if worth else 0.0
    return Indicator(
        name,
        best.lead_days,
        gain,
        stability,
        placebo,
        bool(worth and gain > placebo + _LEAST_ABOVE_PLACEBO),
    )


def _blocks(past: PastForecasts | None) -> np.ndarray:
    """Blocks of two weeks by the day of the truth, 0 the latest."""
    return np.empty(0, dtype=np.int64) if past is None else past.age_days // _BLOCK_DAYS


def _errors(features: DailyFeatures, signal: Signal, horizon: int) -> FloatArray:
    """Absolute errors of past forecasts with a signal, in the order of those without."""
    past = Regression(replace(features, signals=(signal,)), horizon).past_forecasts()
    if past is None:
        raise AssertionError("forecasts without the signal exist, so those with it do")
    return np.abs(past.truth - past.centre)


def _gain(without: FloatArray, with_it: FloatArray, rows: np.ndarray) -> float:
    total = float(without[rows].sum())
    return 1 - float(with_it[rows].sum()) / total if total > 0 else 0.0


def _placebo(
    features: DailyFeatures,
    signal: Signal,
    horizon: int,
    errors: FloatArray,
    is_first: np.ndarray,
) -> float:
    """The largest gain of the signal moved in a circle by fifteenths of its time."""
    days = signal.values.shape[1]
    filled = np.where(np.isfinite(signal.values), signal.values, np.nanmedian(signal.values))
    gains = []
    for number in range(1, _PLACEBOS + 1):
        moved = np.roll(filled, number * days // (_PLACEBOS + 1), axis=1)
        other = _errors(features, Signal(signal.name, moved, signal.lead_days), horizon)
        gains.append(_gain(errors, other, ~is_first))
    return max(gains)
