"""What people ask of plans, read from plans/*.toml."""

from datetime import date

import pytest

from vigie.actions.declared.wish_files import read_wishes

SITES = {"A": "site", "B": "site", "C": "site"}
THINGS = {"masks", "icu"}


def read(folder, text):
    (folder / "plans").mkdir(exist_ok=True)
    (folder / "plans" / "wishes.toml").write_text(text, encoding="utf-8")
    return read_wishes(folder, SITES, THINGS)


def test_wishes_and_bans_of_a_day(tmp_path):
    asked, problems = read(
        tmp_path,
        """
        [[wish]]
        place = "A"
        quantity = 200
        category = "masks"
        by = 3
        [[wish]]
        place = "B"
        quantity = 2
        kind = "patients"
        category = "icu"
        by = 2026-11-28
        reason = "a ward closes"
        [[ban]]
        from = "B"
        [[ban]]
        from = "A"
        to = "C"
        both_ways = true
        until = 2026-11-26
        """,
    )
    assert problems == []
    today = asked.on(date(2026, 11, 26))
    assert [(each.place, each.by_day) for each in today.wishes] == [("A", 3), ("B", 2)]
    assert today.forbid("C", "A")
    later = asked.on(date(2026, 11, 28))
    # The day of the second wish has come, and the second ban is over.
    assert [each.place for each in later.wishes] == ["A"]
    assert not later.forbid("C", "A")
    assert later.forbid("B", "A")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[wish]]\nplace = "D"\nquantity = 1\ncategory = "masks"\nby = 1', 'there is no "D"'),
        ('[[wish]]\nplace = "A"\nquantity = -1\ncategory = "masks"\nby = 1', "above 0"),
        ('[[wish]]\nplace = "A"\nquantity = 1\ncategory = "masks"\nby = "x"', "neither a date"),
        ('[[wish]]\nplace = "A"\nquantity = 1\ncategory = "gowns"\nby = 1', 'no "gowns"'),
        ('[[wish]]\nplace = "A"\nquantity = 1\ncategory = "masks"', "neither a date"),
        ("[[ban]]\nboth_ways = true", "forbids every move"),
        ('[[ban]]\nfrom = "A"\nuntil = "soon"', "not a date"),
        ('[[ban]]\nfrom = "A"\nfor = "B"', "unknown"),
        ('[ban]\nfrom = "A"', "is one table"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path, text, told):
    asked, problems = read(tmp_path, text)
    assert any(told in problem.what for problem in problems)
    assert all(problem.file == "plans/wishes.toml" and problem.line for problem in problems)
    assert asked.wishes == ()
    assert asked.bans == ()


def test_a_room_without_the_folder_asks_nothing(tmp_path):
    asked, problems = read_wishes(tmp_path, SITES, THINGS)
    assert (asked.wishes, asked.bans, problems) == ((), (), [])
