"""The pages of a real room as a signed-in browser meets them, and the forms that they hold."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx

from tests.rooms import OPERATOR
from vigie.actions.rooms.room import Room
from vigie.bootstrap import pages_of

__all__ = ["browse", "hidden"]

TOKEN = "a token of the test server"


def browse(room: Room, visit: Callable[[httpx.AsyncClient], Any]) -> Any:
    """What a signed-in browser meets."""

    async def run() -> Any:
        app = pages_of(room, OPERATOR, TOKEN)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", follow_redirects=True
        ) as browser:
            await browser.get("/sign-in", params={"token": TOKEN})
            return await visit(browser)

    return asyncio.run(run())


def hidden(html: str) -> dict[str, str]:
    """Hidden fields of the first form."""
    form = re.search(r'<form method="post".*?</form>', html, re.DOTALL)
    assert form is not None
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    assert found
    return dict(found)
