"""A what-if as a page shows it: what is assumed, and which chances of shortage differ."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.actions.words.wording import Chance

__all__ = ["WhatIfRow", "WhatIfView"]


@dataclass(frozen=True, slots=True)
class WhatIfRow:
    """One shortage with and without the scenario.

    Attributes:
        what, where: names.
        place: its key.
        chance, without: P(short by the day that pages lead with).
        change: difference in points.
        lacking, lacking_without: expected need without capacity, with its unit.
    """

    what: str
    where: str
    place: str
    chance: Chance
    without: Chance
    change: str
    lacking: str
    lacking_without: str


@dataclass(frozen=True, slots=True)
class WhatIfView:
    """One scenario.

    Attributes:
        name: of its file.
        sentence: its title, and that it is no forecast.
        assumed: name and value of each assumption.
        finding: how many chances rise and fall.
        days: header of the chances.
        rows: the largest changes.
        note: how many more there are; "": none.
    """

    name: str
    sentence: str
    assumed: tuple[tuple[str, str], ...]
    finding: str
    days: str
    rows: tuple[WhatIfRow, ...]
    note: str
