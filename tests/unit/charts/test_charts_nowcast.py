"""The nowcast and the reporting triangle as pictures."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.charts import NowcastWords, TriangleWords, draw_nowcast, draw_triangle
from vigie.charts import palette as colours

SVG = "{http://www.w3.org/2000/svg}"
LAST = np.datetime64("2020-11-09")
WORDS = NowcastWords(
    title='Yesterday <12> & "18"',
    description="One sentence.",
    reported="reported so far",
    median="probably",
    range_50="50 in 100 range",
    range_90="90 in 100 range",
    day=lambda day: f"{day:%d %b}",
    number=lambda value: f"{value:g}",
)
TRIANGLE_WORDS = TriangleWords(
    title='44 in <100> & "more"',
    description="One sentence.",
    across="days later",
    day=lambda day: f"{day:%d %b}",
    column=str,
)


def days(count: int) -> np.ndarray:
    return LAST - np.arange(count - 1, -1, -1)


def bands_above(reported: np.ndarray, more: float = 20.0) -> np.ndarray:
    late = more * np.linspace(0, 1, len(reported)) ** 4
    return np.nan_to_num(reported)[:, None] + late[:, None] * np.array([0.5, 0.8, 1, 1.2, 1.6])


def texts(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}text"))


def bars(svg: str) -> list[ElementTree.Element]:
    """Bars of what is reported; the first such rectangle is the legend's."""
    found = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    return [each for each in found if each.get("fill") == colours.REPORTED][1:]


def stays_inside(svg: str, size: int) -> None:
    width = float(ElementTree.fromstring(svg).attrib["width"])
    for each in texts(svg):
        wide = 0.58 * size * len(each.text or "")
        start = {"start": 0.0, "middle": 0.5, "end": 1.0}[each.attrib["text-anchor"]]
        left = float(each.attrib["x"]) - start * wide
        assert left >= -1, each.text
        assert left + wide <= width + 12, each.text


@pytest.mark.parametrize("is_narrow", [False, True])
def test_both_pictures_are_described_and_stay_inside(is_narrow: bool) -> None:
    reported = np.full(21, 40.0)
    shares = np.tile(np.linspace(0.4, 1, 21), (21, 1))
    drawn = [
        draw_nowcast(days(21), reported, bands_above(reported), WORDS, is_narrow=is_narrow),
        draw_triangle(days(21), shares, 1, TRIANGLE_WORDS, is_narrow=is_narrow),
    ]
    for svg, words in zip(drawn, (WORDS, TRIANGLE_WORDS), strict=True):
        root = ElementTree.fromstring(svg)
        assert [each.text for each in root.iter(f"{SVG}title")] == [words.title]
        assert [each.text for each in root.iter(f"{SVG}desc")] == [words.description]
        assert svg.count("http") == 1, "only the name of the SVG format"
        assert "style=" not in svg
        stays_inside(svg, 12 if is_narrow else 13)


def test_a_day_without_reports_has_no_bar_but_a_median() -> None:
    reported = np.array([5.0, np.nan, 7.0])
    svg = draw_nowcast(days(3), reported, bands_above(reported), WORDS)
    assert len(bars(svg)) == 2
    lines = [
        each
        for each in ElementTree.fromstring(svg).iter(f"{SVG}line")
        if each.get("stroke") == colours.FORECAST
    ]
    assert len(lines) == 3


def test_bars_start_at_0_and_are_as_high_as_what_is_reported() -> None:
    reported = np.array([10.0, 20.0, 0.0, 40.0])
    svg = draw_nowcast(days(4), reported, bands_above(reported), WORDS)
    found = bars(svg)
    heights = np.array([float(each.get("height", 0)) for each in found])
    assert np.allclose(heights, heights[-1] * reported / 40, atol=0.2)
    bottoms = {round(float(each.get("y", 0)) + float(each.get("height", 0)), 0) for each in found}
    assert len(bottoms) == 1


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.floats(0, 1e5), st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_counts_can_be_drawn(values: list[float], more: float, is_narrow: bool) -> None:
    reported = np.array(values)
    svg = draw_nowcast(
        days(len(values)), reported, bands_above(reported, more), WORDS, is_narrow=is_narrow
    )
    assert "nan" not in svg
    assert len(bars(svg)) == len(values)


def test_the_triangle_has_a_number_in_every_known_cell_the_newest_day_first() -> None:
    shares = np.array([[0.4, 0.8, 1.0], [0.45, 0.77, np.nan], [0.5, np.nan, np.nan]])
    shown = [each.text for each in texts(draw_triangle(days(3), shares, 1, TRIANGLE_WORDS))]
    assert shown == [
        "days later",
        *("1", "2", "3"),
        *("09 Nov", "50"),
        *("08 Nov", "45", "77"),
        *("07 Nov", "40", "80", "100"),
    ]


def test_shades_deepen_with_the_share_and_numbers_read_on_them() -> None:
    shares = np.array([[0.1, 0.3, 0.6, 0.9, 1.0]])
    root = ElementTree.fromstring(draw_triangle(days(1), shares, 0, TRIANGLE_WORDS))
    fills = [each.get("fill") for each in root.iter(f"{SVG}rect")][1:]
    assert fills == [fill for fill, _ in colours.SHARE_FILLS]


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="3 days and bands"):
        draw_nowcast(days(3), np.ones(3), np.ones((2, 5)), WORDS)
    with pytest.raises(ValueError, match="0 days"):
        draw_nowcast(days(0), np.ones(0), np.ones((0, 5)), WORDS)
    with pytest.raises(ValueError, match="3 days and shares"):
        draw_triangle(days(3), np.ones((2, 5)), 0, TRIANGLE_WORDS)
