"""Plans of help between places, with what they change at both ends.

Here live the question (``Exchange``: what is held, what will be needed, which ways there are),
the plan by linear programs, two baseline planners, and what a plan does in futures. What is needed
comes from ``supply`` and ``hospital`` as arrays; nothing here knows how it was made.
"""

from vigie.planning.category_plan import CategoryPlan, Move, category_plan
from vigie.planning.depots import Depot, with_depots
from vigie.planning.exchange import Exchange, Lanes, Use, lanes
from vigie.planning.expected_shortage import ConvexCost, convex_cost
from vigie.planning.flows import Flows
from vigie.planning.judging import Outcome, judge_flows
from vigie.planning.linear_program import Ending, LinearProgram, Solution
from vigie.planning.lots import in_lots
from vigie.planning.nearest_surplus import NEAREST_SURPLUS_MODEL, PlanRules, nearest_surplus
from vigie.planning.optimal_moves import (
    MoveProgram,
    MoveRules,
    sender_limits,
    solve_moves,
    ways_of,
)
from vigie.planning.optimal_plan import OPTIMAL_MODEL, ThingPlan, Vehicles, optimal_plan
from vigie.planning.proportional import PROPORTIONAL_MODEL, proportional_share
from vigie.planning.rows import move_rows, plan_row

__all__ = [
    "NEAREST_SURPLUS_MODEL",
    "OPTIMAL_MODEL",
    "PROPORTIONAL_MODEL",
    "CategoryPlan",
    "ConvexCost",
    "Depot",
    "Ending",
    "Exchange",
    "Flows",
    "Lanes",
    "LinearProgram",
    "Move",
    "MoveProgram",
    "MoveRules",
    "Outcome",
    "PlanRules",
    "Solution",
    "ThingPlan",
    "Use",
    "Vehicles",
    "category_plan",
    "convex_cost",
    "in_lots",
    "judge_flows",
    "lanes",
    "move_rows",
    "nearest_surplus",
    "optimal_plan",
    "plan_row",
    "proportional_share",
    "sender_limits",
    "solve_moves",
    "ways_of",
    "with_depots",
]
