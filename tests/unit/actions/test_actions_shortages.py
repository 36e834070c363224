"""Shortages of beds, staff and machines: what the rows say, computed again the slow way."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.rooms import (
    FILES,
    LAST_DAY,
    OPERATOR,
    PLACES,
    STAFFED,
    beds_file,
    occupied,
    open_at,
    send,
    send_first_days,
    write_room,
)
from tests.unit.actions.given_figures import AS_OF, Given, facts_of, inputs_of, rule_of
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.showing import show_table
from vigie.actions.rooms.releasing import show_release
from vigie.actions.rooms.room import Room, ShortageRule
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.ward_shortages import bed_rows, equipment_rows, staff_rows
from vigie.actions.shortages.ward_staffing import staffing

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("shortages")

Row = dict[str, object]
HORIZON = 7


@pytest.fixture(scope="module")
def released(released_folder: Path) -> Room:
    return open_at(released_folder)


def needs(room: Room) -> np.ndarray:
    """(place, day, sample), patients in bed on the seven days ahead."""
    rows = show_table(room, OPERATOR, "path_arrays", measure="beds_occupied").to_pylist()
    found = {(row["place"], row["date"]): row["samples"] for row in rows}
    days = [LAST_DAY + timedelta(days=number) for number in range(1, HORIZON + 1)]
    return np.array([[found[(place, day)] for day in days] for place in PLACES])


def beds(room: Room) -> dict[str, Row]:
    rows = show_table(room, OPERATOR, "shortages", kind="beds").to_pylist()
    return {str(row["place"]): row for row in rows}


def first_short_days(is_short: np.ndarray) -> list[int]:
    """First short day of each sample of (day, sample), HORIZON + 1 when none is."""
    return [
        next((day for day in range(1, HORIZON + 1) if is_short[day - 1, sample]), HORIZON + 1)
        for sample in range(is_short.shape[1])
    ]


def smallest_with_share(days: list[int], share: float) -> int:
    ordered = sorted(days)
    return next(d for d in ordered if sum(e <= d for e in ordered) >= share * len(ordered) - 1e-9)


def test_the_risk_of_a_site_is_the_share_of_futures_with_more_patients_than_beds(
    released: Room,
) -> None:
    seen = beds(released)
    for place, need in zip(PLACES, needs(released), strict=True):
        first = first_short_days(need > STAFFED[place])
        short = [day for day in first if day <= HORIZON]

        row = seen[place]

        assert row["probability"] == pytest.approx(len(short) / len(first))
        assert row["probability_7"] == row["probability"]
        for level in (10, 50, 90):
            expected = smallest_with_share(first, level / 100)
            assert row[f"first_day_q{level}"] == expected
            if_short = smallest_with_share(short, level / 100) if short else None
            assert row[f"if_short_q{level}"] == if_short
        unmet = np.maximum(need - STAFFED[place], 0).sum(axis=0).mean()
        assert row["expected_unmet"] == pytest.approx(unmet, rel=1e-4, abs=1e-6)
        assert (row["need_now"], row["capacity_now"]) == (occupied(place, LAST_DAY), STAFFED[place])
        assert (row["data_date"], row["days_of_data"], row["binds"]) == (LAST_DAY, 28, "beds")
    assert 0 < seen["A"]["probability"] < 1, "the room is made so that A may run short"  # type: ignore


def test_the_nation_has_the_risk_of_any_site_and_that_of_the_whole_with_shared_beds(
    released: Room,
) -> None:
    need = needs(released)
    capacity = np.array([STAFFED[place] for place in PLACES])[:, None, None]
    anyone = (need > capacity).any(axis=0)
    together = need.sum(axis=0) > capacity.sum()

    row = beds(released)["N"]

    count = need.shape[2]
    assert row["probability_any"] == pytest.approx(sum(anyone.any(axis=0)) / count)
    assert row["probability"] == pytest.approx(sum(together.any(axis=0)) / count)
    assert row["probability"] <= row["probability_any"]  # type: ignore
    assert row["capacity_now"] == sum(STAFFED.values())


def of_place(rows: list[Row], place: str, category: str = "icu") -> Row:
    return next(row for row in rows if (row["place"], row["category"]) == (place, category))


BEDS = rule_of("beds", need="need", capacity="beds", open="")


def bed_risks(given: Given, **more: object) -> list[Row]:
    inputs, _ = inputs_of(given, **more)  # type: ignore[arg-type]
    rows = bed_rows(BEDS, inputs, None, None)
    assert rows is not None
    return rows.to_pylist()


def test_a_day_that_is_not_reported_yet_may_itself_be_short() -> None:
    given: Given = {("need", "A", "icu"): [20.0] * 20, ("beds", "A", "icu"): [10.0] * 20}
    reported = of_place(bed_risks(given), "A")
    behind = facts_of(given, last=AS_OF - timedelta(days=1))

    not_yet = of_place(bed_risks(given, facts=behind), "A")

    assert (reported["first_day_q50"], not_yet["first_day_q50"]) == (1, 0)
    assert reported["expected_unmet"] == 10 * HORIZON
    assert not_yet["expected_unmet"] == 10 * (HORIZON + 1)
    assert not_yet["data_date"] == AS_OF - timedelta(days=1)


def test_a_site_of_unknown_capacity_has_no_row_and_adds_nothing_to_the_total() -> None:
    given: Given = {
        ("need", "A", "icu"): [20.0] * 20,
        ("need", "B", "icu"): [5.0] * 20,
        ("beds", "B", "icu"): [10.0] * 20,
    }

    rows = bed_risks(given, members={"N": ("A", "B")})

    assert sorted(str(row["place"]) for row in rows) == ["B", "N"]
    assert (of_place(rows, "N")["probability"], of_place(rows, "N")["probability_any"]) == (0, 0)
    assert of_place(rows, "N")["capacity_now"] == 10
    assert of_place(rows, "N")["need_now"] == of_place(rows, "B")["need_now"]


@pytest.mark.parametrize("behind", [15, 40])
def test_figures_older_than_two_weeks_claim_no_shortage_and_the_release_says_so(
    behind: int, tmp_path: Path
) -> None:
    room = open_at(write_room(tmp_path / "room"), LAST_DAY + timedelta(days=behind))
    send_first_days(room)

    run_cycle(room, OPERATOR)

    assert show_table(room, OPERATOR, "shortages").num_rows == 0
    notes = json.loads(show_release(room, OPERATOR, None).notes["skipped_rules"])
    assert [note.split(":")[0] for note in notes] == ["beds", "products"]
    assert all("within the last 14 days" in note for note in notes)


def test_a_measure_by_week_tells_of_no_day_without_a_bed(tmp_path: Path) -> None:
    header, *rows = FILES["reference/measures.csv"].splitlines()
    weekly = [
        row.replace(",level,", ",level,week,").replace(",flow,", ",flow,week,") for row in rows
    ]
    text = "\n".join([header.replace(",kind,", ",kind,step,"), *weekly, ""])
    folder = write_room(tmp_path / "room", {"reference/measures.csv": text})
    room = open_at(folder)
    weeks = [LAST_DAY - timedelta(days=7 * back) for back in range(4)]
    lines = [line for day in weeks for line in beds_file(day).splitlines()[1:]]
    text = "\n".join(["hospital,day,occupied,staffed", *lines, ""])
    send(room, "beds", f"beds_{LAST_DAY}.csv", text)

    run_cycle(room, OPERATOR)

    assert show_table(room, OPERATOR, "shortages").num_rows == 0
    forecasts = show_table(room, OPERATOR, "forecasts", target="beds_occupied", location="A")
    days = sorted(set(forecasts["target_end_date"].to_pylist()))
    assert days == [LAST_DAY + timedelta(days=7 * number) for number in range(1, 5)]


STAFF = rule_of("staff", rostered="roster", absent="absent", occupancy="need")
RATIOS = [
    {
        "skill": "nurse",
        "ward_kind": "icu",
        "mode": "normal",
        "patients_per_staff": 2.5,
        "valid_from": date(2020, 1, 1),
        "source": "decree",
    },
    {
        "skill": "nurse",
        "ward_kind": "icu",
        "mode": "crisis",
        "patients_per_staff": 4.0,
        "valid_from": date(2020, 1, 1),
        "source": "decree",
    },
]


def rows_of_staff(rule: ShortageRule, inputs: Inputs) -> pa.Table | None:
    staff = staffing(rule, inputs)
    return None if staff is None else staff_rows(staff, inputs)


WARD: Given = {
    ("need", "A", "icu"): [11.0] * 20,
    ("beds", "A", "icu"): [20.0] * 20,
    ("open", "A", "icu"): [30.0] * 20,
    ("roster", "A", "nurse"): [6.0] * 20,
    ("absent", "A", "nurse"): [2.0] * 20,
}


def test_staff_are_short_when_fewer_come_than_the_ratio_in_force_asks_for() -> None:
    inputs, _ = inputs_of(WARD, reference={"ratios": RATIOS})

    normal = rows_of_staff(STAFF, inputs)
    crisis = rows_of_staff(
        rule_of("staff", "crisis", rostered="roster", absent="absent", occupancy="need"), inputs
    )

    assert normal is not None
    assert crisis is not None
    row = of_place(normal.to_pylist(), "A", "nurse")
    assert (row["need_now"], row["capacity_now"], row["probability"]) == (5, 4, 1)
    assert row["expected_unmet"] == 1 * HORIZON
    assert (row["binds"], row["unmet_unit"]) == ("staff", "shifts")
    relaxed = of_place(crisis.to_pylist(), "A", "nurse")
    assert (relaxed["need_now"], relaxed["probability"]) == (3, 0)


def test_a_roster_of_which_nobody_says_who_is_absent_has_the_share_of_its_skill_elsewhere() -> None:
    silent = {
        ("need", "B", "icu"): [11.0] * 20,
        ("roster", "B", "nurse"): [6.0] * 20,
        ("roster", "A", "nurse"): [6.0] * 20,
        ("absent", "A", "nurse"): [2.0] * 20,
    }
    inputs, _ = inputs_of({**WARD, **silent}, reference={"ratios": RATIOS})

    rows = rows_of_staff(STAFF, inputs)

    assert rows is not None
    told, other = (of_place(rows.to_pylist(), place, "nurse") for place in ("A", "B"))
    assert (other["need_now"], other["capacity_now"]) == (5, 4) == (5, told["capacity_now"])
    assert (other["probability"], other["expected_unmet"]) == (1, HORIZON)
    assert other["days_of_data"] == 0, "it rests on no report of the place"


def test_a_ratio_holds_on_its_days_only() -> None:
    ended = [{**RATIOS[0], "valid_to": AS_OF}]
    begun = [{**RATIOS[0], "patients_per_staff": 11.0, "valid_from": AS_OF - timedelta(days=1)}]

    without, _ = inputs_of(WARD, reference={"ratios": ended})
    newer, _ = inputs_of(WARD, reference={"ratios": [RATIOS[0], *begun]})

    rows = rows_of_staff(STAFF, without)
    assert rows is not None
    assert rows.num_rows == 0
    rows = rows_of_staff(STAFF, newer)
    assert rows is not None
    assert rows["need_now"].to_pylist() == [1]


def test_absence_of_a_day_meets_the_need_of_the_same_day() -> None:
    """Absence is reported up to today, patients in bed up to yesterday only."""
    rising = {key: values for key, values in WARD.items() if key[0] != "absent"}
    yesterday = facts_of(rising, last=AS_OF - timedelta(days=1))
    today = facts_of({("absent", "A", "nurse"): [0.0] * 19 + [2.0]})
    inputs, _ = inputs_of(
        WARD, reference={"ratios": RATIOS}, facts=pa.concat_tables([yesterday, today])
    )

    ahead = inputs.ahead("absent", clock="need")

    assert ahead.shape[2] == HORIZON + 1 == inputs.ahead("need").shape[2]
    assert set(ahead[0, 0, 0]) == {2.0}, "of today the report stands in every future"
    rows = rows_of_staff(STAFF, inputs)
    assert rows is not None
    assert of_place(rows.to_pylist(), "A", "nurse")["first_day_q10"] == 0


def test_beds_that_may_open_are_limited_by_staff_and_the_row_says_by_what() -> None:
    rule = rule_of("beds", need="need", capacity="beds", open="open")
    given = {**WARD, ("need", "A", "icu"): [25.0] * 20}
    inputs, _ = inputs_of(given, reference={"ratios": RATIOS})

    rows = bed_rows(rule, inputs, staffing(STAFF, inputs), None)

    assert rows is not None
    row = of_place(rows.to_pylist(), "A")
    assert (row["capacity_now"], row["binds"], row["probability"]) == (20, "staff", 1)


def test_every_day_of_a_ward_tells_need_usable_beds_and_what_limits_them() -> None:
    rule = rule_of("beds", need="need", capacity="beds", open="open")
    given = {**WARD, ("need", "A", "icu"): [25.0] * 20}
    inputs, _ = inputs_of(given, reference={"ratios": RATIOS})
    days: list[pa.Table] = []

    rows = bed_rows(rule, inputs, staffing(STAFF, inputs), None, days=days)

    assert rows is not None
    ward = [row for row in days[0].to_pylist() if row["place"] == "A"]
    assert [row["date"] for row in ward] == [
        AS_OF + timedelta(days=day) for day in range(1, HORIZON + 1)
    ]
    assert {(row["need_q50"], row["capacity_q50"], row["binds"]) for row in ward} == {
        (25, 20, "staff")
    }
    assert ward[-1]["probability_by"] == of_place(rows.to_pylist(), "A")["probability"]
    assert sum(row["expected_unmet"] for row in ward) == 5 * HORIZON


MACHINES = rule_of("equipment", in_use="in_use", fleet="fleet")


def test_machines_are_short_when_more_are_needed_than_work() -> None:
    given: Given = {
        ("in_use", "A", "ventilator"): [9.0] * 20,
        ("fleet", "A", "ventilator"): [8.0] * 20,
        ("in_use", "B", "ventilator"): [3.0] * 20,
    }
    inputs, _ = inputs_of(given)

    rows = equipment_rows(MACHINES, inputs)

    assert rows is not None
    assert rows["place"].to_pylist() == ["A"], "of B nobody knows how many work"
    row = rows.to_pylist()[0]
    assert (row["probability"], row["expected_unmet"]) == (1, HORIZON)
    assert (row["binds"], row["unmet_unit"]) == ("equipment", "machine-days")


def test_beds_are_limited_by_the_machines_that_their_patients_need() -> None:
    given: Given = {
        ("need", "A", "icu"): [10.0] * 20,
        ("beds", "A", "icu"): [20.0] * 20,
        ("in_use", "A", "ventilator"): [4.0] * 20,
        ("fleet", "A", "ventilator"): [4.0] * 20,
    }
    needed = [{"equipment": "ventilator", "ward_kind": "icu", "share_needing": 0.5}]
    inputs, _ = inputs_of(given, reference={"equipment": needed})

    rows = bed_rows(BEDS, inputs, None, MACHINES)

    assert rows is not None
    row = of_place(rows.to_pylist(), "A")
    assert (row["capacity_now"], row["binds"], row["probability"]) == (8, "equipment", 1)


@pytest.mark.parametrize(
    ("surge", "closed", "usable"),
    [(None, None, 20), (5.0, None, 25), (None, 4.0, 16), (5.0, 4.0, 21)],
)
def test_beds_of_a_surge_and_closed_ones_are_kept_apart(
    surge: float | None, closed: float | None, usable: int
) -> None:
    given: Given = {
        ("need", "A", "icu"): [10.0] * 20,
        ("beds", "A", "icu"): [40.0] * 20,
        ("open", "A", "icu"): [20.0] * 20,
    }
    if surge is not None:
        given["surge", "A", "icu"] = [surge] * 20
    if closed is not None:
        given["closed", "A", "icu"] = [closed] * 20
    rule = rule_of(
        "beds", need="need", capacity="beds", open="open", surge="surge", closed="closed"
    )
    inputs, _ = inputs_of(given)
    rows = bed_rows(rule, inputs, None, None)
    assert rows is not None
    row = of_place(rows.to_pylist(), "A")
    assert (row["capacity_now"], row["binds"]) == (usable, "beds")


def test_a_ward_whose_patients_were_never_counted_is_unknown_and_not_safe() -> None:
    given: Given = {
        ("need", "A", "icu"): [10.0] * 20,
        ("need", "B", "hdu"): [5.0] * 20,
        ("beds", "A", "icu"): [20.0] * 20,
        ("beds", "B", "icu"): [20.0] * 20,
        ("beds", "B", "hdu"): [20.0] * 20,
    }
    inputs, _ = inputs_of(given)

    rows = bed_rows(BEDS, inputs, None, None)

    assert rows is not None
    told = {(row["place"], row["category"]) for row in rows.to_pylist()}
    assert {("A", "icu"), ("B", "hdu")} <= told
    assert not {("B", "icu"), ("A", "hdu")} & told


def test_a_rule_whose_measures_are_not_reported_gives_no_rows() -> None:
    inputs, _ = inputs_of({("need", "A", "icu"): [5.0] * 20})

    assert bed_rows(BEDS, inputs, None, None) is None
    assert rows_of_staff(STAFF, inputs) is None
    assert equipment_rows(MACHINES, inputs) is None
