"""Elements of an SVG picture: text, lines, areas, hatching, and the frame with its alternative.

Presentation attributes instead of style sheets, system fonts, no outside reference: the same
bytes show alike in a page with a strict content policy, in a PDF and in a notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from vigie.charts.palette import GROUND, INK

__all__ = [
    "FONT",
    "LETTER",
    "area",
    "circle",
    "document",
    "hatching",
    "line",
    "path",
    "rectangle",
    "text",
]

FONT = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', 'DejaVu Sans', Arial, sans-serif"

LETTER = 0.58
"""Width of a letter in em, on the wide side, for room at the edges."""

Point = tuple[float, float]


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def document(
    width: int, height: int, *, title: str, description: str, parts: Sequence[str], font_size: int
) -> str:
    """A whole SVG picture with title and text alternative.

    Args:
        width, height: size in CSS pixels; the picture scales to its place.
        title: the finding, one sentence.
        description: text alternative, one sentence.
        parts: elements, painted in order.
        font_size: size of plain text, CSS pixels.
    """
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-labelledby="t d" font-family="{escape(FONT)}" '
        f'font-size="{font_size}" fill="{INK}"><title id="t">{escape(title)}</title>'
        f'<desc id="d">{escape(description)}</desc>'
        f'<rect width="{width}" height="{height}" fill="{GROUND}"/>{body}</svg>\n'
    )


def text(
    at: Point,
    content: str,
    *,
    anchor: str = "start",
    fill: str = INK,
    size: float | None = None,
    is_bold: bool = False,
    has_halo: bool = False,
) -> str:
    """A line of text; a halo in the ground colour keeps it readable over lines."""
    more = f' font-size="{_number(size)}"' if size else ""
    more += ' font-weight="600"' if is_bold else ""
    more += f' stroke="{GROUND}" stroke-width="3" paint-order="stroke"' if has_halo else ""
    return (
        f'<text x="{_number(at[0])}" y="{_number(at[1])}" text-anchor="{anchor}" fill="{fill}"'
        f"{more}>{escape(content)}</text>"
    )


def line(start: Point, end: Point, *, stroke: str, width: float = 1.0, dash: str = "") -> str:
    """A straight line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{_number(start[0])}" y1="{_number(start[1])}" x2="{_number(end[0])}" '
        f'y2="{_number(end[1])}" stroke="{stroke}" stroke-width="{width}"{dashes}/>'
    )


def path(pieces: Sequence[Sequence[Point]], *, stroke: str, width: float, dash: str = "") -> str:
    """A line of several pieces; the gap between two pieces is a gap in what is known."""
    drawn = " ".join(_polyline(piece) for piece in pieces if len(piece) > 1)
    if not drawn:
        return ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{drawn}" fill="none" stroke="{stroke}" stroke-width="{width}" '
        f'stroke-linejoin="round"{dashes}/>'
    )


def _polyline(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{_number(x)},{_number(y)}" for x, y in points)


def area(upper: Sequence[Point], lower: Sequence[Point], *, fill: str, outline: str) -> str:
    """The ground between two lines, with an outline that survives a grey print."""
    around = _polyline([*upper, *reversed(lower)])
    return f'<path d="{around}Z" fill="{fill}" stroke="{outline}" stroke-width="0.75"/>'


def circle(at: Point, radius: float, *, fill: str, stroke: str, width: float = 1.0) -> str:
    """A circle."""
    return (
        f'<circle cx="{_number(at[0])}" cy="{_number(at[1])}" r="{_number(radius)}" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="{width}"/>'
    )


def rectangle(at: Point, size: Point, *, fill: str, stroke: str = "none") -> str:
    """A rectangle from its upper left corner."""
    return (
        f'<rect x="{_number(at[0])}" y="{_number(at[1])}" width="{_number(size[0])}" '
        f'height="{_number(size[1])}" fill="{fill}" stroke="{stroke}"/>'
    )


def hatching(name: str, stroke: str) -> str:
    """A pattern of slanted lines, to be used as ``fill="url(#name)"``."""
    return (
        f'<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="{stroke}" '
        f'stroke-width="1.4"/></pattern></defs>'
    )
