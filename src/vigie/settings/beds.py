"""The settings of a shortage of beds, and of how patients flow through them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from vigie.settings.about import about

__all__ = ["MOST_CAUSES", "Ahead", "BedShortage", "bed_mistakes"]

MOST_CAUSES = 5
"""Parts of the entries that can be told apart beside the rest."""


class Ahead(StrEnum):
    """What staffed beds, rosters and absence do on the days ahead."""

    FOLLOWS = "follows"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class BedShortage:
    """Beds needed against beds with the staff to run them."""

    need: str = field(metadata=about("Patients in bed.", form="measure"))
    capacity: str = field(metadata=about("Staffed beds.", form="measure"))
    open: str = field(
        default="", metadata=about("Beds that could be opened, if reported.", form="measure")
    )
    surge: str = field(
        default="",
        metadata=about("Beds that a surge adds to the open ones, if reported.", form="measure"),
    )
    closed: str = field(
        default="",
        metadata=about("Of the open beds, those closed for now, if reported.", form="measure"),
    )
    entries: str = field(
        default="",
        metadata=about(
            "Daily entries to the ward, transfers included, if reported: patients in bed are "
            "then forecast from them too (docs/models/bed-flow.md).",
            form="measure",
        ),
    )
    causes: tuple[str, ...] = field(
        default=(),
        metadata=about(
            "Of the entries, those of one cause each: causes share the beds on the same futures; "
            "the rest of the entries is one more.",
            form="measure",
        ),
    )
    elective: str = field(
        default="",
        metadata=about("Of the entries, those that were planned, if reported.", form="measure"),
    )
    booked: str = field(
        default="",
        metadata=about(
            "Patients booked by the day of their planned entry: they come in place of the "
            "forecast of planned entries; a feed with ahead_days sends them.",
            form="measure",
        ),
    )
    booked_days: int = field(
        default=7,
        metadata=about("For so many days ahead the bookings are whole.", "days", least=1, most=90),
    )
    waiting: str = field(
        default="",
        metadata=about(
            "Of the patients in bed, those who are fit and wait to leave, if reported.",
            form="measure",
        ),
    )
    waiting_share: float = field(
        default=0.0,
        metadata=about(
            "Share of the stays that end with a wait, where nobody counts who waits.",
            "share",
            least=0,
            most=0.9,
        ),
    )
    waiting_days: float = field(
        default=5.0,
        metadata=about("Mean of the days that they wait.", "days", least=1, most=60),
    )
    ahead: Ahead = field(
        default=Ahead.FOLLOWS,
        metadata=about(
            "Staffed beds follow patients as they did in this room's past, or are held as they "
            "stand (docs/models/usable-capacity.md)."
        ),
    )


def bed_mistakes(rule: BedShortage) -> Iterator[tuple[str, str, str]]:
    """Settings of a rule that do not go together: the setting, what is wrong, what to do."""
    named = ("causes", "elective", "booked", "waiting", "waiting_share")
    given = [name for name in named if getattr(rule, name)]
    if given and not rule.entries:
        yield given[0], f"{given[0]} without entries", "Name the measure of all daily entries"
    if rule.booked and not rule.elective:
        to_do = "Name the measure of planned entries, which bookings stand for on the days ahead"
        yield "booked", "booked without elective", to_do
    parts = [*rule.causes, *filter(None, [rule.elective])]
    if len(set(parts)) < len(parts) or rule.entries in parts:
        to_do = "Name each part of the entries once, and all entries as entries alone"
        yield "causes", "entries, causes and elective name one measure twice", to_do
    if len(parts) > MOST_CAUSES:
        what = f"causes and elective are {len(parts)} parts of the entries"
        yield "causes", what, f"Keep at most {MOST_CAUSES}; the rest is one more by itself"
    if rule.waiting and rule.waiting_share:
        to_do = "Keep waiting, the count, or waiting_share where nobody counts"
        yield "waiting_share", "both waiting and waiting_share", to_do
