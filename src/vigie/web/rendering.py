"""From views to HTML: the templates and what every page needs in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request

from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.messages import LANGUAGES, Language
from vigie.actions.words.wording import Words, words_for

__all__ = ["Reading", "chosen_language", "page_environment"]

KEPT = ("release", "as_known_on")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a page is read: language, release asked for, and the release in force.

    Attributes:
        request: the request.
        language: of the reader.
        tables: the release shown; None on pages without one.
        current: the release in force when another is shown, else None.
    """

    request: Request
    language: Language
    tables: ReleaseTables | None = None
    current: ReleaseTables | None = None

    @property
    def words(self) -> Words:
        """Words of the reader."""
        return words_for(self.language)

    @property
    def kept(self) -> dict[str, str]:
        """The release and the day the reader asked for, as the address has them."""
        asked = self.request.query_params
        return {key: asked[key] for key in KEPT if asked.get(key)}

    def link(self, path: str, **more: str) -> str:
        """An address that stays in the release and the day the reader asked for."""
        query = self.kept | {key: value for key, value in more.items() if value}
        return f"{path}?{urlencode(query)}" if query else path

    def place_link(self, place: str) -> str:
        """Address of the page of a place."""
        return self.link(f"/places/{quote(place, safe='')}")

    def in_language(self, language: Language) -> str:
        """This page in another language."""
        query = dict(self.request.query_params) | {"lang": language}
        query.pop("token", None)
        return f"{self.request.url.path}?{urlencode(query)}"

    def chart_link(self, name: str, *, place: str = "", is_narrow: bool = False) -> str:
        """Address of a picture; it names the release, so it may be kept for ever."""
        assert self.tables is not None, "a picture belongs to a release"
        query = {
            key: value
            for key, value in (("place", place), ("narrow", "1" if is_narrow else ""))
            if value
        }
        path = f"/charts/{quote(self.tables.release)}/{self.language}/{quote(name, safe='')}.svg"
        return f"{path}?{urlencode(query)}" if query else path

    def permanent_link(self) -> str:
        """This page in this release, as text for print."""
        release = self.tables.release if self.tables else ""
        base = f"{self.request.url.scheme}://{self.request.url.netloc}{self.request.url.path}"
        return f"{base}?release={quote(release)}" if release else base

    def day(self, day: date) -> str:
        """A day in full, for templates."""
        return self.words.full_day(day)


def page_environment() -> Environment:
    """The templates; a name that a page does not give is a mistake, never an empty place."""
    environment = Environment(
        loader=PackageLoader("vigie.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["languages"] = LANGUAGES
    environment.filters["nowrap"] = lambda text: Markup('<span class="nowrap">{}</span>').format(
        text
    )
    return environment


def chosen_language(request: Request, default: Language) -> Language:
    """Language by ?lang=, then by cookie, then by what the browser prefers, then the default."""
    for asked in (request.query_params.get("lang"), request.cookies.get("vigie_language")):
        for language in LANGUAGES:
            if asked == language:
                return language
    for wanted in _preferred(request.headers.get("accept-language", "")):
        for language in LANGUAGES:
            if wanted.split("-")[0] == language:
                return language
    return default


def _preferred(header: str) -> list[str]:
    weighted = []
    for position, entry in enumerate(header.split(",")[:20]):
        name, _, quality = entry.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if name and weight > 0:
            weighted.append((-weight, position, name.lower()))
    return [name for _, _, name in sorted(weighted)]
