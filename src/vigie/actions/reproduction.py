"""The reproduction number of the declared epidemics, of nation, regions and sites large enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from vigie.actions.forecasting import MOST_DAYS_BEHIND, Chance, History, histories, total_history
from vigie.actions.room import EpidemicRule, Room
from vigie.paths import BoolArray, FloatArray
from vigie.schemas import PLACES, REPRODUCTION

if TYPE_CHECKING:
    from vigie.epidemiology.delays import Delay
    from vigie.epidemiology.renewal import RenewalResult

__all__ = ["DAYS_KEPT", "Reproduction", "reproduction_rows"]

DAYS_KEPT = 60
"""Days whose reproduction number is kept, the last one being that of the last report."""

_MOST_SAMPLES = 500
"""Draws of a place: quantiles of 5 % rest on 25 of them; more change no decision."""

_DAYS_LOOKED_AT = 90
"""Days back within which a place needs a week of counts."""

_LEAST_HORIZON_DAYS = 14
_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_LONGEST_DOUBLING_DAYS = 365.0
_FIRST_STREAM = 100
"""Number of the first stream of chance of this module; two for each epidemic."""


@dataclass(slots=True)
class Reproduction:
    """What the epidemics of a run said.

    Attributes:
        rows: of ``schemas.REPRODUCTION``, all columns but ``run``.
        models: name of the model, by task.
        skipped: why an epidemic has no figures today, one sentence each.
    """

    rows: pa.Table
    models: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def reproduction_rows(
    room: Room, facts: pa.Table, members: Mapping[str, Sequence[str]], chance: Chance
) -> Reproduction:
    """Reproduction number, growth and peak of every epidemic that the room declares.

    Of nation and regions from the sums of their places, of a site where it has admissions enough
    (10 a week); never of a ward. Without an epidemic nothing is computed and no engine is loaded.

    Args:
        room: the room.
        facts: the figures that stand, up to the day of the run.
        members: places inside each total.
        chance: of the run.

    Source: docs/models/renewal.md.
    """
    schema = pa.schema([each for each in REPRODUCTION.arrow_schema() if each.name != "run"])
    found = Reproduction(schema.empty_table())
    rules = room.values.epidemics
    if not rules:
        return found
    from vigie.epidemiology.renewal import RENEWAL_MODEL

    room.progress("Estimating reproduction numbers")
    measures = room.measures()
    names = sorted({rule.measure for rule in rules})
    known = {each.measure: each for each in histories(facts, measures, names, chance.as_of)}
    kinds = {row["place"]: row["kind"] for row in room.reference(PLACES.name).to_pylist()}
    tables: list[pa.Table] = [found.rows]
    for number, rule in enumerate(rules):
        groups = _groups(known.get(rule.measure), rule, members, kinds)
        if not groups:
            found.skipped.append(
                f"{rule.measure} {rule.category}".strip()
                + f": no place has a week of daily reports, the last within {MOST_DAYS_BEHIND} days"
            )
        for each, group in enumerate(groups):
            rng = chance.stream(_FIRST_STREAM + 2 * number + each)
            result = _fit(group, rule, chance, rng)
            rows = _rows(group, rule, result, RENEWAL_MODEL)
            tables.append(pa.Table.from_pylist(rows, schema))
            found.models[f"reproduction {rule.measure} {rule.category}".strip()] = RENEWAL_MODEL
    found.rows = pa.concat_tables(tables)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Places fitted together: ``counts`` (place, day), the last day is ``history.last_date``."""

    history: History
    places: tuple[str, ...]
    counts: FloatArray


def _groups(
    history: History | None,
    rule: EpidemicRule,
    members: Mapping[str, Sequence[str]],
    kinds: Mapping[str, str],
) -> list[_Group]:
    """Totals, and sites, that have anything to fit."""
    if history is None or not history.is_current:
        return []
    sums = total_history(history, members)
    groups = [_group(history, rule, [p for p in history.places if kinds.get(p) == "site"])]
    whole = [p for p in history.places if kinds.get(p) in {"nation", "region"}]
    own = _group(history, rule, whole)
    if sums is None:
        groups.insert(0, own)
    else:
        added = _group(sums, rule, sums.places)
        counts = np.concatenate([own.counts, added.counts])
        groups.insert(0, _Group(history, (*own.places, *added.places), counts))
    return [group for each in groups if (group := _with_days(each)).places]


