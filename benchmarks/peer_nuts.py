"""The renewal model again, sampled by NumPyro's NUTS: minutes a series, and nothing approximated.

The same likelihood and priors as the engine, but for the spread of the walk of log R, which is
continuous here (log-uniform over the range of the engine's grid).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from vigie.epidemiology.renewal.day_effects import day_contrasts
from vigie.epidemiology.renewal.priors import (
    EFFECT_SPREAD,
    FIRST_SPREAD,
    KNOT_DAYS,
    LARGEST_LOG_R,
    PHI_CENTRE,
    PHI_SPREAD,
    SEED_GROWTH_SPREAD,
    SEED_SPREAD,
    SMALLEST_LOG_R,
    kept_over_steps,
)
from vigie.epidemiology.renewal.rules import WALK_SPREADS
from vigie.paths import FloatArray

__all__ = ["NutsDraws", "is_installed", "sample"]


@dataclass(frozen=True, slots=True, eq=False)
class NutsDraws:
    """Reproduction numbers (draw, day), CPU seconds, and how many transitions diverged."""

    reproduction_number: FloatArray
    cpu_seconds: float
    diverged: int


def is_installed() -> bool:
    """NumPyro can be imported (dependency group "peers")."""
    return find_spec("numpyro") is not None


def sample(
    counts: FloatArray,
    first_weekday: int,
    generation: FloatArray,
    admission: FloatArray,
    *,
    damping_per_day: float = 0.95,
    warm_up: int = 400,
    draws: int = 500,
    seed: int = 0,
) -> NutsDraws:
    """Draw from the posterior of one complete series.

    Args:
        counts: (day,), admissions.
        first_weekday: 0 is Monday.
        generation: (lag,), probabilities of 0.. days; none on day 0.
        admission: (lag,), probabilities of 0.. days.
        damping_per_day: as in ``RenewalRules``.
        warm_up, draws: of one chain.
        seed: of the chain.
    """
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from numpyro.infer import MCMC, NUTS, init_to_value

    numpyro.enable_x64()
    days = len(counts)
    delay_days = float(admission @ np.arange(len(admission)))
    kept = kept_over_steps(days, delay_days, damping_per_day)
    knots = len(kept)
    seed_days = max(len(generation), len(admission))
    pace = 1.0 / float(generation @ np.arange(len(generation)))
    level = float(np.log(max(counts[:14].mean(), 0.1)))
    basis, first_kept = (jnp.asarray(each) for each in _walk(days, kept))
    effects = jnp.asarray(day_contrasts(has_holidays=False))
    weekday = (first_weekday + np.arange(days)) % 7
    back = jnp.asarray(np.pad(generation, (0, seed_days + 1 - len(generation)))[1:])
    delay = jnp.asarray(np.pad(admission, (0, seed_days - len(admission))))

    def forward(seed, growth, log_r):
        start = jnp.exp(seed + growth * (jnp.arange(seed_days) - seed_days + 1))[::-1]

        def day(past, x):
            infections = jnp.exp(x) * (back @ past)
            past = jnp.concatenate([infections[None], past[:-1]])
            return past, delay @ past

        return jax.lax.scan(day, start, log_r)[1]

    def model(observed):
        seed = numpyro.sample("seed", dist.Normal(level, SEED_SPREAD))
        beyond = numpyro.sample("beyond", dist.Normal(0.0, SEED_GROWTH_SPREAD))
        first = numpyro.sample("first", dist.Normal(0.0, FIRST_SPREAD))
        half = 0.5 * np.log(2)
        log_sigma = numpyro.sample(
            "log_sigma",
            dist.Uniform(np.log(WALK_SPREADS[0]) - half, np.log(WALK_SPREADS[-1]) + half),
        )
        steps = numpyro.sample("steps", dist.Normal(0.0, 1.0).expand([knots]))
        delta = numpyro.sample("delta", dist.Normal(0.0, EFFECT_SPREAD).expand([6]))
        log_phi = numpyro.sample("log_phi", dist.Normal(PHI_CENTRE, PHI_SPREAD))
        walk = first * first_kept + jnp.exp(log_sigma) * (basis @ steps)
        log_r = jnp.clip(walk, SMALLEST_LOG_R, LARGEST_LOG_R)
        numpyro.deterministic("r", jnp.exp(log_r))
        expected = forward(seed, beyond + first * pace, log_r) * jnp.exp(effects @ delta)[weekday]
        phi = jnp.exp(log_phi)
        numpyro.sample("y", dist.NegativeBinomial2(expected, phi), obs=observed)

    start = {
        "seed": level,
        "beyond": 0.0,
        "first": 0.0,
        "log_sigma": np.log(0.03),
        "steps": np.zeros(knots),
        "delta": np.zeros(6),
        "log_phi": PHI_CENTRE,
    }
    chain = MCMC(
        NUTS(model, init_strategy=init_to_value(values=start), target_accept_prob=0.9),
        num_warmup=warm_up,
        num_samples=draws,
        progress_bar=False,
    )
    began = time.process_time()
    chain.run(jax.random.PRNGKey(seed), jnp.asarray(counts), extra_fields=("diverging",))
    found = np.asarray(chain.get_samples()["r"], dtype=float)
    diverged = int(np.asarray(chain.get_extra_fields()["diverging"]).sum())
    return NutsDraws(found, time.process_time() - began, diverged)


def _walk(days: int, kept: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What each step, and log R of day 0, adds to log R of each day: (day, knot) and (day,)."""
    knots = len(kept)
    at_knot, first = np.zeros((knots + 1, knots)), np.ones(knots + 1)
    for knot in range(knots):
        at_knot[knot + 1] = kept[knot] * at_knot[knot]
        at_knot[knot + 1, knot] = np.sqrt(KNOT_DAYS)
        first[knot + 1] = kept[knot] * first[knot]
    place = np.arange(days) / KNOT_DAYS
    grid = np.arange(knots + 1)
    columns = [np.interp(place, grid, at_knot[:, knot]) for knot in range(knots)]
    return np.stack(columns, axis=1), np.interp(place, grid, first)
