"""The arrays that the compiled loops are given, grouped by what they belong to."""

from __future__ import annotations

from typing import NamedTuple

from vigie.paths import FloatArray, IntArray

__all__ = ["DrawnPlace", "Law", "Paths", "Series"]


class Series(NamedTuple):
    """Counts of one place.

    Attributes:
        seed_days: days before day 0.
        counts: (day,), 0 where missing.
        log_factorial: (day,), log of the factorial of the counts.
        seen: (seen day,), days that speak in the fit.
        kind: (day,), row of contrast.
        contrast: (kind, effect).
        level: centre of the prior of the first unknown.
        knots: number of steps of the walk of log R.
        kept: (knots,), what is kept of log R over each step.
    """

    seed_days: int
    counts: FloatArray
    log_factorial: FloatArray
    seen: IntArray
    kind: IntArray
    contrast: FloatArray
    level: float
    knots: int
    kept: FloatArray


class Paths(NamedTuple):
    """What the forward pass writes for one set of unknowns.

    Attributes:
        log_r: (day,).
        infections: (seed_days + day,).
        expected: (day,), expected admissions without effects of the day.
        effects: (kind,), factor of each kind of day.
        mean: (day,), expected counts.
    """

    log_r: FloatArray
    infections: FloatArray
    expected: FloatArray
    effects: FloatArray
    mean: FloatArray


class Law(NamedTuple):
    """From what draws of a place are proposed, for the points of the grid that matter.

    Attributes:
        thetas: (point, 3, unknown), modes at three values of log phi.
        factors: (point, 3, unknown, unknown), lower factors of the curvature there.
        phis: (point, 4), mean and standard deviation of log phi, middle value, distance of values.
        sigmas: (point,), daily standard deviation of the walk.
        generations: (point, lag), probabilities of 1.. days in reverse order.
        admissions: (point, lag), probabilities of 0.. days in reverse order.
    """

    thetas: FloatArray
    factors: FloatArray
    phis: FloatArray
    sigmas: FloatArray
    generations: FloatArray
    admissions: FloatArray


class DrawnPlace(NamedTuple):
    """Draws of a place, in the order of the proposals.

    Attributes:
        point: (draw,), point of the law.
        z: (draw, unknown + 1), standard normal numbers that stand for them.
        reported: (draw, day), share reported so far.
        theta: (draw, unknown).
        log_phi: (draw,).
        log_r: (draw, day).
        infections: (draw, seed_days + day).
        ratio: (draw,), log of posterior over proposal, without constants.
    """

    point: IntArray
    z: FloatArray
    reported: FloatArray
    theta: FloatArray
    log_phi: FloatArray
    log_r: FloatArray
    infections: FloatArray
    ratio: FloatArray
