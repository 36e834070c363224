"""Shares of units that declare a shortage, of many places, foretold together.

Here live the history of shares, the guard that reads an emptied register as missing, what the
regression learns from, the forecast, and the chance that a share will be unusually high. Patients
in bed are forecast in ``pooled_occupancy``.
"""

from vigie.hospital.pooled_shares.forecast import (
    SHARE_MODEL,
    share_days_needed,
    share_forecasts,
    share_quantiles,
)
from vigie.hospital.pooled_shares.history import ShareHistory
from vigie.hospital.pooled_shares.onset import (
    ONSET_DAYS,
    ONSET_LEVEL,
    onset_probability,
    onset_threshold,
)
from vigie.hospital.pooled_shares.resets import without_resets

__all__ = [
    "ONSET_DAYS",
    "ONSET_LEVEL",
    "SHARE_MODEL",
    "ShareHistory",
    "onset_probability",
    "onset_threshold",
    "share_days_needed",
    "share_forecasts",
    "share_quantiles",
    "without_resets",
]
