"""The declared epidemics fitted: joint draws of nation, regions and sites large enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.epidemic_delays import admission_delay, generation_interval
from vigie.actions.forecasts.forecasting import (
    MOST_DAYS_BEHIND,
    Chance,
    History,
    Stream,
    histories,
    total_history,
)
from vigie.actions.forecasts.report_revisions import (
    LateReports,
    Revisions,
    late_reports,
    read_revisions,
)
from vigie.actions.rooms.room import EpidemicRule, Room
from vigie.lake import DataFile
from vigie.paths import BoolArray, FloatArray
from vigie.schemas import PLACES

if TYPE_CHECKING:
    from vigie.epidemiology.renewal import RenewalResult

__all__ = ["EpidemicFit", "EpidemicFits", "Group", "fit_epidemics"]

_MOST_SAMPLES = 500
"""Draws of a place: quantiles of 5 % rest on 25 of them; more change no decision."""

_DAYS_LOOKED_AT = 90
"""Days back within which a place needs a week of counts."""

_LEAST_HORIZON_DAYS = 14


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Places fitted together.

    Attributes:
        history: whose days the counts have; the last one is ``history.last_date``.
        places: fitted.
        counts: (place, day), NaN where not reported in full.
    """

    history: History
    places: tuple[str, ...]
    counts: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class EpidemicFit:
    """One epidemic in one group of places.

    Attributes:
        rule: as declared.
        group: what was fitted.
        result: the joint draws, places as in the group.
        late: how late reports come; None where nothing is known of it.
    """

    rule: EpidemicRule
    group: Group
    result: RenewalResult
    late: LateReports | None = None


@dataclass(frozen=True, slots=True)
class EpidemicFits:
    """All epidemics of a run.

    Attributes:
        fits: in the order in which they are declared, totals before sites.
        skipped: why an epidemic has no figures today, one sentence each.
        without_nowcast: why an epidemic that has figures has no nowcast, one sentence each.
    """

    fits: tuple[EpidemicFit, ...] = ()
    skipped: tuple[str, ...] = ()
    without_nowcast: tuple[str, ...] = ()


def fit_epidemics(
    room: Room,
    facts: pa.Table,
    members: Mapping[str, Sequence[str]],
    chance: Chance,
    reports: Sequence[DataFile] = (),
) -> EpidemicFits:
    """Fit every epidemic that the room declares, with what is known of late reports.

    Nation and regions from the sums of their places, a site by itself; never a ward. Without an
    epidemic nothing is computed and no engine is loaded.

    Args:
        room: the room.
        facts: the figures that stand, up to the day of the run; none of an older definition.
        members: places inside each total.
        chance: of the run.
        reports: files of the table of reports; without them counts are taken as complete.

    Source: docs/models/renewal.md.
    """
    rules = room.values.epidemics
    if not rules:
        return EpidemicFits()
    room.progress("Estimating reproduction numbers")
    measures = room.measures()
    names = sorted({rule.measure for rule in rules})
    known = {each.measure: each for each in histories(facts, measures, names, chance.as_of)}
    revisions = {
        name: read_revisions(room, facts, reports, history)
        for name, history in known.items()
        if history.is_current
    }
    kinds = {row["place"]: row["kind"] for row in room.reference(PLACES.name).to_pylist()}
    fits: list[EpidemicFit] = []
    skipped: list[str] = []
    without: list[str] = []
    for number, rule in enumerate(rules):
        groups = list(_groups(known.get(rule.measure), rule, members, kinds))
        name = f"{rule.measure} {rule.category}".strip()
        if not groups:
            skipped.append(
                f"{name}: no place has a week of daily reports, the last within "
                f"{MOST_DAYS_BEHIND} days"
            )
            continue
        told = revisions[rule.measure]
        if not isinstance(told, Revisions):
            without.append(f"{name}: {told}")
        for each, group in enumerate(groups):
            rng = chance.stream(Stream.EPIDEMICS, 2 * number + each)
            late = None
            if isinstance(told, Revisions):
                late = late_reports(told, group.history, group.places, rule.category, members)
            fits.append(EpidemicFit(rule, group, _fit(group, rule, chance, rng, late), late))
    return EpidemicFits(tuple(fits), tuple(skipped), tuple(without))


def _groups(
    history: History | None,
    rule: EpidemicRule,
    members: Mapping[str, Sequence[str]],
    kinds: Mapping[str, str],
) -> Iterator[Group]:
    """Totals, and sites, that have anything to fit."""
    if history is None or not history.is_current:
        return
    sums = total_history(history, members)
    groups = [_group(history, rule, [p for p in history.places if kinds.get(p) == "site"])]
    whole = [p for p in history.places if kinds.get(p) in {"nation", "region"}]
    own = _group(history, rule, whole)
    if sums is None:
        groups.insert(0, own)
    else:
        added = _group(sums, rule, sums.places)
        counts = np.concatenate([own.counts, added.counts])
        groups.insert(0, Group(history, (*own.places, *added.places), counts))
    yield from (group for each in groups if (group := _with_days(each)).places)


def _group(history: History, rule: EpidemicRule, places: Sequence[str]) -> Group:
    """Counts of the category, or of all that a place ever reported, on days when all are known."""
    categories = [rule.category] if rule.category else list(history.categories)
    values = history.select(places, categories)
    known: BoolArray = np.asarray(np.isfinite(values))
    ever: BoolArray = np.asarray(known.any(axis=2))
    exists: BoolArray = np.asarray(ever.any(axis=1))
    is_whole = (known | ~ever[:, :, None]).all(axis=1) & exists[:, None]
    counts = np.where(is_whole, np.where(known, values, 0.0).sum(axis=1), np.nan)
    return Group(history, tuple(places), counts)


def _with_days(group: Group) -> Group:
    """Only places with days enough to fit, the last of them recent."""
    from vigie.epidemiology.renewal import FEWEST_DAYS

    known: BoolArray = np.asarray(np.isfinite(group.counts))
    recent = group.history.dates > np.datetime64(
        group.history.as_of - timedelta(days=MOST_DAYS_BEHIND + 1)
    )
    enough = known[:, -_DAYS_LOOKED_AT:].sum(axis=1) >= FEWEST_DAYS
    at = np.flatnonzero(enough & np.asarray(known[:, recent]).any(axis=1))
    return Group(group.history, tuple(group.places[i] for i in at), group.counts[at])


def _fit(
    group: Group,
    rule: EpidemicRule,
    chance: Chance,
    rng: np.random.Generator,
    late: LateReports | None,
) -> RenewalResult:
    from vigie.epidemiology.renewal import RenewalRules, fit_renewal

    first = group.history.dates[0].astype(object)
    return fit_renewal(
        group.counts,
        first_weekday=first.weekday(),
        generation=generation_interval(rule),
        admission=admission_delay(rule),
        horizon_days=max(chance.horizon_days, _LEAST_HORIZON_DAYS),
        sample_count=min(chance.sample_count, _MOST_SAMPLES),
        rng=rng,
        rules=RenewalRules(admitted_share=rule.admitted_share),
        reporting=None if late is None else late.hazards,
    )
