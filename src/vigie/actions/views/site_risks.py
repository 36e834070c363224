"""The map of sites: the highest chance of a shortage at each, and who did not report."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow.compute as pc

from vigie.actions.views.figures import Evidence
from vigie.actions.views.risks import AT_RISK_STEP, Risk, what_name
from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.views import Picture, ReleaseTables
from vigie.actions.words.wording import Words
from vigie.charts import MapWords, Site, draw_site_map

__all__ = ["highest_by_place", "reporters_of_newest_day", "site_map"]


def highest_by_place(risks: Sequence[Risk]) -> dict[str, Risk]:
    """The highest risk of each place; the first of equals in the order given."""
    highest: dict[str, Risk] = {}
    for risk in risks:
        if risk.place not in highest or risk.probability > highest[risk.place].probability:
            highest[risk.place] = risk
    return highest


def reporters_of_newest_day(
    tables: ReleaseTables, names: RoomNames, evidence: Evidence
) -> frozenset[str]:
    """Places with a value on the newest day of any measure; stocks of products do not count."""
    heard: set[str] = set()
    for measure, day in evidence.newest.items():
        if measure in names.measures and names.measures[measure].dimension == "product":
            continue
        rows = tables.table("facts", measure=measure, reference_date=day.isoformat())
        if rows.num_rows:
            heard.update(rows.filter(pc.is_valid(rows["value"]))["place"].to_pylist())
    return frozenset(heard)


def site_map(
    tables: ReleaseTables,
    risks: Sequence[Risk],
    names: RoomNames,
    evidence: Evidence,
    words: Words,
) -> Picture | None:
    """The map, or None when no site has coordinates or nothing is assessed."""
    highest = highest_by_place(risks)
    placed = [p for p in names.sites() if p.latitude is not None and p.longitude is not None]
    if not placed or not highest:
        return None
    heard = reporters_of_newest_day(tables, names, evidence)
    sites = [
        Site(
            name=place.name,
            latitude=place.latitude or 0.0,
            longitude=place.longitude or 0.0,
            probability=highest[place.key].probability if place.key in highest else None,
            has_reported=place.key in heard,
            region=names.place(place.parent) if place.parent else "",
        )
        for place in placed
    ]
    assessed = [highest[place.key] for place in placed if place.key in highest]
    if not assessed:
        return None
    worst = max(assessed, key=lambda risk: risk.probability)
    alternative = words.say(
        "map.alternative",
        count=words.number(len(sites)),
        high=words.number(sum(risk.step >= AT_RISK_STEP for risk in assessed)),
        name=f"{names.place(worst.place)} ({what_name(worst, names, words)})",
        chance=words.chance(worst.probability).in_100,
    )
    title = words.say("map.title")
    picture_words = MapWords(
        title=title,
        description=alternative,
        steps=(
            words.say("map.step_0"),
            words.say("map.step_1"),
            words.say("map.step_2"),
            words.say("map.step_3"),
            words.say("map.step_4"),
        ),
        did_not_report=words.say("state.missing"),
        unknown=words.say("map.not_assessed"),
    )
    return Picture(
        name="map",
        finding=title,
        subtitle="",
        alternative=alternative,
        source="",
        header=(),
        rows=(),
        draw=lambda is_narrow: draw_site_map(sites, picture_words, is_narrow=is_narrow),
    )
