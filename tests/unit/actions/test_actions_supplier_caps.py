"""Declared caps of suppliers, and what the table of stock advice says of them."""

from datetime import date

import numpy as np
import pyarrow as pa

from vigie.actions.shortages.supplier_caps import read_supplier_caps, with_waiting
from vigie.schemas import STOCK_ADVICE, SUPPLIER_CAPS, SUPPLIER_SHARES
from vigie.supply import CappedSupplier

DATES = np.datetime64("2021-01-04", "D") + np.arange(4)


def table(of, rows):
    schema = pa.schema([pa.field(each.name, each.type) for each in of.columns])
    blank = dict.fromkeys(of.names)
    return pa.Table.from_pylist([{**blank, **row} for row in rows], schema=schema)


def caps_of(rows, shares=()):
    return read_supplier_caps(table(SUPPLIER_CAPS, rows), table(SUPPLIER_SHARES, shares))


def test_a_room_without_caps_has_none():
    assert caps_of([]) is None


def test_a_cap_holds_from_its_first_day_to_before_its_last():
    caps = caps_of(
        [
            {"supplier": "S", "product": "masks", "valid_from": date(2021, 1, 5),
             "valid_to": date(2021, 1, 7), "units_per_day": 3.0},
            {"supplier": "S", "product": "", "valid_from": date(2020, 1, 1),
             "units_per_week": 14.0},
        ]
    )  # fmt: skip
    assert caps.on("masks", DATES)["S"].tolist() == [np.inf, 3.0, 3.0, np.inf]
    assert caps.on("gowns", DATES)["S"].tolist() == [2.0] * 4
    assert caps.on("masks", DATES + 30) == {}


def test_declared_parts_of_a_product_rule_over_those_of_all():
    caps = caps_of(
        [{"supplier": "S", "product": "", "valid_from": date(2021, 1, 1), "units_per_day": 1.0}],
        [
            {"supplier": "S", "product": "", "place": "A", "share": 1.0},
            {"supplier": "S", "product": "masks", "place": "B", "share": 2.0},
        ],
    )
    assert caps.shares("S", "masks", ["A", "B"]).tolist() == [0.0, 2.0]
    assert caps.shares("S", "gowns", ["A", "B"]).tolist() == [1.0, 0.0]
    assert not caps.has_shares("T", "masks")


def test_advice_names_the_supplier_that_owes_the_place_most():
    names = [name for name in STOCK_ADVICE.names if name != "run"]
    rows = [{"place": "A", "supplier": "T"}, {"place": "B", "supplier": "S"}, {"place": "C"}]
    advice = table(STOCK_ADVICE, rows).select(names)

    def owes(name, waiting):
        days = np.array(waiting)
        return CappedSupplier(name, np.array([5.0, 4.0]), np.ones(3), np.zeros((2, 1)), days)

    capped = [owes("S", [[9, 7], [0, 0], [0, 0]]), owes("T", [[1, 1], [0, 0], [0, 0]])]
    told = with_waiting(advice, ["A", "B", "C"], capped).to_pylist()
    assert [row["capped_supplier"] for row in told] == ["S", "S", None]
    assert (told[0]["waiting"], told[0]["waiting_end"], told[0]["cap_per_day"]) == (9, 7, 4)
    assert told[1]["waiting"] == 0
    assert with_waiting(advice, ["A", "B", "C"], []) is advice
