"""Keys of a room: made once, readable by its owner only, never in a file of the folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["pseudonym_key"]


def pseudonym_key(home: Path) -> bytes:
    """The key of the room's pseudonyms, made when first needed; 32 bytes.

    Whoever has it can link pseudonyms to persons: it is part of a backup and of nothing else.
    """
    path = home / "keys" / "pseudonyms"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(32))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.rename(path)
    return path.read_bytes()
