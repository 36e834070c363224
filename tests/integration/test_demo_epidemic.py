"""The demo region's epidemic as its release tells it, against what truly happened."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from vigie.actions.daily.cycle import run_cycle
from vigie.actions.daily.demo import DemoRoom, write_demo_room
from vigie.actions.decisions.deciding import add_move
from vigie.actions.decisions.loan_effects import release_lendings
from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.words.messages import Language
from vigie.bootstrap import local_operator, open_room
from vigie.errors import BadData
from vigie.planning import Actor, MoveKey

NATION = "valmerie"
KEPT_FEEDS = {"beds", "admissions", "epidemic_admissions"}
"""The other feeds tell nothing of the epidemic, and take most of the time."""

# One process compiles the engine for these tests.
pytestmark = pytest.mark.xdist_group("renewal")


@dataclass(frozen=True)
class Demo:
    made: DemoRoom
    release: ReleaseReader
    truth: Path

    def rows(self, place: str) -> pa.Table:
        """Reproduction numbers of a place, by day."""
        return self.release.table("reproduction", place=place).sort_by("date")

    def true_reproduction(self, table: str, place: str, days: pa.ChunkedArray) -> np.ndarray:
        """What truly was, on these days."""
        rows = pq.read_table(self.truth / f"{table}.parquet")
        rows = rows.filter(pc.equal(rows["place"], place))
        by_day = dict(
            zip(rows["date"].to_pylist(), rows["reproduction_number"].to_pylist(), strict=True)
        )
        return np.array([by_day[day] for day in days.to_pylist()])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    made = write_demo_room(
        folder / "room", hospital_count=12, days=150, truth_folder=folder / "truth"
    )
    for inbox in (made.folder / "inbox").iterdir():
        if inbox.name not in KEPT_FEEDS:
            shutil.rmtree(inbox)
            inbox.mkdir()
    room = open_room(made.folder, now=lambda: made.run_at, environment={})
    result = run_cycle(room, local_operator())
    assert result.release is not None, result.message
    return Demo(made, open_release(room, local_operator(), result.release), folder / "truth")


def places_of_kind(demo: Demo, kind: str) -> list[str]:
    places = demo.release.table("places")
    return places.filter(pc.equal(places["kind"], kind))["place"].to_pylist()


def test_nation_regions_and_large_sites_have_a_reproduction_number_and_no_ward(demo: Demo) -> None:
    rows = demo.release.table("reproduction")
    told = set(rows["place"].to_pylist())
    reports = demo.release.table("facts", measure="epidemic_admissions")
    recent = reports.filter(
        pc.greater(reports["reference_date"], pa.scalar(demo.made.end_date - timedelta(days=28)))
    )
    weekly = dict.fromkeys(places_of_kind(demo, "site"), 0.0)
    for row in recent.to_pylist():
        weekly[row["place"]] += (row["value"] or 0.0) / 4
    large = {place for place, count in weekly.items() if count >= 12}
    small = {place for place, count in weekly.items() if count < 8}

    assert {NATION, *places_of_kind(demo, "region")} <= told
    assert large
    assert small
    assert large <= told
    assert not small & told
    assert set(rows["category"].to_pylist()) == {""}
    assert set(rows["measure"].to_pylist()) == {"epidemic_admissions"}


def test_reproduction_number_of_the_nation_is_near_the_true_one(demo: Demo) -> None:
    rows = demo.rows(NATION)
    truth = demo.true_reproduction("nation", NATION, rows["date"])
    low, middle, high = (rows[name].to_numpy() for name in ("r_q05", "r_q50", "r_q95"))
    off = np.abs(middle - truth)

    assert rows.num_rows == 60
    assert off[:-14].mean() < 0.05
    assert off[-14:].mean() < 0.10
    assert ((low <= truth) & (truth <= high)).mean() > 0.8


def test_reproduction_numbers_of_the_regions_are_near_the_true_ones(demo: Demo) -> None:
    off, inside = [], []
    for region in places_of_kind(demo, "region"):
        rows = demo.rows(region)
        truth = demo.true_reproduction("regions", region, rows["date"])
        off.append(np.abs(rows["r_q50"].to_numpy() - truth))
        inside.append((rows["r_q05"].to_numpy() <= truth) & (truth <= rows["r_q95"].to_numpy()))

    assert np.mean(off) < 0.12
    assert np.mean(inside) > 0.75


def test_epidemic_admissions_are_forecast_and_their_past_forecasts_scored(demo: Demo) -> None:
    forecasts = demo.release.table("forecasts", target="epidemic_admissions")
    scores = demo.release.table("scores", target="epidemic_admissions")

    assert set(forecasts["location"].to_pylist()) >= {NATION, *places_of_kind(demo, "site")}
    assert pc.max(forecasts["target_end_date"]).as_py() == demo.made.as_of + timedelta(days=21)
    assert scores.num_rows > 0
    assert np.isfinite(scores["wis"].to_numpy()).all()


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "Admissions with the epidemic disease"),
        ("fr", "Hospitalisations pour la maladie épidémique"),
    ],
)
def test_page_of_the_nation_tells_how_the_epidemic_spreads(
    demo: Demo, language: Language, name: str
) -> None:
    (epidemic,) = build_place_page(demo.release, NATION, language=language).epidemics

    assert epidemic.name == name
    assert name in epidemic.sentence


def test_a_scenario_of_r_reaches_the_beds_beside_treatment_put_off(demo: Demo) -> None:
    (told,) = [
        row
        for row in demo.release.table("scenario_inputs").to_pylist()
        if row["scenario"] == "gatherings_limited"
    ]
    change, put_off = json.loads(told["changes"])
    assert put_off["returns"] == {"share": 0.9, "after_days": 2, "over_days": 14}
    assert change["reaches"] == {"entries": ["general", "hdu", "icu"]}
    rows = demo.release.table("scenario_shortages", scenario="gatherings_limited").to_pylist()
    beds = [row for row in rows if row["kind"] == "beds"]
    assert beds
    lacking = [sum(row[f"{of}expected_unmet"] for row in beds) for of in ("", "baseline_")]
    assert lacking[0] < lacking[1]
    page = build_place_page(demo.release, beds[0]["place"], language="en")
    (shown,) = [each for each in page.what_ifs if each.name == "gatherings_limited"]
    assert shown.assumed[2][0] == "From R to beds"
    assert shown.assumed[2][1].endswith("through entries and stays")


def test_beds_read_back_from_a_release_run_short_as_it_says(demo: Demo) -> None:
    (beds,) = release_lendings(demo.release.room, demo.release, "patients")
    found = (beds.need > beds.own[:, :, None, None]).mean(axis=-1)
    gaps = []
    for row in demo.release.table("shortage_days", kind="beds").to_pylist():
        ahead = (row["date"] - demo.release.as_of).days
        if row["place"] in beds.places and 1 <= ahead <= beds.horizon:
            cell = beds.places.index(row["place"]), beds.categories.index(row["category"])
            gaps.append(abs(found[*cell, ahead - 1] - row["probability_on"]))
    assert len(gaps) >= 40 * 14
    # Beds planned ahead are drawn anew: the same law, other futures.
    assert max(gaps) < 0.08
    assert np.mean(gaps) < 0.01


def test_patients_beyond_those_who_surely_come_are_not_moved(demo: Demo) -> None:
    room = demo.release.room
    (beds,) = release_lendings(room, demo.release, "patients")
    sender, receiver = np.argwhere(np.isfinite(beds.lanes.km))[0].tolist()
    ends = beds.places[sender], beds.places[receiver]
    key = MoveKey("patients", "icu", *ends, demo.release.as_of + timedelta(days=1))
    with pytest.raises(BadData, match=r'rule "new": .* 500 new patients .* sure to come'):
        add_move(room, local_operator(), key, 500, Actor("log", "logistics", ""))
