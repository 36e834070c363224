"""A crisis room is a folder: made by one act, and all its mistakes told at once."""

import subprocess
from pathlib import Path

import pytest

from tests.rooms import FILES, open_at, put, write_room
from vigie.actions.rooms.folder import init_room
from vigie.errors import BadData, Conflict, FolderInvalid, Problem


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(FolderInvalid) as caught:
        open_at(folder)
    return caught.value.problems


def test_a_new_room_has_no_mistake(tmp_path: Path) -> None:
    init_room(tmp_path / "room")

    room = open_at(tmp_path / "room")

    assert room.values.name == "room"
    assert room.declarations.feeds == {}


def test_the_examples_in_a_new_room_are_right_once_their_measures_are_there(
    tmp_path: Path,
) -> None:
    init_room(tmp_path / "room")
    measures = tmp_path / "room" / "reference" / "measures.csv"
    with measures.open("a", encoding="utf-8") as stream:
        names = measures.read_text(encoding="utf-8").splitlines()[0].split(",")
        for key in ("beds_occupied", "beds_staffed"):
            row = {"measure": key, "name_en": "x", "name_fr": "x", "unit": "beds", "kind": "level"}
            stream.write(",".join(row.get(name, "") for name in names) + "\n")
    for name, first in (("vigie.toml", "[[shortage]]"), ("checks.toml", "[[check]]")):
        path = tmp_path / "room" / name
        text = path.read_text(encoding="utf-8")
        head, example = text.split(f"# {first}")
        bare = "\n".join(line.removeprefix("# ") for line in example.splitlines())
        path.write_text(head + first + bare + "\n", encoding="utf-8")

    room = open_at(tmp_path / "room")

    assert [rule.kind for rule in room.values.shortages] == ["beds"]
    assert [check.severity.value for check in room.declarations.checks] == ["blocking"]


def test_git_leaves_the_state_of_a_new_room_out(tmp_path: Path) -> None:
    folder = tmp_path / "room"
    init_room(folder)
    open_at(folder)
    subprocess.run(["git", "init", "-q", folder], check=True)

    listed = subprocess.run(
        ["git", "-C", folder, "status", "--porcelain", "--untracked-files=all"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert (folder / ".vigie" / "state.db").exists()
    assert "vigie.toml" in listed
    assert ".vigie" not in listed


def test_a_room_is_not_made_over_another(tmp_path: Path) -> None:
    folder = write_room(tmp_path / "room")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    with pytest.raises(Conflict, match="is a crisis room already"):
        init_room(folder)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_files_that_are_there_stay_when_a_folder_becomes_a_room(tmp_path: Path) -> None:
    put(tmp_path, "room/.gitignore", "secrets/\n")

    init_room(tmp_path / "room")

    assert (tmp_path / "room" / ".gitignore").read_text(encoding="utf-8") == "secrets/\n"


def test_all_mistakes_of_all_files_are_told_at_once_with_file_line_and_remedy(
    tmp_path: Path,
) -> None:
    folder = write_room(tmp_path / "room")
    text = FILES["vigie.toml"]
    put(folder, "vigie.toml", text.replace("horizon_days = 7", "horizon_days = 700"))
    products = FILES["reference/products.csv"]
    put(folder, "reference/products.csv", products.replace(",10,", ",ten,"))
    beds = FILES["feeds/beds.toml"]
    put(folder, "feeds/beds.toml", beds.replace('"beds_staffed"', '"beds_stafed"'))
    put(folder, "checks.toml", '[[check]]\nname = "x"\nkind = "rage"\nmeasure = "stock"\n')
    put(folder, "datasets/free.sql", "SELECT 1\n")

    problems = problems_of(folder)

    told = {(each.file, each.line) for each in problems}
    assert told == {
        ("vigie.toml", 5),
        ("reference/products.csv", 2),
        ("feeds/beds.toml", 25),
        ("checks.toml", 3),
        ("datasets/free.sql", 1),
    }
    assert all(each.what and each.to_do for each in problems)
    message = str(FolderInvalid(problems))
    assert message.startswith("The crisis room has 5 mistakes:")
    assert '"beds_staffed"' in message, "the nearest measure is named"


def test_a_room_with_mistakes_is_not_opened_and_no_state_is_made(tmp_path: Path) -> None:
    folder = write_room(tmp_path / "room", {"checks.toml": "nonsense"})

    problems_of(folder)

    assert not (folder / ".vigie").exists()


SECRETS = {
    "vigie.toml": ("[room]", '[alerts]\nsmtp_password = "Sunflower9"\n\n[room]', "smtp_password"),
    "feeds/beds.toml": ("[source]", '[source]\napi_token = "Sunflower9"', "api_token"),
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_in_a_declaration_is_refused_and_never_repeated(name: str, tmp_path: Path) -> None:
    folder = write_room(tmp_path / "room")
    place, written, key = SECRETS[name]
    put(folder, name, FILES[name].replace(place, written))

    problems = [each for each in problems_of(folder) if each.file == name]

    assert any(key in each.what for each in problems)
    assert not any("Sunflower9" in str(each) for each in problems)
    assert any("environment variable" in each.to_do for each in problems)


def test_an_address_with_a_password_in_it_is_refused_in_a_feed(tmp_path: Path) -> None:
    folder = write_room(tmp_path / "room")
    beds = FILES["feeds/beds.toml"]
    source = 'kind = "http"\nurl = "https://user:Sunflower9@beds.example/f.csv"'
    put(folder, "feeds/beds.toml", beds.replace('kind = "upload"', source))

    message = str(FolderInvalid(problems_of(folder)))

    assert "feeds/beds.toml, line 9" in message
    assert "Sunflower9" not in message


def test_a_folder_without_settings_says_how_to_make_a_room(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"is no crisis room.*vigie init"):
        open_at(tmp_path)
