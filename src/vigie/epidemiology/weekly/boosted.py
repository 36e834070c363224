"""Gradient-boosted trees, one model for all places and horizons: two ways to a distribution.

``boosted_spread`` learns the centre of the move and how far it is missed, and takes the shape from
all misses of weeks that a tree had not seen. ``boosted_quantiles`` learns each quantile for itself.
Their errors differ, so that their mean is better than each. LightGBM is imported when they run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from vigie.epidemiology.weekly.features import Examples
from vigie.errors import MissingExtra
from vigie.paths import QUANTILE_LEVELS, BoolArray, FloatArray, IntArray, weighted_quantiles

if TYPE_CHECKING:
    from lightgbm import Booster, Dataset

__all__ = ["BoostingRules", "boosted_quantiles", "boosted_spread"]

_LEARNT_LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
"""Levels with trees of their own; the others lie between them on the scale of a normal law.

Nine of them scored no better and cost nearly twice the time.
"""

_LEAST_MISS = 0.01
"""Added to absolute misses before their logarithm, in levels."""


@dataclass(frozen=True, slots=True)
class BoostingRules:
    """How the trees are grown; chosen on the seasons 2022-23 and 2023-24.

    Attributes:
        spread_bags: models of the centre.
        spread_trees: trees of each.
        spread_block: consecutive weeks that a model of the centre leaves out together.
        quantile_bags: models of each quantile level.
        quantile_trees: trees of each.
        quantile_block: consecutive weeks that they leave out together.
        folds: models that together leave out every block once; each lacks one block in so many.
    """

    spread_bags: int = 24
    spread_trees: int = 150
    spread_block: int = 8
    quantile_bags: int = 15
    quantile_trees: int = 100
    quantile_block: int = 4
    folds: int = 3


def boosted_spread(given: Examples, rng: np.random.Generator, rules: BoostingRules) -> FloatArray:
    """Quantiles of moves from a boosted centre, a boosted spread and pooled misses.

    Args:
        given: what is learnt from; at least some hundred rows.
        rng: source of chance: bags, and the trees' own.
        rules: how the trees are grown.

    Returns:
        (location, steps, level), moves in levels, never decreasing along the levels.

    Source: docs/models/pooled-weekly.md, equations 3 to 5.
    """
    asked = given.asked.reshape(-1, given.asked.shape[-1])
    centre = np.zeros(len(asked))
    missed, times = np.zeros(len(given.moves)), np.zeros(len(given.moves))
    turning = 0.5 * float(given.moves.std())
    for inside in _folds(given.origin, rng, rules.spread_bags, rules.spread_block, rules.folds):
        model = _grown(
            _rows(given.features[inside], given.moves[inside]),
            rules.spread_trees,
            {"objective": "huber", "alpha": turning, "feature_fraction": 0.5, "seed": _seed(rng)},
        )
        centre += _answers(model, asked) / rules.spread_bags
        missed[~inside] += _answers(model, given.features[~inside])
        times[~inside] += 1
    tested = times > 0
    errors = given.moves[tested] - missed[tested] / times[tested]
    spread = _grown(
        _rows(given.features[tested], np.log(np.abs(errors) + _LEAST_MISS)),
        60,
        {
            "objective": "regression",
            "learning_rate": 0.08,
            "num_leaves": 8,
            "min_data_in_leaf": 200,
            "feature_fraction": 0.5,
            "lambda_l2": 5.0,
            "seed": _seed(rng),
        },
    )
    shape = errors / np.exp(_answers(spread, given.features[tested]))
    drawn = weighted_quantiles(shape, np.ones(len(shape)))
    result = centre[:, None] + np.exp(_answers(spread, asked))[:, None] * drawn
    return _by_place(result, given)


def boosted_quantiles(
    given: Examples, rng: np.random.Generator, rules: BoostingRules
) -> FloatArray:
    """Quantiles of moves, each level by trees of its own; means over bags.

    Args, returns: as ``boosted_spread``.

    Source: docs/models/pooled-weekly.md, equation 6.
    """
    asked = given.asked.reshape(-1, given.asked.shape[-1])
    levels = np.zeros((len(asked), len(_LEARNT_LEVELS)))
    for inside in _folds(given.origin, rng, rules.quantile_bags, rules.quantile_block, rules.folds):
        rows = _rows(given.features[inside], given.moves[inside])
        grown = [
            _grown(
                rows,
                rules.quantile_trees,
                {
                    "objective": "quantile",
                    "alpha": level,
                    "feature_fraction": 0.6,
                    "seed": _seed(rng),
                },
            )
            for level in _LEARNT_LEVELS
        ]
        answers = np.stack([_answers(each, asked) for each in grown], axis=-1)
        levels += answers / rules.quantile_bags
    return _by_place(_all_levels(levels), given)


def _by_place(rows: FloatArray, given: Examples) -> FloatArray:
    steps, places = given.asked.shape[:2]
    return np.sort(rows.reshape(steps, places, -1).transpose(1, 0, 2), axis=-1)


def _folds(
    origin: IntArray, rng: np.random.Generator, bags: int, width: int, folds: int
) -> list[BoolArray]:
    """Masks of the rows of each bag: blocks of weeks, each left out by one bag in every ``folds``.

    Few weeks of the past hold its peaks; left out by chance alone they would be missing here and
    doubled there, and the forecast of a peak would hang on the seed.
    """
    masks: list[BoolArray] = []
    while len(masks) < bags:
        block = (origin + rng.integers(width)) // width
        kinds = np.unique(block)
        fold = rng.permutation(np.arange(len(kinds)) % folds)[np.searchsorted(kinds, block)]
        masks += [fold != left_out for left_out in range(folds)]
    return [mask if mask.any() else np.ones_like(mask) for mask in masks[:bags]]


def _all_levels(learnt: FloatArray) -> FloatArray:
    """(..., 23) from the learnt levels, linear on the scale of a normal law, beyond them too."""
    ordered = np.sort(learnt, axis=-1)
    known, wanted = norm.ppf(_LEARNT_LEVELS), norm.ppf(QUANTILE_LEVELS)
    below = np.clip(np.searchsorted(known, wanted) - 1, 0, len(known) - 2)
    share = (wanted - known[below]) / (known[below + 1] - known[below])
    return np.asarray(ordered[..., below] * (1 - share) + ordered[..., below + 1] * share)


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31 - 1))


_BINS = 127

_COMMON: Mapping[str, object] = {
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 60,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "max_bin": _BINS,
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbose": -1,
}


def _check_runtime() -> None:
    try:
        import lightgbm  # noqa: F401
    except OSError as error:
        raise MissingExtra(
            f"The boosted forecast cannot load LightGBM: {error}. It needs the system's OpenMP "
            "runtime. On Debian or Ubuntu: sudo apt install libgomp1."
        ) from error


def _rows(features: FloatArray, target: FloatArray) -> Dataset:
    _check_runtime()
    import lightgbm

    # Kept, so that models of several levels share what was sorted into bins once.
    return lightgbm.Dataset(
        features, target, params={"max_bin": _BINS, "verbose": -1}, free_raw_data=False
    )


def _grown(rows: Dataset, trees: int, parameters: Mapping[str, object]) -> Booster:
    import lightgbm

    return lightgbm.train({**_COMMON, **parameters}, rows, trees)


def _answers(model: Booster, features: FloatArray) -> FloatArray:
    if not len(features):
        return np.zeros(0)
    return np.asarray(model.predict(features, num_threads=1), dtype=np.float64)
