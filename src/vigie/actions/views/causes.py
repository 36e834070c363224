"""What shortages come from: one cause is one alert and one row to decide on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigie.actions.views.risks import Risk
from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.views import ReleaseTables

__all__ = ["Cause", "Causes", "by_cause", "read_causes"]


@dataclass(frozen=True, slots=True)
class Cause:
    """Of a shortage.

    Attributes:
        key: "wards:WARD@PLACE" or "products:PRODUCT@PLACE".
        place: the place it is about: the region of a product, the site of a ward.
    """

    key: str
    place: str


@dataclass(frozen=True, slots=True)
class Causes:
    """How a room's shortages hang together.

    Beds, staff and machines of one ward kind at one place have one cause, and so has one product
    in the sites of one region.

    Attributes:
        wards: ward kind that a skill or a machine serves.
        names: of the room.
    """

    wards: Mapping[str, str]
    names: RoomNames

    def of(self, risk: Risk) -> Cause:
        """The cause of one shortage."""
        place = risk.place
        if risk.kind != "products":
            return Cause(f"wards:{self.wards.get(risk.category, risk.category)}@{place}", place)
        around = self.names.parents(place)
        if around and self.names.places[place].kind == "site":
            place = around[0].key
        return Cause(f"products:{risk.category}@{place}", place)


def read_causes(tables: ReleaseTables, names: RoomNames) -> Causes:
    """How the shortages of a release hang together."""
    found = {row["skill"]: row["ward_kind"] for row in tables.table("skills").to_pylist()}
    found |= {row["equipment"]: row["ward_kind"] for row in tables.table("equipment").to_pylist()}
    return Causes({key: ward for key, ward in found.items() if ward}, names)


def by_cause(risks: Sequence[Risk], causes: Causes) -> list[list[Risk]]:
    """Shortages of each cause together, both in the order in which they come."""
    found: dict[str, list[Risk]] = {}
    for risk in risks:
        found.setdefault(causes.of(risk).key, []).append(risk)
    return list(found.values())
