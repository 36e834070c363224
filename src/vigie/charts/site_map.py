"""The map of sites: a circle where each site lies, with its chance as number and as colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.charts import drawing, palette
from vigie.charts.risk_scale import cell_text, chance_step

__all__ = ["MapWords", "Site", "draw_site_map", "project"]

FloatArray = NDArray[np.float64]

MOST_REGION_NAMES = 20

FARTHEST_NAME = 60.0
"""A region's name stands at most this far above its highest site, in pixels, or not at all."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site on the map.

    Attributes:
        name: as people say it.
        latitude, longitude: degrees, north and east positive.
        probability: its highest chance of a shortage, 0 to 1; None when nothing is known.
        has_reported: it reported for the newest day.
        region: name of the region it lies in; "" when the map names none.
    """

    name: str
    latitude: float
    longitude: float
    probability: float | None
    has_reported: bool
    region: str = ""


@dataclass(frozen=True, slots=True)
class MapWords:
    """Words of the map: ``steps`` names the five steps, from low to high."""

    title: str
    description: str
    steps: tuple[str, str, str, str, str]
    did_not_report: str
    unknown: str


def draw_site_map(sites: Sequence[Site], words: MapWords, *, is_narrow: bool = False) -> str:
    """The map as SVG text: shape and number carry the meaning, colour repeats it.

    Circles that would lie on each other are moved apart, so the map shows where roughly; a
    square with hatching is a site without a report.

    Args:
        sites: at least one, with coordinates.
        words: in the reader's language.
        is_narrow: for a phone of 360 px.
    """
    width, height = (344, 470) if is_narrow else (720, 560)
    legend = 84 if is_narrow else 48
    steps = np.array([-1 if s.probability is None else chance_step(s.probability) for s in sites])
    radii = _radii(steps, width * (height - legend))
    at = _spread(
        project([(s.latitude, s.longitude) for s in sites], width, height - legend),
        radii,
        width,
        height - legend,
    )
    order = np.argsort(steps, kind="stable")
    marks = [_mark(sites[i], (float(at[i, 0]), float(at[i, 1])), float(radii[i])) for i in order]
    parts = [
        drawing.hatching("n", palette.STATUS["missing"]),
        *marks,
        *_region_names(sites, at, radii, width),
        *_legend(words, width, height - legend + 18, is_narrow=is_narrow),
    ]
    return drawing.document(
        width, height, title=words.title, description=words.description, parts=parts, font_size=12
    )


def _radii(steps: NDArray[np.int64], ground: float) -> FloatArray:
    even = math.sqrt(0.30 * ground / (max(1, len(steps)) * math.pi))
    size = min(12.0, max(3.0, even))
    return np.where(steps >= 2, max(size, 9.5), size)


def project(degrees: Sequence[tuple[float, float]], width: int, height: int) -> FloatArray:
    """Places on a map of this size, north above, (place, 2) from the left and from the top.

    Args:
        degrees: latitude and longitude of each place.
        width, height: of the map, CSS pixels.
    """
    latitude, longitude = np.array(degrees, dtype=np.float64).T
    x = longitude * math.cos(math.radians(float(latitude.mean())))
    raw = np.column_stack([x - x.min(), latitude.max() - latitude])
    span = np.maximum(raw.max(axis=0), 1e-9)
    beside, above = 24.0, 36.0
    zoom = min((width - 2 * beside) / span[0], (height - 2 * above) / span[1])
    if not math.isfinite(zoom) or len(degrees) == 1:
        return np.array([[width / 2, height / 2]] * len(degrees))
    offset = (np.array([width, height]) - span * zoom) / 2
    moved: FloatArray = raw * zoom + offset
    return moved


def _spread(at: FloatArray, radii: FloatArray, width: int, height: int) -> FloatArray:
    moved = at.copy()
    wanted = radii[:, None] + radii[None, :] + 1.0
    for _ in range(40):
        apart = moved[:, None, :] - moved[None, :, :]
        distance = np.sqrt((apart**2).sum(axis=2))
        np.fill_diagonal(distance, np.inf)
        overlap = np.clip(wanted - distance, 0.0, None)
        if not overlap.any():
            break
        tie = np.arange(len(moved), dtype=float)
        apart[..., 0] += np.where(distance < 1e-6, np.sign(tie[:, None] - tie[None, :]), 0.0)
        direction = apart / np.maximum(distance, 1e-6)[..., None]
        moved += 0.5 * np.where(overlap[..., None] > 0, direction * overlap[..., None], 0.0).sum(
            axis=1
        ).clip(-12, 12)
        moved[:, 0] = moved[:, 0].clip(radii + 2, width - radii - 2)
        moved[:, 1] = moved[:, 1].clip(radii + 2, height - radii - 2)
    return moved


def _mark(site: Site, at: tuple[float, float], radius: float) -> str:
    x, y = at
    if not site.has_reported:
        corner, side = (x - radius, y - radius), (2 * radius, 2 * radius)
        ground = drawing.rectangle(corner, side, fill=palette.GROUND)
        return ground + drawing.rectangle(corner, side, fill="url(#n)", stroke=palette.INK)
    if site.probability is None:
        return drawing.circle(at, radius, fill=palette.GROUND, stroke=palette.RULE)
    fill, ink = palette.CHANCE_FILLS[chance_step(site.probability)]
    mark = drawing.circle(at, radius, fill=fill, stroke=palette.INK)
    number = cell_text(site.probability)
    if radius < 9 or chance_step(site.probability) == 0:
        return mark
    size = radius * (1.02 if len(number) < 3 else 0.8)
    return mark + drawing.text(
        (x, y + radius * 0.36), number, anchor="middle", fill=ink, size=size, is_bold=True
    )


def _region_names(
    sites: Sequence[Site], at: FloatArray, radii: FloatArray, width: int
) -> list[str]:
    names = sorted({site.region for site in sites if site.region})
    if len(names) > MOST_REGION_NAMES:
        return []
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for name in names:
        inside = np.flatnonzero([site.region == name for site in sites])
        highest = inside[np.argmin(at[inside, 1])]
        half = 3.8 * len(name)
        x = min(max(float(at[highest, 0]), half + 2), width - half - 2)
        start = float(at[highest, 1] - radii[highest]) - 5
        for y in np.arange(start, max(start - FARTHEST_NAME, 10.0), -4.0).tolist():
            if not _covers_site(x, y, half, at, radii) and not _covers_name(x, y, half, taken):
                taken.append((x, y, half))
                parts.append(drawing.text((x, y), name, anchor="middle", is_bold=True))
                break
    return parts


def _covers_site(x: float, y: float, half: float, at: FloatArray, radii: FloatArray) -> bool:
    beside = np.clip(np.abs(at[:, 0] - x) - half, 0, None)
    above = np.clip(np.maximum(y - 10 - at[:, 1], at[:, 1] - y - 2), 0, None)
    return bool((np.hypot(beside, above) < radii).any())


def _covers_name(
    x: float, y: float, half: float, taken: Sequence[tuple[float, float, float]]
) -> bool:
    return any(
        abs(x - there) < half + wide + 6 and abs(y - height) < 14 for there, height, wide in taken
    )


def _legend(words: MapWords, width: int, top: float, *, is_narrow: bool) -> list[str]:
    entries: list[tuple[str, str]] = [
        (drawing.circle((0, 0), 7, fill=fill, stroke=palette.INK), name)
        for (fill, _), name in zip(palette.CHANCE_FILLS, words.steps, strict=True)
    ]
    entries.append(
        (
            drawing.rectangle((-7, -7), (14, 14), fill="url(#n)", stroke=palette.INK),
            words.did_not_report,
        )
    )
    entries.append(
        (drawing.circle((0, 0), 7, fill=palette.GROUND, stroke=palette.RULE), words.unknown)
    )
    columns = 2 if is_narrow else 4
    cell = (width - 16) / columns
    parts = []
    for n, (mark, name) in enumerate(entries):
        x, y = 18 + cell * (n % columns), top + 19 * (n // columns)
        label = drawing.text((12, 4), name)
        parts.append(f'<g transform="translate({x:.0f} {y:.0f})">{mark}{label}</g>')
    return parts
