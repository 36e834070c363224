"""Unpacks gzip and zip files within bounds, and recognises what a file is by its first bytes."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from vigie.errors import BadData

__all__ = [
    "BOMB_RATIO",
    "MAX_BYTES",
    "SMALL_BYTES",
    "BombFound",
    "PackedFile",
    "check_bounds",
    "content_kind",
    "unpack",
    "workbook_bounds",
]

MAX_BYTES = 8 << 30
SMALL_BYTES = 64 << 20
BOMB_RATIO = 200
_CHUNK = 1 << 20


class BombFound(BadData):
    """A packed file that unpacks to far more than its size, or beyond what is taken."""


def content_kind(path: Path) -> str:
    """What a file is: empty, gzip, zip, excel, parquet, web page or text (also: anything else)."""
    with path.open("rb") as stream:
        head = stream.read(512)
    if not head:
        return "empty"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "excel"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return "excel" if _is_workbook(path) else "zip"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "web page" if start.startswith((b"<!doctype html", b"<html")) else "text"


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


class PackedFile:
    """Reads the bytes inside a gzip or zip file, counting them."""

    def __init__(self, path: Path, name: str, *, max_bytes: int = MAX_BYTES) -> None:
        """Args:
        path: the file.
        name: what messages call it.
        max_bytes: more unpacked bytes are refused.
        """
        self._path = path
        self._name = name
        self._max = max_bytes
        self._packed = path.stat().st_size

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes in pieces of at most 1 MiB.

        Raises:
            BadData: truncated, damaged, protected by a password, or not exactly one file inside.
            BombFound: more than max_bytes, or more than 200 times the packed size and 64 MiB.
        """
        try:
            if content_kind(self._path) == "gzip":
                with gzip.open(self._path) as stream:
                    yield from self._bounded(stream)
            else:
                with (
                    zipfile.ZipFile(self._path) as archive,
                    closing(self._member(archive)) as member,
                ):
                    yield from self._bounded(member)
        except EOFError as error:
            raise BadData(f"{self._name}: the packed file is cut off. Send it again.") from error
        except (OSError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise BadData(f"{self._name}: the packed file is damaged. Send it again.") from error

    def _member(self, archive: zipfile.ZipFile) -> zipfile.ZipExtFile:
        members = [
            each
            for each in archive.infolist()
            if not each.is_dir() and not each.filename.startswith("__MACOSX/")
        ]
        if len(members) != 1:
            raise BadData(
                f"{self._name}: the zip holds {len(members)} files, and one is expected. "
                "Send each file on its own."
            )
        if members[0].flag_bits & 1:
            raise BadData(f"{self._name}: the zip is protected by a password. Send it without.")
        member = archive.open(members[0])
        assert isinstance(member, zipfile.ZipExtFile)
        return member

    def _bounded(self, stream: zipfile.ZipExtFile | gzip.GzipFile) -> Iterator[bytes]:
        total = 0
        # read1 gives what a truncated file still holds; read would lose it
        while chunk := stream.read1(_CHUNK):
            total += len(chunk)
            check_bounds(self._name, total, self._packed, self._max)
            yield chunk


def check_bounds(name: str, unpacked: int, packed: int, max_bytes: int = MAX_BYTES) -> None:
    """Refuse what unpacks beyond the bounds.

    Raises:
        BombFound: see `PackedFile.chunks`.
    """
    if unpacked > max_bytes:
        raise BombFound(f"{name}: unpacks to more than {max_bytes >> 20} MiB. Split the file.")
    if unpacked > SMALL_BYTES and unpacked > BOMB_RATIO * packed:
        raise BombFound(
            f"{name}: unpacks to more than {BOMB_RATIO} times its size, as a "
            "decompression bomb does. Send it unpacked if it is meant."
        )


def workbook_bounds(path: Path, name: str, *, max_bytes: int = 1 << 30) -> None:
    """Refuse a workbook whose parts unpack beyond the bounds, by reading them.

    Raises:
        BombFound: beyond the bounds.
        BadData: damaged.
    """
    packed, total = path.stat().st_size, 0
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as stream:
                    while chunk := stream.read(_CHUNK):
                        total += len(chunk)
                        check_bounds(name, total, packed, max_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise BadData(f"{name}: the workbook is damaged or protected. Save it again.") from error


def unpack(path: Path, name: str, scratch: Path) -> Path:
    """A plain file: the file itself, or what is packed in it, written to scratch.

    Raises:
        BadData, BombFound: as `PackedFile.chunks`.
    """
    if content_kind(path) not in ("gzip", "zip"):
        return path
    with scratch.open("wb") as target:
        for chunk in PackedFile(path, name).chunks():
            target.write(chunk)
    return scratch
