"""A hub in a room: its target data as a feed, model-output of other teams as a scored model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest
from official_files import shared_files

from tests.rooms import FILES, OPERATOR, open_at, put, send, write_room
from vigie.actions.daily.cycle import CycleResult, run_cycle
from vigie.actions.daily.notebook import Notebook
from vigie.actions.declared.model_files import file_of_day, read_file_forecast
from vigie.actions.forecasts.past_forecasts import past_origins
from vigie.actions.pages.showing import show_table
from vigie.actions.rooms.room import Room
from vigie.errors import FolderInvalid
from vigie.paths import QUANTILE_LEVELS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/hub.md").read_text(encoding="utf-8")
PLACES = {"01": "A", "02": "B", "US": "N"}
FIRST = date(2023, 10, 7)
TODAY = date(2024, 3, 17)
"""Sunday; the Wednesday before it brought the week that ended on the 9th."""

LAST = date(2024, 3, 9)
Row = dict[str, object]


def told(kind: str, name: str) -> str:
    """A block of the page about hubs."""
    found = re.search(rf"```{kind} file=my-room/{name}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None, name
    return found[1]


def admitted(code: str, week: date, as_of: date) -> int:
    """A wave over the winter; first reports are a tenth too low."""
    number = (week - FIRST).days / 7
    height = {"01": 400, "02": 150}
    size = sum(height.values()) if code == "US" else height[code]
    whole = size * (0.2 + np.exp(-(((number - 13) / 5) ** 2)))
    return round(whole if (as_of - week).days > 4 else 0.9 * whole)


def targets(as_of: date) -> str:
    """time-series.csv of a hub as it stands on a day: every version of every week so far."""
    rows = ["as_of,target,target_end_date,location,observation"]
    wednesday = FIRST + timedelta(days=4)
    while wednesday <= as_of:
        for back in range((wednesday - FIRST).days // 7 + 1):
            week = wednesday - timedelta(days=4 + 7 * back)
            for code in PLACES:
                value = admitted(code, week, wednesday)
                rows.append(f"{wednesday},wk inc flu hosp,{week},{code},{value}")
                rows.append(f"{wednesday},wk flu hosp rate,{week},{code},{value / 50}")
        wednesday += timedelta(days=7)
    return "\n".join([*rows, ""])


def output(
    reference: date, horizons: Sequence[int] = (-1, 0, 1, 2, 3), wide: float = 0.05
) -> list[Row]:
    """Rows of a file of a team that knows what will be, and of a place outside the room."""
    rows: list[Row] = []
    for code in (*PLACES, "72"):
        for horizon in horizons:
            end = reference + timedelta(weeks=horizon)
            middle = 40 if code == "72" else admitted(code, end, date(2030, 1, 1))
            common = {
                "reference_date": str(reference),
                "location": code,
                "horizon": horizon,
                "target_end_date": str(end),
            }
            rows += [
                {
                    **common,
                    "target": "wk inc flu hosp",
                    "output_type": "quantile",
                    "output_type_id": f"{level:g}",
                    "value": middle * (1 + wide * (level - 0.5)),
                }
                for level in QUANTILE_LEVELS
            ]
            rows.append(
                {
                    **common,
                    "target": "wk flu hosp rate change",
                    "output_type": "pmf",
                    "output_type_id": "stable",
                    "value": 1.0,
                }
            )
    return rows


def as_csv(rows: Sequence[Row]) -> str:
    return "\n".join([",".join(rows[0]), *(",".join(map(str, r.values())) for r in rows), ""])


FILES_OF_HUB = {
    "vigie.toml": FILES["vigie.toml"].split("[[shortage]]", maxsplit=1)[0].replace("= 7", "= 28"),
    "reference/measures.csv": """\
measure,name_en,name_fr,unit,kind,step,over_places,minimum,counts_people,is_forecast,standard_name
flu_admissions,Influenza,Grippe,patients,flow,week,sum,0,true,true,hub:wk inc flu hosp
""",
    "reference/places.csv": "place,name,kind,parent\nN,The nation,nation,\nA,A,region,N\n"
    "B,B,region,N\n",
    "reference/codes/fips.csv": "code,key\n" + "".join(f"{c},{p}\n" for c, p in PLACES.items()),
    "feeds/hub_targets.toml": told("toml", "feeds/hub_targets.toml"),
}
OTHERS = ("feeds/beds.toml", "feeds/admissions.toml", "feeds/supplies.toml")


def hub_room(folder: Path, name: str = "room") -> Path:
    """A room that reads a hub's targets and the files of one of its teams."""
    room = write_room(folder / name, FILES_OF_HUB)
    for other in (*OTHERS, "reference/products.csv", "reference/arcs.csv"):
        (room / other).unlink()
    put(room, "vigie.toml", FILES_OF_HUB["vigie.toml"] + told("toml", "vigie.toml"))
    return room


