"""The plan of loans: the program, whole units, no lender harmed, few moves that are worth it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigie.paths import BoolArray, FloatArray
from vigie.planning.expected_shortage import ConvexCost
from vigie.planning.harm import harm_seen
from vigie.planning.lending import (
    ADDING_STANDARD_ERRORS,
    STANDARD_ERRORS,
    Lending,
    LendingRules,
    Loans,
    Ways,
    ways_of_lending,
)
from vigie.planning.lending_additions import Additions, add_units
from vigie.planning.lending_harm import HarmCheck, PatientMove
from vigie.planning.lending_limits import moveable_besides, spare_capacity
from vigie.planning.lending_outcome import (
    LendingBooks,
    LendingOutcome,
    StandardOutcome,
    standard_outcome,
)
from vigie.planning.lending_program import LendingLimits, LoanWish, lending_costs, solve_loans
from vigie.planning.lending_room import LendingRoom, in_whole_units, top_up
from vigie.planning.linear_program import Ending
from vigie.planning.pruning import take_back
from vigie.planning.standing import with_kept_loans
from vigie.planning.wishes import Wishes

__all__ = ["LENDING_MODEL", "LendingPlan", "lending_plan"]

LENDING_MODEL = "vigie-optimal-moves"
"""Name of the planner in tables and releases."""

_ROUNDS = 3
_SMALLER = 0.8
_CONCENTRATING_ROUNDS = 2


@dataclass(frozen=True, slots=True, eq=False)
class LendingPlan:
    """A plan of loans.

    Attributes:
        lending: what is held and needed, moves that stand counted.
        loans: in whole units.
        before, after: outcomes without and with the plan.
        ending: how the solver ended.
        rounds: how often limits of lenders were lowered so that none is harmed.
        moves_before_pruning: moves before those that save nearly nothing were left out.
        saved_before_pruning: weighted unit-days that they saved.
        conflicts: rules of people and limits that cannot all be kept; the plan leaves the wishes
            among them out.
    """

    lending: Lending
    loans: Loans
    before: StandardOutcome
    after: LendingOutcome
    ending: Ending
    rounds: int
    moves_before_pruning: int
    saved_before_pruning: float
    conflicts: tuple[str, ...] = ()

    @property
    def saved(self) -> float:
        """Weighted unit-days that the plan saves."""
        before = float((self.before.unmet * self.lending.weights).sum())
        return before - self.after.cost


def lending_plan(
    lending: Lending,
    rules: LendingRules,
    rng: np.random.Generator,
    *,
    wishes: Wishes | None = None,
    harm_futures: Lending | None = None,
    planning_samples: int = 100,
    time_limit_seconds: float = 20.0,
) -> LendingPlan:
    """Plan loans of machines or staff, or which new patients go elsewhere.

    Loans are chosen on the first futures and judged unit by unit on all. A lender whose risk rises
    by more than is accepted may lend less, and at last its least useful moves are taken back. Moves
    that save nearly nothing are left out, as long as ``1 - lost_share`` of what is saved is kept.

    Args:
        lending: what is held and needed.
        rules: what a plan may do.
        rng: chance of the stays of patients.
        wishes: of people; bans close ways, kept moves stand.
        harm_futures: the same places in futures besides, in which harm by patients is looked at;
            None: in those of ``lending``, with patients drawn again.
        planning_samples: futures on which loans are chosen.
        time_limit_seconds: of one program.

    Source: docs/models/lending-plan.md.
    """
    seed = int(rng.integers(2**63))
    draft = _Draft(lending, rules, wishes or Wishes(), planning_samples, time_limit_seconds)
    draft.look_for_harm(harm_futures or lending, wishes or Wishes(), seed)
    rounds = 0
    books = draft.books(np.random.default_rng(seed))
    while rounds < _ROUNDS and draft.lower_limits(books):
        rounds += 1
        books = draft.books(np.random.default_rng(seed))
    draft.drop_harmful(books)
    draft.add(books)
    count = len(books.moves())
    saved = draft.saved(books)
    draft.prune(books, saved)
    draft.drop_harmful(books)
    loans = books.loans()
    books = LendingBooks(
        draft.lending, loans, draft.standard, rules.risk_days, np.random.default_rng(seed)
    )
    return LendingPlan(
        draft.lending, loans, draft.standard, books.outcome(), draft.ending, rounds, count, saved,
        tuple(dict.fromkeys(draft.conflicts)),
    )  # fmt: skip


class _Draft:
    def __init__(
        self,
        lending: Lending,
        rules: LendingRules,
        wishes: Wishes,
        planning_samples: int,
        time_limit_seconds: float,
    ) -> None:
        self.lending, lent_only = with_kept_loans(lending, wishes)
        self.rules, self._seconds = rules, time_limit_seconds
        self.ending, self.conflicts = Ending.OPTIMAL, list[str]()
        self.standard = standard_outcome(self.lending, rules.risk_days)
        spare = spare_capacity(lent_only, rules)
        self.limits = LendingLimits(spare, moveable_besides(lending, rules, wishes))
        self._spare_at_first = spare_capacity(lent_only, rules, standard_errors=0.0)
        self._planning = _first(self.lending, planning_samples)
        self._cost: ConvexCost = lending_costs(self._planning, rules)
        self._wishes = _loan_wishes(self.lending, wishes)
        ways = ways_of_lending(self.lending, rules)
        useful = ways.only(self._is_useful(ways))
        closed = _closed(self.lending, useful, wishes)
        is_open = ~np.any([np.zeros(len(useful), bool), *closed.values()], axis=0)
        self._with_closed, self._closed = useful, closed
        self._ways = useful.only(is_open)
        self._check: HarmCheck | None = None

    def look_for_harm(self, futures: Lending, wishes: Wishes, seed: int) -> None:
        """Look at harm by patients in these futures; that of other loans is seen in the plan's."""
        if self.lending.is_of_patients:
            both, _ = with_kept_loans(futures, wishes)
            rules = self.rules
            self._check = HarmCheck(
                both, self._ways, draws=rules.harm_draws, risk_days=rules.risk_days, seed=seed
            )

    def _is_useful(self, ways: Ways) -> BoolArray:
        """Ways from who can lend to who may lack enough, or to whom a wish goes."""
        lending = self.lending
        own = np.nan_to_num(lending.own)
        horizon = lending.horizon
        level = np.repeat(own.ravel(), horizon)
        weighted = self._cost.at(level).reshape(*own.shape, horizon).sum(axis=2) * lending.weights
        lacks = (weighted @ lending.echo.max(axis=2).T) >= self.rules.least_saved
        for wish in self._wishes:
            lacks[wish.borrower, wish.category] = True
        can = self.limits.spare.max(axis=2) > 0
        useful = can[ways.lender, ways.category] & lacks[ways.borrower, ways.category]
        if self.limits.moveable is not None:
            useful &= self.limits.moveable[ways.borrower, ways.category].max(axis=1) >= 1
        return np.asarray(useful)

    def books(self, rng: np.random.Generator) -> LendingBooks:
        """Whole loans from the program, played in all futures."""
        loans = self._solve()
        room = LendingRoom(self.lending, self._ways, self.limits, self.rules)
        whole = in_whole_units(loans, room)
        for wish in self._wishes:
            whole, lacking = top_up(
                room, whole, wish.borrower, wish.category, wish.by_day, wish.units
            )
            if lacking > 0:
                self.conflicts.append(f"{wish.name}: {lacking:g} lack, in whole units")
        return LendingBooks(self.lending, whole, self.standard, self.rules.risk_days, rng)

    def _solve(self) -> Loans:
        loans, self.ending, broken = self._solved(None)
        while broken:
            broken = self._named() or broken
            self.conflicts += broken
            kept = [wish for wish in self._wishes if wish.name not in broken]
            if len(kept) == len(self._wishes):
                kept = []
            self._wishes = kept
            loans, self.ending, broken = self._solved(None)
        for _ in range(_CONCENTRATING_ROUNDS if self.rules.least_saved > 0 else 0):
            if not loans.units.any():
                break
            with np.errstate(divide="ignore"):
                price = np.where(loans.units > 1e-6, self.rules.least_saved / loans.units, np.inf)
            loans, self.ending, _ = self._solved(price)
        return loans

    def _named(self) -> tuple[str, ...]:
        """The rules that leave no plan, bans among them."""
        _, _, broken = solve_loans(
            self._planning,
            self._with_closed,
            self.limits,
            self.rules,
            self._cost,
            wishes=self._wishes,
            closed=self._closed,
        )
        return broken

    def _solved(self, price: FloatArray | None) -> tuple[Loans, Ending, tuple[str, ...]]:
        return solve_loans(
            self._planning,
            self._ways,
            self.limits,
            self.rules,
            self._cost,
            price=price,
            wishes=self._wishes,
            time_limit_seconds=self._seconds,
        )

    def _harmed(self, books: LendingBooks) -> list[int]:
        """Lenders whose risk rises by more than is accepted."""
        lenders = sorted({int(self._ways.lender[way]) for way, _ in books.moves()})
        return [place for place in lenders if self._is_harmed(books, place, STANDARD_ERRORS)]

    def _is_harmed(self, books: LendingBooks, place: int, standard_errors: float) -> bool:
        """Whether the risk of a lender rises by more in any category."""
        largest = self.rules.largest_harm
        seen = harm_seen(largest, self.lending.need.shape[-1], standard_errors)
        rise = (books.risk(place) - self.standard.short[place])[self.lending.is_known()[place]]
        highest = float(rise.max(initial=0.0))
        if self._check is None or highest > largest + 1e-9:
            return highest > seen + 1e-9
        moves = [
            PatientMove(way, day, books.units_of(way, day))
            for way, day in books.moves()
            if int(self._ways.lender[way]) == place
        ]
        return bool(self._check.harmed(place, moves, largest, standard_errors))

    def add(self, books: LendingBooks) -> None:
        """Add patients whom no lender is harmed by: limits were lowered by more than need be."""
        if not self.lending.is_of_patients:
            return
        limits = LendingLimits(self._spare_at_first, self.limits.moveable)
        room = LendingRoom(self.lending, self._ways, limits, self.rules)
        for way, day in books.moves():
            room.take(way, day, float(books.units_of(way, day)))

        def is_harmed(of: LendingBooks, place: int) -> bool:
            return self._is_harmed(of, place, ADDING_STANDARD_ERRORS)

        add_units(books, Additions(self.lending, self._ways, self.rules, room, is_harmed))

    def lower_limits(self, books: LendingBooks) -> bool:
        """Whether a lender is harmed; its limits are lowered then."""
        harmed = self._harmed(books)
        for place in harmed:
            self.limits.spare[place] *= _SMALLER
        return bool(harmed)

    def drop_harmful(self, books: LendingBooks) -> None:
        """Take back moves of every lender that is harmed, the least useful first."""
        while harmed := self._harmed(books):
            for place in harmed:
                of = [move for move in books.moves() if int(self._ways.lender[move[0]]) == place]
                books.remove(*min(of, key=lambda move: (books.saved_by(*move), move)))

    def saved(self, books: LendingBooks) -> float:
        """Weighted unit-days that the loans save."""
        return float((self.standard.unmet * self.lending.weights).sum()) - books.outcome().cost

    def prune(self, books: LendingBooks, saved: float) -> None:
        """Take back moves, the least useful first, while nearly all that is saved stays saved."""
        left = self.rules.lost_share * max(saved, 0.0)
        protected = self._protected()
        moves = [move for move in books.moves() if move not in protected]
        take_back(moves, lambda move: books.saved_by(*move), lambda move: books.remove(*move), left)

    def _protected(self) -> set[tuple[int, int]]:
        """Moves that serve a wish."""
        days = np.arange(min(self.rules.decision_days, self.lending.horizon))
        kept: set[tuple[int, int]] = set()
        for wish in self._wishes:
            here = (self._ways.borrower == wish.borrower) & (self._ways.category == wish.category)
            serves = here[:, None] & (days + self._ways.lag[:, None] <= wish.by_day)
            kept |= {(way, day) for way, day in np.argwhere(serves).tolist()}
        return kept


