"""Releases: list, show, compare, publish. Going back is publishing an older one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from vigie.actions.rooms.auditing import admit, record
from vigie.actions.rooms.damage import relation
from vigie.actions.rooms.dataset_tables import table_of
from vigie.actions.rooms.room import Room
from vigie.errors import NotFound, nearest
from vigie.governance import Action, Caller
from vigie.lake import Manifest
from vigie.schemas import Table

__all__ = [
    "ReleaseChange",
    "ReleaseLine",
    "diff_releases",
    "list_releases",
    "manifest_of",
    "publish_release",
    "release_in_force",
    "show_release",
]


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release in a list."""

    release: str
    as_of: date
    made_at: datetime
    state: str
    run: str


@dataclass(frozen=True, slots=True)
class ReleaseChange:
    """How one table differs between two releases.

    Attributes:
        table: its name.
        rows_before, rows_after: numbers of rows.
        added, removed, changed: rows by key; changed rows differ in a value.
        examples: some of the changed rows in order of their keys, one line each.
    """

    table: str
    rows_before: int
    rows_after: int
    added: int
    removed: int
    changed: int
    examples: tuple[str, ...]


def list_releases(room: Room, caller: Caller) -> list[ReleaseLine]:
    """All releases, newest first, with their state: in force, published, draft."""
    admit(room, caller, Action.READ, "releases")
    with room.state.read() as tx:
        rows = tx.releases()
        publications = tx.publications()
    in_force = publications[0].release if publications else None
    published = {each.release for each in publications}
    lines = []
    for row in rows:
        state = "draft"
        if row.release == in_force:
            state = "in force"
        elif row.release in published:
            state = "published before"
        lines.append(ReleaseLine(row.release, row.as_of, row.made_at, state, row.run))
    return lines


def release_in_force(room: Room) -> str | None:
    """Id of the release in force, None before the first."""
    with room.state.read() as tx:
        publication = tx.in_force()
    return None if publication is None else publication.release


def manifest_of(room: Room, release: str) -> Manifest:
    """The manifest of a release, by its id or an unambiguous beginning or end of it.

    Raises:
        NotFound: there is none; the message lists the nearest.
    """
    with room.state.read() as tx:
        row = tx.release(release)
        rows = [] if row is not None else tx.releases()
    if row is None:
        names = [each.release for each in rows]
        matches = [n for n in names if n.startswith(release) or n.endswith(release)]
        if len(matches) != 1:
            raise NotFound(
                f'No release "{release}". Nearest: {nearest(release, names) or "none yet"}. '
                "List them with: vigie release list"
            )
        row = next(each for each in rows if each.release == matches[0])
    return Manifest.from_json(row.manifest)


def show_release(room: Room, caller: Caller, release: str | None) -> Manifest:
    """The manifest of a release (None: the one in force).

    Raises:
        NotFound: no such release, or none in force yet.
    """
    admit(room, caller, Action.READ, "releases")
    key = release or release_in_force(room)
    if key is None:
        raise NotFound("No release is in force yet. Make one with: vigie run")
    return manifest_of(room, key)


def publish_release(room: Room, caller: Caller, release: str, reason: str) -> str:
    """Put a release in force, a draft or an older one; its id.

    Raises:
        NotFound: no such release.
        DamagedFile: a file of it is not what was written; it stays as it is.
    """
    decision = admit(room, caller, Action.PUBLISH, release)
    with room.writing():
        manifest = manifest_of(room, release)
        for each in manifest.tables:
            if each.name != "path_arrays":
                relation(room, table_of(manifest, each.name), each.files)
        with room.state.write("a publication") as tx:
            tx.publish(manifest.release, actor=caller.name, reason=reason, now=room.now())
            record(tx, decision, release=manifest.release, manifest=manifest.sha256)
    return manifest.release


def diff_releases(
    room: Room, caller: Caller, before: str | None, after: str
) -> list[ReleaseChange]:
    """How the tables of two releases differ (before None: the one in force).

    Raises:
        NotFound: a release does not exist.
    """
    admit(room, caller, Action.READ, "releases")
    old = show_release(room, caller, before)
    new = manifest_of(room, after)
    names = sorted({t.name for t in old.tables} | {t.name for t in new.tables})
    return [_diff(room, name, old, new) for name in names if name != "path_arrays"]


