"""A what-if of beds and use in a room: beside the shortages of the run, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rooms import FILES, LAST_DAY, OPERATOR, open_at, send_first_days, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.showing import open_release
from vigie.bootstrap import clock, local_operator, open_notebook, open_room, pages_of
from vigie.cli import run

MORE = """\
[scenario]
title_en = "Beds closed in hospital A"
title_fr = "Lits fermés à l'hôpital A"
why_en = "The hospital asks."
why_fr = "L'hôpital demande."
source = "Invented"

[[beds]]
ward_kinds = ["icu"]
add = -6
from = 2
places = ["A"]

[[doses]]
products = ["masks", "gown"]
factor = 9

[[absence]]
factor = 1.2

[[electives]]
share = 0.3
factor = 0.5
mean_stay_days = 3
"""
FIGURES = ("probability_7", "probability_14", "probability", "if_short_q50", "expected_unmet")


def test_a_what_if_stands_beside_the_shortages_of_its_run_and_nowhere_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    releases = []
    for name, scenarios in (("plain", {}), ("asked", {"scenarios/closed.toml": MORE})):
        room = open_at(write_room(tmp_path / name, {**FILES, **scenarios}), LAST_DAY)
        send_first_days(room)
        assert run_cycle(room, OPERATOR, as_of=LAST_DAY).release
        releases.append(open_release(room, OPERATOR))
    plain, asked = releases
    for name in ("shortages", "shortage_days", "plans", "plan_moves", "forecasts", "path_arrays"):
        tables = [each.table(name).drop_columns("run") for each in releases]
        assert tables[0].equals(tables[1]), name
    assert plain.table("scenario_shortages").num_rows == 0

    rows = {
        (row["kind"], row["place"], row["category"]): row
        for row in asked.table("scenario_shortages").to_pylist()
    }
    run_rows = {
        (row["kind"], row["place"], row["category"]): row
        for row in asked.table("shortages").to_pylist()
    }
    for key, row in rows.items():
        assert row["label"] == "not a forecast"
        for name in FIGURES:
            assert row[f"baseline_{name}"] == run_rows[key][name]
    beds = rows["beds", "A", "icu"]
    assert beds["probability"] > beds["baseline_probability"]
    assert {key[1] for key in rows if key[0] == "beds"} <= {"A", "N"}
    assert {key[2] for key in rows if key[0] == "products"} == {"masks"}
    assert all(row["difference"] >= 0 for row in rows.values())

    (told,) = asked.table("scenario_inputs").to_pylist()
    assert (told["measure"], told["category"]) == ("", "")
    assert [each["kind"] for each in json.loads(told["changes"])] == [
        "beds",
        "electives",
        "absence",
        "doses",
    ]
    assert json.loads(told["changes"])[0]["add"] == -6
    assert 'doses: "gown" is not reported' in told["message"]
    assert "absence: nothing that it changes is judged in this run." in told["message"]
    assert "electives: entries of beds_occupied are not drawn" in told["message"]

    assert open_notebook(tmp_path / "asked").scenarios("closed").to_arrow().num_rows == 0
    wanted = ["show", "scenarios", "--room", str(tmp_path / "asked")]
    assert run([*wanted, "--json", "--place", "A"], open_room, local_operator, clock, pages_of) == 0
    given_rows = json.loads(capsys.readouterr().out)
    assert {each["place"] for each in given_rows["shortages"]} == {"A"}
    assert run(wanted, open_room, local_operator, clock, pages_of) == 0
    out = capsys.readouterr().out
    assert "Beds closed in hospital A. Not a forecast." in out
    assert "beds of icu: add -6 in A: " in out
    assert any(line.startswith("closed") and " beds " in line for line in out.splitlines())
