"""Changes of beds, staff, electives, orders and use, as files of scenarios have them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from vigie.actions.declared.scenario_files import read_scenarios
from vigie.actions.declared.shortage_changes import Returns, ShortageChange
from vigie.actions.declared.ward_shares import WardShare

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
returns = { share = 0.9, after_days = 3 }

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
        ShortageChange(
            "electives",
            ("general",),
            factor=0.0,
            share=0.4,
            mean_stay_days=4.0,
            returns=Returns(0.9, 3, 28),
        ),
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
        ("share = 0.9", "share = 90", "returns] share is not a number above 0, to 1"),
        ("after_days = 3", "after_days = 0", "after_days is not a whole number from 1 to 365"),
        ("after_days = 3", "after = 3", "after is unknown"),
        ("{ share = 0.9, after_days = 3 }", "14", "is not a table"),
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


def test_all_planned_treatment_comes_back_unless_a_file_says_otherwise(tmp_path: Path) -> None:
    changes, problems = read(tmp_path, CHANGES.replace("returns = {", "# {"))
    assert problems == []
    assert changes[1].returns == Returns(1.0, 1, 28)
    (tmp_path / "none").mkdir()
    none = CHANGES.replace("{ share = 0.9, after_days = 3 }", "{ share = 0 }")
    changes, problems = read(tmp_path / "none", none)
    assert problems == []
    assert changes[1].returns.share == 0


EPIDEMIC = """\
[epidemic]
measure = "admissions"

[[reproduction]]
factor = 1.2

[[wards]]
ward_kind = "icu"
share = 0.2
after_days = 3
mean_stay_days = 11
"""


def test_where_patients_of_an_epidemic_go_is_read(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "more.toml").write_text(HEAD + EPIDEMIC, encoding="utf-8")
    (found,), problems = read_scenarios(tmp_path, KINDS)
    assert problems == []
    assert found.wards == (WardShare("icu", 0.2, 3, 11.0),)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('ward_kind = "icu"\n', "", "ward_kind is missing"),
        ("share = 0.2", "share = 20", "share is not a number above 0, to 2"),
        ("after_days = 3", "after_days = -1", "after_days is not a whole number from 0 to 28"),
        ("mean_stay_days = 11", "stay = 11", "stay is unknown"),
        ("[[wards]]", "[wards]", "[wards] is one table"),
        ("[[reproduction]]", "[[doses]]", "[[wards]] is of an epidemic that the file does not"),
    ],
)
def test_a_mistake_in_wards_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in EPIDEMIC
    _, problems = read(tmp_path, EPIDEMIC.replace(old, new, 1))
    assert any(message in each for each in problems), problems


def test_a_file_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "")
    assert any("the file changes nothing" in each for each in problems)
