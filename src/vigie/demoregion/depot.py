"""The national reserve of the demo region: a depot that holds some products and is not drawn on.

Nothing of it is part of the hospitals' truth: their stocks, orders and deliveries are as they would
be without it. It is there for plans to lend from, and chance plays no part in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from vigie.demoregion.catalogue import PRODUCTS, WARDS, house_gtin
from vigie.demoregion.geography import Geography, road_km
from vigie.demoregion.reporting import (
    FeedReport,
    date_column,
    key_column,
    known_at_column,
)

__all__ = [
    "DEPOT",
    "DEPOT_CODE",
    "depot_arcs",
    "depot_place",
    "depot_rows",
    "depot_stock",
    "with_depot_lots",
    "with_depot_stock",
]

Row = Mapping[str, object]

DEPOT, DEPOT_CODE = "national-reserve", "R001"
_NAME = "Réserve nationale"
_HELD = (
    "ffp2_mask_small",
    "ffp2_mask_large",
    "surgical_mask",
    "gown_disposable",
    "gloves_medium",
    "hme_filter",
    "closed_suction",
    "blood_gas_cartridge",
)
"""Products that it holds."""

_HELD_DAYS, _KEPT_SHARE = 2.0, 0.5
"""Days of the nation's use in a quiet week that it holds, and the part of it that stays."""

_LOTS = {
    "surgical_mask": ((-40, 0.2), (9, 0.15)),
    "closed_suction": ((6, 0.3), (120, 0.3)),
}
"""Days from the last observed one to the last day of use, and the part held, of lots that are told;
the rest of these products lasts for years."""

_LASTS_DAYS = 900

_OFF_NORTH, _OFF_EAST = -0.35, 0.3
"""Degrees from the middle of the regions, so that its mark covers no site of the small region."""

_EXPORT_MINUTE = 190
_DAY_MINUTES = 1440


def depot_place(geography: Geography) -> Row:
    """The depot as a row of places: near the middle of the regions, outside their towns."""
    latitude, longitude = _place_of(geography)
    return {
        "place": DEPOT,
        "name": _NAME,
        "kind": "depot",
        "parent": geography.nation_key,
        "latitude": latitude,
        "longitude": longitude,
        "duty_role": "Duty pharmacist of the reserve",
        "contact": f"duty@{DEPOT}.example",
        "reports_by": "07:00",
    }


def depot_arcs(geography: Geography, loading_hours: float, speed_km_per_hour: float) -> list[Row]:
    """Ways from the depot to every site.

    Args:
        geography: sites.
        loading_hours: before and after the drive.
        speed_km_per_hour: of the drive.
    """
    sites = geography.sites
    [distances] = road_km(
        [_place_of(geography)], [(each.latitude, each.longitude) for each in sites]
    )
    return [
        {
            "from_place": DEPOT,
            "to_place": site.key,
            "km": round(float(km), 1),
            "hours": round(loading_hours + float(km) / speed_km_per_hour, 1),
        }
        for site, km in zip(sites, distances, strict=True)
    ]


def depot_rows(geography: Geography) -> list[Row]:
    """Rows of the reference table of depots: half of what it holds stays."""
    packs = {product.key: product.pack_size for product in PRODUCTS}
    return [
        {
            "depot": DEPOT,
            "product": key,
            "reserve": float(round(units * _KEPT_SHARE / packs[key]) * packs[key]),
        }
        for key, units in depot_stock(geography).items()
    ]


def depot_stock(geography: Geography) -> dict[str, int]:
    """Units that the depot holds on every day, in whole packs, by product."""
    beds = float(geography.beds.sum())
    in_bed = [beds * ward.share_of_beds * ward.usual_share for ward in WARDS]
    held = {}
    for product in PRODUCTS:
        if product.key in _HELD:
            of_patients = sum(n * dose for n, dose in zip(in_bed, product.doses, strict=True))
            used = of_patients + beds * product.background
            held[product.key] = math.ceil(_HELD_DAYS * used / product.pack_size) * product.pack_size
    return held


def with_depot_stock(
    report: FeedReport, geography: Geography, days: int, first_date: date
) -> FeedReport:
    """The report of stock with the rows of the depot: every day, on time, nothing used.

    Args:
        report: of the sites; their rows and the order of these stay as they are.
        geography: of the region.
        days: observed days.
        first_date: day 0.
    """
    held = depot_stock(geography)
    products, units = list(held), np.array(list(held.values()), dtype=np.int64)
    day = np.repeat(np.arange(days), len(products))
    product = np.tile(np.arange(len(products)), days)
    own = pa.table(
        {
            "place": key_column(np.zeros(len(day), dtype=np.int64), [DEPOT]),
            "category": key_column(product, products),
            "reference_date": date_column(day, first_date),
            "known_at": known_at_column((day + 1) * _DAY_MINUTES + _EXPORT_MINUTE, first_date),
            "stock_on_hand": pa.array(units[product]),
            "consumption": pa.array(np.zeros(len(day), dtype=np.int64)),
        }
    )
    own = own.select(report.table.column_names).cast(report.table.schema)
    both = pa.concat_tables([report.table, own]).unify_dictionaries().combine_chunks()
    return FeedReport(report.name, both.sort_by("known_at"), report.flaws)


def with_depot_lots(lots: pa.Table, geography: Geography, days: int, first_date: date) -> pa.Table:
    """The counts of lots with those of the depot: on the days on which the sites count.

    One lot has expired unseen. Chance plays no part.

    Args:
        lots: of the sites; their rows and the order of these stay as they are.
        geography: of the region.
        days: observed days.
        first_date: day 0.
    """
    held, packs = depot_stock(geography), {each.key: each for each in PRODUCTS}
    keys = [each.key for each in PRODUCTS]
    rows = []
    for counted in sorted(set(lots["counted_date"].to_pylist())):
        for product, parts in _LOTS.items():
            pack = packs[product].pack_size
            units = [round(share * held[product] / pack) * pack for _, share in parts]
            ends = [days - 1 + last for last, _ in parts]
            told = zip(
                (*ends, days + _LASTS_DAYS), (*units, held[product] - sum(units)), strict=True
            )
            rows += [
                {
                    "place": DEPOT,
                    "product": product,
                    "lot": f"R{number:05d}",
                    "gtin": house_gtin(keys.index(product) + 1),
                    "expires_date": first_date + timedelta(days=last),
                    "quantity": quantity,
                    "unit": packs[product].unit,
                    "counted_date": counted,
                }
                for number, (last, quantity) in enumerate(told, start=1)
                if quantity
            ]
    minutes = [((row["counted_date"] - first_date).days + 1) * _DAY_MINUTES for row in rows]
    known = known_at_column(np.array(minutes, dtype=np.int64) + _EXPORT_MINUTE, first_date)
    own = pa.Table.from_pylist(rows, schema=pa.schema(list(lots.schema)[:-1]))
    own = own.append_column("known_at", known).select(lots.column_names).cast(lots.schema)
    both = pa.concat_tables([lots, own]).unify_dictionaries().combine_chunks()
    return both.sort_by("known_at")


def _place_of(geography: Geography) -> tuple[float, float]:
    regions = geography.regions
    return (
        round(sum(each.latitude for each in regions) / len(regions) + _OFF_NORTH, 4),
        round(sum(each.longitude for each in regions) / len(regions) + _OFF_EAST, 4),
    )
