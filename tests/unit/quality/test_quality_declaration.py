"""checks.toml: every mistake named with its line, all together."""

from __future__ import annotations

import pytest

from vigie.quality import KINDS, Check, Severity, read_checks

MEASURES = ("beds_occupied", "beds_staffed", "stock_on_hand")
DATASETS = ("icu_capacity",)

GOOD = '''# The checks of this room
[[check]]
name = "beds_range"
kind = "range"
measure = "beds_occupied"
category = "icu"
severity = "blocking"
max = 400

[[check]]
name = "beds_sql"
kind = "sql"
dataset = "icu_capacity"
query = """
SELECT place FROM icu_capacity
WHERE value < 0
"""

[[check]]
name = "old"
kind = "freshness"
feed = "beds"
max_age_days = 2
'''


def read(text: str, **changes: str) -> tuple[tuple[Check, ...], list[tuple[int | None, str]]]:
    checks, problems = read_checks(
        text, "checks.toml", MEASURES, DATASETS, feeds=("beds",), **changes
    )
    return checks, [(each.line, f"{each.what}. {each.to_do}") for each in problems]


def test_checks_are_read_with_their_lines_and_defaults() -> None:
    checks, problems = read(GOOD)
    assert problems == []
    assert [(each.name, each.figure, each.target, each.line) for each in checks] == [
        ("beds_range", "beds_occupied", "measure", 2),
        ("beds_sql", "icu_capacity", "dataset", 10),
        ("old", "beds", "feed", 19),
    ]
    assert [each.severity for each in checks] == [
        Severity.BLOCKING,
        Severity.WARNING,
        Severity.WARNING,
    ]


def test_an_entry_in_a_dataset_looks_at_that_dataset() -> None:
    text = '[[check]]\nname = "a"\nkind = "range"\nmin = 0\n'
    checks, problems = read(text, dataset="icu_capacity")
    assert problems == []
    assert (checks[0].target, checks[0].figure) == ("dataset", "icu_capacity")


def entry(*lines: str, kind: str = "range") -> str:
    first = ["[[check]]", 'name = "a"', f'kind = "{kind}"', 'measure = "beds_occupied"']
    return "\n".join([*first, *lines]) + "\n"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[[check]\n", 1, "not valid TOML"),
        ('[check]\nname = "a"\n', 1, '"check" is not a list of tables'),
        ("check = [3]\n", 1, '"check" is not a list of tables'),
        ("[[chek]]\n", 1, 'unknown key "chek"'),
        (entry("mni = 3"), 5, 'has no key "mni". The nearest are "min"'),
        (entry('min = "3"'), 5, '"min" is not a number'),
        (entry("min = true"), 5, '"min" is not a number'),
        (entry("min = 4", "max = 3"), 5, '"min" is above "max"'),
        (entry("last_days = 0"), 5, '"last_days" is below 1'),
        (entry("last_days = 1.5"), 5, '"last_days" is not a whole number'),
        (entry('severity = "bloking"'), 5, 'The nearest are "blocking"'),
        (entry("category = 3"), 5, '"category" is not a text'),
        (entry('dataset = "icu_capacity"'), 4, "names measure and dataset"),
        (entry(kind="rnage"), 3, 'unknown kind "rnage". The nearest are "range"'),
        (entry(kind="jump"), 1, 'Write "factor", "z" or both'),
        (entry("factor = 0.5", kind="jump"), 5, '"factor" is below 1'),
        (entry(kind="freshness"), 1, '"max_age_days" is missing'),
        (entry("share = 90", kind="completeness"), 5, '"share" is above 1'),
        (entry("share = 0.9", 'by = "site"', kind="completeness"), 6, "not one of whole, region"),
        (
            entry('other = "beds_stafed"', kind="at_most"),
            5,
            'unknown measure "beds_stafed". The nearest are "beds_staffed"',
        ),
        (entry('total = "beds"', kind="sum_of_parts"), 5, 'unknown measure "beds"'),
        (entry(kind="schema"), 4, 'kind "schema" cannot look at a measure'),
        (entry('query = "SELECT FROM WHERE"', kind="sql"), 5, "not SQL that can be read"),
        (entry('query = "DROP TABLE facts"', kind="sql"), 5, "not one SELECT"),
        (entry('query = "FROM facts WHERE value > ?"', kind="sql"), 5, "parameters"),
        (
            entry('query = "FROM icu_capacty"', kind="sql"),
            5,
            'unknown "icu_capacty". The nearest are "icu_capacity"',
        ),
        (
            '[[check]]\nname = "A b"\nkind = "range"\nmeasure = "beds_occupied"\n',
            2,
            '"A b" is not a name',
        ),
        ('[[check]]\nname = "a"\nkind = "range"\n', 1, "names no figure"),
        (
            '[[check]]\nname = "a"\nkind = "range"\nmeasure = "bed_occupied"\n',
            4,
            'unknown measure "bed_occupied"',
        ),
        (
            '[[check]]\nname = "a"\nkind = "schema"\ndataset = "icu_capacity"\n',
            1,
            "the check says nothing",
        ),
        (
            '[[check]]\nname = "a"\nkind = "schema"\ndataset = "icu_capacity"\n'
            'columns = { place = "string" }\n',
            5,
            'unknown type "string"',
        ),
        (entry() + entry(), 6, '"a" is declared twice (first in line 1)'),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int | None, what: str) -> None:
    _, problems = read(text)
    assert len(problems) == 1, problems
    assert problems[0][0] == line
    assert what in problems[0][1]


def test_all_mistakes_come_together_and_good_checks_are_kept() -> None:
    checks, problems = read(entry("mni = 3", "max = []") + GOOD + "[extra]\n")
    assert len(problems) == 3
    assert len(checks) == 3


def test_every_kind_says_what_each_parameter_means() -> None:
    parameters = [each for kind in KINDS.values() for each in kind.parameters]
    assert all(each.meaning for each in parameters)
    for kind in KINDS.values():
        assert {each.name for each in kind.parameters} == set(kind.rule.__annotations__)
