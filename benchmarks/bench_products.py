"""Stock-outs of the demo region against its hidden truth: this model, the flat one, burn rates.

Regions 1 to 3 served to choose settings and to fit the logistic burn rate; the figures are of
others. What came true is that open orders and stock did not meet demand; for "orders as usual",
that these, orders placed later and stock did not.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping
from functools import partial

import numpy as np

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.product_region import HORIZON, PRODUCT_COUNT, Origin, origins, region

COMMAND = "make bench ONLY=products"
DEVELOPMENT_SEEDS = (1, 2, 3)
CHECK_SEEDS = (11, 12, 13)
HOSPITALS = 60
FIRST_DAY, STEP_DAYS = 200, 28
SAMPLES = 300
HORIZONS = (7, 14)
KINDS = ("patients known", "persistence", "flat, orders as promised", "orders as usual")
"""The last is persistence with the orders that sites will place, judged by what came with them."""
_FEWEST_IN_BIN = 100


class _Regression:
    """P(stock-out) as a logistic of days of stock and deliveries over the days looked at."""

    def __init__(self, feature: np.ndarray, outcome: np.ndarray) -> None:
        from scipy.optimize import minimize

        def loss(weights: np.ndarray) -> float:
            score = weights[0] + weights[1] * feature
            return float(np.logaddexp(0, score).mean() - (score * outcome).mean())

        usual = float(np.clip(outcome.mean(), 1e-4, 0.5))
        start = np.array([np.log(usual / (1 - usual)), -1.0])
        self.weights = minimize(loss, start, method="Nelder-Mead").x

    def __call__(self, feature: np.ndarray) -> np.ndarray:
        return np.exp(-np.logaddexp(0, -(self.weights[0] + self.weights[1] * feature)))


def _feature(origin: Origin, days: int) -> np.ndarray:
    from vigie.supply import burn_rate

    burn = np.maximum(np.nan_to_num(burn_rate(origin.use, origin.stock)), 0.01)
    there = origin.stock[..., -1] + origin.promised[..., :days].sum(axis=-1)
    return np.log((there + 0.5) / (burn * days))


def _burn(origin: Origin, days: int) -> np.ndarray:
    """0 or 1: use at the rate of the last seven days, orders as promised."""
    from vigie.supply import burn_rate

    burn = np.nan_to_num(burn_rate(origin.use, origin.stock))
    need = burn[..., None] * np.arange(1, days + 1) - np.cumsum(origin.promised[..., :days], -1)
    return (need.max(axis=-1) > origin.stock[..., -1]).astype(float)


def _outcome(origin: Origin, days: int) -> np.ndarray:
    need = np.cumsum(origin.demand - origin.came, axis=-1)[..., :days]
    return (need.max(axis=-1) > origin.stock[..., -1]).astype(float)


def baselines(hospitals: int, step: int) -> dict[int, _Regression]:
    """The logistic burn rate by horizon, fitted on the regions of development."""
    kept = defaultdict(list)
    for seed in DEVELOPMENT_SEEDS:
        for origin in origins(region(seed, hospitals), FIRST_DAY, step):
            for days in HORIZONS:
                kept[days].append((_feature(origin, days).ravel(), _outcome(origin, days).ravel()))
    return {
        days: _Regression(*(np.concatenate(part) for part in zip(*each, strict=True)))
        for days, each in kept.items()
    }


def _paths(origin: Origin, kind: str, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Demand and deliveries, (site, product, day, sample); deliveries may lack the last axis."""
    from vigie.demoregion.catalogue import PRODUCTS
    from vigie.epidemiology import flat_paths
    from vigie.hospital import level_paths
    from vigie.paths import joint_draws
    from vigie.supply import (
        PatientUse,
        delivery_paths,
        demand_paths,
        fit_patient_use,
        is_worth_it,
        learn_order_law,
        order_draws,
        patient_demand_paths,
        read_order_lines,
    )

    seed = origin.today.toordinal()
    draws = joint_draws(np.random.default_rng(seed), HORIZON, samples)
    flat = partial(demand_paths, horizon=HORIZON, draws=draws, model=flat_paths)
    if kind == KINDS[2]:
        return flat(origin.use, origin.stock), origin.promised
    if kind == KINDS[0]:
        patients = np.repeat(origin.occupancy_ahead[..., None], samples, axis=-1)
    else:
        patients = level_paths(origin.occupancy, HORIZON, draws)
    patients = np.ascontiguousarray(patients, dtype=np.float32)
    demand = np.empty((*origin.demand.shape, samples), dtype=np.float32)
    for at, product in enumerate(PRODUCTS):
        known = PatientUse(
            origin.use[:, at], origin.stock[:, at], origin.occupancy, np.array(product.doses)
        )
        fit = fit_patient_use(known)
        if not is_worth_it(fit, known):
            one = slice(at, at + 1)
            demand[:, at] = flat(origin.use[:, one], origin.stock[:, one])[:, 0]
            continue
        rng = np.random.default_rng([seed, zlib.crc32(product.key.encode())])
        phase = origin.use.shape[-1] % 7
        demand[:, at] = patient_demand_paths(fit, patients, rng, first_phase=phase)
    lines = read_order_lines(_rows(origin), today=origin.today, known_until=origin.known_until)
    law = learn_order_law(lines)
    chance = order_draws(np.random.default_rng(seed), law, samples)
    keys = [product.key for product in PRODUCTS]
    if kind == KINDS[3]:
        return demand, _with_usual_orders(origin, demand, lines, law, chance)
    return demand, delivery_paths(lines, law, origin.sites, keys, origin.dates, chance)


