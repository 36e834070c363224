"""Impossible values in the reference tables of staff: lengths of shifts, skill mix, rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from vigie.errors import Problem
from vigie.hospital.shifts import RestRule, SkillMixRule

__all__ = ["policy_problems"]

_Lines = Sequence[tuple[int, Mapping[str, object]]]

_LONGEST_SHIFT_HOURS = 24.0


def policy_problems(rows: Mapping[str, _Lines]) -> list[Problem]:
    """Every mistake of skills.csv, skill_mix.csv and rest_rules.csv that one cell cannot show.

    Args:
        rows: line and values of each row, by table.
    """
    found = [
        Problem(
            "reference/skills.csv",
            line,
            f"column hours_per_shift: {row['hours_per_shift']:g} hours",
            "Give more than 0 and at most 24.",
        )
        for line, row in rows["skills"]
        if not 0 < _number(row["hours_per_shift"]) <= _LONGEST_SHIFT_HOURS
    ]
    found += _wrong_rules("skill_mix", rows["skill_mix"])
    found += _wrong_rules("rest_rules", rows["rest_rules"])
    return found + list(_without_nurses(rows["skill_mix"], rows["skills"]))


def _wrong_rules(table: str, lines: _Lines) -> Iterator[Problem]:
    """Rules that cannot be kept, or end before they begin."""
    for line, row in lines:
        valid_from, valid_to = row["valid_from"], row["valid_to"]
        assert isinstance(valid_from, date), "read as a date"
        assert valid_to is None or isinstance(valid_to, date), "read as a date"
        try:
            if table == "skill_mix":
                SkillMixRule(_number(row["least_share"]), valid_from, valid_to, str(row["source"]))
            else:
                RestRule(
                    _number(row["least_rest_hours"]),
                    int(_number(row["most_shifts_in_a_row"])),
                    _number(row["most_hours_in_seven_days"]),
                    valid_from,
                    valid_to,
                    str(row["source"]),
                )
        except ValueError as error:
            yield Problem(f"reference/{table}.csv", line, str(error), "Correct the row.")


def _without_nurses(rules: _Lines, skills: _Lines) -> Iterator[Problem]:
    """Rules of skill mix for teams of which nobody is known to be a registered nurse."""
    nursed = {str(row["ward_kind"]) for _, row in skills if row["nursing"] == "registered"}
    for line, row in rules:
        ward = str(row["ward_kind"])
        if (nursed and not ward) or ward in nursed:
            continue
        named = f'of ward kind "{ward}" ' if ward else ""
        yield Problem(
            "reference/skill_mix.csv",
            line,
            f'no skill {named}has nursing "registered" in skills.csv',
            "Say in the column nursing of skills.csv which skills are registered nurses.",
        )


def _number(value: object) -> float:
    assert isinstance(value, int | float), "read as a number"
    return float(value)
