"""The central depots of a run: what each holds, keeps back and can send, and to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND, History
from vigie.actions.rooms.places import depot_places, places_inside
from vigie.actions.rooms.room import Room, ShortageRule
from vigie.actions.shortages.depot_lots import depot_expiry, depot_lots
from vigie.actions.shortages.left_since import Departures
from vigie.actions.shortages.order_book import OrderBook
from vigie.actions.shortages.product_lots import LotBook, LotCount
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.planning import Depot
from vigie.schemas import DEPOT_STOCK, DEPOTS, PLACES

__all__ = [
    "DepotTerms",
    "RoomDepots",
    "declared_terms",
    "depot_terms",
    "no_depots",
    "room_depots",
    "stock_measures",
    "without_depots",
]

_SCHEMA = DEPOT_STOCK.schema_before_run()


@dataclass(frozen=True, slots=True)
class DepotTerms:
    """What is declared of a product at a depot.

    Attributes:
        reserve: units that stay.
        serves: whom it serves, as written; "": all.
        row: product of the row that says so, "" for that of all; None: no row does.
    """

    reserve: float = 0.0
    serves: str = ""
    row: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RoomDepots:
    """Depots of a run.

    Attributes:
        places: keys.
        held: what they report of stock; None: nothing.
        terms: declared, by depot and product ("": products without a row).
        inside: places in each place that a depot serves, by its key.
        as_of: day of the run.
        horizon_days: days looked ahead.
        lots: stock by day of expiry.
        left: moves that left before the run.
    """

    places: tuple[str, ...]
    held: History | None
    terms: Mapping[tuple[str, str], DepotTerms]
    inside: Mapping[str, frozenset[str]]
    as_of: date
    horizon_days: int
    lots: LotBook
    left: Departures

    def of(self, product: str) -> list[Depot]:
        """Every depot with what it holds of a product, so that all products have the same places.

        One that never told of the product holds none; where the last report is older than
        MOST_DAYS_BEHIND days its stock is unknown. What left it since that report is taken off,
        what expires first before the rest.
        """
        return [self._depot(place, product) for place in self.places]

    def _depot(self, place: str, product: str) -> Depot:
        terms = depot_terms(self.terms, place, product)
        serves = None
        if terms.serves:
            serves = frozenset().union(*(self.inside[each] for each in terms.serves.split()))
        told = self.last_told(place, product)
        if told is None:
            return Depot(place, 0.0, terms.reserve, serves)
        if (self.as_of - told[0]).days > MOST_DAYS_BEHIND:
            return Depot(place, float("nan"), terms.reserve, serves)
        stock = max(0.0, told[1] - self.left.since(place, product, told[0]))
        count = self._count(place, product)
        lots = () if count is None else depot_lots(count, stock, told[0], self.as_of)
        return Depot(place, stock, terms.reserve, serves, lots)

    def _count(self, place: str, product: str) -> LotCount | None:
        return self.lots.get(product, {}).get(place)

    def last_told(self, place: str, product: str) -> tuple[date, float] | None:
        """Day and units of the last report; None: there is none."""
        if self.held is None or place not in self.held.places:
            return None
        values = self.held.select([place], [product])[0, 0]
        told = np.flatnonzero(np.isfinite(values))
        if not len(told):
            return None
        day: date = self.held.dates[told[-1]].astype(object)
        return day, float(values[told[-1]])

    def rows(self, products: Sequence[Mapping[str, object]], book: OrderBook | None) -> pa.Table:
        """Rows of the table of depot stock, without run, of all that is told or ordered.

        Args:
            products: rows of the reference table.
            book: orders of the run; None: none are told.
        """
        rows = []
        for listed in products:
            product = str(listed["product"])
            for depot in self.of(product):
                told = self.last_told(depot.place, product)
                if told is None:
                    continue
                sent = self.left.since(depot.place, product, told[0])
                has_lots = self._count(depot.place, product) and not np.isnan(depot.stock)
                on_order = None if book is None else book.on_order([depot.place], product)[0]
                rows.append(
                    {
                        "place": depot.place,
                        "category": product,
                        "as_of": self.as_of,
                        "unit": listed["unit"],
                        "data_date": told[0],
                        "stock": told[1],
                        "reserve": depot.reserve,
                        "free": None if np.isnan(depot.free) else depot.free,
                        "on_order": None if on_order is None or np.isnan(on_order) else on_order,
                        "serves": depot_terms(self.terms, depot.place, product).serves,
                        "sent": sent or None,
                    }
                    | depot_expiry(depot if has_lots else None, self.as_of, self.horizon_days)
                )
        return pa.Table.from_pylist(rows, schema=_SCHEMA)


def declared_terms(depots: pa.Table) -> dict[tuple[str, str], DepotTerms]:
    """What the reference table of depots declares, by depot and product ("": all without a row)."""
    return {
        (row["depot"], row["product"] or ""): DepotTerms(
            row["reserve"] or 0.0, row["serves"] or "", row["product"] or ""
        )
        for row in depots.to_pylist()
    }


def depot_terms(
    terms: Mapping[tuple[str, str], DepotTerms], depot: str, product: str
) -> DepotTerms:
    """What is declared of a product at a depot, of all products there, or nothing."""
    return terms.get((depot, product)) or terms.get((depot, "")) or DepotTerms()


def room_depots(
    rule: ShortageRule, inputs: Inputs, lots: LotBook, left: Departures
) -> tuple[RoomDepots | None, Inputs]:
    """The depots of a run, and the run without their stock; None where it has none.

    Args:
        rule: of kind products.
        inputs: of the run.
        lots: stock by day of expiry.
        left: moves that left before the run.
    """
    places = inputs.reference[PLACES.name]
    depots = depot_places(places, inputs.as_of)
    if not depots:
        return None, inputs
    terms = declared_terms(inputs.reference[DEPOTS.name])
    named = {each for own in terms.values() for each in own.serves.split()}
    inside = {each: places_inside(places, each, inputs.as_of) for each in named}
    measure = rule.measures["stock"]
    history = inputs.histories[measure]
    held = _of_places(history, [place for place in history.places if place in depots])
    sites = _of_places(history, [place for place in history.places if place not in depots])
    sites = sites and _reported_days(sites)
    others = dict(inputs.histories)
    if sites is None:
        del others[measure]
    else:
        others[measure] = sites
    found = RoomDepots(depots, held, terms, inside, inputs.as_of, inputs.horizon_days, lots, left)
    return found, replace(inputs, histories=others)


def no_depots() -> pa.Table:
    """The table of depot stock, without run, of a run that has none."""
    return _SCHEMA.empty_table()


def stock_measures(room: Room) -> list[str]:
    """Measures of stock that the rules of a room read."""
    rules = room.values.shortages
    return [rule.measures["stock"] for rule in rules if rule.kind == "products"]


def without_depots(room: Room, facts: pa.Table, day: date) -> pa.Table:
    """Figures without those of depots that are no stock: a depot has no patients and no use.

    Args:
        room: the room.
        facts: columns measure and place.
        day: as_of.
    """
    depots = depot_places(room.reference(PLACES.name), day)
    if not depots:
        return facts
    is_depot = pc.is_in(facts["place"], pa.array(depots, pa.string()))
    is_stock = pc.is_in(facts["measure"], pa.array(stock_measures(room), pa.string()))
    return facts.filter(pc.or_(pc.invert(is_depot), is_stock))


def _reported_days(history: History) -> History | None:
    """The same from the first to the last day with a report; None without any.

    What depots report must not move the days of the sites.
    """
    told = np.flatnonzero(np.isfinite(history.values).any(axis=(0, 1)))
    if not len(told):
        return None
    days = slice(int(told[0]), int(told[-1]) + 1)
    return replace(history, dates=history.dates[days], values=history.values[:, :, days])


def _of_places(history: History, places: Sequence[str]) -> History | None:
    """The same of some places, on the same days; None of no place."""
    if not places:
        return None
    values = history.select(places, history.categories)
    return replace(history, places=tuple(places), values=values)
