"""The forecasts of a run: by every model, with the published one of each measure told by scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.daily.checking import keyed
from vigie.actions.forecasts.bed_part_rows import bed_part_rows
from vigie.actions.forecasts.bed_parts import flow_rules, kind_notes
from vigie.actions.forecasts.completing import with_late_counts
from vigie.actions.forecasts.flow_models import (
    baseline_of,
    forecast_by,
    model_without_scores,
    models_of,
)
from vigie.actions.forecasts.forecasting import (
    Chance,
    History,
    by_category,
    histories,
    total_history,
)
from vigie.actions.forecasts.own_models import OwnForecasts
from vigie.actions.forecasts.signal_rows import signal_rows
from vigie.actions.forecasts.summed_totals import (
    SUM_MODEL,
    SummedTotals,
    sum_over_places,
    totals_to_sum,
)
from vigie.actions.forecasts.surroundings import Surroundings
from vigie.actions.pages.model_settings import settings_of
from vigie.actions.rooms.places import members_of_totals
from vigie.actions.rooms.room import Room
from vigie.actions.scores.levels import Level
from vigie.actions.scores.score_keeping import Drawn, Scoring, keep_scores
from vigie.hospital.stays import OnwardStays, StayLaw
from vigie.lake import DataFile
from vigie.paths import SamplePaths, forecast_rows
from vigie.schemas import FORECASTS, PLACES

__all__ = ["RunForecasts", "make_forecasts"]

_SIMULATED_ROLES = {
    "beds": ("need",),
    "staff": ("occupancy", "absent"),
    "equipment": ("in_use",),
    "declared": ("declared",),
}
"""Roles of the rules whose future is drawn; the others (capacity, roster) stand as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class RunForecasts:
    """What the models of a run said.

    Attributes:
        known: histories of all measures in use, by name, those drawn with what stood beside.
        members: places inside each total.
        paths: published paths of the places, by measure.
        coherent: totals as sums of the published paths of their places, by measure: what plans
            of regions are made from, published or not.
        models: name of the published model of the places, by measure.
        models_of_totals: name of that of the totals, by measure that has any.
        drawn: published paths of the forecast measures: history of the places, history of the
            places or totals drawn, their paths, the model.
        others: rows of forecasts that are only scored, in columns of ``schemas.FORECASTS``.
        scoring: the scores of the past.
        problems: why a model has no forecast today, by measure and model.
        settings: what a model set itself, by measure and model.
        signals: rows of ``schemas.LEADING_SIGNALS``, all but the column ``run``.
        stays: stays and where they go on, by measure of the patients in bed, where it is known.
        bed_parts: rows of what the patients in bed consist of.
        flow_notes: what of a declared flow of patients could not be read, and what to do.
    """

    known: Mapping[str, History]
    members: Mapping[str, tuple[str, ...]]
    paths: Mapping[str, SamplePaths]
    coherent: Mapping[str, SamplePaths]
    models: Mapping[str, str]
    models_of_totals: Mapping[str, str]
    drawn: Sequence[tuple[History, History, SamplePaths, str]]
    others: Sequence[pa.Table]
    scoring: Scoring
    problems: Mapping[tuple[str, str], str]
    settings: Mapping[tuple[str, str], str]
    signals: pa.Table
    stays: Mapping[str, OnwardStays]
    bed_parts: pa.Table
    flow_notes: tuple[str, ...]

    def published(self) -> Iterator[tuple[History, SamplePaths, str]]:
        """Published paths by category and their model, as the tables hold them."""
        for history, of, paths, model in self.drawn:
            for part in by_category(paths, of):
                yield history, part, model

    def stay_laws(self) -> dict[str, StayLaw | None]:
        """Law of the stays of patients in bed, by their measure, where stays are reported."""
        beside = ((history.measure, history.beside.entries) for history, *_ in self.drawn)
        return {name: entries.law for name, entries in beside if entries is not None}

    def batches(self, run: str) -> Iterator[pa.RecordBatch]:
        """Rows of the table of forecasts: the published ones, then those that are only scored."""
        for history, paths, model in self.published():
            last = np.datetime64(history.last_date, "D")
            rows = forecast_rows(paths, model, last)
            yield from _marked(rows, run, is_published=True).to_batches()
        for rows in self.others:
            yield from _marked(rows, run, is_published=False).to_batches()


