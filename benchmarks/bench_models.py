"""The daily models and the additions over places, at the size of the demo region."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.large_room import FIRST_DAY, Size, measures, places, write_room

if TYPE_CHECKING:
    import pyarrow as pa

    from vigie.actions.rooms.room import Room
    from vigie.paths import FloatArray, JointDraws

COMMAND = "make bench ONLY=models"
SITES, WARDS, SKILLS, PRODUCTS = 100, 5, 6, 20
PAST_DAYS, AHEAD_DAYS, SAMPLES = 180, 28, 1000
SEED = 20200301
ORDERS_DAY = date(2020, 6, 30)


def _draws() -> JointDraws:
    from vigie.paths import joint_draws

    return joint_draws(np.random.default_rng(SEED), AHEAD_DAYS, scaled(SAMPLES, 10))


def _past(sites: int, categories: int, mean: float) -> FloatArray:
    """Counts of the past with weekdays, and a few days missing."""
    rng = np.random.default_rng(SEED)
    weekday = 1 + 0.2 * np.sin(2 * np.pi * np.arange(PAST_DAYS) / 7)
    past = rng.poisson(mean * weekday, (sites, categories, PAST_DAYS)).astype(float)
    past[rng.random(past.shape) < 0.02] = np.nan
    return past


def flows() -> float:
    """Flat baseline of flows: seconds."""
    from vigie.epidemiology import flat_paths

    past, draws = _past(SITES, WARDS, 12), _draws()
    return _seconds(lambda: flat_paths(past, AHEAD_DAYS, draws, season=7))


def levels() -> float:
    """Persistence of levels: seconds."""
    from vigie.hospital import level_paths

    past, draws = _past(SITES, WARDS, 60), _draws()
    return _seconds(lambda: level_paths(past, AHEAD_DAYS, draws))


def stocks() -> float:
    """Law of orders, demand, random deliveries and stock, product after product: seconds."""
    from vigie.epidemiology import flat_paths
    from vigie.supply import (
        Unmet,
        delivery_paths,
        demand_paths,
        learn_order_law,
        net_need,
        order_draws,
        read_order_lines,
        stock_paths,
    )

    used, draws = _past(SITES, PRODUCTS, 40), _draws()
    orders, names = _orders(), places()[:SITES]
    held = np.full((SITES, 1), 400.0)
    until = datetime.combine(ORDERS_DAY, datetime.max.time(), UTC)
    dates = np.datetime64(ORDERS_DAY) + 1 + np.arange(AHEAD_DAYS)

    def all_products() -> None:
        lines = read_order_lines(orders, today=ORDERS_DAY, known_until=until)
        law = learn_order_law(lines)
        chance = order_draws(np.random.default_rng(SEED), law, draws.sample_count)
        for product in range(PRODUCTS):
            past = used[:, [product]]
            demand = demand_paths(past, None, AHEAD_DAYS, draws, model=flat_paths)
            arrivals = delivery_paths(lines, law, names, [f"product{product}"], dates, chance)
            net_need(demand[:, 0], arrivals[:, 0])
            stock_paths(held, demand, arrivals, Unmet.LOST)

    return _seconds(all_products)


def lots() -> float:
    """What four lots at every site lose by expiry, product after product: seconds."""
    from vigie.epidemiology import flat_paths
    from vigie.supply import demand_paths, expired_by_day

    used, draws = _past(SITES, PRODUCTS, 40), _draws()
    expires = np.array([[5.0, 12.0, 20.0, 60.0]]).repeat(SITES, axis=0)
    units = np.full(expires.shape, 150.0)
    demands = [
        demand_paths(used[:, [product]], None, AHEAD_DAYS, draws, model=flat_paths)[:, 0]
        for product in range(2)
    ]

    def all_products() -> None:
        for product in range(PRODUCTS):
            demand = demands[product % len(demands)]
            np.cumsum(demand - expired_by_day(units, expires, demand), axis=1)

    return _seconds(all_products)


def _orders() -> pa.Table:
    """A hundred days of orders, one a week, site and product: most on time, some late or lost."""
    import pyarrow as pa

    rng = np.random.default_rng(SEED)
    site, product, week = (axis.ravel() for axis in np.indices((SITES, PRODUCTS, 14)))
    today = (ORDERS_DAY - date(1970, 1, 1)).days
    ordered = today - 98 + 7 * week + rng.integers(0, 7, week.size)
    promised = ordered + 6 + product % 8
    late = np.where(rng.random(week.size) < 0.2, rng.geometric(0.25, week.size), 0)
    lost = rng.random(week.size) < 0.02
    came, told = promised + late, np.where(lost, ordered + 5, promised + late)
    ends = (told < today) & (told > ordered)
    line = np.concatenate([np.arange(week.size), np.flatnonzero(ends)])
    is_end = np.arange(line.size) >= week.size
    day = np.where(is_end, told[line], ordered[line]).astype(np.int64)

    def dates(days: np.ndarray) -> pa.Array:
        return pa.array(days.astype(np.int32)).cast(pa.date32())

    return pa.table(
        {
            "order": [f"{number:06d}" for number in line],
            "feed": ["orders"] * line.size,
            "known_at": pa.array((day + 1) * 86_400_000_000 - 1).cast(pa.timestamp("us", tz="UTC")),
            "place": [places()[number] for number in site[line]],
            "product": [f"product{number}" for number in product[line]],
            "quantity": np.full(line.size, 250.0),
            "ordered_date": dates(ordered[line]),
            "eta_date": dates(np.where(is_end & ~lost[line], came[line], promised[line])),
            "status": np.where(is_end, np.where(lost[line], "cancelled", "arrived"), "ordered"),
            "supplier": [f"supplier{number % 5}" for number in product[line]],
            "reason": pa.nulls(line.size, pa.string()),
        }
    )


def capacity() -> float:
    """Beds that can be opened, run by staff and served by machines, on every path: seconds."""
    from vigie.hospital import equipment_paths, staff_paths, usable_capacity

    rng = np.random.default_rng(SEED)
    shape = (SITES, WARDS, AHEAD_DAYS, scaled(SAMPLES, 10))
    occupied = rng.poisson(40, shape).astype(np.float32)
    absent = rng.poisson(2, (SITES, SKILLS, *shape[2:])).astype(np.float32)
    roster = np.full((SITES, SKILLS, 1, 1), 14, dtype=np.float32)
    ratios = np.full((WARDS, SKILLS), np.nan)
    ratios[np.arange(WARDS), np.arange(WARDS)] = 4
    ratios[:, SKILLS - 1] = 20
    share = np.full((WARDS, 1), 0.3)
    beds = np.full((SITES, WARDS, 1, 1), 45, dtype=np.float32)
    fleet = np.full((SITES, 1, 1, 1), 60, dtype=np.float32)

    def usable() -> None:
        staff = staff_paths(occupied, ratios, roster, absent)
        machines = equipment_paths(occupied, share, fleet)
        usable_capacity(beds, staff.beds, machines.beds)

    return _seconds(usable)


def plan() -> float:
    """Nearest surplus, every product: seconds."""
    from vigie.planning import Exchange, Lanes, Use, nearest_surplus

    rng = np.random.default_rng(SEED)
    at = rng.uniform(0, 300, (SITES, 2))
    km = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    ways = Lanes(km, np.maximum(1.0, np.ceil(km / 200)))
    use = rng.gamma(4.0, 10.0, (SITES, 14, scaled(SAMPLES, 10)))
    need = np.cumsum(use, axis=1).astype(np.float32)
    held = [rng.choice([150.0, 500.0, 2000.0], SITES) for _ in range(PRODUCTS)]

    def all_products() -> None:
        for stock in held:
            nearest_surplus(
                Exchange(
                    kind="products",
                    category="product",
                    unit="pieces",
                    places=tuple(places()[:SITES]),
                    stock=stock,
                    need=need,
                    use=Use.LOST,
                    pack_size=10.0,
                    lanes=ways,
                )
            )

    return _seconds(all_products)


def totals(folder: str) -> float:
    """Totals over places with completed estimates, 1.4 million rows: seconds."""
    from vigie.quality import coverage

    room = _room(Path(folder))
    rows = _facts(1, scaled(7, 1))
    last = FIRST_DAY + timedelta(days=PAST_DAYS - 1)
    since, completed = last - timedelta(days=120), last - timedelta(days=28)
    of, inside = room.reference("measures"), room.reference("places")
    return _seconds(lambda: coverage(rows, of, inside, completed_since=completed, since=since))


def reconciliation(folder: str) -> float:
    """Two feeds that tell 1.4 million rows: which stands, and where they disagree: seconds."""
    from vigie.quality import CONFLICTS_SQL, RULED_SQL

    room = _room(Path(folder))
    given = {"facts": _facts(2, scaled(7, 1)), "measures": room.reference("measures")}
    return _seconds(lambda: [room.engine.query(sql, given) for sql in (RULED_SQL, CONFLICTS_SQL)])


def _room(folder: Path) -> Room:
    from vigie.bootstrap import open_room

    if not folder.exists():
        write_room(folder, Size(categories=40, csv_days=0, single_days=0))
    return open_room(folder)


def _facts(feeds: int, measure_count: int) -> pa.Table:
    """About 1.4 million figures of one feed, or of two that disagree in 1 %; 2 % are missing."""
    import pyarrow as pa

    rng = np.random.default_rng(SEED)
    shape = (feeds, measure_count, SITES, 11 // feeds, PAST_DAYS)
    feed, measure, place, category, day = (
        axis.reshape(-1).astype(np.int32) for axis in np.indices(shape)
    )
    value = 40.0 + place + 3 * category + day % 7
    value += (feed == 1) * (rng.random(value.size) < 0.01) * 30
    first = (FIRST_DAY - date(1970, 1, 1)).days

    def text(codes: np.ndarray, names: list[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names)).cast(pa.string())

    rows = pa.table(
        {
            "measure": text(measure, measures()),
            "place": text(place, places()),
            "category": text(category, [f"ward{number:02d}" for number in range(11)]),
            "reference_date": pa.array(day + first).cast(pa.date32()),
            "known_at": pa.array((day.astype(np.int64) + first + 1) * 86_400_000_000).cast(
                pa.timestamp("us", tz="UTC")
            ),
            "value": pa.array(value),
            "reason": pa.nulls(value.size, pa.string()),
            "feed": text(feed, ["one", "two"]),
        }
    )
    return rows.filter(pa.array(rng.random(value.size) >= 0.02))


def _seconds(work: Callable[[], object]) -> float:
    """Seconds of the second time: the first compiles and warms up."""
    work()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def run() -> list[Figure]:
    """Seconds of each, and the most memory that any of their processes held."""
    samples = f"{AHEAD_DAYS} days x {scaled(SAMPLES, 10)} samples"
    wards, rows = f"{SITES} sites x {WARDS} wards", f"{_facts(1, scaled(7, 1)).num_rows:,} rows"
    subjects: list[tuple[str, str, float | None]] = [
        ("flows", f"flat baseline, {wards} x {samples}", None),
        ("levels", f"persistence of levels, {wards} x {samples}", None),
        (
            "stocks",
            f"stock paths with random lead times, {SITES} sites x {PRODUCTS} products x {samples}",
            10,
        ),
        (
            "lots",
            f"expiry of four lots everywhere, {SITES} sites x {PRODUCTS} products x {samples}",
            None,
        ),
        ("capacity", f"usable capacity with staff and machines, {wards} x {samples}", None),
        ("plan", f"nearest-surplus plan, {SITES} sites x {PRODUCTS} products x 14 days", 10),
        ("totals", f"totals over places, {rows}", None),
        ("reconciliation", f"reconciliation of two feeds, {rows}", None),
    ]
    figures, peaks = [], []
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        for function, name, budget in subjects:
            given = [f"{folder}/room"] if function in {"totals", "reconciliation"} else []
            found = in_child("bench_models", function, *given)
            figures.append(Figure(name, found.answer, "s", budget, COMMAND))
            peaks.append(found.peak_gib)
    return [*figures, Figure("models: largest peak memory", max(peaks), "GiB", None, COMMAND)]
