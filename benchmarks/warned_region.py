"""What a room warned of on past days of a demo region, beside what its hidden truth held.

The region is written, its files are taken once into a real room, and for each past day the models'
part of a run is made from what was known then, as ``vigie run --as-of`` makes it. The scenarios of
the room are left out: they change no warning.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.warning_baselines import Known, burn_figures, persistence_figures
from vigie.actions.daily.checking import window_sql
from vigie.actions.daily.computing import compute
from vigie.actions.daily.demo import DEMO_END_DATE, write_demo_room
from vigie.actions.forecasts.definition_changes import comparable, definition_changes
from vigie.actions.forecasts.forecasting import History, histories
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.reading import as_known_sql, facts_sql
from vigie.actions.rooms.receiving import fetch_sources, parse_arrivals, take_arrivals
from vigie.actions.rooms.room import Room
from vigie.bootstrap import local_operator, open_room
from vigie.demoregion import (
    Extent,
    HiddenTruth,
    TrueLaws,
    generate_region,
    oracle_first_days,
    true_laws,
)
from vigie.demoregion.catalogue import PRODUCTS, SKILLS, WARDS
from vigie.governance import Action
from vigie.lake import as_of_sql
from vigie.paths import PHASES, phases
from vigie.schemas import MEASURES, ORDERS, PATH_ARRAYS, REPORTS, SHORTAGES

__all__ = ["FIRST_DAYS", "KINDS", "WAVES", "Region", "days_of_waves", "opened_region", "warned"]

KINDS = ("beds", "staff", "products")
FIRST_DAYS = (7, 14)
LEAD_DAYS = 5
"""Days before a stock-out by which it should be warned of."""
FUTURES, ROUNDS = 100, 2
"""Futures that the oracle draws at once, and how often."""
RANGED = ("beds_occupied", "staff_absent", "stock_on_hand")
"""Measures whose published paths are held against what happened."""

DAILY = (-27, 0)
"""Days from the last observed one between which every day is looked at, in the steepest rise."""

WAVES = ((-602, -511), (-350, -245), (-66, 0))
"""Days from the last observed one between which a wave rises, peaks and falls."""

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
_MEASURES = (
    "beds_occupied",
    "beds_staffed",
    "staff_rostered",
    "staff_absent",
    "stock_on_hand",
    "consumption",
)


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A region's room, its reports taken, and the truth behind it.

    Attributes:
        seed: of the region.
        room: opened; no run was made in it.
        truth: what happened.
        laws: around which its chance fell.
    """

    seed: int
    room: Room
    truth: HiddenTruth
    laws: TrueLaws

    def at(self, day: date) -> int:
        """Index of a day in the arrays of the truth."""
        return (day - self.truth.extent.first_date).days

    def is_short(self, kind: str) -> npt.NDArray[np.bool_]:
        """(days, sites, categories), what was truly short."""
        if kind == "beds":
            return self.truth.is_short_of_beds
        if kind == "staff":
            return self.truth.is_short_of_staff
        return np.asarray(self.truth.supplies.unmet > 0)

    def index(self, rows: pa.Table, kind: str) -> tuple[IntArray, IntArray, npt.NDArray[np.bool_]]:
        """Site and category of rows in the arrays of the truth; which rows are of a site."""
        sites = [site.key for site in self.truth.geography.sites]
        keys = [each.key for each in {"beds": WARDS, "staff": SKILLS}.get(kind, PRODUCTS)]
        site = _positions(rows["place"], sites)
        category = _positions(rows["category"], keys)
        return site, category, (site >= 0) & (category >= 0)


def _positions(column: pa.ChunkedArray, keys: Sequence[str]) -> IntArray:
    known = {key: at for at, key in enumerate(keys)}
    return np.array([known.get(key, -1) for key in column.to_pylist()], dtype=np.int64)


def days_of_waves(step_days: int, end: date = DEMO_END_DATE) -> dict[date, bool]:
    """Days looked at, in order: every so many within the waves (True), and those between (False).

    The day of a run follows the last reports.
    """
    weekly = {day for a, b in WAVES for day in range(a, b + 1, step_days)}
    daily = set(range(DAILY[0], DAILY[1] + 1))
    return {end + timedelta(days=1 + day): day in weekly for day in sorted(weekly | daily)}


