"""A room goes to a newer Vigie and back with its releases; the older one refuses it meanwhile.

The newer Vigie is this one, copied, with one more migration of the state, in a process of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import vigie
from tests.integration.small_room import (
    LAST_DAY,
    figures,
    make_room,
    open_small,
    run_days,
    send_all,
)
from vigie.errors import Conflict

_NEXT = '''"""One more column, as a later Vigie might add."""
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("releases") as table:
        table.add_column(sa.Column("remark", sa.String))


def downgrade() -> None:
    with op.batch_alter_table("releases") as table:
        table.drop_column("remark")
'''


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A folder with the newer Vigie."""
    target = tmp_path / "newer" / "vigie"
    source = Path(vigie.__file__).parent
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    migration = target / "state/migrations/versions/0004_remark.py"
    migration.write_text(_NEXT, encoding="utf-8")
    return target.parent


def command(newer: Path, *words: str) -> str:
    """What the newer Vigie's command says."""
    code = "from vigie.bootstrap import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(newer), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout


def test_a_room_goes_up_and_back_and_its_releases_are_equal(newer: Path, tmp_path: Path) -> None:
    folder = make_room(tmp_path / "room")
    room = open_small(folder)
    send_all(room, tmp_path / "sent")
    (released,) = run_days(room, LAST_DAY)
    before = figures(room)

    command(newer, "check", str(folder))
    with pytest.raises(Conflict, match="state format 0004; this Vigie knows up to 0003"):
        open_small(folder)

    told = command(newer, "doctor", "--format-back", "0003", "--room", str(folder))
    assert "format 0003" in told
    room = open_small(folder)
    assert figures(room) == before
    (again,) = run_days(room, LAST_DAY)
    assert again.release == released.release
