"""The fan charts of a place: needs against their capacity first, then what else is forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from vigie.actions.pages.score_lines import score_lines
from vigie.actions.views.late_lines import open_steps_of
from vigie.actions.views.risks import Risk
from vigie.actions.views.room_names import Measure, Place, RoomNames
from vigie.actions.views.series import Bands, fan_picture, read_bands, series_of
from vigie.actions.views.views import Picture, ReleaseTables
from vigie.actions.words.wording import Words

__all__ = ["NeedSpec", "PlaceSeries", "build_pictures"]

MOST_PICTURES = 12


@dataclass(frozen=True, slots=True)
class NeedSpec:
    """A need and what it is held against, as vigie.toml declares it under [[shortage]].

    Attributes:
        kind: beds, equipment or products.
        need: measure of the need; of the stock for products.
        capacity: measure of the capacity; "" where the need is held against none.
    """

    kind: str
    need: str
    capacity: str


@dataclass(frozen=True, slots=True)
class PlaceSeries:
    """Rows of one measure and category at a place, in order of day; facts, or a whole's sums."""

    measure: Measure
    category: str
    rows: tuple[dict[str, Any], ...]
    is_whole: bool


def build_pictures(
    tables: ReleaseTables,
    place: Place,
    names: RoomNames,
    series: Sequence[PlaceSeries],
    needs: Sequence[NeedSpec],
    risks: Sequence[Risk],
    words: Words,
) -> tuple[Picture, ...]:
    """At most twelve pictures, the highest risk first; capacities are drawn with their need."""
    by_need = {spec.need: spec for spec in needs}
    capacities = {spec.capacity for spec in needs}
    found = {(one.measure.key, one.category): one for one in series}
    risk_of = {(risk.kind, risk.category): risk for risk in risks}
    bands = _read_bands(tables, place, series)
    lines = score_lines(tables, place.key, words)
    late = open_steps_of(tables)

    def risk_for(one: PlaceSeries) -> Risk | None:
        spec = by_need.get(one.measure.key)
        return risk_of.get((spec.kind, one.category)) if spec else None

    def order(one: PlaceSeries) -> tuple[int, float, str, str]:
        risk, key = risk_for(one), (one.measure.key, one.category)
        rank = 0 if risk else 1 if key in bands else 2
        return (rank, -(risk.probability if risk else 0.0), *key)

    chosen = [one for one in series if one.measure.key not in capacities]
    pictures = []
    for one in sorted(chosen, key=order)[:MOST_PICTURES]:
        spec = by_need.get(one.measure.key)
        held = found.get((spec.capacity, one.category)) if spec else None
        ahead = bands.get((one.measure.key, one.category))
        until = ahead.reference_date if ahead else None
        if until is not None and one.measure.key in late:
            until = late[one.measure.key].complete_until(until)
        picture = _picture(tables, place, names, one, held, ahead, risk_for(one), until, words)
        if picture is None:
            continue
        if ahead is not None and one.measure.key in lines:
            picture = replace(picture, source=f"{lines[one.measure.key]} {picture.source}")
        pictures.append(picture)
    return tuple(pictures)


def _read_bands(
    tables: ReleaseTables, place: Place, series: Sequence[PlaceSeries]
) -> dict[tuple[str, str], Bands]:
    found: dict[tuple[str, str], Bands] = {}
    for measure in {one.measure.key for one in series}:
        forecasts = tables.table("forecasts", target=measure, location=place.key)
        if not forecasts.num_rows:
            continue
        for category in {one.category for one in series if one.measure.key == measure}:
            bands = read_bands(forecasts, category)
            if bands:
                found[measure, category] = bands
    return found


def _picture(
    tables: ReleaseTables,
    place: Place,
    names: RoomNames,
    one: PlaceSeries,
    held: PlaceSeries | None,
    bands: Bands | None,
    risk: Risk | None,
    until: date | None,
    words: Words,
) -> Picture | None:
    """The picture; after the day ``until`` counts are drawn as incomplete."""
    step = one.measure.step
    return fan_picture(
        name=f"{one.measure.key}-{one.category or 'all'}",
        title=names.series(one.measure.key, one.category),
        measure=one.measure,
        place=place.name,
        series=series_of(one.rows, step, complete_until=until),
        bands=bands,
        capacity=series_of(held.rows, step) if held else None,
        capacity_name=names.series(held.measure.key, "") if held else "",
        risk=risk,
        today=tables.as_of,
        release=tables.release,
        words=words,
    )
