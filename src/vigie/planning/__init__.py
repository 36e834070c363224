"""Plans of help between places, with what they change at both ends.

Here live the question (``Exchange``: what is held, what will be needed, which ways there are),
the plan by linear programs, two baseline planners, what a plan does in futures, and what may become
of its moves once people decide. What is needed comes from ``supply`` and ``hospital`` as arrays;
nothing here knows how it was made. What is used up moves for good (``optimal_plan``); machines,
staff and beds are lent (``lending_plan``).
"""

from vigie.planning.category_plan import CategoryPlan, Move, category_plan
from vigie.planning.depots import Depot, with_depots
from vigie.planning.edited_loans import judge_loan_edit
from vigie.planning.edited_moves import Breach, EditRule, Effect, WantedMove, judge_edit
from vigie.planning.exchange import Exchange, Lanes, Use, lanes
from vigie.planning.expected_shortage import ConvexCost, convex_cost
from vigie.planning.flows import Flows
from vigie.planning.judging import Outcome, judge_flows
from vigie.planning.lending import (
    Lending,
    LendingRules,
    Loans,
    StayTold,
    Ways,
    loan_echo,
    ways_of_lending,
)
from vigie.planning.lending_baselines import nearest_loans, proportional_loans
from vigie.planning.lending_harm import HarmCheck, PatientMove
from vigie.planning.lending_limits import moveable, spare_capacity
from vigie.planning.lending_moves import loans_as_plans
from vigie.planning.lending_outcome import (
    LendingBooks,
    LendingOutcome,
    StandardOutcome,
    judge_loans,
    standard_outcome,
)
from vigie.planning.lending_plan import LENDING_MODEL, LendingPlan, lending_plan
from vigie.planning.lending_program import LendingLimits, LoanWish, lending_costs, solve_loans
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
from vigie.planning.pruning import joined_days, pruned_flows
from vigie.planning.rows import move_rows, plan_row
from vigie.planning.standing import with_kept_loans, with_kept_moves
from vigie.planning.stock_exchange import need_of_stock
from vigie.planning.wishes import Ban, KeptMove, Wish, Wishes

__all__ = [
    "LENDING_MODEL",
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
    "HarmCheck",
    "KeptMove",
    "Lanes",
    "Lending",
    "LendingBooks",
    "LendingLimits",
    "LendingOutcome",
    "LendingPlan",
    "LendingRules",
    "LinearProgram",
    "LoanWish",
    "Loans",
    "Move",
    "MoveKey",
    "MoveProgram",
    "MoveRules",
    "MoveState",
    "Outcome",
    "PatientMove",
    "PlanRules",
    "Solution",
    "Stage",
    "StandardOutcome",
    "StayTold",
    "Step",
    "StepKind",
    "ThingPlan",
    "Use",
    "Vehicles",
    "WantedMove",
    "Ways",
    "Wish",
    "Wishes",
    "category_plan",
    "convex_cost",
    "in_lots",
    "joined_days",
    "judge_edit",
    "judge_flows",
    "judge_loan_edit",
    "judge_loans",
    "lanes",
    "lending_costs",
    "lending_plan",
    "loan_echo",
    "loans_as_plans",
    "move_rows",
    "moveable",
    "nearest_loans",
    "nearest_surplus",
    "need_of_stock",
    "next_steps",
    "optimal_plan",
    "plan_row",
    "proportional_loans",
    "proportional_share",
    "proposed",
    "pruned_flows",
    "sender_limits",
    "solve_loans",
    "solve_moves",
    "spare_capacity",
    "standard_outcome",
    "state_after",
    "take_step",
    "ways_of",
    "ways_of_lending",
    "with_depots",
    "with_kept_loans",
    "with_kept_moves",
]
