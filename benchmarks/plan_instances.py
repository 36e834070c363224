"""Invented exchanges of many products: the reference instances of plans, by seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vigie.planning import Exchange, Lanes, Use

__all__ = ["DAYS", "NEAREST", "PRODUCTS", "SITES", "exchanges", "halves"]

SITES, PRODUCTS, DAYS, NEAREST = 100, 20, 14, 8
_GROWTH_SPREAD, _COMMON_SPREAD, _LOCAL_SPREAD = 0.03, 0.03, 0.04


def exchanges(
    seed: int, samples: int, *, sites: int = SITES, products: int = PRODUCTS
) -> list[Exchange]:
    """Products at sites that grow or fall, with stocks for some days and half of them on order.

    Demand is a gamma-Poisson count about a mean that drifts for all sites, for each site and, as
    the protocol, for each product; every site lies in a square of 200 km and has ways to its
    eight nearest.
    """
    rng = np.random.default_rng(seed)
    lanes = _lanes(rng, sites)
    size = np.exp(rng.normal(4, 0.6, sites))
    days = np.arange(1, DAYS + 1)
    growth = np.exp(
        rng.normal(0, _GROWTH_SPREAD, (sites, 1, 1)) * days[:, None]
        + np.cumsum(rng.normal(0, _COMMON_SPREAD, (DAYS, samples)), axis=0)
        + np.cumsum(rng.normal(0, _LOCAL_SPREAD, (sites, DAYS, samples)), axis=1)
    )
    return [_product(rng, lanes, size, growth, at) for at in range(products)]


def halves(given: Exchange, first: int) -> tuple[Exchange, Exchange]:
    """The same exchange on its first futures, and on the others."""
    parts = (given.need[..., :first], given.need[..., first:])
    one, other = (replace(given, need=np.ascontiguousarray(part)) for part in parts)
    return one, other


def _lanes(rng: np.random.Generator, sites: int) -> Lanes:
    at = rng.uniform(0, 200, (sites, 2))
    km = 1.3 * np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=-1))
    np.fill_diagonal(km, np.inf)
    rank = np.argsort(np.argsort(km, axis=1), axis=1)
    km = np.where(rank < NEAREST, km, np.inf)
    return Lanes(km, np.where(np.isfinite(km), np.where(km < 60, 1.0, 2.0), np.inf))


def _product(
    rng: np.random.Generator, lanes: Lanes, size: np.ndarray, growth: np.ndarray, number: int
) -> Exchange:
    sites = len(size)
    mean = size * np.exp(rng.normal(-1, 0.8)) * np.exp(rng.normal(0, 0.3, sites))
    protocol = np.exp(rng.normal(0, 0.15, growth.shape[2]))
    demand = rng.poisson(rng.gamma(8, mean[:, None, None] * growth * protocol / 8))
    stock = np.round(mean * np.exp(rng.normal(np.log(14), 0.8, sites)))
    arriving = np.zeros((sites, DAYS))
    ordered = np.flatnonzero(rng.random(sites) < 0.5)
    day = rng.integers(3, DAYS, len(ordered))
    arriving[ordered, day] = np.round(mean[ordered] * rng.uniform(3, 14, len(ordered)))
    need = np.cumsum(demand - arriving[..., None], axis=1).astype(np.float32)
    places = tuple(f"S{at:03d}" for at in range(sites))
    pack = float(rng.choice([1, 5, 10, 20]))
    return Exchange(
        "products", f"P{number:02d}", "unit", places, stock, need, Use.LOST, pack, lanes
    )
