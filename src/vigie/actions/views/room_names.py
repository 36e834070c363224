"""Names of places, measures and categories as people say them, from the reference tables."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from vigie.actions.rooms.places import DEPOT_KIND, is_valid
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.messages import Language

__all__ = ["Measure", "Place", "RoomNames", "read_names"]


@dataclass(frozen=True, slots=True)
class Place:
    """A row of places, valid on the day of the release."""

    key: str
    name: str
    kind: str
    parent: str
    latitude: float | None
    longitude: float | None
    duty_role: str
    contact: str
    reports_by: str


@dataclass(frozen=True, slots=True)
class Measure:
    """What a page needs of a row of measures."""

    key: str
    name: str
    unit: str
    kind: str
    step: str
    dimension: str


@dataclass(frozen=True, slots=True)
class RoomNames:
    """Lookups of one release in one language; an unknown key is shown as itself."""

    places: dict[str, Place]
    measures: dict[str, Measure]
    categories: dict[str, str]
    product_units: dict[str, str]

    def place(self, key: str) -> str:
        """Name of a place."""
        return self.places[key].name if key in self.places else key

    def category(self, key: str) -> str:
        """Name of a ward kind, skill, equipment or product, or of a declared lack (a measure)."""
        if key in self.categories:
            return self.categories[key]
        measure, _, category = key.partition("/")
        return self.series(measure, category) if measure in self.measures else key

    def series(self, measure: str, category: str) -> str:
        """Name of a series: the measure, and of which category."""
        name = self.measures[measure].name if measure in self.measures else measure
        return f"{name}, {self.category(category)}" if category else name

    def top(self) -> Place | None:
        """The place that stands for the whole: the only one without a parent, or the nation."""
        roots = [p for p in self.places.values() if p.parent not in self.places]
        if len(roots) == 1 and (roots[0].kind == "nation" or self.children(roots[0].key)):
            return roots[0]
        nations = [place for place in roots if place.kind == "nation"]
        return nations[0] if len(nations) == 1 else None

    def children(self, key: str) -> tuple[Place, ...]:
        """Places directly inside a place, by name."""
        inside = [place for place in self.places.values() if place.parent == key]
        return tuple(sorted(inside, key=lambda place: place.name))

    def inside(self, key: str) -> frozenset[str]:
        """Keys of a place and of all places inside it, at any depth."""
        found, waiting = {key}, [key]
        while waiting:
            for child in self.children(waiting.pop()):
                if child.key not in found:
                    found.add(child.key)
                    waiting.append(child.key)
        return frozenset(found)

    def innermost(self, keys: Set[str]) -> frozenset[str]:
        """Those of the places that have no other of them inside."""
        outer = {parent.key for key in keys for parent in self.parents(key)}
        return frozenset(key for key in keys if key not in outer)

    def parents(self, key: str) -> tuple[Place, ...]:
        """Places around a place, nearest first."""
        around: list[Place] = []
        current = self.places.get(key)
        while current and current.parent in self.places and len(around) < 10:
            current = self.places[current.parent]
            around.append(current)
        return tuple(around)

    def sites(self) -> tuple[Place, ...]:
        """Hospitals, by name."""
        return self._of_kind("site")

    def depots(self) -> tuple[Place, ...]:
        """Central depots, by name."""
        return self._of_kind(DEPOT_KIND)

    def is_depot(self, key: str) -> bool:
        """Whether a place is a central depot."""
        return key in self.places and self.places[key].kind == DEPOT_KIND

    def _of_kind(self, kind: str) -> tuple[Place, ...]:
        found = [place for place in self.places.values() if place.kind == kind]
        return tuple(sorted(found, key=lambda place: place.name))

    def reporters(self, expected: int, place: str = "") -> str:
        """Which word fits those who report inside a place: site, or place for regions.

        Args:
            expected: how many are expected to report.
            place: whose total it is; empty for the whole.
        """
        inside = [self.places[key] for key in self.inside(place) if key in self.places]
        inside = inside if place else list(self.places.values())
        sites = sum(each.kind == "site" for each in inside)
        regions = sum(each.kind == "region" and each.key != place for each in inside)
        return "site" if sites and expected != regions else "place"


def read_names(tables: ReleaseTables, language: Language) -> RoomNames:
    """The names of a release in a language."""
    column = f"name_{language}"
    places: dict[str, Place] = {}
    for row in tables.table("places").to_pylist():
        if is_valid(row, tables.as_of):
            places[row["place"]] = _place(row)
    measures = {
        row["measure"]: Measure(
            row["measure"], row[column], row["unit"], row["kind"], row["step"], row["dimension"]
        )
        for row in tables.table("measures").to_pylist()
    }
    products = tables.table("products").to_pylist()
    categories = {row["category"]: row[column] for row in tables.table("categories").to_pylist()}
    categories |= {row["product"]: row[column] for row in products}
    units = {row["product"]: row["unit"] for row in products}
    return RoomNames(places, measures, categories, units)


def _place(row: dict[str, Any]) -> Place:
    return Place(
        key=row["place"],
        name=row["name"],
        kind=row["kind"],
        parent=row["parent"] or "",
        latitude=row["latitude"],
        longitude=row["longitude"],
        duty_role=row["duty_role"] or "",
        contact=row["contact"] or "",
        reports_by=row["reports_by"] or "",
    )
