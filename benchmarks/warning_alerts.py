"""Alerts that the chances of a stretch of days raise, against the stock-outs that came.

One alert is an episode of one site and product: raised at a chance within 14 days of 33 in 100,
ended by two days in a row below 20. It is true when a stock-out begins within 14 days. A stock-out
is due for a warning when the oracle gave it a chance of 0.3 five days before it began; it is
warned of when an alert stood on that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.paths import AlertScore, raised, score_alerts, standing_alerts

if TYPE_CHECKING:
    import polars as pl

__all__ = ["AlertsTold", "alerts_of"]

OPEN_AT, CLOSE_BELOW, CALM_DAYS = 0.33, 0.20, 2
LEAD_DAYS, TRUE_WITHIN_DAYS, APART_DAYS = 5, 14, 7
DUE_FROM = 0.3


@dataclass(frozen=True, slots=True)
class AlertsTold:
    """What a stretch of days raised.

    Attributes:
        open_at: chance from which an alert was raised.
        days: looked at, of each seed.
        score: of the alerts of products.
        raised_median, raised_mean: alerts of all kinds per site and day; the first day, on which
            all standing ones are raised at once, is left out.
        standing_mean: alerts that stood per site and day.
    """

    open_at: float
    days: int
    score: AlertScore
    raised_median: float
    raised_mean: float
    standing_mean: float

    def line(self) -> str:
        """For people."""
        score = self.score
        return (
            f"alerts from {self.open_at:.2f}: {score.alerts} of products raised, {score.true} "
            f"true, {score.late} while short, {score.false} false "
            f"({score.false_per_true:.2f} per true one); warned of {score.warned} of "
            f"{score.due} due ({score.warned_share:.2f}); of all kinds per site and day "
            f"{self.raised_mean:.2f} raised (median {self.raised_median:.0f}), "
            f"{self.standing_mean:.2f} standing"
        )


def alerts_of(
    cases: pl.DataFrame,
    short: pl.DataFrame,
    open_at: float = OPEN_AT,
    close_below: float = CLOSE_BELOW,
) -> AlertsTold:
    """Alerts of the last stretch of days in a row, over all seeds.

    Args:
        cases: of every day looked at.
        short: days, sites and products with unmet demand, by seed.
        open_at: chance from which an alert is raised.
        close_below: chance below which a day is calm.
    """
    import polars as pl

    scores, counts, stood, days = [], [], [], 0
    for seed in sorted(set(cases["seed"].to_list())):
        of_seed = cases.filter(pl.col("seed") == seed)
        stretch = _stretch(of_seed["as_of"].unique().sort().to_numpy())
        days = stretch.size
        inside = of_seed.filter(pl.col("as_of").is_in(stretch.tolist()))
        standing_at_sites, raised_at_sites = [], []
        for (kind,), rows in inside.group_by("kind"):
            keys, chance, oracle = _grids(rows, stretch)
            standing = standing_alerts(chance, open_at, close_below, CALM_DAYS)
            sites = [place for place, _ in keys]
            raised_at_sites.append(_per_site(raised(standing)[1:], sites))
            standing_at_sites.append(_per_site(standing[1:], sites))
            if kind == "products":
                happened = _happened(short.filter(pl.col("seed") == seed), stretch, keys)
                scores.append(
                    score_alerts(
                        standing,
                        happened,
                        oracle >= DUE_FROM,
                        lead_days=LEAD_DAYS,
                        true_within_days=TRUE_WITHIN_DAYS,
                        apart_days=APART_DAYS,
                    )
                )
        counts.append(_summed(raised_at_sites))
        stood.append(_summed(standing_at_sites))
    every = np.concatenate(counts)
    total = AlertScore(
        *(sum(getattr(each, name) for each in scores) for name in AlertScore.__slots__)
    )
    return AlertsTold(
        open_at,
        days,
        total,
        float(np.median(every)),
        float(every.mean()),
        float(np.concatenate(stood).mean()),
    )


def _stretch(days: np.ndarray) -> np.ndarray:
    """The last days in a row."""
    steps = np.diff(days.astype("datetime64[D]")).astype(int)
    broken = np.flatnonzero(steps > 1)
    begins = int(broken[-1]) + 1 if broken.size else 0
    return np.asarray(days[begins:].astype("datetime64[D]"))


def _grids(
    rows: pl.DataFrame, stretch: np.ndarray
) -> tuple[list[tuple[str, str]], np.ndarray, np.ndarray]:
    """Site and category of each series, and on each day its chance and the oracle's; 0 if none."""
    keys = sorted(set(rows.select("place", "category").iter_rows()))
    column = {key: at for at, key in enumerate(keys)}
    chance, oracle = np.zeros((stretch.size, len(keys))), np.zeros((stretch.size, len(keys)))
    day = (rows["as_of"].to_numpy().astype("datetime64[D]") - stretch[0]).astype(int)
    series = [column[key] for key in rows.select("place", "category").iter_rows()]
    chance[day, series] = rows["probability_14"].fill_null(0.0).to_numpy()
    oracle[day, series] = rows[f"oracle_{LEAD_DAYS}"].to_numpy()
    return keys, chance, oracle


def _happened(short: pl.DataFrame, stretch: np.ndarray, keys: list[tuple[str, str]]) -> np.ndarray:
    """(day, series), what was short, from some days before the stretch to some after it."""
    column = {key: at for at, key in enumerate(keys)}
    length = APART_DAYS + stretch.size + TRUE_WITHIN_DAYS
    happened = np.zeros((length, len(keys)), dtype=np.bool_)
    first = stretch[0] - APART_DAYS
    days = (short["date"].to_numpy().astype("datetime64[D]") - first).astype(int)
    for day, key in zip(days, short.select("place", "category").iter_rows(), strict=True):
        if 0 <= day < happened.shape[0] and key in column:
            happened[day, column[key]] = True
    return happened


def _per_site(counted: np.ndarray, sites: list[str]) -> dict[str, np.ndarray]:
    at = np.array(sites)
    return {site: counted[:, at == site].sum(axis=1) for site in sorted(set(sites))}


def _summed(kinds: list[dict[str, np.ndarray]]) -> np.ndarray:
    """Alerts of all kinds, one element a site and day."""
    sites = sorted({site for each in kinds for site in each})
    return np.concatenate([sum(each[site] for each in kinds if site in each) for site in sites])
