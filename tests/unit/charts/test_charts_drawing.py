"""Rules of the pictures: well formed, described, without outside references, from 0."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.charts import (
    STEP_FLOORS,
    Fan,
    FanWords,
    MapWords,
    ReproductionWords,
    Site,
    cell_text,
    chance_step,
    draw_fan,
    draw_reproduction,
    draw_site_map,
    draw_tile_line,
    palette,
    whole_in_100,
)
from vigie.charts.scales import day_ticks, round_ticks

SVG = "{http://www.w3.org/2000/svg}"
TODAY = np.datetime64("2020-11-09")
WORDS = FanWords(
    title='Beds <ICU> & "more"',
    description="One sentence.",
    today="today",
    median="median 20",
    range_50="50 in 100",
    range_95="95 in 100",
    capacity="staffed",
    incomplete="incomplete",
    short="first short day",
    day=lambda day: f"{day:%d %b}",
    number=lambda value: f"{value:g}",
)
MAP_WORDS = MapWords("Map", "One sentence.", ("a", "b", "c", "d", "e"), "no report", "unknown")


def fan(past: np.ndarray, *, future: int = 21, open_days: int = 0) -> Fan:
    days = TODAY - np.arange(len(past), 0, -1)
    middle = np.linspace(10, 20, future)
    spread = np.linspace(1, 8, future)
    bands = np.stack([middle + shift * spread for shift in (-2, -0.7, 0, 0.7, 2)], axis=1)
    is_open = np.arange(len(past)) >= len(past) - open_days
    return Fan(
        days,
        past,
        is_open,
        TODAY + np.arange(future),
        bands,
        days[:1],
        np.array([18.0]),
        TODAY,
        (TODAY + 3, TODAY + 6, TODAY + 12),
    )


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def words_in(svg: str) -> list[str]:
    return [each.text or "" for each in parsed(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("is_narrow", [False, True])
def test_a_picture_has_title_description_and_no_outside_reference(is_narrow: bool):
    drawn = [
        draw_fan(fan(np.arange(30.0)), WORDS, is_narrow=is_narrow),
        draw_tile_line(fan(np.arange(30.0)), title="Beds", description="One sentence."),
        draw_site_map([Site("A", 48, 2, 0.4, True)], MAP_WORDS, is_narrow=is_narrow),
    ]
    for svg in drawn:
        root = parsed(svg)
        assert root.find(f"{SVG}title").text
        assert root.find(f"{SVG}desc").text == "One sentence."
        assert svg.count("http") == 1, "only the name of the SVG format"
        assert "<script" not in svg
        assert "style=" not in svg


def test_a_missing_day_is_a_gap_never_a_zero():
    values = np.array([5.0, 6.0, np.nan, 7.0, 8.0])
    svg = draw_fan(fan(values, future=0), WORDS)
    root = parsed(svg)
    drawn = [each.get("d") for each in root.iter(f"{SVG}path") if each.get("fill") == "none"]
    assert 2 in [line.count("M") for line in drawn]
    assert len(list(root.iter(f"{SVG}circle"))) == 4


def test_days_still_filling_up_are_hollow_and_named():
    svg = draw_fan(fan(np.arange(30.0) + 1, open_days=4), WORDS)
    hollow = [c for c in parsed(svg).iter(f"{SVG}circle") if c.get("fill") == "#FFFFFF"]
    assert len(hollow) == 4
    assert "incomplete" in words_in(svg)


def test_a_fan_names_today_its_ranges_its_capacity_and_the_first_short_day():
    shown = words_in(draw_fan(fan(np.arange(30.0)), WORDS))
    for word in ("today", "50 in 100", "95 in 100", "median 20", "staffed", "first short day"):
        assert word in shown


def test_without_a_forecast_no_range_is_named():
    shown = words_in(draw_fan(fan(np.arange(30.0), future=0), WORDS))
    assert not {"50 in 100", "95 in 100", "median 20"} & set(shown)


def test_bands_of_the_wrong_shape_are_refused():
    with pytest.raises(ValueError, match="bands"):
        Fan(
            np.array([TODAY]),
            np.array([1.0]),
            np.array([False]),
            np.array([TODAY]),
            np.zeros((1, 3)),
            np.array([], "datetime64[D]"),
            np.array([]),
            TODAY,
        )


@settings(max_examples=30, deadline=None)
@given(st.one_of(st.just(0.0), st.floats(1e-6, 1e9)))
def test_ticks_start_at_zero_and_reach_the_largest_value(largest: float):
    ticks = round_ticks(largest)
    assert ticks[0] == 0
    assert ticks[-1] >= largest * (1 - 1e-9)
    assert 2 <= len(ticks) <= 7


@settings(max_examples=30, deadline=None)
@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 4000), st.integers(3, 8))
def test_the_axis_never_names_more_days_than_fit(first: date, length: int, most: int):
    begin = np.datetime64(first)
    ticks = day_ticks(begin, begin + length, most)
    assert len(ticks) <= most
    assert all(begin <= np.datetime64(day) <= begin + length for day in ticks)


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 1))
def test_a_chance_is_never_shown_as_0_or_100_and_its_step_follows_its_number(chance: float):
    shown = cell_text(chance)
    assert shown not in ("0", "100")
    whole = whole_in_100(chance)
    step = chance_step(chance)
    assert STEP_FLOORS[step] <= whole
    assert step == 4 or whole < STEP_FLOORS[step + 1]


@pytest.mark.parametrize("wrong", [-0.01, 1.01, float("nan")])
def test_what_is_no_probability_is_refused(wrong: float):
    with pytest.raises(ValueError, match="probability"):
        whole_in_100(wrong)


def test_sites_of_a_map_do_not_cover_each_other():
    rng = np.random.default_rng(3)
    sites = [Site(f"S{n}", *rng.normal(48, 0.3, 2), float(rng.uniform()), True) for n in range(60)]
    root = parsed(draw_site_map(sites, MAP_WORDS))
    legend = {id(c) for group in root.iter(f"{SVG}g") for c in group.iter(f"{SVG}circle")}
    at = np.array(
        [
            [float(c.get(k)) for k in ("cx", "cy", "r")]
            for c in root.iter(f"{SVG}circle")
            if id(c) not in legend
        ]
    )
    distance = np.hypot(*(at[:, None, :2] - at[None, :, :2]).transpose(2, 0, 1))
    overlap = at[:, None, 2] + at[None, :, 2] - distance
    np.fill_diagonal(overlap, 0)
    assert overlap.max() < 6


def test_a_site_without_report_is_hatched_and_shows_no_number():
    svg = draw_site_map([Site("A", 48, 2, 0.77, False), Site("B", 47, 3, 0.12, True)], MAP_WORDS)
    assert svg.count("url(#n)") == 2, "the site and the legend"
    assert "77" not in words_in(svg)
    assert "12" in words_in(svg)


def test_a_region_is_named_where_its_name_covers_nothing_or_not_at_all():
    apart = [Site("A", 50, 0, 0.5, True, "North"), Site("B", 44, 5, 0.5, True, "South")]
    assert {"North", "South"} <= set(words_in(draw_site_map(apart, MAP_WORDS)))
    together = [
        Site(f"{n}{i}", 48 + i / 90, 2 + n / 90, 0.5, True, f"Region number {n}")
        for n in range(6)
        for i in range(6)
    ]
    named = [w for w in words_in(draw_site_map(together, MAP_WORDS, is_narrow=True)) if "Reg" in w]
    assert len(named) < 6


def test_sites_at_one_point_and_a_single_site_are_drawn():
    same = [Site(f"S{n}", 48.0, 2.0, 0.5, True) for n in range(3)]
    for sites in (same, same[:1]):
        assert parsed(draw_site_map(sites, MAP_WORDS)) is not None


def test_the_same_figures_give_the_same_bytes():
    values = np.arange(30.0)
    assert draw_fan(fan(values), WORDS) == draw_fan(fan(values), WORDS)


R_WORDS = ReproductionWords(
    title='R <1> & "more"',
    description="One sentence.",
    median="median 1.10",
    range_50="50 in 100",
    range_90="90 in 100",
    one="1: neither",
    day=lambda day: f"{day:%d %b}",
    number=lambda value: f"{value:g}",
)


def r_bands(middle: np.ndarray) -> np.ndarray:
    return middle[:, None] * np.array([0.8, 0.9, 1.0, 1.1, 1.25])


@pytest.mark.parametrize("is_narrow", [False, True])
def test_reproduction_chart_starts_at_0_names_the_line_at_1_and_stays_inside(
    is_narrow: bool,
) -> None:
    days = TODAY - np.arange(60, 0, -1)
    svg = draw_reproduction(days, r_bands(np.linspace(0.7, 1.6, 60)), R_WORDS, is_narrow=is_narrow)
    words = words_in(svg)
    for wanted in ("0", "1", "median 1.10", "50 in 100", "90 in 100", "1: neither"):
        assert wanted in words
    root = parsed(svg)
    assert [each.text for each in root.iter(f"{SVG}title")] == [R_WORDS.title]
    assert [each.text for each in root.iter(f"{SVG}desc")] == [R_WORDS.description]
    width = float(root.attrib["width"])
    for each in root.iter(f"{SVG}text"):
        wide = 0.58 * 13 * len(each.text or "")
        start = {"start": 0.0, "middle": 0.5, "end": 1.0}[each.attrib["text-anchor"]]
        left = float(each.attrib["x"]) - start * wide
        assert left >= -1
        assert left + wide <= width + 12


@given(st.lists(st.floats(0.05, 5.0), min_size=2, max_size=70))
@settings(max_examples=25, deadline=None)
def test_reproduction_chart_names_do_not_cover_one_another(middle: list[float]) -> None:
    svg = draw_reproduction(TODAY + np.arange(len(middle)), r_bands(np.array(middle)), R_WORDS)
    named = [
        float(each.attrib["y"])
        for each in parsed(svg).iter(f"{SVG}text")
        if each.text in {"median 1.10", "50 in 100", "90 in 100"}
    ]
    assert len(named) == 3
    assert all(abs(one - two) >= 12 for one, two in pairwise(named))


def test_reproduction_chart_refuses_one_day_and_other_shapes() -> None:
    with pytest.raises(ValueError, match="1 days"):
        draw_reproduction(TODAY + np.arange(1), r_bands(np.ones(1)), R_WORDS)
    with pytest.raises(ValueError, match=r"shape \(3, 4\)"):
        draw_reproduction(TODAY + np.arange(3), np.ones((3, 4)), R_WORDS)


SCENARIO_WORDS = replace(WORDS, scenario="scenario 12", notice="Scenario, not a forecast")


@pytest.mark.parametrize("is_narrow", [False, True])
def test_a_scenario_is_dashed_brown_named_and_says_that_it_is_no_forecast(is_narrow: bool):
    plain = fan(np.arange(30.0))
    under = replace(plain, scenario=0.6 * plain.bands)
    svg = draw_fan(under, SCENARIO_WORDS, is_narrow=is_narrow)
    brown = [e for e in parsed(svg).iter(f"{SVG}path") if e.get("stroke") == palette.SCENARIO]
    assert len(brown) == 3
    assert all(each.get("stroke-dasharray") for each in brown)
    shown = words_in(svg)
    assert {"scenario 12", "Scenario, not a forecast", "median 20"} <= set(shown)
    assert palette.SCENARIO not in draw_fan(plain, WORDS, is_narrow=is_narrow)


def test_labels_at_the_edge_stand_in_the_order_of_their_values_and_apart():
    plain = fan(np.arange(30.0))
    for factor in (0.05, 0.9, 1.6):
        svg = draw_fan(replace(plain, scenario=factor * plain.bands), SCENARIO_WORDS)
        names = ("95 in 100", "50 in 100", "median 20", "scenario 12")
        heights = {e.text: float(e.get("y")) for e in parsed(svg).iter(f"{SVG}text")}
        values = [*plain.bands[-1, [4, 3, 2]], factor * plain.bands[-1, 2]]
        by_value = [name for _, name in sorted(zip(values, names, strict=True), reverse=True)]
        placed = [heights[name] for name in by_value]
        assert (np.diff(placed) >= 12).all()
        assert placed[-1] <= 300 - 28


def test_a_scenario_of_other_days_than_its_baseline_is_refused():
    plain = fan(np.arange(30.0))
    with pytest.raises(ValueError, match="not that of bands"):
        replace(plain, scenario=plain.bands[:5])
