"""Migrations of the state database by Alembic, run from code: there is no alembic.ini."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from vigie.errors import Conflict

__all__ = ["current", "migrate"]


def migrate(engine: sa.Engine, revision: str) -> None:
    """Upgrade or downgrade to a revision, in one transaction: all of it or nothing.

    Raises:
        Conflict: the file's revision is unknown: a newer Vigie wrote it.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    known = [each.revision for each in script.walk_revisions()]
    now = current(engine)
    if now is not None and now not in known:
        raise Conflict(
            f"This room has state format {now}; this Vigie knows up to {known[0]}. Upgrade Vigie, "
            "or downgrade the room with the newer one (vigie doctor --format-back FORMAT)."
        )
    target = known[0] if revision == "head" else revision
    if now == target:
        return
    is_back = now is not None and known.index(target) > known.index(now)
    with _keys_unwatched(engine) as connection, connection.begin():
        config.attributes["connection"] = connection
        (command.downgrade if is_back else command.upgrade)(config, target)
        assert not connection.exec_driver_sql("PRAGMA foreign_key_check").all()


@contextmanager
def _keys_unwatched(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection on which a table may be dropped and made anew while others point to it.

    SQLite allows to say so outside a transaction only: https://sqlite.org/lang_altertable.html.
    """
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            yield connection
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def current(engine: sa.Engine) -> str | None:
    """Revision of the file, None when it has no tables yet."""
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
