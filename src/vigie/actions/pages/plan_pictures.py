"""The pictures of the plan: the map of moves, and chances before and after at both ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from vigie.actions.rooms.places import DEPOT_KIND
from vigie.actions.views.moves import Move
from vigie.actions.views.risks import AT_RISK_STEP, DECISION_DAYS
from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.views import Picture
from vigie.actions.words.wording import Words
from vigie.charts import (
    BeforeAfterWords,
    Change,
    MapMove,
    MoveMapWords,
    MovePlace,
    chance_step,
    draw_before_after,
    draw_move_map,
    whole_in_100,
)

__all__ = ["effect_picture", "map_picture"]

MOST_ARROWS = 12
MOST_HELPED, MOST_GIVING = 10, 6


def map_picture(
    moves: Sequence[Move], names: RoomNames, words: Words, release: str
) -> Picture | None:
    """The first moves of the list on the map of sites; None when none can be placed.

    Args:
        moves: in the order of the list, which numbers them from 1.
        names: of the room.
        words: of the reader.
        release: id of the release.
    """
    givers = {move["from_place"] for move in moves}
    depots = [each for each in names.depots() if each.key in givers]
    sites = [each for each in (*names.sites(), *depots) if each.latitude is not None]
    at = {site.key: index for index, site in enumerate(sites)}
    placed = [
        (number, move)
        for number, move in enumerate(moves, start=1)
        if move["from_place"] in at and move["to_place"] in at
    ][:MOST_ARROWS]
    if not placed:
        return None
    arrows = [
        MapMove(
            sender=at[move["from_place"]],
            receiver=at[move["to_place"]],
            number=number,
            quantity=words.number(move["quantity"]),
        )
        for number, move in placed
    ]
    concerned = {end for arrow in arrows for end in (arrow.sender, arrow.receiver)}
    first = placed[0][1]
    count, places = words.number(len(arrows)), words.number(len(concerned))
    has_depot = any(sites[arrow.sender].kind == DEPOT_KIND for arrow in arrows)
    key = "plan.map_finding_places" if has_depot else "plan.map_finding"
    finding = words.say(key, count=count, places=places)
    alternative = words.say(
        "plan.map_alternative_places" if has_depot else "plan.map_alternative",
        count=count,
        places=places,
        sender=names.place(first["from_place"]),
        receiver=names.place(first["to_place"]),
        quantity=_quantity(first, names, words),
    )
    map_words = MoveMapWords(
        title=finding,
        description=alternative,
        gives=words.say("plan.map_gives"),
        helped=words.say("plan.map_helped"),
        other=words.say("plan.map_other"),
        depot=words.say("plan.map_depot"),
    )
    ground = [
        MovePlace(each.name, each.latitude or 0.0, each.longitude or 0.0, each.kind == DEPOT_KIND)
        for each in sites
    ]
    return Picture(
        name="plan-map",
        finding=finding,
        subtitle=words.say("plan.map_subtitle"),
        alternative=alternative,
        source=words.say("days.source", release=release),
        header=tuple(
            words.say(key)
            for key in ("plan.number", "plan.from_place", "plan.to_place", "plan.quantity")
        ),
        rows=tuple(
            (
                str(number),
                names.place(move["from_place"]),
                names.place(move["to_place"]),
                _quantity(move, names, words),
            )
            for number, move in placed
        ),
        draw=lambda is_narrow: draw_move_map(ground, arrows, map_words, is_narrow=is_narrow),
    )


def effect_picture(
    moves: Sequence[Move], names: RoomNames, words: Words, release: str, as_of: date
) -> Picture | None:
    """Chances before and after of the places helped most, and of those that give to them."""
    helped = _changes(moves, names, is_helped=True)[:MOST_HELPED]
    giving = _changes(moves[: 2 * MOST_HELPED], names, is_helped=False)
    giving = sorted(giving, key=lambda each: each.before - each.after)[:MOST_GIVING]
    if not helped:
        return None
    changes = [*helped, *giving]
    largest = helped[0]
    saved = sum(
        chance_step(each.before) >= AT_RISK_STEP > chance_step(each.after) for each in helped
    )
    finding = words.say(
        "plan.effect_finding", count=words.number(saved), shown=words.number(len(helped))
    )
    alternative = words.say(
        "plan.effect_alternative",
        shown=words.number(len({each.place for each in changes})),
        name=f"{largest.place}, {largest.what}",
        before=words.chance(largest.before).cell,
        after=words.chance(largest.after).cell,
    )
    effect_words = BeforeAfterWords(
        title=finding,
        description=alternative,
        helped=words.say("plan.helped"),
        gives=words.say("plan.gives"),
        before=words.say("plan.before"),
        after=words.say("plan.after"),
        scale=words.say("plan.scale"),
    )
    day = words.full_day(as_of + timedelta(days=DECISION_DAYS))
    return Picture(
        name="plan-effect",
        finding=finding,
        subtitle=words.say("plan.effect_subtitle", day=day),
        alternative=alternative,
        source=words.say("days.source", release=release),
        header=(
            f"{words.say('decide.where')}, {words.say('decide.what').lower()}",
            words.say("plan.helped"),
            words.say("plan.before"),
            words.say("plan.after"),
        ),
        rows=tuple(
            (
                f"{each.place}, {each.what}",
                words.say("plan.map_helped" if each.is_helped else "plan.map_gives"),
                words.chance(each.before).cell,
                words.chance(each.after).cell,
            )
            for each in changes
        ),
        draw=lambda is_narrow: draw_before_after(changes, effect_words, is_narrow=is_narrow),
    )


def _quantity(move: Move, names: RoomNames, words: Words) -> str:
    return f"{words.number(move['quantity'])}\u00a0{names.category(move['category'])}"


def _changes(moves: Sequence[Move], names: RoomNames, *, is_helped: bool) -> list[Change]:
    """One a place and category, in the order of the moves; a change below 1 in 100 is left out."""
    found: dict[tuple[str, str], Change] = {}
    for move in moves:
        at_receiver = (move["kind"] != "patients") == is_helped
        end, side = ("to_place", "receiver") if at_receiver else ("from_place", "sender")
        key = (move[end], move["category"])
        if side == "sender" and "stock_left" in move:
            # A depot has no chance of a shortage.
            continue
        before, after = move[f"{side}_before"], move[f"{side}_after"]
        if key in found or (is_helped and whole_in_100(before) == whole_in_100(after)):
            continue
        place, what = names.place(move[end]), names.category(move["category"])
        found[key] = Change(place, what, before, after, is_helped)
    return list(found.values())
