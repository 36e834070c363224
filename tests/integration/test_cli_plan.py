"""``vigie plan``: a move from the plan to its arrival, as two sites and a second person type it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.plan_room import copy_of
from tests.rooms import LAST_DAY, OPERATOR, Clock
from vigie.actions.rooms.room import Room
from vigie.bootstrap import open_room, pages_of
from vigie.cli import run

Vigie = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(planned: Path, tmp_path: Path) -> Path:
    return copy_of(planned, tmp_path / "room")


@pytest.fixture
def vigie(folder: Path, capsys: pytest.CaptureFixture[str]) -> Vigie:
    """``vigie plan ARGUMENTS``: exit code, what it printed, what it complained of."""
    clock = Clock(datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 9, tzinfo=UTC))

    def say(*arguments: object, environment: Mapping[str, str] | None = None) -> Any:
        def opened(path: Path, *, progress: Callable[[str], None] = lambda line: None) -> Room:
            return open_room(path, now=clock, environment=environment or {}, progress=progress)

        words = ["plan", *(str(each) for each in arguments), "--room", str(folder)]
        capsys.readouterr()
        code = run(words, opened, lambda: OPERATOR, clock, pages_of)
        told = capsys.readouterr()
        return code, told.out, told.err

    return say


def first(vigie: Vigie) -> dict[str, Any]:
    code, out, _ = vigie("list", "--json")
    assert code == 0
    move: dict[str, Any] = json.loads(out)["moves"][0]["move"]
    return move


def test_a_move_goes_from_the_plan_to_its_arrival(vigie: Vigie, tmp_path: Path) -> None:
    move = first(vigie)
    code, sender, receiver = move["code"], move["from_place"], move["to_place"]
    _, out, _ = vigie("list", "--place", receiver)
    assert f"accept by {sender}, accept by {receiver}" in out

    assert vigie("accept", code, "--place", sender, "--as", "ann")[0] == 0
    exit_code, _, told = vigie("accept", code, "--place", receiver, "--as", "ann")
    assert exit_code == 4
    assert "for the other site" in told
    exit_code, _, told = vigie("approve", code, "--as", "eve")
    assert exit_code == 6
    assert f'"{receiver}" must accept it first' in told
    assert vigie("accept", code, "--place", receiver, "--as", "bob")[0] == 0
    exit_code, out, _ = vigie("approve", code, "--as", "eve", "--role", "Head of supply", "--json")
    assert exit_code == 0
    path = Path(json.loads(out)["orders"])
    assert [row["approved_by"] for row in csv.DictReader(path.read_text("utf-8").splitlines())] == [
        "eve"
    ]

    exit_code, _, told = vigie("send")
    assert exit_code == 3
    assert "[orders] webhook_url_env" in told
    nowhere = {"ORDER_URL": "http://127.0.0.1:9/", "ORDER_SECRET": "secret"}
    exit_code, out, _ = vigie("send", environment=nowhere)
    assert exit_code == 7
    assert "NOT SENT" in out
    assert ": sent" in vigie("send", code, "--as", "eve")[1]
    arrived = ("arrived", code, "--quantity", 10, "--place", receiver, "--as", "store")
    assert ": arrived" in vigie(*arrived)[1]

    (outcome,) = json.loads(vigie("outcomes", "--json")[1])
    assert outcome["missing"] == move["quantity"] - 10
    acts = [each["line"]["act"] for each in json.loads(vigie("decisions", "--json")[1])]
    assert acts == ["arrive", "send", "approve", "accept", "accept"]
    out_file = tmp_path / "decisions.csv"
    assert "5 rows" in vigie("export", "decisions", "--out", out_file)[1]
    rows = list(csv.DictReader(out_file.read_text("utf-8").splitlines()))
    assert rows[2]["role"] == "Head of supply"
    assert vigie("export", "outcomes")[1].startswith("code,state,kind")


def test_moves_are_changed_added_refused_and_cancelled(vigie: Vigie) -> None:
    move = first(vigie)
    code, sender, receiver = move["code"], move["from_place"], move["to_place"]
    exit_code, _, told = vigie("edit", code, "--quantity", 15, "--as", "eve")
    assert exit_code == 3
    assert 'rule "lot"' in told
    assert "20 masks" in vigie("edit", code, "--quantity", 20, "--as", "eve")[1]
    added = ("add", "products", "masks", "B", "C", "--quantity", 20, "--day", LAST_DAY)
    assert "B -> C" in vigie(*added, "--as", "eve")[1]
    refused = ("refuse", code, "--place", sender, "--as", "ann", "--reason", "recounting")
    assert ": refused" in vigie(*refused)[1]
    listed = json.loads(vigie("list", "--json")[1])["moves"]
    other = next(each["move"]["code"] for each in listed if each["move"]["origin"] == "added")
    assert ": cancelled" in vigie("cancel", other, "--as", "eve", "--reason", "not needed")[1]
    shown = json.loads(vigie("list", "--all", "--json")[1])["moves"]
    assert {each["move"]["stage"] for each in shown} >= {"refused", "cancelled"}
    assert vigie("accept", "zzz", "--place", receiver)[0] == 8


def test_any_decision_is_recorded_and_its_outcome_later(vigie: Vigie) -> None:
    opened = ("record", "Opened 6 beds", "--place", "A", "--as", "director")
    effect = ("--before", 0.6, "--after", 0.2, "--quantity", 6, "--unit", "beds")
    assert "Decision 1 is kept, on release 2021-" in vigie(*opened, *effect)[1]
    assert "Decision 2" in vigie("record", "5 were opened", "--of", 1, "--as", "director")[1]
    _, out, _ = vigie("decisions")
    assert "5 were opened" in out.splitlines()[-1]
    assert "No decision number 9" in vigie("record", "x", "--of", 9, "--as", "y")[2]
