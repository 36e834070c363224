"""No way leads to a sent move but by both sites and a second person."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import AccessRefused, BadData, Conflict, VigieError
from vigie.planning import (
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

DAY = date(2020, 11, 12)
KEY = MoveKey("products", "masks", "A", "B", DAY)


def actor(account: str, place: str = "") -> Actor:
    return Actor(account, "role", place)


def accepted() -> MoveState:
    return state_after(
        proposed(KEY, 100),
        [
            Step(StepKind.ACCEPT, actor("ann", "A")),
            Step(StepKind.ACCEPT, actor("bob", "B")),
        ],
    )


STEPS = st.builds(
    Step,
    st.sampled_from([kind for kind in StepKind if kind is not StepKind.PROPOSE]),
    st.builds(
        actor, st.sampled_from(["ann", "Ann ", "bob", "eve"]), st.sampled_from(["A", "B", "C", ""])
    ),
    st.sampled_from([None, 0.0, 50.0, 100.0]),
    st.sampled_from([None, DAY, date(2020, 11, 13)]),
    st.sampled_from(["", "a reason"]),
)


@given(st.lists(STEPS, max_size=40), st.booleans())
def test_what_is_sent_was_accepted_by_both_sites_and_approved_by_a_second_person(
    steps: list[Step], is_added: bool
) -> None:
    """The slow and obvious version: the history is read, not the state."""
    adder = actor("eve") if is_added else None
    state, done = proposed(KEY, 100, adder), list[Step]()
    for step in steps:
        try:
            state = take_step(state, step)
        except VigieError:
            continue
        done.append(step)
    if not any(step.kind is StepKind.SEND for step in done):
        assert state.stage not in (Stage.SENT, Stage.ARRIVED)
        return
    changed = [n for n, step in enumerate(done) if step.kind is StepKind.EDIT]
    since = done[changed[-1] + 1 :] if changed else done
    by_site = {s.actor.place: s.actor.person for s in since if s.kind is StepKind.ACCEPT}
    assert set(by_site) == {"A", "B"}
    assert by_site["A"] != by_site["B"]
    (approver,) = [s.actor.person for s in since if s.kind is StepKind.APPROVE]
    touched = {s.actor.person for s in done if s.kind in (StepKind.ACCEPT, StepKind.EDIT)}
    assert approver not in touched | ({"eve"} if is_added else set())
    kinds = [step.kind for step in since]
    assert kinds.index(StepKind.APPROVE) < kinds.index(StepKind.SEND)


@given(st.lists(STEPS, max_size=40))
def test_an_ended_move_stays_as_it_ended_and_says_why(steps: list[Step]) -> None:
    state = proposed(KEY, 100)
    for step in steps:
        before = state
        try:
            state = take_step(state, step)
        except VigieError:
            continue
        assert before.is_open
    if state.stage in (Stage.REFUSED, Stage.CANCELLED):
        assert state.reason
    assert bool(next_steps(state)) == state.is_open


@pytest.mark.parametrize(
    ("state", "step", "error", "told"),
    [
        (proposed(KEY, 1), Step(StepKind.ACCEPT, actor("ann", "C")), AccessRefused, '"A" sends'),
        (proposed(KEY, 1), Step(StepKind.ACCEPT, actor("ann")), AccessRefused, "the network"),
        (
            proposed(KEY, 1),
            Step(StepKind.APPROVE, actor("eve")),
            Conflict,
            '"A" and "B" must accept it first',
        ),
        (accepted(), Step(StepKind.ACCEPT, actor("eve", "A")), Conflict, "This move is accepted"),
        (accepted(), Step(StepKind.APPROVE, actor("ＡＮＮ")), AccessRefused, "a second person"),
        (accepted(), Step(StepKind.SEND, actor("eve")), Conflict, "only a move that is approved"),
        (accepted(), Step(StepKind.REFUSE, actor("ann", "A")), BadData, "Say why"),
        (accepted(), Step(StepKind.CANCEL, actor("x", "C"), reason="x"), AccessRefused, "no part"),
        (accepted(), Step(StepKind.EDIT, actor("x"), quantity=0), BadData, "above 0"),
        (accepted(), Step(StepKind.EDIT, actor("x"), quantity=100), BadData, "Nothing would"),
    ],
)
def test_a_refused_step_says_which_rule_and_who_may(
    state: MoveState, step: Step, error: type[VigieError], told: str
) -> None:
    with pytest.raises(error, match=told):
        take_step(state, step)


def test_one_person_does_not_accept_for_both_sites() -> None:
    state = take_step(proposed(KEY, 1), Step(StepKind.ACCEPT, actor("ann", "A")))
    with pytest.raises(AccessRefused, match="for the other site"):
        take_step(state, Step(StepKind.ACCEPT, actor(" Ann", "B")))


def test_an_edit_asks_both_sites_again_and_its_editor_cannot_approve() -> None:
    state = take_step(accepted(), Step(StepKind.EDIT, actor("eve"), quantity=50))
    assert (state.stage, state.quantity) == (Stage.PROPOSED, 50)
    assert [place for _, place in next_steps(state)] == ["A", "B"]
    state = take_step(state, Step(StepKind.ACCEPT, actor("ann", "A")))
    state = take_step(state, Step(StepKind.ACCEPT, actor("bob", "B")))
    with pytest.raises(AccessRefused):
        take_step(state, Step(StepKind.APPROVE, actor("eve")))
    assert take_step(state, Step(StepKind.APPROVE, actor("joe"))).stage is Stage.APPROVED


def test_only_the_receiver_says_what_arrived() -> None:
    state = state_after(
        accepted(), [Step(StepKind.APPROVE, actor("joe")), Step(StepKind.SEND, actor("joe"))]
    )
    with pytest.raises(AccessRefused, match='"B" receives'):
        take_step(state, Step(StepKind.ARRIVE, actor("ann", "A"), quantity=90))
    with pytest.raises(BadData, match="how much really came"):
        take_step(state, Step(StepKind.ARRIVE, actor("bob", "B")))
    after = take_step(state, Step(StepKind.ARRIVE, actor("bob", "B"), quantity=0))
    assert (after.stage, after.arrived_quantity) == (Stage.ARRIVED, 0)


def test_a_move_needs_a_quantity_and_two_places() -> None:
    with pytest.raises(BadData, match="above 0"):
        proposed(KEY, float("nan"))
    with pytest.raises(BadData, match="to itself"):
        proposed(MoveKey("products", "masks", "A", "A", DAY), 1)
    with pytest.raises(BadData, match="who decides"):
        actor("  ")


def test_the_code_is_the_same_for_the_same_move_only() -> None:
    assert KEY.code() == MoveKey("products", "masks", "A", "B", DAY).code()
    others = [
        MoveKey("products", "masks", "B", "A", DAY),
        MoveKey("products", "mask", "sA", "B", DAY),
        MoveKey("products", "masks", "A", "B", date(2020, 11, 13)),
    ]
    assert len({KEY.code(), *(each.code() for each in others)}) == 4