def opened_region(folder: Path, seed: int, hospital_count: int, days: int) -> Region:
    """Write a region as a room, take its files, and keep its truth in memory.

    Orders are known from the first day on: the waves of the past would else be judged without any.
    """
    made = write_demo_room(
        folder, seed=seed, hospital_count=hospital_count, days=days, is_connected_throughout=True
    )
    for each in (folder / "scenarios").glob("*.toml"):
        each.unlink()
    extent = Extent(hospital_count, days, DEMO_END_DATE)
    truth = generate_region(np.random.default_rng(seed), extent).truth
    laws = true_laws(np.random.default_rng(seed), extent)
    room = open_room(folder, now=lambda: made.run_at)
    decision = admit(room, local_operator(), Action.RUN, room.values.name)
    with room.writing():
        fetch_sources(room, decision)
        parse_arrivals(room)
        take_arrivals(room, "bench")
    return Region(seed, room, truth, laws)


def warned(region: Region, day: date, *, is_weekly: bool) -> tuple[pa.Table, pa.Table]:
    """Warnings and ranges of a day, as known then, with what came true.

    Args:
        region: whose room.
        day: as_of.
        is_weekly: scored by its probabilities too, not only by its alerts.

    Returns:
        Cases, one a site and category of a kind: what the table of shortages says, what simple
        rules say, and ``first_true``: days from ``day`` to the first true shortage, one more than
        the horizon when there is none. Ranges, one a published path array looked at: the
        probabilities that it gave to less than the truth and to at most the truth.
    """
    room = region.room
    reports, orders = room.lake.files(REPORTS), room.lake.files(ORDERS)
    known_sql = as_known_sql(room, reports, (), room.end_of(day), window_sql(room, day))
    relations = {"facts": room.engine.query(known_sql), "measures": room.reference(MEASURES.name)}
    facts = room.engine.query(facts_sql("SELECT * FROM facts"), relations)
    made = compute(room, f"bench-{day}", day, facts, {ORDERS.name: orders, REPORTS.name: reports})
    relation = room.lake.relation(SHORTAGES, made.tables[SHORTAGES.name])
    rows = room.engine.query(f"SELECT * FROM {relation}")
    on_order = room.engine.query(
        f"SELECT * FROM ({as_of_sql(ORDERS, room.lake.relation(ORDERS, orders), room.end_of(day))})"
        " WHERE reason IS NULL AND place IS NOT NULL"
    )
    clean = comparable(facts, room.measures(), definition_changes(room, day))
    found = {each.measure: each for each in histories(clean, room.measures(), _MEASURES, day)}
    known = Known(day, room.values.horizon_days, found, on_order)
    oracle = _oracle(region, day, known.horizon_days if is_weekly else LEAD_DAYS)
    told_by_oracle = (LEAD_DAYS, *FIRST_DAYS) if is_weekly else (LEAD_DAYS,)
    chances = {
        kind: {f"oracle_{by}": (first <= by).mean(axis=2) for by in told_by_oracle}
        for kind, first in oracle.items()
    }
    kinds = [_cases(region, day, kind, rows, known, chances[kind]) for kind in KINDS]
    cases = pa.concat_tables(kinds, promote_options="default")
    return cases, _ranges(region, day, made.tables[PATH_ARRAYS.name], found)


def _oracle(region: Region, day: date, horizon_days: int) -> dict[str, IntArray]:
    """First short days in futures drawn from the true laws, by kind."""
    rng = np.random.default_rng([region.seed, day.toordinal()])
    drawn = [
        oracle_first_days(rng, region.truth, region.laws, region.at(day), horizon_days, FUTURES)
        for _ in range(ROUNDS)
    ]
    return {kind: np.concatenate([each[kind] for each in drawn], axis=2) for kind in KINDS}


def _cases(
    region: Region,
    day: date,
    kind: str,
    rows: pa.Table,
    known: Known,
    oracle: Mapping[str, FloatArray],
) -> pa.Table:
    of_kind = rows.filter(pa.compute.equal(rows["kind"], kind))
    site, category, is_site = region.index(of_kind, kind)
    of_kind = of_kind.filter(pa.array(is_site))
    site, category = site[is_site], category[is_site]
    horizon = known.horizon_days
    offset = known.offset(kind)
    start = region.at(day)
    short = region.is_short(kind)[start : start + horizon + 1, site, category]
    short[:offset] = False
    first = np.where(short.any(axis=0), short.argmax(axis=0), horizon + 1)
    columns = [name for name in of_kind.column_names if name not in ("run", "as_of")]
    figures = burn_figures(known) if kind == "products" else persistence_figures(known, kind)
    told = figures.of(of_kind["place"].to_pylist(), of_kind["category"].to_pylist())
    count = of_kind.num_rows
    facts = {
        "seed": pa.array(np.full(count, region.seed)),
        "as_of": pa.array([day] * count, pa.date32()),
        "phase": pa.array([_phase(region, day)] * count),
        "offset": pa.array(np.full(count, offset)),
        "first_true": pa.array(first),
        "short_in_truth_before": pa.array(region.is_short(kind)[start - 1, site, category]),
    }
    facts |= {name: pa.array(values[site, category]) for name, values in oracle.items()}
    return pa.table(facts | {name: of_kind[name] for name in columns} | told)


