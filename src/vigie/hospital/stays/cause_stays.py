"""How much longer one cause stays than another, told from totals of entries and patients."""

from __future__ import annotations

from itertools import product

import numpy as np

from vigie.hospital.stays.law import StayLaw
from vigie.hospital.stays.ward_laws import law_with_means
from vigie.paths import FloatArray

__all__ = ["cause_ratios"]

_RATIOS = 3.0 ** np.linspace(-1, 1, 7)
"""Mean stays that are tried, over the mean of the kind."""

_READ_DAYS = 84
_DAYS_THAT_TELL = 7
"""Censuses of as many days in a row tell as much as one: the same patients are in them."""

_LOG_SPREAD = 0.4
_MOST_CAUSES = 6


def cause_ratios(entries: FloatArray, census: FloatArray, law: StayLaw) -> FloatArray:
    """Mean stay of each cause, over that of all, by ward kind.

    The census of a kind is the sum of what came for each cause and stayed; causes whose waves
    differ are told apart by it. Ratios are drawn to 1, and stay there where totals tell nothing.

    Args:
        entries: (cause, kind, day), who came, none missing.
        census: (kind, day), patients at the end of the same days, none missing.
        law: of the stays of each kind.

    Returns:
        (cause, kind), above 0.

    Raises:
        ValueError: there are more than 6 causes.

    Source: docs/models/bed-flow.md, equation 13.
    """
    causes, kinds, days = entries.shape
    if causes > _MOST_CAUSES:
        raise ValueError(
            f"{causes} causes share the beds, at most {_MOST_CAUSES} can be told apart"
        )
    if causes == 1:
        return np.ones((1, kinds))
    means = law.mean_law().mean_days[0][None] * _RATIOS[:, None]
    stays = law_with_means(law, means).survival[0].reshape(len(_RATIOS), kinds, -1)
    nights = min(stays.shape[-1] - 1, days)
    first = max(days - _READ_DAYS, min(nights, days // 2))
    found = np.ones((causes, kinds))
    for kind in range(kinds):
        there = _who_stays(entries[:, kind], stays[:, kind, 1 : nights + 1], first)
        if there.any():
            found[:, kind] = _expected_ratios(there, census[kind, first:])
    return found


def _who_stays(entries: FloatArray, stays: FloatArray, first: int) -> FloatArray:
    """(cause, ratio, day): patients in bed from the first day read on, had they stayed so long."""
    days = entries.shape[-1]
    return np.stack([[np.convolve(came, law)[first:days] for law in stays] for came in entries])


def _expected_ratios(there: FloatArray, census: FloatArray) -> FloatArray:
    """(cause,): mean of the ratios tried, weighted by how well they explain the census.

    One factor for all causes is left free: the level is that of the ward's own mean stay.
    """
    causes, count, days = there.shape
    combinations = np.array(list(product(range(count), repeat=causes)))
    level = there @ census
    crossed = np.einsum("cid,ejd->ciej", there, there)
    of_level, of_square = np.zeros(len(combinations)), np.zeros(len(combinations))
    for cause in range(causes):
        of_level += level[cause, combinations[:, cause]]
        for other in range(causes):
            of_square += crossed[cause, combinations[:, cause], other, combinations[:, other]]
    missed = census @ census - of_level**2 / np.maximum(of_square, 1e-9)
    variance = max(float(missed.min()) / days, float(census.mean()), 1e-9)
    logs = np.log(_RATIOS)[combinations]
    logs = logs - logs.mean(axis=1, keepdims=True)
    score = -missed / (2 * variance * _DAYS_THAT_TELL)
    score -= (logs**2).sum(axis=1) / (2 * _LOG_SPREAD**2)
    weight = np.exp(score - score.max())
    return np.asarray(np.exp((weight[:, None] * logs).sum(axis=0) / weight.sum()))
