"""Rules of the pictures of shortages and moves: numbers in every cell, nothing by colour alone."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.charts import (
    Ahead,
    AheadWords,
    BeforeAfterWords,
    Change,
    MapMove,
    MoveMapWords,
    MovePlace,
    RiskDaysWords,
    RiskLine,
    cell_text,
    draw_ahead,
    draw_before_after,
    draw_move_map,
    draw_risk_days,
)

SVG = "{http://www.w3.org/2000/svg}"
TODAY = np.datetime64("2020-11-09")
DAYS = TODAY + np.arange(22)
NONE = np.empty(0)
DAY_WORDS = RiskDaysWords(
    "Risks <by> day", "One sentence.", ("a", "b", "c", "d", "e"), lambda day: f"{day:%b}"
)
AHEAD_WORDS = AheadWords(
    title="ICU",
    description="One sentence.",
    today="today",
    median="median 20",
    range_80="80 in 100",
    capacity="usable",
    limits="Limited by",
    short="first short day",
    act_by="act by 12 Nov",
    day=lambda day: f"{day:%d %b}",
    number=lambda value: f"{value:g}",
)
MAP_WORDS = MoveMapWords("Moves", "One sentence.", "gives", "is helped", "other site", "depot")
EFFECT_WORDS = BeforeAfterWords(
    "Effect", "One sentence.", "Helped", "Giving", "without", "with", "chances in 100"
)


def need_ahead(**changed) -> Ahead:
    middle = np.linspace(10, 25, 22)
    values = np.stack([middle * 0.8, middle, middle * 1.3], axis=1)
    capacity = np.stack([np.full(22, 18.0), np.full(22, 20.0), np.full(22, 22.0)], axis=1)
    ahead = Ahead(
        past_days=TODAY - np.arange(14, 0, -1),
        past_values=np.linspace(8, 10, 14),
        days=DAYS,
        values=values,
        capacity=capacity,
        limits=("beds",) * 9 + ("staff",) * 13,
        delivered=NONE,
        today=TODAY,
        short_days=(TODAY + 4, TODAY + 9, TODAY + 15),
        act_by=TODAY + 3,
    )
    return replace(ahead, **changed)


def words_in(svg: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def places(count: int, seed: int = 0) -> list[MovePlace]:
    rng = np.random.default_rng(seed)
    return [
        MovePlace(f"Site {n}", *(float(v) for v in rng.normal((47, 2), 1.0))) for n in range(count)
    ]


DRAWN = {
    "days": lambda n: draw_risk_days(
        [RiskLine("A", "ICU", tuple(np.linspace(0, 1, 22)))], DAYS, DAY_WORDS, is_narrow=n
    ),
    "need": lambda n: draw_ahead(need_ahead(), AHEAD_WORDS, is_narrow=n),
    "stock": lambda n: draw_ahead(
        need_ahead(capacity=None, limits=(), delivered=np.r_[0, 7.0, np.zeros(20)]),
        AHEAD_WORDS,
        is_narrow=n,
    ),
    "moves": lambda n: draw_move_map(
        places(9), [MapMove(0, 1, 1, "6"), MapMove(1, 0, 2, "1,200")], MAP_WORDS, is_narrow=n
    ),
    "effect": lambda n: draw_before_after(
        [Change("A", "ICU", 0.81, 0.04, True), Change("B", "ICU", 0.02, 0.03, False)],
        EFFECT_WORDS,
        is_narrow=n,
    ),
}


@pytest.mark.parametrize("is_narrow", [False, True])
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_a_picture_has_title_description_and_no_outside_reference(name, is_narrow):
    svg = DRAWN[name](is_narrow)
    root = ElementTree.fromstring(svg)
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text == "One sentence."
    assert svg.count("http") == 1, "only the name of the SVG format"
    assert "<script" not in svg
    assert "style=" not in svg
    assert "nan" not in svg.lower()
    assert int(root.get("width")) == (344 if is_narrow else 720)


@pytest.mark.parametrize("is_narrow", [False, True])
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_no_word_begins_outside_the_picture(name, is_narrow):
    root = ElementTree.fromstring(DRAWN[name](is_narrow))
    width, height = float(root.get("width")), float(root.get("height"))
    for each in root.findall(f".//{SVG}text"):
        assert -4 <= float(each.get("x")) <= width + 1
        assert 0 <= float(each.get("y")) <= height


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=22, max_size=22))
def test_every_day_of_the_risk_table_carries_its_number(chances):
    line = RiskLine("A", "ICU", tuple(chances))
    shown = words_in(draw_risk_days([line], DAYS, DAY_WORDS))
    cells = [cell_text(each) for each in chances]
    joined = shown[shown.index("ICU") + 1 : shown.index("ICU") + 23]
    assert joined == cells


def test_on_a_phone_every_second_day_is_drawn_with_a_readable_number():
    chances = tuple(np.linspace(0, 1, 22).tolist())
    shown = words_in(
        draw_risk_days([RiskLine("A", "ICU", chances)], DAYS, DAY_WORDS, is_narrow=True)
    )
    joined = shown[shown.index("ICU") + 1 : shown.index("ICU") + 12]
    assert joined == [cell_text(each) for each in chances[::2]]


def test_each_month_of_the_risk_table_is_named_once():
    line = RiskLine("A", "ICU", (0.2,) * 40)
    shown = words_in(draw_risk_days([line], TODAY + np.arange(40), DAY_WORDS))
    assert [word for word in shown if word in ("Nov", "Dec", "Jan")] == ["Nov", "Dec"]


@pytest.mark.parametrize(
    ("lines", "days"), [([], DAYS), ([RiskLine("A", "b", (0.1,))], DAYS), ([], DAYS[:0])]
)
def test_a_risk_table_without_lines_or_with_other_days_is_refused(lines, days):
    with pytest.raises(ValueError, match="one chance a day"):
        draw_risk_days(lines, days, DAY_WORDS)


def test_days_ahead_name_capacity_ranges_limits_and_the_last_day_to_act():
    shown = words_in(draw_ahead(need_ahead(), AHEAD_WORDS))
    for word in ("today", "usable", "80 in 100", "median 20", "Limited by", "beds", "staff"):
        assert word in shown
    for word in ("first short day", "act by 12 Nov"):
        assert word in shown
    without = words_in(draw_ahead(need_ahead(short_days=None, act_by=None), AHEAD_WORDS))
    assert not {"first short day", "act by 12 Nov"} & set(without)


def test_what_limits_is_one_piece_for_each_run_of_days():
    limits = ("staff",) * 5 + ("beds",) * 9 + ("staff",) * 8
    shown = words_in(draw_ahead(need_ahead(limits=limits), AHEAD_WORDS))
    assert [word for word in shown if word in ("beds", "staff")] == ["staff", "beds", "staff"]


def test_a_delivery_is_a_bar_with_its_amount_and_no_bar_where_nothing_comes():
    delivered = np.zeros(22)
    delivered[[3, 12]] = 5.0, 8.0
    ahead = need_ahead(capacity=None, limits=(), delivered=delivered)
    svg = draw_ahead(ahead, AHEAD_WORDS)
    assert [word for word in words_in(svg) if word.startswith("+")] == ["+5", "+8"]
    none = draw_ahead(replace(ahead, delivered=np.zeros(22)), AHEAD_WORDS)
    assert svg.count("<rect") - none.count("<rect") == 2


def test_a_missing_past_day_is_a_gap_and_no_past_is_no_line():
    past = np.array([5.0, 6.0, np.nan, 7.0, 8.0])
    svg = draw_ahead(
        need_ahead(past_days=TODAY - np.arange(5, 0, -1), past_values=past), AHEAD_WORDS
    )
    circles = list(ElementTree.fromstring(svg).iter(f"{SVG}circle"))
    assert len(circles) == 4
    empty = need_ahead(past_days=DAYS[:0], past_values=NONE)
    assert "<circle" not in draw_ahead(empty, AHEAD_WORDS)


@pytest.mark.parametrize(
    "changed",
    [
        {"values": np.ones((22, 5))},
        {"capacity": np.ones((21, 3))},
        {"limits": ("beds",)},
        {"delivered": np.ones(3)},
    ],
)
def test_days_ahead_of_the_wrong_shape_are_refused(changed):
    with pytest.raises(ValueError, match=r"shape|days"):
        need_ahead(**changed)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 30), st.integers(0, 1000), st.booleans())
def test_every_move_keeps_its_number_on_the_map_and_names_stay_inside(count, seed, is_narrow):
    rng = np.random.default_rng(seed)
    sites = places(count, seed)
    moves = []
    for number in range(1, 6):
        sender = int(rng.integers(count))
        receiver = int((sender + 1 + rng.integers(count - 1)) % count)
        moves.append(MapMove(sender, receiver, number, "10"))
    svg = draw_move_map(sites, moves, MAP_WORDS, is_narrow=is_narrow)
    shown = words_in(svg)
    ways = {}
    for move in moves:
        ways.setdefault((move.sender, move.receiver), []).append(move.number)
    for numbers in ways.values():
        told = ", ".join(map(str, numbers[:3])) + (" …" if len(numbers) > 3 else "")
        assert told in shown or f"{numbers[0]}: 10" in shown
    assert svg.count('fill="#0B4F8A"/>') == len(ways), "one head an arrow"


def test_on_a_wide_map_a_single_move_carries_its_quantity():
    shown = words_in(DRAWN["moves"](False))
    assert {"1: 6", "2: 1,200"} <= set(shown)
    assert {"gives", "is helped", "other site"} <= set(shown)


@pytest.mark.parametrize("is_narrow", [False, True])
def test_a_depot_that_gives_has_a_sign_of_its_own_and_a_line_in_the_legend(is_narrow):
    sites = places(3)
    depots = [replace(sites[0], is_depot=True), *sites[1:]]
    moves = [MapMove(0, 1, 1, "6"), MapMove(2, 1, 2, "4")]
    with_depot = draw_move_map(depots, moves, MAP_WORDS, is_narrow=is_narrow)
    without = draw_move_map(sites, moves, MAP_WORDS, is_narrow=is_narrow)
    assert "depot" in words_in(with_depot)
    assert "depot" not in words_in(without)
    assert with_depot.count("<rect") == without.count("<rect") - 1, "no square for the depot"


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="needs a move"):
        draw_move_map(places(3), [], MAP_WORDS)
    with pytest.raises(ValueError, match="needs a change"):
        draw_before_after([], EFFECT_WORDS)


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.booleans(), st.booleans())
def test_before_and_after_are_told_as_numbers_and_the_shape_says_which_end(
    before, after, is_helped, is_narrow
):
    change = Change("A", "ICU", before, after, is_helped)
    svg = draw_before_after([change], EFFECT_WORDS, is_narrow=is_narrow)
    shown = " ".join(words_in(svg))
    assert cell_text(before) in shown
    assert cell_text(after) in shown
    assert ("Helped" in shown) == is_helped
    assert ("Giving" in shown) != is_helped
    # Two circles explain the marks; the ends are circles for who is helped, squares for who gives.
    assert svg.count("<circle") == 2 + 2 * is_helped