def _with_usual_orders(  # type: ignore[no-untyped-def]
    origin: Origin, demand: np.ndarray, lines, law, chance
) -> np.ndarray:
    """Deliveries of open orders and of those that sites will place."""
    from vigie.demoregion.catalogue import PRODUCTS
    from vigie.supply import (
        PastStores,
        StoreAhead,
        Unmet,
        judged_reordering,
        open_deliveries,
        usual_orders,
        usual_suppliers,
    )

    keys = tuple(product.key for product in PRODUCTS)
    packs = np.array([float(product.pack_size) for product in PRODUCTS])
    today = int(origin.dates[0].astype(np.int64))
    first = today - origin.stock.shape[-1]
    past = PastStores(origin.sites, keys, first, origin.stock, origin.use, packs)
    ordering = judged_reordering(lines, past, law, dict.fromkeys(keys, Unmet.LOST))
    found = open_deliveries(lines, law, origin.sites, keys, origin.dates, chance)
    suppliers = usual_suppliers(lines)
    for at, key in enumerate(keys if ordering is not None else ()):
        ahead = StoreAhead(
            origin.stock[:, at, -1], found.on_order[:, at], demand[:, at], found.units[:, at],
            found.settled[:, at], today, packs[at], Unmet.LOST,
        )  # fmt: skip
        more = usual_orders(ordering, law, key, suppliers.get(key, ""), ahead, chance)
        if more is not None:
            found.units[:, at] += more
    return found.units


def _rows(origin: Origin):  # type: ignore[no-untyped-def]
    import pyarrow as pa

    rows = origin.orders
    texts = [pa.field(n, pa.string()) for n in ("order", "place", "product", "status", "supplier")]
    for field in texts:
        at = rows.schema.get_field_index(field.name)
        rows = rows.set_column(at, field, rows[field.name].cast(pa.string()))
    empty = pa.nulls(rows.num_rows, pa.string())
    rows = rows.append_column("reason", empty)
    return rows.append_column("feed", pa.array(["orders"] * rows.num_rows))


