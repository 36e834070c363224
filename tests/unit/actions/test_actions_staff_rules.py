"""Skill mix, gap hours and rest of a room: the rule in force where and when, and its figures."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.rooms import (
    FILES,
    FIRST_DAY,
    LAST_DAY,
    OPERATOR,
    PLACES,
    beds_file,
    open_at,
    put,
    send,
    write_room,
)
from tests.unit.actions.given_figures import AS_OF, Given, inputs_of, rule_of
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.briefing import build_briefing
from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.shortages_page import build_shortages_page
from vigie.actions.pages.showing import open_release, show_table
from vigie.actions.pages.told_shortages import tell_shortages
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.staff_days import staff_day_rows
from vigie.actions.shortages.ward_shortages import bed_rows, staff_rows
from vigie.actions.shortages.ward_staffing import Staffing, staffing
from vigie.errors import BadData

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("staff-rules")

Row = dict[str, object]

STAFF = rule_of("staff", rostered="rostered", absent="absent", occupancy="need")
BEDS = rule_of("beds", need="need", capacity="beds", open="open")
SKILLS = [
    {"skill": "nurse", "ward_kind": "icu", "hours_per_shift": 8.0, "nursing": "registered"},
    {"skill": "aide", "ward_kind": "icu", "hours_per_shift": 8.0, "nursing": "assistant"},
]
RATIOS = [
    {
        "skill": skill,
        "ward_kind": "icu",
        "mode": "normal",
        "patients_per_staff": 5.0,
        "valid_from": date(2020, 1, 1),
        "source": "invented",
    }
    for skill in ("nurse", "aide")
]
MIX = {
    "jurisdiction": "",
    "ward_kind": "",
    "mode": "",
    "least_share": 0.6,
    "valid_from": date(2020, 1, 1),
    "source": "decree 12",
}
PLACES_IN_N = [
    {"place": "N", "name": "N", "kind": "nation", "parent": ""},
    {"place": "A", "name": "A", "kind": "site", "parent": "N"},
]


def given_staff(nurses: float = 4.0, aides: float | None = 4.0) -> Given:
    figures = {
        ("need", "A", "icu"): 20.0,
        ("beds", "A", "icu"): 25.0,
        ("open", "A", "icu"): 25.0,
        ("rostered", "A", "nurse"): nurses,
        ("absent", "A", "nurse"): 0.0,
    }
    if aides is not None:
        figures |= {("rostered", "A", "aide"): aides, ("absent", "A", "aide"): 0.0}
    return {key: [value] * 20 for key, value in figures.items()}


def judged(given: Given, *mix: Row) -> tuple[Staffing, Inputs]:
    reference = {"ratios": RATIOS, "skills": SKILLS, "skill_mix": mix, "places": PLACES_IN_N}
    inputs, _ = inputs_of(given, reference=reference)
    staff = staffing(STAFF, inputs)
    assert staff is not None
    return staff, inputs


def rows_of(given: Given, *mix: Row) -> tuple[dict[str, Row], list[Row]]:
    """Rows of shortages by skill, and the staff days of nurses."""
    staff, inputs = judged(given, *mix)
    days = staff_day_rows(staff, inputs).to_pylist()
    found = staff_rows(staff, inputs).to_pylist()
    return {row["category"]: row for row in found}, [d for d in days if d["category"] == "nurse"]


def test_without_a_rule_enough_for_the_ratio_is_enough() -> None:
    rows, days = rows_of(given_staff())

    assert (rows["nurse"]["probability"], rows["nurse"]["expected_unmet"]) == (0, 0)
    assert {(day["gap_hours"], day["least_share"], day["mix_source"]) for day in days} == {
        (0.0, None, None)
    }


def test_a_shift_that_breaks_the_mix_is_understaffed_by_the_nurses_to_add() -> None:
    rows, days = rows_of(given_staff(), MIX)

    # 4 of 8 are nurses; with 2 more it would be 6 of 10.
    assert rows["nurse"]["probability"] == 1
    assert rows["nurse"]["expected_unmet"] == 2 * len(days)
    assert rows["aide"]["probability"] == 0
    for day in days:
        assert (day["registered_missing"], day["gap_hours"]) == (2, 16)
        assert (day["mix_broken_on"], day["mix_broken_by"]) == (1, 1)
        assert (day["least_share"], day["mix_source"]) == (0.6, "decree 12")


def test_beds_are_run_by_the_assistants_who_may_count_beside_the_nurses() -> None:
    staff, inputs = judged(given_staff(), MIX)
    before, _ = judged(given_staff())

    # 4 nurses allow 2 assistants, who run 10 beds.
    assert (staff.paths.beds == 10).all() and (before.paths.beds == 20).all()
    rows = bed_rows(BEDS, inputs, staff, None)
    assert rows is not None
    (row,) = rows.to_pylist()
    assert row["probability"] == 0, "staffed beds of today already stand under the same rule"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([{"valid_to": AS_OF}], None),
        ([{"valid_from": AS_OF + timedelta(days=60)}], None),
        ([{"mode": "crisis"}], None),
        ([{}, {"jurisdiction": "N", "least_share": 0.3}], 0.3),
        ([{"jurisdiction": "N"}, {"jurisdiction": "A", "least_share": 0.2}], 0.2),
        ([{}, {"ward_kind": "icu", "least_share": 0.5}], 0.5),
        ([{}, {"least_share": 0.7, "valid_from": date(2021, 1, 1)}], 0.7),
    ],
)
def test_the_nearest_rule_that_began_last_is_in_force(
    changes: list[Row], expected: float | None
) -> None:
    _, days = rows_of(given_staff(), *(MIX | change for change in changes))

    assert {day["least_share"] for day in days} == {expected}


def test_a_rule_of_next_week_counts_from_its_first_day() -> None:
    begins = AS_OF + timedelta(days=4)

    _, days = rows_of(given_staff(), MIX | {"valid_from": begins})

    assert {day["date"]: day["registered_missing"] for day in days} == {
        day["date"]: (2.0 if day["date"] >= begins else None) for day in days
    }


def test_a_team_of_which_not_all_rosters_are_told_is_not_judged() -> None:
    rows, days = rows_of(given_staff(aides=None), MIX)

    assert rows["nurse"]["probability"] == 0
    assert {day["least_share"] for day in days} == {0.6}, "no assistant is told of anywhere"
    unknown = {key: [None] * 20 if key[2] == "aide" else row for key, row in given_staff().items()}
    unknown |= {("rostered", "B", "aide"): [1.0] * 20, ("absent", "B", "aide"): [0.0] * 20}
    _, days = rows_of(unknown, MIX)
    assert {day["least_share"] for day in days} == {None}


STAFFED = {
    "vigie.toml": FILES["vigie.toml"]
    + """
