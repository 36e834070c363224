"""Deliveries of the demo region: do the ranges of the law of orders hold what came?

The law reads the orders as the hospitals report them; what came is the hidden truth. Regions 1 to 3
chose the settings, regions 4 to 6 are the check. Bars: 80 % ranges hold 74 to 86 %.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure

if TYPE_CHECKING:
    import pyarrow as pa

    from vigie.demoregion.truth import HiddenTruth

COMMAND = "make bench ONLY=orders"
SITES, DAYS, END = 40, 240, date(2021, 3, 31)
BACK_DAYS, AHEAD_DAYS, SAMPLES = (0, 14, 28, 42), 21, 400
SEEDS = {"settings chosen on": (1, 2, 3), "check": (4, 5, 6)}
HORIZONS = (7, 14)
VIEWS = ("a product at a hospital", "a product at all hospitals", "all products at a hospital")


def held(seed: int) -> dict[str, list[float]]:
    """By view and horizon: share of truths in the 80 % range, and expected over true units.

    Ties of whole orders are shared out at random, so that exact probabilities hold 80 %.
    """
    import pyarrow as pa

    from vigie.demoregion.catalogue import PRODUCTS
    from vigie.demoregion.reporting_events import report_orders
    from vigie.demoregion.truth import Extent, build_truth

    extent = Extent(scaled(SITES, 4), DAYS, END, 28)
    truth = build_truth(np.random.default_rng(seed), extent)
    sites = [site.key for site in truth.geography.sites]
    told = report_orders(
        np.random.default_rng([seed, 5]), truth.supplies.orders, sites, extent.first_date, DAYS
    )
    told = told.append_column("feed", pa.array(["orders"] * told.num_rows))
    told = told.append_column("reason", pa.nulls(told.num_rows, pa.string()))
    packs = np.array([product.pack_size for product in PRODUCTS])
    found: dict[str, list[list[float]]] = {}
    for back in BACK_DAYS:
        expected, came = _expected_and_came(truth, told, sites, END - timedelta(days=back), seed)
        for days in HORIZONS:
            paths, true = expected[:, :, :days].sum(axis=2), came[:, :, :days].sum(axis=2)
            awaited = paths.max(axis=-1) > 0
            cases = (
                (paths[awaited], true[awaited]),
                (paths.sum(axis=0), true.sum(axis=0)),
                ((paths / packs[:, None]).sum(axis=1), (true / packs).sum(axis=1)),
            )
            for view, case in zip(VIEWS, cases, strict=True):
                rng = np.random.default_rng([seed, back, days])
                found.setdefault(f"{view}, {days} days", []).append(_inside(*case, rng))
    return {name: np.mean(each, axis=0).tolist() for name, each in found.items()}


def _expected_and_came(
    truth: HiddenTruth, told: pa.Table, sites: list[str], today: date, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Paths (site, product, day, sample) of the known orders, and what they brought."""
    from vigie.demoregion.catalogue import PRODUCTS
    from vigie.supply import delivery_paths, learn_order_law, order_draws, read_order_lines

    until = datetime.combine(today, datetime.max.time(), UTC)
    lines = read_order_lines(told, today=today, known_until=until)
    law = learn_order_law(lines)
    chance = order_draws(np.random.default_rng(seed), law, SAMPLES)
    # The last stock is that of yesterday: today's deliveries are not in it.
    dates = np.datetime64(today) + np.arange(AHEAD_DAYS)
    names = [product.key for product in PRODUCTS]
    paths = delivery_paths(lines, law, sites, names, dates, chance)
    known = told["known_at"].to_numpy() <= np.datetime64(until.replace(tzinfo=None), "us")
    numbers = np.unique(np.array(told["order"].to_pylist())[known])
    line = np.array([int(number[1:]) for number in numbers])
    orders, first = truth.supplies.orders, (today - truth.extent.first_date).days
    day = orders.arrival_day[line] - first
    inside = (day >= 0) & (day < AHEAD_DAYS)
    came = np.zeros(paths.shape[:3])
    at = (orders.site[line[inside]], orders.product[line[inside]], day[inside])
    np.add.at(came, at, orders.delivered[line[inside]])
    return paths, came


def _inside(paths: np.ndarray, true: np.ndarray, rng: np.random.Generator) -> list[float]:
    below = (paths < true[..., None] - 1e-3).mean(axis=-1)
    ties = (np.abs(paths - true[..., None]) <= 1e-3).mean(axis=-1)
    rank = below + rng.random(true.shape) * ties
    return [float(((rank >= 0.1) & (rank <= 0.9)).mean()), float(paths.mean() / true.mean())]


def run() -> list[Figure]:
    """Shares held by view and horizon, over three regions each."""
    figures = []
    started = time.perf_counter()
    for title, seeds in SEEDS.items():
        each = [in_child("bench_orders", "held", seed).answer for seed in seeds]
        for case in each[0]:
            share, ratio = np.mean([one[case] for one in each], axis=0)
            name = f"deliveries, {title} regions {seeds[0]} to {seeds[-1]}, {case}"
            figures += [
                Figure(f"{name}: 80 % range held, not below", float(share), "", 0.74, COMMAND,
                       is_at_least=True),
                Figure(f"{name}: 80 % range held, not above", float(share), "", 0.86, COMMAND),
                Figure(f"{name}: expected over true units", float(ratio), "", None, COMMAND),
            ]  # fmt: skip
    figures.append(
        Figure("deliveries of the demo region: all", time.perf_counter() - started, "s", None,
               COMMAND)
    )  # fmt: skip
    return figures
