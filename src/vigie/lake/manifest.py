"""The release: one immutable record that lists the very files a reader opens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from vigie.lake.files import DataFile

__all__ = ["ChartFile", "Manifest", "TableFiles"]


@dataclass(frozen=True, slots=True)
class TableFiles:
    """What a release says of one table: its schema by field id, and its files."""

    name: str
    fields: tuple[tuple[int, str, str], ...]
    files: tuple[DataFile, ...]


@dataclass(frozen=True, slots=True)
class ChartFile:
    """A picture drawn for a release: its name, its path relative to the lake, length, SHA-256."""

    name: str
    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A release, before anybody publishes it.

    Attributes:
        run: key of the run that made it.
        as_of: day whose knowledge it holds.
        known_until: facts with known_at up to this instant were read.
        made_at: UTC instant of making.
        code_version: version of Vigie.
        folder_sha256: hash of the room's declarations.
        models: name of the model used, per purpose.
        tables: files per table.
        charts: pictures.
        notes: short facts shown with it (feeds in force, checks, coverage).
    """

    run: str
    as_of: date
    known_until: datetime
    made_at: datetime
    code_version: str
    folder_sha256: str
    models: Mapping[str, str]
    tables: tuple[TableFiles, ...]
    charts: tuple[ChartFile, ...]
    notes: Mapping[str, str]

    def table(self, name: str) -> tuple[DataFile, ...]:
        """Files of a table; none when the release does not hold it."""
        for each in self.tables:
            if each.name == name:
                return each.files
        return ()

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, UTF-8. Its hash is the release id."""
        body = {
            "format": 1,
            "run": self.run,
            "as_of": self.as_of.isoformat(),
            "known_until": _instant(self.known_until),
            "made_at": _instant(self.made_at),
            "code_version": self.code_version,
            "folder_sha256": self.folder_sha256,
            "models": dict(self.models),
            "notes": dict(self.notes),
            "charts": [
                {"name": c.name, "path": c.path, "bytes": c.bytes, "sha256": c.sha256}
                for c in self.charts
            ],
            "tables": [
                {
                    "name": t.name,
                    "fields": [list(field) for field in t.fields],
                    "files": [
                        {
                            "path": f.path,
                            "rows": f.rows,
                            "bytes": f.bytes,
                            "sha256": f.sha256,
                            "partition": f.partition,
                        }
                        for f in t.files
                    ],
                }
                for t in self.tables
            ],
        }
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def sha256(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @property
    def release(self) -> str:
        """Short id: the day and the first 12 hex digits of the hash."""
        return f"{self.as_of.isoformat()}-{self.sha256[:12]}"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read a manifest back; the inverse of ``to_json``."""
        body = json.loads(text)
        return cls(
            run=body["run"],
            as_of=date.fromisoformat(body["as_of"]),
            known_until=datetime.fromisoformat(body["known_until"]),
            made_at=datetime.fromisoformat(body["made_at"]),
            code_version=body["code_version"],
            folder_sha256=body["folder_sha256"],
            models=body["models"],
            notes=body["notes"],
            charts=tuple(ChartFile(**each) for each in body["charts"]),
            tables=tuple(_table(each) for each in body["tables"]),
        )


def _table(body: Mapping[str, object]) -> TableFiles:
    fields = body["fields"]
    files = body["files"]
    assert isinstance(fields, Sequence) and isinstance(files, Sequence)
    return TableFiles(
        name=str(body["name"]),
        fields=tuple((int(f[0]), str(f[1]), str(f[2])) for f in fields),
        files=tuple(DataFile(f["path"], f["rows"], f["bytes"], f["partition"]) for f in files),
    )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