def judged(seed: int, hospitals: int, step: int, samples: int) -> dict[str, list[float]]:
    """Per kind and horizon: stated probability and outcome of each case, and what ranges held."""
    from vigie.supply import first_stock_out, net_need

    kept: dict[str, list[float]] = defaultdict(list)
    for origin in origins(region(seed, hospitals), FIRST_DAY, step):
        stock = origin.stock[..., -1]
        for days in HORIZONS:
            kept[f"outcome {days}"] += _outcome(origin, days).ravel().tolist()
            later = (origin.unmet[..., :days] > 0).any(axis=-1)
            kept[f"outcome with later orders {days}"] += later.ravel().astype(float).tolist()
            kept[f"burn {days}"] += _burn(origin, days).ravel().tolist()
            kept[f"feature {days}"] += _feature(origin, days).ravel().tolist()
        for kind in KINDS:
            demand, coming = _paths(origin, kind, samples)
            first = first_stock_out(net_need(demand, coming), stock)
            for days in HORIZONS:
                kept[f"{kind} {days}"] += np.mean(first <= days, axis=-1).ravel().tolist()
                total = demand[..., :days, :].sum(axis=-2)
                kept[f"{kind} held {days}"] += _held(total, origin.demand[..., :days].sum(-1))
            none = np.zeros_like(origin.promised)
            cover = first_stock_out(net_need(demand, none), stock)
            true = first_stock_out(net_need(origin.demand[..., None], none), stock)[..., 0]
            inside = true <= HORIZON
            kept[f"{kind} held cover"] += _held(cover[inside], true[inside])
    return dict(kept)


def _held(paths: np.ndarray, true: np.ndarray) -> list[float]:
    low, high = np.quantile(paths, (0.1, 0.9), axis=-1, method="inverted_cdf")
    return ((true >= low) & (true <= high)).ravel().astype(float).tolist()


def largest_gap(stated: np.ndarray, outcome: np.ndarray) -> float:
    """Largest distance of stated from true in tenths of stated probability with 100 cases."""
    tenth = np.minimum((stated * 10).astype(int), 9)
    gaps = [
        abs(float(stated[tenth == at].mean() - outcome[tenth == at].mean()))
        for at in range(10)
        if (tenth == at).sum() >= _FEWEST_IN_BIN
    ]
    return max(gaps)


def summary(seeds: tuple[int, ...], hospitals: int, step: int, samples: int) -> dict[str, float]:
    """All figures by name."""
    logistic = baselines(hospitals, step)
    parts = [judged(seed, hospitals, step, samples) for seed in seeds]
    kept = {name: np.concatenate([np.array(part[name]) for part in parts]) for name in parts[0]}
    out: dict[str, float] = {}
    for days in HORIZONS:
        true = kept[f"outcome {days}"]
        out[f"stock-outs by {days} days, in 1000"] = 1000 * float(true.mean())
        burns = {
            "0 or 1": kept[f"burn {days}"],
            "logistic": logistic[days](kept[f"feature {days}"]),
        }
        for kind in KINDS:
            out |= _of_kind(kept, kind, days, burns)
    for kind in KINDS:
        out[f"{kind}, days of cover: 80 % range held"] = float(kept[f"{kind} held cover"].mean())
    return out


def _of_kind(
    kept: Mapping[str, np.ndarray], kind: str, days: int, burns: Mapping[str, np.ndarray]
) -> dict[str, float]:
    stated, later = kept[f"{kind} {days}"], kept[f"outcome with later orders {days}"]
    true = later if kind == KINDS[3] else kept[f"outcome {days}"]
    title = f"{kind}, {days} days"
    out = {}
    for name, burn in burns.items():
        out[f"{title}: Brier skill over burn rate, {name}"] = _skill(stated, burn, true)
    out[f"{title}: Brier skill over burn rate, logistic, orders placed later too"] = _skill(
        stated, burns["logistic"], later
    )
    out[f"{title}: largest distance from stated"] = largest_gap(stated, true)
    out[f"{title}: demand, 80 % range held"] = float(kept[f"{kind} held {days}"].mean())
    return out


def _skill(stated: np.ndarray, other: np.ndarray, true: np.ndarray) -> float:
    return 1 - float(((stated - true) ** 2).mean() / ((other - true) ** 2).mean())


def _figure(name: str, value: float) -> list[Figure]:
    title = f"Products of the demo region, {name}"
    has_bar = name.startswith((KINDS[1], KINDS[3]))
    if "skill" in name:
        bar = 0.15 if has_bar and "later" not in name else None
        return [Figure(title, value, "", bar, COMMAND, is_at_least=True)]
    if "distance" in name:
        return [Figure(title, value, "", 0.07 if has_bar else None, COMMAND)]
    if "range held" in name and has_bar:
        return [
            Figure(f"{title}, not below", value, "", 0.74, COMMAND, is_at_least=True),
            Figure(f"{title}, not above", value, "", 0.86, COMMAND),
        ]
    return [Figure(title, value, "", None, COMMAND)]