def _phase(region: Region, day: date) -> str:
    admitted = region.truth.epidemic_admissions.sum(axis=1).astype(np.float64)
    return PHASES[int(phases(admitted, 7)[region.at(day)])]


def _ranges(
    region: Region, day: date, files: Sequence[object], found: dict[str, History]
) -> pa.Table:
    truth, room = region.truth, region.room
    happened = {
        "beds_occupied": (truth.occupancy, WARDS),
        "staff_absent": (truth.staffing.staff_absent, SKILLS),
        "stock_on_hand": (truth.supplies.stock_on_hand, PRODUCTS),
    }
    sites = [site.key for site in truth.geography.sites]
    parts = []
    for measure, ahead in ((name, days) for name in RANGED for days in FIRST_DAYS):
        target = day + timedelta(days=ahead)
        relation = room.lake.relation(PATH_ARRAYS, files)  # type: ignore[arg-type]
        rows = room.engine.query(
            f"SELECT place, category, samples FROM {relation} "
            f"WHERE measure = '{measure}' AND date = DATE '{target}'"
        )
        values, of = happened[measure]
        site = _positions(rows["place"], sites)
        category = _positions(rows["category"], [each.key for each in of])
        inside = (site >= 0) & (category >= 0)
        if not inside.any():
            continue
        flat = rows["samples"].combine_chunks().flatten().to_numpy()
        samples = flat.reshape(rows.num_rows, -1)[inside]
        true = values[region.at(target), site[inside], category[inside]][:, None]
        count = int(inside.sum())
        parts.append(
            pa.table(
                {
                    "seed": pa.array(np.full(count, region.seed)),
                    "as_of": pa.array([day] * count, pa.date32()),
                    "phase": pa.array([_phase(region, day)] * count),
                    "measure": pa.array([measure] * count),
                    "ahead": pa.array(np.full(count, ahead)),
                    "low": pa.array((samples < true).mean(axis=1, dtype=np.float64)),
                    "high": pa.array((samples <= true).mean(axis=1, dtype=np.float64)),
                }
            )
        )
    return pa.concat_tables(parts)


def rehearse(
    out: str, seed: int, hospital_count: int, days: int, step_days: int, has_daily: bool = True
) -> int:
    """Write what was told of a seed as Parquet files; how many days were looked at.

    Files: cases (of the days between also, ``is_weekly`` tells), ranges, and short: what was truly
    short of which products on every day, for the days with alerts.
    """
    with tempfile.TemporaryDirectory(prefix="vigie-bench-", ignore_cleanup_errors=True) as folder:
        region = opened_region(Path(folder) / "room", seed, hospital_count, days)
        asked = days_of_waves(step_days)
        asked = {day: each for day, each in asked.items() if each or has_daily}
        told = list(_told(region, asked))
    for name, tables in zip(("cases", "ranges"), zip(*told, strict=True), strict=True):
        whole = pa.concat_tables(tables, promote_options="default")
        pq.write_table(whole, Path(out) / f"{name}-{seed}.parquet")
    pq.write_table(_stock_outs(region), Path(out) / f"short-{seed}.parquet")
    return len(told)


def _told(region: Region, days: dict[date, bool]) -> Iterator[tuple[pa.Table, pa.Table]]:
    for day, is_weekly in days.items():
        print(f"  seed {region.seed}: {day}", flush=True)
        cases, ranges = warned(region, day, is_weekly=is_weekly)
        marks = pa.array(np.full(cases.num_rows, is_weekly))
        yield cases.append_column("is_weekly", marks), ranges if is_weekly else ranges.slice(0, 0)


def _stock_outs(region: Region) -> pa.Table:
    """Days, sites and products on which anything was unmet."""
    day, site, product = np.nonzero(region.truth.supplies.unmet > 0)
    first = np.datetime64(region.truth.extent.first_date, "D")
    sites = np.array([each.key for each in region.truth.geography.sites])
    products = np.array([each.key for each in PRODUCTS])
    return pa.table(
        {
            "seed": pa.array(np.full(day.size, region.seed)),
            "date": pa.array(first + day.astype("timedelta64[D]")),
            "place": pa.array(sites[site]),
            "category": pa.array(products[product]),
        }
    )
