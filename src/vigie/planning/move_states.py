"""What may become of a move: proposed, accepted by both sites, approved, sent, arrived.

A move that is open may also be refused or cancelled, with a reason. Every step names who takes it;
nobody approves what they accepted or changed themselves.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from vigie.errors import AccessRefused, BadData, Conflict

__all__ = [
    "OPEN_STAGES",
    "Actor",
    "MoveKey",
    "MoveState",
    "Stage",
    "Step",
    "StepKind",
    "next_steps",
    "proposed",
    "state_after",
    "take_step",
]


class Stage(StrEnum):
    """Where a move stands; the words of the table ``plan_moves``."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    APPROVED = "approved"
    SENT = "sent"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    REFUSED = "refused"


OPEN_STAGES = (Stage.PROPOSED, Stage.ACCEPTED, Stage.APPROVED, Stage.SENT)
"""Stages that something may still follow."""


class StepKind(StrEnum):
    """What somebody does with a move."""

    PROPOSE = "propose"
    ACCEPT = "accept"
    EDIT = "edit"
    APPROVE = "approve"
    SEND = "send"
    ARRIVE = "arrive"
    REFUSE = "refuse"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class MoveKey:
    """What makes a move the same in the plan of the next release."""

    kind: str
    category: str
    from_place: str
    to_place: str
    depart_date: date

    def code(self) -> str:
        """Ten hexadecimal digits that name the move on pages and in commands."""
        parts = (self.kind, self.category, self.from_place, self.to_place)
        text = "\0".join((*parts, self.depart_date.isoformat()))
        return hashlib.sha256(text.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step.

    Attributes:
        account: tells two people apart; a role or an account, never more of a person.
        role: in which they act.
        place: site that they speak for; "" for the network as a whole.
    """

    account: str
    role: str
    place: str = ""

    def __post_init__(self) -> None:
        if not _same(self.account):
            raise BadData("Name who decides: an account or a role, as in --as duty-north")

    @property
    def person(self) -> str:
        """The account as it is compared: case, width and spaces do not make another person."""
        return _same(self.account)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one actor.

    Attributes:
        kind: what is done.
        actor: by whom.
        quantity: new quantity (edit), or what really came (arrive); None: unchanged.
        depart_date: new day of leaving (edit); None: unchanged.
        reason: why; refusals and cancellations need one.
    """

    kind: StepKind
    actor: Actor
    quantity: float | None = None
    depart_date: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MoveState:
    """A move and what was decided on it.

    Attributes:
        key: what makes it the same move.
        stage: where it stands.
        quantity: units, > 0.
        depart_date: day of leaving, as changed since.
        sender: account that accepted for the sending site; "" while nobody did.
        receiver: account that accepted for the receiving site; "" while nobody did.
        hands: persons who accepted or changed the move, also before it was changed again.
        approver: account that approved it; "" while nobody did.
        arrived_quantity: units that really came; None until then.
        reason: of the refusal or cancellation.
    """

    key: MoveKey
    stage: Stage
    quantity: float
    depart_date: date
    sender: str = ""
    receiver: str = ""
    hands: frozenset[str] = frozenset()
    approver: str = ""
    arrived_quantity: float | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether something may still follow."""
        return self.stage in OPEN_STAGES


def proposed(key: MoveKey, quantity: float, adder: Actor | None = None) -> MoveState:
    """A move as a plan proposes it, or as somebody adds it, who then is no second person.

    Raises:
        BadData: the quantity is not positive, or sender and receiver are one place.
    """
    if not quantity > 0:
        raise BadData(f"A move needs a quantity above 0, not {quantity:g}.")
    if key.from_place == key.to_place:
        raise BadData(f'"{key.from_place}" cannot send to itself. Name two places.')
    hands = frozenset({adder.person}) if adder else frozenset()
    return MoveState(key, Stage.PROPOSED, quantity, key.depart_date, hands=hands)


def take_step(state: MoveState, step: Step) -> MoveState:
    """The state after a step.

    Raises:
        Conflict: the move does not stand where the step begins.
        AccessRefused: this actor may not take this step; the message says who may.
        BadData: the step lacks a reason or a quantity.
    """
    take = {
        StepKind.ACCEPT: _accept,
        StepKind.EDIT: _edit,
        StepKind.APPROVE: _approve,
        StepKind.SEND: _send,
        StepKind.ARRIVE: _arrive,
        StepKind.REFUSE: _end,
        StepKind.CANCEL: _end,
    }.get(step.kind)
    if take is None:
        raise Conflict("This move has been proposed before.")
    return take(state, step)


def state_after(first: MoveState, steps: Iterable[Step]) -> MoveState:
    """The state after all steps, in order."""
    state = first
    for step in steps:
        state = take_step(state, step)
    return state


def next_steps(state: MoveState) -> tuple[tuple[StepKind, str], ...]:
    """What must follow, and the place that must act; "" for a second person of the network."""
    key = state.key
    if state.stage is Stage.PROPOSED:
        sides = ((key.from_place, state.sender), (key.to_place, state.receiver))
        return tuple((StepKind.ACCEPT, place) for place, account in sides if not account)
    if state.stage is Stage.ACCEPTED:
        return ((StepKind.APPROVE, ""),)
    if state.stage is Stage.APPROVED:
        return ((StepKind.SEND, ""),)
    if state.stage is Stage.SENT:
        return ((StepKind.ARRIVE, key.to_place),)
    return ()


def _accept(state: MoveState, step: Step) -> MoveState:
    _require_stage(state, step, Stage.PROPOSED)
    key, actor = state.key, step.actor
    if actor.place not in (key.from_place, key.to_place):
        raise AccessRefused(
            f'Refused: "{actor.place or "the network"}" may not accept this move. Its sites must: '
            f'"{key.from_place}" sends, "{key.to_place}" receives. Name one with --place.'
        )
    is_sender = actor.place == key.from_place
    own, other = (state.sender, state.receiver) if is_sender else (state.receiver, state.sender)
    if own:
        raise Conflict(f'"{actor.place}" has accepted this move already, by {own}.')
    if other and _same(other) == actor.person:
        raise AccessRefused(
            f"Refused: {actor.account} accepted this move for the other site. Each site accepts "
            "by somebody of its own."
        )
    hands = state.hands | {actor.person}
    if is_sender:
        state = replace(state, sender=actor.account, hands=hands)
    else:
        state = replace(state, receiver=actor.account, hands=hands)
    is_both = bool(state.sender and state.receiver)
    return replace(state, stage=Stage.ACCEPTED) if is_both else state


def _edit(state: MoveState, step: Step) -> MoveState:
    """What was accepted is void: the sites accepted another move."""
    _require_stage(state, step, Stage.PROPOSED, Stage.ACCEPTED)
    quantity = state.quantity if step.quantity is None else step.quantity
    depart = step.depart_date or state.depart_date
    if not quantity > 0:
        raise BadData(f"A move needs a quantity above 0, not {quantity:g}. To drop it, cancel it.")
    if (quantity, depart) == (state.quantity, state.depart_date):
        raise BadData("Nothing would change. Name another quantity or day.")
    return replace(
        state,
        stage=Stage.PROPOSED,
        quantity=quantity,
        depart_date=depart,
        sender="",
        receiver="",
        hands=state.hands | {step.actor.person},
    )


def _approve(state: MoveState, step: Step) -> MoveState:
    _require_stage(state, step, Stage.ACCEPTED)
    if step.actor.person in state.hands:
        raise AccessRefused(
            f"Refused: {step.actor.account} accepted or changed this move; a second person must "
            "approve it. Ask somebody else of the network."
        )
    return replace(state, stage=Stage.APPROVED, approver=step.actor.account)


def _send(state: MoveState, step: Step) -> MoveState:
    _require_stage(state, step, Stage.APPROVED)
    return replace(state, stage=Stage.SENT)


def _arrive(state: MoveState, step: Step) -> MoveState:
    _require_stage(state, step, Stage.SENT)
    if step.actor.place != state.key.to_place:
        raise AccessRefused(
            f'Refused: "{step.actor.place or "the network"}" may not say what arrived. '
            f'"{state.key.to_place}" receives this move. Name it with --place.'
        )
    if step.quantity is None or not 0 <= step.quantity < float("inf"):
        raise BadData("Say how much really came, 0 if nothing did, as in --quantity 250")
    return replace(state, stage=Stage.ARRIVED, arrived_quantity=step.quantity)


def _end(state: MoveState, step: Step) -> MoveState:
    _require_stage(state, step, *OPEN_STAGES)
    key = state.key
    if step.actor.place not in ("", key.from_place, key.to_place):
        raise AccessRefused(
            f'Refused: "{step.actor.place}" has no part in this move. "{key.from_place}", '
            f'"{key.to_place}" or the network (no --place) may {step.kind} it.'
        )
    if not step.reason.strip():
        raise BadData(f"Say why, to {step.kind} a move, as in --reason 'no lorry before Monday'")
    stage = Stage.REFUSED if step.kind is StepKind.REFUSE else Stage.CANCELLED
    return replace(state, stage=stage, reason=step.reason.strip())


def _require_stage(state: MoveState, step: Step, *stages: Stage) -> None:
    if state.stage in stages:
        return
    wanted = " or ".join(stages)
    raise Conflict(
        f"This move is {state.stage}; only a move that is {wanted} can be "
        f"{_DONE[step.kind]}.{_hint(state, step)}"
    )


def _hint(state: MoveState, step: Step) -> str:
    if step.kind is StepKind.APPROVE and state.stage is Stage.PROPOSED:
        waiting = " and ".join(f'"{place}"' for _, place in next_steps(state))
        return f" {waiting} must accept it first."
    if step.kind is StepKind.ARRIVE and state.stage is Stage.APPROVED:
        return " Note first that it left (vigie plan send)."
    if step.kind is StepKind.EDIT and state.is_open:
        return " Cancel it and add another."
    return ""


_DONE = {
    StepKind.ACCEPT: "accepted",
    StepKind.EDIT: "changed",
    StepKind.APPROVE: "approved",
    StepKind.SEND: "sent",
    StepKind.ARRIVE: "noted as arrived",
    StepKind.REFUSE: "refused",
    StepKind.CANCEL: "cancelled",
}


def _same(account: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", account).casefold().split())
