"""The simple rules that warnings are held against state what they say they state."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.warning_baselines import Known, burn_figures, fitted_chance, share_short
from vigie.actions.forecasts.forecasting import History

LAST = date(2020, 3, 31)


def history(measure: str, values: list[float]) -> History:
    last = np.datetime64(LAST, "D")
    dates = last - np.arange(len(values))[::-1]
    of = np.array(values, dtype=np.float64)[None, None]
    return History(measure, "level", "day", ("A",), ("mask",), dates, of, LAST, np.inf)


def burn(stock: float, orders: list[tuple[float, date]]) -> dict[str, float]:
    """A use of 10 a day, on the morning after the last report."""
    known = Known(
        date(2020, 4, 1),
        21,
        {
            "stock_on_hand": history("stock_on_hand", [stock] * 30),
            "consumption": history("consumption", [10.0] * 30),
        },
        pa.table(
            {
                "place": pa.array(["A"] * len(orders), pa.string()),
                "product": pa.array(["mask"] * len(orders), pa.string()),
                "quantity": pa.array([each for each, _ in orders], pa.float64()),
                "eta_date": pa.array([each for _, each in orders], pa.date32()),
                "status": pa.array(["ordered"] * len(orders), pa.string()),
            }
        ),
    )
    assert known.behind("products") == 1
    return {
        name: column[0].as_py() for name, column in burn_figures(known).of(["A"], ["mask"]).items()
    }


def test_burn_rate_counts_the_days_from_the_day_of_the_run():
    # Days 0 to 7 are eight days of use: 80 units last, 79 do not.
    assert burn(80.0, [])["plain_7"] == 0.0
    assert burn(79.0, [])["plain_7"] == 1.0
    assert burn(80.0, [])["plain_14"] == 1.0
    assert burn(80.0, [])["cover_7"] == pytest.approx(8.0)


def test_orders_count_on_the_day_last_told():
    in_time, late = date(2020, 4, 8), date(2020, 4, 10)

    assert burn(79.0, [(100.0, in_time)])["plain_7"] == 0.0
    assert burn(79.0, [(100.0, late)])["plain_7"] == 1.0
    assert burn(79.0, [(100.0, late)])["cover_14"] == pytest.approx(17.9)


def test_persistence_adds_past_changes_with_both_signs():
    # The need rises by one each day: in 3 days by 3, or as much down.
    need = np.arange(100.0)[None, None]
    by, on = share_short(need, np.array([[99.0 + 2.5]]), 1, 3)

    assert by[0, 0] == pytest.approx(0.5)
    assert on[0, 0] == pytest.approx(0.5)
    by, _ = share_short(need, np.array([[99.0 + 3.0]]), 1, 3)
    assert by[0, 0] == 0.0


def test_any_day_is_at_least_as_likely_as_the_likeliest_day():
    need = np.random.default_rng(3).poisson(8.0, (4, 3, 120)).astype(np.float64)
    by, on = share_short(need, np.full((4, 3), 11.0), 1, 14)

    assert (by >= on).all()
    assert (by > on).any()


def test_the_fitted_rule_finds_the_chances_that_made_its_cases():
    rng = np.random.default_rng(4)
    cover = rng.uniform(0.0, 40.0, 20_000)
    chance = 1.0 / (1.0 + np.exp(-(4.0 - 2.0 * np.log1p(cover))))
    happened = rng.random(cover.size) < chance
    asked = np.array([1.0, 5.0, 20.0])
    true = 1.0 / (1.0 + np.exp(-(4.0 - 2.0 * np.log1p(asked))))

    assert fitted_chance(cover, happened, asked) == pytest.approx(true, abs=0.03)
