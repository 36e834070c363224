"""Who acts on a move, in the words of a command or of a form."""

from __future__ import annotations

from datetime import date

from vigie.actions.rooms.room import Room
from vigie.errors import BadData, nearest
from vigie.planning import Actor, MoveKey, StepKind

__all__ = ["MOVE_KINDS", "acting", "move_key", "step_kind"]

MOVE_KINDS = ("products", "equipment", "staff", "patients")
"""What can be moved; the words of the table ``plan_moves``."""


def acting(room: Room, signed_in: str, account: str, role: str, place: str) -> Actor:
    """Who decides: as named, else the caller; the role, else the one on duty at the place.

    Args:
        room: the room.
        signed_in: name of the caller, who answers for what is named.
        account: of whom it is decided for; "": the caller's.
        role: in which; "": the duty role of the place, from the table ``places``.
        place: site that they speak for; "" for the network.
    """
    duties = {row["place"]: row["duty_role"] or "" for row in room.reference("places").to_pylist()}
    known = role.strip() or str(duties.get(place, "")) or signed_in
    return Actor(account.strip() or signed_in, known, place)


def step_kind(text: str) -> StepKind:
    """A step by its name."""
    try:
        return StepKind(text)
    except ValueError as error:
        near = nearest(text, [each.value for each in StepKind])
        raise BadData(f'"{text}" is no step of a move. Nearest: {near}.') from error


def move_key(kind: str, category: str, from_place: str, to_place: str, day: date) -> MoveKey:
    """A move that somebody adds."""
    if kind not in MOVE_KINDS:
        raise BadData(f'"{kind}" cannot be moved. Nearest: {nearest(kind, MOVE_KINDS)}.')
    return MoveKey(kind, category, from_place, to_place, day)
