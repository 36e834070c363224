"""Forecasts of the cycle: paths from the last report on, totals future by future, quantiles."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.rooms import LAST_DAY, OPERATOR, PLACES, open_at
from tests.unit.actions.given_figures import AS_OF, facts_of, inputs_of
from vigie.actions.forecasts.flow_models import baseline_of, forecast_by
from vigie.actions.forecasts.forecasting import (
    MOST_DAYS_BEHIND,
    Chance,
    Stream,
    by_category,
    histories,
    total_history,
)
from vigie.actions.pages.showing import show_table
from vigie.paths import QUANTILE_LEVELS

Futures = dict[tuple[str, date], np.ndarray]


@pytest.fixture(scope="module")
def futures(released_folder: Path) -> Futures:
    """Samples of patients in bed by place and day, as the release keeps them."""
    rows = show_table(open_at(released_folder), OPERATOR, "path_arrays", measure="beds_occupied")
    return {(row["place"], row["date"]): np.array(row["samples"]) for row in rows.to_pylist()}


def test_a_release_keeps_every_future_of_every_day_up_to_the_horizon(futures: Futures) -> None:
    days = [LAST_DAY + timedelta(days=number) for number in range(1, 8)]

    assert sorted(futures) == [(place, day) for place in (*PLACES, "N") for day in days]
    assert {len(samples) for samples in futures.values()} == {50}


def test_quantiles_of_places_and_totals_are_those_of_the_futures(
    futures: Futures, released_folder: Path
) -> None:
    rows = show_table(open_at(released_folder), OPERATOR, "forecasts", target="beds_occupied")
    seen = {
        (row["location"], row["target_end_date"], row["output_type_id"]): row["value"]
        for row in rows.to_pylist()
        if row["is_published"]
    }

    slowly = {
        (place, day, level): float(np.quantile(samples, level))
        for (place, day), samples in futures.items()
        for level in QUANTILE_LEVELS
    }
    assert seen.keys() == slowly.keys()
    for key, value in slowly.items():
        assert seen[key] == pytest.approx(value, abs=1e-4), key


def test_the_same_seed_and_day_draw_the_same_futures_and_another_day_others() -> None:
    def drawn(as_of: date) -> list[float]:
        return list(Chance(1, as_of, 50, 7).stream(Stream.SHARED).random(3))

    assert drawn(AS_OF) == drawn(AS_OF)
    assert drawn(AS_OF) != drawn(AS_OF + timedelta(days=1))


LEVEL = {"step": "day", "kind": "level", "maximum": None}


@pytest.mark.parametrize(
    ("step", "step_days", "behind", "steps"),
    [
        ("day", 1, 0, 21),
        ("day", 1, 3, 24),
        ("day", 1, MOST_DAYS_BEHIND, 21 + MOST_DAYS_BEHIND),
        ("day", 1, 60, 21 + MOST_DAYS_BEHIND),
        ("week", 7, 2, 4),
        ("month", 31, 20, 3),
    ],
)
def test_paths_go_from_the_last_report_to_the_horizon(
    step: str, step_days: int, behind: int, steps: int
) -> None:
    last = AS_OF - timedelta(days=behind)
    if step == "month":
        last = date(2021, 2, 1)
        step_days = 0
    values = {("m", "A", ""): [float(number % 5) for number in range(20 if step_days else 1)]}
    facts = facts_of(values, last=last, step_days=step_days)
    measures = {"m": {**LEVEL, "step": step}}
    history = next(histories(facts, measures, ["m"], AS_OF))

    paths = forecast_by(baseline_of(history), history, Chance(1, AS_OF, 50, 21))

    assert history.last_date == last
    assert len(paths.dates) == steps
    assert paths.dates[0] > np.datetime64(last, "D")
    assert history.is_current == (step == "day" and behind <= MOST_DAYS_BEHIND)


def test_a_series_never_reported_has_no_forecast() -> None:
    given = {("m", "A", "icu"): [5.0] * 20, ("m", "B", "ward"): [7.0] * 20}
    inputs, _ = inputs_of(given)

    apart = {
        part.categories[0]: part.places
        for part in by_category(inputs.paths["m"], inputs.histories["m"])
    }

    assert apart == {"icu": ("A",), "ward": ("B",)}


def test_a_total_is_the_sum_raised_by_the_usual_share_of_those_who_say_nothing() -> None:
    steady = [30.0, 30.0, 30.0, 30.0]
    given = {
        ("m", "A", ""): [*steady, 40.0, 40.0],
        ("m", "B", ""): [*steady, None, 30.0],
        ("m", "C", ""): [*steady, None, None],
    }
    inputs, _ = inputs_of(given)

    total = total_history(inputs.histories["m"], {"N": ("A", "B", "C")})

    assert total is not None
    assert total.places == ("N",)
    usual = {"A": (4 * 30 + 2 * 40) / 6, "B": 30.0, "C": 30.0}
    raised = (40 + 30) * sum(usual.values()) / (usual["A"] + usual["B"])
    assert list(total.values[0, 0, :4]) == [90, 90, 90, 90]
    assert np.isnan(total.values[0, 0, 4]), "less than half of the usual total was reported"
    assert total.values[0, 0, 5] == pytest.approx(raised)


def test_a_total_that_reports_itself_has_its_own_history() -> None:
    given = {("m", "A", ""): [5.0] * 20, ("m", "N", ""): [100.0] * 20}
    inputs, _ = inputs_of(given)

    assert total_history(inputs.histories["m"], {"N": ("A",)}) is None
    assert set(inputs.paths["m"].values[1].ravel()) == {100.0}


def test_missing_days_are_not_read_as_zero() -> None:
    rng = np.random.default_rng(5)
    values = [100.0 + float(rng.integers(0, 4)) for _ in range(60)]
    holes = [None if number % 3 == 1 else value for number, value in enumerate(values)]

    inputs, _ = inputs_of({("m", "A", ""): holes})

    assert inputs.paths["m"].values.min() > 90
