"""The application as a browser meets it: sign-in, headers, languages, releases, errors."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from invented_release import TODAY
from invented_room import NOW, OLD, TOKEN, application, get, invented_room

from vigie.actions.views.views import Stoppage
from vigie.errors import AccessRefused, DamagedFile
from vigie.web import create_app
from vigie.web.sign_in import SESSION_LENGTH, is_session, new_session

PAGES = (
    "/briefing",
    "/places/H07",
    "/places/valombre",
    "/scores",
    "/releases",
    "/shortages",
    "/plan",
)


class Page(HTMLParser):
    """Elements of a page, and whether they are closed in order."""

    VOID = ("meta", "link", "img", "input", "source", "br")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def app():
    return application(invented_room())


def test_without_sign_in_every_page_says_how_and_nothing_else(app):
    paths = (*PAGES, "/", "/charts/r-2020-11-09-7f3a/en/map.svg", "/print/x/en.css", "/nowhere")
    for answer in get(app, *paths, token=None):
        assert answer.status_code == 401
        assert "vigie serve" in answer.text
        assert "Invented region" not in answer.text
        assert "Montgris" not in answer.text


def test_a_wrong_token_opens_nothing(app):
    answers = get(app, "/sign-in?token=wrong", "/briefing", token="wrong")
    assert [answer.status_code for answer in answers] == [401, 401]
    assert "not the one" in answers[0].text


def test_the_token_opens_a_session_in_a_strict_cookie_that_scripts_cannot_read(app):
    answer, after = get(app, f"/sign-in?token={TOKEN}", "/briefing", token=None)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in cookie
    assert after.status_code == 200


def test_a_session_ends_and_belongs_to_one_token():
    cookie = new_session(TOKEN, now=NOW)
    assert is_session(cookie, TOKEN, now=NOW)
    assert not is_session(cookie, TOKEN, now=NOW + SESSION_LENGTH)
    assert not is_session(cookie, TOKEN + "x", now=NOW)
    ends, signature = cookie.split(".")
    later = f"{int(ends) + 1}.{signature}"
    for forged in (later, "", ".", "1", "abc.def", f"{ends}.", "²." + signature):
        assert not is_session(forged, TOKEN, now=NOW)


def test_a_short_token_is_refused():
    with pytest.raises(ValueError, match="16"):
        create_app(invented_room(), token="short", now=lambda: NOW)


def test_another_host_name_gets_no_page(app):
    (answer,) = get(app, "/briefing", host="evil.example")
    assert answer.status_code == 400


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/static/vigie.css"])
def test_every_answer_has_its_security_headers_and_no_script(app, path):
    (answer,) = get(app, path)
    assert "script-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "<script" not in answer.text
    assert not re.search(r"\son[a-z]+=|style=", answer.text)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_html_in_its_language(app, path, language):
    (answer,) = get(app, f"{path}?lang={language}")
    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.open == []
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("h1")) == 1
    assert all(image.get("alt") for image in page.all("img"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {label.get("for") for label in page.all("label")}
    fields = [field for field in page.all("input") if field.get("type") != "hidden"]
    fields += page.all("select")
    assert all(field["id"] in named for field in fields)


def test_every_link_and_picture_of_a_page_leads_somewhere(app):
    answers = get(app, "/briefing", "/places/H07", "/shortages?kind=beds&region=valombre", "/plan")
    addresses = set()
    for answer in answers:
        page = Page(answer.text)
        addresses |= {each["href"] for each in page.all("a") + page.all("link")}
        addresses |= {each["src"] for each in page.all("img")}
        addresses |= {each["srcset"] for each in page.all("source")}
    inside = sorted(each for each in addresses if each.startswith("/"))
    assert len(inside) > 20
    for address, answer in zip(inside, get(app, *inside), strict=True):
        assert answer.status_code == 200, address


def test_sections_not_built_are_text_not_dead_links(app):
    (answer,) = get(app, "/briefing")
    links = {each["href"].split("?")[0] for each in Page(answer.text).all("a")}
    assert {"/plan", "/shortages"} <= links
    assert not links & {"/propagation", "/governance"}
    assert answer.text.count('class="unbuilt"') == 2


@pytest.mark.parametrize("path", PAGES)
def test_every_page_names_its_release(app, path):
    (answer,) = get(app, path)
    assert "r-2020-11-09-7f3a" in answer.text


def test_an_older_release_is_shown_as_such_and_links_stay_in_it(app):
    (answer,) = get(app, f"/briefing?release={OLD}")
    assert OLD in answer.text
    assert "You read an older release" in answer.text
    places = [
        each["href"] for each in Page(answer.text).all("a") if each["href"].startswith("/places/")
    ]
    assert places
    assert all(f"release={OLD}" in address for address in places)


def test_as_known_on_a_day_shows_the_release_of_that_day(app):
    day = (TODAY - timedelta(days=1)).isoformat()
    answers = get(
        app,
        f"/briefing?as_known_on={day}",
        "/briefing?as_known_on=2019-01-01",
        "/briefing?as_known_on=tomorrow",
        "/briefing?release=r-2020",
    )
    assert [answer.status_code for answer in answers] == [200, 404, 422, 404]
    assert OLD in answers[0].text
    assert "YYYY-MM-DD" in answers[2].text
    assert OLD in answers[3].text, "the nearest is named"


def test_the_language_is_asked_kept_preferred_or_the_default(app):
    asked, kept = get(app, "/briefing?lang=fr", "/briefing")
    assert "À décider" in asked.text
    assert "À décider" in kept.text
    (preferred,) = get(app, "/briefing", headers={"Accept-Language": "de;q=0.9, fr-CH, en;q=0.5"})
    assert preferred.headers["content-language"] == "fr"
    (default,) = get(app, "/briefing?lang=xx", headers={"Accept-Language": "de, *;q=oops"})
    assert default.headers["content-language"] == "en"


def test_what_an_address_carries_is_shown_as_text(app):
    for answer in get(app, "/places/%3Cscript%3E", "/briefing?release=%3Cscript%3E"):
        assert answer.status_code == 404
        assert "<script" not in answer.text


def test_a_stopped_run_is_told_over_yesterdays_picture():
    stopped = Stoppage(TODAY, "beds: 4 % unknown hospitals, check places-known, 31 rows.")
    room = invented_room(now=None, stopped=stopped)
    (answer,) = get(application(room), "/briefing")
    assert "Yesterday’s picture (released 8 Nov, 07:41)." in answer.text
    assert "4 % unknown hospitals" in answer.text
    assert OLD in answer.text


def test_before_the_first_release_the_page_says_what_fills_it():
    for answer in get(application(invented_room(now=None, old=None)), *PAGES):
        assert answer.status_code == 200
        assert "vigie run" in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AccessRefused("Refused: no grant covers this."), 403),
        (DamagedFile("reports/1.parquet is not what was written."), 500),
    ],
)
def test_an_error_keeps_its_words_and_its_status(error, status):
    room = invented_room()
    room.release = lambda release: (_ for _ in ()).throw(error)
    (answer,) = get(application(room), "/briefing?release=any")
    assert answer.status_code == status
    assert str(error) in answer.text


def test_a_fault_tells_no_detail_and_what_still_works():
    room = invented_room()
    room.current = lambda: 1 / 0
    (answer,) = get(application(room), "/briefing")
    assert answer.status_code == 500
    assert "last release stays" in answer.text
    assert "ZeroDivision" not in answer.text
    assert "content-security-policy" in answer.headers


def test_a_picture_drawn_with_the_release_is_served_as_it_was_drawn():
    room = invented_room()
    room.drawn["map.fr.narrow"] = "<svg>drawn before</svg>"
    stored, fresh = get(
        application(room),
        "/charts/r-2020-11-09-7f3a/fr/map.svg?narrow=1",
        "/charts/r-2020-11-09-7f3a/fr/map.svg",
    )
    assert stored.text == "<svg>drawn before</svg>"
    assert fresh.text.startswith("<svg xmlns")
    assert "immutable" in fresh.headers["cache-control"]


def test_pages_of_figures_are_not_kept_by_the_browser(app):
    (answer,) = get(app, "/briefing")
    assert answer.headers["cache-control"] == "private, no-store"


def test_printed_sheets_carry_release_day_and_number(app):
    (answer,) = get(app, "/print/r-2020-11-09-7f3a/en.css")
    assert "r-2020-11-09-7f3a" in answer.text
    assert "9 November" in answer.text
    assert "counter(page)" in answer.text
