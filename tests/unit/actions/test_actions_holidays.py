"""Which days are holidays where: everywhere, or at a place and all places inside it."""

from datetime import date

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.holidays import holidays_of
from vigie.demoregion.calendar import public_holidays
from vigie.schemas import CALENDARS, PLACES

DATES = np.datetime64("2021-12-24") + np.arange(4)
DAY = date(2021, 12, 24)


def places() -> pa.Table:
    rows = [("N", "nation", ""), ("R", "region", "N"), ("A", "site", "R"), ("B", "site", "N")]
    names = ("place", "kind", "parent")
    empty = dict.fromkeys((each.name for each in PLACES.columns), None)
    whole = [{**empty, **dict(zip(names, row, strict=True))} for row in rows]
    return pa.Table.from_pylist(
        whole, pa.schema([pa.field(c.name, c.type) for c in PLACES.columns])
    )


def calendar(*rows: tuple[str, str, str]) -> pa.Table:
    names = ("date", "place", "kind")
    found = [dict(zip(names, row, strict=True)) | {"name": ""} for row in rows]
    found = [{**row, "date": date.fromisoformat(row["date"])} for row in found]
    return pa.Table.from_pylist(found, pa.schema([(c.name, c.type) for c in CALENDARS.columns]))


def test_a_holiday_holds_at_its_place_and_inside_it_and_without_place_everywhere() -> None:
    given = calendar(
        ("2021-12-25", "", "holiday"),
        ("2021-12-26", "R", "holiday"),
        ("2021-12-24", "", "school_holiday"),
        ("2022-05-01", "", "holiday"),
    )
    found = holidays_of(given, places(), ["N", "R", "A", "B"], DATES, DAY)
    assert found is not None
    expected = [[0, 1, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 0, 0]]
    assert found.astype(int).tolist() == expected


def test_no_holiday_on_these_days_is_none() -> None:
    assert holidays_of(calendar(), places(), ["A"], DATES, DAY) is None
    other = calendar(("2021-12-26", "R", "holiday"), ("2021-12-25", "", "event"))
    assert holidays_of(other, places(), ["B"], DATES, DAY) is None


def test_the_demo_region_has_eleven_holidays_a_year() -> None:
    found = dict(public_holidays(2020, 2021))
    assert len(found) == 22
    assert found[date(2020, 4, 13)] == "Lundi de Pâques"
    assert found[date(2021, 5, 13)] == "Ascension"
    assert found[date(2021, 5, 24)] == "Lundi de Pentecôte"
    assert list(found) == sorted(found)
