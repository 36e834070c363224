"""The simple sign-in: the server's token opens a session, kept in a signed cookie.

The cookie holds only its own end and a signature under a key made from the token: a new token
(each start of the server) ends every session, and nothing is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

__all__ = ["COOKIE", "SESSION_LENGTH", "is_session", "is_token", "new_session"]

COOKIE = "vigie_session"
SESSION_LENGTH = timedelta(hours=12)


def is_token(given: str, token: str) -> bool:
    """Whether a token given is the server's, in constant time."""
    return hmac.compare_digest(given.encode(), token.encode())


def new_session(token: str, *, now: datetime) -> str:
    """The cookie of a session that begins now and ends after SESSION_LENGTH."""
    ends = str(int((now.astimezone(UTC) + SESSION_LENGTH).timestamp()))
    return f"{ends}.{_signature(token, ends)}"


def is_session(cookie: str, token: str, *, now: datetime) -> bool:
    """Whether a cookie is ours and has not ended."""
    ends, _, signature = cookie.partition(".")
    if not (ends.isascii() and ends.isdigit() and len(ends) <= 12):
        return False
    is_ours = hmac.compare_digest(signature.encode(), _signature(token, ends).encode())
    return is_ours and now.timestamp() < int(ends)


def _signature(token: str, ends: str) -> str:
    key = hashlib.sha256(b"vigie session\0" + token.encode()).digest()
    return hmac.new(key, ends.encode(), hashlib.sha256).hexdigest()
