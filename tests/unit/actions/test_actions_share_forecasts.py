"""Shares of units that declare a lack: forecast in a room, and told when unusually high."""

import numpy as np
import pytest

from tests.unit.actions.given_figures import AS_OF, Given, facts_of, rule_of
from vigie.actions.forecasts.flow_models import baseline_of, forecast_by, models_of
from vigie.actions.forecasts.forecasting import Chance, History, histories
from vigie.actions.forecasts.share_forecasts import high_share
from vigie.actions.shortages.declared_shortages import declared_rows
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.hospital import LEVEL_MODEL, SHARE_MODEL
from vigie.paths import FloatArray

PLACES = tuple("ABCDEF")
DAYS = 170
CHANCE = Chance(seed=1, as_of=AS_OF, sample_count=100, horizon_days=14)


def shares(*, emptied_days: int = 0) -> FloatArray:
    """(place, day), shares that swing together; the register may have been emptied lately."""
    rng = np.random.default_rng(3)
    swing = 0.3 + 0.15 * np.sin(np.arange(DAYS) / 18)
    values = np.clip(swing + rng.normal(0, 0.02, (len(PLACES), DAYS)), 0, 1)
    values[:, DAYS - emptied_days :] = 0.01
    return values


def history_of(values: FloatArray) -> History:
    given: Given = {
        ("lack", place, ""): row.tolist() for place, row in zip(PLACES, values, strict=True)
    }
    measures = {"lack": {"step": "day", "kind": "share", "maximum": None}}
    (found,) = histories(facts_of(given), measures, ["lack"], AS_OF)
    return found


def inputs_of_share(history: History, model: str) -> Inputs:
    (chosen,) = [each for each in models_of(history) if each.name == model]
    return Inputs(
        as_of=AS_OF,
        horizon_days=14,
        histories={"lack": history},
        paths={"lack": forecast_by(chosen, history, CHANCE)},
        models={"lack": model},
        reference={},
        members={},
    )


def test_shares_known_long_enough_have_the_pooled_model_beside_persistence() -> None:
    long, short = history_of(shares()), history_of(shares()[:, :60])

    assert [each.name for each in models_of(long)] == [LEVEL_MODEL, SHARE_MODEL]
    assert baseline_of(long).name == LEVEL_MODEL
    assert [each.name for each in models_of(short)] == [LEVEL_MODEL]


@pytest.mark.parametrize("model", [LEVEL_MODEL, SHARE_MODEL])
def test_paths_are_shares_and_start_near_the_last_one(model: str) -> None:
    history = history_of(shares())

    paths = inputs_of_share(history, model).paths["lack"].values

    assert ((paths >= 0) & (paths <= 1)).all()
    last = history.values[:, 0, -1]
    assert np.median(paths[:, 0, 0], axis=1) == pytest.approx(last, abs=0.06)


def test_an_emptied_register_is_not_the_end_of_a_shortage() -> None:
    history = history_of(shares(emptied_days=3))

    pooled, plain = (
        inputs_of_share(history, model).paths["lack"].values.mean()
        for model in (SHARE_MODEL, LEVEL_MODEL)
    )

    before = history.values[:, :, DAYS - 10 : DAYS - 3].mean()
    assert pooled > 0.6 * before
    assert plain < 0.5 * before


def test_a_share_is_short_when_it_is_high_for_its_place() -> None:
    values = shares()
    values[0] *= 0.4
    history = history_of(values)
    inputs = inputs_of_share(history, SHARE_MODEL)

    rows = declared_rows(rule_of("declared", declared="lack"), inputs)

    assert rows is not None
    limit = high_share(history)[:, 0]
    assert limit[0] < 0.5 * limit[1]
    short = (inputs.ahead("lack") > limit[:, None, None, None]).any(axis=2).mean(axis=-1)[:, 0]
    by_place = {row["place"]: row for row in rows.to_pylist()}
    for number, place in enumerate(PLACES):
        assert by_place[place]["probability"] == pytest.approx(short[number])
        assert by_place[place]["capacity_now"] == pytest.approx(limit[number], rel=1e-5)


def test_a_place_known_for_a_few_weeks_is_high_above_one_half() -> None:
    history = history_of(shares()[:, :50])

    assert (high_share(history) == 0.5).all()
