"""Skill mix on the paths: registered nurses who are missing, and assistants who may count.

A team is the nursing staff of a ward kind: registered nurses and assistants. Where a least share
of registered nurses is in force, a shift with fewer is understaffed, and only so many assistants
count for the beds that the team can run as its registered nurses allow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.hospital.shifts import registered_lacking, registered_missing
from vigie.paths import BoolArray, FloatArray, PathArray

__all__ = ["SkillMix", "Team"]

_TOLERANCE = np.float32(1e-3)


@dataclass(frozen=True, slots=True, eq=False)
class Team:
    """The nursing staff of a ward kind, and the least share that it must keep.

    Attributes:
        registered: (skill,), registered nurses; one at least.
        assistants: (skill,), others of the nursing staff.
        least_share: (place, day), 0..1; NaN where no rule is in force. One day stands for all.
    """

    registered: BoolArray
    assistants: BoolArray
    least_share: FloatArray

    @property
    def told_at(self) -> int:
        """The skill at which missing nurses are counted: the first of registered nurses."""
        return int(np.flatnonzero(self.registered)[0])

    def missing(self, available: PathArray) -> PathArray:
        """Registered nurses to add, (place, day, sample); 0 where no rule is in force.

        Args:
            available: (place, skill, day, sample), those present.

        Source: docs/models/staff-absence.md, equation 10.
        """
        return registered_missing(*self._asked(available))

    def lacking(self, available: PathArray) -> PathArray:
        """The same, below 0 where the share would be kept with so many nurses fewer."""
        return registered_lacking(*self._asked(available))

    def _asked(self, available: PathArray) -> tuple[PathArray, BoolArray, FloatArray]:
        """The members present, which of them are registered, and the share; 0 without a rule."""
        members = self.registered | self.assistants
        least = np.nan_to_num(self.least_share)[:, :, None]
        return available[:, members], self.registered[members], least


@dataclass(frozen=True, slots=True, eq=False)
class SkillMix:
    """The teams of which a rule is in force somewhere."""

    teams: tuple[Team, ...]

    def needed(self, need: PathArray, available: PathArray) -> PathArray:
        """Members of staff needed for patients and for the mix, (place, skill, day, sample).

        Of the first skill of registered nurses of a team at least so many are needed as keep the
        share beside all others who come: nobody who is lent elsewhere may break it.

        Args:
            need: (place, skill, day, sample), needed for the patients.
            available: same shape, those who come.

        Source: docs/models/staff-absence.md, equation 10.
        """
        need = need.copy()
        for team in self.teams:
            wanted = available[:, team.told_at] + team.lacking(available)
            np.maximum(need[:, team.told_at], wanted, out=need[:, team.told_at])
        return need

    def counted(self, available: PathArray) -> PathArray:
        """Members of staff who count for the beds that can be run, at most those who come.

        Args:
            available: (place, skill, day, sample), those who come.

        Returns:
            The same; of the assistants of a team whose share is not kept only as many whole
            ones, of each skill in proportion, as the registered nurses present allow.

        Source: docs/models/staff-absence.md, equation 11.
        """
        counted = available.copy()
        for team in self.teams:
            least = np.nan_to_num(team.least_share)[:, :, None].astype(np.float32)
            broken = team.missing(available) > 0
            nurses = available[:, team.registered].sum(axis=1)
            others = available[:, team.assistants].sum(axis=1)
            # Where the share is not kept there are others, and a share above 0.
            one = np.float32(1)
            part = nurses * (one - least) / np.where(broken, least * others, one)
            for skill in np.flatnonzero(team.assistants):
                allowed = np.floor(available[:, skill] * part + _TOLERANCE)
                counted[:, skill] = np.where(broken, allowed, available[:, skill])
        return counted