[[shortage]]
kind = "staff"
rostered = "rostered"
absent = "absent"
occupancy = "beds_occupied"
""",
    "reference/measures.csv": FILES["reference/measures.csv"]
    .replace(",is_forecast,", ",census,is_forecast,")
    .replace("ward_kind,", "ward_kind,,")
    .replace("product,false", "product,,false")
    .replace("0,,true", "0,,,true")
    + """\
rostered,Rostered,Prévus,staff,level,sum,0,skill,08:00,false,false,
absent,Absent,Absents,staff,level,sum,0,skill,08:00,true,true,
""",
    "reference/categories.csv": FILES["reference/categories.csv"]
    + "nurse,skill,Nurses,Infirmiers\naide,skill,Assistants,Aides-soignants\n",
    "reference/skills.csv": "skill,ward_kind,hours_per_shift,nursing\n"
    "nurse,icu,12,registered\naide,icu,12,assistant\n",
    "reference/ratios.csv": "skill,ward_kind,mode,patients_per_staff,valid_from,source\n"
    "nurse,icu,normal,4,2020-01-01,invented\n",
    "reference/skill_mix.csv": "jurisdiction,least_share,valid_from,source\n"
    "N,0.5,2020-01-01,Decree 7\n",
    "reference/rest_rules.csv": "least_rest_hours,most_shifts_in_a_row,most_hours_in_seven_days,"
    "enforced,valid_from,source\n11,5,60,true,2020-01-01,Agreement 3\n",
    "feeds/staff.toml": FILES["feeds/beds.toml"].split("category =")[0].replace("beds_", "staff_")
    + """\
category = { from = "skill" }

[[measures]]
measure = "rostered"
from = "rostered"
unit = "staff"

[[measures]]
measure = "absent"
from = "absent"
unit = "staff"
""",
    "scenarios/fewer.toml": """\
[scenario]
title_en = "Fewer registered nurses"
title_fr = "Moins d'infirmiers diplômés"
why_en = "The ministry asks."
why_fr = "Le ministère demande."
source = "Invented"

[[skill_mix]]
least_share = 0.2
places = ["A"]
""",
    "scenarios/absence.toml": """\
