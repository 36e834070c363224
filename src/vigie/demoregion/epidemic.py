"""The epidemic of the demo region: a known reproduction number, infections, admissions, calls.

Renewal equation: the expected infections of day t are R_t times the sum over s of g_s I_{t-s},
plus imported ones; g is the generation interval. Admissions follow infections by a delay; calls
to the emergency number follow them sooner, which makes calls a leading indicator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from vigie.demoregion.geography import Geography

__all__ = [
    "ADMISSIONS_EVENNESS",
    "ADMISSION_DELAY_DAYS",
    "BURN_IN_DAYS",
    "GENERATION_INTERVAL_DAYS",
    "HOSPITAL_SHARE",
    "Epidemic",
    "admitted",
    "delay_distribution",
    "nation_reproduction_number",
    "simulate_epidemic",
    "wave_reproduction_number",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

BURN_IN_DAYS = 90
GENERATION_INTERVAL_DAYS = (5.0, 2.0)
"""Mean and standard deviation from infection to infection."""
ADMISSION_DELAY_DAYS = (9.0, 4.5)
"""Mean and standard deviation from infection to admission."""
IMPORTS_PER_MILLION_PER_DAY = 8.0
HOSPITAL_SHARE = 0.021
CALL_SHARE = 0.045
CALLS_PER_1000_PER_DAY = 0.19
FEARED_PER_100K = 250.0
CAUTION = 0.38
ADMISSIONS_EVENNESS = 25.0

# Days counted from the last observed day; between two rows log R is a straight line.
# fmt: off
WAVES = (
    (-640, 0.88), (-612, 0.90), (-606, 1.80), (-576, 1.66), (-570, 0.78), (-500, 0.84),
    (-360, 0.90), (-348, 1.38), (-300, 1.29), (-290, 0.86), (-220, 0.82), (-120, 0.90),
    (-66, 0.98), (-57, 1.42), (-24, 1.38), (0, 1.36), (6, 1.24), (12, 0.86), (28, 0.82),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Epidemic:
    """The hidden course of the epidemic; the first BURN_IN_DAYS days precede the first reports.

    Attributes:
        reproduction_number: (days, regions).
        infection_incidence: (days, regions), new infections per day.
        incidence_per_100k: (days, regions), the same per 100,000 people.
        admissions: (days, sites), patients admitted for the epidemic disease per day.
        admissions_mean: same shape, the mean around which the days' admissions fell.
        calls: (days, regions), calls to the emergency number per day, for any reason.
    """

    reproduction_number: FloatArray
    infection_incidence: IntArray
    incidence_per_100k: FloatArray
    admissions: IntArray
    admissions_mean: FloatArray
    calls: IntArray


def delay_distribution(mean_days: float, sd_days: float, length: int) -> FloatArray:
    """Gamma delay, as probabilities of whole days; day k holds k - 0.5 to k + 0.5.

    Returns:
        (length,), sums to 1.
    """
    shape, scale = (mean_days / sd_days) ** 2, sd_days**2 / mean_days
    edges = np.arange(length + 1) - 0.5
    mass = np.diff(stats.gamma.cdf(np.maximum(edges, 0.0), shape, scale=scale))
    return np.asarray(mass / mass.sum(), dtype=np.float64)


def wave_reproduction_number(days_to_end: FloatArray) -> FloatArray:
    """Reproduction number of the nation before chance and caution: three waves, the last rising.

    Args:
        days_to_end: any shape, days counted from the last observed day (-1 is the day before).
    """
    at = np.array([day for day, _ in WAVES], dtype=np.float64)
    level = np.log([value for _, value in WAVES])
    return np.asarray(np.exp(np.interp(days_to_end, at, level)), dtype=np.float64)


def simulate_epidemic(
    rng: np.random.Generator, geography: Geography, days: int, future_days: int, weekdays: IntArray
) -> Epidemic:
    """Simulate infections, admissions and calls.

    Args:
        rng: source of chance.
        geography: regions with people, sites with beds.
        days: observed days.
        future_days: days after the last observed one.
        weekdays: (BURN_IN_DAYS + days + future_days,), 0 = Monday.
    """
    length = BURN_IN_DAYS + days + future_days
    days_to_end = np.arange(length, dtype=np.float64) - (BURN_IN_DAYS + days - 1)
    before_caution = _regional_reproduction_number(rng, days_to_end, len(geography.regions))
    reproduction_number, infections = _renewal(rng, before_caution, geography.populations)
    admissions_mean = _admissions_mean(rng, infections, geography, weekdays)
    return Epidemic(
        reproduction_number,
        infections,
        infections / geography.populations * 1e5,
        admitted(rng, admissions_mean, ADMISSIONS_EVENNESS),
        admissions_mean,
        _calls(rng, infections, geography.populations, weekdays),
    )


def nation_reproduction_number(reproduction_number: FloatArray, infections: IntArray) -> FloatArray:
    """Reproduction number of all regions together: what those infectious in all of them cause.

    Args:
        reproduction_number: (days, regions).
        infections: (days, regions), new infections per day.

    Returns:
        (days,), the mean of the regions, weighted by who is infectious in each; NaN on days when
        nobody is.
    """
    infectious = _delayed(infections, _generation_interval())
    whole = infectious.sum(axis=1)
    caused = (reproduction_number * infectious).sum(axis=1)
    return np.where(whole > 0, caused / np.where(whole > 0, whole, 1.0), np.nan)


def _generation_interval() -> FloatArray:
    """Nobody infects on the day of the own infection."""
    mass = delay_distribution(*GENERATION_INTERVAL_DAYS, 18)
    mass[0] = 0.0
    return np.asarray(mass / mass.sum(), dtype=np.float64)


def _regional_reproduction_number(
    rng: np.random.Generator, days_to_end: FloatArray, region_count: int
) -> FloatArray:
    # Regions are out of step by some days and differ a little, so that one has help to give
    # while another is short.
    shift_days = np.linspace(-6.0, 9.0, region_count) if region_count > 1 else np.zeros(1)
    shift_days = rng.permutation(shift_days) + rng.normal(0.0, 1.0, region_count)
    height = np.exp(rng.normal(0.0, 0.015, region_count))
    wander = np.zeros((days_to_end.size, region_count))
    steps = rng.normal(0.0, 0.012, wander.shape)
    for day in range(1, days_to_end.size):
        wander[day] = 0.93 * wander[day - 1] + steps[day]
    wave = wave_reproduction_number(days_to_end[:, None] - shift_days[None, :])
    return np.asarray(wave * height * np.exp(wander), dtype=np.float64)


def _renewal(
    rng: np.random.Generator, before_caution: FloatArray, populations: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Reproduction number and infections; people grow careful as the epidemic rises around them.

    Without this the height of a wave would differ many times between seeds.
    """
    generation_interval = _generation_interval()
    reach = generation_interval.size - 1
    imported = IMPORTS_PER_MILLION_PER_DAY * populations / 1e6
    start = imported / np.maximum(1.0 - before_caution[0], 0.08)
    length = before_caution.shape[0]
    reproduction_number = np.empty_like(before_caution)
    infections = np.empty((length + reach, populations.size), dtype=np.int64)
    infections[:reach] = rng.poisson(start, (reach, populations.size))
    for day in range(length):
        recent = infections[day : day + reach]
        felt = recent[-7:].mean(axis=0) / populations * 1e5 / FEARED_PER_100K
        reproduction_number[day] = before_caution[day] * np.exp(-CAUTION * np.minimum(felt, 2.0))
        expected = reproduction_number[day] * (generation_interval[:0:-1] @ recent) + imported
        infections[day + reach] = rng.poisson(expected * rng.gamma(60.0, 1 / 60.0, expected.size))
    return reproduction_number, infections[reach:]


