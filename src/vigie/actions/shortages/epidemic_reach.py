"""How the admissions of an epidemic fill the wards of a room, learnt once and used by scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigie.actions.declared.ward_shares import WardShare
from vigie.actions.forecasts.forecasting import History, total_history
from vigie.actions.rooms.places import outer_reporters
from vigie.actions.shortages.scenario_admissions import categories_of
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.hospital import delayed, delayed_and_staying, follow_entries, follow_patients
from vigie.hospital.stays import StayLaw, law_with_means, stays_of_kinds, ward_means
from vigie.paths import BoolArray, DateArray, FloatArray, PathArray, SamplePaths

__all__ = ["EpidemicReach", "learn_reach", "patients_more"]

_SHARE_DAYS = 56
_WHOLE = "*"

_Rows = tuple[tuple[int, ...], ...]
"""Rows of the places that count admissions, by area."""


@dataclass(frozen=True, slots=True, eq=False)
class EpidemicReach:
    """What one admission brings to the wards of a room.

    Attributes:
        occupancy: measure of patients in bed.
        measure, category: the epidemic.
        wards: ward kinds.
        brought: (ward, lag), entries to a ward kind per admission so many days before, or
            patients in it where ``survival`` is None.
        areas: places that count admissions of the epidemic, in groups that share their wards: the
            smallest region or nation around each.
        share: (area, place, ward), who takes what is brought to a ward kind; adds up to 1 over
            places, or is 0 where no place has the ward.
        survival: (place, ward, night), chance of a stay of at least so many nights more than the
            first; None: what is brought is patients.
    """

    occupancy: str
    measure: str
    category: str
    wards: tuple[str, ...]
    brought: FloatArray
    areas: tuple[tuple[int, ...], ...]
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
    areas, members = _areas(inputs, inputs.paths[measure].places, patients.places)
    if declared:
        brought = _declared(declared, patients.categories, is_entries=came is not None)
    else:
        # Days are told apart best where the fewest places are added up: site by site.
        finest, inside = _finest(inputs, (areas, members), measure, patients.places)
        counted = _by_area(inputs, measure, category, finest, dates)
        weekdays = np.asarray((dates.astype(np.int64) + 3) % 7)
        if came is None:
            brought = follow_patients(counted.sum(axis=0), whole, weekdays)
        else:
            sums = np.stack([_sums(came[of > 0]) for of in inside])
            brought = follow_entries(counted, sums, weekdays)
    return EpidemicReach(
        occupancy=occupancy,
        measure=measure,
        category=category,
        wards=patients.categories,
        brought=brought,
        areas=areas,
        share=_shares(followed, members),
        survival=None if came is None else _survival(patients.values, came, whole, law),
    )


def _whole(inputs: Inputs, history: History, values: FloatArray) -> FloatArray | None:
    """(category, day), of all places, each counted once; None where nobody reports."""
    outer = outer_reporters(inputs.members, history.places)
    inner = tuple(place for place in history.places if place not in outer)
    flow = replace(history, kind="flow", values=values, late=None)
    total = total_history(flow, {_WHOLE: inner})
    return None if total is None else total.values[0]


def _by_area(
    inputs: Inputs,
    measure: str,
    category: str,
    areas: Sequence[tuple[int, ...]],
    dates: DateArray,
) -> FloatArray:
    """(area, day), admissions of the epidemic on these days; NaN where nobody reports."""
    history, paths = inputs.histories[measure], inputs.paths[measure]
    names = [paths.categories[at] for at in categories_of(paths, category)]
    values = history.on_days(paths.places, names, dates)
    return np.stack([_sums(values[list(rows)]).sum(axis=0) for rows in areas])


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


def _areas(
    inputs: Inputs, sources: Sequence[str], places: Sequence[str]
) -> tuple[tuple[tuple[int, ...], ...], FloatArray]:
    """Rows of the sources of each area, and (area, place), who is in it.

    A source that has others inside counts nobody of its own.
    """
    by_size = sorted(inputs.members.items(), key=lambda each: len(each[1]))
    outer = outer_reporters(inputs.members, sources)
    rows: dict[tuple[str, ...], list[int]] = {}
    for row, source in enumerate(sources):
        if source in outer:
            continue
        inside = inputs.members.get(source) or next(
            (of for _, of in by_size if source in of), (source,)
        )
        here = tuple(place for place in places if place in inside or place == source)
        rows.setdefault(here or tuple(places), []).append(row)
    members = np.array([[place in here for place in places] for here in rows], dtype=bool)
    return tuple(tuple(each) for each in rows.values()), members.astype(np.float64)


def _finest(
    inputs: Inputs, areas: tuple[_Rows, FloatArray], measure: str, places: Sequence[str]
) -> tuple[_Rows, FloatArray]:
    """The areas cut into single places that have wards and admissions of their own."""
    sources = inputs.paths[measure].places
    rows: list[tuple[int, ...]] = []
    inside: list[FloatArray] = []
    for of, members in zip(*areas, strict=True):
        if all(sources[row] in places for row in of):
            rows += [(row,) for row in of]
            inside += [np.array([place == sources[row] for place in places]) for row in of]
        else:
            rows.append(of)
            inside.append(members)
    return tuple(rows), np.stack(inside).astype(np.float64)


def _shares(followed: FloatArray, members: FloatArray) -> FloatArray:
    """(area, place, ward), by entries or patients of the last eight weeks."""
    lately = followed[..., -_SHARE_DAYS:]
    known = np.isfinite(lately).sum(axis=-1)
    size = np.nansum(lately, axis=-1) / np.maximum(known, 1)
    inside = members[:, :, None] * size[None]
    # An area without such a ward sends its patients wherever there is one.
    total = inside.sum(axis=1, keepdims=True)
    inside = np.where(total > 0, inside, size[None])
    total = inside.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(inside, total, out=np.zeros_like(inside), where=total > 0))


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
    changed = _area_changes(reach, before, under, days)
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


def _area_changes(
    reach: EpidemicReach, before: SamplePaths, under: SamplePaths, days: DateArray
) -> PathArray:
    """(area, day, sample), admissions more."""
    columns = categories_of(before, reach.category)
    more = (under.values[:, columns] - before.values[:, columns]).sum(axis=1)
    by_area = np.stack([more[list(rows)].sum(axis=0) for rows in reach.areas])
    out = np.zeros((len(by_area), len(days), by_area.shape[2]), dtype=np.float32)
    there = np.isin(before.dates, days)
    out[:, np.isin(days, before.dates)] = by_area[:, there]
    return out


def _lower(kernel: FloatArray, days: int) -> FloatArray:
    """(day, day before or same), the kernel as a matrix that acts on days."""
    padded = np.zeros(days)
    padded[: min(days, len(kernel))] = kernel[:days]
    lag = np.subtract.outer(np.arange(days), np.arange(days))
    return np.where(lag >= 0, padded[np.maximum(lag, 0)], 0.0)
