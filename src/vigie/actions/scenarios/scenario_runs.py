"""Scenarios of a run: the days ahead with R multiplied, beside the same days without.

Nothing of them goes to the forecasts or the scores.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from vigie.actions.declared.scenario_files import ReproductionChange, Scenario
from vigie.actions.epidemics.epidemic_fits import EpidemicFit, EpidemicFits
from vigie.actions.forecasts.forecasting import Chance, Stream
from vigie.actions.rooms.places import totals_around
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.scenario_admissions import AdmissionRatios
from vigie.actions.shortages.scenario_places import PlaceMap, place_map
from vigie.paths import PathArray
from vigie.schemas import PLACES, SCENARIO_INPUTS, SCENARIOS, Table

if TYPE_CHECKING:
    from vigie.epidemiology.renewal import Multiplier, ScenarioPaths

__all__ = ["ScenarioTables", "run_scenarios", "scenario_seed"]

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class ScenarioTables:
    """What the scenarios of a run gave.

    Attributes:
        figures: rows of ``schemas.SCENARIOS``, all columns but ``run``.
        inputs: rows of ``schemas.SCENARIO_INPUTS``, all columns but ``run``.
        ratios: by scenario, what it makes of the admissions of each place; those that change none
            are not there.
    """

    figures: pa.Table
    inputs: pa.Table
    ratios: Mapping[str, AdmissionRatios] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A change as it counts in a run: days ahead, 1 is the day after the last one reported.

    Attributes:
        change: as declared.
        first, last: days; None where none of it lies ahead.
        places: covered; None for all.
        message: what of it does not count, and why.
    """

    change: ReproductionChange
    first: int | None
    last: int | None
    places: frozenset[str] | None
    message: str


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """Places of which something is left out: partly changed, or of no population."""

    partly: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def told(self) -> list[str]:
        """One sentence for each kind."""
        found = []
        if self.partly:
            names = _listed(self.partly)
            found.append(f"No figures of {names}: the scenario changes only a part of it.")
        if self.unknown:
            names = _listed(self.unknown)
            found.append(f"No population of {names}: R does not fall by immunity there.")
        return found