def admitted(rng: np.random.Generator, mean: FloatArray, evenness: float) -> IntArray:
    """Patients who come, one day more and the other less: Poisson around a gamma of that mean.

    Args:
        rng: source of chance.
        mean: any shape, per day.
        evenness: shape of the gamma; the larger, the less it adds.
    """
    return rng.poisson(mean * rng.gamma(evenness, 1 / evenness, mean.shape))


def _admissions_mean(
    rng: np.random.Generator, infections: IntArray, geography: Geography, weekdays: IntArray
) -> FloatArray:
    region_of_site = geography.region_of_site
    expected = HOSPITAL_SHARE * _delayed(infections, delay_distribution(*ADMISSION_DELAY_DAYS, 32))
    weight = geography.beds**0.9 * np.exp(rng.normal(0.0, 0.22, geography.beds.size))
    weight /= np.bincount(region_of_site, weights=weight)[region_of_site]
    weekday_factor = np.array([1.10, 1.06, 1.03, 1.01, 1.02, 0.91, 0.87])[weekdays]
    weeks = -(-weekdays.size // 7)
    drift = np.repeat(np.exp(rng.normal(0.0, 0.10, (weeks, weight.size))), 7, axis=0)
    mean = expected[:, region_of_site] * weight * weekday_factor[:, None] * drift[: weekdays.size]
    return np.asarray(mean, dtype=np.float64)


def _calls(
    rng: np.random.Generator, infections: IntArray, populations: FloatArray, weekdays: IntArray
) -> IntArray:
    usual = CALLS_PER_1000_PER_DAY * populations / 1e3
    weekday_factor = np.array([1.02, 0.97, 0.96, 0.97, 1.01, 1.08, 1.07])[weekdays]
    ill = CALL_SHARE * _delayed(infections, delay_distribution(4.5, 2.0, 16))
    mean = (usual + ill) * weekday_factor[:, None]
    return np.asarray(rng.poisson(mean * rng.gamma(150.0, 1 / 150.0, mean.shape)), dtype=np.int64)


def _delayed(events: IntArray, delay: FloatArray) -> FloatArray:
    """Expected later events, as if the days before the first one were like it."""
    padded = np.concatenate([np.repeat(events[:1], delay.size - 1, axis=0), events])
    return np.stack(
        [np.convolve(padded[:, each], delay, mode="valid") for each in range(events.shape[1])],
        axis=1,
    )