def _diff(room: Room, name: str, old: Manifest, new: Manifest) -> ReleaseChange:
    before, after = old.table(name), new.table(name)
    rows = (sum(f.rows for f in before), sum(f.rows for f in after))
    if {f.path for f in before} == {f.path for f in after}:
        return ReleaseChange(name, *rows, 0, 0, 0, ())
    of = _table_of_both(name, old, new)
    if of.role == "fact":
        # Facts share most files: rows of the files that differ are all that can differ.
        shared = {f.path for f in before} & {f.path for f in after}
        before = tuple(f for f in before if f.path not in shared)
        after = tuple(f for f in after if f.path not in shared)
    relations = relation(room, of, before), relation(room, of, after)
    if not of.key:
        added, removed = _diff_whole_rows(room, *relations)
        return ReleaseChange(name, *rows, added, removed, 0, ())
    added, removed, changed, examples = _diff_by_key(room, of, *relations)
    return ReleaseChange(name, *rows, added, removed, changed, examples)


def _table_of_both(name: str, old: Manifest, new: Manifest) -> Table:
    """The table that reads both: as it is in the newer release, else as it was."""
    holder = new if any(each.name == name for each in new.tables) else old
    return table_of(holder, name)


def _diff_whole_rows(room: Room, before: str, after: str) -> tuple[int, int]:
    """Rows added and removed of a table without a key (a dataset)."""
    sql = f"""
    SELECT (SELECT count(*) FROM (SELECT * FROM {after} EXCEPT ALL SELECT * FROM {before})),
           (SELECT count(*) FROM (SELECT * FROM {before} EXCEPT ALL SELECT * FROM {after}))
    """
    added, removed = (column[0].as_py() for column in room.engine.query(sql).columns)
    return int(added), int(removed)


def _diff_by_key(
    room: Room, of: Table, before: str, after: str
) -> tuple[int, int, int, tuple[str, ...]]:
    """Rows added, removed and changed by key, and some of the changes."""
    key = [c for c in of.key if c != "run"] + (["known_at"] if of.role == "fact" else [])
    values = [c for c in of.names if c not in {*key, "run", "arrival"}]
    on = " AND ".join(f'o."{c}" IS NOT DISTINCT FROM n."{c}"' for c in key)
    differs = " OR ".join(f'o."{c}" IS DISTINCT FROM n."{c}"' for c in values) or "false"
    shown = ", ".join(f'\'{c}\', coalesce(n."{c}", o."{c}")' for c in key)
    moved = ", ".join(f'\'{c}\', json_array(o."{c}", n."{c}")' for c in values)
    sql = f"""
    WITH joined AS (
        SELECT o."{key[0]}" IS NULL AS is_added, n."{key[0]}" IS NULL AS is_removed,
               {differs} AS is_changed, json_object({shown}) AS k, json_object({moved}) AS v
        FROM {before} AS o FULL JOIN {after} AS n ON {on}
    )
    SELECT count(*) FILTER (is_added) AS added, count(*) FILTER (is_removed) AS removed,
           count(*) FILTER (is_changed AND NOT is_added AND NOT is_removed) AS changed,
           list([k, v] ORDER BY k::VARCHAR)
               FILTER (is_changed AND NOT is_added AND NOT is_removed) [:5] AS examples
    FROM joined
    """
    row = room.engine.query(sql).to_pylist()[0]
    examples = tuple(_example(pair) for pair in row["examples"] or ())
    return row["added"], row["removed"], row["changed"], examples


def _example(pair: list[str]) -> str:
    key, values = (json.loads(each) for each in pair)
    where = ", ".join(str(v) for v in key.values() if v not in (None, ""))
    moves = [f"{c}: {v[0]} -> {v[1]}" for c, v in values.items() if v[0] != v[1]]
    return f"{where}: " + "; ".join(moves)