@dataclass(frozen=True, slots=True)
class _Changed:
    """Expected admissions of places under a scenario over those without it, (day, draw)."""

    places: dict[str, PathArray] = field(default_factory=dict)
    small: set[str] = field(default_factory=set)

    def keep(self, place: str, paths: ScenarioPaths, at: int, *, is_shown: bool) -> None:
        """Of a place too small for figures only the mean over the draws says anything."""
        expected, baseline = paths.expected[at], paths.expected_baseline[at]
        if not is_shown:
            self.small.add(place)
            expected, baseline = (each.mean(axis=1, keepdims=True) for each in (expected, baseline))
        self.places[place] = AdmissionRatios.of(expected, baseline)

    def ratios(self, scenario: Scenario, fit: EpidemicFit, places: PlaceMap) -> AdmissionRatios:
        """Of every place; a small one takes those of the smallest whole around it that has any."""
        shown = {place: each for place, each in self.places.items() if place not in self.small}
        found = dict(self.places)
        for place in frozenset().union(self.small, *places.inside.values()) - shown.keys():
            total = next((of for of in totals_around(places.inside, place) if of in shown), None)
            if total is not None:
                found[place] = shown[total]
        last = np.datetime64(fit.group.history.last_date, "D")
        dates = last + np.arange(1, fit.result.horizon_days + 1)
        return AdmissionRatios(scenario.measure, scenario.category, dates, found)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(sorted(names)[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def run_scenarios(
    room: Room, epidemics: EpidemicFits, members: Mapping[str, Sequence[str]], chance: Chance
) -> ScenarioTables:
    """Every scenario of the room, over the draws of the run's epidemics.

    A place has figures where the changes count in all of it and it has admissions enough (10 a
    week).

    Args:
        room: the room.
        epidemics: as fitted in this run.
        members: places inside each total.
        chance: of the run.

    Source: docs/models/scenarios.md.
    """
    figures: list[dict[str, object]] = []
    inputs: list[dict[str, object]] = []
    ratios: dict[str, AdmissionRatios] = {}
    scenarios = room.declarations.scenarios
    if scenarios:
        room.progress("Running the scenarios")
    seed = scenario_seed(chance)
    places = place_map(room.reference(PLACES.name), members, chance.as_of)
    for scenario in scenarios:
        fits = [
            fit
            for fit in epidemics.fits
            if (fit.rule.measure, fit.rule.category) == (scenario.measure, scenario.category)
        ]
        counted = [_count(each, fits, places, chance.as_of) for each in scenario.reproduction]
        left_out = _LeftOut()
        changed = _Changed()
        rows = [
            row
            for fit in fits
            for row in _figures(scenario, fit, counted, places, seed, left_out, changed)
        ]
        if changed.places:
            ratios[scenario.name] = changed.ratios(scenario, fits[0], places)
        messages = [*(each.message for each in counted if each.message), *left_out.told()]
        if not scenario.reproduction:
            messages = []
        elif not fits:
            messages = ["The epidemic has no figures in this run."]
        elif not rows:
            messages.append("No place has figures of it in this run.")
        figures += rows
        inputs.append(_input(scenario, counted, fits, seed, messages))
    return ScenarioTables(_table(SCENARIOS, figures), _table(SCENARIO_INPUTS, inputs), ratios)


def scenario_seed(chance: Chance) -> int:
    """Seed of the chance that scenarios of a run and their baselines share."""
    return int(chance.stream(Stream.SCENARIOS).integers(2**31))


def _table(of: Table, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    schema = of.schema_before_run()
    return pa.Table.from_pylist(list(rows), schema)


def _count(
    change: ReproductionChange, fits: Sequence[EpidemicFit], places: PlaceMap, as_of: date
) -> _Counted:
    """Days of a change that lie after the last report and within the horizon."""
    covered = places.covered(change.places) if change.places else None
    if not fits:
        return _Counted(change, None, None, covered, "")
    reported, horizon = fits[0].group.history.last_date, fits[0].result.horizon_days
    first, last = (_date(each, as_of) for each in (change.first, change.last))
    begin = 1 if first is None else (first - reported).days
    end = horizon if last is None else (last - reported).days
    name = f"R x {change.factor:g}"
    if end < 1:
        message = f"{name} to {last} is over: reports reach to {reported}."
        return _Counted(change, None, None, covered, message)
    if begin > horizon:
        ahead = reported + timedelta(days=horizon)
        message = f"{name} from {first} begins after {ahead}, the last day looked at."
        return _Counted(change, None, None, covered, message)
    message = ""
    if begin < 1:
        message = (
            f"{name} from {first} counts from {reported + timedelta(days=1)}: reports reach to "
            f"{reported}."
        )
    return _Counted(change, max(begin, 1), min(end, horizon), covered, message)


def _date(given: date | int | None, as_of: date) -> date | None:
    return as_of + timedelta(days=given) if isinstance(given, int) else given


def _figures(
    scenario: Scenario,
    fit: EpidemicFit,
    counted: Sequence[_Counted],
    places: PlaceMap,
    seed: int,
    left_out: _LeftOut,
    changed: _Changed,
) -> list[dict[str, object]]:
    """Rows of the places of a group that a scenario speaks of.

    What is left out is noted, and what changes in places too small for figures too.
    """
    from vigie.epidemiology.renewal import Multiplier, scenario_paths

    names, result = fit.group.places, fit.result
    multipliers: list[Multiplier] = []
    touched: set[str] = set()
    partly: set[str] = set()
    for each in counted:
        if each.first is None or each.last is None:
            continue
        for at, place in enumerate(names):
            if each.places is None or place in each.places:
                touched.add(place)
                multipliers.append(Multiplier(each.first, each.last, each.change.factor, at))
            elif places.inside.get(place, frozenset()) & each.places:
                partly.add(place)
    left_out.partly.extend(partly)
    whole = [at for at, place in enumerate(names) if place in touched - partly]
    shown = [at for at in whole if result.is_meaningful[at]]
    if not whole:
        return []
    people = None
    if scenario.susceptible_share is not None:
        known = np.array([places.population.get(name, np.nan) for name in names], dtype=np.float64)
        people = scenario.susceptible_share * known
        left_out.unknown.extend(names[at] for at in shown if np.isnan(known[at]))
    paths = scenario_paths(result, multipliers, seed, susceptible=people)
    for at in whole:
        changed.keep(names[at], paths, at, is_shown=at in shown)
    return [row for at in shown for row in _rows(scenario, fit, paths, at)]


def _rows(
    scenario: Scenario, fit: EpidemicFit, paths: ScenarioPaths, at: int
) -> list[dict[str, object]]:
    """Rows of one place, one a day ahead."""
    from vigie.epidemiology.renewal import RENEWAL_MODEL

    under = np.quantile(paths.admissions[at].astype(np.float64), _LEVELS, axis=1)
    without = np.quantile(paths.baseline[at].astype(np.float64), _LEVELS, axis=1)
    change = paths.expected[at].astype(np.float64) - paths.expected_baseline[at]
    total = np.cumsum(change, axis=0)
    low, high = np.quantile(total, (0.05, 0.95), axis=1)
    rows: list[dict[str, object]] = []
    for day in range(total.shape[0]):
        row: dict[str, object] = {
            "scenario": scenario.name,
            "measure": scenario.measure,
            "place": fit.group.places[at],
            "category": scenario.category,
            "date": fit.group.history.last_date + timedelta(days=day + 1),
            "model_id": RENEWAL_MODEL,
            "label": paths.label,
            "difference_mean": float(total[day].mean()),
            "difference_q05": float(low[day]),
            "difference_q95": float(high[day]),
        }
        for number, level in enumerate(_LEVELS):
            row[f"q{round(100 * level):02d}"] = float(under[number, day])
            row[f"baseline_q{round(100 * level):02d}"] = float(without[number, day])
        rows.append(row)
    return rows


def _input(
    scenario: Scenario,
    counted: Sequence[_Counted],
    fits: Sequence[EpidemicFit],
    seed: int,
    messages: Sequence[str],
) -> dict[str, object]:
    from vigie.epidemiology.renewal import SCENARIO_LABEL

    def day(number: int | None) -> str | None:
        if number is None:
            return None
        return str(fits[0].group.history.last_date + timedelta(days=number))

    changes = [
        {
            "kind": "reproduction",
            "factor": each.change.factor,
            "from": _declared(each.change.first),
            "to": _declared(each.change.last),
            "places": list(each.change.places),
            "first_date": day(each.first),
            "last_date": day(each.last),
        }
        for each in counted
    ]
    return {
        "scenario": scenario.name,
        "label": SCENARIO_LABEL,
        "title_en": scenario.title_en,
        "title_fr": scenario.title_fr,
        "why_en": scenario.why_en,
        "why_fr": scenario.why_fr,
        "source": scenario.source,
        "measure": scenario.measure,
        "category": scenario.category,
        "changes": json.dumps(changes, ensure_ascii=False),
        "susceptible_share": scenario.susceptible_share,
        "seed": seed,
        "message": " ".join(messages),
        "sha256": scenario.sha256,
        "text": scenario.text,
    }


def _declared(given: date | int | None) -> str | int | None:
    return str(given) if isinstance(given, date) else given
