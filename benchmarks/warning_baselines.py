"""What simple rules say of shortages: burn rate of products, persistence of beds and staff.

Burn rate: the mean use of the last 7 known days goes on; open orders come whole on the day last
told (a week late where that day is past). Its plain form states 1 when what is left falls below
zero by the day, else 0. Its fitted form states a logistic of the days that stock and the orders due
by the day would last, fitted on the days looked at before whose outcome was known by then.

Persistence: its plain form states 1 where the last report shows a shortage, else 0. The form with
quantiles adds to the last need the changes of the last 90 days, with both signs, against the
capacity held: on the day on which it is likeliest to be short, as the quantiles of that day say,
or on any of the days, as the share of stretches with more need than capacity on one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.promised_orders import promised_units
from vigie.actions.forecasts.forecasting import History
from vigie.demoregion.catalogue import SKILLS
from vigie.paths import FloatArray, last_seen, step_dates
from vigie.supply import burn_rate

__all__ = [
    "Figures",
    "Known",
    "burn_figures",
    "fitted_chance",
    "persistence_figures",
    "share_short",
]

WINDOW_DAYS = 90
LONGEST_COVER_DAYS = 60.0
DAYS = (7, 14)
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a day knew.

    Attributes:
        day: as_of.
        horizon_days: days looked ahead.
        histories: by measure.
        orders: as last told.
    """

    day: date
    horizon_days: int
    histories: Mapping[str, History]
    orders: pa.Table

    def behind(self, kind: str) -> int:
        """Days from the last report to the day."""
        measure = {"beds": "beds_occupied", "staff": "beds_occupied"}.get(kind, "stock_on_hand")
        return (self.day - self.histories[measure].last_date).days

    def offset(self, kind: str) -> int:
        """0 when the first day looked at is the day itself, 1 when it is reported already."""
        return 1 if self.behind(kind) <= 0 else 0


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures by name; each (place, category)."""

    places: Sequence[str]
    categories: Sequence[str]
    values: Mapping[str, FloatArray]

    def of(self, places: Sequence[str], categories: Sequence[str]) -> dict[str, pa.Array]:
        """Columns for rows of these places and categories; NaN where there is no figure."""
        rows = {key: at for at, key in enumerate(self.places)}
        columns = {key: at for at, key in enumerate(self.categories)}
        at = [
            (rows.get(a, -1), columns.get(b, -1)) for a, b in zip(places, categories, strict=True)
        ]
        row, column = np.array(at, dtype=np.int64).reshape(-1, 2).T
        is_there = (row >= 0) & (column >= 0)
        return {
            name: pa.array(np.where(is_there, values[row, column], np.nan))
            for name, values in self.values.items()
        }


def burn_figures(known: Known) -> Figures:
    """``plain_D`` (0 or 1) and ``cover_D`` (days that stock and orders due by D last) per D."""
    held_of, used_of = known.histories["stock_on_hand"], known.histories["consumption"]
    places, products = held_of.places, held_of.categories
    held = held_of.values
    stock = np.maximum(last_seen(held)[:, :, -1], 0.0)
    used = _aligned(used_of, held_of)
    burn = burn_rate(used, held)
    behind = known.behind("products")
    dates = step_dates(held_of.dates[-1], "day", behind + known.horizon_days)
    due = np.cumsum(promised_units(known.orders, places, products, dates), axis=2, dtype=np.float64)
    steps = np.arange(1, len(dates) + 1)
    left = stock[:, :, None] + due - burn[:, :, None] * steps
    first = max(0, behind - 1 + known.offset("products"))
    figures = {}
    for day in DAYS:
        last = behind + day
        is_out = left[:, :, first:last] < -_TOLERANCE
        figures[f"plain_{day}"] = is_out.any(axis=2).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            cover = (stock + due[:, :, last - 1]) / burn
        figures[f"cover_{day}"] = np.clip(
            np.where(burn > 0, cover, LONGEST_COVER_DAYS), 0.0, LONGEST_COVER_DAYS
        )
    return Figures(places, products, figures)


def _aligned(history: History, like: History) -> FloatArray:
    """Values of a history on the axes and dates of another; NaN where missing."""
    values = history.select(like.places, like.categories)
    at = (like.dates - history.dates[0]).astype(int)
    inside = (at >= 0) & (at < len(history.dates))
    out = np.full(like.values.shape, np.nan)
    out[:, :, inside] = values[:, :, at[inside]]
    return out


def persistence_figures(known: Known, kind: str) -> Figures:
    """``plain_D`` (0 or 1), ``quantiles_D`` and ``likeliest_D`` (0 to 1) per D."""
    occupied = known.histories["beds_occupied"]
    places = occupied.places
    if kind == "beds":
        categories: tuple[str, ...] = occupied.categories
        need = last_seen(occupied.values)
        staffed = known.histories["beds_staffed"].select(places, categories)
        capacity = last_seen(staffed)[:, :, -1]
    else:
        rostered = known.histories["staff_rostered"]
        categories = rostered.categories
        of = {skill.key: skill for skill in SKILLS}
        wards = [of[key].ward for key in categories]
        ratios = np.array([of[key].patients_per_staff[0] for key in categories])
        need = np.ceil(last_seen(occupied.select(places, wards)) / ratios[:, None])
        away = known.histories["staff_absent"].select(places, categories)
        roster = last_seen(rostered.select(places, categories))[:, :, -1]
        capacity = roster - np.nan_to_num(last_seen(away)[:, :, -1])
    now = (need[:, :, -1] > capacity).astype(np.float64)
    figures = {f"plain_{day}": now for day in DAYS}
    behind, offset = known.behind(kind), known.offset(kind)
    for day in DAYS:
        steps = (max(1, behind + offset), behind + day)
        by, on = share_short(need, capacity, *steps)
        figures |= {f"quantiles_{day}": by, f"likeliest_{day}": on}
    return Figures(places, categories, figures)


def share_short(
    need: FloatArray, capacity: FloatArray, first: int, last: int
) -> tuple[FloatArray, FloatArray]:
    """Share of past stretches that, added to the last need, exceed the capacity held.

    Args:
        need: (place, category, day), up to the last report.
        capacity: (place, category).
        first, last: days after the last report that are looked at.

    Returns:
        On any of the days, and on the day on which most do; each (place, category).
    """
    window = need[:, :, -(WINDOW_DAYS + last) :]
    starts = window.shape[2] - last
    if starts < 1:
        now = np.where(need[:, :, -1] > capacity, 1.0, 0.0)
        return now, now
    stretches = np.lib.stride_tricks.sliding_window_view(window, last + 1, axis=2)
    change = stretches[..., first:] - stretches[..., :1]
    now, room = need[:, :, -1, None, None], capacity[:, :, None, None]
    both = np.concatenate([now + change > room, now - change > room], axis=2)
    return both.any(axis=3).mean(axis=2), both.mean(axis=2).max(axis=2)


def fitted_chance(
    cover: FloatArray, happened: npt.NDArray[np.bool_], asked: FloatArray
) -> FloatArray:
    """Chance of a stock-out as a logistic of the logarithm of the days of cover.

    Args:
        cover: (case,), days, of cases with a known outcome.
        happened: (case,).
        asked: (...), days of cover.

    Returns:
        (...), 0..1.
    """
    design = np.stack([np.ones(cover.size), np.log1p(cover)], axis=1)
    weights = np.zeros(2)
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (chance - happened) + 1e-3 * weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + 1e-3 * np.eye(2)
        step = np.linalg.solve(curve, slope)
        weights -= np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-8:
            break
    linear = weights[0] + weights[1] * np.log1p(asked)
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(linear, -30, 30))))
