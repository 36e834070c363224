"""Decisions on moves: each once, whole or not at all, on record, and alive in the next release."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tests.plan_room import actor, approved, copy_of, do, first_move, opened
from tests.rooms import LAST_DAY, NEXT_DAY, OPERATOR, send, stock_file
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.decisions.deciding import BAN_DAYS, add_move, decide_moves
from vigie.actions.decisions.decision_files import (
    DECISION_COLUMNS,
    ORDER_COLUMNS,
    OUTCOME_COLUMNS,
    decision_rows,
    outcome_rows,
    write_orders,
)
from vigie.actions.decisions.decision_lines import Expected, list_decisions, record_decision
from vigie.actions.decisions.plan_decisions import list_moves
from vigie.actions.decisions.plan_outcomes import asked_of_plans, list_outcomes
from vigie.actions.pages.showing import show_table
from vigie.actions.rooms.releasing import release_in_force
from vigie.actions.rooms.room import Room
from vigie.actions.views.spreadsheets import to_csv
from vigie.errors import AccessRefused, BadData, Conflict, NotFound
from vigie.planning import MoveKey, Stage, StepKind


@pytest.fixture
def room(planned: Path, tmp_path: Path) -> Room:
    return opened(copy_of(planned, tmp_path / "room"))


def leaves(room: Room) -> list[dict]:
    with room.state.read() as tx:
        rows = [json.loads(row.payload) for row in tx.outbox("audit")]
    return [row for row in rows if row["act"] == "decide"]


def test_the_plan_is_listed_with_whose_turn_it_is(room: Room) -> None:
    book = list_moves(room, OPERATOR)
    assert book.release == release_in_force(room)
    line = book.moves[0]
    assert (line.move.category, line.move.to_place, line.number) == ("masks", "A", 1)
    assert [(w.step, w.place) for w in line.waiting] == [
        ("accept", line.move.from_place),
        ("accept", "A"),
    ]
    do(room, StepKind.ACCEPT, line.move.code, "ann", "A")
    line = list_moves(room, OPERATOR).moves[0]
    assert [(w.step, w.place) for w in line.waiting] == [("accept", line.move.from_place)]


def test_a_decision_is_one_line_one_leaf_and_once(room: Room) -> None:
    move = first_move(room)
    first = do(room, StepKind.ACCEPT, move.code, "ann", "A")
    again = do(room, StepKind.ACCEPT, move.code[:6], "ann", "A")
    assert (first.is_new, again.is_new) == (True, False)
    assert again.line == first.line
    (line,) = list_decisions(room, OPERATOR)
    assert (line.line.role, line.line.release) == ("duty of A", release_in_force(room))
    assert (line.line.receiver_before, line.line.receiver_after) == (
        move.receiver_before,
        move.receiver_after,
    )
    assert line.address == f"/places/A?release={release_in_force(room)}"
    (leaf,) = leaves(room)
    assert leaf["details"]["account"] == "ann"
    assert leaf["details"]["move"] == move.code


def test_several_moves_are_decided_all_or_none(room: Room) -> None:
    key = MoveKey("products", "masks", "B", "A", LAST_DAY + timedelta(days=2))
    second = add_move(room, OPERATOR, key, 10, actor("eve")).move
    codes = [first_move(room).code, second.code]
    do(room, StepKind.ACCEPT, codes[1], "ann", "A")
    with pytest.raises(Conflict, match="accepted this move already"):
        decide_moves(room, OPERATOR, StepKind.ACCEPT, codes, actor("joe", "A"))
    assert len(list_decisions(room, OPERATOR)) == 2
    assert len(leaves(room)) == 2
    assert first_move(room).receiver == ""


def test_an_edit_that_breaks_a_rule_is_refused_and_says_by_how_far(room: Room) -> None:
    move = first_move(room)
    for quantity, told in (
        (15, r'rule "lot": 15 is no whole number of packs of 10; nearest: 10 or 20'),
        (9000, rf'"{move.from_place}" holds 500 and would send .* too much'),
        (490, r"P\(short\) rises by [01]\.\d+ \(0\.000 -> .*\), limit 0\.02"),
    ):
        with pytest.raises(BadData, match=told):
            do(room, StepKind.EDIT, move.code, "eve", quantity=quantity)
    with pytest.raises(BadData, match=r'rule "day": .* is past by 1 days'):
        do(room, StepKind.EDIT, move.code, "eve", day=LAST_DAY - timedelta(days=1))
    assert list_decisions(room, OPERATOR) == []
    with room.state.read() as tx:
        assert tx.moves() == []


def test_a_smaller_quantity_helps_less_and_asks_both_sites_again(room: Room) -> None:
    move = first_move(room)
    do(room, StepKind.ACCEPT, move.code, "ann", "A")
    edited = do(room, StepKind.EDIT, move.code, "eve", quantity=10)
    assert edited.move.receiver_before == move.receiver_before
    assert edited.move.receiver_after is not None
    assert move.receiver_after is not None
    assert edited.move.receiver_after >= move.receiver_after
    assert edited.move.planned_quantity == move.quantity
    assert edited.move.receiver == ""
    again = do(room, StepKind.EDIT, move.code, "eve", quantity=10)
    assert not again.is_new
    assert do(room, StepKind.ACCEPT, move.code, "joe", "A").move.stage != Stage.ACCEPTED


def test_a_move_is_added_and_judged_and_its_adder_does_not_approve_it(room: Room) -> None:
    key = MoveKey("products", "masks", "B", "C", LAST_DAY + timedelta(days=1))
    added = add_move(room, OPERATOR, key, 20, actor("eve"))
    assert added.move.origin == "added"
    assert added.move.arrive_date == LAST_DAY + timedelta(days=2)
    assert not add_move(room, OPERATOR, key, 20, actor("eve")).is_new
    with pytest.raises(Conflict, match="is there already"):
        add_move(room, OPERATOR, key, 30, actor("eve"))
    do(room, StepKind.ACCEPT, added.move.code, "ann", "B")
    do(room, StepKind.ACCEPT, added.move.code, "bob", "C")
    with pytest.raises(AccessRefused, match="a second person"):
        do(room, StepKind.APPROVE, added.move.code, "eve")
    assert list_moves(room, OPERATOR).moves[-1].number is None


@pytest.mark.parametrize(
    ("category", "to_place", "quantity", "error", "told"),
    [
        ("gowns", "C", 20, NotFound, 'No product "gowns". Nearest: "masks"'),
        ("masks", "Z", 20, NotFound, 'No place "Z"'),
        ("masks", "N", 20, BadData, 'rule "lane"|Rule "lane"'),
        ("masks", "C", 25, BadData, 'rule "lot"'),
        ("masks", "C", -1, BadData, "above 0"),
    ],
)
def test_a_move_that_cannot_be_is_refused(
    room: Room, category: str, to_place: str, quantity: float, error: type, told: str
) -> None:
    key = MoveKey("products", category, "B", to_place, LAST_DAY)
    with pytest.raises(error, match=told):
        add_move(room, OPERATOR, key, quantity, actor("eve"))


def test_unknown_moves_and_places_are_told_with_the_nearest(room: Room) -> None:
    with pytest.raises(NotFound, match="vigie plan list"):
        do(room, StepKind.ACCEPT, "zzz", "ann", "A")
    with pytest.raises(NotFound, match='No place "AA"'):
        do(room, StepKind.ACCEPT, first_move(room).code, "ann", "AA")


def test_an_approval_orders_and_writes_a_file(room: Room) -> None:
    move = approved(room)
    with room.state.read() as tx:
        (order,) = tx.outbox("order")
    assert json.loads(order.payload)["order"] == f"order-{move.code}"
    path = write_orders(room, OPERATOR, [move.code])
    (row,) = csv.DictReader(io.StringIO(path.read_text("utf-8")))
    assert tuple(row) == ORDER_COLUMNS
    assert (row["to_name"], row["approved_by"], row["state"]) == ("Hospital A", "eve", "approved")
    assert float(row["quantity"]) == move.quantity
    assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0


def test_what_left_by_hand_is_not_sent_again_and_comes_back_as_outcome(room: Room) -> None:
    move = approved(room)
    do(room, StepKind.SEND, move.code, "eve")
    with room.state.read() as tx:
        assert tx.outbox("order", is_waiting=True) == []
    assert list_outcomes(room, OPERATOR)[0].missing is None
    do(
        room,
        StepKind.ARRIVE,
        move.code,
        "store",
        move.to_place,
        quantity=move.quantity - 10,
        day=LAST_DAY,
    )
    (outcome,) = list_outcomes(room, OPERATOR)
    assert outcome.missing == 10
    assert outcome.delay_days == (LAST_DAY - move.arrive_date).days
    assert (outcome.short_on, outcome.watched_until) == (None, LAST_DAY)
    (row,) = outcome_rows(room, OPERATOR)
    assert tuple(csv.DictReader(io.StringIO(to_csv(OUTCOME_COLUMNS, [row])))) != ()
    assert row["state"] == "arrived"
    with pytest.raises(BadData, match="is to come"):
        do(room, StepKind.ARRIVE, move.code, "other", move.to_place, quantity=1, day=NEXT_DAY)


def test_a_refusal_comes_back_as_a_ban_until_its_day(room: Room) -> None:
    move = first_move(room)
    do(room, StepKind.REFUSE, move.code, "ann", move.from_place, reason="stock is recounted")
    (ban,) = asked_of_plans(room, LAST_DAY).bans
    assert (ban.from_place, ban.to_place, ban.category) == (move.from_place, "A", "masks")
    assert ban.reason == "stock is recounted"
    assert asked_of_plans(room, LAST_DAY - timedelta(days=1)).bans == (), "not known yet"
    last = LAST_DAY + timedelta(days=BAN_DAYS)
    assert len(asked_of_plans(room, last).bans) == 1
    assert asked_of_plans(room, last + timedelta(days=1)).bans == ()
    with pytest.raises(BadData, match="is past"):
        do(room, StepKind.REFUSE, move.code, "joe", "A", reason="x", until=LAST_DAY - timedelta(1))


def test_what_both_sites_accepted_stands_in_the_next_plan_until_its_day(room: Room) -> None:
    move = first_move(room)
    assert asked_of_plans(room, LAST_DAY).kept == ()
    approved(room)
    (kept,) = asked_of_plans(room, LAST_DAY).kept
    depart = (move.depart_date - LAST_DAY).days
    assert (kept.quantity, kept.depart_day) == (move.quantity, depart)
    assert kept.arrive_day >= 1
    after = move.depart_date + timedelta(days=1)
    assert asked_of_plans(room, after).kept == (), "nobody sent it on its day"
    do(room, StepKind.SEND, move.code, "eve")
    (kept,) = asked_of_plans(room, after).kept
    assert kept.depart_day == -1
    assert asked_of_plans(room, move.arrive_date + timedelta(days=4)).kept == (), "long overdue"


def test_an_open_move_survives_a_new_run_with_its_state(planned: Path, tmp_path: Path) -> None:
    folder = copy_of(planned, tmp_path / "room")
    room = opened(folder)
    move = first_move(room)
    do(room, StepKind.ACCEPT, move.code, "ann", "A")
    before = release_in_force(room)

    later = opened(folder, day=NEXT_DAY)
    send(later, "supplies", f"stock_{NEXT_DAY}.csv", stock_file(NEXT_DAY, left={"A": 10}))
    run_cycle(later, OPERATOR)
    assert release_in_force(later) != before

    found = {line.move.code: line for line in list_moves(later, OPERATOR).moves}
    assert found[move.code].move.receiver == "ann"
    assert found[move.code].is_late == (move.depart_date < NEXT_DAY)
    assert [w.step for w in found[move.code].waiting] == ["accept"]
    (line,) = list_decisions(later, OPERATOR)
    assert show_table(later, OPERATOR, "plan_moves", line.line.release).num_rows > 0
    if move.depart_date < NEXT_DAY:
        do(later, StepKind.ACCEPT, move.code, "bob", move.from_place)
        with pytest.raises(BadData, match='rule "day"'):
            do(later, StepKind.APPROVE, move.code, "eve")


def test_any_decision_is_recorded_with_role_release_and_effect_and_later_its_outcome(
    room: Room,
) -> None:
    line = record_decision(
        room,
        OPERATOR,
        actor("director", "A"),
        "=Opened 6 beds",
        expected=Expected(0.6, 0.2, 6, "beds"),
        reason="wave",
    )
    same = record_decision(
        room,
        OPERATOR,
        actor("director", "A"),
        "=Opened 6 beds",
        expected=Expected(0.6, 0.2, 6, "beds"),
    )
    assert same == line
    record_decision(room, OPERATOR, actor("director", "A"), "5 were opened", of=line.number)
    newest, first = list_decisions(room, OPERATOR)
    assert (newest.line.act, newest.line.of) == ("outcome", line.number)
    assert first.outcome == "5 were opened"
    assert first.address == f"/places/A?release={release_in_force(room)}"
    rows = list(
        csv.DictReader(io.StringIO(to_csv(DECISION_COLUMNS, decision_rows(room, OPERATOR))))
    )
    assert rows[1]["text"] == "'=Opened 6 beds", "no spreadsheet runs it"
    assert (rows[1]["receiver_before"], rows[1]["role"]) == ("0.6", "duty of A")
    for wrong, told in (
        (lambda: Expected(1.2), "a share from 0 to 1"),
        (lambda: Expected(quantity=6), "needs its unit"),
        (lambda: record_decision(room, OPERATOR, actor("x"), " "), "Say what was decided"),
        (lambda: record_decision(room, OPERATOR, actor("x"), "x", of=99), "No decision number 99"),
    ):
        with pytest.raises((BadData, NotFound), match=told):
            wrong()


def _accept_in_process(folder: str, account: str, code: str, place: str, answers) -> None:
    room = opened(Path(folder))
    try:
        do(room, StepKind.ACCEPT, code, account, place)
        answers.put("accepted")
    except Conflict as error:
        answers.put(str(error))


def test_of_two_people_who_race_one_is_told_that_the_other_was_faster(room: Room) -> None:
    move = first_move(room)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    racing = [
        context.Process(
            target=_accept_in_process,
            args=(str(room.folder), account, move.code, "A", answers),
        )
        for account in ("ann", "bob")
    ]
    for each in racing:
        each.start()
    told = sorted(answers.get(timeout=60) for _ in racing)
    for each in racing:
        each.join()
    assert told[1] == "accepted"
    assert '"A" has accepted this move already, by' in told[0]
    assert len(list_decisions(room, OPERATOR)) == 1


def test_edits_that_race_together_keep_to_the_stock(room: Room) -> None:
    """Each alone would be fine; both together would ask too much of the sender."""
    keys = [MoveKey("products", "masks", "B", to, LAST_DAY + timedelta(days=2)) for to in "AC"]

    def add(key: MoveKey) -> str:
        try:
            add_move(room, OPERATOR, key, 300, actor("eve"))
        except BadData as error:
            return str(error)
        return "added"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(add, keys))
    assert told[1] == "added", told
    assert "of other open moves" in told[0]


def test_a_refused_way_is_not_proposed_again_and_a_new_decision_makes_a_new_run(
    planned: Path, tmp_path: Path
) -> None:
    folder = copy_of(planned, tmp_path / "room")
    room = opened(folder)
    move = first_move(room)
    before = release_in_force(room)
    assert run_cycle(room, OPERATOR).release == before, "nothing new, the same run"

    do(room, StepKind.REFUSE, move.code, "ann", move.from_place, reason="stock is recounted")
    assert run_cycle(room, OPERATOR).release != before
    again = [line.move for line in list_moves(room, OPERATOR).moves if not line.is_kept]
    assert again, "another place helps"
    assert move.from_place not in {each.from_place for each in again}

    (other,) = [each for each in again if each.to_place == "A"][:1]
    for account, place in (("ann", other.from_place), ("bob", "A")):
        do(room, StepKind.ACCEPT, other.code, account, place)
    run_cycle(room, OPERATOR)
    proposed = [line for line in list_moves(room, OPERATOR).moves if not line.is_kept]
    assert sum(line.move.quantity for line in proposed) < other.quantity, "it is counted on"
