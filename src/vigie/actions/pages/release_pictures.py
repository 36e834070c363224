"""Names of the pictures of a release, and those worth drawing before anybody asks.

The briefing's pictures are drawn with the release. A place's pictures are drawn when its page is
opened: 2 ms each, the same bytes every time, where drawing all of 100 places would take longer
than the rest of the cycle.
"""

from __future__ import annotations

from collections.abc import Iterator

from vigie.actions.views.views import Briefing, Picture
from vigie.actions.words.messages import Language

__all__ = ["briefing_pictures", "drawn_name", "drawn_pictures"]


def briefing_pictures(briefing: Briefing) -> dict[str, Picture]:
    """The pictures of a briefing by their names."""
    found = [tile.picture for tile in briefing.tiles if tile.picture]
    if briefing.site_map:
        found.append(briefing.site_map)
    return {picture.name: picture for picture in found}


def drawn_name(name: str, language: Language, *, place: str = "", is_narrow: bool = False) -> str:
    """Name under which a drawn picture is kept with its release.

    Args:
        name: of the picture on its page.
        language: of its words.
        place: key of the place; empty for the briefing.
        is_narrow: drawn for a phone.
    """
    parts = [place, name, language, "narrow" if is_narrow else ""]
    return ".".join(part for part in parts if part)


def drawn_pictures(briefing: Briefing) -> Iterator[tuple[str, str]]:
    """Name and SVG of every picture of a briefing, wide and narrow."""
    for name, picture in briefing_pictures(briefing).items():
        for is_narrow in (False, True):
            yield (
                drawn_name(name, briefing.language, is_narrow=is_narrow),
                picture.draw(is_narrow),
            )
