"""Warnings of shortages in the waves of demo regions, against the hidden truth and simple rules.

Each case is a site, a category and a day: the chance that the room would have stated that morning,
and whether the shortage came. ``python -m benchmarks.bench_warnings --seeds 1 --step 21`` tells
the same of other seeds in more detail; seeds 1 to 3 are for development, the figures kept are of
others.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.warning_alerts import AlertsTold, alerts_of
from vigie.paths import brier, brier_skill, covered_share, reliability

if TYPE_CHECKING:
    import polars as pl

__all__ = ["run"]

COMMAND = "make bench ONLY=warnings"
SEEDS = (41, 42)
HOSPITALS, DAYS, STEP_DAYS = 30, 730, 7
KINDS = {"beds": "bed shortages", "staff": "understaffed shifts", "products": "stock-outs"}
AHEAD = (7, 14)
SKILL, GAP, COVER = 0.15, 0.07, (0.74, 0.86)
WARNED, FALSE_PER_TRUE, ALERTS_A_DAY = 0.8, 2.0, 5
UNJUDGED = "persistence of what is short"
"""That states 0 or 1 and is beaten by as much as asked by nobody: the oracle's skill says so."""
FEW = 100
"""Cases below which a tenth of stated probability is not judged."""
AT_STAKE = 0.1
"""Stated chance within the horizon from which the range of the first day is judged."""
RANGED = {
    "beds_occupied": "occupied beds",
    "staff_absent": "absent staff",
    "stock_on_hand": "stock",
}

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


def run() -> list[Figure]:
    """Skill, reliability and ranges by kind and horizon, over all seeds."""
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        for seed in SEEDS:
            size = (scaled(HOSPITALS, 8), DAYS, STEP_DAYS * round(7 / scaled(7)))
            in_child("warned_region", "rehearse", folder, seed, *size)
        cases, ranges, short = _read(Path(folder))
    told = alerts_of(cases, short)
    return list(_judged([*_figures(cases), *_ranges(ranges), *_alert_figures(told)]))


def _judged(figures: Sequence[Figure]) -> Iterator[Figure]:
    """The figures that have a value; of the others a line says that nothing was there to judge."""
    for each in figures:
        if np.isnan(each.value):
            print(f"  {each.name}: no case to judge it by", flush=True)
        else:
            yield each