def _marked(rows: pa.Table, run: str, *, is_published: bool) -> pa.Table:
    mark = pa.repeat(pa.scalar(is_published), rows.num_rows)
    return keyed(rows.append_column("is_published", mark), FORECASTS, run)


def make_forecasts(
    room: Room,
    facts: pa.Table,
    reports: Sequence[DataFile],
    chance: Chance,
    movements: Sequence[DataFile] = (),
) -> RunForecasts:
    """Score the past, then forecast every measure in use by every model that applies.

    Args:
        room: the room.
        facts: the figures that stand.
        reports: files of the table of reports, from which the past is made again.
        chance: of the run.
        movements: files of the table of movements, from which lengths of stay are told.
    """
    measures = room.measures()
    rules = room.values.shortages
    compared = {name for rule in rules for name in rule.measures.values() if name}
    compared |= {name for rule in rules for name in rule.flow.measures}
    wanted = {name for name, row in measures.items() if row["is_forecast"]}
    simulated = {rule.measures[r] for rule in rules for r in _SIMULATED_ROLES.get(rule.kind, ())}
    names = sorted((wanted | simulated | compared) & set(measures))
    known = {
        each.measure: with_late_counts(room, facts, reports, each)
        for each in histories(facts, measures, names, chance.as_of)
    }
    members = members_of_totals(room.reference(PLACES.name), chance.as_of)
    drawn = {name: _with_totals(room, known[name], members) for name in known if name in wanted}
    surroundings = Surroundings(room, reports, chance, movements)
    drawn = {name: surroundings.beside(of, chance.as_of, known) for name, of in drawn.items()}
    own = OwnForecasts(room, chance.as_of)
    room.progress("Scoring what was forecast before")
    scoring = keep_scores(room, chance.as_of, drawn, reports, own, chance, surroundings)
    room.progress("Forecasting")
    made = _Made(scoring, chance, own, members, measures)
    for name, of in drawn.items():
        made.forecast(name, of)
    dressed = {name: history for name, (history, _) in drawn.items()}
    for name in sorted((simulated & set(known)) - set(drawn)):
        dressed[name], _ = surroundings.beside((known[name], None), chance.as_of, known)
        made.simulate(dressed[name])
    return RunForecasts(
        {**known, **dressed},
        members,
        made.paths,
        made.coherent,
        made.models,
        made.models_of_totals,
        made.drawn,
        made.others,
        made.scoring,
        own.problems,
        settings_of({name: history for name, (history, _) in drawn.items()}),
        signal_rows({name: surroundings.ranking(name, chance.as_of) for name in drawn}),
        _onward(surroundings, chance, known),
        *_parts_of_beds(room, drawn, chance),
    )


def _onward(
    surroundings: Surroundings, chance: Chance, known: Mapping[str, History]
) -> dict[str, OnwardStays]:
    found = {name: surroundings.onward(history, chance.as_of) for name, history in known.items()}
    return {name: stays for name, stays in found.items() if stays is not None}


def _parts_of_beds(
    room: Room, drawn: Mapping[str, Drawn], chance: Chance
) -> tuple[pa.Table, tuple[str, ...]]:
    """Of what patients in bed consist, and what of their declared flow could not be read."""
    rules = flow_rules(room.values.shortages)
    rows = [bed_part_rows(drawn[name][0], rules, chance) for name in rules if name in drawn]
    beside = [history.beside.entries for history, _ in drawn.values()]
    notes = [*kind_notes(room.values.shortages, room.measures())]
    notes += [note for each in beside if each is not None for note in each.notes]
    return pa.concat_tables([bed_part_rows(None, rules, chance), *rows]), tuple(notes)