[scenario]
title_en = "More absence"
title_fr = "Plus d'absences"
why_en = "The ministry asks."
why_fr = "Le ministère demande."
source = "Invented"

[[absence]]
factor = 1.0
skills = ["nurse"]
""",
    "feeds/planning.toml": """\
[feed]
table = "planned_shifts"
owner = "Planning office"
legal_basis = "Labour code"
purpose = "crisis-management"

[columns]
shift = "number"
member = "who"
place = "hospital"
category = "skill"
begins_at = { from = "begin", format = "%Y-%m-%d %H:%M" }
ends_at = { from = "end", format = "%Y-%m-%d %H:%M" }
""",
}


def shift_rows() -> str:
    """One nurse of A works the night to the third day ahead and then the day; one of B overlaps."""

    def at(day: int, hour: int) -> str:
        return f"{LAST_DAY + timedelta(days=day)} {hour:02d}:00"

    rows = [
        ("1", "Ada Nurse", "A", "nurse", at(2, 20), at(3, 6)),
        ("2", "Ada Nurse", "A", "nurse", at(3, 7), at(3, 19)),
        ("3", "Bob Nurse", "A", "nurse", at(3, 7), at(3, 19)),
        ("4", "Cyd Aide", "B", "aide", at(1, 7), at(1, 19)),
        ("5", "Cyd Aide", "B", "aide", at(1, 12), at(1, 20)),
        ("6", "Dan Aide", "B", "aide", at(2, 7), at(2, 7)),
        ("7", "", "B", "aide", at(2, 7), at(2, 19)),
        ("8", "Eve Aide", "B", "aide", "after lunch", at(2, 19)),
        ("9", "Eve Aide", "B", "aide", at(3, 7), at(4, 9)),
    ]
    return "\n".join(["number,who,hospital,skill,begin,end", *map(",".join, rows), ""])


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Nurses of A are as many as needed, assistants too many for the mix; shifts are planned."""
    folder = write_room(tmp_path_factory.mktemp("staffed") / "room", STAFFED)
    room = open_at(folder)
    count = (LAST_DAY - FIRST_DAY).days + 1
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY, count))
    days = [LAST_DAY - timedelta(days=back) for back in range(count)]
    rows = [
        f"{place},{day},{skill},{number},0"
        for day in days
        for place in PLACES
        for skill, number in (("nurse", 6), ("aide", 8 if place == "A" else 1))
    ]
    text = "\n".join(["hospital,day,skill,rostered,absent", *rows, ""])
    send(room, "staff", f"staff_{LAST_DAY}.csv", text)
    send(room, "planning", "plan.csv", shift_rows())
    run_cycle(room, OPERATOR)
    return room


def day_row(room: Room, place: str, skill: str, ahead: int) -> Row:
    rows = show_table(room, OPERATOR, "staff_days", place=place, category=skill).to_pylist()
    return next(row for row in rows if row["date"] == LAST_DAY + timedelta(days=ahead))


def test_a_room_tells_hours_nurses_and_breaches_of_its_rules(staffed: Room) -> None:
    seen = day_row(staffed, "A", "nurse", 3)

    assert (seen["planned_shifts"], seen["rest_breaches"], seen["breach_hours"]) == (2, 1, 12)
    assert (seen["not_worked"], seen["rest_source"]) == (1, "Agreement 3")
    before = day_row(staffed, "A", "nurse", 2)
    # The shift that is not worked is one nurse fewer: 5 beside 8 are three short of half.
    assert (before["registered_missing"], before["gap_hours"]) == (2, 24)
    assert (seen["registered_missing"], seen["gap_hours"]) == (3, 36)
    assert seen["mix_source"] == "Decree 7"
    told = {(row["place"], row["category"]): row for row in _told(staffed, "en")}
    assert told["A", "nurse"]["probability_7"] == 1
    assert "below 50" in told["A", "nurse"]["reason"] and "Decree 7" in told["A", "nurse"]["reason"]
    assert told["A", "nurse"]["rest_breaches"] == 1
    assert told["B", "nurse"]["rest_breaches"] is None, "no shift of these nurses is told"


