"""What is asked of a plan of one product, and the plans that answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from vigie.actions.shortages.product_store import ProductStore
from vigie.actions.shortages.room_depots import RoomDepots
from vigie.paths import PathArray
from vigie.planning import (
    NEAREST_SURPLUS_MODEL,
    OPTIMAL_MODEL,
    CategoryPlan,
    Exchange,
    Lanes,
    MoveRules,
    ThingPlan,
    Use,
    Wishes,
    category_plan,
    nearest_surplus,
    optimal_plan,
    with_depots,
)

__all__ = ["PlanTerms", "beside_depots", "plans_of", "stock_question"]


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What plans of products keep to.

    Attributes:
        wishes: of people.
        longest_drive_hours: goods go no further, one way.
    """

    wishes: Wishes = field(default_factory=Wishes)
    longest_drive_hours: float = 24.0


def stock_question(store: ProductStore, need: PathArray, ways: Lanes) -> Exchange:
    """Who holds and needs what, between the places that use the product.

    Args:
        store: of the product.
        need: (place, day, sample), see ``vigie.supply.net_need``, from the day after the run.
        ways: between the places.
    """
    return Exchange(
        kind="products",
        category=store.series.categories[0],
        unit=store.terms.unit,
        places=store.series.places,
        stock=store.stock[:, 0],
        # A shortage later than that can be met by the plan of a later day.
        need=need[:, : MoveRules().risk_days],
        use=Use(store.terms.unmet.value),
        pack_size=store.terms.pack_size,
        lanes=ways,
    )


def beside_depots(
    question: Exchange, depots: RoomDepots, arcs: pa.Table, asked: PlanTerms
) -> Exchange:
    """The same with the depots of the room, which hold and need nothing.

    Args:
        question: of the places that use the product.
        depots: of the room.
        arcs: rows of the table ``arcs``.
        asked: of the plan; moves that stand take from a depot first.
    """
    product = question.category
    return with_depots(
        question,
        depots.of(product),
        arcs,
        last_day=MoveRules().decision_days - 1,
        kept=asked.wishes.of("products", product).kept,
    )


def plans_of(exchange: Exchange, asked: PlanTerms) -> tuple[dict[str, CategoryPlan], ThingPlan]:
    """By name of the planner, and the optimal one with all that it tells."""
    rules = MoveRules()
    [optimal] = optimal_plan([exchange], rules, wishes=asked.wishes)
    return {
        OPTIMAL_MODEL: category_plan(optimal.exchange, optimal.flows, rules.risk_days),
        NEAREST_SURPLUS_MODEL: nearest_surplus(optimal.exchange),
    }, optimal
