"""Machines under a scenario: those that the patients more or fewer need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zlib import crc32

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.room import ShortageRule
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.ward_shortages import equipment_rows
from vigie.paths import FloatArray, PathArray, SamplePaths

__all__ = ["machine_shares", "machines_again"]


def machine_shares(inputs: Inputs, wards: Sequence[str], machines: Sequence[str]) -> FloatArray:
    """(ward, machine), share of patients who need one; 0 where none."""
    shares = np.zeros((len(wards), len(machines)))
    for row in inputs.reference["equipment"].to_pylist():
        if row["ward_kind"] in wards and row["equipment"] in machines:
            at = (list(wards).index(row["ward_kind"]), list(machines).index(row["equipment"]))
            shares[at] = row["share_needing"]
    return shares


def machines_again(
    rule: ShortageRule, inputs: Inputs, before: SamplePaths, under: SamplePaths, seed: int
) -> pa.Table | None:
    """Rows of shortages of machines, of the places whose patients change.

    Args:
        rule: of kind equipment.
        inputs: of the run.
        before, under: patients on the same axes, without and with the scenario; whole.
        seed: of the chance of rounding to whole machines, the same for all scenarios of a run.

    Returns:
        None where machines are not drawn, or counted at none of these places.
    """
    in_use = rule.measures["in_use"]
    if not inputs.is_drawn(in_use):
        return None
    paths, history = inputs.paths[in_use], inputs.histories[in_use]
    rows = [at for at, place in enumerate(paths.places) if place in before.places]
    if not rows:
        return None
    of = [before.places.index(paths.places[at]) for at in rows]
    shares = machine_shares(inputs, before.categories, paths.categories)
    more = under.values[of] - before.values[of]
    needed = np.zeros((len(rows), *paths.values.shape[1:]), dtype=np.float32)
    needed[:, :, np.isin(paths.dates, before.dates)] = np.einsum(
        "pwds,wm->pmds", more[:, :, np.isin(before.dates, paths.dates)], shares
    )
    used = np.maximum(paths.values[rows] + np.floor(needed + _uniform(paths, seed)[rows]), 0)
    places = tuple(paths.places[at] for at in rows)
    told = replace(history, places=places, values=history.values[_at(history.places, places)])
    drawn = SamplePaths(in_use, places, paths.categories, paths.dates, used.astype(np.float32))
    inside = replace(
        inputs,
        histories={**inputs.histories, in_use: replace(told, late=None)},
        paths={**inputs.paths, in_use: drawn},
    )
    return equipment_rows(rule, inside)


def _uniform(paths: SamplePaths, seed: int) -> PathArray:
    """(place, machine, 1, sample), chance of the rounding."""
    rng = np.random.default_rng([seed, crc32(f"machines {paths.measure}".encode())])
    shape = (*paths.values.shape[:2], 1, paths.values.shape[3])
    return rng.random(shape, dtype=np.float32)


def _at(places: Sequence[str], wanted: Sequence[str]) -> list[int]:
    return [places.index(place) for place in wanted]