def _read(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    import polars as pl

    return tuple(  # type: ignore[return-value]
        pl.concat([pl.read_parquet(file) for file in sorted(folder.glob(f"{name}-*.parquet"))])
        for name in ("cases", "ranges", "short")
    )


def _figures(cases: pl.DataFrame) -> Iterator[Figure]:
    days = cases.filter("is_weekly")["as_of"].n_unique()
    for kind, ahead in ((kind, ahead) for kind in KINDS for ahead in AHEAD):
        rows = _of(cases, kind, ahead)
        chance, came = rows["chance"].to_numpy(), rows["came"].to_numpy()
        name = f"demo waves, {days} days, {KINDS[kind]} within {ahead} days"
        for base, told in baselines(rows, kind, ahead).items():
            is_known = np.isfinite(told)
            skill = brier_skill(chance[is_known], came[is_known], told[is_known])
            bar = None if base == UNJUDGED else SKILL
            yield Figure(f"{name}: skill over {base}", skill, "", bar, COMMAND, is_at_least=True)
            best = rows[f"oracle_{ahead}"].to_numpy()
            told_best = brier_skill(best[is_known], came[is_known], told[is_known])
            yield Figure(f"{name}: the oracle's skill over {base}", told_best, "", None, COMMAND)
        found = reliability(chance, came)
        gap = found.largest_gap(FEW)
        yield Figure(f"{name}: largest gap of a tenth", gap, "", GAP, COMMAND)
        many = float((found.count >= FEW).sum())
        yield Figure(
            f"{name}: tenths with {FEW} cases, the others unjudged", many, "", None, COMMAND
        )
    for kind in KINDS:
        rows = _of(cases, kind, 14)
        cover = first_day_cover(rows)
        held = float(cover.mean()) if cover.size else float("nan")
        name = f"demo waves, {KINDS[kind]}: 80 % range of the first day held"
        yield Figure(name, held, "", COVER[0], COMMAND, is_at_least=True)
        yield Figure(f"{name}, not too often", held, "", COVER[1], COMMAND)


def _ranges(ranges: pl.DataFrame) -> Iterator[Figure]:
    import polars as pl

    for measure, ahead in ((name, ahead) for name in RANGED for ahead in AHEAD):
        rows = ranges.filter((pl.col("measure") == measure) & (pl.col("ahead") == ahead))
        held = float(covered_share(rows["low"].to_numpy(), rows["high"].to_numpy(), 0.8).mean())
        name = f"demo waves, {RANGED[measure]} {ahead} days ahead: 80 % range held"
        yield Figure(name, held, "", COVER[0], COMMAND, is_at_least=True)
        yield Figure(f"{name}, not too often", held, "", COVER[1], COMMAND)


def _alert_figures(told: AlertsTold) -> Iterator[Figure]:
    name = f"demo waves, stock-outs on {told.days} days in a rise"
    score = told.score
    share = f"{name}: warned 5 days ahead, of {score.due} with an oracle chance of 0.3"
    yield Figure(share, score.warned_share, "", WARNED, COMMAND, is_at_least=True)
    ratio = f"{name}: false alerts per true one"
    yield Figure(ratio, score.false_per_true, "", FALSE_PER_TRUE, COMMAND)
    median = "demo waves, alerts of all kinds raised per role and day, median"
    yield Figure(median, told.raised_median, "", ALERTS_A_DAY, COMMAND)
    mean = "demo waves, alerts of all kinds raised per role and day, mean"
    yield Figure(mean, told.raised_mean, "", None, COMMAND)


def _of(cases: pl.DataFrame, kind: str, ahead: int) -> pl.DataFrame:
    """Cases of a kind with their chance and outcome, those without a chance left out."""
    import polars as pl

    has_chance = pl.col(f"probability_{ahead}").is_not_null()
    rows = cases.filter((pl.col("kind") == kind) & has_chance & pl.col("is_weekly"))
    return rows.with_columns(
        chance=pl.col(f"probability_{ahead}"), came=pl.col("first_true") <= ahead
    )


def baselines(rows: pl.DataFrame, kind: str, ahead: int) -> dict[str, FloatArray]:
    """What the simple rules state, by their name; NaN where a rule is not fitted yet."""
    plain = rows[f"plain_{ahead}"].fill_nan(0.0).to_numpy()
    if kind == "products":
        return {"burn rate": plain, "the fitted burn rate": _fitted(rows, ahead)}
    by, on = (
        rows[f"{name}_{ahead}"].fill_nan(0.0).to_numpy() for name in ("quantiles", "likeliest")
    )
    return {
        "persistence of what is short": plain,
        "persistence, any day": by,
        "persistence, its quantiles of the likeliest day": on,
    }


def _fitted(rows: pl.DataFrame, ahead: int) -> FloatArray:
    """Burn rate as a chance, fitted for each day on the days whose outcome it knew."""
    from benchmarks.warning_baselines import fitted_chance

    day = rows["as_of"].to_numpy().astype("datetime64[D]")
    seed, cover = rows["seed"].to_numpy(), rows[f"cover_{ahead}"].fill_nan(60.0).to_numpy()
    came, out = rows["came"].to_numpy(), np.full(rows.height, np.nan)
    for one, when in sorted({(int(a), b) for a, b in zip(seed, day, strict=True)}):
        now = (seed == one) & (day == when)
        past = (seed == one) & (day < when - ahead)
        if came[past].sum() >= 10:
            out[now] = fitted_chance(cover[past], came[past], cover[now])
    return out


def first_day_cover(rows: pl.DataFrame) -> FloatArray:
    """Share of each truth in the 80 % range of the first day, of cases at stake.

    The published chances by day 7, day 14 and the horizon bound the probability of less than the
    true first day, and of at most it; ties are shared, as ``covered_share`` says.
    """
    chances = [rows[name].to_numpy() for name in ("probability_7", "probability_14", "probability")]
    first, horizon = rows["first_true"].to_numpy(), rows["horizon_days"].to_numpy()
    known = np.stack([np.zeros(rows.height), *chances, np.ones(rows.height)])
    part = (first > 7).astype(int) + (first > 14) + (first > horizon)
    low = np.take_along_axis(known, part[None], axis=0)[0]
    high = np.take_along_axis(known, part[None] + 1, axis=0)[0]
    return covered_share(low, high, 0.8)[chances[2] >= AT_STAKE]


def _told(cases: pl.DataFrame, ranges: pl.DataFrame, short: pl.DataFrame) -> Iterator[str]:
    """More than the figures: reliability by tenth, skill by phase, plain cover of the ranges."""
    import polars as pl

    for kind, ahead in ((kind, ahead) for kind in KINDS for ahead in AHEAD):
        rows = _of(cases, kind, ahead)
        chance, came = rows["chance"].to_numpy(), rows["came"].to_numpy()
        score = brier(chance, came)
        yield (
            f"\n{kind}, within {ahead} days: {rows.height} cases, {came.sum()} came "
            f"({came.mean():.4f}), stated {chance.mean():.4f}, Brier {score.mean():.5f}"
        )
        rules = baselines(rows, kind, ahead)
        for base, told in rules.items():
            ok = np.isfinite(told)
            if not ok.any():
                yield f"  {base}: too few days to fit it"
                continue
            skill = brier_skill(chance[ok], came[ok], told[ok])
            its = brier(told, came)[ok].mean()
            yield f"  over {base}: {skill:+.3f} (its Brier {its:.5f}, {ok.sum()} cases)"
        best = rows[f"oracle_{ahead}"].to_numpy()
        for base, told in rules.items():
            ok = np.isfinite(told)
            yield f"  the oracle over {base}: {brier_skill(best[ok], came[ok], told[ok]):+.3f}"
        found = reliability(best, came)
        yield f"  the oracle's largest gap: {found.largest_gap(FEW):.3f}"
        always = np.full(rows.height, came.mean())
        yield f"  over the mean rate: {brier_skill(chance, came, always):+.3f}"
        found = reliability(chance, came)
        for at in range(found.count.size):
            if found.count[at]:
                few = " few" if found.count[at] < FEW else ""
                yield (
                    f"  {at / 10:.1f}-{(at + 1) / 10:.1f}: {found.count[at]:6d} cases, stated "
                    f"{found.stated[at]:.3f}, came {found.observed[at]:.3f}, "
                    f"gap {found.gap[at]:+.3f}{few}"
                )
        yield f"  largest gap of at least {FEW} cases: {found.largest_gap(FEW):.3f}"
        yield from _by(rows, rules, "phase", best)
        if kind != "products":
            yield from _by(rows, rules, "category", best)
    for kind in KINDS:
        rows = _of(cases, kind, 14)
        cover = first_day_cover(rows)
        if not cover.size:
            yield f"\n{kind}: no chance of {AT_STAKE} or more, so no range of the first day"
            continue
        yield f"\n{kind}: 80 % range of the first day, chance >= {AT_STAKE}: {cover.mean():.3f}"
        both = rows.filter(pl.col("probability") >= AT_STAKE).select(
            pl.col("first_true").is_between("first_day_q10", "first_day_q90").mean().alias("a"),
        )["a"][0]
        came_rows = rows.filter(
            (pl.col("first_true") <= pl.col("horizon_days"))
            & pl.col("if_short_q10").is_not_null()
            & (pl.col("probability") >= AT_STAKE)
        )
        held = came_rows["first_true"].is_between(
            came_rows["if_short_q10"], came_rows["if_short_q90"]
        )
        yield (
            f"  with both ends inside: {both:.3f}; of {came_rows.height} that came, inside the "
            f"range if short: {held.sum() / max(held.len(), 1):.3f}"
        )
    yield ""
    if not cases["is_weekly"].all():
        for open_at, close_below in ((0.2, 0.1), (0.33, 0.2), (0.5, 0.3), (0.66, 0.5)):
            yield alerts_of(cases, short, open_at, close_below).line()
    yield ""
    for (measure, ahead, phase), rows in sorted(ranges.group_by("measure", "ahead", "phase")):
        low, high = rows["low"].to_numpy(), rows["high"].to_numpy()
        held = covered_share(low, high, 0.8).mean()
        below, above = (high < 0.1).mean(), (low > 0.9).mean()
        yield (
            f"{measure} {ahead} days, {phase}: {rows.height} ranges, 80 % held {held:.3f}, truth "
            f"below {below:.3f}, above {above:.3f}"
        )


def _by(
    rows: pl.DataFrame, rules: dict[str, FloatArray], column: str, best: FloatArray
) -> Iterator[str]:
    base, told = list(rules.items())[-1]
    groups = rows[column].to_numpy()
    chance, came = rows["chance"].to_numpy(), rows["came"].to_numpy()
    for group in sorted(set(groups)):
        at = (groups == group) & np.isfinite(told)
        if at.any():
            skill = brier_skill(chance[at], came[at], told[at])
            ceiling = brier_skill(best[at], came[at], told[at])
            yield (
                f"  {column} {group}: {at.sum()} cases, stated {chance[at].mean():.4f}, came "
                f"{came[at].mean():.4f}, Brier {brier(chance[at], came[at]).mean():.5f}, skill "
                f"over {base} {skill:+.3f}, the oracle's {ceiling:+.3f}"
            )


def main(arguments: Sequence[str] | None = None) -> None:
    """Tell of some seeds in detail; the tables are kept when a folder is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--hospitals", type=int, default=HOSPITALS)
    parser.add_argument("--step", type=int, default=21, help="days between the days looked at")
    parser.add_argument("--daily", action="store_true", help="the days with alerts too")
    parser.add_argument("--out", type=Path, help="folder for the tables; read again when there")
    asked = parser.parse_args(arguments)
    from benchmarks.warned_region import rehearse

    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as made:
        folder = asked.out or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        for seed in asked.seeds:
            if not (folder / f"cases-{seed}.parquet").exists():
                rehearse(str(folder), seed, asked.hospitals, DAYS, asked.step, asked.daily)
        print("\n".join(_told(*_read(folder))))


if __name__ == "__main__":
    main()
