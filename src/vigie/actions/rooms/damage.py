"""Files of releases: whole, damaged or expired; damage names the releases it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigie.actions.rooms.room import Room
from vigie.errors import DamagedFile, NotFound
from vigie.lake import ChartFile, DataFile, Manifest
from vigie.schemas import PATH_ARRAYS, Table

__all__ = [
    "KEPT_PATHS",
    "Damage",
    "kept_manifests",
    "relation",
    "releases_with_paths",
    "require_paths",
    "scrub",
]

KEPT_PATHS = 7
"""Releases whose sample paths are kept; of older ones the paths expire, all else stays."""

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what was written.

    Attributes:
        path: relative to the lake.
        table: name of its table, "charts" for a picture.
        releases: that hold it, newest first.
        message: what is wrong, what it concerns, and the way back.
    """

    path: str
    table: str
    releases: tuple[str, ...]
    message: str


def kept_manifests(room: Room) -> list[Manifest]:
    """Manifests of all kept releases, drafts included, newest first."""
    with room.state.read() as tx:
        rows = tx.releases()
    return [Manifest.from_json(row.manifest) for row in rows]


def releases_with_paths(room: Room, manifests: Sequence[Manifest]) -> frozenset[str]:
    """Releases whose sample paths are kept: the newest ones and the one in force."""
    with room.state.read() as tx:
        in_force = tx.in_force()
    newest = {each.release for each in manifests[:KEPT_PATHS]}
    return frozenset(newest | ({in_force.release} if in_force else set()))


def relation(room: Room, of: Table, files: Sequence[DataFile]) -> str:
    """SQL of the rows in files of the lake, each verified once per process.

    Raises:
        DamagedFile: a file is not what was written; names the file, the table, the releases
            that hold it and the way back.
    """
    try:
        return room.lake.relation(of, files)
    except DamagedFile as error:
        damaged = next((file for file in files if file.path in str(error)), None)
        if damaged is None:
            raise
        holders = _holders(kept_manifests(room)).get(damaged.path, ())
        raise DamagedFile(_told(str(error), damaged.path, holders)) from error


def require_paths(room: Room, manifest: Manifest) -> None:
    """Say so when the sample paths of an old release have expired.

    Raises:
        NotFound: they have; the message says what stays and how to make them again.
    """
    files = manifest.table(PATH_ARRAYS.name)
    if all((room.lake.root / file.path).exists() for file in files):
        return
    if manifest.release in releases_with_paths(room, kept_manifests(room)):
        return
    raise NotFound(
        f"The sample paths of release {manifest.release} have expired: they are kept of the newest "
        f"{KEPT_PATHS} releases. Its figures, forecasts, shortages and plan stay. To make its "
        f"paths again: vigie run --as-of {manifest.as_of} --draft"
    )


def scrub(room: Room) -> tuple[int, list[Damage]]:
    """Hash every file of every kept release again: how many, and the damaged ones."""
    manifests = kept_manifests(room)
    holders = _holders(manifests)
    with_paths = releases_with_paths(room, manifests)
    files: dict[str, DataFile] = {}
    charts: dict[str, ChartFile] = {}
    for manifest in manifests:
        for table in manifest.tables:
            is_expired = table.name == PATH_ARRAYS.name and manifest.release not in with_paths
            if not is_expired:
                files |= {file.path: file for file in table.files}
        charts |= {chart.path: chart for chart in manifest.charts}
    found = [
        Damage(
            file.path,
            file.path.split("/")[1],
            holders[file.path],
            _told(str(error), file.path, holders[file.path]),
        )
        for file, error in room.lake.scrub([files[path] for path in sorted(files)])
    ]
    for path in sorted(charts):
        try:
            room.lake.read_chart(charts[path])
        except DamagedFile as error:
            told = _told(str(error), path, holders[path])
            found.append(Damage(path, "charts", holders[path], told))
    return len(files) + len(charts), found


def _holders(manifests: Sequence[Manifest]) -> Mapping[str, tuple[str, ...]]:
    """Releases by the path of a file that they hold."""
    found: dict[str, list[str]] = {}
    for manifest in manifests:
        paths = {file.path for table in manifest.tables for file in table.files}
        paths |= {chart.path for chart in manifest.charts}
        for path in paths:
            found.setdefault(path, []).append(manifest.release)
    return {path: tuple(releases) for path, releases in found.items()}


def _told(message: str, path: str, releases: Sequence[str]) -> str:
    named = ", ".join(releases[:_NAMED]) or "none yet"
    more = f" and {len(releases) - _NAMED} more" if len(releases) > _NAMED else ""
    return (
        f"{message} Releases concerned: {named}{more}. One file alone comes back by copying "
        f".vigie/lake/{path} from the same place in a backup."
    )
