"""Changes of R, beds, staff, electives, orders and use in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from vigie.actions.views.room_names import RoomNames
from vigie.actions.words.wording import Words

__all__ = ["change_text", "reach_text"]


def change_text(
    change: Mapping[str, Any], names: RoomNames, words: Words, last_day: date | None
) -> str:
    """A change as a line of the assumptions.

    Args:
        change: as the inputs of a scenario hold it.
        names: of the room.
        words: of the reader.
        last_day: the last day looked at; a change that goes on to it has no end.
    """
    what = _what(change, words)
    # A change of R names no categories.
    of = ", ".join(names.category(each) for each in change.get("categories", ()))
    text = f"{what}{words.colon}{of}" if of else what
    text = f"{text}{words.semicolon}{_days(change, words, last_day)}"
    if change["places"]:
        where = ", ".join(names.place(key) for key in change["places"])
        text = f"{text}{words.semicolon}{where}"
    return text


def _what(change: Mapping[str, Any], words: Words) -> str:
    kind, factor = change["kind"], words.factor(change["factor"])
    if kind == "beds":
        parts = [words.say("what_if.beds", factor=factor)] if change["factor"] != 1 else []
        if "add" in change:
            parts.append(words.say("what_if.beds_add", count=words.signed(change["add"])))
        return ", ".join(parts) or words.say("what_if.beds", factor=factor)
    if kind == "electives":
        said = words.say(
            "what_if.electives",
            share=words.number(round(100 * change["share"])),
            kept=words.number(round(100 * change["factor"])),
            days=words.number(change["mean_stay_days"]),
        )
        # A release made before treatment put off came back says nothing of it.
        returns = change.get("returns")
        if returns is None or change["factor"] >= 1:
            return said
        return f"{said}{words.semicolon}{_returning(returns, words)}"
    if kind == "skill_mix":
        return words.say("what_if.skill_mix", share=words.number(100 * change.get("share", 0.0)))
    if kind == "ratios" and "mode" in change:
        mode = words.say(f"what_if.mode_{change['mode']}")
        said = words.say("what_if.mode", mode=mode)
        return said if change["factor"] == 1 else f"{said}, × {factor}"
    if kind == "orders":
        parts = []
        if "delay_days" in change:
            parts.append(words.count("what_if.delay", change["delay_days"]))
        if change["factor"] != 1 or not parts:
            parts.append(words.say("what_if.orders", factor=factor))
        return ", ".join(parts)
    return words.say(f"what_if.{kind}", factor=factor)


def _returning(returns: Mapping[str, Any], words: Words) -> str:
    """Who of those put off comes back, and when."""
    if not returns["share"]:
        return words.say("what_if.no_returns")
    return words.say(
        "what_if.returns",
        share=words.number(round(100 * returns["share"])),
        after=words.number(returns["after_days"]),
        over=words.number(returns["over_days"]),
    )


def reach_text(change: Mapping[str, Any], names: RoomNames, words: Words) -> str:
    """How a change of R reaches beds; "" for other changes and where it reaches none."""
    said = [
        words.say(f"what_if.through_{way}", wards=", ".join(names.category(each) for each in wards))
        for way, wards in change.get("reaches", {}).items()
    ]
    return words.semicolon.join(said)


def _days(change: Mapping[str, Any], words: Words, last_day: date | None) -> str:
    if change["first_date"] is None:
        return words.say("what_if.never")
    first, last = (date.fromisoformat(change[name]) for name in ("first_date", "last_date"))
    if last_day is None or last >= last_day:
        return words.say("what_if.since", first=words.day(first))
    return words.say("what_if.span", first=words.day(first), last=words.day(last))
