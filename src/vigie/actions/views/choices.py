"""Choices of a reader: a kind and a region to look at, and a page of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigie.actions.views.risks import KINDS
from vigie.actions.views.room_names import RoomNames
from vigie.actions.words.wording import Words
from vigie.errors import NotFound, nearest

__all__ = ["MOST_ROWS", "Choice", "Chosen", "Part", "choices_of", "part_of", "require_known"]

MOST_ROWS = 20
"""Rows of a list that stand on one page."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a reader asked for; "" is all."""

    kind: str = ""
    region: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a form."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows of a list stand on a page: the first and last from 1, and pages beside it."""

    first: int
    last: int
    count: int
    previous: int | None
    next: int | None


def require_known(chosen: Chosen, names: RoomNames, words: Words) -> None:
    """Refuse a kind or region that the room does not have.

    Raises:
        NotFound: it is unknown; the message lists the nearest.
    """
    if chosen.kind and chosen.kind not in KINDS:
        near = nearest(chosen.kind, KINDS)
        raise NotFound(words.say("shortages.unknown_kind", kind=chosen.kind, near=near))
    regions = _regions(names)
    if chosen.region and chosen.region not in regions:
        near = nearest(chosen.region, regions)
        raise NotFound(words.say("shortages.unknown_region", region=chosen.region, near=near))


def choices_of(
    chosen: Chosen, names: RoomNames, words: Words
) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Options of the forms: kinds, and regions of the room; the first is all."""
    kinds = [("", words.say("shortages.all_kinds"))]
    kinds += [(kind, words.say(f"kind.{kind}")) for kind in KINDS]
    regions = [("", words.say("shortages.all_regions"))]
    regions += [(key, names.place(key)) for key in _regions(names)]
    return (
        tuple(Choice(value, name, value == chosen.kind) for value, name in kinds),
        tuple(Choice(value, name, value == chosen.region) for value, name in regions),
    )


def _regions(names: RoomNames) -> Sequence[str]:
    found = [place for place in names.places.values() if place.kind == "region"]
    return [place.key for place in sorted(found, key=lambda place: place.name)]


def part_of(count: int, page: int) -> Part:
    """The rows of a page; one past the end shows the last.

    Args:
        count: rows of the whole list, at least 1.
        page: from 1.
    """
    last_page = max(1, -(-count // MOST_ROWS))
    shown = min(max(1, page), last_page)
    first = (shown - 1) * MOST_ROWS + 1
    return Part(
        first=first,
        last=min(count, shown * MOST_ROWS),
        count=count,
        previous=shown - 1 if shown > 1 else None,
        next=shown + 1 if shown < last_page else None,
    )
