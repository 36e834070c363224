"""What planning systems send: the shifts of nurses at a few sites, three weeks ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.demoregion.catalogue import SKILLS
from vigie.demoregion.reporting import (
    FIRST_EXPORT_MINUTE,
    LAST_EXPORT_MINUTE,
    MINUTES,
    known_at_column,
)

__all__ = ["SHIFT_SITES", "report_planned_shifts"]

IntArray = npt.NDArray[np.int64]

SHIFT_SITES = 3
"""Sites whose planning system is connected."""
PLANNED_SKILLS = ("nurse_general", "nurse_icu")
DAYS_AHEAD = 20
CONNECTED_DAYS = 30
"""The feed was connected so many days before the end."""
DAY_BEGINS_MINUTE, SHIFT_MINUTES = 6 * 60, 12 * 60
NIGHT_SHARE = 0.03
"""Shifts put into the night with the next day worked too: nobody has rested by then."""


def report_planned_shifts(
    rng: np.random.Generator,
    rostered: IntArray,
    places: Sequence[str],
    first_date: date,
    days: int,
) -> pa.Table:
    """Every planned shift of some skills at a few sites since the feed was connected.

    A day is planned as its weekday was last observed when the plan was made, by members who work
    every other day.

    Args:
        rng: source of chance.
        rostered: (days, sites, skills), of the observed days.
        places: keys of the sites.
        first_date: day 0.
        days: observed days.

    Returns:
        shift, known_at, member, place, category, begins_at, ends_at; by known_at. Numbers of
        members are invented, and yet replaced by pseudonyms at the door.
    """
    opens = max(7, days - CONNECTED_DAYS)
    rows: list[tuple[int, int, int, int, int]] = []
    for site in range(min(SHIFT_SITES, len(places))):
        for skill in (at for at, each in enumerate(SKILLS) if each.key in PLANNED_SKILLS):
            rows += _plan(rng, rostered[:, site, skill], opens, days, site, skill)
    made, site_of, skill_of, member, begins = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    minute = rng.integers(FIRST_EXPORT_MINUTE, LAST_EXPORT_MINUTE, len(places))
    known = made * MINUTES + minute[site_of]
    order = np.lexsort((begins, member, known))
    site_of, skill_of, member, begins = (
        each[order] for each in (site_of, skill_of, member, begins)
    )
    skills = pa.array([skill.key for skill in SKILLS], pa.string())
    return pa.table(
        {
            "shift": _numbered("R", order),
            "known_at": known_at_column(known[order], first_date),
            "member": _numbered("M", (site_of * len(SKILLS) + skill_of) * 10_000 + member),
            "place": pa.DictionaryArray.from_arrays(
                pa.array(site_of, pa.int32()), pa.array(places, pa.string())
            ),
            "category": pa.DictionaryArray.from_arrays(pa.array(skill_of, pa.int32()), skills),
            "begins_at": known_at_column(begins, first_date),
            "ends_at": known_at_column(begins + SHIFT_MINUTES, first_date),
        }
    )


def _plan(
    rng: np.random.Generator, rostered: IntArray, opens: int, days: int, site: int, skill: int
) -> list[tuple[int, int, int, int, int]]:
    """Day of the plan, site, skill, member and first minute of each shift."""
    members = 2 * int(rostered.max(initial=0))
    rows = []
    for day in range(opens, days + DAYS_AHEAD + 1):
        made = max(opens, day - DAYS_AHEAD)
        seen = made - 1 - (made - 1 - day) % 7
        for slot in range(int(rostered[seen])):
            member = (day % 2) * (members // 2) + slot
            begins = day * MINUTES + DAY_BEGINS_MINUTE
            is_night = rng.random() < NIGHT_SHARE
            rows.append((made, site, skill, member, begins + is_night * SHIFT_MINUTES))
            if is_night:
                rows.append((made, site, skill, member, begins + MINUTES))
    return rows


def _numbered(letter: str, number: IntArray) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(number).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise(letter, digits, "")
