"""Nowcasts of the declared epidemics: the last days, completed for reports that are to come."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.epidemics.epidemic_fits import EpidemicFit, EpidemicFits
from vigie.actions.forecasts.report_revisions import LateReports
from vigie.paths import FloatArray
from vigie.schemas import NOWCASTS

__all__ = ["nowcast_models", "nowcast_rows"]

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def nowcast_rows(epidemics: EpidemicFits) -> pa.Table:
    """Completed counts of the last days of every epidemic whose reports come late.

    Returns:
        Rows of ``schemas.NOWCASTS``, all columns but ``run``.

    Source: docs/models/nowcast.md.
    """
    schema = NOWCASTS.schema_before_run()
    rows = [row for fit in epidemics.fits if fit.late is not None for row in _rows(fit, fit.late)]
    return pa.Table.from_pylist(rows, schema)


def nowcast_models(epidemics: EpidemicFits) -> dict[str, str]:
    """Name of the model, by task."""
    late = [fit for fit in epidemics.fits if fit.late is not None]
    if not late:
        return {}
    from vigie.epidemiology.renewal import RENEWAL_MODEL

    return {
        f"nowcast {fit.rule.measure} {fit.rule.category}".strip(): RENEWAL_MODEL for fit in late
    }


def _rows(fit: EpidemicFit, late: LateReports) -> list[dict[str, object]]:
    from vigie.epidemiology.renewal import RENEWAL_MODEL

    rule, group, result = fit.rule, fit.group, fit.result
    reported = late.reported()
    share = late.hazards.expected_share()[:, ::-1]
    draws = result.nowcast.astype(np.float64)
    if late.hazards.stood is None:
        # A day on which a ward has not reported has no count; what the others said still holds.
        draws = np.maximum(draws, np.nan_to_num(reported)[:, :, None])
    quantiles = np.quantile(draws, _LEVELS, axis=2)
    days = draws.shape[1]
    rows: list[dict[str, object]] = []
    for place, key in enumerate(group.places):
        begins = int(result.first_day[place]) - (result.past_days - days)
        for day in range(max(0, begins), days):
            row: dict[str, object] = {
                "measure": rule.measure,
                "place": key,
                "category": rule.category,
                "date": group.history.last_date - timedelta(days=days - 1 - day),
                "model_id": RENEWAL_MODEL,
                "reported": _or_none(reported[place, day]),
                "share_reported": float(share[place, day]),
                "first_delay_days": late.first_delay_days,
                "known_after": _known(late.known_after[place, day, : days - day]),
            }
            for level, value in zip(_LEVELS, quantiles[:, place, day].tolist(), strict=True):
                row[f"q{round(100 * level):02d}"] = value
            rows.append(row)
    return rows


def _known(values: FloatArray) -> list[float | None]:
    return [_or_none(value) for value in values.tolist()]


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
