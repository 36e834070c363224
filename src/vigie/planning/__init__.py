"""Plans of help between places, with what they change at both ends.

Here live the question (``Exchange``: what is held, what will be needed, which ways there are),
the baseline planner and the rows of its plans. What is needed comes from ``supply`` and
``hospital`` as arrays; nothing here knows how it was made.
"""

from vigie.planning.exchange import Exchange, Lanes, Use, lanes
from vigie.planning.nearest_surplus import (
    NEAREST_SURPLUS_MODEL,
    CategoryPlan,
    Move,
    PlanRules,
    nearest_surplus,
)
from vigie.planning.rows import move_rows, plan_row

__all__ = [
    "NEAREST_SURPLUS_MODEL",
    "CategoryPlan",
    "Exchange",
    "Lanes",
    "Move",
    "PlanRules",
    "Use",
    "lanes",
    "move_rows",
    "nearest_surplus",
    "plan_row",
]
