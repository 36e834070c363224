"""The models' part of a run: paths, forecasts, shortages, plan; written as they are made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from vigie.actions.daily.found_shortages import FoundShortages, in_order
from vigie.actions.daily.run_forecasts import RunForecasts, make_forecasts
from vigie.actions.epidemics.epidemic_fits import EpidemicFits, fit_epidemics
from vigie.actions.epidemics.nowcasts import nowcast_models, nowcast_rows
from vigie.actions.epidemics.reproduction import reproduction_models, reproduction_rows
from vigie.actions.forecasts.definition_changes import comparable, definition_changes
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.rooms.room import Room
from vigie.actions.scenarios.scenario_runs import run_scenarios
from vigie.actions.scenarios.what_ifs import Reproduction
from vigie.actions.scores.nowcast_scores import nowcast_score_rows
from vigie.actions.scores.standings import Standing
from vigie.actions.shortages.planned_shifts import shift_plan
from vigie.actions.shortages.room_depots import without_depots
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.lake import DataFile
from vigie.planning import OPTIMAL_MODEL
from vigie.schemas import (
    BED_PARTS,
    FORECASTS,
    LEADING_SIGNALS,
    MODEL_CHOICES,
    MOVEMENTS,
    NOWCAST_SCORES,
    NOWCASTS,
    PATH_ARRAYS,
    PLANNED_SHIFTS,
    REFERENCE,
    REPORTS,
    REPRODUCTION,
    SCENARIO_INPUTS,
    SCENARIOS,
    SCORES,
)

__all__ = ["Computed", "compute"]

_PATH_ROW_GROUP = 700


@dataclass(frozen=True, slots=True)
class Computed:
    """What the models made.

    Attributes:
        tables: files of the result tables.
        models: name of the model per measure or task.
        notes: short facts for the manifest.
        standings: how the models of each forecast measure stand.
    """

    tables: Mapping[str, tuple[DataFile, ...]]
    models: Mapping[str, str]
    notes: Mapping[str, str]
    standings: Sequence[Standing] = ()


def compute(
    room: Room,
    run: str,
    day: date,
    facts: pa.Table,
    files: Mapping[str, Sequence[DataFile]],
) -> Computed:
    """Score the past, forecast, find shortages, plan; and write the results of the run.

    Args:
        room: the room.
        run: key of the run.
        day: as_of.
        facts: the figures that stand, as ``vigie.actions.daily.checking`` reads them.
        files: of the fact tables by name; reports and orders at least.
    """
    chance = Chance(room.values.seed, day, room.values.sample_count, room.values.horizon_days)
    facts = without_depots(room, facts, day)
    facts = comparable(facts, room.measures(), definition_changes(room, day))
    made = make_forecasts(room, facts, files[REPORTS.name], chance, files.get(MOVEMENTS.name, ()))
    epidemics = fit_epidemics(room, facts, made.members, chance, files[REPORTS.name])
    scenarios = run_scenarios(room, epidemics, made.members, chance)
    inputs = Inputs(
        as_of=day,
        horizon_days=chance.horizon_days,
        histories=made.known,
        paths=made.paths,
        models=made.models,
        reference={of.name: room.reference(of.name) for of in REFERENCE},
        members=made.members,
        stays=made.stays,
        shifts=shift_plan(room, files.get(PLANNED_SHIFTS.name, ()), day, chance.horizon_days),
    )
    room.progress("Looking for shortages, and for who can help")
    reproduction = Reproduction(
        scenarios.ratios, room.values.epidemics, made.stay_laws() if scenarios.ratios else {}
    )
    found = FoundShortages(room, run, inputs, chance, reproduction)
    found.look_at_products(files)
    with ThreadPoolExecutor(1) as pool:
        # Wards are judged while the paths are written, which makes the products on the way.
        wards = pool.submit(found.look_at_wards)
        paths_files = room.lake.write(
            PATH_ARRAYS, found.path_batches(made), run, partition=run, row_group=_PATH_ROW_GROUP
        )
        found.shortages[:0] = wards.result()
    found.join()
    rows = {
        SCORES: made.scoring.scores,
        MODEL_CHOICES: made.scoring.standing_rows(made.problems, made.settings),
        LEADING_SIGNALS: made.signals,
        NOWCASTS: nowcast_rows(epidemics),
        NOWCAST_SCORES: nowcast_score_rows(room, day, epidemics),
        REPRODUCTION: reproduction_rows(epidemics),
        SCENARIOS: scenarios.figures,
        BED_PARTS: made.bed_parts,
        SCENARIO_INPUTS: found.what_ifs.told(scenarios.inputs),
    }
    batches = {of: in_order(each, of, run) for of, each in rows.items()} | found.batches()
    batches[FORECASTS] = made.batches(run)
    tables = {
        of.name: room.lake.write(of, each, run, partition=run) for of, each in batches.items()
    }
    tables[PATH_ARRAYS.name] = paths_files
    notes = found.notes() | _notes(made, epidemics)
    return Computed(tables, _models(made, epidemics, found), notes, made.scoring.standings)


def _notes(made: RunForecasts, epidemics: EpidemicFits) -> dict[str, str]:
    """Short facts on forecasts and epidemics for the manifest, where there are any."""
    facts = {
        "skipped_epidemics": epidemics.skipped,
        "without_nowcast": epidemics.without_nowcast,
        "bed_flow": made.flow_notes,
    }
    return {name: json.dumps(told) for name, told in facts.items() if told}


def _models(made: RunForecasts, epidemics: EpidemicFits, found: FoundShortages) -> dict[str, str]:
    """Name of the model per measure or task."""
    models = dict(made.models) | {"plan": OPTIMAL_MODEL}
    models |= {f"{name}, totals": model for name, model in made.models_of_totals.items()}
    return models | reproduction_models(epidemics) | nowcast_models(epidemics) | found.models
