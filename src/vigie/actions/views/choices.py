"""Choices of a reader: a kind and a region to look at, and a page of a long list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from vigie.actions.views.risks import KINDS
from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import Words
from vigie.errors import NotFound, nearest

__all__ = [
    "MOST_ROWS",
    "Choice",
    "ChoiceField",
    "Chosen",
    "ListHead",
    "Part",
    "choice_field",
    "kind_and_region",
    "list_head",
    "part_of",
]

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
class ChoiceField:
    """A field of the form above a list: its name in the address, its label, its options."""

    name: str
    label: str
    options: tuple[Choice, ...]

    @property
    def chosen(self) -> str:
        """Value of the option that is chosen."""
        return next((each.value for each in self.options if each.is_chosen), "")


@dataclass(frozen=True, slots=True)
class ListHead:
    """What every page with a list begins with: its release, and what the reader chose.

    Attributes:
        language: of the page.
        room_name: of the room.
        release: id of the release.
        as_of: its day.
        published_at: when it was published.
        fields: of the form above the list.
    """

    language: Language
    room_name: str
    release: str
    as_of: date
    published_at: datetime
    fields: tuple[ChoiceField, ...]

    @property
    def query(self) -> dict[str, str]:
        """What the reader chose, as the address has it."""
        return {field.name: field.chosen for field in self.fields}


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows of a list stand on a page: the first and last from 1, and pages beside it."""

    first: int
    last: int
    count: int
    previous: int | None
    next: int | None


def list_head(tables: ReleaseTables, language: Language, fields: Iterable[ChoiceField]) -> ListHead:
    """The head of a page of a release; a field without a choice is left out."""
    return ListHead(
        language=language,
        room_name=tables.room_name,
        release=tables.release,
        as_of=tables.as_of,
        published_at=tables.published_at,
        fields=tuple(field for field in fields if len(field.options) > 1),
    )


def choice_field(
    name: str, label: str, every: str, options: Iterable[tuple[str, str]], chosen: str
) -> ChoiceField:
    """A field whose first option is all.

    Args:
        name: in the address.
        label: of the field.
        every: name of the first option.
        options: value and name of the others.
        chosen: value that is chosen; "": the first.
    """
    pairs = [("", every), *options]
    return ChoiceField(
        name, label, tuple(Choice(value, text, value == chosen) for value, text in pairs)
    )


def kind_and_region(
    chosen: Chosen, names: RoomNames, words: Words
) -> tuple[ChoiceField, ChoiceField]:
    """The fields of lists of shortages and of moves.

    Raises:
        NotFound: the room has no such kind or region; the message lists the nearest.
    """
    if chosen.kind and chosen.kind not in KINDS:
        near = nearest(chosen.kind, KINDS)
        raise NotFound(words.say("shortages.unknown_kind", kind=chosen.kind, near=near))
    regions = _regions(names)
    if chosen.region and chosen.region not in regions:
        near = nearest(chosen.region, regions)
        raise NotFound(words.say("shortages.unknown_region", region=chosen.region, near=near))
    kinds = [(kind, words.say(f"kind.{kind}")) for kind in KINDS]
    named = [(key, names.place(key)) for key in regions]
    say = words.say
    return (
        choice_field("kind", say("shortages.kind"), say("shortages.all_kinds"), kinds, chosen.kind),
        choice_field(
            "region", say("shortages.region"), say("shortages.all_regions"), named, chosen.region
        ),
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
