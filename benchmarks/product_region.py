"""Products of the demo region, as known on a day and as they came: the hidden truth in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from vigie.demoregion.truth import HiddenTruth
    from vigie.paths import FloatArray, PathArray

__all__ = ["HORIZON", "PRODUCT_COUNT", "Origin", "origins", "region"]

HORIZON = 21
WINDOW_DAYS = 180
LAST_DAY = date(2024, 3, 3)
DAYS = 640
PRODUCT_COUNT = 40


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """One morning of one region; arrays are (site, product, ...) and (site, ward, ...).

    Attributes:
        use, stock: (site, product, time), up to the evening before.
        occupancy: (site, ward, time), the same days.
        occupancy_ahead: (site, ward, HORIZON), what came.
        orders: rows of the table of orders that were told.
        today: the morning.
        sites: keys.
        promised: (site, product, HORIZON), open orders on the day last told, past ones in a week.
        demand: (site, product, HORIZON), what was asked for.
        came: same shape, what the orders open that morning brought.
        unmet: same shape, asked for and not there, with all that was ordered later.
    """

    use: FloatArray
    stock: FloatArray
    occupancy: FloatArray
    occupancy_ahead: FloatArray
    orders: pa.Table
    today: date
    sites: tuple[str, ...]
    promised: PathArray
    demand: FloatArray
    came: FloatArray
    unmet: FloatArray

    @property
    def known_until(self) -> datetime:
        """The end of the day, UTC."""
        return datetime.combine(self.today + timedelta(days=1), time(), UTC)

    @property
    def dates(self) -> np.ndarray:
        """(HORIZON,), days looked at: today first, since the stock is of the evening before."""
        return np.datetime64(self.today, "D") + np.arange(HORIZON)


def region(seed: int, hospitals: int) -> HiddenTruth:
    """The hidden truth of a region."""
    from vigie.demoregion.truth import Extent, build_truth

    return build_truth(np.random.default_rng(seed), Extent(hospitals, DAYS, LAST_DAY))


def origins(truth: HiddenTruth, first: int, step: int) -> Iterator[Origin]:
    """Mornings of a region, every ``step`` days from day ``first`` on."""
    for day in range(first, DAYS + 1, step):
        yield _origin(truth, day)


def _origin(truth: HiddenTruth, day: int) -> Origin:
    from vigie.demoregion.reporting_events import report_orders

    supplies, sites = truth.supplies, tuple(site.key for site in truth.geography.sites)
    past, ahead = slice(day - WINDOW_DAYS, day), slice(day, day + HORIZON)

    def turned(values: np.ndarray, of: slice) -> FloatArray:
        return np.ascontiguousarray(values[of].transpose(1, 2, 0)).astype(float)

    first_date = truth.extent.first_date
    told = report_orders(np.random.default_rng(day), supplies.orders, sites, first_date, day)
    promised, came = _open_orders(truth, day)
    return Origin(
        turned(supplies.consumption, past),
        turned(supplies.stock_on_hand, past),
        turned(truth.occupancy, past),
        turned(truth.occupancy, ahead),
        told,
        first_date + timedelta(days=day),
        sites,
        promised,
        turned(supplies.demand, ahead),
        came,
        turned(supplies.unmet, ahead),
    )


def _open_orders(truth: HiddenTruth, day: int) -> tuple[PathArray, FloatArray]:
    """What orders open on a morning were to bring as last told, and what they brought."""
    from vigie.demoregion.supplies import NEVER

    lines = truth.supplies.orders
    is_open = (lines.ordered_day < day) & (lines.arrival_day >= day) & (lines.cancelled_day >= day)
    # Two days before it comes a line is shipped, and its day is told.
    is_shipped = (lines.arrival_day != NEVER) & (lines.arrival_day - 2 < day)
    told = np.where(is_shipped, lines.arrival_day, lines.promised_day)
    told = np.where(told < day, day + 6, told)
    shape = (len(truth.geography.sites), PRODUCT_COUNT, HORIZON)
    promised, came = np.zeros(shape, dtype=np.float32), np.zeros(shape)
    for out, when, units in ((promised, told, lines.quantity), (came, lines.arrival_day,
                                                               lines.delivered)):  # fmt: skip
        counts = is_open & (when < day + HORIZON)
        at = (lines.site[counts], lines.product[counts], when[counts] - day)
        np.add.at(out, at, units[counts])
    return promised, came
