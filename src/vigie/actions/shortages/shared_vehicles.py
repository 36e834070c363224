"""Goods of all products in the same vehicles: plans made apart, then together where they clash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from vigie.planning import (
    CategoryPlan,
    Exchange,
    MoveRules,
    ThingPlan,
    Vehicles,
    Wishes,
    category_plan,
    optimal_plan,
)

__all__ = ["SharedVehicles", "litres_of"]


def litres_of(products: pa.Table) -> dict[str, float]:
    """Room that a unit takes, by product; those without a figure are left out."""
    return {
        row["product"]: float(row["volume_litres"])
        for row in products.to_pylist()
        if row["volume_litres"]
    }


@dataclass(slots=True)
class SharedVehicles:
    """Products whose room is known, kept until all are planned.

    Attributes:
        litres: room that a unit takes, by product.
        litres_per_day: room for what leaves a place on a day.
    """

    litres: Mapping[str, float]
    litres_per_day: float
    _plans: list[ThingPlan] = field(default_factory=list)

    def keep(self, plan: ThingPlan) -> None:
        """Keep a product's plan if its room is known and moves anything."""
        if plan.exchange.category in self.litres and plan.flows.units.any():
            self._plans.append(plan)

    def planned_again(self, wishes: Wishes) -> dict[str, CategoryPlan]:
        """Plans of products whose moves together ask too much of vehicles; else nothing.

        Args:
            wishes: of people.
        """
        if not self._plans or not self._is_overloaded():
            return {}
        exchanges: Sequence[Exchange] = [plan.exchange for plan in self._plans]
        rules = MoveRules()
        places = len(exchanges[0].places)
        vehicles = Vehicles(
            np.array([self.litres[each.category] for each in exchanges]),
            np.full((places, rules.decision_days), self.litres_per_day),
        )
        # Kept moves are part of what these exchanges need: they are not asked for twice.
        asked = Wishes(wishes.wishes, wishes.bans)
        plans = optimal_plan(exchanges, rules, vehicles=vehicles, wishes=asked)
        return {
            plan.exchange.category: category_plan(plan.exchange, plan.flows, rules.risk_days)
            for plan in plans
        }

    def _is_overloaded(self) -> bool:
        load = np.zeros((len(self._plans[0].exchange.places), MoveRules().decision_days))
        for plan in self._plans:
            volume = self.litres[plan.exchange.category]
            np.add.at(load, plan.flows.sender, volume * plan.flows.units)
        return bool((load > self.litres_per_day + 1e-6).any())
