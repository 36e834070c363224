"""The renewal engine against known truth, against NUTS on the same model, and against the clock.

The series are those of ``synthetic_epidemics`` with a seed that served for nothing else. NUTS takes
minutes a series and runs only where NumPyro is installed (dependency group "peers"), as do EpiEstim
(R) and epyestim where they are.
"""

from __future__ import annotations

import os
import time

import numpy as np

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.peer_epiestim import epiestim, epyestim, has_epiestim, has_epyestim
from benchmarks.peer_nuts import is_installed, sample
from benchmarks.synthetic_epidemics import (
    ADMISSION,
    AHEAD_DAYS,
    GENERATION,
    PAST_DAYS,
    SHAPES,
    epidemic,
    epidemics,
    late_reports,
)
from vigie.paths import QUANTILE_LEVELS, FloatArray, log_wis

COMMAND = "make bench ONLY=renewal"
SEED = 20_261_125
SERIES, SAMPLES = 100, 500
RETRO, NOW = slice(30, 106), slice(PAST_DAYS - 14, PAST_DAYS)
NUTS_SERIES = 10
NOWCAST_SETS = 5


def _fit(counts: FloatArray, **given):
    from vigie.epidemiology.renewal import fit_renewal

    return fit_renewal(
        counts,
        first_weekday=0,
        generation=GENERATION,
        admission=ADMISSION,
        horizon_days=AHEAD_DAYS,
        sample_count=SAMPLES,
        rng=np.random.default_rng(SEED),
        **given,
    )


def _error_and_coverage(found: FloatArray, truth: FloatArray, days: slice) -> tuple[float, float]:
    """Mean absolute error of the median and share in the 90 % interval; NaN is left out."""
    low, middle, high = found[:, :, days]
    known = np.isfinite(middle)
    inside = (low <= truth[:, days]) & (truth[:, days] <= high)
    error = np.abs(middle - truth[:, days])
    return float(error[known].mean()), float(inside[known].mean())


def truth() -> dict[str, float]:
    """Reproduction numbers, forecasts and tails of 100 series, and of peers that are installed."""
    series = epidemics(scaled(SERIES, 6), SEED)
    counts = np.stack([each.past for each in series])
    real = np.stack([each.reproduction_number for each in series])[:, :PAST_DAYS]
    result = _fit(counts)
    r = result.reproduction_number[:, :PAST_DAYS]
    found = np.quantile(r, [0.05, 0.5, 0.95], axis=-1)
    figures = {}
    figures["retro error"], figures["retro coverage"] = _error_and_coverage(found, real, RETRO)
    figures["now error"], figures["now coverage"] = _error_and_coverage(found, real, NOW)
    future = np.stack([each.future for each in series])
    ahead = np.moveaxis(np.quantile(result.admissions, QUANTILE_LEVELS, axis=-1), 0, -1)
    figures["forecast"] = float(log_wis(ahead, future, QUANTILE_LEVELS).mean())
    low, high = np.quantile(result.admissions, [0.05, 0.95], axis=-1)
    figures["forecast coverage"] = float(((low <= future) & (future <= high)).mean())
    largest = np.array([np.convolve(each, np.ones(14), "valid").max() for each in counts])
    top = np.quantile(result.admissions.sum(axis=1), 0.99, axis=-1)
    figures["tail"] = float((top / np.maximum(largest, 1)).max())
    figures["least effective share"] = float(result.effective_share.min())
    figures["moved"] = float((result.quality > 0).mean())
    generation, admission = GENERATION.probability, ADMISSION.probability
    if has_epiestim():
        peer, seconds = epiestim(counts, generation, round(ADMISSION.mean_days))
        figures["epiestim error"], figures["epiestim coverage"] = _error_and_coverage(
            peer, real, RETRO
        )
        figures["epiestim ms"] = 1000 * seconds / len(counts)
    if has_epyestim():
        few = counts[: scaled(10, 2)]
        peer, seconds = epyestim(few, generation, admission)
        figures["epyestim error"], figures["epyestim coverage"] = _error_and_coverage(
            peer, real[: len(few)], RETRO
        )
        figures["same few error"], _ = _error_and_coverage(
            found[:, : len(few)], real[: len(few)], RETRO
        )
        figures["epyestim ms"] = 1000 * seconds / len(few)
    return figures


def speed() -> dict[str, float]:
    """CPU milliseconds a series: fit, 500 samples, 14 days ahead; and of the first call."""
    counts = np.stack([each.past for each in epidemics(scaled(SERIES, 6), SEED)])
    began = time.process_time()
    _fit(counts[:1])
    first = time.process_time() - began
    taken = []
    for _ in range(3):
        began = time.process_time()
        _fit(counts)
        taken.append(time.process_time() - began)
    return {"ms": 1000 * float(np.median(taken)) / len(counts), "first": first}


