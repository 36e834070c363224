"""The two delays of a declared epidemic: published ones by their names, or a gamma law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.actions.rooms.room import EpidemicRule

if TYPE_CHECKING:
    from vigie.epidemiology.delays import Delay

__all__ = ["admission_delay", "generation_interval", "middle_of"]


def generation_interval(rule: EpidemicRule) -> Delay:
    """From infection to infection."""
    names = [rule.generation] if rule.generation else []
    return _delay(names, rule.generation_mean_days, rule.generation_sd_days)


def admission_delay(rule: EpidemicRule) -> Delay:
    """From infection to admission."""
    return _delay(rule.admission, rule.admission_mean_days, rule.admission_sd_days)


def middle_of(delay: Delay) -> Delay:
    """The same law with its figures taken as known: a fifth of the work, for forecasts."""
    return replace(delay, mean_sd_days=0.0, sd_sd_days=0.0)


def _delay(names: Sequence[str], mean_days: float, sd_days: float) -> Delay:
    """The published delays in a row, or a gamma law."""
    from vigie.epidemiology.delays import Delay, DelayFamily, added_delay, published_delay

    if not names:
        return Delay(DelayFamily.GAMMA, mean_days, sd_days)
    first, *rest = (published_delay(name) for name in names)
    for each in rest:
        first = added_delay(first, each)
    return first
