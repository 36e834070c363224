"""Forms that our own pages send: what they carry, and what is taken of them."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from vigie.errors import AccessRefused, BadData
from vigie.web.rendering import Reading
from vigie.web.sign_in import COOKIE, form_key, is_form_key

__all__ = ["form_fields", "hidden_fields"]

_MOST_BYTES = 65_536


def hidden_fields(request: Request, token: str, reading: Reading) -> dict[str, str]:
    """What a form carries unseen: of which session it is, once, and on which release."""
    return {
        "form_key": form_key(request.cookies.get(COOKIE, ""), token),
        "key": secrets.token_urlsafe(12),
        "release": reading.tables.release if reading.tables else "",
    }


async def form_fields(request: Request, token: str, reading: Reading) -> dict[str, str]:
    """Fields of a form that one of our own pages sent, in this session.

    Raises:
        AccessRefused: another site's page sent it, or it is of another session.
        BadData: it is too large, or no form.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise BadData(f"The form has more than {_MOST_BYTES} bytes. Write less.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise BadData("What was sent is no form of a page of Vigie.") from error
    fields = dict(pairs)
    given = fields.pop("form_key", "")
    is_ours = is_form_key(given, request.cookies.get(COOKIE, ""), token)
    if not (is_ours and _is_own_origin(request)):
        raise AccessRefused(reading.words.say("decision.foreign_form"))
    return fields


def _is_own_origin(request: Request) -> bool:
    """Whether the browser says that the form came from this site; older ones say nothing."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    is_same_host = origin in (None, "null") or urlsplit(str(origin)).netloc == request.url.netloc
    return is_same_host and site in ("same-origin", "none")
