"""The format of the state goes forward with a newer Vigie, and back; an older one refuses it.

The newer Vigie is this one, copied, with one more migration: a real process runs it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import vigie
from vigie.errors import Conflict
from vigie.state import DecisionRow, State

NOW = datetime(2020, 3, 1, 6, tzinfo=UTC)
_NEXT = '''"""One more column, as a later Vigie might add."""
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("runs") as table:
        table.add_column(sa.Column("minutes", sa.Float))


def downgrade() -> None:
    with op.batch_alter_table("runs") as table:
        table.drop_column("minutes")
'''


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A folder with a Vigie whose state has one more format."""
    package = Path(vigie.__file__).parent
    copy = tmp_path / "newer" / "vigie"
    for part in ("__init__.py", "errors.py", "durable", "state"):
        target = copy / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (package / part).is_dir():
            shutil.copytree(package / part, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(package / part, target)
    versions = copy / "state" / "migrations" / "versions"
    (versions / "0004_more.py").write_text(_NEXT, encoding="utf-8")
    return copy.parent


def migrate_with(newer: Path, database: Path, revision: str) -> None:
    code = (
        "import sys; from pathlib import Path; from vigie.state import State; "
        "State(Path(sys.argv[1])).migrate(sys.argv[2])"
    )
    environment = {**os.environ, "PYTHONPATH": str(newer), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", code, str(database), revision]
    subprocess.run(command, env=environment, check=True)


def test_the_state_goes_to_a_newer_format_and_back_with_all_it_holds(
    newer: Path, tmp_path: Path
) -> None:
    database = tmp_path / "state.db"
    State(database).migrate()
    with State(database).write("something to keep") as tx:
        tx.remember("kept", "still here")
        tx.post("alert", "key", b"payload", now=NOW)

    migrate_with(newer, database, "head")
    assert State(database).revision() == "0004"
    with pytest.raises(Conflict, match=r"state format 0004; this Vigie knows up to 0003"):
        State(database).migrate()

    migrate_with(newer, database, "0003")
    state = State(database)
    state.migrate()
    assert state.revision() == "0003"
    with state.read() as tx:
        assert tx.recall("kept") == "still here"
        assert [row.payload for row in tx.outbox()] == [b"payload"]


def test_a_migration_that_fails_halfway_leaves_the_format_before(
    newer: Path, tmp_path: Path
) -> None:
    database = tmp_path / "state.db"
    State(database).migrate()
    step = newer / "vigie/state/migrations/versions/0004_more.py"
    broken = 'op.create_table("half", sa.Column("a", sa.Integer))\n    raise RuntimeError'
    start = _NEXT.index('with op.batch_alter_table("runs") as table:\n        table.add')
    step.write_text(_NEXT[:start] + broken + _NEXT[_NEXT.index("\n\n\ndef down") :], "utf-8")

    with pytest.raises(subprocess.CalledProcessError):
        migrate_with(newer, database, "head")

    state = State(database)
    state.migrate()
    assert state.revision() == "0003"
    with sqlite3.connect(database) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert "half" not in names
    assert "runs" in names


def test_the_tables_of_a_new_database_are_those_that_the_code_reads(tmp_path: Path) -> None:
    import sqlalchemy as sa

    from vigie.state.tables import METADATA

    state = State(tmp_path / "state.db")
    state.migrate()
    found = sa.inspect(sa.create_engine(f"sqlite:///{tmp_path / 'state.db'}"))
    for table in METADATA.sorted_tables:
        columns = {each["name"] for each in found.get_columns(table.name)}
        assert columns == set(table.columns.keys()), table.name


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")
    state.migrate()
    state.migrate()
    assert state.revision() == "0003"


def test_decisions_are_kept_aside_on_the_way_back_and_never_changed(tmp_path: Path) -> None:
    database = tmp_path / "state.db"
    state = State(database)
    state.migrate()
    line = DecisionRow("key", NOW, "operator", "duty-a", "duty", "A", "r-1", "record", text="it")
    with state.write("a decision") as tx:
        assert tx.add_decision(line).number == 1
        assert tx.add_decision(line).number == 1, "the same key twice is one line"

    state.migrate("0001")
    state.migrate()

    with state.read() as tx:
        assert [row.text for row in tx.decisions()] == ["it"]
    with sqlite3.connect(database) as connection:
        for statement in ("UPDATE decisions SET text = 'other'", "DELETE FROM decisions"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
                connection.execute(statement)
    connection.close()
