"""Rooms that many tests share: one that has a release, made once, and copies to work in."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.plan_room import make_plan_room
from tests.rooms import NEXT_DAY, OPERATOR, open_at, send_first_days, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.rooms.compiled_loops import loops_name
from vigie.actions.rooms.room import Room

# Compiled code is kept between runs, in a place named after the code.
_KEPT = Path(tempfile.gettempdir()) / f"vigie-compiled-{loops_name()}"
os.environ.setdefault("NUMBA_CACHE_DIR", str(_KEPT))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what their module makes once go to one process, which makes it once."""
    for item in items:
        if item.get_closest_marker("xdist_group") or not isinstance(item, pytest.Function):
            continue
        module = item.nodeid.split("::")[0]
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        if any(one.scope == "module" and one.baseid == module for each in fixtures for one in each):
            item.add_marker(pytest.mark.xdist_group(module))


@pytest.fixture(scope="session")
def released_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room of three hospitals with four weeks of figures and one release: to read only."""
    folder = write_room(tmp_path_factory.mktemp("released") / "room")
    room = open_at(folder)
    send_first_days(room)
    run_cycle(room, OPERATOR)
    return folder


@pytest.fixture
def folder(released_folder: Path, tmp_path: Path) -> Path:
    """A copy of that room, to change."""
    return Path(shutil.copytree(released_folder, tmp_path / "room"))


@pytest.fixture
def room(folder: Path) -> Room:
    """The copy, opened on the day after its release."""
    return open_at(folder, NEXT_DAY)


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room whose release has a plan: to copy, not to change."""
    return make_plan_room(tmp_path_factory.mktemp("planned") / "room")
