"""The registry of models: a baseline for every history, names of their own, futures to the end."""

from datetime import timedelta

import numpy as np
import pytest

from tests.unit.actions.given_figures import AS_OF, facts_of
from vigie.actions.flow_models import MODELS, baseline_of, forecast_by, models_of
from vigie.actions.forecasting import Chance, History, histories

CHANCE = Chance(1, AS_OF, 60, 10)


def history(kind: str, step: str = "day") -> History:
    days = {"day": 1, "week": 7}[step]
    rng = np.random.default_rng(4)
    highest = 2 if kind == "binary" else 30
    values = {
        ("m", place, "x"): [float(each) for each in rng.integers(0, highest, 40)] for place in "AB"
    }
    facts = facts_of(values, last=AS_OF - timedelta(days=1), step_days=days)
    rows = {"m": {"step": step, "kind": kind, "maximum": None}}
    return next(histories(facts, rows, ["m"], AS_OF))


@pytest.mark.parametrize(
    ("kind", "step", "names"),
    [
        ("flow", "day", ["vigie-flat", "vigie-last-week"]),
        ("flow", "week", ["vigie-flat"]),
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
    kind = next(k for k in ("flow", "binary", "level") if model.applies(history(k)))
    given = history(kind)
    paths = forecast_by(model, given, CHANCE)
    assert paths.dates[-1] == np.datetime64(AS_OF + timedelta(days=10), "D")
    assert paths.values.shape == (2, 1, 11, 60)
    assert np.isfinite(paths.values).all()
    np.testing.assert_array_equal(paths.values, forecast_by(model, given, CHANCE).values)
