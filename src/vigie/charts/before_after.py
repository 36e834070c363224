"""Before and after: the chance of a shortage at each end of a plan, without it and with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigie.charts import drawing, palette
from vigie.charts.risk_days import BOLD_LETTER, shortened
from vigie.charts.risk_scale import cell_text

__all__ = ["BeforeAfterWords", "Change", "draw_before_after"]


@dataclass(frozen=True, slots=True)
class Change:
    """The chance of one thing at one place.

    Attributes:
        place: where.
        what: what may run short.
        before, after: P(short) without the plan and with it, 0 to 1.
        is_helped: the place is helped; else it gives.
    """

    place: str
    what: str
    before: float
    after: float
    is_helped: bool


@dataclass(frozen=True, slots=True)
class BeforeAfterWords:
    """Words of the picture: its two groups, its two marks, and its scale."""

    title: str
    description: str
    helped: str
    gives: str
    before: str
    after: str
    scale: str


def draw_before_after(
    changes: Sequence[Change], words: BeforeAfterWords, *, is_narrow: bool = False
) -> str:
    """A line from the chance without the plan to that with it, for each place, as SVG text.

    An open mark is before, a full one after; who is helped has circles, who gives has squares.

    Args:
        changes: at least one.
        words: in the reader's language.
        is_narrow: for a phone of 360 px.

    Raises:
        ValueError: nothing to draw.
    """
    if not changes:
        raise ValueError("a picture of before and after needs a change")
    width, left, right = (344, 34.0, 306.0) if is_narrow else (720, 262.0, 682.0)
    row = 46.0 if is_narrow else 32.0
    parts, top = _key(words, is_narrow=is_narrow)
    groups = [
        (words.helped, [each for each in changes if each.is_helped]),
        (words.gives, [each for each in changes if not each.is_helped]),
    ]
    begins = top
    marks: list[str] = []
    for name, members in groups:
        if not members:
            continue
        marks.append(drawing.text((0, top + 16), name, is_bold=True))
        top += 24
        for each in members:
            marks += _row(each, top, row, left, right, is_narrow=is_narrow)
            top += row
        top += 8
    parts += _scale(begins + 22, top, left, right, words)
    return drawing.document(
        width,
        int(top + 40),
        title=words.title,
        description=words.description,
        parts=[*parts, *marks],
        font_size=12,
    )


def _key(words: BeforeAfterWords, *, is_narrow: bool) -> tuple[list[str], float]:
    parts, across = [], 8.0
    for name, fill in ((words.before, palette.GROUND), (words.after, palette.INK)):
        parts.append(drawing.circle((across, 12), 5, fill=fill, stroke=palette.INK, width=1.6))
        parts.append(drawing.text((across + 11, 16), name))
        across += 30 + drawing.LETTER * 12 * len(name)
    return parts, 26.0 if is_narrow else 24.0


def _scale(
    top: float, bottom: float, left: float, right: float, words: BeforeAfterWords
) -> list[str]:
    parts = []
    for tick in (0, 25, 50, 75, 100):
        across = left + (right - left) * tick / 100
        colour = palette.INK if tick == 0 else palette.RULE
        parts.append(drawing.line((across, top), (across, bottom), stroke=colour))
        parts.append(drawing.text((across, bottom + 15), str(tick), anchor="middle"))
    parts.append(drawing.text((right, bottom + 32), words.scale, anchor="end"))
    return parts


def _row(
    change: Change, top: float, row: float, left: float, right: float, *, is_narrow: bool
) -> list[str]:
    if is_narrow:
        place = shortened(change.place, 22)
        across = 4 + BOLD_LETTER * 12 * len(place) + 8
        what = shortened(change.what, int((340 - across) / (drawing.LETTER * 12)))
        parts = [
            drawing.text((4, top + 13), place, is_bold=True, has_halo=True),
            drawing.text((across, top + 13), what, has_halo=True),
        ]
    else:
        most = int((left - 42) / (drawing.LETTER * 12))
        parts = [
            drawing.text((0, top + 12), shortened(change.place, most), is_bold=True),
            drawing.text((0, top + 26), shortened(change.what, most)),
        ]
    height = top + row - (14 if is_narrow else 16)
    before = left + (right - left) * change.before
    after = left + (right - left) * change.after
    parts.append(drawing.line((before, height), (after, height), stroke=palette.INK, width=2.0))
    parts.append(_mark(change, (before, height), palette.GROUND))
    parts.append(_mark(change, (after, height), palette.INK))
    return parts + _numbers(change, before, after, height, right)


def _mark(change: Change, at: tuple[float, float], fill: str) -> str:
    if change.is_helped:
        return drawing.circle(at, 5.5, fill=fill, stroke=palette.INK, width=1.6)
    corner = (at[0] - 5, at[1] - 5)
    return drawing.rectangle(corner, (10, 10), fill=fill, stroke=palette.INK)


def _numbers(change: Change, before: float, after: float, height: float, right: float) -> list[str]:
    """Both numbers on the outer sides of the line; close ones become one label."""
    told = f"{cell_text(change.before)} → {cell_text(change.after)}"
    size = drawing.LETTER * 12 * len(told) + 14
    if abs(before - after) < 40:
        end = max(before, after)
        at = end + 10 if end + size < right + 38 else min(before, after) - size + 4
        return [drawing.text((at, height + 4), told, is_bold=True, has_halo=True)]
    texts = []
    for value, own, other in ((change.before, before, after), (change.after, after, before)):
        outside, anchor = (9.0, "start") if own > other else (-9.0, "end")
        texts.append(
            drawing.text(
                (own + outside, height + 4),
                cell_text(value),
                anchor=anchor,
                is_bold=True,
                has_halo=True,
            )
        )
    return texts
