"""Moves that stand already: they become part of what is held and needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vigie.paths import FloatArray
from vigie.planning.exchange import Exchange
from vigie.planning.lending import Lending
from vigie.planning.wishes import KeptMove, Wishes

__all__ = ["with_kept_loans", "with_kept_moves"]


def with_kept_moves(exchange: Exchange, wishes: Wishes) -> tuple[Exchange, Exchange]:
    """An exchange in which kept moves happen anyhow.

    Args:
        exchange: what is held and needed, kept moves not counted.
        wishes: of people; only moves of this thing between its places count.

    Returns:
        With all that they change; and with what they take alone, from which follows what a sender
        can give: what comes is not sent on.
    """
    kept = wishes.of(exchange.kind, exchange.category).kept
    if not kept:
        return exchange, exchange
    days = np.arange(exchange.horizon)
    taken, brought = np.zeros((2, len(exchange.places), exchange.horizon))
    at = {place: index for index, place in enumerate(exchange.places)}
    for move in kept:
        if move.from_place in at and move.depart_day >= 0:
            taken[at[move.from_place]] += move.quantity * (days >= move.depart_day)
        if move.to_place in at:
            brought[at[move.to_place]] += move.quantity * (days >= move.arrive_day - 1)
    sent = exchange.need + taken[..., None].astype(np.float32)
    both = sent - brought[..., None].astype(np.float32)
    return replace(exchange, need=both), replace(exchange, need=sent)


def with_kept_loans(lending: Lending, wishes: Wishes) -> tuple[Lending, Lending]:
    """The same for loans: what lenders are without, and what borrowers have besides their own."""
    taken, brought = np.zeros((2, *lending.need.shape[:3]))
    found = False
    for category, name in enumerate(lending.categories):
        for move in wishes.of(lending.kind, name).kept:
            found = True
            _add_loan(lending, category, move, taken, brought)
    if not found:
        return lending, lending
    sent = lending.need + taken[..., None].astype(np.float32)
    both = sent - brought[..., None].astype(np.float32)
    return replace(lending, need=both), replace(lending, need=sent)


def _add_loan(
    lending: Lending, category: int, move: KeptMove, taken: FloatArray, brought: FloatArray
) -> None:
    lender, borrower = move.from_place, move.to_place
    if lending.is_of_patients:
        lender, borrower = borrower, lender
    lag = 1 if lending.is_of_patients else max(1, move.arrive_day - move.depart_day)
    begins = move.arrive_day - 1 if lending.is_of_patients else move.depart_day
    for place, profile, into in (
        (lender, lending.at_lender(lag), taken),
        (borrower, lending.at_borrower(lag), brought),
    ):
        if place not in lending.places:
            continue
        # Of a loan that began before today, what is left of it.
        whole = profile[category]
        left = whole[:, max(0, -begins) :]
        start = max(0, begins)
        span = min(left.shape[1], lending.horizon - start)
        into[lending.places.index(place), :, start : start + span] += move.quantity * left[:, :span]
