"""Stock-outs within the next month at English trusts: Brier skill over last month's issues.

Needs the official data, as ``bench_series`` does. The months up to 2019-11 were used to choose
settings; 2019-12 to 2020-03 are scored apart. The world is that of ``scmd_world``. Baselines:

- ``last``: the next month will ask for what the last month issued, and the order comes on its
  promised day: stock-out yes or no.
- ``last with delays``: the same demand, the order comes by the same law of delays as ours.
- the share of stores that did run out, the same for all (known afterwards);
- "never" for all, which is what the mean of the last 3 months says: no stock is below it.
"""

from __future__ import annotations

import calendar
import time
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.bench_series import SHARED
from benchmarks.figures import Figure
from benchmarks.scmd_world import (
    DAYS,
    World,
    instants,
    is_out_by_day,
    monthly_issues,
    open_orders,
    past_deliveries,
    world,
)

if TYPE_CHECKING:
    from vigie.supply import OrderLaw

COMMAND = "make bench ONLY=scmd"
CHOSEN_ON = ("2019-07", "2019-08", "2019-09", "2019-10", "2019-11")
CHECKED_ON = ("2019-12", "2020-01", "2020-02", "2020-03")
COPIES, SAMPLES, SEED = 3, 500, 20200301
SKILL = 0.15
HALF_LIFE_DAYS = 365.0
_INSIDE = (0.1, 0.9)


def forecast(
    issues: np.ndarray, month: int, given: World, law: OrderLaw, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """P(stock-out) by our paths, by last month's issues with the law, and demand (store, sample).

    Only issues up to ``month`` are read.
    """
    from vigie.epidemiology import short_monthly_paths
    from vigie.paths import joint_draws
    from vigie.supply import (
        delivery_paths,
        first_stock_out,
        net_need,
        order_draws,
        read_order_lines,
    )

    rng = np.random.default_rng([SEED, seed])
    past = issues[:, None, : month + 1]
    demand = short_monthly_paths(past, 1, joint_draws(rng, 1, SAMPLES))[given.series, 0, 0]
    today = date(2019 + month // 12, month % 12 + 1, 1)
    today = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    names = [f"{number:06d}" for number in range(len(given.stock))]
    lines = read_order_lines(
        open_orders(given, today, names), today=today, known_until=instants(today)
    )
    dates = np.datetime64(today) + 1 + np.arange(DAYS)
    chance = order_draws(rng, law, SAMPLES)
    ours, last = (np.empty(len(given.stock)) for _ in range(2))
    for part in np.array_split(np.arange(len(names)), 10):
        arrivals = delivery_paths(lines, law, [names[at] for at in part], ["all"], dates, chance)
        of_last = np.broadcast_to(issues[given.series[part], month, None], (len(part), SAMPLES))
        for told, use in ((ours, demand[part]), (last, of_last)):
            daily = np.repeat(use[:, None, :] / DAYS, DAYS, axis=1).astype(np.float32)
            first = first_stock_out(net_need(daily, arrivals[:, 0]), given.stock[part])
            told[part] = (first <= DAYS).mean(axis=-1)
    return ours, last, demand


def scores(months: tuple[str, ...]) -> dict[str, float]:
    """Brier skills, coverage and reliability over the months."""
    from vigie.supply import OrderRules, learn_order_law, read_order_lines

    issues, _, names = monthly_issues()
    split = date(2010, 12, 31)
    lines = read_order_lines(past_deliveries(), today=split, known_until=instants(split))
    law = learn_order_law(lines, OrderRules(half_life_days=HALF_LIFE_DAYS))
    told: dict[str, list[np.ndarray]] = {
        name: [] for name in ("ours", "last", "delays", "out", "inside", "rank")
    }
    for name in months:
        month = names.index(name) - 1
        rng = np.random.default_rng([SEED, month, 1])
        given = world(rng, issues, month, COPIES)
        ours, delayed, demand = forecast(issues, month, given, law, month)
        plain = is_out_by_day(
            issues[given.series, month, None], given.stock, given.ordered, given.promised[:, None]
        )
        low, high = np.quantile(demand, _INSIDE, axis=1)
        told["ours"].append(ours)
        told["last"].append(plain[:, 0].astype(float))
        told["delays"].append(delayed)
        told["out"].append(given.is_out.astype(float))
        told["inside"].append(((given.issues >= low) & (given.issues <= high))[::COPIES])
        below = (demand < given.issues[:, None] - 1e-6).mean(axis=1)
        at = (np.abs(demand - given.issues[:, None]) <= 1e-6).mean(axis=1)
        told["rank"].append((below + rng.random(len(at)) * at)[::COPIES])
    joined = {name: np.concatenate(parts) for name, parts in told.items()}
    return _summary(joined)


def _summary(told: dict[str, np.ndarray]) -> dict[str, float]:
    out, ours, rank = told["out"], told["ours"], told["rank"]

    def brier(probability: np.ndarray | float) -> float:
        return float(((probability - out) ** 2).mean())

    bins = np.minimum((ours * 10).astype(int), 9)
    count = np.bincount(bins, minlength=10)
    stated, true = (np.bincount(bins, each, 10) / np.maximum(count, 1) for each in (ours, out))
    return {
        "stores": float(len(out)),
        "rate": float(out.mean()),
        "brier": brier(ours),
        "over last": 1 - brier(ours) / brier(told["last"]),
        "over delays": 1 - brier(ours) / brier(told["delays"]),
        "over rate": 1 - brier(ours) / brier(float(out.mean())),
        "over never": 1 - brier(ours) / brier(0.0),
        "inside": float(told["inside"].mean()),
        "inside, ties shared": float(((rank >= _INSIDE[0]) & (rank <= _INSIDE[1])).mean()),
        "worst decile": float(np.abs(stated - true)[count >= 50].max()),
    } | {
        f"decile {at}": float(true[at] - stated[at]) for at in range(10) if count[at] >= 50
    }  # fmt: skip


def run() -> list[Figure]:
    """Nothing where the data are not there."""
    data = SHARED / "data"
    if not (data / "uk_scmd").is_dir() or not (data / "scms_deliveries").is_dir():
        print("  the official data are not there: no figures")
        return []
    figures = []
    for title, months in (("chosen on", CHOSEN_ON), ("checked on", CHECKED_ON)):
        started = time.process_time()
        found = scores(months)
        name = f"English medicines, stock-out within a month, {title} {months[0]} to {months[-1]}"
        figures += [
            Figure(f"{name}: Brier skill over last month's issues", found["over last"], "", SKILL,
                   COMMAND, is_at_least=True),
            Figure(f"{name}: over last month's issues with the law of delays",
                   found["over delays"], "", SKILL, COMMAND, is_at_least=True),
            Figure(f"{name}: over the share that ran out", found["over rate"], "", None, COMMAND),
            Figure(f"{name}: over saying never", found["over never"], "", None, COMMAND),
            Figure(f"{name}: share of stores that ran out", found["rate"], "", None, COMMAND),
            Figure(f"{name}: largest gap of a decile of stated probability",
                   found["worst decile"], "", None, COMMAND),
            Figure(f"{name}: demand in the 80 % interval", found["inside, ties shared"], "", None,
                   COMMAND),
            Figure(f"{name}: CPU of all stores", time.process_time() - started,
                   "s", None, COMMAND),
        ]  # fmt: skip
    return figures
