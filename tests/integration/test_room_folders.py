"""What only a whole folder shows: names that lead nowhere, and a check that cannot be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.small_room import LAST_DAY, make_room, open_small, run_days, send_all
from vigie.actions.pages.showing import open_release
from vigie.bootstrap import local_operator, open_room
from vigie.errors import FolderInvalid


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(FolderInvalid) as refused:
        open_room(folder, environment={})
    return [str(each) for each in refused.value.problems]


def test_a_name_that_leads_nowhere_is_told_with_the_nearest(tmp_path: Path) -> None:
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
    lines = (folder / "vigie.toml").read_text(encoding="utf-8").splitlines()
    line = lines.index('need = "beds_ocupied"') + 1
    told = mistakes(folder)
    for expected in (
        "vigie.toml, line 2: [briefing] tile 1 measure is",
        f'vigie.toml, line {line}: [[shortage]] number 1 need is "beds_ocupied", not a measure of '
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


def test_settings_that_are_not_utf8_are_told_once(tmp_path: Path) -> None:
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
