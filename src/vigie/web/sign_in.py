"""The simple sign-in: the server's token opens a session, kept in a signed cookie.

The cookie holds only its own end and a signature under a key made from the token: a new token
(each start of the server) ends every session, and nothing is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

__all__ = [
    "COOKIE",
    "SESSION_LENGTH",
    "form_key",
    "is_form_key",
    "is_session",
    "is_token",
    "new_session",
]

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


def form_key(cookie: str, token: str) -> str:
    """What a form of this session carries, and no other site can know."""
    key = hashlib.sha256(b"vigie form\0" + token.encode()).digest()
    return hmac.new(key, cookie.encode(), hashlib.sha256).hexdigest()


def is_form_key(given: str, cookie: str, token: str) -> bool:
    """Whether a form was made for this session, in constant time."""
    return hmac.compare_digest(given.encode(), form_key(cookie, token).encode())


def _signature(token: str, ends: str) -> str:
    key = hashlib.sha256(b"vigie session\0" + token.encode()).digest()
    return hmac.new(key, ends.encode(), hashlib.sha256).hexdigest()
