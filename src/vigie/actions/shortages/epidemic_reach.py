"""How the admissions of an epidemic fill the wards of a room, learnt once and used by scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigie.actions.declared.ward_shares import WardShare
from vigie.actions.forecasts.absence_forecasts import weekdays_of
from vigie.actions.forecasts.forecasting import History, total_history
from vigie.actions.rooms.places import outer_reporters, region_around
from vigie.actions.shortages.scenario_admissions import categories_of
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.hospital import delayed, delayed_and_staying, follow_entries, follow_patients
from vigie.hospital.stays import StayLaw, law_with_means, stays_of_kinds, ward_means
from vigie.paths import BoolArray, DateArray, FloatArray, IntArray, PathArray, SamplePaths

__all__ = ["EpidemicReach", "learn_reach", "patients_more"]

_SHARE_DAYS = 56
_WHOLE = "*"


@dataclass(frozen=True, slots=True, eq=False)
class EpidemicReach:
    """What one admission brings to the wards of a room.

    Attributes:
        occupancy: measure of patients in bed.
        measure, category: the epidemic.
        wards: ward kinds.
        brought: (ward, lag), entries to a ward kind per admission so many days before, or
            patients in it where ``survival`` is None.
        sources: rows of the places that count admissions of the epidemic; a region of which the
            sites count too is none.
        share: (source, place, ward), who takes what is brought to a ward kind: the source
            itself where it has one, else the region around it, else all; adds up to 1 over places,
            or is 0 where no place has the ward.
        survival: (place, ward, night), chance of a stay of at least so many nights more than the
            first; None: what is brought is patients.
    """

    occupancy: str
    measure: str
    category: str
    wards: tuple[str, ...]
    brought: FloatArray
    sources: IntArray
    share: FloatArray
    survival: FloatArray | None

    @property
    def through_entries(self) -> bool:
        """Whether patients are told from entries and stays; else from patients in bed alone."""
        return self.survival is not None

    def reached(self) -> tuple[str, ...]:
        """Ward kinds to which an admission brings anybody."""
        brings = self.brought.sum(axis=1) > 0
        return tuple(ward for ward, is_any in zip(self.wards, brings, strict=True) if is_any)


def learn_reach(
    inputs: Inputs,
    occupancy: str,
    entries: str,
    epidemic: tuple[str, str],
    declared: Sequence[WardShare] = (),
    law: StayLaw | None = None,
) -> EpidemicReach | None:
    """Tell from the past of the room what an admission of an epidemic brings to its wards.

    Args:
        inputs: of the run.
        occupancy: measure of patients in bed by ward kind.
        entries: measure of entries to the same wards; "" or not drawn: patients in bed are
            followed instead.
        epidemic: measure and category; category "" is all.
        declared: what a scenario says of it; empty: it is learnt.
        law: of the stays of each ward kind, where stays themselves are reported; None: it is told
            from entries and patients.

    Returns:
        None where admissions or patients are not drawn for every day looked at.

    Source: docs/models/scenarios.md, equations 10 and 11.
    """
    measure, category = epidemic
    if not (inputs.is_drawn(occupancy) and inputs.is_drawn(measure)):
        return None
    patients = inputs.histories[occupancy]
    dates, came = patients.dates, None
    if entries and inputs.is_drawn(entries):
        came = inputs.histories[entries].on_days(patients.places, patients.categories, dates)
    followed = patients.values if came is None else came
    whole = _whole(inputs, patients, followed)
    if whole is None:
        return None
    sources, around = _around(inputs, inputs.paths[measure].places, patients.places)
    if declared:
        brought = _declared(declared, patients.categories, is_entries=came is not None)
    else:
        counted = _by_source(inputs, measure, category, sources, dates)
        weekdays = weekdays_of(dates)
        if came is None:
            brought = follow_patients(counted.sum(axis=0), whole, weekdays)
        else:
            sums = np.stack([_sums(came[own]) for own in _own(around)])
            brought = follow_entries(counted, sums, weekdays)
    return EpidemicReach(
        occupancy=occupancy,
        measure=measure,
        category=category,
        wards=patients.categories,
        brought=brought,
        sources=sources,
        share=_shares(followed, around),
        survival=None if came is None else _survival(patients.values, came, whole, law),
    )


def _whole(inputs: Inputs, history: History, values: FloatArray) -> FloatArray | None:
    """(category, day), of all places, each counted once; None where nobody reports."""
    outer = outer_reporters(inputs.members, history.places)
    inner = tuple(place for place in history.places if place not in outer)
    flow = replace(history, kind="flow", values=values, late=None)
    total = total_history(flow, {_WHOLE: inner})
    return None if total is None else total.values[0]


def _by_source(
    inputs: Inputs,
    measure: str,
    category: str,
    sources: IntArray,
    dates: DateArray,
) -> FloatArray:
    """(source, day), admissions of the epidemic on these days; NaN where not reported."""
    history, paths = inputs.histories[measure], inputs.paths[measure]
    names = [paths.categories[at] for at in categories_of(paths, category)]
    values = history.on_days(paths.places, names, dates)
    return np.stack([_sums(values[[row]]).sum(axis=0) for row in sources])


def _sums(values: FloatArray) -> FloatArray:
    """(category, day), sums over places; NaN where one that ever reported is missing.

    A missing report would read as a day with fewer.
    """
    known: BoolArray = np.asarray(np.isfinite(values))
    ever: BoolArray = np.asarray(known.any(axis=2))
    is_missing = (~known & ever[:, :, None]).any(axis=0)
    return np.where(is_missing, np.nan, np.nansum(values, axis=0))


def _declared(
    declared: Sequence[WardShare], wards: Sequence[str], *, is_entries: bool
) -> FloatArray:
    """(ward, lag), as a scenario says; without entries only with a mean stay."""
    rows = np.zeros((len(wards), len(delayed(0.0))))
    for each in declared:
        if each.ward_kind not in wards:
            continue
        if is_entries:
            kernel = delayed(each.after_days)
        elif each.mean_stay_days:
            kernel = delayed_and_staying(each.after_days, each.mean_stay_days)
        else:
            continue
        rows[list(wards).index(each.ward_kind)] += each.share * kernel
    return rows


def _around(
    inputs: Inputs, counting: Sequence[str], places: Sequence[str]
) -> tuple[IntArray, BoolArray]:
    """Rows of the sources, and (source, ring, place): itself, around it, and everywhere."""
    outer = outer_reporters(inputs.members, counting)
    rows = [row for row, place in enumerate(counting) if place not in outer]
    rings = np.ones((len(rows), 3, len(places)), dtype=bool)
    for at, row in enumerate(rows):
        source = counting[row]
        inside = inputs.members.get(source, ())
        around = inside or region_around(inputs.members, source)
        rings[at, 0] = [place == source or place in inside for place in places]
        rings[at, 1] = [place in around for place in places]
    return np.array(rows, dtype=np.int64), rings


def _own(around: BoolArray) -> BoolArray:
    """(source, place), whose entries are told from a source: the smallest ring with any place."""
    first = around.any(axis=2).argmax(axis=1)
    return np.asarray(around[np.arange(len(around)), first])


def _shares(followed: FloatArray, around: BoolArray) -> FloatArray:
    """(source, place, ward), by entries or patients of the last eight weeks."""
    lately = followed[..., -_SHARE_DAYS:]
    known = np.isfinite(lately).sum(axis=-1)
    size = np.nansum(lately, axis=-1) / np.maximum(known, 1)
    inside = around[..., None] * size
    total = inside.sum(axis=2)
    first = (total > 0).argmax(axis=1)
    source, ward = np.indices(first.shape)
    # The axis of places goes last when the others are picked.
    chosen = np.moveaxis(inside[source, first, :, ward], -1, 1)
    whole = chosen.sum(axis=1, keepdims=True)
    return np.asarray(chosen / np.where(whole > 0, whole, 1.0))


def _survival(
    census: FloatArray, entries: FloatArray, whole: FloatArray, law: StayLaw | None
) -> FloatArray:
    """(place, ward, night), as the flow of beds has it: the shape of the kind, the ward's mean."""
    kinds = law or stays_of_kinds(whole, np.nansum(census, axis=0))
    stays = law_with_means(kinds, ward_means(entries, census))
    return np.asarray(stays.survival[0, :, 1:].reshape(*census.shape[:2], -1))


