"""The room with a plan, made once for all tests of decisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plan_room import make_plan_room


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room whose release has a plan: to copy, not to change."""
    return make_plan_room(tmp_path_factory.mktemp("planned") / "room")
