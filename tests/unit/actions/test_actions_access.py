"""Who may act: the local operator, nobody else; each act and each refusal is one audit leaf."""

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

import vigie.actions
from tests.rooms import (
    LAST_DAY,
    NEXT_DAY,
    OPERATOR,
    STRANGER,
    admissions_file,
    beds_file,
    open_at,
    put,
    send,
    send_correction,
    write_room,
)
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.daily.examining import examine
from vigie.actions.daily.notebook import Notebook
from vigie.actions.pages.pages import RoomPages
from vigie.actions.pages.showing import show_briefing
from vigie.actions.rooms.backing_up import back_up
from vigie.actions.rooms.receiving import receive
from vigie.actions.rooms.releasing import (
    list_releases,
    publish_release,
    release_in_force,
    show_release,
)
from vigie.actions.rooms.room import Room
from vigie.errors import AccessRefused
from vigie.governance import Caller
from vigie.planning import Actor, MoveKey, StepKind

Leaf = dict[str, Any]


def acts() -> dict[str, Callable[..., Any]]:
    """Every public function of the actions that takes a caller, by "module.name"."""
    found = {}
    for module in pkgutil.walk_packages(vigie.actions.__path__, "vigie.actions."):
        loaded = importlib.import_module(module.name)
        for name in getattr(loaded, "__all__", ()):
            value = getattr(loaded, name)
            is_own = inspect.isfunction(value) and value.__module__ == loaded.__name__
            if is_own and "caller" in inspect.signature(value).parameters:
                found[f"{module.name.rpartition('.')[2]}.{name}"] = value
    return found


# What the acts are asked with, by name of the argument; a new act may need a new one.
ARGUMENTS: dict[str, Any] = {
    "action": vigie.actions.rooms.auditing.Action.READ,
    "actor": Actor("somebody", "visitor"),
    "after": "x",
    "as_of": LAST_DAY,
    "before": None,
    "codes": ["x"],
    "feed": "beds",
    "file": Path("beds.csv"),
    "folder": Path("new-folder"),
    "kind": StepKind.ACCEPT,
    "language": "en",
    "move": MoveKey("products", "masks", "A", "B", LAST_DAY),
    "name": "facts",
    "now": datetime(2021, 2, 1, tzinfo=UTC),
    "number": 1,
    "quantity": 10.0,
    "reason": "",
    "release": "x",
    "revision": "0001",
    "run_at": time(6, 30),
    "source": Path("backup"),
    "subject": "beds",
    "target": Path("backup"),
    "text": "something",
}


def leaves(room: Room) -> list[Leaf]:
    with room.state.read() as tx:
        return [json.loads(row.payload) for row in tx.outbox("audit")]


def ask(act: Callable[..., Any], room: Room, caller: Caller) -> Any:
    given = {"room": room, "caller": caller, **ARGUMENTS}
    wanted = inspect.signature(act).parameters.values()
    return act(**{each.name: given[each.name] for each in wanted if each.name in given})


@pytest.fixture(scope="module")
def open_room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return open_at(write_room(tmp_path_factory.mktemp("guarded") / "room"))


def test_there_are_acts_to_guard() -> None:
    assert {"cycle.run_cycle", "receiving.receive", "releasing.publish_release"} <= set(acts())


@pytest.mark.parametrize("name", acts())
def test_a_stranger_is_refused_every_act_and_the_refusal_is_recorded(
    name: str, open_room: Room
) -> None:
    before = leaves(open_room)

    with pytest.raises(AccessRefused) as caught:
        ask(acts()[name], open_room, STRANGER)

    assert str(caught.value).startswith("Refused: visitor may not ")
    assert 'for purpose "curiosity"' in str(caught.value)
    new = leaves(open_room)[len(before) :]
    if "room" in inspect.signature(acts()[name]).parameters:
        assert [(leaf["actor"], leaf["allowed"]) for leaf in new] == [("visitor", False)]
        assert new[0]["purpose"] == "curiosity"


def test_a_stranger_is_refused_every_answer_of_notebooks_and_pages(open_room: Room) -> None:
    notebook, pages = Notebook(open_room, STRANGER), RoomPages(open_room, STRANGER)
    asked: list[Callable[[], Any]] = [
        lambda: notebook.reports("beds_occupied"),
        lambda: notebook.forecast("beds_occupied"),
        notebook.shortages,
        lambda: notebook.table("facts"),
        pages.releases,
        pages.stoppage,
        lambda: pages.release("x"),
        lambda: pages.before("x"),
        lambda: pages.chart("x", "y"),
    ]
    before = len(leaves(open_room))

    for each in asked:
        with pytest.raises(AccessRefused):
            each()

    assert len(leaves(open_room)) == before + len(asked)


def test_a_refused_act_changes_nothing_but_the_record(room: Room) -> None:
    file = put(room.folder.parent, f"beds_{NEXT_DAY}.csv", beds_file(NEXT_DAY))
    in_force = release_in_force(room)
    with room.state.read() as tx:
        before = (tx.arrivals(), tx.runs(), tx.publications())

    for act in (
        lambda: receive(room, STRANGER, file, "beds"),
        lambda: run_cycle(room, STRANGER),
        lambda: publish_release(room, STRANGER, str(in_force), ""),
    ):
        with pytest.raises(AccessRefused):
            act()

    with room.state.read() as tx:
        assert (tx.arrivals(), tx.runs(), tx.publications()) == before


def test_every_act_with_an_effect_has_exactly_one_leaf_with_its_details(
    room: Room, tmp_path: Path
) -> None:
    first = release_in_force(room)
    start = len(leaves(room))

    received = send_correction(room, {("A", LAST_DAY): 12})
    made = run_cycle(room, OPERATOR)
    publish_release(room, OPERATOR, str(first), "going back")
    back_up(room, OPERATOR, tmp_path / "backup")

    new = leaves(room)[start:]
    assert [(leaf["act"], leaf["subject"]) for leaf in new] == [
        ("receive", "beds"),
        ("run", "Three hospitals"),
        ("publish", first),
        ("operate", "backup"),
    ]
    assert all(leaf["allowed"] and leaf["actor"] == "local operator" for leaf in new)
    assert new[0]["details"]["arrival"] == received.arrival
    assert new[1]["details"]["release"] == made.release
    assert new[1]["details"]["manifest"] == show_release(room, OPERATOR, made.release).sha256
    assert new[2]["details"]["release"] == first


def test_what_changes_nothing_leaves_no_leaf(room: Room) -> None:
    start = leaves(room)

    list_releases(room, OPERATOR)
    show_briefing(room, OPERATOR, "en")
    examine(room, OPERATOR)

    assert leaves(room) == start


def test_an_act_that_fails_leaves_neither_effect_nor_leaf(room: Room) -> None:
    """The record is in the transaction of the effect: a crash in between leaves neither."""

    class Crash(Exception):
        pass

    with pytest.raises(Crash), room.state.write("a test") as tx:
        tx.publish(str(release_in_force(room)), actor="x", reason="y", now=room.now())
        tx.post("audit", "audit-x", b"{}", now=room.now())
        raise Crash

    with room.state.read() as tx:
        assert len(tx.publications()) == 1
        assert not any(row.key == "audit-x" for row in tx.outbox())


def test_leaves_hold_no_value_of_a_file(room: Room) -> None:
    send(room, "admissions", f"admissions_{NEXT_DAY}.csv", admissions_file(NEXT_DAY))

    details = leaves(room)[-1]["details"]

    assert set(details) == {"arrival", "size"}
