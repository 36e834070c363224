"""The page of a place: how it is, what limits it, what may run short, and whom to call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from vigie.actions.pages.ahead_pictures import ahead_pictures
from vigie.actions.pages.depot_part import depot_page
from vigie.actions.pages.place_pictures import NeedSpec, PlaceSeries, build_pictures
from vigie.actions.pages.scenario_views import scenario_views
from vigie.actions.rooms.places import DEPOT_KIND
from vigie.actions.views.accuracy import build_accuracy
from vigie.actions.views.bed_part_views import bed_part_lines
from vigie.actions.views.epidemic_views import epidemic_views
from vigie.actions.views.figures import (
    Evidence,
    conflict_text,
    latest_at_place,
    latest_of_whole,
    own_rows,
    read_evidence,
    whole_rows,
)
from vigie.actions.views.incomplete_figures import with_late_reports
from vigie.actions.views.moves import Move, one_move, read_place_moves
from vigie.actions.views.nowcast_views import change_lines, nowcast_pictures
from vigie.actions.views.risks import (
    LISTED_STEP,
    Risk,
    open_text,
    read_risks,
    risk_row,
    what_name,
)
from vigie.actions.views.room_names import Measure, Place, RoomNames, read_names
from vigie.actions.views.site_risks import highest_by_place
from vigie.actions.views.staff_views import StaffAhead, read_staff, with_staff
from vigie.actions.views.stock_views import (
    StockAdvice,
    advice_lines,
    also_due,
    expiring_lines,
    read_advice,
)
from vigie.actions.views.supplier_views import supplier_lines
from vigie.actions.views.views import (
    Accuracy,
    CapacityRow,
    ChildRow,
    ConflictRow,
    Contact,
    Figure,
    FigureState,
    LatestRow,
    PlacePage,
    ReleaseTables,
    RiskRow,
)
from vigie.actions.views.what_if_views import what_if_views
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import Words, words_for
from vigie.errors import NotFound, nearest

__all__ = ["build_place_page"]

REPORTING_KINDS = ("site", "unit", DEPOT_KIND)
PLACE_KINDS = ("nation", "region", *REPORTING_KINDS)
MOST_CONFLICTS = 10
MOST_MOVES = 6
MOST_ORDERS = 20

Advices = Mapping[tuple[str, str], StockAdvice]
Staff = Mapping[tuple[str, str], StaffAhead]

UNITS_OF_NEED = {"beds": "beds", "staff": "staff", "equipment": "units", "products": "units"}


@dataclass(frozen=True, slots=True)
class _Reader:
    """What every part of the page reads from."""

    tables: ReleaseTables
    place: Place
    names: RoomNames
    evidence: Evidence
    words: Words


def build_place_page(
    tables: ReleaseTables,
    place: str,
    *,
    language: Language,
    needs: Sequence[NeedSpec] = (),
) -> PlacePage:
    """The page of a nation, region, site or unit of a release, in one language.

    Args:
        tables: of the release.
        place: key of the place.
        language: of the reader.
        needs: which measure is held against which capacity, for the pictures.

    Raises:
        NotFound: the room has no such place on the day of the release.
    """
    words = words_for(language)
    names = read_names(tables, language)
    if place not in names.places:
        near = nearest(place, names.places)
        raise NotFound(words.say("place.unknown", place=place, near=near))
    reader = _Reader(tables, names.places[place], names, read_evidence(tables, names), words)
    risks = read_risks(tables, place=place)
    series = _read_series(reader)
    nowcasts = tables.table("nowcasts", place=place).to_pylist()
    latest = tuple(_latest(reader, one, nowcasts) for one in series)
    own = [risk for risk in risks if risk.kind != "products"]
    products = [risk for risk in risks if risk.kind == "products"]
    moves_in, moves_out = _moves(reader)
    advice = read_advice(tables, place=place)
    staff = read_staff(tables, own, place=place)
    scenarios, scenarios_note = scenario_views(tables, reader.place, names, series, words)
    what_ifs, what_ifs_note = what_if_views(tables, names, words, place=place)
    return PlacePage(
        language=language,
        room_name=tables.room_name,
        release=tables.release,
        as_of=tables.as_of,
        published_at=tables.published_at,
        published=words.moment(tables.published_at, tables.timezone),
        place=place,
        name=reader.place.name,
        kind=_kind(reader.place, words),
        parents=tuple((parent.key, parent.name) for parent in names.parents(place)),
        contact=_contact(reader.place),
        last_report=_last_report(latest, words),
        state=_worst_state(latest),
        capacity=tuple(_capacity_row(risk, staff, names, words) for risk in own),
        products=_product_rows(products, advice, names, words),
        capacity_note=_capacity_note(reader, own),
        products_note=_products_note(reader, products),
        moves_in=moves_in,
        moves_out=moves_out,
        scenarios=scenarios,
        scenarios_note=scenarios_note,
        what_ifs=what_ifs,
        what_ifs_note=what_ifs_note,
        latest=latest,
        pictures=build_pictures(tables, reader.place, names, series, needs, own, words),
        children=_children(reader),
        conflicts=_conflicts(reader),
        accuracy=_accuracy(tables, place, words),
        epidemics=epidemic_views(tables, reader.place, names, words),
        nowcasts=nowcast_pictures(tables, reader.place, names, words),
        definition_changes=change_lines(tables, reader.place, names, words),
        ahead=ahead_pictures(tables, reader.place, names, needs, risks, words),
        orders=_other_orders(products, advice, names, words),
        expiring=expiring_lines(advice.values(), names, words),
        bed_parts=bed_part_lines(tables, place, names, words),
        depot=depot_page(tables, place, names, words) if names.is_depot(place) else None,
        suppliers=supplier_lines(tables, names, words, names.inside(place)),
        plan_region={"nation": "", "region": place}.get(reader.place.kind),
    )


def _kind(place: Place, words: Words) -> str:
    return words.say(f"place.kind.{place.kind}") if place.kind in PLACE_KINDS else place.kind


def _contact(place: Place) -> Contact | None:
    if not (place.duty_role or place.contact):
        return None
    return Contact(place.duty_role, place.contact, place.reports_by)


def _read_series(reader: _Reader) -> tuple[PlaceSeries, ...]:
    """Every series of the place; of products only where nothing else is reported.

    Elsewhere the rows of shortages carry the products, and 40 of them would bury the wards.
    """
    measures = reader.names.measures.values()
    found = _series_of([each for each in measures if each.dimension != "product"], reader)
    if not found:
        found = _series_of([each for each in measures if each.dimension == "product"], reader)
    if reader.names.is_depot(reader.place.key):
        # It has stock and nothing else.
        found = [each for each in found if each.measure.kind == "level" and not each.is_whole]
    return tuple(found)


def _series_of(measures: Sequence[Measure], reader: _Reader) -> list[PlaceSeries]:
    found: list[PlaceSeries] = []
    for measure in measures:
        rows = _facts(reader, measure.key) if reader.place.kind in REPORTING_KINDS else []
        found += _by_category(measure, rows) if rows else _series_of_whole(reader, measure)
    return found


def _by_category(measure: Measure, rows: Sequence[dict[str, Any]]) -> list[PlaceSeries]:
    return [
        PlaceSeries(measure, category, tuple(members), is_whole=False)
        for category, members in groupby(rows, key=lambda row: str(row["category"]))
    ]


def _series_of_whole(reader: _Reader, measure: Measure) -> list[PlaceSeries]:
    """Totals of a region or nation; its own facts where it speaks for itself (registries)."""
    place = reader.place.key
    coverage = reader.tables.table("coverage", measure=measure.key, place=place)
    found, told = [], sorted(set(coverage["category"].to_pylist()))
    for category in told:
        totals = whole_rows(coverage, category)
        own = own_rows(reader.tables, measure.key, place, totals)
        found.append(PlaceSeries(measure, category, tuple(own or totals), is_whole=not own))
    rest = [row for row in _facts(reader, measure.key) if row["category"] not in told]
    return found + _by_category(measure, rest)


def _facts(reader: _Reader, measure: str) -> list[dict[str, Any]]:
    rows = reader.tables.table("facts", measure=measure, place=reader.place.key).to_pylist()
    return sorted(rows, key=lambda row: (row["category"], row["reference_date"]))


def _latest(reader: _Reader, series: PlaceSeries, nowcasts: Sequence[dict[str, Any]]) -> LatestRow:
    rows = list(series.rows)
    name = reader.names.series(series.measure.key, series.category)
    row = (
        latest_of_whole(rows, series.measure, reader.evidence, reader.names, reader.words)
        if series.is_whole
        else latest_at_place(rows, series.measure, reader.evidence, reader.words)
    )
    row = with_late_reports(row, nowcasts, series.measure, series.category, reader.words)
    return replace(row, name=name)


def _last_report(latest: Sequence[LatestRow], words: Words) -> str:
    days = [row.figure.as_of for row in latest if row.figure.as_of]
    if not days:
        return words.say("place.no_reports")
    return words.say("place.last_report", day=words.weekday(max(days)))


def _worst_state(latest: Sequence[LatestRow]) -> FigureState:
    order = (FigureState.MISSING, FigureState.CONFLICT, FigureState.STALE, FigureState.WITHHELD)
    states = {row.figure.state for row in latest} or {FigureState.MISSING}
    return next((state for state in order if state in states), FigureState.FINE)


def _capacity_row(risk: Risk, staff: Staff, names: RoomNames, words: Words) -> CapacityRow:
    unit = words.unit(UNITS_OF_NEED.get(risk.kind, "units"))
    use = ""
    if risk.need_now is not None and risk.capacity_now:
        use = f"{words.number(round(100 * risk.need_now / risk.capacity_now))}\u00a0%"
    return CapacityRow(
        risk=with_staff(risk, staff, names, words),
        need=_amount(risk.need_now, unit, risk.data_date, words),
        capacity=_amount(risk.capacity_now, unit, risk.data_date, words),
        use=use,
    )


def _amount(value: float | None, unit: str, day: date, words: Words) -> Figure:
    if value is None:
        text = words.say("state.missing")
        return Figure(text, unit, day, None, None, FigureState.MISSING)
    return Figure(words.number(value), unit, day, None, None, FigureState.FINE, value=value)


def _product_rows(
    products: Sequence[Risk], advice: Advices, names: RoomNames, words: Words
) -> tuple[RiskRow, ...]:
    rows = []
    for risk in products:
        if risk.step >= LISTED_STEP:
            own = advice.get(risk.key[1:])
            lines = advice_lines(own, names, words, is_stock_said=True) if own else ()
            alone = open_text(risk, words)
            rows.append(
                replace(risk_row(risk, names, words), advice=(*lines, *filter(None, [alone])))
            )
    return tuple(rows)


def _other_orders(
    products: Sequence[Risk], advice: Advices, names: RoomNames, words: Words
) -> tuple[str, ...]:
    """Orders due of products that are not in the list: a timely order keeps them out of it."""
    listed = {risk.key[1:] for risk in products if risk.step >= LISTED_STEP}
    rest = [each for cell, each in advice.items() if cell not in listed]
    return also_due(rest, names, words, MOST_ORDERS)


def _capacity_note(reader: _Reader, own: Sequence[Risk]) -> str:
    if own:
        return reader.words.say("risk.leaves_out")
    is_whole = bool(reader.names.children(reader.place.key))
    return reader.words.say("place.see_inside" if is_whole else "place.no_capacity")


def _products_note(reader: _Reader, products: Sequence[Risk]) -> str:
    words = reader.words
    if not products:
        is_whole = bool(reader.names.children(reader.place.key))
        return words.say("place.see_inside" if is_whole else "place.no_products")
    rest = sum(risk.step < LISTED_STEP for risk in products)
    # A site whose orders are not known must not be read as one that will order in time.
    is_open = all(risk.probability_open is None for risk in products)
    said = [words.count("place.products_rest", rest) if rest else ""]
    said.append(words.say("place.open_orders" if is_open else "place.usual_orders"))
    return " ".join(text for text in said if text)


def _moves(reader: _Reader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    arriving, leaving = read_place_moves(reader.tables, reader.place.key)
    return _said(arriving, reader, from_side=False), _said(leaving, reader, from_side=True)


def _said(moves: Sequence[Move], reader: _Reader, *, from_side: bool) -> tuple[str, ...]:
    names, words = reader.names, reader.words
    lines = [one_move(move, names, words, from_side=from_side) for move in moves[:MOST_MOVES]]
    rest = len(moves) - len(lines)
    return (*lines, words.count("move.more", rest)) if rest else tuple(lines)


def _children(reader: _Reader) -> tuple[ChildRow, ...]:
    children = reader.names.children(reader.place.key)
    if not children:
        return ()
    highest = highest_by_place(read_risks(reader.tables))
    rows = []
    for child in children:
        inside = reader.names.inside(child.key)
        within = [highest[key] for key in inside if key in highest]
        worst = max(within, key=lambda risk: (risk.probability, *risk.key), default=None)
        what = what_name(worst, reader.names, reader.words) if worst else ""
        if worst and worst.place != child.key:
            what = f"{what}, {reader.names.place(worst.place)}"
        chance = reader.words.chance(worst.probability) if worst else None
        if reader.names.is_depot(child.key):
            what = f"{reader.words.say('place.kind.depot')}{reader.words.colon}"
            what += reader.words.say("depot.title").lower()
        rows.append(ChildRow(child.key, child.name, what, chance))
    rows.sort(key=lambda row: (-(row.chance.probability if row.chance else -1.0), row.name))
    return tuple(rows)


def _conflicts(reader: _Reader) -> tuple[ConflictRow, ...]:
    rows = [
        row
        for key, row in sorted(reader.evidence.conflicts.items())
        if key[1] == reader.place.key and key[0] in reader.names.measures
    ]
    rows.sort(key=lambda row: row["reference_date"], reverse=True)
    return tuple(
        ConflictRow(
            name=reader.names.series(row["measure"], row["category"]),
            day=row["reference_date"],
            text=conflict_text(row, reader.names.measures[row["measure"]], reader.words),
            rule=row["rule"],
        )
        for row in rows[:MOST_CONFLICTS]
    )


def _accuracy(tables: ReleaseTables, place: str, words: Words) -> Accuracy:
    """Of the forecasts of this place; of all places together while there is no outcome here."""
    if any(row["slice"] == "place" for row in tables.table("scores", place=place).to_pylist()):
        return build_accuracy(tables, words, place=place)
    whole = build_accuracy(tables, words)
    return Accuracy(f"{whole.text} {words.say('place.accuracy_scope')}", whole.is_worse)
