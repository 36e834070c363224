"""Whole sample paths put in the order of others: who rises with whom is borrowed, not drawn."""

from __future__ import annotations

import numpy as np

from vigie.paths.arrays import PathArray

__all__ = ["in_order_of"]


def in_order_of(paths: PathArray, like: PathArray) -> PathArray:
    """The same paths of each series, numbered so that their totals rank as those of others.

    For a model whose draws of one series know nothing of those of the next: future i takes, in
    each series, the path whose total over all days has the rank that the other model's future i
    has there. A path stays whole, so days belong together as the model said; sums over series
    spread as the other model's futures say.

    Args:
        paths: (..., day, sample), finite; each series' futures in any order.
        like: (..., day, sample), of the same shape; joint over series.

    Returns:
        The shape of paths; each series holds the very same paths. Equal totals keep the order of
        their samples.

    Raises:
        ValueError: the shapes differ.

    Source: docs/models/renewal.md, section "As a forecast of flows".
    """
    if paths.shape != like.shape or paths.ndim < 2:
        raise ValueError(f"paths of shape {paths.shape} cannot be put in the order of {like.shape}")
    own = np.argsort(paths.sum(axis=-2, dtype=np.float64), axis=-1, kind="stable")
    wanted = np.argsort(like.sum(axis=-2, dtype=np.float64), axis=-1, kind="stable")
    from_place = np.empty_like(own)
    np.put_along_axis(from_place, wanted, own, axis=-1)
    return np.take_along_axis(paths, from_place[..., None, :], axis=-1)
