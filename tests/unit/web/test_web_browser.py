"""What only a real browser shows: width, focus, targets, print, and pages without script."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from invented_alerts import invented_alerts
from invented_room import TOKEN, application, invented_room

pytestmark = pytest.mark.browser

BROWSER = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
if BROWSER is None:
    pytest.skip("no Chromium on this machine", allow_module_level=True)

playwright = pytest.importorskip("playwright.sync_api")
uvicorn = pytest.importorskip("uvicorn")

PAGES = (
    "/briefing",
    "/places/H07",
    "/places/nation",
    "/scores",
    "/releases",
    "/shortages",
    "/plan",
    "/alerts",
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(application_now(), log_level="error", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def application_now():
    return application(invented_room(), datetime.now(UTC), invented_alerts())


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def signed_in(browser, address):
    context = browser.new_context()
    context.new_page().goto(f"{address}/sign-in?token={TOKEN}", wait_until="commit")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(browser, address, signed_in):
    contexts = []

    def open_at(path: str, width: int, **more):
        size = {"width": width, "height": 800}
        context = browser.new_context(viewport=size, storage_state=signed_in, **more)
        contexts.append(context)
        page = context.new_page()
        page.failed = []
        page.on("response", lambda r: page.failed.append(r.url) if r.status >= 400 else None)
        page.on("console", lambda m: page.failed.append(m.text) if m.type == "error" else None)
        page.goto(f"{address}{path}")
        return page

    yield open_at
    for context in contexts:
        context.close()


def load_pictures(page) -> None:
    # Not wait_for_function: the pages' content policy forbids the eval by which it waits.
    page.evaluate("document.querySelectorAll('img').forEach(i => i.loading = 'eager')")
    for _ in range(100):
        if page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth)"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("a picture did not load within ten seconds")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 360, 1240])
def test_no_page_is_wider_than_its_screen(open_page, path, width):
    page = open_page(f"{path}?lang=fr", width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.failed == []


def test_every_picture_is_drawn_and_fits_the_phone(open_page):
    page = open_page("/places/H07", 360)
    load_pictures(page)
    pictures = page.evaluate(
        "[...document.images].map(i => [i.complete && i.naturalWidth, i.currentSrc])"
    )
    assert pictures
    assert all(width == 344 and "narrow=1" in source for width, source in pictures)


def test_targets_on_the_phone_are_large_enough(open_page):
    page = open_page("/briefing", 360)
    sizes = page.evaluate(
        "[...document.querySelectorAll('nav a, button, input, .languages a, summary')]"
        ".filter(e => e.offsetParent).map(e => [e.textContent, e.getBoundingClientRect().height])"
    )
    assert sizes
    assert [entry for entry in sizes if entry[1] < 44] == []


def test_the_keyboard_reaches_the_content_first_and_focus_is_seen(open_page):
    page = open_page("/briefing", 1240)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


def test_tables_scroll_inside_themselves_with_their_first_column_in_place(open_page):
    page = open_page("/briefing", 360)
    moved = page.evaluate(
        "() => { const box = document.querySelector('.scroll');"
        "const head = box.querySelector('tbody th');"
        "const before = head.getBoundingClientRect().left; box.scrollLeft = 200;"
        "return [box.scrollLeft, head.getBoundingClientRect().left - before]; }"
    )
    assert moved[0] > 100
    assert abs(moved[1]) < 1


def test_pages_are_complete_without_script(open_page):
    page = open_page("/briefing?lang=en", 1240, java_script_enabled=False)
    assert page.locator("h2").first.inner_text() == "To decide today"
    page.get_by_role("link", name="FR").click()
    assert page.locator("h2").first.inner_text() == "À décider aujourd’hui"


def test_the_printed_briefing_fits_two_sheets(open_page):
    page = open_page("/briefing?lang=fr", 1240)
    load_pictures(page)
    printed = page.pdf(prefer_css_page_size=True, tagged=True)
    sheets = printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page>")
    assert sheets == 2
    assert b"/StructTreeRoot" in printed
