"""How good alerts are: which stood when, what they warned of, and which warned of nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths.arrays import BoolArray, FloatArray

__all__ = ["AlertScore", "onsets", "raised", "score_alerts", "standing_alerts"]


def standing_alerts(
    probability: FloatArray, open_at: float, close_below: float, calm_days: int
) -> BoolArray:
    """On which days an alert stands, with hysteresis.

    An alert is raised on the first day with a probability of at least ``open_at``; it ends on the
    ``calm_days``-th day in a row with less than ``close_below``.

    Args:
        probability: (day, series), 0..1.
        open_at: from which an alert is raised.
        close_below: below which a day is calm, at most ``open_at``.
        calm_days: calm days in a row that end it, >= 1.

    Returns:
        (day, series).

    Raises:
        ValueError: ``close_below`` is above ``open_at``, or ``calm_days`` below 1.
    """
    if close_below > open_at or calm_days < 1:
        raise ValueError(
            f"close_below {close_below} and calm_days {calm_days}: use at most open_at {open_at}, "
            "and at least 1 day"
        )
    standing = np.zeros(probability.shape, dtype=np.bool_)
    stands = np.zeros(probability.shape[1], dtype=np.bool_)
    calm = np.zeros(probability.shape[1], dtype=np.int64)
    for day, now in enumerate(probability):
        calm = np.where(now < close_below, calm + 1, 0)
        stands = (stands & (calm < calm_days)) | (now >= open_at)
        standing[day] = stands
    return standing


def raised(standing: BoolArray) -> BoolArray:
    """(day, series), the days on which an alert is raised; those of the first day count."""
    before = np.zeros_like(standing)
    before[1:] = standing[:-1]
    return np.asarray(standing & ~before)


def onsets(is_short: BoolArray, apart_days: int) -> BoolArray:
    """First days of shortages; one that comes back within some days is the same.

    Args:
        is_short: (day, series).
        apart_days: days without a shortage before another one begins, >= 1.

    Returns:
        (day, series); the first ``apart_days`` days are read as following days without shortage.
    """
    begins = is_short.copy()
    for back in range(1, apart_days + 1):
        begins[back:] &= ~is_short[:-back]
    return begins


@dataclass(frozen=True, slots=True)
class AlertScore:
    """What alerts were worth.

    Attributes:
        alerts: raised.
        true: of these, followed by the onset of a shortage in time.
        late: of the others, raised while a shortage was running.
        due: shortages that should have been warned of.
        warned: of these, with an alert that stood early enough.
    """

    alerts: int
    true: int
    late: int
    due: int
    warned: int

    @property
    def false(self) -> int:
        """Alerts that warned of nothing."""
        return self.alerts - self.true - self.late

    @property
    def warned_share(self) -> float:
        """Share of the shortages due that were warned of; NaN where none was due."""
        return self.warned / self.due if self.due else float("nan")

    @property
    def false_per_true(self) -> float:
        """False alerts for each true one; infinite where none was true but some false."""
        if self.true:
            return self.false / self.true
        return float("inf") if self.false else float("nan")


def score_alerts(
    standing: BoolArray,
    is_short: BoolArray,
    due: BoolArray,
    *,
    lead_days: int,
    true_within_days: int,
    apart_days: int,
) -> AlertScore:
    """Hold alerts against what happened, one series an episode after the other.

    Args:
        standing: (day, series), as ``standing_alerts`` gives it, of the days with alerts.
        is_short: (day + more, series), what was short, from ``apart_days`` before the first day
            of ``standing`` to ``true_within_days`` after its last or later.
        due: (day, series), whether a shortage that begins ``lead_days`` after the day should be
            warned of.
        lead_days: an alert counts as a warning when it stands so many days before the onset.
        true_within_days: an alert is true when a shortage begins within so many days, its own
            day included.
        apart_days: see ``onsets``.

    Raises:
        ValueError: is_short does not reach far enough.
    """
    days = standing.shape[0]
    needed = apart_days + days + max(true_within_days, lead_days)
    if is_short.shape[0] < needed or due.shape != standing.shape:
        raise ValueError(
            f"{is_short.shape[0]} days of shortages for {days} days of alerts and {due.shape[0]} "
            f"of due: {needed} are needed, and {days} of due"
        )
    begins = onsets(is_short, apart_days)[apart_days:]
    opened = raised(standing)
    soon = np.zeros_like(standing)
    for ahead in range(true_within_days + 1):
        soon |= begins[ahead : ahead + days]
    true = opened & soon
    late = opened & ~soon & is_short[apart_days : apart_days + days]
    wanted = begins[lead_days : lead_days + days] & due
    return AlertScore(
        alerts=int(opened.sum()),
        true=int(true.sum()),
        late=int(late.sum()),
        due=int(wanted.sum()),
        warned=int((wanted & standing).sum()),
    )
