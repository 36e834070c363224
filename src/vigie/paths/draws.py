"""The chance of a run, drawn once and shared by all models: what makes paths joint.

A baseline model answers "what may change?" with pieces of the past. These draws say, for each
future, which piece and with which sign; every series of every measure reads the same piece, so
that futures in which one hospital fills are those in which its neighbours fill too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths.arrays import FloatArray, IntArray, PathArray

__all__ = ["JointDraws", "joint_draws", "past_index"]


@dataclass(frozen=True, slots=True, eq=False)
class JointDraws:
    """Chance of all futures. Samples 2j and 2j + 1 read the same past with opposite signs.

    Attributes:
        position: (sample,), in [0, 1), which stretch of the past a whole path follows.
        sign: (sample,), +1 or -1; 0 for the last sample of an odd number, which stays put.
        donor: (sample,), in [0, 1), which series stands in for one without history.
        step_position: (step, sample), in [0, 1), which past step each step repeats.
        step_sign: (step, sample), +1, -1 or 0, as sign.
    """

    position: FloatArray
    sign: PathArray
    donor: FloatArray
    step_position: FloatArray
    step_sign: PathArray

    @property
    def sample_count(self) -> int:
        """Number of futures."""
        return len(self.position)

    @property
    def steps(self) -> int:
        """Longest horizon these draws serve."""
        return len(self.step_position)

    def first(self, count: int) -> JointDraws:
        """The draws of the first ``count`` futures."""
        return JointDraws(
            self.position[:count],
            self.sign[:count],
            self.donor[:count],
            self.step_position[:, :count],
            self.step_sign[:, :count],
        )


def joint_draws(rng: np.random.Generator, steps: int, sample_count: int) -> JointDraws:
    """Draw the chance of a run.

    Positions are stratified over the pairs of samples, so that 1000 futures cover the past
    evenly; signs are antithetic, so that the median of a symmetric change is exactly 0.

    Args:
        rng: source of chance.
        steps: longest horizon of any model of the run, >= 1.
        sample_count: number of futures, >= 1.
    """
    pairs = (sample_count + 1) // 2

    def doubled(values: FloatArray) -> FloatArray:
        return np.repeat(values, 2, axis=-1)[..., :sample_count]

    def stratified() -> FloatArray:
        return np.asarray((rng.permutation(pairs) + rng.random(pairs)) / pairs)

    def signs(shape: tuple[int, ...]) -> PathArray:
        plus = np.where(rng.random((*shape, pairs)) < 0.5, 1.0, -1.0)
        both = np.stack([plus, -plus], axis=-1).reshape(*shape, 2 * pairs)
        if sample_count % 2:
            both[..., sample_count - 1] = 0.0
        return both[..., :sample_count].astype(np.float32)

    return JointDraws(
        position=doubled(stratified()),
        sign=signs(()),
        donor=doubled(stratified()),
        step_position=doubled(np.stack([stratified() for _ in range(steps)])),
        step_sign=signs((steps,)),
    )


def past_index(position: FloatArray, count: int, window: int) -> IntArray:
    """Which of the last ``count`` items a draw takes, counted back from the last (0).

    Series with as many items as the window take the same one, item by item; a series with fewer
    takes the same where it has it and else one of its own, so that all its items stay equally
    probable.

    Args:
        position: any shape, in [0, 1).
        count: items the series has, 1..window.
        window: items that a series has at most.

    Returns:
        The shape of position, in 0..count - 1.
    """
    at = position * window
    if count < window:
        at = np.where(at < count, at, (at - count) * (count / (window - count)))
    return np.minimum(at.astype(np.int64), count - 1)
