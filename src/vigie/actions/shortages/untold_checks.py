"""What rules of shortages need and a site does not tell, as results of a check that readers see.

Nothing is dropped in silence: a ward without beds told has no row, and a site without a way gets
no help; a reader of the release must be able to learn why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.rooms.check_rows import CheckRow, check_warning, table_of_checks
from vigie.actions.rooms.places import is_valid
from vigie.actions.rooms.room import Room, ShortageRule
from vigie.actions.shortages.loan_plans import without_neighbours
from vigie.schemas import ARCS, PLACES

__all__ = ["untold_rows"]

_SITES = ("site", "unit")
_JUDGED = {"beds": "need", "staff": "occupancy", "equipment": "in_use", "products": "stock"}
_MOST_NAMED = 3

Cell = tuple[str, str]
"""Place and category."""


def untold_rows(room: Room, day: date, standing: pa.Table) -> pa.Table:
    """One row for each measure that sites leave out, and one for sites without a way.

    Args:
        room: the room.
        day: as_of.
        standing: the figures that stand, of the days that a run looks at.

    Returns:
        Rows of schemas.CHECK_RESULTS without ``run``; none where all is told. What nobody tells is
        no gap: then a rule is not in use.
    """
    rules = room.values.shortages
    if not rules:
        return table_of_checks()
    places = room.reference(PLACES.name).to_pylist()
    sites = {row["place"] for row in places if row["kind"] in _SITES and is_valid(row, day)}
    rows = list(_without_way(room, rules, sites, standing))
    for rule in rules:
        if rule.kind in _WANTED:
            told, wanted, message = _WANTED[rule.kind]
            figure, of = rule.measures[wanted], rule.measures[told]
            cells = _missing(standing, sites, of, figure)
            rows += _row(wanted, figure, cells, message.format(of=of))
    return table_of_checks(rows)


_WANTED = {
    "beds": (
        "need",
        "capacity",
        "{of} is told and no beds ever: whether beds are short is not known there, and these "
        "patients are in no total of shortages. Let a feed report the beds.",
    ),
    "staff": (
        "rostered",
        "absent",
        "{of} is told and who is absent never: the share of the skill elsewhere is taken. Let a "
        "feed report the absent, 0 where all come.",
    ),
    "equipment": (
        "in_use",
        "fleet",
        "{of} is told and no fleet ever: whether machines are short is not known there. Let a "
        "feed report those that work.",
    ),
}
"""By kind of rule: the role that is told, the one that it needs, and what follows."""

_WAYS = (
    "no way leads to or from it: the plan can neither help there nor take from there. Add rows to "
    "reference/arcs.csv."
)


def _missing(standing: pa.Table, sites: set[str], told: str, wanted: str) -> list[Cell]:
    """Cells of sites with figures above 0 of one measure and none of the other."""
    known = _cells(standing, wanted)
    if not known:
        return []
    return sorted(cell for cell in _cells(standing, told, above=0.0) - known if cell[0] in sites)


def _cells(standing: pa.Table, measure: str, *, above: float | None = None) -> set[Cell]:
    is_told = pc.and_(pc.equal(standing["measure"], measure), pc.is_valid(standing["value"]))
    if above is not None:
        is_told = pc.and_(is_told, pc.greater(standing["value"], above))
    rows = standing.filter(is_told).select(["place", "category"]).group_by(["place", "category"])
    return {(row["place"], row["category"]) for row in rows.aggregate([]).to_pylist()}


def _without_way(
    room: Room, rules: Sequence[ShortageRule], sites: set[str], standing: pa.Table
) -> Iterator[CheckRow]:
    """Sites that report what a rule judges and are an end of no way, where others are of one."""
    arcs = room.reference(ARCS.name)
    if not arcs.num_rows:
        return
    measures = {rule.measures[_JUDGED[rule.kind]] for rule in rules if rule.kind in _JUDGED}
    reporting = {cell[0] for measure in sorted(measures) for cell in _cells(standing, measure)}
    alone = without_neighbours(arcs, sorted(reporting & sites))
    yield from _row("ways", ARCS.name, [(place, "") for place in alone], _WAYS)


def _row(name: str, figure: str, cells: Sequence[Cell], message: str) -> Iterable[CheckRow]:
    """The row of a gap; none without cells."""
    if not cells:
        return []
    named = [f"{category} at {place}" if category else place for place, category in cells]
    shown = ", ".join(named[:_MOST_NAMED]) + (", ..." if len(named) > _MOST_NAMED else "")
    return [
        check_warning(
            f"untold_{name}_{figure}",
            "untold",
            figure,
            f"{len(cells)} untold ({shown}): {message}",
            rows=len(cells),
        )
    ]
