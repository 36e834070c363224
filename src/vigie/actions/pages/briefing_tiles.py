"""The tiles of the briefing: the whole, yesterday, over a week, and in two weeks."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.actions.views.figures import (
    Evidence,
    coverage_text,
    latest_at_place,
    latest_of_whole,
    own_rows,
    whole_rows,
)
from vigie.actions.views.incomplete_figures import with_late_reports
from vigie.actions.views.risks import AT_RISK_STEP, Risk
from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.series import read_bands, series_of, tile_picture
from vigie.actions.views.views import Figure, FigureState, ReleaseTables, Tile, TileSpec
from vigie.actions.words.wording import Words

__all__ = ["build_tiles"]


def build_tiles(
    tables: ReleaseTables,
    specs: Sequence[TileSpec],
    names: RoomNames,
    evidence: Evidence,
    risks: Sequence[Risk],
    earlier: Sequence[Risk],
    previous: ReleaseTables | None,
    words: Words,
) -> tuple[Tile, ...]:
    """The tiles whose measure the room has, in the order asked for."""
    tiles = (
        _measure_tile(tables, spec, names, evidence, words)
        if spec.kind == "measure"
        else _shortage_tile(spec, names, risks, earlier, previous, words)
        for spec in specs
    )
    return tuple(tile for tile in tiles if tile is not None)


def _measure_tile(
    tables: ReleaseTables, spec: TileSpec, names: RoomNames, evidence: Evidence, words: Words
) -> Tile | None:
    measure, top = names.measures.get(spec.measure), names.top()
    if measure is None or top is None:
        return None
    coverage = tables.table("coverage", measure=spec.measure, place=top.key)
    rows = whole_rows(coverage, spec.category)
    if not rows:
        return None
    forecasts = tables.table("forecasts", target=spec.measure, location=top.key)
    bands = read_bands(forecasts, spec.category)
    own = own_rows(tables, spec.measure, top.key, rows)
    if own:
        latest = latest_at_place(own, measure, evidence, words)
        change = words.say("tile.own_change", change=latest.change) if latest.change else ""
    else:
        latest = latest_of_whole(rows, measure, evidence, names, words)
        nowcasts = tables.table("nowcasts", measure=measure.key, place=top.key).to_pylist()
        latest = with_late_reports(latest, nowcasts, measure, spec.category, words)
        change = latest.change
    title = names.series(spec.measure, spec.category)
    outlook = words.say("tile.no_outlook")
    if bands:
        day, low, high = bands.outlook(tables.as_of)
        outlook = words.say(
            "tile.outlook", day=words.day(day), range=words.range(low, high, measure.unit)
        )
    picture = tile_picture(
        name=f"tile-{spec.measure}-{spec.category or 'all'}",
        title=title,
        measure=measure,
        series=series_of(own or rows, measure.step),
        bands=bands,
        today=tables.as_of,
        words=words,
    )
    return Tile(
        title=title,
        figure=latest.figure,
        coverage=latest.coverage,
        completed=latest.completed,
        change=change,
        outlook=outlook,
        has_outlook=bands is not None,
        picture=picture,
    )


def _shortage_tile(
    spec: TileSpec,
    names: RoomNames,
    risks: Sequence[Risk],
    earlier: Sequence[Risk],
    previous: ReleaseTables | None,
    words: Words,
) -> Tile | None:
    of_kind = [risk for risk in risks if risk.kind == spec.measure]
    if not of_kind:
        return None
    # A region that is short and its hospital that is short are one shortage, not two.
    places = names.innermost({risk.place for risk in of_kind})
    assessed = [risk for risk in of_kind if risk.place in places]
    high = [risk for risk in assessed if risk.step >= AT_RISK_STEP]
    expected = max(len(names.sites()), len(places))
    places_at_risk = len({risk.place for risk in high})
    outlook = words.say(
        "tile.at_risk_outlook",
        day=words.day(max(risk.by for risk in assessed)),
        count=words.number(places_at_risk),
        expected=words.number(expected),
        reporters=words.reporters(names.reporters(expected), places_at_risk, expected),
    )
    figure = Figure(
        text=words.number(len(high)),
        unit=words.count(
            "tile.at_risk_stock" if spec.measure == "products" else "tile.at_risk_unit", len(high)
        ),
        as_of=max(risk.data_date for risk in assessed),
        reported=len(places),
        expected=expected,
        state=FigureState.FINE,
        value=float(len(high)),
    )
    return Tile(
        title=words.say("tile.at_risk", kind=words.say(f"kind.{spec.measure}")),
        figure=figure,
        coverage=coverage_text(len(places), expected, names, words),
        completed="",
        change=_change_of_count(spec.measure, len(high), earlier, previous, words),
        outlook=outlook,
        has_outlook=True,
        picture=None,
    )


def _change_of_count(
    kind: str, count: int, earlier: Sequence[Risk], previous: ReleaseTables | None, words: Words
) -> str:
    if previous is None:
        return ""
    before = sum(risk.kind == kind and risk.step >= AT_RISK_STEP for risk in earlier)
    return words.say(
        "tile.since", change=words.signed(count - before), day=words.day(previous.as_of)
    )
