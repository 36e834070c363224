"""Plans of help between places, with what they change at both ends.

Here live the question (``Exchange``: what is held, what will be needed, which ways there are),
the plan by linear programs, two baseline planners, what a plan does in futures, and what may become
of its moves once people decide. What is needed comes from ``supply`` and ``hospital`` as arrays;
nothing here knows how it was made.
"""

from vigie.planning.category_plan import CategoryPlan, Move, category_plan
from vigie.planning.depots import Depot, with_depots
from vigie.planning.edited_moves import Breach, EditRule, Effect, WantedMove, judge_edit
from vigie.planning.exchange import Exchange, Lanes, Use, lanes
from vigie.planning.expected_shortage import ConvexCost, convex_cost
from vigie.planning.flows import Flows
from vigie.planning.judging import Outcome, judge_flows
from vigie.planning.linear_program import Ending, LinearProgram, Solution
from vigie.planning.lots import in_lots
from vigie.planning.move_states import (
    OPEN_STAGES,
    Actor,
    MoveKey,
    MoveState,
    Stage,
    Step,
    StepKind,
    next_steps,
    proposed,
    state_after,
    take_step,
)
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
from vigie.planning.stock_exchange import need_of_stock
from vigie.planning.wishes import Ban, KeptMove, Wish, Wishes

__all__ = [
    "NEAREST_SURPLUS_MODEL",
    "OPEN_STAGES",
    "OPTIMAL_MODEL",
    "PROPORTIONAL_MODEL",
    "Actor",
    "Ban",
    "Breach",
    "CategoryPlan",
    "ConvexCost",
    "Depot",
    "EditRule",
    "Effect",
    "Ending",
    "Exchange",
    "Flows",
    "KeptMove",
    "Lanes",
    "LinearProgram",
    "Move",
    "MoveKey",
    "MoveProgram",
    "MoveRules",
    "MoveState",
    "Outcome",
    "PlanRules",
    "Solution",
    "Stage",
    "Step",
    "StepKind",
    "ThingPlan",
    "Use",
    "Vehicles",
    "WantedMove",
    "Wish",
    "Wishes",
    "category_plan",
    "convex_cost",
    "in_lots",
    "judge_edit",
    "judge_flows",
    "lanes",
    "move_rows",
    "nearest_surplus",
    "need_of_stock",
    "next_steps",
    "optimal_plan",
    "plan_row",
    "proportional_share",
    "proposed",
    "sender_limits",
    "solve_moves",
    "state_after",
    "take_step",
    "ways_of",
    "with_depots",
]
