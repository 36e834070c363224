"""The registry of models: a baseline for every history, names of their own, futures to the end."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.actions.given_figures import AS_OF, facts_of
from vigie.actions.forecasts.beside import Beside, EngineTerms, Entries, Staff
from vigie.actions.forecasts.flow_models import MODELS, baseline_of, forecast_by, models_of
from vigie.actions.forecasts.forecasting import Chance, History, histories
from vigie.actions.rooms.room import EpidemicRule
from vigie.epidemiology.pooled import Signal
from vigie.paths import past_dates, step_dates

CHANCE = Chance(1, AS_OF, 60, 10)


CASES = [
    ("flow", "day", 40),
    ("flow", "week", 40),
    ("flow", "month", 40),
    ("binary", "day", 40),
    ("level", "day", 40),
    ("share", "day", 150),
]


def history(kind: str, step: str = "day", count: int = 40) -> History:
    """Some steps of two places, the last one yesterday or the end of last month."""
    rng = np.random.default_rng(4)
    highest = 2 if kind == "binary" else 30
    scale = 30 if kind == "share" else 1
    values = {
        ("m", place, "x"): [float(each) / scale for each in rng.integers(0, highest, count)]
        for place in "AB"
    }
    facts = facts_of(values)
    yesterday = np.datetime64(AS_OF - timedelta(days=1), "D")
    last = yesterday.astype("datetime64[M]").astype("datetime64[D]") - 1
    dates = past_dates(last if step == "month" else yesterday, step, count)
    at = facts.schema.get_field_index("reference_date")
    facts = facts.set_column(at, facts.schema.field(at), pa.array(np.tile(dates, 2)))
    rows = {"m": {"step": step, "kind": kind, "maximum": None}}
    return next(histories(facts, rows, ["m"], AS_OF))


def with_everything(case: tuple[str, str, int]) -> History:
    """A history with an epidemic declared, a signal selected, entries and rosters known."""
    rule = EpidemicRule(
        "m",
        generation_mean_days=5.0,
        generation_sd_days=2.0,
        admission_mean_days=8.0,
        admission_sd_days=4.0,
    )
    calls = Signal("calls", np.linspace(20, 40, 40)[None], 14)
    given = history(*case)
    came = np.full(given.values.shape, 4.0)
    entries = Entries(came, came.sum(axis=0, keepdims=True)) if case[0] == "level" else None
    rosters = np.full((2, 1, case[2] + 40), 40.0)
    staff = Staff(rosters) if case[0] == "level" else None
    beside = Beside({"x": EngineTerms(rule)}, signals=(calls,), entries=entries, staff=staff)
    return replace(given, beside=beside)


@pytest.mark.parametrize(
    ("kind", "step", "names"),
    [
        ("flow", "day", ["vigie-flat", "vigie-last-week", "vigie-pooled-daily"]),
        ("flow", "week", ["vigie-flat", "vigie-pooled-weekly"]),
        ("flow", "month", ["vigie-flat", "vigie-pooled-monthly"]),
        ("level", "day", ["vigie-persistence"]),
        ("share", "day", ["vigie-persistence"]),
        ("binary", "day", ["vigie-two-state"]),
    ],
)
def test_every_history_has_a_baseline_and_the_models_that_fit_it(
    kind: str, step: str, names: list[str]
) -> None:
    found = models_of(history(kind, step))
    assert [model.name for model in found] == names
    assert baseline_of(history(kind, step)) is found[0]


def test_names_are_those_of_vigie_and_unique() -> None:
    names = [model.name for model in MODELS]
    assert len(set(names)) == len(names)
    assert all(name.startswith("vigie-") for name in names)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_gives_sound_futures_up_to_the_horizon_and_the_same_again(model) -> None:
    given = next(one for one in map(with_everything, CASES) if model.applies(one))
    step = given.step
    paths = forecast_by(model, given, CHANCE)
    steps = {"day": 11, "week": 4, "month": 3}[step]
    assert np.array_equal(paths.dates, step_dates(given.dates[-1], step, steps))
    assert paths.values.shape == (2, 1, steps, 60)
    assert np.isfinite(paths.values).all()
    assert (paths.values >= 0).all()
    np.testing.assert_array_equal(paths.values, forecast_by(model, given, CHANCE).values)
