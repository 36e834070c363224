"""Delays between infection, symptoms, admission and report: laws, whole days, fits, literature.

Here live the continuous laws with their uncertainty, their discretisation when both events are
known by the day, fits to line lists, and published figures. Late reports of counts are completed
in ``nowcast``; infections and admissions are tied together in ``renewal``.
"""

from vigie.epidemiology.delays.adding import added_days, added_delay
from vigie.epidemiology.delays.delay import Delay, DelayFamily
from vigie.epidemiology.delays.discretise import (
    LARGEST_TAIL,
    DiscreteDelay,
    day_probabilities,
    delay_design,
    generation_probabilities,
    given_probabilities,
)
from vigie.epidemiology.delays.fitting import FEWEST_PAIRS, fit_delay
from vigie.epidemiology.delays.published import PUBLISHED_DELAYS, published_delay
from vigie.epidemiology.delays.reporting import ReportingHazards, share_reported

__all__ = [
    "FEWEST_PAIRS",
    "LARGEST_TAIL",
    "PUBLISHED_DELAYS",
    "Delay",
    "DelayFamily",
    "DiscreteDelay",
    "ReportingHazards",
    "added_days",
    "added_delay",
    "day_probabilities",
    "delay_design",
    "fit_delay",
    "generation_probabilities",
    "given_probabilities",
    "published_delay",
    "share_reported",
]
