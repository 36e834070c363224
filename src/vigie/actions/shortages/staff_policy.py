"""Rules of skill mix and rest of a room: which one is in force where, and on which day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.places import is_valid
from vigie.hospital.shifts import RestRule, SkillMixRule, rule_in_force
from vigie.hospital.skill_mix import SkillMix, Team
from vigie.paths import BoolArray, DateArray, FloatArray

__all__ = [
    "DayRule",
    "RestPolicy",
    "StaffPolicy",
    "hours_per_shift",
    "rest_policy",
    "skill_teams",
    "staff_policy",
]

Reference = Mapping[str, pa.Table]

DayRule = SkillMixRule | None


@dataclass(frozen=True, slots=True, eq=False)
class StaffPolicy:
    """The skill mix in force in some places on some days.

    Attributes:
        mix: shares by team, place and day.
        rules: by team of ``mix``, place and day: the rule itself; None where none is in force.
    """

    mix: SkillMix
    rules: tuple[tuple[tuple[DayRule, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class RestPolicy:
    """Rules of rest by jurisdiction, and whether shifts that break them are worked."""

    rules: Mapping[str, tuple[RestRule, ...]]
    enforced: frozenset[RestRule]
    above: Mapping[str, tuple[str, ...]]

    def on(self, place: str, day: date) -> RestRule | None:
        """The rule in force at a place on a day: that of the nearest jurisdiction with one."""
        for jurisdiction in self.above.get(place, (place, "")):
            rule = rule_in_force(self.rules.get(jurisdiction, ()), day)
            if rule is not None:
                return rule
        return None


def hours_per_shift(reference: Reference, skills: Sequence[str]) -> FloatArray:
    """(skill,), length of a shift in hours; 12 for a skill without a row in skills.csv."""
    told = {row["skill"]: row["hours_per_shift"] for row in reference["skills"].to_pylist()}
    return np.array([told.get(skill) or 12.0 for skill in skills])


def skill_teams(reference: Reference, skills: Sequence[str]) -> dict[str, tuple[BoolArray, ...]]:
    """Registered nurses and assistants among the skills, (skill,) each, by ward kind.

    Ward kinds of which no registered nurse is among the skills have no team.
    """
    rows = {row["skill"]: row for row in reference["skills"].to_pylist()}
    nursing = np.array([(rows.get(each) or {}).get("nursing") or "" for each in skills])
    wards = np.array([(rows.get(each) or {}).get("ward_kind") or "" for each in skills])
    registered, assistants = nursing == "registered", nursing == "assistant"
    return {
        str(ward): (registered & (wards == ward), assistants & (wards == ward))
        for ward in np.unique(wards[registered])
    }


def staff_policy(
    reference: Reference,
    mode: str,
    places: Sequence[str],
    skills: Sequence[str],
    dates: DateArray,
    known: BoolArray,
    set_share: Mapping[str, FloatArray] | None = None,
) -> StaffPolicy | None:
    """The skill mix of a rule of staff; None where no rule is in force on any of these days.

    Args:
        reference: tables of the room.
        mode: of the ratios that the rule of staff takes.
        places, skills: axes.
        dates: days looked at; one stands for all.
        known: (place, skill, day), whose rosters are told; one day stands for all. A team of which
            not all are told is not judged.
        set_share: by ward kind of a team, (place, day), the least share that a scenario sets
            instead; NaN: as it is.
    """
    rules = _mix_rules(reference["skill_mix"], mode)
    if not rules and not set_share:
        return None
    above = _above(reference["places"], dates[0].item())
    teams, in_force = [], []
    for ward, (registered, assistants) in skill_teams(reference, skills).items():
        found = tuple(
            tuple(
                _mix_rule(rules, above.get(place, (place, "")), ward, day) for day in dates.tolist()
            )
            for place in places
        )
        least = np.array(
            [[np.nan if rule is None else rule.least_share for rule in row] for row in found]
        )
        if set_share and ward in set_share:
            least = np.where(np.isfinite(set_share[ward]), set_share[ward], least)
        least = np.where(known[:, registered | assistants].all(axis=1), least, np.nan)
        if np.isfinite(least).any():
            teams.append(Team(registered, assistants, least))
            in_force.append(found)
    return StaffPolicy(SkillMix(tuple(teams)), tuple(in_force)) if teams else None


def rest_policy(reference: Reference, day: date) -> RestPolicy | None:
    """The rules of rest of a room; None without any.

    Args:
        reference: tables of the room.
        day: on which places lie in one another.
    """
    rules: dict[str, tuple[RestRule, ...]] = {}
    enforced = set()
    for row in reference["rest_rules"].to_pylist():
        rule = RestRule(
            row["least_rest_hours"],
            row["most_shifts_in_a_row"],
            row["most_hours_in_seven_days"],
            row["valid_from"],
            row["valid_to"],
            row["source"],
        )
        rules[row["jurisdiction"]] = (*rules.get(row["jurisdiction"], ()), rule)
        if row["enforced"]:
            enforced.add(rule)
    if not rules:
        return None
    return RestPolicy(rules, frozenset(enforced), _above(reference["places"], day))


def _mix_rules(rows: pa.Table, mode: str) -> dict[tuple[str, str], tuple[SkillMixRule, ...]]:
    """Rules of a mode by jurisdiction and ward kind."""
    found: dict[tuple[str, str], tuple[SkillMixRule, ...]] = {}
    for row in rows.to_pylist():
        if row["mode"] in ("", None, mode):
            key = (row["jurisdiction"] or "", row["ward_kind"] or "")
            rule = SkillMixRule(
                row["least_share"], row["valid_from"], row["valid_to"], row["source"]
            )
            found[key] = (*found.get(key, ()), rule)
    return found


def _mix_rule(
    rules: Mapping[tuple[str, str], Sequence[SkillMixRule]],
    jurisdictions: Sequence[str],
    ward: str,
    day: date,
) -> DayRule:
    """Of the nearest jurisdiction, and there of the ward kind before all ward kinds."""
    for jurisdiction in jurisdictions:
        for of in dict.fromkeys((ward, "")):
            rule = rule_in_force(rules.get((jurisdiction, of), ()), day)
            if rule is not None:
                return rule
    return None


def _above(places: pa.Table, day: date) -> dict[str, tuple[str, ...]]:
    """Of each place: itself, what it lies in from the inside out, and "" for everywhere."""
    parent = {row["place"]: row["parent"] or "" for row in places.to_pylist() if is_valid(row, day)}
    found: dict[str, tuple[str, ...]] = {}
    for place in parent:
        chain = [place]
        while parent.get(chain[-1]) and len(chain) <= len(parent):
            chain.append(parent[chain[-1]])
        found[place] = (*chain, "")
    return found
