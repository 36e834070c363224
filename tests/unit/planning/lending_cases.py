"""Small invented regions that lend machines, staff and beds; shared by the tests of plans."""

from dataclasses import replace

import numpy as np

from vigie.hospital.stays import OnwardStays, StayLaw
from vigie.planning import Lanes, Lending, loan_echo


def lanes_of(rng, places, density=0.8, most_days=2):
    km = rng.uniform(5, 120, (places, places))
    km = np.where(rng.random((places, places)) < density, km, np.inf)
    np.fill_diagonal(km, np.inf)
    lag = np.where(np.isfinite(km), rng.integers(1, most_days + 1, km.shape), np.inf)
    return Lanes(km, lag)


def machines(seed, places=5, days=6, samples=40, *, loan_days=3, most_days=2, kind="equipment"):
    """Machines that some places have too few of and others too many."""
    rng = np.random.default_rng(seed)
    mean = rng.uniform(3, 15, places)
    drift = 1 + rng.normal(0, 0.05, (places, 1, 1)) * np.arange(1, days + 1)[:, None]
    common = np.exp(rng.normal(0, 0.15, samples))
    need = rng.poisson(np.maximum(mean[:, None, None] * drift * common, 0.1))
    own = np.round(mean * rng.choice([0.7, 1.0, 3.0], places))
    names = tuple(f"S{at}" for at in range(places))
    return Lending(
        kind,
        "machine",
        names,
        ("ventilator",),
        own[:, None],
        need[:, None].astype(np.float32),
        loan_echo(1, loan_days, days),
        lanes_of(rng, places, most_days=most_days),
        np.ones(1),
    )


def patients(seed, places=5, days=8, samples=60, *, mean_stay=6.0, intensive=0.2):
    """General wards whose patients may need intensive care later; both wards have beds."""
    rng = np.random.default_rng(seed)
    age = np.arange(days)
    echo = np.zeros((2, 2, days))
    echo[0, 0] = np.exp(-age / mean_stay) * (1 - intensive * (1 - np.exp(-age / 3)))
    echo[0, 1] = intensive * (1 - np.exp(-age / 2)) * np.exp(-age / 9)
    echo[1, 1] = np.exp(-age / 9)
    mean = rng.uniform(8, 30, (places, 2)) * [1, 0.3]
    common = np.exp(rng.normal(0, 0.1, (1, 1, 1, samples)))
    need = rng.poisson(np.broadcast_to(mean[:, :, None, None] * common, (places, 2, days, samples)))
    arriving = rng.poisson(mean[:, :, None, None] / mean_stay * common, need.shape)
    own = np.round(mean * rng.choice([0.9, 1.1, 2.5], (places, 1)))
    names = tuple(f"S{at}" for at in range(places))
    return Lending(
        "patients", "patients", names, ("general", "icu"), own, need.astype(np.float32), echo,
        lanes_of(rng, places, most_days=1), np.array([1.0, 5.0]), arriving.astype(np.float32),
    )  # fmt: skip


def stay_law(seed, nights=40):
    """Stays that are not geometric; some go on to intensive care, and some of these come back."""
    rng = np.random.default_rng(seed)
    hazards = np.zeros((1, 2, 3, nights))
    hazards[0, 0, 1] = rng.uniform(0.02, 0.08) * np.exp(-np.arange(nights) / 3)
    hazards[0, 0, 2] = np.minimum(0.02 + 0.03 * np.arange(nights), 0.3)
    hazards[0, 1, 0], hazards[0, 1, 2] = 0.06, 0.05
    hazards[..., -1] /= hazards[..., -1].sum(axis=2, keepdims=True)
    return OnwardStays(StayLaw(hazards), np.ones(2))


def patients_by_law(seed, places=5, days=8, samples=60, *, without_icu=0):
    """The same wards under a law of stays; the first places have no intensive care at all."""
    law = stay_law(seed)
    lending = patients(seed, places, days, samples)
    own, need = lending.own.copy(), lending.need.copy()
    own[:without_icu, 1] = 0
    need[:without_icu, 1] = 0
    courses = law.courses(days, 2000, np.random.default_rng(seed))
    return replace(lending, own=own, need=need, echo=law.presence(days), courses=courses)
