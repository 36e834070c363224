"""Three hospitals of which one runs out of masks: a release whose plan helps it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from tests.rooms import (
    FIRST_DAY,
    LAST_DAY,
    OPERATOR,
    Clock,
    admissions_file,
    beds_file,
    open_at,
    send,
    stock_file,
    write_room,
)
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.decisions.deciding import Decided, decide_moves
from vigie.actions.decisions.plan_decisions import list_moves
from vigie.actions.rooms.room import Room
from vigie.bootstrap import open_room
from vigie.planning import Actor, StepKind
from vigie.state import MoveRow

__all__ = ["ORDERS", "actor", "approved", "copy_of", "do", "first_move", "make_plan_room", "opened"]

ORDERS = """
[orders]
webhook_url_env = "ORDER_URL"
secret_env = "ORDER_SECRET"
"""


def make_plan_room(folder: Path) -> Path:
    """A room with one release in force; A has masks for two days, B and C for fifty."""
    write_room(folder)
    settings = folder / "vigie.toml"
    settings.write_text(settings.read_text("utf-8") + ORDERS, encoding="utf-8")
    room = open_at(folder)
    count = (LAST_DAY - FIRST_DAY).days + 1
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY, count))
    send(room, "admissions", f"admissions_{LAST_DAY}.csv", admissions_file(LAST_DAY, count))
    left = stock_file(LAST_DAY, count, left={"A": 20})
    send(room, "supplies", f"stock_{LAST_DAY}.csv", left)
    run_cycle(room, OPERATOR)
    room.state.close()
    return folder


def copy_of(folder: Path, target: Path) -> Path:
    """A copy of a room that may be changed."""
    shutil.copytree(folder, target)
    return target


def opened(
    folder: Path,
    environment: Mapping[str, str] | None = None,
    *,
    day: date = LAST_DAY,
    hour: int = 8,
) -> Room:
    """The room, opened an hour after its release."""
    clock = Clock(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
    return open_room(folder, now=clock, environment=environment or {})


def actor(account: str, place: str = "") -> Actor:
    """Who acts."""
    return Actor(account, f"duty of {place or 'the network'}", place)


def first_move(room: Room) -> MoveRow:
    """The first move of the plan of the release in force."""
    return list_moves(room, OPERATOR).moves[0].move


def do(
    room: Room, kind: StepKind, code: str, account: str, place: str = "", **more: object
) -> Decided:
    """One step of one person with one move."""
    (decided,) = decide_moves(room, OPERATOR, kind, [code], actor(account, place), **more)  # type: ignore[arg-type]
    return decided


def approved(room: Room) -> MoveRow:
    """The first move, accepted by both sites and approved."""
    move = first_move(room)
    do(room, StepKind.ACCEPT, move.code, "ann", move.from_place)
    do(room, StepKind.ACCEPT, move.code, "bob", move.to_place)
    return do(room, StepKind.APPROVE, move.code, "eve").move