def output_folder(room: Path) -> Path:
    return room / "hub/model-output/Team-crystal"


def write_rounds(room: Path, last: date, **how: float) -> None:
    """Files of all rounds from November to a Saturday, every other one as Parquet."""
    reference = date(2023, 11, 4)
    while reference <= last:
        file = output_folder(room) / f"{reference}-Team-crystal.csv"
        rows = output(reference, **how)  # type: ignore[arg-type]
        if (reference - FIRST).days % 14:
            put(room, str(file.relative_to(room)), as_csv(rows))
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_pylist(rows), file.with_suffix(".parquet"))
        reference += timedelta(weeks=1)


def run_on(room: Path, day: date) -> tuple[Room, CycleResult]:
    opened = open_at(room, day)
    send(opened, "hub_targets", f"time-series-{day}.csv", targets(day))
    return opened, run_cycle(opened, OPERATOR)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Room, CycleResult]:
    folder = hub_room(tmp_path_factory.mktemp("hub"))
    write_rounds(folder, date(2024, 3, 16))
    return run_on(folder, TODAY)


def test_every_version_of_the_targets_is_known_from_its_own_day_on(
    played: tuple[Room, CycleResult],
) -> None:
    room, _ = played
    book = Notebook(room, OPERATOR)
    week = date(2024, 1, 6)
    seen = {}
    for days in (3, 4, 10, 11):
        rows = book.reports("flu_admissions", as_of=week + timedelta(days=days)).arrow
        rows = rows.filter(pc.equal(rows["reference_date"], pa.scalar(week)))
        seen[days] = dict(zip(rows["place"].to_pylist(), rows["value"].to_pylist(), strict=True))
    assert seen[3] == {}
    first = {key: admitted(code, week, week) for code, key in PLACES.items()}
    assert seen[4] == seen[10] == first
    assert seen[11] == {key: admitted(code, week, TODAY) for code, key in PLACES.items()}
    assert seen[11] != first


def test_a_team_is_forecast_by_its_newest_file_and_scored_by_those_of_the_past(
    played: tuple[Room, CycleResult],
) -> None:
    room, result = played
    rows = show_table(room, OPERATOR, "forecasts", model_id="team-crystal").to_pylist()
    seen = {
        (row["location"], row["horizon"], row["output_type_id"]): (
            row["target_end_date"],
            row["value"],
        )
        for row in rows
    }
    # Horizons of the file of the 16th are 0 to 3; the week of the 9th is the last one reported.
    expected = {
        (
            PLACES[str(row["location"])],
            int(row["horizon"]) + 1,
            float(str(row["output_type_id"])),
        ): (  # type: ignore[call-overload]
            date.fromisoformat(str(row["target_end_date"])),
            pytest.approx(row["value"], rel=1e-3),
        )
        for row in output(date(2024, 3, 16), (0, 1, 2, 3))
        if row["output_type"] == "quantile" and row["location"] in PLACES
    }
    # The file reaches four weeks; of the fifth the published forecast is the baseline's.
    assert {key for key in seen if key not in expected} == {
        (place, 5, level) for place in PLACES.values() for level in QUANTILE_LEVELS
    }
    assert {key: seen[key] for key in expected} == expected
    choices = {
        row["model_id"]: row for row in show_table(room, OPERATOR, "model_choices").to_pylist()
    }
    assert choices["team-crystal"]["state"] == "published"
    scores = show_table(room, OPERATOR, "scores", model_id="team-crystal").to_pylist()
    whole = next(row for row in scores if row["slice"] == "all")
    flat = show_table(room, OPERATOR, "scores", model_id="vigie-flat").to_pylist()
    assert whole["tasks"] == next(row["tasks"] for row in flat if row["slice"] == "all")
    assert whole["made_after"] == whole["tasks"]
    assert whole["wis"] < 0.2 * next(row["wis"] for row in flat if row["slice"] == "all")
    assert result.status.value == "released"


