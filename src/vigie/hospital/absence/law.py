"""How absence follows place, skill, weekday, season and the epidemic, learnt from the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.hospital.absence.history import AbsenceHistory
from vigie.hospital.absence.persisting import Persisting, persisting
from vigie.hospital.absence.pressure import lagged_pressure
from vigie.paths import FloatArray, IntArray

__all__ = ["ABSENCE_LAGS", "ABSENCE_MODEL", "AbsenceLaw", "fit_absence"]

ABSENCE_MODEL = "vigie-absence"
"""Name of the model in tables and releases."""

ABSENCE_LAGS = (0, 3, 4, 5, 6, 7, 8, 9, 10)
"""Days by which absence may follow the epidemic; 0 for a series that is itself late."""

_ROUNDS = 12
_LAG_ROUNDS = 6
_PLACE_RIDGE = 1 / 0.3**2
_SKILL_RIDGE = 1 / 0.5**2
_WEEKDAY_RIDGE = 1 / 0.15**2
_SLOPE_RIDGE = 1 / 0.5**2
_SEASON_RIDGE = 1 / 0.3**2
_SEASON_DAYS = 400
_YEAR_DAYS = 365.25
_LEAST_GAIN = 4.0
_MOST_DISPERSION = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class AbsenceLaw:
    """Absence of one hospital network.

    logit p = level + place + skill + weekday + slope * pressure + season + what lasts,
    absent ~ BetaBinomial(rostered, p, dispersion).

    Attributes:
        level: of the logit.
        places: (place,), effects.
        skills: (skill,), effects.
        weekdays: (7,), effects, 0 = Monday.
        slope: per unit of the epidemic's pressure; 0 without one, or where it tells nothing.
        lag_days: by which absence follows it.
        season: (2,), cosine and sine of the year; 0 with less than 400 days of history.
        dispersion: rho of the beta-binomial, what a shift has in common on one day alone.
        common: what lasts and is common to all places, one series.
        wards: what lasts in a place and skill, a ward outbreak: (place * skill) series.
    """

    level: float
    places: FloatArray
    skills: FloatArray
    weekdays: FloatArray
    slope: float
    lag_days: int
    season: FloatArray
    dispersion: float
    common: Persisting
    wards: Persisting


def fit_absence(history: AbsenceHistory, lags: Sequence[int] = ABSENCE_LAGS) -> AbsenceLaw:
    """Learn absence from the past.

    Effects are shrunk towards none, so that a place or skill with few reports is as all others.
    The lag is the one that explains the history best; an epidemic that explains too little has
    no part.

    Args:
        history: rosters and absence; at least one day with both known.
        lags: days by which absence may follow the epidemic, >= 0.

    Raises:
        ValueError: no roster has a report of absence.

    Source: docs/models/staff-absence.md, equations 1 to 5.
    """
    roster, away = history.counted()
    if not roster.any():
        raise ValueError("no roster has a report of absence on the same day")
    fit = _Fit(roster, away, history.weekdays)
    if history.epidemic is not None:
        fit.choose_lag(history.epidemic, lags)
    fit.rounds(_ROUNDS)
    expected = fit.expected()
    information = expected * (1 - expected / np.maximum(roster, 1))
    surplus = away - expected
    places, skills, days = roster.shape
    total = _dispersion(surplus, information, roster, None)
    size = 1 + total * np.maximum(roster - 1, 0)
    common = _common(surplus, information, size)
    shifted = surplus - information * _common_path(surplus, information, size, common)
    flat = (places * skills, days)
    wards = persisting(
        shifted.reshape(flat),
        information.reshape(flat),
        float(total * np.maximum(roster[roster > 0] - 1, 0).mean()),
    )
    fresh = max(_dispersion(shifted, information, roster, wards.variance), 0.0)
    return AbsenceLaw(
        level=fit.level,
        places=fit.places,
        skills=fit.skills,
        weekdays=fit.weekday_effects,
        slope=fit.slope,
        lag_days=fit.lag,
        season=fit.season,
        dispersion=min(fresh, _MOST_DISPERSION),
        common=common,
        wards=wards,
    )


class _Fit:
    """Penalised logistic regression on counts, one factor after the other."""

    def __init__(self, roster: FloatArray, away: FloatArray, weekdays: IntArray) -> None:
        self.roster, self.away = roster, away
        places, skills, days = roster.shape
        rate = (away.sum() + 0.5) / (roster.sum() + 1)
        self.level = float(np.log(rate / (1 - rate)))
        self.places: FloatArray = np.zeros(places)
        self.skills: FloatArray = np.zeros(skills)
        self.weekday_effects: FloatArray = np.zeros(7)
        self.slope, self.lag = 0.0, 0
        self.of_weekday = np.equal(np.asarray(weekdays)[:, None], np.arange(7)).astype(float)
        self.pressure = np.zeros((places, days))
        self.season: FloatArray = np.zeros(2)
        year = np.arange(days) * (2 * np.pi / _YEAR_DAYS)
        self.year = np.stack([np.cos(year), np.sin(year)])
        self.has_season = days >= _SEASON_DAYS

    def expected(self) -> FloatArray:
        by_day = self.of_weekday @ self.weekday_effects + self.season @ self.year
        by_place_day = self.level + self.places[:, None] + by_day + self.slope * self.pressure
        logit = by_place_day[:, None, :] + self.skills[:, None]
        return np.asarray(self.roster / (1 + np.exp(-logit)))

    def rounds(self, count: int) -> None:
        """Newton steps of each factor in turn; few are needed as the factors nearly cross."""
        for _ in range(count):
            surplus, weight = self._state()
            self.level += float(surplus.sum() / max(weight.sum(), 1e-9))
            surplus, weight = self._state()
            self.places += _step(surplus.sum((1, 2)), weight.sum((1, 2)), self.places, _PLACE_RIDGE)
            surplus, weight = self._state()
            self.skills += _step(surplus.sum((0, 2)), weight.sum((0, 2)), self.skills, _SKILL_RIDGE)
            surplus, weight = self._state()
            by_day = surplus.sum((0, 1)), weight.sum((0, 1))
            self.weekday_effects += _step(
                by_day[0] @ self.of_weekday,
                by_day[1] @ self.of_weekday,
                self.weekday_effects,
                _WEEKDAY_RIDGE,
            )
            if self.has_season:
                self.season += _step(
                    self.year @ by_day[0], self.year**2 @ by_day[1], self.season, _SEASON_RIDGE
                )
            if self.pressure.any():
                self._slope_step()

    def _state(self) -> tuple[FloatArray, FloatArray]:
        expected = self.expected()
        return self.away - expected, expected * (1 - expected / np.maximum(self.roster, 1))

    def _slope_step(self) -> None:
        surplus, weight = self._state()
        by_place_day, weight = surplus.sum(axis=1), weight.sum(axis=1)
        mean = (weight * self.pressure).sum() / max(weight.sum(), 1e-9)
        centred = self.pressure - mean
        change = ((by_place_day * centred).sum() - _SLOPE_RIDGE * self.slope) / (
            (weight * centred**2).sum() + _SLOPE_RIDGE
        )
        self.slope += float(change)
        self.level -= float(change * mean)

    def choose_lag(self, epidemic: FloatArray, lags: Sequence[int]) -> None:
        """The lag that leaves the least unexplained; none when the best explains too little."""
        kept = self.roster, self.away, self.skills
        # The epidemic acts on all skills alike: their sum tells the lag at a fraction of the cost.
        self.roster, self.away = (each.sum(axis=1, keepdims=True) for each in kept[:2])
        self.skills = np.zeros(1)
        self.rounds(_LAG_ROUNDS)
        start = self.level, self.places, self.weekday_effects, self.season
        without: float = self._unexplained()
        least = without
        best: int | None = None
        for lag in lags:
            self.level, self.slope = start[0], 0.0
            self.places, self.weekday_effects, self.season = (each.copy() for each in start[1:])
            self.pressure = lagged_pressure(epidemic, lag)
            self.rounds(_LAG_ROUNDS)
            if self._unexplained() < least and self.slope > 0:
                least, best = self._unexplained(), lag
        scatter: float = max(least / max(int(np.count_nonzero(self.roster)) - 1, 1), 1.0)
        is_worth = best is not None and without - least > _LEAST_GAIN * scatter
        self.roster, self.away, self.skills = kept
        self.level, self.places, self.weekday_effects, self.season = start
        self.slope, self.lag = 0.0, 0
        self.pressure = np.zeros_like(self.pressure)
        if is_worth and best is not None:
            self.lag, self.pressure = best, lagged_pressure(epidemic, best)

    def _unexplained(self) -> float:
        """Pearson's chi-square."""
        surplus, weight = self._state()
        return float((surplus**2 / np.maximum(weight, 1e-9)).sum())


