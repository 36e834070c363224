"""The reproduction number of the declared epidemics, of nation, regions and sites large enough."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.epidemics.epidemic_fits import EpidemicFit, EpidemicFits
from vigie.schemas import REPRODUCTION

__all__ = ["DAYS_KEPT", "reproduction_models", "reproduction_rows"]

DAYS_KEPT = 60
"""Days whose reproduction number is kept, the last one being that of the last report."""

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_LONGEST_DOUBLING_DAYS = 365.0


def reproduction_rows(epidemics: EpidemicFits) -> pa.Table:
    """Reproduction number, growth and peak of every epidemic that was fitted.

    Of a place where it has admissions enough (10 a week).

    Returns:
        Rows of ``schemas.REPRODUCTION``, all columns but ``run``.

    Source: docs/models/renewal.md.
    """
    schema = REPRODUCTION.schema_before_run()
    tables = [pa.Table.from_pylist(_rows(fit), schema) for fit in epidemics.fits]
    return pa.concat_tables([schema.empty_table(), *tables])


def reproduction_models(epidemics: EpidemicFits) -> dict[str, str]:
    """Name of the model, by task."""
    if not epidemics.fits:
        return {}
    from vigie.epidemiology.renewal import RENEWAL_MODEL

    return {
        f"reproduction {fit.rule.measure} {fit.rule.category}".strip(): RENEWAL_MODEL
        for fit in epidemics.fits
    }


def _rows(fit: EpidemicFit) -> list[dict[str, object]]:
    """Rows of the places of which R may be shown."""
    from vigie.epidemiology.renewal import RENEWAL_MODEL, DrawQuality, growth_rate, peak

    rule, group, result = fit.rule, fit.group, fit.result
    last = result.past_days - 1
    begin = max(0, result.past_days - DAYS_KEPT)
    kept = result.reproduction_number[:, begin : last + 1].astype(np.float64)
    quantiles = np.quantile(kept, _LEVELS, axis=2)
    growing = (kept > 1).mean(axis=2)
    growth = np.quantile(growth_rate(result)[:, last].astype(np.float64), (0.05, 0.5, 0.95), axis=1)
    passed = peak(result).passed_probability
    rows: list[dict[str, object]] = []
    for at in np.flatnonzero(result.is_meaningful).tolist():
        for day in range(kept.shape[1]):
            if begin + day < result.first_day[at]:
                continue
            row: dict[str, object] = {
                "measure": rule.measure,
                "place": group.places[at],
                "category": rule.category,
                "date": group.history.last_date - timedelta(days=kept.shape[1] - 1 - day),
                "model_id": RENEWAL_MODEL,
                "probability_growing": float(growing[at, day]),
                "quality": DrawQuality(int(result.quality[at])).name.lower(),
            }
            for level, value in zip(_LEVELS, quantiles[:, at, day].tolist(), strict=True):
                row[f"r_q{round(100 * level):02d}"] = value
            rows.append(row)
        rows[-1] |= {
            "growth_rate_q05": float(growth[0, at]),
            "growth_rate_q50": float(growth[1, at]),
            "growth_rate_q95": float(growth[2, at]),
            "doubling_days": _doubling(float(growth[1, at])),
            "probability_peak_passed": float(passed[at]),
            "weekly_mean": float(result.weekly_mean[at]),
        }
    return rows


def _doubling(rate: float) -> float | None:
    """Days to double, negative to halve; None when it takes more than a year."""
    from vigie.epidemiology.renewal import doubling_days

    days = float(doubling_days(np.array(rate)))
    return days if abs(days) <= _LONGEST_DOUBLING_DAYS else None
