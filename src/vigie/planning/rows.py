"""Plans as rows of the tables ``plan_moves`` and ``plans``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from vigie.planning.category_plan import CategoryPlan
from vigie.planning.lending import StayTold
from vigie.schemas import PLAN_MOVES, PLANS

__all__ = ["move_rows", "plan_row"]


def move_rows(
    run: str, plan: str, categories: Sequence[CategoryPlan], as_of: np.datetime64
) -> pa.Table:
    """All moves of a plan, numbered from 1, in the schema of ``plan_moves``.

    Args:
        run: the run.
        plan: key of the plan within the run.
        categories: plans of single products and kinds of machines, in order.
        as_of: today; day 0 of the moves.
    """
    today = as_of.astype("datetime64[D]")
    pairs = [(category, move) for category in categories for move in category.moves]
    rows = [
        {
            "run": run,
            "plan": plan,
            "move": number,
            "kind": category.kind,
            "category": category.category,
            "from_place": move.from_place,
            "to_place": move.to_place,
            "quantity": move.quantity,
            "unit": category.unit,
            "depart_date": (today + move.depart_day).item(),
            "arrive_date": (today + move.arrive_day).item(),
            "receiver_before": move.receiver_before,
            "receiver_after": move.receiver_after,
            "sender_before": move.sender_before,
            "sender_after": move.sender_after,
            "km": move.km,
            "state": "proposed",
            **_stay(move.stay),
        }
        for number, (category, move) in enumerate(pairs, start=1)
    ]
    return pa.Table.from_pylist(rows, schema=PLAN_MOVES.arrow_schema())


def _stay(told: StayTold | None) -> dict[str, object]:
    if told is None:
        return dict.fromkeys(("stay_source", "stay_days", "later_category", "later_share"))
    return {
        "stay_source": told.source,
        "stay_days": told.mean_days,
        "later_category": told.later or None,
        "later_share": told.later_share if told.later else None,
    }


def plan_row(
    run: str,
    plan: str,
    model_id: str,
    categories: Sequence[CategoryPlan],
    as_of: np.datetime64,
) -> pa.Table:
    """The plan itself, in the schema of ``plans``; unmet units of all categories added up."""
    row = {
        "run": run,
        "plan": plan,
        "model_id": model_id,
        "as_of": as_of.astype("datetime64[D]").item(),
        "moves": sum(len(each.moves) for each in categories),
        "unmet_before": sum(each.unmet_before for each in categories),
        "unmet_after": sum(each.unmet_after for each in categories),
    }
    return pa.Table.from_pylist([row], schema=PLANS.arrow_schema())
