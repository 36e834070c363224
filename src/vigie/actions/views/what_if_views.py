"""What-ifs on pages: the shortages that differ most under each scenario, with its assumptions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from vigie.actions.views.risks import DECISION_DAYS, KINDS, kind_name
from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.shown_what_ifs import WhatIfRow, WhatIfView
from vigie.actions.views.views import ReleaseTables
from vigie.actions.views.what_if_changes import change_text, reach_text
from vigie.actions.words.wording import Words
from vigie.charts import whole_in_100

__all__ = ["MOST_ROWS", "MOST_WHAT_IFS", "what_if_views"]

MOST_WHAT_IFS = 4
"""On one page; the others are counted."""

MOST_ROWS = 8
"""Of one scenario; the others are counted."""

_LEAST_CHANGE = 0.01
_LEAST_UNMET = 0.05


def what_if_views(
    tables: ReleaseTables,
    names: RoomNames,
    words: Words,
    is_shown: Callable[[Mapping[str, Any]], bool] = lambda row: True,
    **equals: str,
) -> tuple[tuple[WhatIfView, ...], str]:
    """Every scenario with figures of shortages among those asked for, and how many more there are.

    Args:
        tables: of the release; one made before what-ifs has none.
        names: of the room.
        words: of the reader.
        is_shown: which rows of ``scenario_shortages`` are asked for.
        equals: column and value, to read less.
    """
    rows = tables.table("scenario_shortages", **equals).to_pylist()
    rows = sorted((row for row in rows if is_shown(row)), key=lambda row: str(row["scenario"]))
    if not rows:
        return (), ""
    inputs = {row["scenario"]: row for row in tables.table("scenario_inputs").to_pylist()}
    views = [
        _view(inputs[name], list(group), names, words)
        for name, group in groupby(rows, lambda row: str(row["scenario"]))
        if name in inputs
    ]
    rest = len(views) - MOST_WHAT_IFS
    note = words.count("what_if.rest", rest) if rest > 0 else ""
    return tuple(views[:MOST_WHAT_IFS]), note


def _view(
    inputs: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], names: RoomNames, words: Words
) -> WhatIfView:
    title = inputs[f"title_{words.language}"]
    horizon = rows[0]["horizon_days"]
    has_14 = rows[0]["probability_14"] is not None
    days = min(DECISION_DAYS, horizon) if has_14 else horizon
    last = rows[0]["as_of"] + timedelta(days=horizon)
    changes = [
        each
        for each in json.loads(inputs["changes"])
        # In releases made before, a change of R did not reach beds.
        if each["kind"] != "reproduction" or "reaches" in each
    ]
    assumed = [
        (words.say("scenario.assumed"), change_text(each, names, words, last)) for each in changes
    ]
    reaching = dict.fromkeys(reach_text(each, names, words) for each in changes)
    assumed += [(words.say("what_if.reaches"), each) for each in reaching if each]
    assumed.append((words.say("scenario.why"), inputs[f"why_{words.language}"]))
    assumed.append((words.say("scenario.source"), inputs["source"]))
    differ = sorted((row for row in rows if abs(_change(row)) >= _LEAST_CHANGE), key=_order)
    day = words.full_day(rows[0]["as_of"] + timedelta(days=days))
    finding = words.say("what_if.same", day=day)
    if differ:
        higher = sum(_change(row) > 0 for row in differ)
        said = {"higher": words.number(higher), "lower": words.number(len(differ) - higher)}
        finding = words.say("what_if.finding", day=day, **said)
    more = len(differ) - MOST_ROWS
    return WhatIfView(
        name=str(inputs["scenario"]),
        sentence=words.say("scenario.sentence", title=title, label=words.say("scenario.label")),
        assumed=tuple(assumed),
        finding=finding,
        days=words.say("what_if.with", days=words.number(days)),
        rows=tuple(_row(row, names, words) for row in _of_each_kind(differ)),
        note=words.count("what_if.more", more) if more > 0 else "",
    )


def _of_each_kind(differ: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The largest changes of each kind in turn, so that none hides the others; kinds together."""
    rank: dict[str, int] = {}
    turns = []
    for row in differ:
        rank[row["kind"]] = turn = rank.get(row["kind"], 0) + 1
        turns.append((turn, row))
    taken = sorted(turns, key=lambda each: each[0])[:MOST_ROWS]
    return sorted((row for _, row in taken), key=lambda row: KINDS.index(row["kind"]))


def _chances(row: Mapping[str, Any]) -> tuple[float, float]:
    """With and without, by day 14 or, where the run gives none for it, by the horizon."""
    name = "probability" if row["probability_14"] is None else "probability_14"
    return row[name], row[f"baseline_{name}"]


def _change(row: Mapping[str, Any]) -> float:
    under, without = _chances(row)
    # Chances are shares of some futures: 0.02 - 0.01 is one in 100.
    return round(under - without, 9)


def _order(row: Mapping[str, Any]) -> tuple[object, ...]:
    key = (row["kind"], row["place"], row["category"])
    return (-abs(_change(row)), -abs(_unmet_change(row)), key)


def _unmet_change(row: Mapping[str, Any]) -> float:
    return float((row["expected_unmet"] or 0.0) - (row["baseline_expected_unmet"] or 0.0))


def _row(row: Mapping[str, Any], names: RoomNames, words: Words) -> WhatIfRow:
    under, without = _chances(row)
    return WhatIfRow(
        what=kind_name(row["kind"], row["category"], names, words),
        where=names.place(row["place"]),
        place=row["place"],
        chance=words.chance(under),
        without=words.chance(without),
        # Of the chances as they are shown: 34.6 against 28.2 reads 35, 28 and +7.
        change=words.points((whole_in_100(under) - whole_in_100(without)) / 100),
        lacking=_lacking(row, "expected_unmet", words),
        lacking_without=_lacking(row, "baseline_expected_unmet", words),
    )


def _lacking(row: Mapping[str, Any], name: str, words: Words) -> str:
    value = row[name]
    if value is None or value < _LEAST_UNMET:
        return ""
    unit = words.unit("units" if row["kind"] == "products" else row["unmet_unit"], value)
    return words.say("shortages.lack", amount=words.about(value), unit=unit)
