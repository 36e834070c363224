"""How good past nowcasts were: held against what is known of the same days three weeks later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from vigie.actions.epidemics.epidemic_fits import EpidemicFits
from vigie.actions.forecasts.past_forecasts import Origin, past_origins
from vigie.actions.forecasts.report_revisions import NOWCAST_DAYS
from vigie.actions.rooms.room import Room
from vigie.actions.scores.standings import WINDOW_DAYS
from vigie.errors import DamagedFile
from vigie.paths import interval_coverage, log_wis
from vigie.schemas import NOWCAST_SCORES, NOWCASTS

__all__ = ["nowcast_score_rows"]

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_SCORED_AGES = 7
"""Last days of a nowcast that are scored; of older ones hardly a report is missing."""

_Key = tuple[str, str, str, date]


def nowcast_score_rows(room: Room, day: date, epidemics: EpidemicFits) -> pa.Table:
    """Scores of the nowcasts of earlier releases, by age of the day that was completed.

    A day is scored once its reports are in, and where something was reported of it when it was
    completed; what a release made later than its day said counts like the others.

    Args:
        room: the room.
        day: as_of.
        epidemics: whose counts are the truth.

    Returns:
        Rows of ``schemas.NOWCAST_SCORES``, all columns but ``run``.
    """
    schema = NOWCAST_SCORES.schema_before_run()
    truth = _truth(epidemics)
    if not truth:
        return schema.empty_table()
    origins = past_origins(room, day, WINDOW_DAYS + NOWCAST_DAYS)
    tasks: dict[tuple[str, str, int], list[tuple[date, list[float], float, float]]] = {}
    for row in _nowcasts(room, origins):
        known = truth.get((row["measure"], row["category"], row["place"], row["date"]))
        if known is not None:
            key = (row["measure"], row["category"], row["age_days"])
            quantiles = [row[f"q{round(100 * level):02d}"] for level in _LEVELS]
            tasks.setdefault(key, []).append((row["date"], quantiles, row["reported"], known))
    return pa.Table.from_pylist([_scored(key, tasks[key]) for key in sorted(tasks)], schema)


def _truth(epidemics: EpidemicFits) -> dict[_Key, float]:
    """Counts that are complete by now, by measure, category, place and day."""
    found: dict[_Key, float] = {}
    for fit in epidemics.fits:
        rule, group = fit.rule, fit.group
        days = group.history.dates[:-NOWCAST_DAYS].astype(object).tolist()
        for place, counts in zip(group.places, group.counts.tolist(), strict=True):
            for each, count in zip(days, counts, strict=False):
                if np.isfinite(count):
                    found[rule.measure, rule.category, place, each] = count
    return found


def _nowcasts(room: Room, origins: Sequence[Origin]) -> list[Mapping[str, Any]]:
    """The last days of every nowcast that a release holds."""
    found: list[Mapping[str, Any]] = []
    for origin in origins:
        files = origin.manifest.table(NOWCASTS.name) if origin.manifest else ()
        if not files:
            continue
        try:
            relation = room.lake.relation(NOWCASTS, files)
        except DamagedFile:
            continue
        levels = ", ".join(f"q{round(100 * level):02d}" for level in _LEVELS)
        rows = room.engine.query(
            f"SELECT measure, category, place, date, reported, {levels}, "
            "(max(date) OVER (PARTITION BY measure, category) - date)::BIGINT AS age_days "
            f"FROM {relation} QUALIFY age_days < {_SCORED_AGES} AND reported IS NOT NULL "
            "ORDER BY measure, category, place, date"
        )
        found += rows.to_pylist()
    return found


def _scored(
    key: tuple[str, str, int], tasks: Sequence[tuple[date, list[float], float, float]]
) -> dict[str, object]:
    days = [each[0] for each in tasks]
    quantiles = np.array([each[1] for each in tasks])
    reported, truth = (np.array([each[at] for each in tasks]) for at in (2, 3))
    as_final = np.repeat(reported[:, None], len(_LEVELS), axis=1)
    return {
        "measure": key[0],
        "category": key[1],
        "age_days": key[2],
        "tasks": len(tasks),
        "log_wis": float(log_wis(quantiles, truth, _LEVELS).mean()),
        "log_wis_reported": float(log_wis(as_final, truth, _LEVELS).mean()),
        "coverage_50": float(interval_coverage(quantiles, truth, 0.5, _LEVELS).mean()),
        "coverage_90": float(interval_coverage(quantiles, truth, 0.9, _LEVELS).mean()),
        "from_date": min(days),
        "to_date": max(days),
    }
