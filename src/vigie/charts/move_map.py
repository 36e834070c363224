"""The map of moves: an arrow from who gives to who is helped, with its number and quantity."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vigie.charts import drawing, palette
from vigie.charts.risk_days import shortened
from vigie.charts.site_map import project

__all__ = ["MapMove", "MoveMapWords", "MovePlace", "draw_move_map"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MovePlace:
    """A site or a depot on the map: its name, and degrees north and east."""

    name: str
    latitude: float
    longitude: float
    is_depot: bool = False


@dataclass(frozen=True, slots=True)
class MapMove:
    """A move between two of the places, by their position in the list of places.

    Attributes:
        sender, receiver: positions.
        number: as the list of moves numbers it.
        quantity: how much, as read.
    """

    sender: int
    receiver: int
    number: int
    quantity: str


@dataclass(frozen=True, slots=True)
class MoveMapWords:
    """Words of the map; depot is said when one has a move."""

    title: str
    description: str
    gives: str
    helped: str
    other: str
    depot: str


def draw_move_map(
    places: Sequence[MovePlace],
    moves: Sequence[MapMove],
    words: MoveMapWords,
    *,
    is_narrow: bool = False,
) -> str:
    """The map as SVG text: squares give, diamonds are depots that give, circles are helped.

    The arrow says which way.

    Moves between the same two places share an arrow; on a phone it carries numbers only.

    Args:
        places: all sites with coordinates; those without a move stay small.
        moves: at least one, at most a dozen remain readable.
        words: in the reader's language.
        is_narrow: for a phone of 360 px.

    Raises:
        ValueError: no move to draw.
    """
    if not moves:
        raise ValueError("a map of moves needs a move")
    width, height = (344, 400) if is_narrow else (720, 520)
    has_depot = any(places[move.sender].is_depot for move in moves)
    legend = (85 if has_depot else 66) if is_narrow else 30
    places, moves = _near(places, moves)
    at = project([(p.latitude, p.longitude) for p in places], width, height - legend)
    senders = {move.sender for move in moves}
    receivers = {move.receiver for move in moves}
    ways: dict[tuple[int, int], list[MapMove]] = {}
    for move in moves:
        ways.setdefault((move.sender, move.receiver), []).append(move)
    parts = [
        drawing.circle(_xy(at, i), 2.6, fill=palette.GROUND, stroke=palette.REPORTED)
        for i in range(len(places))
    ]
    parts += [_arrow(_bend(_xy(at, one), _xy(at, other))) for one, other in ways]
    taken: list[tuple[float, float, float]] = [
        (*_xy(at, each), 8.0) for each in sorted(senders | receivers)
    ]
    for each in sorted(senders | receivers):
        if places[each].is_depot:
            parts.append(_depot(_xy(at, each)))
        else:
            gives, is_helped = each in senders, each in receivers
            parts.append(_end(_xy(at, each), is_sender=gives, is_receiver=is_helped))
    names = partial(_names, places, at, sorted(senders | receivers), taken, width)
    labels = partial(_labels, at, ways, taken)
    # On a phone the numbers must be there; on a wide map they find another place on their arrow.
    for draw in (labels, names) if is_narrow else (names, labels):
        parts += draw(is_narrow=is_narrow)
    parts += _legend(words, height - legend + 20, has_depot=has_depot, is_narrow=is_narrow)
    return drawing.document(
        width, height, title=words.title, description=words.description, parts=parts, font_size=12
    )


def _near(
    places: Sequence[MovePlace], moves: Sequence[MapMove]
) -> tuple[list[MovePlace], list[MapMove]]:
    """The part of the country in which something moves, with a margin around it."""
    degrees = np.array([(each.latitude, each.longitude) for each in places], dtype=np.float64)
    ends = degrees[sorted({end for move in moves for end in (move.sender, move.receiver)})]
    low, high = ends.min(axis=0), ends.max(axis=0)
    margin = np.maximum(0.12 * (high - low), 0.02)
    inside = ((degrees >= low - margin) & (degrees <= high + margin)).all(axis=1)
    number = np.cumsum(inside) - 1
    return (
        [place for place, is_near in zip(places, inside.tolist(), strict=True) if is_near],
        [
            replace(each, sender=int(number[each.sender]), receiver=int(number[each.receiver]))
            for each in moves
        ],
    )


def _xy(at: FloatArray, index: int) -> tuple[float, float]:
    return float(at[index, 0]), float(at[index, 1])


Curve = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


def _bend(start: tuple[float, float], end: tuple[float, float]) -> Curve:
    """Start, control point and end: bent to the right, so the way back is another line."""
    across, down = end[0] - start[0], end[1] - start[1]
    middle = ((start[0] + end[0]) / 2 - 0.14 * down, (start[1] + end[1]) / 2 + 0.14 * across)
    return start, middle, end


def _on(curve: Curve, share: float) -> tuple[float, float]:
    (ax, ay), (bx, by), (cx, cy) = curve
    one, two, three = (1 - share) ** 2, 2 * share * (1 - share), share**2
    return one * ax + two * bx + three * cx, one * ay + two * by + three * cy


def _arrow(curve: Curve) -> str:
    points = [_on(curve, share) for share in np.linspace(0, 1, 17).tolist()]
    length = math.dist(curve[0], curve[2])
    stop = _on(curve, max(0.5, 1 - 9 / max(length, 1.0)))
    back = _on(curve, max(0.3, 1 - 20 / max(length, 1.0)))
    angle = math.atan2(stop[1] - back[1], stop[0] - back[0])
    wings = [
        (stop[0] - 10 * math.cos(angle + side), stop[1] - 10 * math.sin(angle + side))
        for side in (0.42, -0.42)
    ]
    head = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in (stop, *wings)) + "Z"
    return (
        drawing.path([points], stroke=palette.ACCENT, width=1.8)
        + f'<path d="{head}" fill="{palette.ACCENT}"/>'
    )


def _end(at: tuple[float, float], *, is_sender: bool, is_receiver: bool) -> str:
    square = drawing.rectangle(
        (at[0] - 6, at[1] - 6), (12, 12), fill=palette.GROUND, stroke=palette.INK
    )
    circle = drawing.circle(at, 4.2 if is_sender else 6.5, fill=palette.INK, stroke=palette.INK)
    return (square if is_sender else "") + (circle if is_receiver else "")


def _depot(at: tuple[float, float]) -> str:
    (x, y), half = at, 8.5
    corners = f"M{x:.1f},{y - half:.1f}L{x + half:.1f},{y:.1f}L{x:.1f},{y + half:.1f}"
    return (
        f'<path d="{corners}L{x - half:.1f},{y:.1f}Z" fill="{palette.GROUND}" '
        f'stroke="{palette.INK}"/>'
    )


def _labels(
    at: FloatArray,
    ways: Mapping[tuple[int, int], Sequence[MapMove]],
    taken: list[tuple[float, float, float]],
    *,
    is_narrow: bool,
) -> list[str]:
    return [
        _label(_bend(_xy(at, one), _xy(at, other)), moves, taken, is_narrow=is_narrow)
        for (one, other), moves in ways.items()
    ]


def _names(
    places: Sequence[MovePlace],
    at: FloatArray,
    shown: Sequence[int],
    taken: list[tuple[float, float, float]],
    width: int,
    *,
    is_narrow: bool,
) -> list[str]:
    parts = []
    for each in sorted(shown, key=lambda index: float(at[index, 1])):
        parts += _name(places[each].name, _xy(at, each), taken, width, is_narrow=is_narrow)
    return parts


def _label(
    curve: Curve,
    moves: Sequence[MapMove],
    taken: list[tuple[float, float, float]],
    *,
    is_narrow: bool,
) -> str:
    told = ", ".join(str(move.number) for move in moves[:3])
    if len(moves) > 3:
        told += " …"
    elif len(moves) == 1 and not is_narrow:
        told = f"{moves[0].number}: {moves[0].quantity}"
    half = drawing.LETTER * 12 * len(told) / 2 + 4
    at = _free(_label_places(curve), half, taken)
    corner, size = (at[0] - half, at[1] - 9), (2 * half, 17)
    return drawing.rectangle(
        corner, size, fill=palette.GROUND, stroke=palette.ACCENT
    ) + drawing.text((at[0], at[1] + 4), told, anchor="middle", fill=palette.ACCENT, is_bold=True)


def _label_places(curve: Curve) -> list[tuple[float, float]]:
    """On the arrow from its middle outwards, then beside it, the nearer the sooner."""
    found = [_on(curve, share) for share in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)]
    (ax, ay), _, (cx, cy) = curve
    length = max(1.0, math.dist(curve[0], curve[2]))
    across, down = (cy - ay) / length, (ax - cx) / length
    for away in (18, -18, 32, -32, 46, -46):
        for share in (0.5, 0.3, 0.7):
            x, y = _on(curve, share)
            # Labels are wider than high: they need more room to the side.
            found.append((x + 1.6 * away * across, y + away * down))
    return found


def _free(
    wanted: Sequence[tuple[float, float]], half: float, taken: list[tuple[float, float, float]]
) -> tuple[float, float]:
    """The first place that covers nothing, or the first of all; it is then taken."""
    found = next((at for at in wanted if not _covers(at, half, taken)), wanted[0])
    taken.append((*found, half))
    return found


def _covers(
    at: tuple[float, float], half: float, taken: Sequence[tuple[float, float, float]]
) -> bool:
    return any(abs(at[0] - x) < half + wide + 2 and abs(at[1] - y) < 17 for x, y, wide in taken)


def _name(
    name: str,
    at: tuple[float, float],
    taken: list[tuple[float, float, float]],
    width: int,
    *,
    is_narrow: bool,
) -> list[str]:
    told = shortened(name, 18 if is_narrow else 28)
    half = drawing.LETTER * 12 * len(told) / 2
    sides = [
        (at[0], at[1] - 16),
        (at[0], at[1] + 20),
        (at[0] + half + 12, at[1] + 4),
        (at[0] - half - 12, at[1] + 4),
        (at[0] + half + 8, at[1] - 14),
        (at[0] - half - 8, at[1] - 14),
    ]
    if not is_narrow:
        sides += [(at[0], at[1] - 30), (at[0], at[1] + 34)]
    inside = [(min(max(x, half + 2), width - half - 2), y) for x, y in sides]
    free = [each for each in inside if not _covers(each, half, taken)]
    if not free:
        return []
    taken.append((*free[0], half))
    return [drawing.text((free[0][0], free[0][1] + 4), told, anchor="middle", has_halo=True)]


def _legend(words: MoveMapWords, top: float, *, has_depot: bool, is_narrow: bool) -> list[str]:
    parts, across, row = [], 10.0, 0
    for mark, name in (
        (_end((0, 0), is_sender=True, is_receiver=False), words.gives),
        *([(_depot((0, 0)), words.depot)] if has_depot else []),
        (_end((0, 0), is_sender=False, is_receiver=True), words.helped),
        (drawing.circle((0, 0), 2.6, fill=palette.GROUND, stroke=palette.REPORTED), words.other),
    ):
        height = top + 19 * row
        parts.append(
            f'<g transform="translate({across:.0f} {height:.0f})">{mark}'
            f"{drawing.text((12, 4), name)}</g>"
        )
        if is_narrow:
            row += 1
        else:
            across += 44 + drawing.LETTER * 12 * len(name)
    return parts
