"""An invented release of 100 hospitals in 6 regions, in the tables of vigie.schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from invented_nowcast import nowcast_rows
from invented_scenarios import change, input_row, scenario_rows
from invented_scores import choice_rows, score_rows
from invented_spread import spread_rows

from vigie.actions.views.views import TileSpec
from vigie.schemas import INSTANT, table

TODAY = date(2020, 11, 9)
REGIONS = {
    "valombre": ("Valombre", 47.9, 1.2),
    "hautmarais": ("Hautmarais", 48.9, 4.4),
    "cotebleue": ("Côte-Bleue", 46.2, 0.4),
    "grandval": ("Grandval", 45.6, 5.2),
    "plaisance": ("Plaisance", 47.1, 6.8),
    "roquefer": ("Roquefer", 44.3, 2.6),
}
NAMES = (
    "Saint-Alban",
    "Les Ormes",
    "Pontclair",
    "Rivenoire",
    "Beaumesnil",
    "Clairfont",
    "Les Tilleuls",
    "Montgris",
    "Valsec",
    "Port-Lande",
    "Ermitage",
    "Sources",
    "Croix-Verte",
    "Bellerive",
    "Hauteplaine",
    "Fontneuve",
    "La Combe",
)
WARDS = {
    "general": ("General", "Médecine", 180.0),
    "icu": ("ICU", "Réanimation", 22.0),
    "hdu": ("High dependency", "Soins continus", 16.0),
}
SKILLS = {
    "icu_nurse": ("ICU nurses", "Infirmiers de réanimation"),
    "ward_nurse": ("Ward nurses", "Infirmiers de médecine"),
}
PRODUCTS = {
    "ffp2": ("FFP2 masks", "Masques FFP2"),
    "propofol": ("Propofol 1 %", "Propofol 1 %"),
    "gowns": ("Gowns", "Surblouses"),
}
MEASURES = (
    ("admissions", "Admissions", "Admissions", "admissions", "flow", "ward_kind"),
    ("beds_occupied", "Beds occupied", "Lits occupés", "beds", "level", "ward_kind"),
    ("beds_staffed", "Staffed beds", "Lits armés", "beds", "level", "ward_kind"),
    ("staff_absent", "Staff absent", "Personnel absent", "staff", "level", "skill"),
    ("stock_on_hand", "Stock on hand", "Stock disponible", "units", "level", "product"),
)
TILES = (
    TileSpec("measure", "admissions"),
    TileSpec("measure", "beds_occupied", "general"),
    TileSpec("measure", "beds_occupied", "icu"),
    TileSpec("measure", "staff_absent"),
    TileSpec("shortages", "products"),
    TileSpec("measure", "no_such_measure"),
)
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
SILENT = {"H07": 3, "H31": 2, "H64": 11}
EXTRA = {
    "facts": pa.schema(
        [
            ("measure", pa.string()),
            ("place", pa.string()),
            ("category", pa.string()),
            ("reference_date", pa.date32()),
            ("value", pa.float64()),
            ("reason", pa.string()),
            ("known_at", INSTANT),
            ("feed", pa.string()),
        ]
    ),
    "feeds_status": pa.schema(
        [
            ("feed", pa.string()),
            ("owner", pa.string()),
            ("deadline", pa.string()),
            ("last_arrival_at", INSTANT),
            ("last_known_at", INSTANT),
            ("state", pa.string()),
            ("message", pa.string()),
        ]
    ),
}


def schema_of(name: str) -> pa.Schema:
    """Schema of a table without field ids, and with every column nullable."""
    if name in EXTRA:
        return EXTRA[name]
    return pa.schema([(column.name, column.type) for column in table(name).columns])


def rows_of(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """A table from rows; columns left out are null."""
    schema = schema_of(name)
    return pa.table({f.name: pa.array([row.get(f.name) for row in rows], f.type) for f in schema})


@dataclass(frozen=True)
class Tables:
    """A release in memory; a table that is not given is empty."""

    tables: Mapping[str, pa.Table]
    release: str = "r-2020-11-09-7f3a"
    as_of: date = TODAY
    published_at: datetime = datetime(2020, 11, 9, 6, 42, tzinfo=UTC)
    room_name: str = "Invented region"
    timezone: str = "Europe/Paris"

    def table(self, name: str, /, **equals: str) -> pa.Table:
        found = self.tables.get(name, schema_of(name).empty_table())
        for column, value in equals.items():
            kept = [str(each) == value for each in found[column].to_pylist()]
            found = found.filter(pa.array(kept, pa.bool_()))
        return found


def invented(seed: int = 1, hospitals: int = 100, days: int = 60) -> dict[str, pa.Table]:
    """All tables of a release whose third wave is rising; three hospitals are silent."""
    rng = np.random.default_rng(seed)
    places, sites = _places(rng, hospitals)
    tables = {"places": rows_of("places", places), **_reference()}
    facts = _facts(rng, sites, days)
    tables["facts"] = rows_of("facts", facts)
    tables["coverage"] = rows_of("coverage", _coverage(facts, places))
    tables["forecasts"] = rows_of("forecasts", _forecasts(tables["coverage"], facts))
    tables["shortages"] = rows_of("shortages", _shortages(rng, sites))
    tables["shortage_days"] = rows_of("shortage_days", _days(tables["shortages"]))
    tables["plans"] = rows_of("plans", [_plan("nearest", 20.0), _plan("other", 60.0)])
    tables["plan_moves"] = rows_of("plan_moves", _moves(tables["shortages"], sites))
    tables["conflicts"] = rows_of("conflicts", _conflicts(facts, sites))
    tables["scores"] = rows_of("scores", score_rows())
    tables["model_choices"] = rows_of("model_choices", choice_rows())
    spread = spread_rows("valombre", TODAY - timedelta(days=1))
    tables["reproduction"] = rows_of("reproduction", spread)
    nowcast = nowcast_rows("valombre", TODAY - timedelta(days=1))
    tables["nowcasts"] = rows_of("nowcasts", nowcast)
    last, ahead = TODAY - timedelta(days=1), TODAY + timedelta(days=13)
    tables["scenarios"] = rows_of("scenarios", scenario_rows("nation", last))
    asked = [input_row(change(TODAY, ahead, declared=1))]
    tables["scenario_inputs"] = rows_of("scenario_inputs", asked)
    tables["feeds_status"] = rows_of(
        "feeds_status",
        [
            {
                "feed": "beds",
                "owner": "Registry",
                "deadline": "07:00",
                "state": "fine",
                "message": "",
                "last_arrival_at": datetime(2020, 11, 9, 6, 40, tzinfo=UTC),
            },
            {
                "feed": "staff",
                "owner": "Roster",
                "deadline": "07:00",
                "state": "late",
                "message": "",
                "last_arrival_at": datetime(2020, 11, 8, 6, 40, tzinfo=UTC),
            },
        ],
    )
    return tables


def _places(rng: np.random.Generator, hospitals: int) -> tuple[list[dict], list[dict]]:
    common = {"valid_from": None, "valid_to": None}
    places = [{"place": "nation", "name": "The whole region", "kind": "nation", "parent": ""}]
    places += [
        {"place": key, "name": name, "kind": "region", "parent": "nation"}
        for key, (name, _, _) in REGIONS.items()
    ]
    sites = []
    for number in range(1, hospitals + 1):
        key = list(REGIONS)[number % 6]
        name, latitude, longitude = REGIONS[key]
        north, east = rng.normal(0, 0.32), rng.normal(0, 0.45)
        sites.append(
            {
                "place": f"H{number:02d}",
                "kind": "site",
                "parent": key,
                "name": f"{NAMES[number % 17]}, {name}",
                "latitude": latitude + north,
                "longitude": longitude + east,
                "duty_role": "Duty bed manager",
                "contact": f"+00 555 {number:04d}",
                "reports_by": "07:00",
            }
        )
    return [row | common for row in [*places, *sites]], sites


def _reference() -> dict[str, pa.Table]:
    measures = [
        {
            "measure": key,
            "name_en": en,
            "name_fr": fr,
            "unit": unit,
            "kind": kind,
            "step": "day",
            "dimension": dimension,
            "is_forecast": key != "beds_staffed",
        }
        for key, en, fr, unit, kind, dimension in MEASURES
    ]
    categories = [
        {"category": key, "dimension": "ward_kind", "name_en": en, "name_fr": fr}
        for key, (en, fr, _) in WARDS.items()
    ]
    categories += [
        {"category": key, "dimension": "skill", "name_en": en, "name_fr": fr}
        for key, (en, fr) in SKILLS.items()
    ]
    categories.append(
        {
            "category": "ventilators",
            "dimension": "equipment",
            "name_en": "Ventilators",
            "name_fr": "Respirateurs",
        }
    )
    products = [
        {"product": key, "name_en": en, "name_fr": fr, "unit": "units"}
        for key, (en, fr) in PRODUCTS.items()
    ]
    return {
        "measures": rows_of("measures", measures),
        "categories": rows_of("categories", categories),
        "products": rows_of("products", products),
    }


def _facts(rng: np.random.Generator, sites: list[dict], days: int) -> list[dict]:
    rows = []
    for site in sites:
        place, size = site["place"], float(rng.uniform(0.5, 1.6))
        for offset in range(days):
            day = TODAY - timedelta(days=days - offset)
            if (TODAY - day).days <= SILENT.get(place, 0):
                continue
            wave = 0.62 + 0.35 * (offset / days) ** 2
            known = datetime(day.year, day.month, day.day, 6, 30, tzinfo=UTC) + timedelta(days=1)
            base = {"place": place, "reference_date": day, "known_at": known}
            for ward, (_, _, beds) in WARDS.items():
                occupied = round(beds * size * wave * float(rng.uniform(0.95, 1.05)))
                rows.append(
                    base
                    | {
                        "measure": "beds_occupied",
                        "category": ward,
                        "feed": "beds",
                        "value": float(occupied),
                    }
                )
                rows.append(
                    base
                    | {
                        "measure": "beds_staffed",
                        "category": ward,
                        "feed": "beds",
                        "value": float(round(beds * size)),
                    }
                )
            rows.append(
                base
                | {
                    "measure": "admissions",
                    "category": "",
                    "feed": "beds",
                    "value": float(rng.poisson(14 * size * wave)),
                }
            )
            rows += [
                base
                | {
                    "measure": "staff_absent",
                    "category": skill,
                    "feed": "staff",
                    "value": float(rng.poisson(4 * size * wave)),
                }
                for skill in SKILLS
            ]
    return rows


def _coverage(facts: list[dict], places: list[dict]) -> list[dict]:
    parent = {row["place"]: row["parent"] for row in places}
    expected: dict[str, int] = {"nation": 0}
    for row in places:
        if row["kind"] == "site":
            expected[row["parent"]] = expected.get(row["parent"], 0) + 1
            expected["nation"] += 1
    sums: dict[tuple, list[float]] = {}
    for fact in facts:
        for whole in (parent[fact["place"]], "nation"):
            key = (fact["measure"], whole, fact["category"], fact["reference_date"])
            sums.setdefault(key, []).append(fact["value"])
    rows = []
    for (measure, place, category, day), values in sums.items():
        total, share = sum(values), len(values) / expected[place]
        before = sums.get((measure, place, category, day - timedelta(days=7)))
        rows.append(
            {
                "measure": measure,
                "place": place,
                "category": category,
                "reference_date": day,
                "value": total,
                "reported": len(values),
                "expected": expected[place],
                "completed": total / share,
                "completed_low": total / share * 0.98,
                "completed_high": total / share * 1.02,
                "change_7": total / sum(before) - 1 if before else None,
                "change_places": len(values),
            }
        )
    return rows


def _forecasts(coverage: pa.Table, facts: list[dict]) -> list[dict]:
    last: dict[tuple, float] = {}
    for row in coverage.to_pylist():
        if row["place"] == "nation":
            last[row["measure"], "nation", row["category"]] = row["value"]
    for fact in facts:
        if fact["place"] in ("H01", "H06", "H07"):
            last[fact["measure"], fact["place"], fact["category"]] = fact["value"]
    rows = []
    for (measure, place, category), value in last.items():
        if measure in ("beds_staffed", "staff_absent"):
            continue
        for horizon in range(1, 22):
            spread = value * 0.03 * horizon**0.7 + 0.4
            middle = value * (1 + 0.012 * horizon)
            for level, shift in zip(LEVELS, (-2.2, -1.3, -0.67, 0, 0.67, 1.3, 2.2), strict=True):
                rows.append(
                    {
                        "model_id": "vigie-flat",
                        "reference_date": TODAY - timedelta(days=1),
                        "target": measure,
                        "location": place,
                        "category": category,
                        "horizon": horizon,
                        "output_type": "quantile",
                        "output_type_id": level,
                        "target_end_date": TODAY + timedelta(days=horizon - 1),
                        "value": max(0.0, middle + shift * spread),
                    }
                )
    return rows


def _shortages(rng: np.random.Generator, sites: list[dict]) -> list[dict]:
    rows = []
    kinds = (
        [("beds", ward, "patient-days") for ward in WARDS]
        + [("staff", skill, "shifts") for skill in SKILLS]
        + [("equipment", "ventilators", "machine-days")]
        + [("products", product, "units") for product in PRODUCTS]
    )
    for site in sites:
        for kind, category, unit in kinds:
            chance = float(rng.beta(0.25, 2.6))
            if (site["place"], category) == ("H07", "icu"):
                chance = 0.64
            first = int(rng.integers(2, 9))
            short = chance > 0.005
            rows.append(
                {
                    "kind": kind,
                    "place": site["place"],
                    "category": category,
                    "as_of": TODAY,
                    "horizon_days": 21,
                    "model_id": "vigie-flat",
                    "probability_7": chance * 0.6,
                    "probability_14": chance,
                    "probability": min(1.0, chance * 1.1),
                    "if_short_q10": first if short else None,
                    "if_short_q50": first + 3 if short else None,
                    "if_short_q90": first + 8 if short else None,
                    "expected_unmet": chance * 30,
                    "unmet_unit": unit,
                    "need_now": 19.0,
                    "capacity_now": 23.0,
                    "binds": {"products": "stock"}.get(kind, "staff"),
                    "act_by": TODAY + timedelta(days=int(rng.integers(-1, 6))),
                    "data_date": TODAY - timedelta(days=1),
                    "days_of_data": 600,
                    # Ordered as usual everywhere but at one site.
                    "probability_open": min(1.0, chance * 1.3)
                    if kind == "products" and site["place"] != "H08"
                    else None,
                }
            )
    return rows


def _days(shortages: pa.Table) -> list[dict]:
    """Three weeks of days of what has at least 10 in 100; the last limit changes after a week."""
    rows = []
    for row in shortages.to_pylist():
        if row["probability_14"] < 0.095:
            continue
        is_stock = row["kind"] == "products"
        for day in range(22):
            left = max(0.0, 900.0 - 60 * day)
            usual = (
                "stock" if is_stock else "beds" if row["kind"] == "beds" and day < 7 else "staff"
            )
            rows.append(
                {name: row[name] for name in ("kind", "place", "category")}
                | {
                    "date": TODAY + timedelta(days=day),
                    "probability_on": row["probability"] * min(1, day / 21) * 0.7,
                    "probability_by": row["probability"] * min(1, day / 21),
                    "expected_unmet": 0.1 * day,
                    "need_q10": 14.0,
                    "need_q50": 19.0 + 0.2 * day,
                    "need_q90": 24.0 + 0.4 * day,
                    "capacity_q10": left * 0.8 if is_stock else 21.0,
                    "capacity_q50": left if is_stock else 23.0,
                    "capacity_q90": left * 1.2 if is_stock else 24.0,
                    "delivered": (500.0 if day == 9 else 0.0) if is_stock else None,
                    "binds": usual,
                }
            )
    return rows


def _plan(key: str, after: float) -> dict:
    return {
        "plan": key,
        "model_id": "nearest",
        "as_of": TODAY,
        "moves": 3,
        "unmet_before": 90.0,
        "unmet_after": after,
    }


def _moves(shortages: pa.Table, sites: list[dict]) -> list[dict]:
    del sites
    rows: list[dict] = []
    for row in shortages.to_pylist():
        if row["probability_14"] < 0.4 or row["kind"] not in ("equipment", "products"):
            continue
        rows.append(
            {
                "plan": "nearest",
                "move": len(rows) + 1,
                "kind": row["kind"],
                "category": row["category"],
                "from_place": "H02",
                "to_place": row["place"],
                "quantity": 6.0 if row["kind"] == "equipment" else 1200.0,
                "unit": "units",
                "depart_date": TODAY + timedelta(days=1),
                "arrive_date": TODAY + timedelta(days=1),
                "receiver_before": row["probability_14"],
                "receiver_after": 0.12,
                "sender_before": 0.03,
                "sender_after": 0.05,
                "km": 41.0,
                "state": "proposed",
            }
        )
    return rows


def _conflicts(facts: list[dict], sites: list[dict]) -> list[dict]:
    del sites
    day = TODAY - timedelta(days=1)
    return [
        {
            "measure": "beds_occupied",
            "place": fact["place"],
            "category": "icu",
            "reference_date": day,
            "feed": "beds",
            "value": fact["value"],
            "other_feed": "sitrep",
            "other_value": fact["value"] + 4,
            "rule": "beds rules by measures.csv",
        }
        for fact in facts
        if fact["place"] in ("H05", "H06")
        and fact["reference_date"] == day
        and fact["measure"] == "beds_occupied"
        and fact["category"] == "icu"
    ]