def _with_totals(room: Room, history: History, members: Mapping[str, Sequence[str]]) -> Drawn:
    totals = total_history(history, members)
    is_summed = room.measures()[history.measure]["over_places"] == "sum"
    return history, totals if is_summed else None


class _Made:
    """Forecasts gathered measure by measure."""

    def __init__(
        self,
        scoring: Scoring,
        chance: Chance,
        own: OwnForecasts,
        members: Mapping[str, Sequence[str]],
        measures: Mapping[str, Mapping[str, object]],
    ) -> None:
        self.scoring, self.chance, self.own = scoring, chance, own
        self.members, self.measures = members, measures
        self.paths: dict[str, SamplePaths] = {}
        self.coherent: dict[str, SamplePaths] = {}
        self.models: dict[str, str] = {}
        self.models_of_totals: dict[str, str] = {}
        self.drawn: list[tuple[History, History, SamplePaths, str]] = []
        self.others: list[pa.Table] = []

    def simulate(self, history: History) -> None:
        """Paths of a measure that no table shows: by the model that needs no scores."""
        model = model_without_scores(history)
        self.paths[history.measure] = forecast_by(model, history, self.chance)
        self.models[history.measure] = model.name

    def forecast(self, name: str, of: Drawn) -> None:
        """Forecasts of a measure by all models; the paths of the published ones are kept."""
        history, totals = of
        own_rows = self.own.forecasts([each for each in of if each is not None], self.chance)
        for each in self.own.names:
            if each not in own_rows:
                self.scoring = self.scoring.falling_back(name, each)
        chosen = self.scoring.published(name)
        self.models[name] = chosen
        self.paths[name] = self._by_models(history, chosen, own_rows)
        self.drawn.append((history, history, self.paths[name], chosen))
        is_summed = self.measures[name]["over_places"] == "sum"
        to_sum = totals_to_sum(history, totals, self.members) if is_summed else None
        if to_sum is None:
            return
        summed = sum_over_places(history, to_sum, self.members, self.paths[name])
        self.coherent[name] = summed.paths
        reporting = summed.only(history.places)
        self._keep_rows(reporting.history, reporting.paths, SUM_MODEL)
        if totals is not None:
            self._forecast_totals(history, totals, summed.only(totals.places), own_rows)

    def _forecast_totals(
        self,
        history: History,
        totals: History,
        summed: SummedTotals,
        own_rows: Mapping[str, pa.Table],
    ) -> None:
        """Forecasts of totals from their own history, and as sums of their places."""
        name = history.measure
        chosen, own = self.scoring.published(name, Level.TOTALS), self.scoring.own_of_totals(name)
        paths = self._by_models(totals, own, own_rows)
        self.models_of_totals[name] = chosen
        if chosen != SUM_MODEL:
            self.drawn.append((history, totals, paths, own))
            self._keep_rows(summed.history, summed.paths, SUM_MODEL)
            return
        self.drawn.append((history, summed.history, summed.paths, SUM_MODEL))
        self._keep_rows(summed.history, paths, own)
        if summed.others.is_reported().any():
            self.drawn.append((history, summed.others, paths, own))

    def _by_models(
        self, part: History, chosen: str, own_rows: Mapping[str, pa.Table]
    ) -> SamplePaths:
        """Paths of the model chosen; forecasts of the others are kept as rows."""
        baseline = baseline_of(part)
        found: SamplePaths | None = None
        for model in models_of(part):
            paths = forecast_by(model, part, self.chance)
            if model.name == chosen:
                found = paths
                continue
            if model is baseline and chosen in own_rows:
                found = self.own.paths(own_rows[chosen], paths)
            self._keep_rows(part, paths, model.name)
        for name, rows in own_rows.items():
            if name != chosen:
                is_here = pc.is_in(rows["location"], pa.array(part.places))
                self.others.append(rows.filter(is_here))
        assert found is not None, "the model chosen forecasts this history"
        return found

    def _keep_rows(self, part: History, paths: SamplePaths, model: str) -> None:
        last = np.datetime64(part.last_date, "D")
        self.others += [forecast_rows(each, model, last) for each in by_category(paths, part)]
