"""Rows on depots and on suppliers' caps that cannot be taken as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from vigie.errors import Problem, nearest
from vigie.feeds.reference_checks import Row

__all__ = ["check_depots", "check_supplier_caps"]

Rows = Mapping[str, Sequence[tuple[int, Row]]]

_DEPOTS, _PLACES = "reference/depots.csv", "reference/places.csv"
_CAPS, _SHARES = "reference/supplier_caps.csv", "reference/supplier_shares.csv"


def check_depots(rows: Rows, problems: list[Problem]) -> None:
    """Depots hold and send: they have ways, and neither wards nor a reserve below 0.

    Args:
        rows: lines and rows by table; keys of other tables are looked at elsewhere.
        problems: takes what is wrong.
    """
    kinds = {str(row["place"]): str(row["kind"]) for _, row in rows["places"]}
    senders = {str(row["from_place"]) for _, row in rows["arcs"]}
    for line, row in rows["places"]:
        problems += _of_place(line, row, kinds, senders)
    for line, row in rows["depots"]:
        problems += _of_depot(line, row, kinds)


def _of_place(
    line: int, row: Row, kinds: Mapping[str, str], senders: set[str]
) -> Iterator[Problem]:
    place, parent = str(row["place"]), str(row["parent"])
    if kinds.get(parent) == "depot":
        yield Problem(
            _PLACES,
            line,
            f'"{place}" lies in "{parent}", which is a depot: a depot has no wards',
            "Name another parent, or give the depot the kind site.",
        )
    if row["kind"] == "depot" and place not in senders:
        yield Problem(
            _PLACES,
            line,
            f'no way leads from the depot "{place}": nothing could ever leave it',
            "Add rows with it as from_place to reference/arcs.csv.",
        )


def _of_depot(line: int, row: Row, kinds: Mapping[str, str]) -> Iterator[Problem]:
    depot = str(row["depot"])
    if depot in kinds and kinds[depot] != "depot":
        yield Problem(
            _DEPOTS,
            line,
            f'"{depot}" is of kind {kinds[depot]}, not a depot',
            "Give it the kind depot in reference/places.csv, or remove the line.",
        )
    if _below_zero(row["reserve"]):
        yield Problem(_DEPOTS, line, "column reserve: below 0", "Write units, 0 or more.")
    for served in str(row["serves"]).split():
        if served not in kinds:
            yield Problem(
                _DEPOTS,
                line,
                f'column serves: there is no "{served}" in places.csv',
                f"Nearest: {nearest(served, kinds)}.",
            )
        elif kinds[served] == "depot":
            yield Problem(
                _DEPOTS,
                line,
                f'column serves: "{served}" is a depot: nothing is sent to one',
                "Name regions or sites.",
            )


def check_supplier_caps(rows: Rows, problems: list[Problem]) -> None:
    """A cap is a quantity a day or a week in a span of its own; parts of it are 0 or more.

    Args:
        rows: lines and rows by table; keys of other tables are looked at elsewhere.
        problems: takes what is wrong.
    """
    spans: dict[tuple[str, str], list[tuple[date, date, int]]] = defaultdict(list)
    for line, row in rows["supplier_caps"]:
        problems += _of_cap(line, row)
        begins, ends = row["valid_from"], row["valid_to"] or date.max
        assert isinstance(begins, date)
        assert isinstance(ends, date)
        spans[str(row["supplier"]), str(row["product"])].append((begins, ends, line))
    for own in spans.values():
        own.sort()
        problems += [
            Problem(
                _CAPS,
                line,
                f"the days of this cap are also those of line {before}",
                "Let one end (valid_to) on the day on which the other begins.",
            )
            for (_, ends, before), (begins, _, line) in pairwise(own)
            if begins < ends
        ]
    problems += _of_shares(rows["supplier_shares"], {supplier for supplier, _ in spans})


def _of_cap(line: int, row: Row) -> Iterator[Problem]:
    told = [name for name in ("units_per_day", "units_per_week") if row[name] is not None]
    if len(told) != 1:
        yield Problem(
            _CAPS,
            line,
            "the cap is told neither a day nor a week"
            if not told
            else "the cap is told a day and a week",
            "Fill one of units_per_day and units_per_week.",
        )
    for name in told:
        if _below_zero(row[name]):
            yield Problem(_CAPS, line, f"column {name}: below 0", "Write units, 0 or more.")
    begins, ends = row["valid_from"], row["valid_to"]
    if isinstance(begins, date) and isinstance(ends, date) and ends <= begins:
        yield Problem(
            _CAPS, line, "valid_to is not after valid_from", "Correct one of them: no day is left."
        )


def _of_shares(rows: Sequence[tuple[int, Row]], capped: set[str]) -> Iterator[Problem]:
    total: dict[tuple[str, str], float] = defaultdict(float)
    first: dict[tuple[str, str], int] = {}
    for line, row in rows:
        supplier, key = str(row["supplier"]), (str(row["supplier"]), str(row["product"]))
        first.setdefault(key, line)
        share = row["share"]
        assert isinstance(share, float)
        total[key] += max(share, 0.0)
        if share < 0:
            yield Problem(_SHARES, line, "column share: below 0", "Write a part, 0 or more.")
        if supplier not in capped:
            near = nearest(supplier, capped) or "none"
            yield Problem(
                _SHARES,
                line,
                f'"{supplier}" has no cap in supplier_caps.csv',
                f"Add one, or remove the line. Nearest: {near}.",
            )
    for key, line in first.items():
        if not total[key]:
            yield Problem(
                _SHARES,
                line,
                "no place has a part above 0: nothing could be delivered",
                "Give one place at least a part.",
            )


def _below_zero(value: object) -> bool:
    return isinstance(value, int | float) and value < 0
