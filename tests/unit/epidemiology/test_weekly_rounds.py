"""Rounds of a hub: each from its own vintage, and the flat baseline for them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from vigie.epidemiology.weekly import HubRound, flat_round, read_vintages
from vigie.errors import BadData

REFERENCE = date(2024, 1, 13)
AS_OF = date(2024, 1, 10)
LAST = date(2024, 1, 6)


def vintage(
    as_of: date, last: date, scale: float = 1.0, weeks: int = 30
) -> list[dict[str, object]]:
    return [
        {
            "as_of": as_of,
            "location": place,
            "target_end_date": last - timedelta(weeks=back),
            "value": scale * (size + back % 5),
        }
        for place, size in (("01", 20.0), ("US", 900.0))
        for back in range(weeks)
    ]


def table(*vintages: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist([row for rows in vintages for row in rows]).cast(
        pa.schema(
            [
                ("as_of", pa.date32()),
                ("location", pa.string()),
                ("target_end_date", pa.date32()),
                ("value", pa.float64()),
            ]
        )
    )


def read_round(targets: pa.Table) -> HubRound:
    return read_vintages(targets, ["01", "US"]).round(REFERENCE, AS_OF)


def forecast(targets: pa.Table) -> np.ndarray:
    given = read_round(targets)
    return flat_round(given, (0, 1, 2, 3), np.random.default_rng(1))


def test_the_median_is_the_last_week_and_quantiles_widen_without_crossing() -> None:
    result = forecast(table(vintage(AS_OF, LAST)))
    assert result.shape == (2, 4, 23)
    assert result[:, :, 11] == pytest.approx(np.array([[20.0] * 4, [900.0] * 4]), abs=0.6)
    assert (np.diff(result, axis=-1) >= 0).all()
    assert (result >= 0).all()
    width = result[1, :, 22] - result[1, :, 0]
    assert width[-1] > width[0] > 0


def test_nothing_of_another_vintage_is_looked_at() -> None:
    """Later values, shuffled and multiplied, change no forecast; nor do older versions."""
    own = vintage(AS_OF, LAST)
    later = vintage(AS_OF + timedelta(days=1), LAST + timedelta(weeks=3), scale=50)
    older = vintage(AS_OF - timedelta(weeks=1), LAST - timedelta(weeks=1), scale=0.1)
    values = np.random.default_rng(2).permutation([row["value"] for row in later])
    for row, value in zip(later, values, strict=True):
        row["value"] = float(value)
    assert np.array_equal(forecast(table(own)), forecast(table(later, own, older)))


def test_a_vintage_that_is_two_weeks_behind_is_forecast_over_more_steps() -> None:
    behind = read_round(table(vintage(AS_OF, LAST - timedelta(weeks=1))))
    assert behind.steps_ahead((0, 3)) == [2, 5]
    assert np.isnan(behind.counts).sum() == 0


def test_older_weeks_are_known_as_they_were_first_reported() -> None:
    older = vintage(AS_OF - timedelta(weeks=1), LAST - timedelta(weeks=1), scale=0.5)
    later = vintage(AS_OF + timedelta(days=1), LAST - timedelta(weeks=2), scale=50)
    given = read_round(table(later, older, vintage(AS_OF, LAST)))
    newest = len(given.weeks) - 1
    assert list(given.first_reports) == [newest - 1]
    before = given.seen_at(newest - 1)
    assert before.shape == (2, newest)
    assert before[:, 1:] == pytest.approx(given.counts[:, 1:newest] * 0.5, rel=0.5)
    # A week that no version ended with is seen as today.
    assert np.array_equal(given.seen_at(newest - 2), given.counts[:, : newest - 1])
    cut = given.since(given.weeks[5].astype(date))
    assert np.array_equal(cut.seen_at(newest - 6), before[:, 5:])


def test_an_older_version_with_a_flaw_is_done_without() -> None:
    older = vintage(AS_OF - timedelta(weeks=1), LAST - timedelta(weeks=1))
    odd = vintage(AS_OF - timedelta(weeks=2), LAST - timedelta(days=15))
    given = read_round(table(older + older, odd, vintage(AS_OF, LAST)))
    assert not given.first_reports
    assert np.isfinite(given.counts).all()


def test_missing_places_and_weeks_are_missing_and_not_zero() -> None:
    rows = [row for row in vintage(AS_OF, LAST) if row["location"] == "US"]
    rows[3]["value"] = None
    given = read_round(table(rows))
    assert np.isnan(given.counts[0]).all()
    assert np.isnan(given.counts[1]).sum() == 1


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (vintage(AS_OF + timedelta(days=1), LAST), "no vintage of 2024-01-10"),
        (vintage(AS_OF, LAST + timedelta(weeks=1)), "is known already"),
        (vintage(AS_OF, LAST - timedelta(days=1)), "no whole number of weeks"),
        (vintage(AS_OF, LAST) + vintage(AS_OF, LAST), "two rows have the same place"),
    ],
)
def test_a_vintage_that_does_not_fit_is_said(rows: list[dict[str, object]], what: str) -> None:
    with pytest.raises(BadData, match=what):
        forecast(table(rows))
