"""Who is told: the duty role of a place, then those of the places it lies in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Role", "role_chain"]


@dataclass(frozen=True, slots=True)
class Role:
    """A role on duty at a place; never a person.

    Attributes:
        place: where.
        name: of the role.
        contact: how to reach it; "" where unknown.
    """

    place: str
    name: str
    contact: str = ""

    @property
    def key(self) -> str:
        """Place and name."""
        return f"{self.name} ({self.place})"


def role_chain(place: str, parents: Mapping[str, str], roles: Mapping[str, Role]) -> list[Role]:
    """Roles to tell one after the other, nearest first.

    Args:
        place: where the shortage is.
        parents: place in which a place lies; "" at the top.
        roles: by place; places without a role are passed over.

    Returns:
        Empty where no place up to the top has a role. A circle of places ends the chain.
    """
    chain: list[Role] = []
    seen: set[str] = set()
    while place and place not in seen:
        seen.add(place)
        if place in roles:
            chain.append(roles[place])
        place = parents.get(place, "")
    return chain