def test_a_past_day_is_scored_by_the_file_of_that_day_and_a_later_file_is_never_read(
    tmp_path: Path,
) -> None:
    """Files dated after a day change no score up to it, be they wrong or no files at all."""
    tasks = {}
    border = date(2024, 2, 10)
    for name in ("true", "broken"):
        folder = hub_room(tmp_path, name)
        write_rounds(folder, date(2024, 3, 16))
        if name == "broken":
            for path in sorted(output_folder(folder).iterdir()):
                if path.name[:10] > str(border):
                    path.write_bytes(b"no forecast")
        opened, _ = run_on(folder, TODAY)
        kept = opened.home / "cache" / "scores"
        tasks[name] = {
            origin.day: [
                row
                for row in pq.read_table(kept / f"{origin.day}.parquet").to_pylist()
                if row["model_id"] == "team-crystal"
            ]
            for origin in past_origins(opened, TODAY, 84)
        }
    days = sorted(tasks["true"])
    assert min(days) < border < max(days)
    for day in days:
        assert tasks["true"][day], day
        is_before = day < border + timedelta(weeks=1)
        assert tasks["broken"][day] == (tasks["true"][day] if is_before else []), day


def test_a_file_without_a_level_is_refused_and_the_run_says_why(tmp_path: Path) -> None:
    folder = hub_room(tmp_path)
    rows = [row for row in output(date(2024, 3, 16)) if row["output_type_id"] != "0.99"]
    put(folder, "hub/model-output/Team-crystal/2024-03-16-Team-crystal.csv", as_csv(rows))

    room, result = run_on(folder, TODAY)

    assert result.status.value == "released"
    rows_of_choice = show_table(room, OPERATOR, "model_choices").to_pylist()
    choice = {row["model_id"]: row for row in rows_of_choice}["team-crystal"]
    assert choice["state"] == "failed"
    assert "2024-03-16-Team-crystal.csv: location A, horizon 1: 1 of 23" in str(choice["message"])
    forecast = show_table(room, OPERATOR, "forecasts")
    assert "team-crystal" not in forecast["model_id"].to_pylist()


def test_a_list_of_codes_that_is_not_there_is_a_mistake_of_the_folder(tmp_path: Path) -> None:
    folder = hub_room(tmp_path)
    put(folder, "vigie.toml", (folder / "vigie.toml").read_text().replace('"fips"', '"flips"'))
    with pytest.raises(FolderInvalid, match=r'codes is "flips", not a list of.*Nearest: "fips"'):
        open_at(folder, TODAY)


def test_a_file_as_a_hub_keeps_it_is_taken_whole(tmp_path: Path) -> None:
    """A team's forecast of a round of the pack, written as the hub writes it."""
    (pack,) = shared_files("flusight/forecasts_2023-24.parquet")
    reference = date(2024, 1, 13)
    table = pq.read_table(pack)
    mine = pc.and_(
        pc.equal(pc.cast(table["model_id"], pa.string()), "UMass-flusion"),
        pc.equal(pc.cast(table["reference_date"], pa.date32()), pa.scalar(reference)),
    )
    rows = [
        {
            "location": row["location"],
            "reference_date": str(reference),
            "horizon": row["horizon"],
            "target_end_date": str(reference + timedelta(weeks=row["horizon"])),
            "target": "wk inc flu hosp",
            "output_type": "quantile",
            "output_type_id": f"{row['output_type_id']:.3f}",
            "value": row["value"],
        }
        for row in table.filter(mine).to_pylist()
    ]
    assert len(rows) == 53 * 4 * 23
    put(tmp_path, f"{reference}-UMass-flusion.csv", as_csv(rows))
    codes = pcsv.read_csv(
        ROOT / "examples/us_influenza/reference/codes/fips.csv",
        convert_options=pcsv.ConvertOptions(column_types={"code": pa.string()}),
    ).to_pylist()
    keys = {row["code"]: row["key"] for row in codes}
    path = file_of_day(tmp_path, reference)
    assert path is not None
    measure = {"measure": "flu_admissions", "standard_name": "hub:wk inc flu hosp"}
    series = [(key, "") for key in keys.values()]

    found = read_file_forecast(
        path, measure, keys, series, np.datetime64("2024-01-06"), range(1, 5)
    )

    assert len(found.quantiles) == 53
    for row in rows:
        quantiles = found.quantiles[keys[str(row["location"])], ""]
        level = QUANTILE_LEVELS.index(float(str(row["output_type_id"])))
        assert quantiles[int(row["horizon"]), level] == pytest.approx(row["value"])  # type: ignore[call-overload]
    bare = read_file_forecast(path, measure, None, series, np.datetime64("2024-01-06"), [1])
    assert list(bare.quantiles) == [("US", "")], "the one location that is a key of the room"
