"""Of what the patients in bed of a place consist: lines for its page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.wording import Words

__all__ = ["bed_part_lines"]


def bed_part_lines(
    tables: ReleaseTables, place: str, names: RoomNames, words: Words
) -> tuple[str, ...]:
    """Who waits to leave, and what each cause is of the patients expected, ward by ward.

    Args:
        tables: of the release; one made before parts were kept has none.
        place: a site or unit.
        names: of the room.
        words: of the reader.
    """
    rows = tables.table("bed_parts", place=place).to_pylist()
    rows.sort(key=lambda row: (row["category"], row["measure"], row["kind"], row["part"]))
    lines: list[str] = []
    for (category, measure), found in groupby(
        rows, key=lambda row: (row["category"], row["measure"])
    ):
        ward = names.category(category) if category else names.series(measure, "")
        members = list(found)
        lines += [_waiting(row, ward, words) for row in members if row["kind"] == "waiting"]
        causes = [row for row in members if row["kind"] == "cause"]
        if causes:
            lines.append(_causes(causes, ward, names, words))
    return tuple(lines)


def _waiting(row: dict[str, Any], ward: str, words: Words) -> str:
    key = "parts.waiting" if row["part"] else "parts.waiting.about"
    patients = words.count("parts.patients", round(row["patients"]))
    return words.count(key, round(row["part_patients"]), ward=ward, patients=patients)


def _causes(rows: Sequence[dict[str, Any]], ward: str, names: RoomNames, words: Words) -> str:
    largest = sorted(rows, key=lambda row: -row["share_ahead"])
    shares = ", ".join(_share(row, names, words) for row in largest)
    return words.say("parts.causes", ward=ward, shares=shares)


def _share(row: dict[str, Any], names: RoomNames, words: Words) -> str:
    part = names.series(row["part"], "") if row["part"] else words.say("parts.rest")
    return f"{part} {words.number(round(100 * row['share_ahead']))}\u00a0%"
