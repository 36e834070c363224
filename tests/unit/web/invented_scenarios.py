"""Rows of the tables of scenarios, of one place: R times 0.7 on days ahead."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

__all__ = ["change", "input_row", "scenario_rows"]


def change(
    first: date | None,
    last: date | None,
    *,
    factor: float = 0.7,
    places: tuple[str, ...] = (),
    declared: date | int | None = None,
) -> dict[str, Any]:
    """One change as the inputs of a scenario hold it."""
    return {
        "kind": "reproduction",
        "factor": factor,
        "from": str(declared) if isinstance(declared, date) else declared,
        "to": None,
        "places": list(places),
        "first_date": None if first is None else str(first),
        "last_date": None if last is None else str(last),
    }


def input_row(*changes: dict[str, Any], name: str = "closed", **more: Any) -> dict[str, Any]:
    """What a scenario of the admissions was made of."""
    return {
        "run": "r",
        "scenario": name,
        "label": "not a forecast",
        "title_en": "Night life closed",
        "title_fr": "Vie nocturne fermée",
        "why_en": "The prefect asks.",
        "why_fr": "Le préfet demande.",
        "source": "Invented",
        "measure": "admissions",
        "category": "",
        "changes": json.dumps(changes),
        "seed": 1,
        "message": "",
        "sha256": "0",
        "text": "",
    } | more


def scenario_rows(
    place: str,
    last_reported: date,
    *,
    name: str = "closed",
    total: float = -120.0,
    low: float = -170.0,
    high: float = -80.0,
) -> list[dict[str, Any]]:
    """14 days ahead of a place, of 400 admissions a day without the scenario.

    Args:
        place: key.
        last_reported: the day before the first.
        name: of the scenario.
        total, low, high: difference up to the last day, and its range.
    """
    shares = [(day + 1) / 14 for day in range(14)]
    rows: list[dict[str, Any]] = []
    for day, share in enumerate(shares):
        row: dict[str, Any] = {
            "run": "r",
            "scenario": name,
            "measure": "admissions",
            "place": place,
            "category": "",
            "date": last_reported + timedelta(days=day + 1),
            "model_id": "vigie-renewal",
            "label": "not a forecast",
            "difference_mean": share * total,
            "difference_q05": share * low,
            "difference_q95": share * high,
        }
        for level, middle in (("05", 300), ("25", 370), ("50", 400), ("75", 430), ("95", 500)):
            row[f"q{level}"] = middle + share * total / 14
            row[f"baseline_q{level}"] = float(middle)
        rows.append(row)
    return rows