def extinct() -> dict[str, float]:
    """Series that ended: 28 days of zero after a past of each scale."""
    from vigie.epidemiology.renewal import RenewalRules

    past = np.stack([each.past for each in epidemics(scaled(30, 6), SEED + 1)])
    past[:, -28:] = 0
    result = _fit(past, rules=RenewalRules(imports_per_day=0.0))
    totals = result.admissions.sum(axis=1)
    largest = np.array([np.convolve(each, np.ones(14), "valid").max() for each in past])
    top = np.quantile(totals, 0.99, axis=-1)
    return {
        "any": float((totals > 0).mean(axis=-1).max()),
        "top": float(top.max()),
        "tail": float((top / np.maximum(largest, 1)).max()),
    }


def nowcast() -> dict[str, float]:
    """The last 10 days of reporting triangles: joint, alone, and taken as final.

    Five sets of 100, because one set moves the score by a twentieth.
    """
    sets = [_nowcast_of(SEED + 2 + 1000 * number) for number in range(scaled(NOWCAST_SETS, 1))]
    means = {name: float(np.mean([each[name] for each in sets])) for name in sets[0]}
    scores = [each["joint"] for each in sets]
    return means | {"best set": min(scores), "worst set": max(scores)}


def _nowcast_of(seed: int) -> dict[str, float]:
    """Scores of one set of triangles, whose reports are learnt from together."""
    from vigie.epidemiology.nowcast import ReportTriangle, nowcast_alone, reporting_hazards

    counts = np.stack([each.past for each in epidemics(scaled(SERIES, 6), seed)])
    rng = np.random.default_rng(seed)
    cells = [late_reports(rng, each) for each in counts]
    triangle = ReportTriangle(
        np.stack([np.where(c.is_known, np.cumsum(c.counts, 1), np.nan) for c in cells])
    )
    hazards, latest, final = reporting_hazards(triangle), triangle.latest(), counts[:, -10:]
    joint = _fit(latest, reporting=hazards).nowcast[:, -10:]
    alone = nowcast_alone(latest, hazards, SAMPLES, rng)[:, -10:]
    figures = {}
    for name, draws in (("joint", joint), ("alone", alone), ("as final", latest[:, -10:, None])):
        levels = np.moveaxis(np.quantile(draws, QUANTILE_LEVELS, axis=-1), 0, -1)
        figures[name] = float(log_wis(levels, final, QUANTILE_LEVELS).mean())
        low, high = np.quantile(draws, [0.05, 0.95], axis=-1)
        figures[f"{name} coverage"] = float(((low <= final) & (final <= high)).mean())
    return figures


def nuts() -> dict[str, float]:
    """Engine and NUTS on the same model, 10 series of all scales and shapes."""
    from vigie.epidemiology.renewal import RenewalRules

    streams = np.random.default_rng(SEED + 3).spawn(NUTS_SERIES)
    scales = (3.0, 30.0, 300.0)
    gaps: dict[str, list[float]] = {"early": [], "last": [], "width": [], "s": [], "diverged": []}
    for number in range(scaled(NUTS_SERIES, 1)):
        each = epidemic(streams[number], scales[number % 3], SHAPES[number % 5])
        found = sample(each.past, each.first_weekday, GENERATION.probability, ADMISSION.probability)
        result = _fit(each.past[None], rules=RenewalRules(admitted_share=None)).reproduction_number[
            0, :PAST_DAYS
        ]
        ours = np.quantile(result, [0.05, 0.5, 0.95], axis=-1)
        theirs = np.quantile(found.reproduction_number, [0.05, 0.5, 0.95], axis=0)
        gap = np.abs(ours[1] - theirs[1])
        gaps["early"].append(float(gap[5 : PAST_DAYS - 15].mean()))
        gaps["last"].append(float(gap[-14:].mean()))
        gaps["width"].append(float((ours[2] - ours[0]).mean() / (theirs[2] - theirs[0]).mean()))
        gaps["s"].append(found.cpu_seconds)
        gaps["diverged"].append(found.diverged)
        print(
            f"    {number} ({each.shape}, {each.scale:g} a day): early {gaps['early'][-1]:.4f}, "
            f"last {gaps['last'][-1]:.4f}, width {gaps['width'][-1]:.3f}, "
            f"{found.cpu_seconds:.0f} s, {found.diverged} diverged",
            flush=True,
        )
    return {
        "early": float(np.mean(gaps["early"])),
        "last": float(np.mean(gaps["last"])),
        "narrowest": min(gaps["width"]),
        "widest": max(gaps["width"]),
        "width": float(np.mean(gaps["width"])),
        "s": float(np.mean(gaps["s"])),
        "diverged": float(np.sum(gaps["diverged"])),
    }