def _step(surplus: FloatArray, weight: FloatArray, effect: FloatArray, ridge: float) -> FloatArray:
    return np.asarray((surplus - ridge * effect) / (weight + ridge))


def _dispersion(
    surplus: FloatArray, information: FloatArray, roster: FloatArray, lasting: float | None
) -> float:
    """rho by moments: what the squared surplus has beyond chance and what lasts."""
    pairs = information * np.maximum(roster - 1, 0)
    beyond = (surplus**2).sum() - information.sum()
    if lasting:
        beyond -= lasting * (information**2).sum()
    return float(max(beyond, 0.0) / max(pairs.sum(), 1e-9))


def _common(surplus: FloatArray, information: FloatArray, size: FloatArray) -> Persisting:
    by_day, weight = surplus.sum((0, 1))[None], information.sum((0, 1))[None]
    extra = (information * size).sum() / max(information.sum(), 1e-9) - 1
    return persisting(by_day, weight, float(extra))


def _common_path(
    surplus: FloatArray, information: FloatArray, size: FloatArray, common: Persisting
) -> FloatArray:
    """(day,), the common deviation of each past day, shrunk by how well it is known."""
    if common.variance <= 0:
        return np.zeros(surplus.shape[2])
    known = information.sum((0, 1))
    scatter = (information * size).sum((0, 1))
    return np.asarray(
        common.variance
        * surplus.sum((0, 1))
        / np.maximum(known * common.variance + scatter / np.maximum(known, 1e-9), 1e-9)
    )