def _group(history: History, rule: EpidemicRule, places: Sequence[str]) -> _Group:
    """Counts of the category, or of all that a place ever reported, on days when all are known."""
    categories = [rule.category] if rule.category else list(history.categories)
    values = history.select(places, categories)
    known: BoolArray = np.asarray(np.isfinite(values))
    ever: BoolArray = np.asarray(known.any(axis=2))
    exists: BoolArray = np.asarray(ever.any(axis=1))
    is_whole = (known | ~ever[:, :, None]).all(axis=1) & exists[:, None]
    counts = np.where(is_whole, np.where(known, values, 0.0).sum(axis=1), np.nan)
    return _Group(history, tuple(places), counts)


def _with_days(group: _Group) -> _Group:
    """Only places with days enough to fit, the last of them recent."""
    from vigie.epidemiology.renewal import FEWEST_DAYS

    known: BoolArray = np.asarray(np.isfinite(group.counts))
    recent = group.history.dates > np.datetime64(
        group.history.as_of - timedelta(days=MOST_DAYS_BEHIND + 1)
    )
    enough = known[:, -_DAYS_LOOKED_AT:].sum(axis=1) >= FEWEST_DAYS
    at = np.flatnonzero(enough & np.asarray(known[:, recent]).any(axis=1))
    return _Group(group.history, tuple(group.places[i] for i in at), group.counts[at])


def _fit(
    group: _Group, rule: EpidemicRule, chance: Chance, rng: np.random.Generator
) -> RenewalResult:
    from vigie.epidemiology.renewal import RenewalRules, fit_renewal

    first = group.history.dates[0].astype(object)
    return fit_renewal(
        group.counts,
        first_weekday=first.weekday(),
        generation=_delay(
            [rule.generation] if rule.generation else [],
            rule.generation_mean_days,
            rule.generation_sd_days,
        ),
        admission=_delay(rule.admission, rule.admission_mean_days, rule.admission_sd_days),
        horizon_days=max(chance.horizon_days, _LEAST_HORIZON_DAYS),
        sample_count=min(chance.sample_count, _MOST_SAMPLES),
        rng=rng,
        rules=RenewalRules(admitted_share=rule.admitted_share),
    )


def _delay(names: Sequence[str], mean_days: float, sd_days: float) -> Delay:
    """The published delays in a row, or a gamma law."""
    from vigie.epidemiology.delays import Delay, DelayFamily, added_delay, published_delay

    if not names:
        return Delay(DelayFamily.GAMMA, mean_days, sd_days)
    first, *rest = (published_delay(name) for name in names)
    for each in rest:
        first = added_delay(first, each)
    return first


def _rows(
    group: _Group, rule: EpidemicRule, result: RenewalResult, model: str
) -> list[dict[str, object]]:
    """Rows of the places of which R may be shown, in columns of ``schemas.REPRODUCTION``."""
    from vigie.epidemiology.renewal import DrawQuality, growth_rate, peak

    last = result.past_days - 1
    begin = max(0, result.past_days - DAYS_KEPT)
    kept = result.reproduction_number[:, begin : last + 1].astype(np.float64)
    quantiles = np.quantile(kept, _LEVELS, axis=2)
    growing = (kept > 1).mean(axis=2)
    growth = np.quantile(growth_rate(result)[:, last].astype(np.float64), (0.05, 0.5, 0.95), axis=1)
    passed = peak(result).passed_probability
    rows: list[dict[str, object]] = []
    for at in np.flatnonzero(result.is_meaningful).tolist():
        for day in range(kept.shape[1]):
            if begin + day < result.first_day[at]:
                continue
            row: dict[str, object] = {
                "measure": rule.measure,
                "place": group.places[at],
                "category": rule.category,
                "date": group.history.last_date - timedelta(days=kept.shape[1] - 1 - day),
                "model_id": model,
                "probability_growing": float(growing[at, day]),
                "quality": DrawQuality(int(result.quality[at])).name.lower(),
            }
            for level, value in zip(_LEVELS, quantiles[:, at, day].tolist(), strict=True):
                row[f"r_q{round(100 * level):02d}"] = value
            rows.append(row)
        rows[-1] |= {
            "growth_rate_q05": float(growth[0, at]),
            "growth_rate_q50": float(growth[1, at]),
            "growth_rate_q95": float(growth[2, at]),
            "doubling_days": _doubling(float(growth[1, at])),
            "probability_peak_passed": float(passed[at]),
            "weekly_mean": float(result.weekly_mean[at]),
        }
    return rows


def _doubling(rate: float) -> float | None:
    """Days to double, negative to halve; None when it takes more than a year."""
    from vigie.epidemiology.renewal import doubling_days

    days = float(doubling_days(np.array(rate)))
    return days if abs(days) <= _LONGEST_DOUBLING_DAYS else None