def _within(name: str, value: float, least: float, most: float) -> list[Figure]:
    """A figure with a budget on both sides."""
    return [
        Figure(f"{name}, not below", value, "", least, COMMAND, is_at_least=True),
        Figure(f"{name}, not above", value, "", most, COMMAND),
    ]


def run() -> list[Figure]:
    """Accuracy, speed and peers."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    found = {
        each: in_child("bench_renewal", each) for each in ("truth", "speed", "extinct", "nowcast")
    }
    truths, late = found["truth"].answer, found["nowcast"].answer
    series = f"{scaled(SERIES, 6)} synthetic series"

    def plain(name: str, value: float, unit: str = "", budget: float | None = None) -> Figure:
        return Figure(name, value, unit, budget, COMMAND)

    figures = [
        plain(f"R of {series}, days 30-105: mean absolute error", truths["retro error"], "", 0.065),
        *_within("the same: share in 90 % intervals", truths["retro coverage"], 0.87, 0.93),
        plain(f"R of {series}, last 14 days: mean absolute error", truths["now error"]),
        plain("the last 14 days: share in 90 % intervals", truths["now coverage"]),
        plain(f"forecasts of {series}, 14 days: log WIS", truths["forecast"]),
        plain("the forecasts: share in 90 % intervals", truths["forecast coverage"]),
        plain("99 % quantile of a 14-day total over the largest seen", truths["tail"], "", 20),
        plain("least effective share of draws", truths["least effective share"]),
        plain("series whose draws were moved", truths["moved"]),
        plain(
            "after 28 days of zero: P(any admission in 14 days)",
            found["extinct"].answer["any"],
            "",
            0.5,
        ),
        plain("after 28 days of zero: 99 % quantile of 14 days", found["extinct"].answer["top"]),
        plain(
            "after 28 days of zero: that over the largest seen",
            found["extinct"].answer["tail"],
            "",
            20,
        ),
        plain(
            "renewal engine, 500 samples and 14 days, CPU a series",
            found["speed"].answer["ms"],
            "ms",
            15,
        ),
        plain("renewal engine, first call of a process, CPU", found["speed"].answer["first"], "s"),
        plain("renewal engine, peak memory", found["truth"].peak_gib, "GiB"),
        plain("nowcast of 5 x 100 triangles, last 10 days: log WIS", late["joint"], "", 0.045),
        plain("the nowcast: log WIS of the best set of 100", late["best set"]),
        plain("the nowcast: log WIS of the worst set of 100", late["worst set"]),
        *_within("the nowcast: share in 90 % intervals", late["joint coverage"], 0.87, 0.96),
        plain("the same without the engine: log WIS", late["alone"]),
        plain("the same without the engine: share in 90 % intervals", late["alone coverage"]),
        plain("reports taken as final: log WIS", late["as final"]),
    ]
    for peer in ("epiestim", "epyestim"):
        if f"{peer} error" in truths:
            some = "10 of them" if peer == "epyestim" else series
            figures += [
                plain(
                    f"peer {peer}, R of {some}, days 30-105: mean absolute error",
                    truths[f"{peer} error"],
                ),
                plain(f"peer {peer}: share in 90 % intervals", truths[f"{peer} coverage"]),
                plain(f"peer {peer}: CPU a series", truths[f"{peer} ms"], "ms"),
            ]
        else:
            print(f"  {peer} is not installed: not compared.")
    if "same few error" in truths:
        figures.append(
            plain(
                "renewal engine, the same 10 series: mean absolute error", truths["same few error"]
            )
        )
    if not is_installed():
        print("  NumPyro is not installed (dependency group peers): not compared with NUTS.")
        return figures
    same = in_child("bench_renewal", "nuts").answer
    return [
        *figures,
        plain(
            "NUTS on the same model, 10 series: medians of R apart, days 5-105",
            same["early"],
            "",
            0.02,
        ),
        plain("NUTS: medians of R apart, last 14 days", same["last"], "", 0.04),
        *_within("NUTS: our 90 % intervals over its, mean", same["width"], 0.90, 1.12),
        plain("NUTS: the same, narrowest of the 10", same["narrowest"]),
        plain("NUTS: the same, widest of the 10", same["widest"]),
        plain("NUTS: CPU a series, 400 + 500 draws", same["s"], "s"),
        plain("NUTS: divergent transitions, all series", same["diverged"]),
    ]
