"""The briefing of a release: what must be decided today, and may the figures be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from vigie.actions.pages.briefing_tiles import build_tiles
from vigie.actions.views.accuracy import build_accuracy
from vigie.actions.views.causes import by_cause, read_causes
from vigie.actions.views.figures import Evidence, late_feeds, read_evidence
from vigie.actions.views.moves import move_text, read_moves
from vigie.actions.views.risks import (
    AT_RISK_STEP,
    LISTED_STEP,
    Risk,
    act_by_text,
    by_harm,
    from_when,
    read_risks,
    risk_sentence,
    what_name,
)
from vigie.actions.views.room_names import RoomNames, read_names
from vigie.actions.views.site_risks import site_map
from vigie.actions.views.staff_views import read_staff, with_staff
from vigie.actions.views.views import (
    Briefing,
    Change,
    DecisionRow,
    Notice,
    ReleaseTables,
    Stoppage,
    Tile,
    TileSpec,
)
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import Words, words_for
from vigie.charts import whole_in_100

__all__ = ["build_briefing"]

MOST_DECISIONS = 5
_MOST_OTHERS = 3
MOST_LISTED = 40
MOST_CHANGES = 6
CHANGE_IN_100 = 10


def build_briefing(
    tables: ReleaseTables,
    *,
    language: Language,
    previous: ReleaseTables | None = None,
    tiles: Sequence[TileSpec] = (),
    stoppage: Stoppage | None = None,
) -> Briefing:
    """The briefing of a release in one language.

    Args:
        tables: of the release.
        language: of the reader.
        previous: tables of the release before, for what changed since.
        tiles: figures of the whole to show; one whose measure the room lacks is left out.
        stoppage: why today's run published nothing, if so: the release is then yesterday's.
    """
    words = words_for(language)
    names = read_names(tables, language)
    evidence = read_evidence(tables, names)
    risks = read_risks(tables)
    earlier = read_risks(previous) if previous else []
    wholes = build_tiles(tables, tiles, names, evidence, risks, earlier, previous, words)
    changes, changes_note = _changes(risks, earlier, previous, names, words)
    decisions, decisions_note = _decisions(tables, risks, earlier, names, words)
    listed = [risk for risk in risks if risk.step >= LISTED_STEP]
    staff = read_staff(tables, listed[:MOST_LISTED])
    return Briefing(
        language=language,
        room_name=tables.room_name,
        release=tables.release,
        as_of=tables.as_of,
        published_at=tables.published_at,
        published=words.moment(tables.published_at, tables.timezone),
        state_line=_state_line(tables, wholes, evidence, names, words),
        notice=_notice(tables, stoppage, words),
        decisions=decisions,
        decisions_note=decisions_note,
        tiles=wholes,
        tiles_note="" if wholes else words.say("tiles.none"),
        changes=changes,
        changes_note=changes_note,
        ranked=tuple(with_staff(risk, staff, names, words) for risk in listed[:MOST_LISTED]),
        ranked_note=_ranked_note(tables, risks, listed, words),
        site_map=site_map(tables, risks, names, evidence, words),
        accuracy=build_accuracy(tables, words),
    )


def _state_line(
    tables: ReleaseTables,
    tiles: Sequence[Tile],
    evidence: Evidence,
    names: RoomNames,
    words: Words,
) -> tuple[str, ...]:
    day = words.long_day(tables.as_of)
    arrivals = [
        row["last_arrival_at"]
        for row in tables.table("feeds_status").to_pylist()
        if row["last_arrival_at"] is not None
    ]
    zone = ZoneInfo(tables.timezone)
    if arrivals and max(arrivals).astimezone(zone).date() == tables.as_of:
        time = words.time(max(arrivals), tables.timezone)
        parts = [words.say("briefing.as_of_time", day=day, time=time)]
    else:
        parts = [words.say("briefing.as_of", day=day)]
    parts.append(_who_reported(tables, tiles, names, words))
    feeds = {row[side] for row in evidence.conflicts.values() for side in ("feed", "other_feed")}
    if feeds:
        parts.append(words.say("briefing.feeds_disagree", count=len(feeds)))
    late = late_feeds(tables)
    if late:
        parts.append(words.count("briefing.feeds_late", len(late)))
    failed = _failed_checks(tables)
    if failed:
        parts.append(words.count("briefing.checks", failed))
    parts.append(_released(tables, words))
    return tuple(part for part in parts if part)


def _who_reported(
    tables: ReleaseTables, tiles: Sequence[Tile], names: RoomNames, words: Words
) -> str:
    counted = [
        (tile.figure.reported, tile.figure.expected, tile.title)
        for tile in tiles
        if tile.figure.reported is not None and tile.figure.expected and tile.figure.as_of
    ]
    if not counted:
        top = names.top()
        rows = tables.table("coverage", place=top.key).to_pylist() if top else []
        newest = max((row["reference_date"] for row in rows if row["reported"]), default=None)
        counted = [
            (row["reported"], row["expected"], "")
            for row in rows
            if row["reference_date"] == newest
        ]
    if not counted:
        return ""
    # The least covered figure speaks for the page: nobody is told more than all of them carry.
    reported, expected, title = min(counted, key=lambda each: (each[0] / each[1], -each[1]))
    # "63 of 64 hospitals" without a subject would hide the 36 of whom the figure is not asked.
    is_part = title and expected < len(names.sites())
    return words.say(
        "briefing.reported_part" if is_part else "briefing.reported",
        title=title,
        reported=words.number(reported),
        expected=words.number(expected),
        reporters=words.reporters(names.reporters(expected), reported, expected),
    )


def _failed_checks(tables: ReleaseTables) -> int:
    rows = tables.table("check_results").to_pylist()
    return len({row["check"] for row in rows if not row["passed"]})


def _released(tables: ReleaseTables, words: Words) -> str:
    time = words.time(tables.published_at, tables.timezone)
    day = tables.published_at.astimezone(ZoneInfo(tables.timezone)).date()
    if day == tables.as_of:
        return words.say("briefing.released", time=time)
    said = words.full_day(day) if day.year == tables.as_of.year else words.dated_day(day)
    return words.say("briefing.released_on", day=said, time=time)


def _notice(tables: ReleaseTables, stoppage: Stoppage | None, words: Words) -> Notice | None:
    if stoppage is None:
        return None
    released = tables.published_at.astimezone(ZoneInfo(tables.timezone))
    is_yesterday = released.date() == stoppage.day - timedelta(days=1)
    title = words.say(
        "notice.yesterday" if is_yesterday else "notice.earlier",
        day=words.day(released.date()),
        time=f"{released:%H:%M}",
    )
    reason = words.say("notice.stopped", reason=stoppage.reason)
    return Notice(title, f"{reason} {words.say('notice.kept')}")


def _decisions(
    tables: ReleaseTables,
    risks: Sequence[Risk],
    earlier: Sequence[Risk],
    names: RoomNames,
    words: Words,
) -> tuple[tuple[DecisionRow, ...], str]:
    open_before = {risk.key for risk in earlier if risk.step >= AT_RISK_STEP}
    waiting = by_harm(risks)
    shown = by_cause(waiting, read_causes(tables, names))[:MOST_DECISIONS]
    moves = read_moves(tables)
    rows = tuple(
        _decision(first, others, moves, open_before, names, words) for first, *others in shown
    )
    if not risks:
        return rows, words.say("decide.none_assessed")
    if not waiting:
        return rows, words.say("decide.none")
    rest = len(waiting) - sum(map(len, shown))
    return rows, words.count("decide.more", rest) if rest else ""


def _decision(
    risk: Risk,
    others: Sequence[Risk],
    moves: Mapping[tuple[str, str], Sequence[dict[str, Any]]],
    open_before: set[tuple[str, str, str]],
    names: RoomNames,
    words: Words,
) -> DecisionRow:
    """A row of the likeliest harm of a cause; others of the same cause are named in it."""
    place = names.places.get(risk.place)
    move = move_text(moves.get((risk.place, risk.category), []), names, words)
    is_new = risk.key not in open_before
    return DecisionRow(
        key="|".join(risk.key),
        what=what_name(risk, names, words),
        where=names.place(risk.place),
        place=risk.place,
        chance=words.chance(risk.probability),
        sentence=_sentence(risk, words),
        from_when=from_when(risk, words),
        act_by=act_by_text(risk, words),
        act_by_date=risk.act_by,
        is_too_late=risk.is_late,
        move=move or words.say("decide.no_move"),
        owner=(place.duty_role if place else "") or words.say("decide.no_owner"),
        state=words.say("decide.new" if is_new else "decide.open"),
        is_new=is_new,
        also=_also(risk, others, names, words),
    )


def _also(risk: Risk, others: Sequence[Risk], names: RoomNames, words: Words) -> str:
    """The others of one cause with a shortage: at the same place what, elsewhere where."""
    named = [
        words.say(
            "decide.other",
            what=what_name(each, names, words)
            if each.place == risk.place
            else names.place(each.place),
            chance=words.chance(each.probability).in_100,
        )
        for each in others[:_MOST_OTHERS]
    ]
    if not named:
        return ""
    rest, said = len(others) - len(named), ", ".join(named)
    return f"{said} {words.count('decide.others_more', rest)}" if rest else said


def _sentence(risk: Risk, words: Words) -> str:
    said = risk_sentence(risk, words)
    if risk.if_short is None:
        return f"{said}."
    early, middle, late = (risk.as_of + timedelta(days=offset) for offset in risk.if_short)
    dated = words.say(
        "risk.if_short" if risk.days == risk.horizon_days else "risk.if_short_by",
        day=words.full_day(risk.as_of + timedelta(days=risk.horizon_days)),
        middle=words.full_day(middle),
        span=words.span(early, late),
    )
    return f"{said}{words.semicolon}{dated}."


def _changes(
    risks: Sequence[Risk],
    earlier: Sequence[Risk],
    previous: ReleaseTables | None,
    names: RoomNames,
    words: Words,
) -> tuple[tuple[Change, ...], str]:
    if previous is None:
        return (), words.say("since.first")
    before = {risk.key: risk for risk in earlier}
    now = {risk.key: risk for risk in risks}
    found: dict[str, list[str]] = {"appeared": [], "rose": [], "fell": [], "ended": []}
    for key in [*now, *(key for key in before if key not in now)]:
        kind = _kind_of_change(before.get(key), now.get(key))
        if kind:
            found[kind].append(_change_row(before.get(key), now.get(key), names, words))
    changes = tuple(
        Change(
            kind, words.say(f"since.{kind}"), len(found[kind]), tuple(found[kind][:MOST_CHANGES])
        )
        for kind in ("appeared", "rose", "fell", "ended")
        if found[kind]
    )
    note = "" if changes else words.say("since.none", day=words.full_day(previous.as_of))
    return changes, note


def _kind_of_change(before: Risk | None, now: Risk | None) -> str | None:
    was = before is not None and before.step >= AT_RISK_STEP
    is_now = now is not None and now.step >= AT_RISK_STEP
    if was != is_now:
        return "appeared" if is_now else "ended"
    if not (was and before and now):
        return None
    difference = whole_in_100(now.probability) - whole_in_100(before.probability)
    if abs(difference) < CHANGE_IN_100:
        return None
    return "rose" if difference > 0 else "fell"


def _change_row(before: Risk | None, now: Risk | None, names: RoomNames, words: Words) -> str:
    known = now or before
    assert known is not None
    return words.say(
        "since.row",
        what=what_name(known, names, words),
        where=names.place(known.place),
        before=words.chance(before.probability if before else 0.0).cell,
        after=words.chance(now.probability if now else 0.0).cell,
    )


def _ranked_note(
    tables: ReleaseTables, risks: Sequence[Risk], listed: Sequence[Risk], words: Words
) -> str:
    if not risks:
        return words.say("decide.none_assessed")
    if not listed:
        return words.say("list.none", count=words.number(len(risks)))
    return words.say(
        "list.caption",
        day=words.full_day(max(risk.by for risk in listed)),
        shown=words.number(min(MOST_LISTED, len(listed))),
        count=words.number(len(listed)),
    )
