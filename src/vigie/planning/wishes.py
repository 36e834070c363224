"""What people ask of a plan: wishes, bans, and moves that stand already.

A refusal of a site comes back as a ``Ban`` and an accepted move as a ``KeptMove``, so that the
next plan keeps to what people have said.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Ban", "KeptMove", "Wish", "Wishes"]


@dataclass(frozen=True, slots=True)
class Wish:
    """A place must get at least so much by a day.

    Attributes:
        place: key of the place that is to be helped.
        quantity: units that the plan brings it, > 0; for patients, those it takes off its hands.
        by_day: last day on which they may come; 1 is tomorrow.
        kind: products, equipment, staff or patients.
        category: key of the product, machine, skill or ward kind.
        reason: why, in the words of who asked.

    Raises:
        ValueError: quantity or by_day is not positive.
    """

    place: str
    quantity: float
    by_day: int
    kind: str
    category: str
    reason: str = ""

    def __post_init__(self) -> None:
        if not self.quantity > 0 or self.by_day < 1:
            raise ValueError(
                f"wish for {self.place}: {self.quantity:g} of {self.category} by day "
                f"{self.by_day}; ask for more than 0 by day 1 or later"
            )

    def concerns(self, kind: str, category: str) -> bool:
        """Whether it is a wish for this thing."""
        return self.kind == kind and self.category == category

    def in_words(self) -> str:
        """The rule as people say it."""
        verb = "hands over" if self.kind == "patients" else "gets"
        return (
            f"{self.place} {verb} at least {self.quantity:g} of {self.category} "
            f"by day {self.by_day}"
        )


@dataclass(frozen=True, slots=True)
class Ban:
    """Moves that may not be; what is left empty means every one.

    Attributes:
        from_place: sender; "": every sender.
        to_place: receiver; "": every receiver.
        kind: products, equipment, staff or patients; "": every kind.
        category: what moves; "": everything.
        both_ways: also from to_place to from_place.
        reason: why, in the words of who said so.

    Raises:
        ValueError: nothing is named, so that nothing at all could be planned.
    """

    from_place: str = ""
    to_place: str = ""
    kind: str = ""
    category: str = ""
    both_ways: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        if not (self.from_place or self.to_place or self.kind or self.category):
            raise ValueError("a ban that names nothing forbids everything: name a place or a thing")

    def concerns(self, kind: str, category: str) -> bool:
        """Whether it forbids any move of this thing."""
        return self.kind in ("", kind) and self.category in ("", category)

    def forbids(self, from_place: str, to_place: str) -> bool:
        """Whether a move of a thing that it concerns may not go this way."""
        there = (from_place, to_place)
        back = (to_place, from_place)
        return self._names(*there) or (self.both_ways and self._names(*back))

    def _names(self, from_place: str, to_place: str) -> bool:
        return self.from_place in ("", from_place) and self.to_place in ("", to_place)

    def in_words(self) -> str:
        """The rule as people say it."""
        what = self.category or self.kind or "goods, patients or staff"
        if self.both_ways:
            return f"no move of {what} between {self.from_place} and {self.to_place}"
        if not self.to_place:
            return f"{self.from_place} sends no {what}" if self.from_place else f"no {what} moves"
        if not self.from_place:
            return f"{self.to_place} receives no {what}"
        return f"no move of {what} from {self.from_place} to {self.to_place}"


@dataclass(frozen=True, slots=True)
class KeptMove:
    """A move that people have agreed on or sent: it stands, and the plan is made around it.

    Attributes:
        from_place: sender.
        to_place: receiver.
        quantity: units, > 0.
        depart_day: day on which it leaves, 0 is today; below 0: it has left.
        arrive_day: day of use at the receiver, 1 is tomorrow.
        kind: products, equipment, staff or patients.
        category: what moves.

    Raises:
        ValueError: quantity is not positive, or it comes before tomorrow or before it leaves.
    """

    from_place: str
    to_place: str
    quantity: float
    depart_day: int
    arrive_day: int
    kind: str
    category: str

    def __post_init__(self) -> None:
        if not self.quantity > 0 or self.arrive_day < max(1, self.depart_day):
            raise ValueError(
                f"kept move from {self.from_place} to {self.to_place}: {self.quantity:g} units, "
                f"day {self.depart_day} to day {self.arrive_day}"
            )

    def concerns(self, kind: str, category: str) -> bool:
        """Whether it moves this thing."""
        return self.kind == kind and self.category == category


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that people ask of a plan.

    Attributes:
        wishes: what must be brought.
        bans: what may not be.
        kept: what stands already.
    """

    wishes: tuple[Wish, ...] = ()
    bans: tuple[Ban, ...] = ()
    kept: tuple[KeptMove, ...] = ()

    def of(self, kind: str, category: str) -> Wishes:
        """Those that concern one thing."""
        return Wishes(
            tuple(each for each in self.wishes if each.concerns(kind, category)),
            tuple(each for each in self.bans if each.concerns(kind, category)),
            tuple(each for each in self.kept if each.concerns(kind, category)),
        )

    def besides(self, other: Wishes) -> Wishes:
        """These and others."""
        return Wishes(self.wishes + other.wishes, self.bans + other.bans, self.kept + other.kept)

    def forbid(self, from_place: str, to_place: str) -> bool:
        """Whether any ban closes a way; use on those ``of`` one thing."""
        return any(ban.forbids(from_place, to_place) for ban in self.bans)
