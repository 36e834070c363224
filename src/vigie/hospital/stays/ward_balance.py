"""Patients in bed as what came, what was there and what stayed: by formula, without moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, IntArray

__all__ = [
    "Balance",
    "apportioned",
    "balance",
    "balance_of_parts",
    "patients_by_age",
    "patients_by_part",
]


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """Patients in bed when it is known who came; all arrays (place, ward, day).

    Attributes:
        mean: patients expected at the end of each day.
        variance: of these, from stays alone.
    """

    mean: FloatArray
    variance: FloatArray


def patients_by_age(patients: IntArray, entries: FloatArray, survival: FloatArray) -> IntArray:
    """Patients in bed today by the nights since they came.

    Of those who came a nights ago a share S(a + 1) is still there; these shares are drawn to the
    patients counted, so that the census is met whatever was not reported.

    Args:
        patients: (place, ward), counted at the end of today, >= 0.
        entries: (place, ward, day), who came, up to today, none missing.
        survival: (place, ward, night), S(d), chance of a stay of d nights or more.

    Returns:
        (place, ward, age), whole, adding up to the patients. Where nobody came, ages are as
        frequent as in a ward in balance.

    Source: docs/models/bed-flow.md, equation 8.
    """
    return np.asarray(patients_by_part(patients, entries[None], survival[None])[0])


def patients_by_part(patients: IntArray, entries: FloatArray, survival: FloatArray) -> IntArray:
    """The same where patients came for several causes, each with stays of its own.

    Args:
        patients: (place, ward), as ``patients_by_age`` takes them.
        entries: (cause, place, ward, day).
        survival: (cause, place, ward, night).

    Returns:
        (cause, place, ward, age), whole, adding up to the patients over causes and ages.

    Source: docs/models/bed-flow.md, equations 8 and 14.
    """
    causes, ages = len(entries), survival.shape[-1] - 1
    known = min(ages, entries.shape[-1])
    due = np.zeros((*patients.shape, causes, ages))
    past = entries[..., ::-1][..., :known] * survival[..., 1 : known + 1]
    due[..., :known] = np.moveaxis(past, 0, 2)
    steady = np.moveaxis(survival[..., 1:], 0, 2) + 1e-12 * (np.arange(ages) == 0)
    flat = (*patients.shape, causes * ages)
    found = apportioned(patients, due.reshape(flat), steady.reshape(flat))
    return np.moveaxis(found.reshape(due.shape), 2, 0)


def apportioned(patients: IntArray, due: FloatArray, steady: FloatArray) -> IntArray:
    """Whole patients shared out in proportion.

    Args:
        patients: (place, ward), >= 0.
        due: (place, ward, part), expected of each part, >= 0.
        steady: same shape, proportions where nobody is due; above 0 somewhere.

    Returns:
        (place, ward, part), adding up to the patients.
    """
    total = due.sum(axis=-1, keepdims=True)
    steady = steady / steady.sum(axis=-1, keepdims=True)
    share = np.where(total > 0, due / np.where(total > 0, total, 1.0), steady)
    exact = share * patients[..., None]
    whole = np.floor(exact)
    left = patients - whole.sum(axis=-1).astype(np.int64)
    rank = np.argsort(np.argsort(whole - exact, axis=-1, kind="stable"), axis=-1)
    return np.asarray((whole + (rank < left[..., None])).astype(np.int64))


def balance(present: FloatArray | IntArray, entries: FloatArray, survival: FloatArray) -> Balance:
    """Patients at the end of each day from those in bed and those who come.

    Args:
        present: (place, ward, age), patients in bed before the first day; at most one age less
            than the nights of the law.
        entries: (place, ward, day), who comes.
        survival: (place, ward, night), as ``patients_by_age`` takes it.

    Source: docs/models/bed-flow.md, equation 6 without moves.
    """
    days, nights = entries.shape[-1], survival.shape[-1]
    mean, variance = np.zeros(entries.shape), np.zeros(entries.shape)
    ages = present.shape[-1]
    there = np.maximum(survival[..., 1 : ages + 1], 1e-12)
    for day in range(days):
        beyond = np.zeros(there.shape)
        span = min(ages, max(nights - 2 - day, 0))
        beyond[..., :span] = survival[..., day + 2 : day + 2 + span]
        stays = beyond / there
        mean[..., day] = (present * stays).sum(axis=-1)
        variance[..., day] = (present * stays * (1 - stays)).sum(axis=-1)
        for came in range(day + 1):
            night = day - came + 1
            if night < nights:
                staying = survival[..., night]
                mean[..., day] += entries[..., came] * staying
                variance[..., day] += entries[..., came] * staying * (1 - staying)
    return Balance(mean, variance)


def balance_of_parts(
    present: FloatArray | IntArray, entries: FloatArray, survival: FloatArray
) -> Balance:
    """The balance of several causes together; arguments as ``balance``, by cause first."""
    parts = [balance(*part) for part in zip(present, entries, survival, strict=True)]
    return Balance(
        np.asarray(sum(part.mean for part in parts)),
        np.asarray(sum(part.variance for part in parts)),
    )
