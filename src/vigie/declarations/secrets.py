"""What looks like a secret in a declaration: no secret may stand in a crisis room's folder."""

from __future__ import annotations

import re

__all__ = ["holds_credentials", "is_secret_name", "secret_in"]

_NAME = re.compile(r"passwo?r?d|(^|_)pwd|secret|token|credential|apikey|_keys?(_|$)", re.IGNORECASE)
_CREDENTIALS = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s@]*:[^/\s@]*@", re.IGNORECASE)


def is_secret_name(key: str) -> bool:
    """Whether a key's name says that its value is a secret.

    Names that end in ``_env`` or ``_file`` say where a secret is, and are welcome.
    """
    return bool(_NAME.search(key)) and not key.lower().endswith(("_env", "_file"))


def holds_credentials(value: object) -> bool:
    """Whether a text holds an address with a user and a password in it."""
    return isinstance(value, str) and bool(_CREDENTIALS.search(value))


def secret_in(key: str, value: object) -> bool:
    """Whether a key and its value look like a secret written into the file; empty is none."""
    return holds_credentials(value) or (is_secret_name(key) and value not in ("", None))