def _first(lending: Lending, samples: int) -> Lending:
    need = np.ascontiguousarray(lending.need[..., :samples])
    admissions = lending.admissions
    if admissions is not None:
        admissions = np.ascontiguousarray(admissions[..., :samples])
    return replace(lending, need=need, admissions=admissions)


def _closed(lending: Lending, ways: Ways, wishes: Wishes) -> dict[str, BoolArray]:
    """(way,) that each ban closes, by its words."""
    sender, receiver = ways.lender, ways.borrower
    if lending.is_of_patients:
        sender, receiver = receiver, sender
    names = lending.places
    closed = {}
    for ban in wishes.bans:
        concerned = [ban.concerns(lending.kind, category) for category in lending.categories]
        if any(concerned):
            found = [
                concerned[category] and ban.forbids(names[one], names[other])
                for one, other, category in zip(
                    sender.tolist(), receiver.tolist(), ways.category.tolist(), strict=True
                )
            ]
            closed[ban.in_words()] = np.array(found, dtype=bool)
    return closed


def _loan_wishes(lending: Lending, wishes: Wishes) -> Sequence[LoanWish]:
    """Wishes for this kind of help; places and categories that are unknown are left out."""
    return [
        LoanWish(
            lending.places.index(wish.place),
            lending.categories.index(wish.category),
            wish.by_day,
            wish.quantity,
            wish.in_words(),
        )
        for wish in wishes.wishes
        if wish.kind == lending.kind
        and wish.place in lending.places
        and wish.category in lending.categories
    ]
