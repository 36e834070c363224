"""The one decision: the local operator and nobody else, with a reason that can be shown."""

from datetime import UTC, datetime

import pytest

from vigie.errors import AccessRefused
from vigie.governance import Action, Caller, decide

NOW = datetime(2021, 1, 31, 7, tzinfo=UTC)
OPERATOR = Caller("local operator", "crisis-management", is_local_operator=True)


@pytest.mark.parametrize("action", Action)
def test_the_local_operator_may_do_every_act(action: Action) -> None:
    decision = decide(OPERATOR, action, "beds", now=NOW)

    decision.require()
    assert (decision.is_allowed, decision.decided_at, decision.subject) == (True, NOW, "beds")


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("name", ["local operator", "admin", ""])
def test_a_name_opens_nothing(action: Action, name: str) -> None:
    decision = decide(Caller(name, "crisis-management"), action, "beds", now=NOW)

    assert not decision.is_allowed
    with pytest.raises(AccessRefused) as caught:
        decision.require()
    assert str(caught.value) == decision.reason


def test_a_refusal_says_who_what_why_and_whom_to_ask() -> None:
    decision = decide(Caller("visitor", "curiosity"), Action.EXPORT, "movements", now=NOW)

    assert decision.reason == (
        'Refused: visitor may not export "movements" for purpose "curiosity". No agreement is '
        "published in this room; only its local operator can act. Ask the operator."
    )
