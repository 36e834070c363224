"""To which wards the patients of an epidemic go, where a scenario says so.

[[wards]]                   # of the epidemic of the file; without any it is learnt from the room
ward_kind = "icu"
share = 0.16                # of those admitted who come to such a ward
after_days = 2              # mean days from admission; optional, 0
mean_stay_days = 11         # only needed where entries to wards are not reported
"""

from __future__ import annotations

from dataclasses import dataclass

from vigie.actions.declared.scenario_values import read_number
from vigie.declarations import Section, Sheet

__all__ = ["WardShare", "read_ward_shares"]

_LONGEST_WAIT_DAYS = 28
_LONGEST_STAY_DAYS = 180.0
_LARGEST_SHARE = 2.0


@dataclass(frozen=True, slots=True)
class WardShare:
    """Patients of an epidemic who come to one ward kind.

    Attributes:
        ward_kind: key.
        share: entries per admission, above 0, to 2: some come twice.
        after_days: mean days from admission to entry, 0 to 28.
        mean_stay_days: in the ward; 0: as the room's own entries and patients tell.
    """

    ward_kind: str
    share: float
    after_days: int = 0
    mean_stay_days: float = 0.0


def read_ward_shares(sheet: Sheet) -> tuple[WardShare, ...]:
    """All [[wards]] of a file, in order; mistakes are noted on the sheet."""
    entries = sheet.content.get("wards", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        sheet.add(("wards",), "[wards] is one table", "Write [[wards]].")
        return ()
    found = []
    for at, entry in enumerate(entries):
        section = Section(sheet, ("wards", at), entry)
        stay = 0.0
        if section.has("mean_stay_days"):
            stay = read_number(section, "mean_stay_days", _LONGEST_STAY_DAYS)
        found.append(
            WardShare(
                section.text("ward_kind", required=True),
                read_number(section, "share", _LARGEST_SHARE),
                section.whole("after_days", 0, at_least=0, at_most=_LONGEST_WAIT_DAYS),
                stay,
            )
        )
        section.finish()
    if found and "reproduction" not in sheet.content:
        sheet.add(
            ("wards",),
            "[[wards]] is of an epidemic that the file does not change",
            "Add a [[reproduction]], or take [[wards]] out.",
        )
    return tuple(found)
