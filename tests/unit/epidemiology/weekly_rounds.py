"""Rounds of a small hub: five places and their sum over three winters."""

from __future__ import annotations

from datetime import date

import numpy as np

from vigie.epidemiology.weekly import HubRound

__all__ = ["HORIZONS", "PEOPLE", "PLACES", "at_week", "seasons"]

HORIZONS = (0, 1, 2, 3)
PLACES = ("01", "02", "03", "04", "05", "US")


def seasons(weeks: int = 150, seed: int = 3) -> np.ndarray:
    """(location, week): winters of different height and time, the last row the sum."""
    rng = np.random.default_rng(seed)
    time = np.arange(weeks)
    rows = []
    for size in (40, 120, 300, 700, 1500):
        rate = np.full(weeks, 0.3)
        for peak in (20, 72, 124):
            rate += rng.uniform(3, 6) * np.exp(-(((time - peak - rng.integers(-2, 3)) / 5) ** 2))
        rows.append(rng.poisson(size * rate / 5).astype(float))
    return np.vstack([rows, np.sum(rows, axis=0)])


PEOPLE = np.array([4e5, 1.2e6, 3e6, 7e6, 1.5e7, 2.66e7])


def at_week(counts: np.ndarray, last: int, places: tuple[str, ...] = PLACES) -> HubRound:
    weeks = np.datetime64("2022-02-12") + 7 * np.arange(counts.shape[1])
    return HubRound(
        (weeks[last] + 7).astype(date),
        weeks[last].astype(date),
        places,
        weeks[: last + 1],
        counts[:, : last + 1],
    )
