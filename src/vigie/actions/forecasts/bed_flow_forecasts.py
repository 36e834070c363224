"""The flow of patients as a model of patients in bed: on the paths of who comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.actions.forecasts.beside import Entries
from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND, Chance, History, Stream
from vigie.epidemiology import pooled_paths
from vigie.hospital import level_paths
from vigie.paths import PathArray

if TYPE_CHECKING:
    from vigie.hospital.stays import WardFlow, WardHistory

__all__ = ["flow_of_parts", "has_entries", "occupancy_paths", "whole_paths"]

_MOST_SAMPLES, _SCORED_SAMPLES = 500, 120
"""Futures followed today, and where only scores are wanted; each serves several."""


def has_entries(history: History) -> bool:
    """Whether it is known who came to the wards whose patients these are."""
    return history.kind == "level" and history.beside.entries is not None


def occupancy_paths(history: History, steps: int, chance: Chance) -> PathArray:
    """Sample paths of patients in bed, from the paths of all entries and from stays.

    Entries of all places together come from the pooled daily model on the chance of the run, so
    that sample s here goes with sample s of the published entries. Wards whose entries are not
    known keep the paths of persistence.

    Args:
        history: of patients in bed, with entries beside it.
        steps: days ahead.
        chance: of the run.

    Returns:
        (place, category, day, sample), whole, >= 0 and never NaN.

    Source: docs/models/bed-flow.md, section "In a room".
    """
    from vigie.hospital.stays import served_wards, ward_occupancy_paths

    entries = history.beside.entries
    assert entries is not None, "the model applies where entries are known"
    paths = level_paths(history.values, steps, chance.draws(), upper=history.upper)
    wards = _wards(history, entries)
    served = served_wards(wards)
    if not served.any():
        return paths
    if entries.is_told_apart:
        told = flow_of_parts(history, steps, chance).census
    else:
        whole = whole_paths(entries.whole, steps, chance)
        told = ward_occupancy_paths(wards, whole, chance.stream(Stream.BED_FLOW))
    followed = np.take(told, np.arange(chance.sample_count) % told.shape[-1], axis=-1)
    paths[served] = np.minimum(followed[served], np.float32(history.upper))
    return paths


def flow_of_parts(
    history: History, steps: int, chance: Chance, most: int = _MOST_SAMPLES
) -> WardFlow:
    """The same futures with their parts: by cause, and who waits to leave.

    Entries of each cause come from the pooled daily model on the chance of the run: sample s of
    all causes, and of their published entries, is one future.

    Args:
        history: of patients in bed, whose entries are told apart; some ward is served.
        steps: days ahead.
        chance: of the run.
        most: futures followed.

    Source: docs/models/bed-flow.md, section "Causes, bookings and waits".
    """
    from vigie.hospital.stays import CauseEntries, PartedWards, parted_ward_paths

    entries = history.beside.entries
    assert entries is not None, "parts are told where entries are known"
    alone = CauseEntries("", entries.values, entries.whole[0])
    causes = entries.causes or (alone,)
    wholes = [whole_paths(each.whole[None], steps, chance)[..., :most] for each in causes]
    parted = PartedWards(_wards(history, entries), causes, entries.waiting)
    return parted_ward_paths(parted, wholes, chance.stream(Stream.BED_FLOW))


def _wards(history: History, entries: Entries) -> WardHistory:
    from vigie.hospital.stays import WardHistory

    return WardHistory(
        history.values, entries.values, entries.whole[0], entries.law, entries.is_split
    )


def whole_paths(whole: np.ndarray, steps: int, chance: Chance) -> PathArray:
    """Paths of entries to all places, or of an epidemic in whole regions.

    Args:
        whole: (1, category, day), on the days of a history, NaN where not known; some day is.
        steps: days ahead of the history.
        chance: of the run.

    Returns:
        (category, day, sample), from the day after the history on; fewer samples than the run
        has, each of which serves several.
    """
    known = np.flatnonzero(np.isfinite(whole).any(axis=(0, 1)))
    behind = whole.shape[-1] - 1 - int(known[-1])
    behind = min(behind, chance.horizon_days + MOST_DAYS_BEHIND - steps)
    drawn = pooled_paths(whole[..., : whole.shape[-1] - behind], steps + behind, chance.draws())
    most = _SCORED_SAMPLES if chance.asked else _MOST_SAMPLES
    return np.ascontiguousarray(drawn[0, :, behind:, :most])
