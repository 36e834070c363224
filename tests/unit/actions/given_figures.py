"""Figures of a measure by hand, as the cycle gives them to its models: no storage involved."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa

from vigie.actions.forecasts.flow_models import baseline_of, forecast_by, model_without_scores
from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND, Chance, histories
from vigie.actions.forecasts.staff_beside import staff_beside
from vigie.actions.rooms.room import EpidemicRule, ShortageRule
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.schemas import table

__all__ = ["AS_OF", "Given", "facts_of", "inputs_of", "rule_of", "with_absence_law"]

AS_OF = date(2021, 3, 1)

Given = Mapping[tuple[str, str, str], Sequence[float | None]]
"""By measure, place and category: values of the days up to and with as_of; None is missing."""


def facts_of(given: Given, *, last: date = AS_OF, step_days: int = 1) -> pa.Table:
    """The table of facts of the series; the last value is of the day ``last``."""
    rows = [
        {
            "measure": measure,
            "place": place,
            "category": category,
            "reference_date": last - timedelta(days=step_days * (len(values) - 1 - number)),
            "value": value,
        }
        for (measure, place, category), values in given.items()
        for number, value in enumerate(values)
    ]
    schema = pa.schema(
        [
            ("measure", pa.string()),
            ("place", pa.string()),
            ("category", pa.string()),
            ("reference_date", pa.date32()),
            ("value", pa.float64()),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def rule_of(kind: str, mode: str = "normal", **measures: str) -> ShortageRule:
    """A rule of vigie.toml."""
    return ShortageRule(kind, measures, mode)


def inputs_of(
    given: Given,
    *,
    reference: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
    members: Mapping[str, Sequence[str]] | None = None,
    horizon_days: int = 7,
    flows: Sequence[str] = (),
    step: str = "day",
    facts: pa.Table | None = None,
) -> tuple[Inputs, Chance]:
    """The inputs of shortage rules for figures given by hand, with paths of every measure.

    Args:
        given: the figures.
        reference: rows of reference tables by name.
        members: places of each total.
        horizon_days: of the run.
        flows: measures that are flows; the others are levels.
        step: of all measures.
        facts: other facts than those of ``given``.
    """
    chance = Chance(seed=1, as_of=AS_OF, sample_count=50, horizon_days=horizon_days)
    names = sorted({measure for measure, _, _ in given})
    measures = {
        name: {"step": step, "kind": "flow" if name in flows else "level", "maximum": None}
        for name in names
    }
    rows = facts if facts is not None else facts_of(given)
    known = {each.measure: each for each in histories(rows, measures, names, AS_OF)}
    made = {
        name: (forecast_by(baseline_of(history), history, chance), baseline_of(history).name)
        for name, history in known.items()
    }
    tables = {
        name: pa.Table.from_pylist(
            [
                dict.fromkeys(table(name).names) | dict(row)
                for row in (reference or {}).get(name, ())
            ],
            schema=table(name).arrow_schema(),
        )
        for name in (
            *("ratios", "equipment", "products", "arcs", "doses"),
            *("places", "skills", "skill_mix", "rest_rules"),
        )
    }
    inputs = Inputs(
        as_of=AS_OF,
        horizon_days=horizon_days,
        histories=known,
        paths={name: paths for name, (paths, _) in made.items()},
        models={name: model for name, (_, model) in made.items()},
        reference=tables,
        members=members or {},
    )
    return inputs, chance


def with_absence_law(
    inputs: Inputs, chance: Chance, rule: EpidemicRule, members: Mapping[str, Sequence[str]]
) -> Inputs:
    """The same, absence forecast by its law from the measures ``roster`` and that of the rule."""
    known, absent = inputs.histories, inputs.histories["absent"]
    days = chance.horizon_days + MOST_DAYS_BEHIND
    staff = staff_beside(absent, known["roster"], days, [rule], known, members)
    absent = replace(absent, beside=replace(absent.beside, staff=staff))
    model = model_without_scores(absent)
    return replace(
        inputs,
        histories={**known, "absent": absent},
        paths={**inputs.paths, "absent": forecast_by(model, absent, chance)},
        models={**inputs.models, "absent": model.name},
    )
