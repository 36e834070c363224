"""A flipped bit is found or harmless: file, table, releases and the way back are named."""

from __future__ import annotations

import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.small_room import (
    LAST_DAY,
    at,
    figures,
    make_room,
    open_small,
    run_days,
    send_all,
)
from vigie.actions.daily.examining import examine
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.backing_up import back_up
from vigie.actions.rooms.collecting import collect_files
from vigie.actions.rooms.damage import KEPT_PATHS, kept_manifests, scrub
from vigie.actions.rooms.releasing import publish_release
from vigie.bootstrap import local_operator
from vigie.errors import DamagedFile, NotFound

FLIPS = 200
CALLER = local_operator()


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worked")
    room = open_small(make_room(folder / "room"))
    send_all(room, folder / "sent")
    run_days(room, LAST_DAY)
    room.state.close()
    return folder / "room"


@pytest.fixture
def folder(worked: Path, tmp_path: Path) -> Path:
    shutil.copytree(worked, tmp_path / "room")
    return tmp_path / "room"


def flip(path: Path, position: int, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1 << bit
    path.write_bytes(content)


def test_every_one_of_200_flipped_bits_of_a_release_is_found(folder: Path) -> None:
    rng = random.Random(20200301)
    room = open_small(folder)
    (manifest,) = kept_manifests(room)
    places = [(t.name, file.path) for t in manifest.tables for file in t.files]
    places += [("charts", chart.path) for chart in manifest.charts]
    assert len(places) > 8
    for number in range(FLIPS):
        table, name = places[number % len(places)]
        path = room.lake.root / name
        position, bit = rng.randrange(path.stat().st_size), rng.randrange(8)
        flip(path, position, bit)

        count, damages = scrub(room)
        assert count == len({place for _, place in places})
        (damage,) = damages
        assert (damage.path, damage.table, damage.releases) == (name, table, (manifest.release,))
        for word in (name, manifest.release, "vigie restore"):
            assert word in damage.message
        if table != "charts":
            # A process that opens the file for the first time refuses it as well.
            with pytest.raises(DamagedFile) as caught:
                open_release(open_small(folder), CALLER).table(table)
            for word in (name, f"table {table}", manifest.release, "vigie restore"):
                assert word in str(caught.value)
        flip(path, position, bit)
    assert scrub(room)[1] == []


@pytest.mark.parametrize("spoil", ["cut", "empty", "gone"])
def test_a_file_that_is_short_empty_or_gone_is_found(folder: Path, spoil: str) -> None:
    room = open_small(folder)
    (manifest,) = kept_manifests(room)
    name = manifest.table("shortages")[0].path
    path = room.lake.root / name
    content = path.read_bytes()
    path.unlink()
    if spoil != "gone":
        path.write_bytes(content[:-1] if spoil == "cut" else b"")
    (damage,) = scrub(room)[1]
    assert damage.path == name
    with pytest.raises(DamagedFile, match="shortages"):
        figures(open_small(folder))


def test_one_file_comes_back_from_a_backup_as_the_message_says(
    folder: Path, tmp_path: Path
) -> None:
    room = open_small(folder)
    backup = back_up(room, CALLER, tmp_path / "backup").target
    name = kept_manifests(room)[0].table("forecasts")[0].path
    flip(room.lake.root / name, 100, 3)
    (damage,) = scrub(room)[1]
    place = f".vigie/lake/{name}"
    assert place in damage.message
    shutil.copy(backup / "room" / place, folder / place)
    assert scrub(room)[1] == []


def test_a_damaged_release_cannot_be_put_in_force_and_the_one_in_force_stays(
    folder: Path,
) -> None:
    room = open_small(folder)
    old = kept_manifests(room)[0]
    (new,) = run_days(room, LAST_DAY + timedelta(days=1))
    only_old = {f.path for f in old.table("shortages")}
    flip(room.lake.root / only_old.pop(), 50, 0)
    fresh = open_small(folder)
    with pytest.raises(DamagedFile):
        publish_release(fresh, CALLER, old.release, "going back")
    assert open_release(fresh, CALLER).release == new.release
    assert figures(fresh)["shortages"]


def test_the_doctor_names_damage_only_when_asked_to_read_every_file(folder: Path) -> None:
    room = open_small(folder)
    flip(room.lake.root / kept_manifests(room)[0].table("places")[0].path, 9, 1)
    assert not [f for f in examine(room, CALLER).findings if f.subject == "files"]
    (found,) = [f for f in examine(room, CALLER, is_scrubbed=True).findings if f.subject == "files"]
    assert not found.is_fine
    assert "table places" in found.message


def test_sample_paths_of_old_releases_expire_with_a_word_and_all_else_stays(folder: Path) -> None:
    room = open_small(folder)
    for number in range(1, KEPT_PATHS + 5):
        run_days(room, LAST_DAY + timedelta(days=number))
        assert collect_files(room) is not None
    releases = [each.release for each in reversed(kept_manifests(room))]
    oldest_kept = releases[-KEPT_PATHS]
    before = figures(room, oldest_kept)

    # Long after, when files are old enough to go.
    later = open_small(folder, at(LAST_DAY + timedelta(days=40_000)))
    collected = collect_files(later)
    assert collected is not None
    assert collected.removed

    fresh = open_small(folder)
    assert scrub(fresh)[1] == []
    with pytest.raises(NotFound, match=r"sample paths of release .* have expired"):
        open_release(fresh, CALLER, releases[0]).table("path_arrays")
    for release in releases:
        assert open_release(fresh, CALLER, release).table("shortages").num_rows
    assert figures(fresh, oldest_kept) == before
    assert collect_files(later) is not None
    assert scrub(fresh)[1] == []


def test_the_paths_of_the_release_in_force_stay_however_old_it_is(folder: Path) -> None:
    room = open_small(folder)
    (first,) = kept_manifests(room)
    for number in range(1, KEPT_PATHS + 4):
        run_days(room, LAST_DAY + timedelta(days=number))
    publish_release(room, CALLER, first.release, "the newer ones are wrong")
    collect_files(open_small(folder, at(LAST_DAY + timedelta(days=40_000))))
    assert figures(open_small(folder))["path_arrays"]