def stated() -> dict[str, float]:
    """Figures of the regions of the check."""
    return summary(CHECK_SEEDS, scaled(HOSPITALS, 6), STEP_DAYS, scaled(SAMPLES, 50))


def speed_of_orders() -> float:
    """Orders that sites will place: law, guard and paths of 40 products at 100 sites, CPU s."""
    import time

    from vigie.demoregion.catalogue import PRODUCTS
    from vigie.supply import (
        PastStores,
        StoreAhead,
        Unmet,
        judged_reordering,
        learn_order_law,
        open_deliveries,
        order_draws,
        read_order_lines,
        usual_orders,
    )  # fmt: skip

    origin = next(iter(origins(region(1, scaled(100, 6)), 600, 100)))
    samples = scaled(1000, 10)
    lines = read_order_lines(_rows(origin), today=origin.today, known_until=origin.known_until)
    law = learn_order_law(lines)
    keys = tuple(product.key for product in PRODUCTS)
    packs = np.array([float(product.pack_size) for product in PRODUCTS])
    today = int(origin.dates[0].astype(np.int64))
    past = PastStores(
        origin.sites, keys, today - origin.stock.shape[-1], origin.stock, origin.use, packs
    )
    chance = order_draws(np.random.default_rng(1), law, samples)
    rng = np.random.default_rng(2)
    seconds = 0.0
    for _ in range(2):
        started = time.process_time()
        ordering = judged_reordering(lines, past, law, dict.fromkeys(keys, Unmet.LOST))
        seconds = time.process_time() - started
        assert ordering is not None, "the demo region orders every week"
        for at, key in enumerate(keys):
            mean = origin.demand[:, at, :, None]
            demand = rng.poisson(mean, (*mean.shape[:2], samples)).astype(np.float32)
            known = open_deliveries(lines, law, origin.sites, [key], origin.dates, chance)
            ahead = StoreAhead(
                origin.stock[:, at, -1], known.on_order[:, 0], demand, known.units[:, 0],
                known.settled[:, 0], today, packs[at], Unmet.LOST,
            )  # fmt: skip
            started = time.process_time()
            usual_orders(ordering, law, key, "", ahead, chance)
            seconds += time.process_time() - started
    return seconds


def speed() -> float:
    """Fit, guard and paths of all products at 100 sites, 21 days, 1000 futures: CPU seconds."""
    import time

    from vigie.demoregion.catalogue import PRODUCTS
    from vigie.hospital import level_paths
    from vigie.paths import joint_draws
    from vigie.supply import PatientUse, fit_patient_use, is_worth_it, patient_demand_paths

    origin = next(iter(origins(region(1, scaled(100, 6)), 600, 100)))
    draws = joint_draws(np.random.default_rng(1), HORIZON, scaled(1000, 10))
    patients = level_paths(origin.occupancy, HORIZON, draws)
    seconds = 0.0
    for round_ in range(2):
        started = time.process_time()
        for at in range(PRODUCT_COUNT):
            doses = np.array(PRODUCTS[at].doses)
            known = PatientUse(origin.use[:, at], origin.stock[:, at], origin.occupancy, doses)
            fit = fit_patient_use(known)
            is_worth_it(fit, known)
            patient_demand_paths(fit, patients, np.random.default_rng(round_), first_phase=0)
        seconds = time.process_time() - started
    return seconds


def run() -> list[Figure]:
    """Figures of this benchmark."""
    seconds = float(in_child("bench_products", "speed").answer)
    title = "Demand of 40 products at 100 sites, 21 days, 1000 futures, following patients"
    figures = [Figure(title, seconds, "s", 6.0, COMMAND)]
    seconds = float(in_child("bench_products", "speed_of_orders").answer)
    title = "Orders that sites will place of 40 products at 100 sites, 21 days, 1000 futures"
    figures.append(Figure(title, seconds, "s", 2.0, COMMAND))
    for name, value in in_child("bench_products", "stated").answer.items():
        figures += _figure(name, float(value))
    return figures
