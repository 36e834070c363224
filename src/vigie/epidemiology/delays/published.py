"""Delays from the literature, each with its source.

Only figures whose mean and spread the source itself states, or whose law it states, are here. A
delay that is missing (for example the generation interval of a variant of which only a mean is
published) is better given by the user than guessed. Uncertainty is a 95 % interval divided by
3.92.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from vigie.epidemiology.delays.delay import Delay, DelayFamily

__all__ = ["PUBLISHED_DELAYS", "published_delay"]


def _log_normal(median: float, log_sd: float, mean_sd_days: float, source: str) -> Delay:
    """The law of a median and a standard deviation of the log."""
    mean = median * math.exp(log_sd**2 / 2)
    sd = mean * math.sqrt(math.expm1(log_sd**2))
    return Delay(DelayFamily.LOG_NORMAL, mean, sd, mean_sd_days, 0.0, source)


_LAUER = (
    "Lauer and others, Annals of Internal Medicine 172 (2020) 577: log-normal, median 5.1 days "
    "(4.5 to 5.8), 181 cases outside Hubei"
)
_GANYANI = "Ganyani and others, Eurosurveillance 25(17) (2020) 2000257"
_GALMICHE = (
    "Galmiche and others, Lancet Microbe 4 (2023) e409, table 2: observed mean and standard "
    "deviation in France; the law is taken as log-normal"
)
_PELLIS = (
    "Pellis and others, Philosophical Transactions of the Royal Society B 376 (2021) 20200264: "
    "gamma, mean 5.14, standard deviation 4.20 days, first cases in the United Kingdom"
)
_COWLING = (
    "Cowling and others, Epidemiology 20 (2009) 344: serial interval in 14 household pairs, mean "
    "3.6 days (2.9 to 4.3), standard deviation 1.6; Weibull there, here the gamma law of the same "
    "mean and spread, used for the generation interval"
)
_LESSLER = (
    "Lessler and others, Lancet Infectious Diseases 9 (2009) 291: influenza A, log-normal, median "
    "1.4 days (1.3 to 1.5), dispersion 1.51"
)

PUBLISHED_DELAYS: Mapping[str, Delay] = MappingProxyType(
    {
        "covid-19 generation, Singapore 2020": Delay(
            DelayFamily.GAMMA,
            5.20,
            1.72,
            0.77,
            0.77,
            f"{_GANYANI}: 5.20 days (3.78 to 6.78), sd 1.72 (0.91 to 3.93)",
        ),
        "covid-19 generation, Tianjin 2020": Delay(
            DelayFamily.GAMMA,
            3.95,
            1.51,
            0.48,
            0.57,
            f"{_GANYANI}: 3.95 days (3.01 to 4.91), sd 1.51 (0.74 to 2.97)",
        ),
        "covid-19 incubation, 2020": _log_normal(5.1, 0.418, 0.36, _LAUER),
        "covid-19 incubation, historical": Delay(
            DelayFamily.LOG_NORMAL, 4.61, 2.24, 0.03, 0.0, _GALMICHE
        ),
        "covid-19 incubation, alpha": Delay(
            DelayFamily.LOG_NORMAL, 4.96, 2.32, 0.03, 0.0, _GALMICHE
        ),
        "covid-19 incubation, beta or gamma": Delay(
            DelayFamily.LOG_NORMAL, 5.18, 2.72, 0.13, 0.0, _GALMICHE
        ),
        "covid-19 incubation, delta": Delay(
            DelayFamily.LOG_NORMAL, 4.43, 2.19, 0.03, 0.0, _GALMICHE
        ),
        "covid-19 incubation, omicron": Delay(
            DelayFamily.LOG_NORMAL, 3.61, 1.82, 0.03, 0.0, _GALMICHE
        ),
        "covid-19 onset to admission, 2020": Delay(
            DelayFamily.GAMMA, 5.14, 4.20, 0.0, 0.0, _PELLIS
        ),
        "influenza serial interval": Delay(DelayFamily.GAMMA, 3.6, 1.6, 0.36, 0.0, _COWLING),
        "influenza a incubation": _log_normal(1.4, math.log(1.51), 0.06, _LESSLER),
    }
)
"""Delays by name; the source is in each."""


def published_delay(name: str) -> Delay:
    """A published delay by its name.

    Raises:
        ValueError: there is none of that name; the message lists them.
    """
    found = PUBLISHED_DELAYS.get(name)
    if found is None:
        raise ValueError(f"no published delay {name!r}; there are: {', '.join(PUBLISHED_DELAYS)}")
    return found