def _told(room: Room, language: str) -> list[Row]:
    release = open_release(room, OPERATOR, None)
    return tell_shortages(release, language=language, kind="staff")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ("breaks the rest rule, 12 hours (Agreement 3)", "hours missing", "nurses to add")),
        ("fr", ("enfreint la règle de repos, 12 heures", "heures manquantes", "infirmiers")),
    ],
)
def test_the_pages_say_them_in_both_languages(
    staffed: Room, language: str, sentences: tuple[str, ...]
) -> None:
    release = open_release(staffed, OPERATOR, None)

    page = build_place_page(release, "A", language=language)  # type: ignore[arg-type]

    shortages = build_shortages_page(release, language=language)  # type: ignore[arg-type]
    briefing = build_briefing(release, language=language)  # type: ignore[arg-type]
    of_a = [row for row in shortages.rows if row.risk.place == "A" and row.risk.kind == "staff"]
    told = (
        [row.risk.advice for row in page.capacity],
        [row.advice for row in of_a],
        [row.advice for row in briefing.ranked if row.place == "A"],
    )
    for rows in told:
        lines = " ".join(line for row in rows for line in row)
        for sentence in sentences:
            assert sentence in lines
    assert any("Decree 7" in row.reason for row in of_a)


def test_a_scenario_may_set_another_share_and_leaves_the_rule_to_the_others(
    staffed: Room,
) -> None:
    rows = show_table(staffed, OPERATOR, "scenario_shortages", kind="staff").to_pylist()
    found = {(row["scenario"], row["place"], row["category"]): row for row in rows}
    fewer, same = found["fewer", "A", "nurse"], found["absence", "A", "nurse"]

    assert (fewer["probability_7"], fewer["baseline_probability_7"]) == (0, 1)
    assert fewer["expected_unmet"] == 0 and fewer["baseline_expected_unmet"] > 0
    assert same["expected_unmet"] == same["baseline_expected_unmet"]
    messages = show_table(staffed, OPERATOR, "scenario_inputs")["message"].to_pylist()
    assert not any("skill_mix" in message for message in messages)


def test_a_share_that_is_none_is_told_with_the_scenario(tmp_path: Path) -> None:
    wrong = STAFFED["scenarios/fewer.toml"].replace("0.2", "1.2")
    folder = write_room(tmp_path / "room", STAFFED | {"scenarios/fewer.toml": wrong})

    with pytest.raises(BadData, match="least_share"):
        open_at(folder)


def test_bad_shifts_are_rejected_or_told_and_no_name_is_kept(staffed: Room) -> None:
    rejects = show_table(staffed, OPERATOR, "rejects").to_pylist()
    checks = show_table(staffed, OPERATOR, "check_results").to_pylist()
    shifts = show_table(staffed, OPERATOR, "planned_shifts").to_pylist()

    assert sorted((row["row"], row["column"], row["rule"]) for row in rejects) == [
        (6, "end", "order"),
        (7, "who", "blank"),
        (8, "begin", "instant"),
        (9, "end", "order"),
    ]
    (overlapping,) = [row for row in checks if row["check"] == "planned_shifts_overlapping"]
    assert (overlapping["place"], overlapping["rows"], overlapping["passed"]) == ("B", 2, False)
    assert {row["shift"] for row in shifts}.isdisjoint({"1", "2", "3", "4", "5"})
    kept = b"".join(path.read_bytes() for path in Path(staffed.folder).rglob("*") if path.is_file())
    assert b"Ada Nurse" not in kept
    members = {str(row["member"]) for row in shifts}
    assert len(members) == 3
    days = show_table(staffed, OPERATOR, "staff_days").to_pylist()
    page = build_place_page(open_release(staffed, OPERATOR, None), "A", language="en")
    assert not any(member in f"{days}{page}{checks}" for member in members)


def test_an_impossible_rule_is_told_with_its_line(tmp_path: Path) -> None:
    from vigie.feeds import read_reference

    folder = write_room(tmp_path / "room", STAFFED)
    put(
        folder,
        "reference/skill_mix.csv",
        "ward_kind,least_share,valid_from,valid_to,source\n"
        ",1.5,2020-01-01,,x\n,0.5,2020-02-01,2020-01-01,x\n",
    )
    put(
        folder,
        "reference/rest_rules.csv",
        "least_rest_hours,most_shifts_in_a_row,most_hours_in_seven_days,valid_from,source\n"
        "-1,5,48,2020-01-01,x\n11,0,48,2020-02-01,x\n",
    )
    put(folder, "reference/skills.csv", "skill,hours_per_shift\nnurse,0\n")

    _, problems = read_reference(folder)

    told = [(each.file, each.line) for each in problems]
    for name in ("skill_mix", "rest_rules"):
        assert {(f"reference/{name}.csv", 2), (f"reference/{name}.csv", 3)} <= set(told)
    assert ("reference/skills.csv", 2) in told
    said = " ".join(str(each) for each in problems)
    assert "1.5" in said and "registered" in said and "2020-02-01" in said
