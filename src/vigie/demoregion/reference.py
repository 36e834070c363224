"""The reference tables and code lists of the demo region, as a crisis room keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from vigie.demoregion.calendar import public_holidays
from vigie.demoregion.catalogue import PRODUCTS, SKILLS, VENTILATOR, WARDS, house_gtin
from vigie.demoregion.depot import (
    DEPOT,
    DEPOT_CODE,
    depot_arcs,
    depot_place,
    depot_rows,
)
from vigie.demoregion.geography import Geography, distances_km
from vigie.demoregion.staff_rules import staff_tables
from vigie.schemas import REFERENCE, Table

__all__ = ["code_lists", "reference_tables"]

Row = Mapping[str, object]

DOSE_SOURCE = "Invented; orders of magnitude of public dose tables"
VENTILATED_SHARE = 0.62
NEAR_KM, NEIGHBOURS = 90.0, 8
_CALENDAR_YEARS = 5
SPEED_KM_PER_HOUR, LOADING_HOURS = 62.0, 0.6


def reference_tables(geography: Geography, first_date: date) -> dict[str, pa.Table]:
    """The reference tables, by name.

    Args:
        geography: places and distances.
        first_date: first day of reports; policies are in force since the year before.
    """
    since = date(first_date.year - 1, 1, 1)
    rows: dict[str, Iterable[Row]] = {
        "measures": _measures(),
        "categories": _categories(),
        "places": _places(geography),
        "products": _products(),
        "equipment": [
            {"equipment": VENTILATOR, "ward_kind": "icu", "share_needing": VENTILATED_SHARE}
        ],
        **staff_tables(since),
        "doses": _doses(since),
        "arcs": [
            *_arcs(geography),
            *depot_arcs(geography, LOADING_HOURS, SPEED_KM_PER_HOUR),
        ],
        "calendars": [
            {"date": day, "place": "", "kind": "holiday", "name": name}
            for day, name in public_holidays(since.year, first_date.year + _CALENDAR_YEARS)
        ],
        "definition_changes": [],
        "depots": depot_rows(geography),
        "supplier_caps": [],
        "supplier_shares": [],
    }
    return {table.name: _table(table, rows[table.name]) for table in REFERENCE}


def code_lists(geography: Geography) -> dict[str, dict[str, str]]:
    """How the systems of the hospitals call things: code lists by name, code to key."""
    sites = geography.sites
    return {
        "registry": {site.registry_number: site.key for site in sites},
        "registry_wards": {ward.registry_label: ward.key for ward in WARDS},
        "sitrep_sites": {f"CH {site.name}": site.key for site in sites},
        "sitrep_wards": {"Réanimation adulte": "icu"},
        "stores": {site.store_code: site.key for site in sites} | {DEPOT_CODE: DEPOT},
    }


def _table(table: Table, rows: Iterable[Row]) -> pa.Table:
    """A table with all columns; a column that a row leaves out takes its default."""
    defaults: dict[str, object] = {
        each.name: "" if each.default == "" else None for each in table.columns
    }
    return pa.Table.from_pylist(
        [{**defaults, **row} for row in rows], schema=_nullable(table.arrow_schema())
    )


def _nullable(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(each.name, each.type) for each in schema])


def _measures() -> list[Row]:
    def level(
        key: str, en: str, fr: str, unit: str, dimension: str, census: str, **other: object
    ) -> Row:
        return {
            "measure": key,
            "name_en": en,
            "name_fr": fr,
            "unit": unit,
            "kind": "level",
            "census": census,
            "over_days": "last",
            "dimension": dimension,
            **usual,
            **other,
        }

    def flow(key: str, en: str, fr: str, unit: str, dimension: str, **other: object) -> Row:
        return {
            "measure": key,
            "name_en": en,
            "name_fr": fr,
            "unit": unit,
            "kind": "flow",
            "census": "00:00-24:00",
            "over_days": "sum",
            "dimension": dimension,
            **usual,
            **other,
        }

    usual: Row = {
        "step": "day",
        "over_places": "sum",
        "minimum": 0.0,
        "counts_people": False,
        "threshold": 0,
        "tolerance": 0.05,
        "is_forecast": False,
    }
    people: Row = {"counts_people": True, "threshold": 5}
    ahead: Row = {"is_forecast": True}
    midnight, morning = "23:59", "08:00"
    return [
        level(
            "beds_occupied",
            "Beds occupied",
            "Lits occupés",
            "beds",
            "ward_kind",
            midnight,
            rules="beds",
            maximum=5000.0,
            **people,
            **ahead,
        ),
        level(
            "beds_staffed",
            "Staffed beds",
            "Lits armés",
            "beds",
            "ward_kind",
            midnight,
            maximum=5000.0,
        ),
        level(
            "beds_open",
            "Beds that can be opened",
            "Lits ouvrables",
            "beds",
            "ward_kind",
            midnight,
            maximum=5000.0,
        ),
        flow(
            "admissions",
            "Ward admissions",
            "Entrées dans l'unité",
            "patients",
            "ward_kind",
            maximum=2000.0,
            **people,
            **ahead,
        ),
        flow(
            "epidemic_admissions",
            "Admissions with the epidemic disease",
            "Hospitalisations pour la maladie épidémique",
            "patients",
            "",
            maximum=2000.0,
            **people,
            **ahead,
        ),
        level(
            "staff_rostered",
            "Staff on the roster, day shift",
            "Personnel prévu, équipe de jour",
            "staff",
            "skill",
            morning,
            maximum=5000.0,
        ),
        level(
            "staff_absent",
            "Staff absent, day shift",
            "Personnel absent, équipe de jour",
            "staff",
            "skill",
            morning,
            maximum=5000.0,
            **people,
            **ahead,
        ),
        level(
            "ventilators_in_use",
            "Ventilators in use",
            "Respirateurs utilisés",
            "machines",
            "equipment",
            midnight,
            maximum=2000.0,
            **ahead,
        ),
        level(
            "ventilators_total",
            "Ventilators",
            "Respirateurs",
            "machines",
            "equipment",
            midnight,
            maximum=2000.0,
        ),
        level("stock_on_hand", "Stock on hand", "Stock disponible", "units", "product", midnight),
        flow("consumption", "Units used", "Unités consommées", "units", "product"),
        flow(
            "emergency_calls",
            "Calls to the emergency number",
            "Appels d'urgence",
            "calls",
            "",
            **ahead,
        ),
    ]


def _categories() -> list[Row]:
    wards = [
        {
            "category": each.key,
            "dimension": "ward_kind",
            "name_en": each.name_en,
            "name_fr": each.name_fr,
        }
        for each in WARDS
    ]
    skills = [
        {
            "category": each.key,
            "dimension": "skill",
            "name_en": each.name_en,
            "name_fr": each.name_fr,
            "ward_kind": each.ward,
        }
        for each in SKILLS
    ]
    ventilator = {
        "category": VENTILATOR,
        "dimension": "equipment",
        "name_en": "Ventilators",
        "name_fr": "Respirateurs",
        "ward_kind": "icu",
    }
    return [*wards, *skills, ventilator]


def _places(geography: Geography) -> list[Row]:
    populations = geography.populations
    nation: Row = {
        "place": geography.nation_key,
        "name": geography.nation_name,
        "kind": "nation",
        "population": float(populations.sum()),
        "duty_role": "National crisis cell",
        "contact": f"crisis-cell@{geography.nation_key}.example",
    }
    regions: list[Row] = [
        {
            "place": region.key,
            "name": region.name,
            "kind": "region",
            "parent": geography.nation_key,
            "population": float(people),
            "latitude": region.latitude,
            "longitude": region.longitude,
            "duty_role": "Regional bed coordinator",
            "contact": f"beds@{region.key}.example",
            "reports_by": "07:00",
        }
        for region, people in zip(geography.regions, populations, strict=True)
    ]
    sites: list[Row] = [
        {
            "place": site.key,
            "name": site.name,
            "kind": "site",
            "parent": geography.regions[site.region].key,
            "latitude": site.latitude,
            "longitude": site.longitude,
            "duty_role": "Duty bed manager",
            "contact": f"bed-manager@{site.key}.example",
            "reports_by": "07:00",
        }
        for site in geography.sites
    ]
    return [nation, *regions, *sites, depot_place(geography)]


def _products() -> list[Row]:
    return [
        {
            "product": each.key,
            "name_en": each.name_en,
            "name_fr": each.name_fr,
            "unit": each.unit,
            "pack_size": float(each.pack_size),
            "class": each.kind,
            "is_reusable": each.is_reusable,
            "unmet": each.unmet,
            "gtin": house_gtin(number),
            "standard_code": each.standard_code,
            "lead_time_days": float(each.lead_time_days),
        }
        for number, each in enumerate(PRODUCTS, start=1)
    ]


def _doses(since: date) -> list[Row]:
    return [
        {
            "product": product.key,
            "ward_kind": ward.key,
            "per_patient_day": dose,
            "variation": 0.3,
            "valid_from": since,
            "source": DOSE_SOURCE,
        }
        for product in PRODUCTS
        for ward, dose in zip(WARDS, product.doses, strict=True)
        if dose > 0
    ]


def _arcs(geography: Geography) -> list[Row]:
    """Ways to every site near by and to the nearest ones, both ways."""
    distance = distances_km(geography)
    np.fill_diagonal(distance, np.inf)
    is_linked = distance <= NEAR_KM
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :NEIGHBOURS]
    np.put_along_axis(is_linked, nearest, True, axis=1)
    is_linked |= is_linked.T
    np.fill_diagonal(is_linked, False)
    return [
        {
            "from_place": geography.sites[sender].key,
            "to_place": geography.sites[receiver].key,
            "km": round(float(distance[sender, receiver]), 1),
            "hours": round(
                LOADING_HOURS + float(distance[sender, receiver]) / SPEED_KM_PER_HOUR, 1
            ),
        }
        for sender, receiver in np.argwhere(is_linked)
    ]
