"""All products of a run: their orders, depots and results, from what the room declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from vigie.actions.forecasts.forecasting import Chance, Stream
from vigie.actions.rooms.room import Room, ShortageRule
from vigie.actions.shortages.left_since import departures
from vigie.actions.shortages.order_book import order_book
from vigie.actions.shortages.product_lots import lot_book
from vigie.actions.shortages.product_orders import told_orders
from vigie.actions.shortages.product_plans import PlanTerms
from vigie.actions.shortages.product_shortages import ProductResult, product_results
from vigie.actions.shortages.product_what_ifs import ProductWhatIfs
from vigie.actions.shortages.room_depots import no_depots, room_depots
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.usual_orders import learn_usual_orders
from vigie.lake import DataFile
from vigie.planning import Wishes
from vigie.schemas import PRODUCTS

__all__ = ["ProductRun", "product_run"]


@dataclass(frozen=True, slots=True)
class ProductRun:
    """The products of one rule.

    Attributes:
        results: made a few at a time, as they are asked for.
        usual_orders: what the law of ordering rests on; None where the rule asks for none.
        depot_stock: rows of the table of depot stock, without run.
    """

    results: Iterator[ProductResult]
    usual_orders: dict[str, object] | None
    depot_stock: pa.Table


def product_run(
    room: Room,
    rule: ShortageRule,
    inputs: Inputs,
    orders: Sequence[DataFile],
    lots: Sequence[DataFile],
    chance: Chance,
    wishes: Wishes,
    what_ifs: Callable[[str], ProductWhatIfs | None],
) -> ProductRun | None:
    """Judge the products of a rule; None when what it reads is not reported lately.

    Args:
        room: the room.
        rule: of kind products.
        inputs: of the run, depots among the places that report stock.
        orders: files of the table of orders.
        lots: files of the table of lots.
        chance: of the run.
        wishes: what plans keep to.
        what_ifs: scenarios of products, from the measure of patients in bed ("": none).
    """
    if rule.measures["stock"] not in inputs.histories:
        return None
    by_lot, left = lot_book(room, lots, inputs.as_of), departures(room, inputs.as_of)
    depots, of_sites = room_depots(rule, inputs, by_lot, left)
    known = of_sites.histories
    if not all(name in known and known[name].is_current for name in rule.measures.values()):
        return None
    told = told_orders(room, orders, inputs.as_of)
    book = order_book(room, told, inputs.as_of, chance.stream(Stream.ORDERS))
    is_usual = rule.orders == "usual"
    usual = learn_usual_orders(rule, of_sites, book) if is_usual else None
    beds = (each for each in room.values.shortages if each.kind == "beds")
    occupancy = next((each.measures["need"] for each in beds), "")
    results = product_results(
        rule,
        of_sites,
        chance.draws(),
        book.arriving,
        occupancy,
        PlanTerms(wishes, room.values.plan.longest_drive_hours),
        what_ifs(occupancy),
        book,
        usual,
        depots,
        by_lot,
        left,
    )
    listed = inputs.reference[PRODUCTS.name].to_pylist()
    return ProductRun(
        results,
        None if not is_usual else {"orders": 0} if usual is None else usual.told(),
        no_depots() if depots is None else depots.rows(listed, book),
    )
