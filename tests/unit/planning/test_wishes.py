"""What people ask of a plan, as values and as words."""

import pytest

from vigie.planning import Ban, KeptMove, Wish, Wishes


@pytest.mark.parametrize(
    ("ban", "closed"),
    [
        (Ban(from_place="B"), {("B", "A"), ("B", "C")}),
        (Ban(to_place="B"), {("A", "B"), ("C", "B")}),
        (Ban(from_place="A", to_place="C"), {("A", "C")}),
        (Ban(from_place="A", to_place="C", both_ways=True), {("A", "C"), ("C", "A")}),
    ],
)
def test_a_ban_closes_the_ways_that_it_names(ban, closed):
    ways = {(one, other) for one in "ABC" for other in "ABC" if one != other}
    assert {way for way in ways if Wishes(bans=(ban,)).forbid(*way)} == closed


def test_wishes_of_one_thing_are_those_that_name_it_or_all():
    everything = Wishes(
        (Wish("A", 200, 3, "products", "masks"), Wish("A", 2, 3, "equipment", "ventilator")),
        (Ban("B"), Ban("C", kind="equipment"), Ban("D", kind="products", category="gowns")),
        (KeptMove("B", "A", 10, 0, 1, "products", "masks"),),
    )
    masks = everything.of("products", "masks")
    assert [each.quantity for each in masks.wishes] == [200]
    assert [each.from_place for each in masks.bans] == ["B"]
    assert len(masks.kept) == 1
    assert everything.of("equipment", "ventilator").kept == ()


def test_rules_are_told_in_words():
    assert Wish("A", 200, 3, "products", "masks").in_words() == (
        "A gets at least 200 of masks by day 3"
    )
    assert Ban("B", category="masks").in_words() == "B sends no masks"
    assert Ban("A", "C", both_ways=True, kind="staff").in_words() == (
        "no move of staff between A and C"
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: Wish("A", 0, 3, "products", "masks"),
        lambda: Wish("A", 5, 0, "products", "masks"),
        lambda: Ban(),
        lambda: KeptMove("A", "B", 5, 2, 1, "products", "masks"),
    ],
)
def test_rules_without_sense_are_refused(make):
    with pytest.raises(ValueError, match=r"day|names nothing"):
        make()