def patients_more(
    reach: EpidemicReach, before: SamplePaths, under: SamplePaths, patients: SamplePaths
) -> SamplePaths:
    """Patients in bed more (or fewer) under other paths of admissions, as fractions.

    Args:
        reach: of these patients.
        before, under: paths of admissions as published, and under the scenario.
        patients: paths of patients in bed, whose places, wards, days and samples are wanted.

    Source: docs/models/scenarios.md, equation 11.
    """
    first = min(before.dates[0], patients.dates[0])
    days = np.arange(first, patients.dates[-1] + np.timedelta64(1, "D"))
    changed = _source_changes(reach, before, under, days)
    count, samples = len(days), changed.shape[2]
    kept = np.isin(days, patients.dates)
    out = np.zeros(patients.values.shape, dtype=np.float32)
    for ward in np.flatnonzero(reach.brought.sum(axis=1) > 0):
        rows = np.flatnonzero(reach.share[:, :, ward].sum(axis=0) > 0)
        share = reach.share[:, rows, ward].T.astype(np.float32)
        own = (share @ changed.reshape(len(changed), -1)).reshape(len(rows), count, samples)
        spread = _lower(reach.brought[ward], count)
        if reach.survival is not None:
            spread = np.stack([_lower(reach.survival[row, ward], count) for row in rows]) @ spread
        out[rows, ward] = (spread.astype(np.float32) @ own)[:, kept]
    return replace(patients, values=out)


def _source_changes(
    reach: EpidemicReach, before: SamplePaths, under: SamplePaths, days: DateArray
) -> PathArray:
    """(source, day, sample), admissions more."""
    of = categories_of(before, reach.category)
    more = (under.values[:, of] - before.values[:, of]).sum(axis=1)[reach.sources]
    out = np.zeros((len(more), len(days), more.shape[2]), dtype=np.float32)
    out[:, np.isin(days, before.dates)] = more[:, np.isin(before.dates, days)]
    return out


def _lower(kernel: FloatArray, days: int) -> FloatArray:
    """(day, day before or same), the kernel as a matrix that acts on days."""
    padded = np.zeros(days)
    padded[: min(days, len(kernel))] = kernel[:days]
    lag = np.subtract.outer(np.arange(days), np.arange(days))
    return np.where(lag >= 0, padded[np.maximum(lag, 0)], 0.0)
