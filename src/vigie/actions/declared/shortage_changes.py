"""Changes of a scenario to what shortages rest on: beds, staff, electives, orders, doses.

[[beds]]                    # beds opened, with the staff to run them
ward_kinds = ["icu"]
add = 4                     # at each place; or factor = 1.2
from = 2                    # a date, or days after the day of the run; as in every change
places = ["A"]              # and all inside; empty: everywhere; as in every change

[[electives]]               # planned treatment put off
ward_kinds = ["general"]
share = 0.4                 # of the entries that are planned
factor = 0.5                # of these that still take place
mean_stay_days = 4.0
returns = { share = 1.0, after_days = 1, over_days = 28 }    # optional, as is each of its keys

[[ratios]]                  # more patients for each member of staff
skills = ["nurse_icu"]
factor = 1.4                # or mode = "stretched", from reference/ratios.csv

[[skill_mix]]               # another least share of registered nurses in the nursing staff
ward_kinds = ["general"]    # optional: all
least_share = 0.4           # 0: none is asked for

[[absence]]
factor = 1.2
skills = ["nurse_icu"]      # optional: all

[[orders]]                  # open orders that come later, or in part
products = ["ffp2_mask_large"]
delay_days = 7
factor = 0.8                # of the quantity that comes; optional

[[doses]]                   # use per patient
products = ["propofol"]
factor = 0.8
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vigie.actions.declared.scenario_values import Day, read_days, read_number, read_places
from vigie.declarations import Section, Sheet

__all__ = ["CHANGE_KINDS", "Returns", "ShortageChange", "read_shortage_changes"]

_CATEGORIES = {
    "beds": "ward_kinds",
    "electives": "ward_kinds",
    "ratios": "skills",
    "skill_mix": "ward_kinds",
    "absence": "skills",
    "orders": "products",
    "doses": "products",
}
CHANGE_KINDS = tuple(_CATEGORIES)
"""Tables of a scenario that hold such changes."""

_MOST_DAYS = 365
_LARGEST = 10.0
_MOST_BEDS = 1000
_MODES = ("normal", "stretched", "crisis")


@dataclass(frozen=True, slots=True)
class Returns:
    """Planned treatment put off that takes place later, spread evenly over some days.

    Attributes:
        share: of all that is put off, 0 to 1.
        after_days: from the last day of the change to the first one with more entries, >= 1.
        over_days: days with more entries, >= 1.
    """

    share: float = 1.0
    after_days: int = 1
    over_days: int = 28


@dataclass(frozen=True, slots=True)
class ShortageChange:
    """One change.

    Attributes:
        kind: one of ``CHANGE_KINDS``.
        categories: ward kinds, skills or products; empty: all.
        factor: by which beds, electives that take place, patients per member of staff, absence,
            quantities that come, or use are multiplied.
        add: beds more (or fewer) at each place.
        mode: of the ratios that hold instead; "": none.
        share: of the entries that are planned; or the least share of registered nurses.
        mean_stay_days: of planned patients.
        delay_days: by which open orders come later.
        first, last: dates, or days after the day of the run; None: open.
        places: and all inside; empty: everywhere.
        returns: of electives: who comes back, and when.
    """

    kind: str
    categories: tuple[str, ...] = ()
    factor: float = 1.0
    add: int = 0
    mode: str = ""
    share: float = 0.0
    mean_stay_days: float = 0.0
    delay_days: int = 0
    first: Day | None = None
    last: Day | None = None
    places: tuple[str, ...] = ()
    returns: Returns = Returns()


def read_shortage_changes(sheet: Sheet, kinds: Mapping[str, str]) -> tuple[ShortageChange, ...]:
    """All such changes of a file, in order; mistakes are noted on the sheet.

    Args:
        sheet: of the file.
        kinds: kind of each place.
    """
    found: list[ShortageChange] = []
    for kind in CHANGE_KINDS:
        entries = sheet.content.get(kind, [])
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            sheet.add((kind,), f"[{kind}] is one table", f"Write [[{kind}]].")
            continue
        for at, entry in enumerate(entries):
            found.append(_change(Section(sheet, (kind, at), entry), kind, kinds))
    return tuple(found)


def _change(section: Section, kind: str, kinds: Mapping[str, str]) -> ShortageChange:
    categories = tuple(dict.fromkeys(section.texts(_CATEGORIES[kind])))
    first, last = read_days(section)
    places = read_places(section, kinds, "which has no beds, staff or stock of its own")
    factor, add, mode, share, stay, delay = 1.0, 0, "", 0.0, 0.0, 0
    returns = Returns()
    if kind == "beds":
        add = section.whole("add", 0, at_least=-_MOST_BEDS, at_most=_MOST_BEDS)
    if kind == "ratios":
        mode = section.text("mode", choices=("", *_MODES))
    if kind == "electives":
        share = read_number(section, "share", 1.0)
        stay = read_number(section, "mean_stay_days", 180.0)
        returns = _returns(section)
    if kind == "skill_mix":
        share = _from_zero(section, "least_share", 1.0)
    if kind == "orders":
        delay = section.whole("delay_days", 0, at_least=0, at_most=365)
    stands_alone = {"beds": "add", "ratios": "mode", "orders": "delay_days"}.get(kind, "")
    is_other_given = bool(stands_alone) and section.has(stands_alone)
    if kind != "skill_mix" and (section.has("factor") or not is_other_given):
        # Beds, planned treatment and orders may fall away altogether.
        may_end = kind in {"beds", "electives", "orders", "absence", "doses"}
        factor = _factor(section, may_end=may_end)
    section.finish()
    return ShortageChange(
        kind, categories, factor, add, mode, share, stay, delay, first, last, places, returns
    )


def _returns(section: Section) -> Returns:
    """Who comes back, as declared or as usual."""
    usual = Returns()
    if not section.has("returns"):
        return usual
    part = Section(section.sheet, (*section.path, "returns"), section.get("returns"))
    share = usual.share
    if part.has("share"):
        is_none = part.get("share") in (0, 0.0) and part.get("share") is not False
        share = 0.0 if is_none else read_number(part, "share", 1.0)
    days = (
        part.whole(name, getattr(usual, name), at_least=1, at_most=_MOST_DAYS)
        for name in ("after_days", "over_days")
    )
    found = Returns(share, *days)
    part.finish()
    return found


def _factor(section: Section, *, may_end: bool) -> float:
    if may_end:
        return _from_zero(section, "factor", _LARGEST)
    return read_number(section, "factor", _LARGEST)


def _from_zero(section: Section, key: str, largest: float) -> float:
    if section.get(key) in (0, 0.0) and section.get(key) is not False:
        return 0.0
    return read_number(section, key, largest)
