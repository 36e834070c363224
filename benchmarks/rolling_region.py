"""An invented region lived day by day: what planners know, and what then happens."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vigie.paths import FloatArray, IntArray, PathArray
from vigie.planning import Exchange, KeptMove, Lanes, Use

__all__ = ["RollingRegion", "Sent"]

KIND, THING = "products", "masks"
_HISTORY = 28
_LEAD_DAYS = 7


@dataclass(frozen=True, slots=True)
class Sent:
    """Units under way."""

    receiver: int
    day: int
    units: float


@dataclass(slots=True)
class RollingRegion:
    """One product at some sites; demand drifts, orders come a week after they are placed.

    Attributes:
        demand: (site, day), what is asked for, history and weeks to come.
        stock: (site,), on hand this evening.
        lanes: ways.
        today: index of the day that is over.
    """

    demand: IntArray
    stock: FloatArray
    lanes: Lanes
    arriving: FloatArray
    today: int = _HISTORY - 1
    unmet: float = 0.0
    moved: float = 0.0
    under_way: list[Sent] = field(default_factory=list)

    @classmethod
    def invent(cls, seed: int, sites: int, weeks: int, lanes: Lanes) -> RollingRegion:
        """A region whose demand rises and falls by place; stocks for a week or two."""
        rng = np.random.default_rng(seed)
        days = _HISTORY + 7 * weeks
        mean = np.exp(rng.normal(3, 0.6, sites))
        common = np.cumsum(rng.normal(0, 0.03, days))
        local = np.cumsum(rng.normal(0, 0.06, (sites, days)), axis=1)
        rate = mean[:, None] * np.exp(np.clip(common + local, -1.2, 1.2))
        demand = rng.poisson(rng.gamma(8, rate / 8))
        stock = np.round(mean * np.exp(rng.normal(np.log(12), 0.6, sites)))
        return cls(demand, stock, lanes, np.zeros((sites, days + 30)))

    @property
    def names(self) -> tuple[str, ...]:
        """Keys of the sites."""
        return tuple(f"S{at:02d}" for at in range(len(self.stock)))

    def exchange(self, horizon: int, samples: int) -> Exchange:
        """What a planner knows this evening: demand as of late, drifting, and open orders."""
        rng = np.random.default_rng([self.today, len(self.stock)])
        sites = len(self.stock)
        recent = self.demand[:, self.today - 6 : self.today + 1].mean(axis=1)
        drift = np.cumsum(rng.normal(0, 0.07, (sites, horizon, samples)), axis=1)
        asked = rng.poisson(rng.gamma(8, recent[:, None, None] * np.exp(drift) / 8))
        coming = self.arriving[:, self.today + 1 : self.today + 1 + horizon, None]
        need: PathArray = np.cumsum(asked - coming, axis=1).astype(np.float32)
        return Exchange(
            KIND, THING, "unit", self.names, self.stock.copy(), need, Use.LOST, 5.0, self.lanes
        )

    def kept(self) -> tuple[KeptMove, ...]:
        """Moves that are under way."""
        return tuple(
            KeptMove("", self.names[each.receiver], each.units, -1, each.day - self.today,
                     KIND, THING)
            for each in self.under_way
        )  # fmt: skip

    def order(self) -> None:
        """Every site orders on its weekday, up to a fortnight of late use."""
        for site in range(len(self.stock)):
            if self.today % 7 == site % 7:
                use = self.demand[site, self.today - 6 : self.today + 1].mean()
                open_orders = self.arriving[site, self.today + 1 :].sum()
                wanted = 14 * use - self.stock[site] - open_orders
                self.arriving[site, self.today + _LEAD_DAYS] += max(0.0, np.round(wanted))

    def send(self, sender: int, receiver: int, lag: int, units: float) -> None:
        """Send what is there, at most ``units``."""
        units = min(units, float(self.stock[sender]))
        if units > 0:
            self.stock[sender] -= units
            self.moved += units
            self.under_way.append(Sent(receiver, self.today + lag, units))

    def live(self) -> None:
        """One more day: what is due comes, then demand takes from what is there."""
        self.today += 1
        self.stock += self.arriving[:, self.today]
        for each in self.under_way:
            if each.day == self.today:
                self.stock[each.receiver] += each.units
        self.under_way = [each for each in self.under_way if each.day > self.today]
        asked = self.demand[:, self.today]
        self.unmet += float(np.maximum(asked - self.stock, 0).sum())
        self.stock = np.maximum(self.stock - asked, 0.0)
