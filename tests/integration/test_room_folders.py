"""Crisis-room folders: the one that is made passes, and every mistake in one is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.small_room import LAST_DAY, make_room, open_small, run_days, send_all
from vigie.actions.folder import init_room
from vigie.actions.showing import open_release
from vigie.bootstrap import local_operator, open_room
from vigie.errors import BadData, Conflict, FolderInvalid

_MEASURES = """\
measure,name_en,name_fr,unit,kind
beds_occupied,Patients in bed,Patients hospitalisés,patients,level
beds_staffed,Staffed beds,Lits armés,beds,level
"""


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(FolderInvalid) as refused:
        open_room(folder, environment={})
    return [str(each) for each in refused.value.problems]


def uncommented(text: str) -> str:
    """The text with its example, a block of comments from ``[[`` on, as declarations."""
    head, mark, example = text.partition("# [[")
    assert mark
    return head + "\n".join(line.removeprefix("# ") for line in (mark + example).splitlines())


def test_a_room_that_was_just_made_has_no_mistakes(tmp_path: Path) -> None:
    init_room(tmp_path / "room")
    room = open_room(tmp_path / "room", environment={})
    assert room.values.name == "room"
    assert room.declarations.feeds == {}


def test_the_examples_in_a_new_room_are_right_once_they_are_no_comments(tmp_path: Path) -> None:
    init_room(tmp_path)
    for name in ("vigie.toml", "checks.toml"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(uncommented(text), encoding="utf-8")
    told = mistakes(tmp_path)
    assert len(told) == 3
    assert all("measure" in each and "beds_" in each for each in told), told
    (tmp_path / "reference/measures.csv").write_text(_MEASURES, encoding="utf-8")
    room = open_room(tmp_path, environment={})
    assert [rule.kind for rule in room.values.shortages] == ["beds"]
    assert [check.name for check in room.declarations.checks] == ["no_negative_beds"]


def test_a_room_is_not_made_over_another(tmp_path: Path) -> None:
    init_room(tmp_path)
    (tmp_path / "checks.toml").write_text("# mine\n", encoding="utf-8")
    with pytest.raises(Conflict, match="is a crisis room already"):
        init_room(tmp_path)
    assert (tmp_path / "checks.toml").read_text(encoding="utf-8") == "# mine\n"


def test_a_folder_without_settings_is_no_room(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"it has no vigie\.toml\. Make one with: vigie init"):
        open_room(tmp_path)


def test_mistakes_of_all_files_are_told_together_with_file_and_line(tmp_path: Path) -> None:
    folder = make_room(tmp_path)
    replace(folder, "vigie.toml", 'need = "beds_occupied"', 'need = "beds_ocupied"')
    replace(folder, "vigie.toml", "[room]", '[briefing]\ntiles = [{ measure = "mask" }]\n\n[room]')
    replace(folder, "reference/measures.csv", "is_forecast,", "rules,")
    replace(folder, "reference/measures.csv", "ward_kind,true,true", "ward_kind,bed,true")
    replace(folder, "reference/measures.csv", "ward_kind,false,false", "ward_kind,,false")
    replace(folder, "reference/measures.csv", ",,false,false", ",,,false")
    replace(folder, "feeds/stock.toml", 'unit = "pieces"', 'unit = "boxes"')
    (folder / "checks.toml").write_text('[[check]]\nname = "a b"\n', encoding="utf-8")
    (folder / "datasets").mkdir()
    (folder / "datasets/late.sql").write_text("SELECT 1", encoding="utf-8")
    (folder / "datasets/latin.sql").write_bytes("-- é".encode("cp1252"))
    told = mistakes(folder)
    for expected in (
        "vigie.toml, line 2: [briefing] tile 1 measure is",
        'vigie.toml, line 17: [[shortage]] number 1 need is "beds_ocupied", not a measure of '
        'reference/measures.csv. Nearest: "beds_occupied"',
        'reference/measures.csv, line 2: column rules: there is no feed "bed". Nearest: "beds"',
        "feeds/stock.toml, line 20: ",
        'checks.toml, line 2: "a b" is not a name for a check',
        "checks.toml, line 1: the check has no",
        "datasets/late.sql, line 1: the dataset has no header",
        "datasets/latin.sql, line 1: the file is not UTF-8. Save it as UTF-8.",
    ):
        assert any(each.startswith(expected) for each in told), (expected, told)
    assert len(told) == 8, told


def test_measures_are_not_called_unknown_when_their_own_list_is_wrong(tmp_path: Path) -> None:
    folder = make_room(tmp_path)
    replace(
        folder, "reference/measures.csv", "level,sum,0,ward_kind,true", "leve,sum,0,ward_kind,true"
    )
    assert not [each for each in mistakes(folder) if each.startswith("vigie.toml")]


def test_settings_that_are_not_utf8_are_named_alone(tmp_path: Path) -> None:
    folder = make_room(tmp_path)
    (folder / "vigie.toml").write_bytes('[room]\nname = "Région"\n'.encode("cp1252"))
    assert mistakes(folder) == ["vigie.toml, line 2: the file is not UTF-8. Save it as UTF-8."]


def test_a_check_that_the_engine_refuses_has_failed_and_the_run_goes_on(tmp_path: Path) -> None:
    folder = make_room(tmp_path / "room")
    (folder / "checks.toml").write_text(_REFUSED, encoding="utf-8")
    room = open_small(folder)
    send_all(room, tmp_path / "sent")
    (result,) = run_days(room, LAST_DAY)
    assert result.release
    rows = open_release(room, local_operator(), result.release).table("check_results").to_pylist()
    told = {row["check"]: row["message"] for row in rows if not row["passed"]}
    assert told.keys() == {"no_such_column", "no_such_cast"}
    assert "could not be carried out: Binder Error" in told["no_such_column"]
    assert "Correct checks.toml, line 1." in told["no_such_column"]
    assert "its SQL does not fit the values it meets" in told["no_such_cast"]
    assert "beds_" not in told["no_such_cast"]


_REFUSED = """\
[[check]]
name = "no_such_column"
kind = "sql"
measure = "beds_occupied"
query = "SELECT place FROM ruled WHERE ward = 'icu'"

[[check]]
name = "no_such_cast"
kind = "sql"
measure = "beds_occupied"
query = "SELECT place FROM ruled WHERE measure::INTEGER > 3"

[[check]]
name = "in_range"
kind = "range"
measure = "beds_occupied"
min = 0
"""


def replace(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
