"""Reads plans/*.toml: what people ask of the plans of every run.

[[wish]]                     # a place must get at least so much by a day
place = "A"
quantity = 200
category = "ffp2_mask_large"
kind = "products"            # products, equipment, staff or patients
by = 2020-12-03              # a date, or days after the day of the run
reason = "the new ward opens"

[[ban]]                      # what is left out means every one
from = "B"
to = "C"
both_ways = true
kind = "products"
category = "ffp2_mask_large"
reason = "the bridge is closed"
until = 2020-12-31           # last day; left out: for good
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from vigie.declarations import KeyPath, Section, Sheet, as_text
from vigie.errors import Problem, nearest
from vigie.planning import Ban, Wish, Wishes

__all__ = ["AskedBan", "AskedWish", "PlanWishes", "read_wishes"]

_KINDS = ("products", "equipment", "staff", "patients")
_MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class AskedWish:
    """A wish as a file says it; ``by`` is a date or days after the day of the run."""

    place: str
    quantity: float
    by: date | int
    kind: str
    category: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AskedBan:
    """A ban as a file says it, and the last day on which it holds; None: for good."""

    ban: Ban
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PlanWishes:
    """All that the files of a room ask of its plans."""

    wishes: tuple[AskedWish, ...] = ()
    bans: tuple[AskedBan, ...] = ()

    def on(self, day: date) -> Wishes:
        """What holds for the plan of a day; wishes whose day has come are over.

        Args:
            day: as_of, day 0 of the plan.
        """
        wishes = []
        for each in self.wishes:
            by_day = each.by if isinstance(each.by, int) else (each.by - day).days
            if by_day >= 1:
                wishes.append(
                    Wish(each.place, each.quantity, by_day, each.kind, each.category, each.reason)
                )
        bans = [each.ban for each in self.bans if each.until is None or each.until >= day]
        return Wishes(tuple(wishes), tuple(bans))


def read_wishes(
    folder: Path, sites: Collection[str], categories: Collection[str]
) -> tuple[PlanWishes, list[Problem]]:
    """What plans/*.toml ask, and every mistake found in them.

    Args:
        folder: the room.
        sites: keys of places.
        categories: keys of categories and products.
    """
    found, problems = PlanWishes(), list[Problem]()
    for path in sorted((folder / "plans").glob("*.toml")):
        file = f"plans/{path.name}"
        text, undecoded = as_text(file, path.read_bytes())
        if undecoded:
            problems += undecoded
            continue
        sheet = Sheet(file, text)
        if sheet.is_readable:
            read = _Reader(sheet, sites, categories).read()
            if not sheet.problems:
                found = PlanWishes(found.wishes + read.wishes, found.bans + read.bans)
        problems += sheet.problems
    return found, problems


class _Reader:
    def __init__(self, sheet: Sheet, sites: Collection[str], categories: Collection[str]) -> None:
        self._sheet, self._sites, self._categories = sheet, sites, categories

    def read(self) -> PlanWishes:
        top = Section(self._sheet, (), self._sheet.content)
        for name in ("wish", "ban"):
            top.has(name)
        top.finish()
        wishes = [self._wish(*each) for each in self._entries("wish")]
        bans = [self._ban(*each) for each in self._entries("ban")]
        return PlanWishes(
            tuple(each for each in wishes if each is not None),
            tuple(each for each in bans if each is not None),
        )

    def _entries(self, name: str) -> Sequence[tuple[KeyPath, Mapping[str, object]]]:
        entries = self._sheet.content.get(name, [])
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            self._sheet.add((name,), f"[{name}] is one table", f"Write [[{name}]].")
            return []
        return [((name, at), each) for at, each in enumerate(entries)]

    def _wish(self, path: KeyPath, entry: Mapping[str, object]) -> AskedWish | None:
        section = Section(self._sheet, path, entry)
        place = self._known(section, "place", self._sites, required=True)
        kind = section.text("kind", "products", choices=_KINDS)
        category = self._known(section, "category", self._categories, required=True)
        quantity = section.number("quantity", 0.0)
        if not quantity > 0:
            what = f"{section.name('quantity')} is not a number above 0"
            section.add("quantity", what, "Say how many units, at least.")
        by = section.get("by")
        is_days = isinstance(by, int) and not isinstance(by, bool) and 1 <= by <= _MOST_DAYS
        is_date = isinstance(by, date) and not isinstance(by, datetime)
        if not (is_days or is_date):
            what = f"{section.name('by')} is neither a date nor days after the run"
            section.add(
                "by", what, f"Write 2020-12-03 without quotation marks, or 1 to {_MOST_DAYS}."
            )
        reason = section.text("reason")
        section.finish()
        if not (is_days or is_date) or not quantity > 0:
            return None
        return AskedWish(place, quantity, by, kind, category, reason)  # type: ignore[arg-type]

    def _ban(self, path: KeyPath, entry: Mapping[str, object]) -> AskedBan | None:
        section = Section(self._sheet, path, entry)
        start, end = (self._known(section, key, self._sites) for key in ("from", "to"))
        kind = section.text("kind", "", choices=("", *_KINDS))
        category = self._known(section, "category", self._categories)
        both_ways = section.flag("both_ways")
        reason = section.text("reason")
        until = section.get("until")
        if until is not None and (not isinstance(until, date) or isinstance(until, datetime)):
            what = f"{section.name('until')} is not a date"
            section.add("until", what, "Write 2020-12-31 without quotation marks.")
            until = None
        section.finish()
        if not any((start, end, kind, category)):
            section.add("", f"{section.name()} forbids every move", "Name a place or a thing.")
            return None
        return AskedBan(Ban(start, end, kind, category, both_ways, reason), until)

    def _known(
        self, section: Section, key: str, known: Collection[str], *, required: bool = False
    ) -> str:
        value = section.text(key, required=required)
        if value and value not in known:
            what = f'{section.name(key)}: there is no "{value}"'
            section.add(key, what, f"Nearest: {nearest(value, known) or 'none'}.")
        return value
