"""Absence of staff as a model: on rosters, and on the paths of the epidemic around."""

from __future__ import annotations

import numpy as np

from vigie.actions.forecasts.bed_flow_forecasts import whole_paths
from vigie.actions.forecasts.beside import Staff
from vigie.actions.forecasts.forecasting import Chance, History, Stream
from vigie.hospital import level_paths
from vigie.hospital.absence import AbsenceHistory, AbsenceLaw, absence_paths, fit_absence
from vigie.hospital.rosters import RosterHistory, fit_rosters, roster_paths
from vigie.paths import BoolArray, DateArray, FloatArray, IntArray, PathArray, last_seen

__all__ = ["absence_law", "absent_paths", "has_rosters", "rosters_ahead", "weekdays_of"]


def has_rosters(history: History) -> bool:
    """Whether these are members of staff who are absent, of rosters that are known."""
    staff = history.beside.staff
    return history.kind == "level" and staff is not None and bool(_served(history, staff).any())


def weekdays_of(dates: DateArray) -> IntArray:
    """(day,), 0 = Monday."""
    # 1970-01-01 was a Thursday.
    return np.asarray((dates.astype(np.int64) + 3) % 7)


def absent_paths(history: History, steps: int, chance: Chance) -> PathArray:
    """Sample paths of the members of staff who do not come.

    The law is learnt from rosters and absence of all places; rosters ahead keep their recent
    level and weekdays, or are those told already. The epidemic of each region comes from the
    pooled daily model on the chance of the run, so that sample s here goes with sample s of the
    published admissions and of the patients in bed. Series whose roster is not known keep the
    paths of persistence.

    Args:
        history: of members of staff who are absent, with rosters beside it.
        steps: days ahead.
        chance: of the run.

    Returns:
        (place, category, day, sample), whole and 0..roster where the roster is known, never NaN.

    Source: docs/models/staff-absence.md, section "In a room".
    """
    staff = history.beside.staff
    assert staff is not None, "the model applies where rosters are known"
    served = _served(history, staff)
    told = _followed(history, staff, steps, chance)
    np.minimum(told, np.float32(history.upper), out=told)
    if not (served | ~history.is_reported()).all():
        persisting = level_paths(history.values, steps, chance.draws(), upper=history.upper)
        told[~served] = persisting[~served]
    return told


def rosters_ahead(history: History, steps: int, chance: Chance) -> PathArray:
    """The rosters that absence was drawn from; one already told stands in every future.

    Args:
        history, steps, chance: as of ``absent_paths``; the same give the same rosters.

    Returns:
        (place, category, day, sample), whole, 0 where no roster is known and on days not asked.
    """
    staff, days = history.beside.staff, len(history.dates)
    assert staff is not None, "asked for where rosters are known"
    past, told = staff.rostered[..., :days], staff.rostered[..., days : days + steps]
    ahead = weekdays_of(history.dates[-1] + np.arange(1, steps + 1))
    law = fit_rosters(RosterHistory(past, np.zeros_like(past), weekdays_of(history.dates)))
    paths = np.zeros((*told.shape, chance.sample_count), dtype=np.float32)
    days_asked = chance.asked or range(1, steps + 1)
    at = np.array([day - 1 for day in days_asked if day <= steps], dtype=np.int64)
    rng = chance.stream(Stream.ABSENCE)
    paths[:, :, at] = np.nan_to_num(roster_paths(law, paths[:, :, at], ahead[at], rng))
    known = np.isfinite(told)
    paths[known] = told[known][:, None]
    return paths


def _served(history: History, staff: Staff) -> BoolArray:
    """(place, category), whether a roster and its absence were reported on the same day."""
    rostered = np.round(staff.rostered[..., : len(history.dates)])
    known = np.isfinite(history.values) & (rostered > 0)
    return np.asarray(known.any(axis=2))


def absence_law(history: History) -> tuple[AbsenceLaw, FloatArray | None]:
    """The law that the paths follow, and (place, day) the epidemic around that it was learnt with.

    Args:
        history: of members of staff who are absent, with rosters beside it.
    """
    staff, days = history.beside.staff, len(history.dates)
    assert staff is not None, "asked for where rosters are known"
    felt = None if staff.epidemic is None else last_seen(staff.epidemic[None])[0][staff.around]
    weekdays = weekdays_of(history.dates)
    known = AbsenceHistory(staff.rostered[..., :days], history.values, weekdays, felt)
    return fit_absence(known), felt


def _followed(history: History, staff: Staff, steps: int, chance: Chance) -> PathArray:
    law, felt = absence_law(history)
    return absence_paths(
        law,
        rosters_ahead(history, steps, chance),
        weekdays_of(history.dates[-1] + np.arange(1, steps + 1)),
        chance.stream(Stream.ABSENCE, 1),
        chance.sample_count,
        epidemic=_epidemic(staff, felt, steps, chance) if law.slope else None,
        days_before=len(history.dates),
        asked=chance.asked,
    )


def _epidemic(
    staff: Staff, felt: FloatArray | None, steps: int, chance: Chance
) -> tuple[FloatArray, PathArray]:
    """(place, past day) and (place, day, sample), the epidemic around before and ahead."""
    assert staff.epidemic is not None, "the law follows an epidemic"
    assert felt is not None, "the law follows an epidemic"
    drawn = whole_paths(staff.epidemic[None], steps, chance)
    samples = np.arange(chance.sample_count) % drawn.shape[-1]
    return felt, np.take(drawn, samples, axis=-1)[staff.around]
