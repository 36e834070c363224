"""Places and the totals over them: each has its own published model, and its marks in scores."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.summed_totals import SUM_MODEL, past_sum_name
from vigie.actions.scores.scored_tasks import ScoredTasks, Truth
from vigie.paths import IntArray

__all__ = ["Level", "LevelKeys", "tasks_of", "with_marks", "with_sums_by"]


class Level(StrEnum):
    """What a published model speaks for."""

    PLACES = "places"
    TOTALS = "totals"


@dataclass(frozen=True, slots=True)
class LevelKeys:
    """Rows of scores that are of totals alone.

    Attributes:
        places: regions and nation that are totals of the measure.
        groups: groups of places that hold nothing else.
    """

    places: frozenset[str]
    groups: frozenset[str]

    @classmethod
    def of(cls, totals: Collection[str], truth: Truth, groups: Mapping[str, str]) -> LevelKeys:
        """From the totals of a measure, its truth, and the group of each place."""
        kinds = {place: groups.get(place, "other") for place in truth.places}
        others = {kind for place, kind in kinds.items() if place not in totals}
        return cls(frozenset(totals), frozenset(set(kinds.values()) - others))

    def level(self, cut: str, place: str, group: str) -> Level:
        """The level of a row of scores; one that mixes both counts as of the places."""
        is_total = (cut == "place" and place in self.places) or (
            cut == "group" and group in self.groups
        )
        return Level.TOTALS if is_total else Level.PLACES


def tasks_of(level: Level, tasks: ScoredTasks, places: int) -> ScoredTasks:
    """The tasks of a level.

    Args:
        level: which.
        tasks: of a measure.
        places: number of places of the measure's truth that are no totals; they stand first.
    """
    is_total = tasks.place >= places
    return tasks.select(is_total if level is Level.TOTALS else ~is_total)


def with_sums_by(tasks: ScoredTasks, model: str) -> ScoredTasks:
    """The same tasks, with the sums made again by one model of the places as ``SUM_MODEL``.

    Sums that a release told stay as they are; those made again by other models are left out.

    Args:
        tasks: of a measure.
        model: that the places publish.
    """
    wanted, others = past_sum_name(model), past_sum_name("")
    named = [SUM_MODEL if name == wanted else name for name in tasks.models]
    kept = sorted({name for name in named if not name.startswith(others)})
    at = {name: number for number, name in enumerate(kept)}
    number: IntArray = np.array([at.get(name, -1) for name in named], dtype=np.int64)
    renamed = replace(tasks, models=tuple(kept), model=number[tasks.model])
    return renamed.select(renamed.model >= 0)


def with_marks(rows: pa.Table, keys: LevelKeys, marks: Mapping[Level, tuple[str, str]]) -> pa.Table:
    """Rows of ``schemas.SCORES`` of one measure, marked by level.

    Args:
        rows: of the measure.
        keys: which rows are of totals.
        marks: baseline and published model of each level that the measure has.
    """
    names = ("model_id", "slice", "place", "place_group")
    columns = [rows[name].to_pylist() for name in names]
    found: dict[str, list[bool]] = {"is_baseline": [], "is_published": []}
    for model, cut, place, group in zip(*columns, strict=True):
        baseline, published = marks[keys.level(cut, place, group)]
        found["is_baseline"].append(model == baseline)
        found["is_published"].append(model == published)
    for name, values in found.items():
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, name, pa.array(values, pa.bool_()))
    return rows
