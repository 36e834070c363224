"""Changes of beds, staff, electives, orders and use, as files of scenarios have them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from vigie.actions.declared.scenario_files import read_scenarios
from vigie.actions.declared.shortage_changes import ShortageChange

KINDS = {"N": "nation", "R": "region", "A": "site", "A-icu": "unit"}
HEAD = """\
[scenario]
title_en = "More beds"
title_fr = "Plus de lits"
why_en = "Asked by the cell."
why_fr = "Demandé par la cellule."
source = "Invented"

"""
CHANGES = """\
[[beds]]
ward_kinds = ["icu"]
add = 4
from = 2
places = ["A"]

[[electives]]
ward_kinds = ["general"]
share = 0.4
factor = 0
mean_stay_days = 4

[[ratios]]
skills = ["nurse_icu"]
mode = "stretched"

[[absence]]
factor = 1.2
from = 2021-03-15
to = 2021-03-20

[[orders]]
products = ["masks"]
delay_days = 7
factor = 0.8

[[doses]]
factor = 0.8
"""


def read(folder: Path, changes: str) -> tuple[tuple[ShortageChange, ...], list[str]]:
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "more.toml").write_text(HEAD + changes, encoding="utf-8")
    found, problems = read_scenarios(folder, KINDS)
    return (found[0].changes if found else ()), [str(each) for each in problems]


def test_every_kind_of_change_is_read_without_an_epidemic(tmp_path: Path) -> None:
    changes, problems = read(tmp_path, CHANGES)
    assert problems == []
    assert changes == (
        ShortageChange("beds", ("icu",), add=4, first=2, places=("A",)),
        ShortageChange("electives", ("general",), factor=0.0, share=0.4, mean_stay_days=4.0),
        ShortageChange("ratios", ("nurse_icu",), mode="stretched"),
        ShortageChange("absence", factor=1.2, first=date(2021, 3, 15), last=date(2021, 3, 20)),
        ShortageChange("orders", ("masks",), factor=0.8, delay_days=7),
        ShortageChange("doses", factor=0.8),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("add = 4\n", "", "factor is missing"),
        ("add = 4", "add = 4.5", "add is not a whole number from -1000 to 1000"),
        ("share = 0.4\n", "", "share is missing"),
        ("share = 0.4", "share = 40", "share is not a number above 0, to 1"),
        ("mean_stay_days = 4", "mean_stay_days = 0", "mean_stay_days is not a number above 0"),
        ('"stretched"', '"stretch"', "mode has an unknown value"),
        ("factor = 1.2", "factor = -1", "factor is not a number above 0, to 10"),
        ("factor = 1.2", "factor = false", "factor is not a number above 0, to 10"),
        ("delay_days = 7", "delay_days = -7", "delay_days is not a whole number from 0 to 365"),
        ('products = ["masks"]', 'product = ["masks"]', "product is unknown"),
        ('["A"]', '["B"]', 'there is no place "B"'),
        ('["A"]', '["A-icu"]', "which has no beds, staff or stock of its own"),
        ("[[absence]]", "[absence]", "[absence] is one table"),
        ("[[doses]]\nfactor = 0.8", "[[doses]]", "factor is missing"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in CHANGES
    changes, problems = read(tmp_path, CHANGES.replace(old, new, 1))
    assert changes == ()
    assert any(message in each for each in problems), problems


def test_a_file_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "")
    assert any("the file changes nothing" in each for each in problems)
