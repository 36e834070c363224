"""Compiled loops that an installation keeps: named after their code, copied whole or not at all."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import vigie
from vigie.actions.rooms import compiled_loops
from vigie.actions.rooms.compiled_loops import (
    LOOP_FILES,
    compile_for_installation,
    installed_loops,
    keep_loops,
    loops_name,
)
from vigie.cli.commands import Context
from vigie.cli.operating import compile_models
from vigie.errors import BadData
from vigie.supply.demand_kernel import ready_draws

PACKAGE = Path(vigie.__file__).parent
KEPT_LOOPS = os.environ["NUMBA_CACHE_DIR"]
"""Of all tests."""

BESIDE = {"vigie.paths"}
"""Other modules that modules with loops import, for types alone."""


@pytest.fixture(autouse=True)
def no_place_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    # Set first: what a test sets goes with it.
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")


def loops_in(prefix: Path) -> Path:
    """An installation that says it has loops."""
    folder = installed_loops(prefix) / "some_module"
    folder.mkdir(parents=True)
    (folder / "loop.1.nbc").write_bytes(b"code")
    return folder.parent


def a_copy_of_the_loops(folder: Path) -> Path:
    """The package with the files of loops alone."""
    for pattern in LOOP_FILES:
        for file in PACKAGE.glob(pattern):
            copied = folder / file.relative_to(PACKAGE)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copied)
    (folder / "__init__.py").touch()
    return folder


def test_every_loop_and_what_it_calls_is_in_the_name() -> None:
    named = {file for pattern in LOOP_FILES for file in PACKAGE.glob(pattern)}
    with_loops = {file for file in PACKAGE.rglob("*.py") if "@njit" in file.read_text()}
    assert with_loops, "the test looks for loops in the wrong place"
    assert with_loops <= named
    modules = {
        ".".join(("vigie", *file.relative_to(PACKAGE).with_suffix("").parts)) for file in named
    }
    for file in with_loops:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("vigie"):
                assert node.module in modules | BESIDE, f"{file.name} imports {node.module}"


def test_make_compiles_anew_for_the_same_files() -> None:
    makefile = (PACKAGE.parents[1] / "Makefile").read_text()
    assert f"$(wildcard {' '.join(f'src/vigie/{each}' for each in LOOP_FILES)})" in makefile


@pytest.mark.parametrize("change", ["edited", "added"])
def test_a_changed_loop_changes_both_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    package = a_copy_of_the_loops(tmp_path / "vigie")
    monkeypatch.setattr(vigie, "__file__", str(package / "__init__.py"))
    before = loops_name(), installed_loops(tmp_path)
    if change == "edited":
        with (package / "supply/random_kernel.py").open("a") as file:
            file.write("# another constant\n")
    else:
        (package / "supply/new_kernel.py").write_text("")
    assert loops_name() != before[0]
    assert installed_loops(tmp_path) != before[1]


def test_a_touched_file_changes_the_place_of_the_installation_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = a_copy_of_the_loops(tmp_path / "vigie")
    monkeypatch.setattr(vigie, "__file__", str(package / "__init__.py"))
    before = loops_name(), installed_loops(tmp_path)
    os.utime(package / "supply/random_kernel.py", (1, 1))
    assert loops_name() == before[0]
    assert installed_loops(tmp_path) != before[1]


def test_a_new_room_takes_the_loops_of_the_installation(tmp_path: Path) -> None:
    loops_in(tmp_path / "prefix")
    keep_loops(tmp_path / "room", tmp_path / "prefix")
    kept = tmp_path / "room/cache" / f"compiled-{loops_name()}"
    assert os.environ["NUMBA_CACHE_DIR"] == str(kept)
    assert (kept / "some_module/loop.1.nbc").read_bytes() == b"code"


def test_a_room_that_has_loops_keeps_its_own(tmp_path: Path) -> None:
    loops_in(tmp_path / "prefix")
    kept = tmp_path / "room/cache" / f"compiled-{loops_name()}"
    kept.mkdir(parents=True)
    keep_loops(tmp_path / "room", tmp_path / "prefix")
    assert not list(kept.iterdir())


def test_loops_that_cannot_be_copied_leave_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops_in(tmp_path / "prefix")

    def half(source: Path, target: Path) -> None:
        target.mkdir(parents=True)
        raise PermissionError(13, "Permission denied", str(source))

    monkeypatch.setattr(compiled_loops.shutil, "copytree", half)
    keep_loops(tmp_path / "room", tmp_path / "prefix")
    assert not list((tmp_path / "room/cache").iterdir())
    assert os.environ["NUMBA_CACHE_DIR"].startswith(str(tmp_path / "room"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_is_closed_to_this_user_is_passed_over(tmp_path: Path) -> None:
    loops_in(tmp_path / "prefix")
    (tmp_path / "prefix/share").chmod(0o000)
    try:
        keep_loops(tmp_path / "room", tmp_path / "prefix")
    finally:
        (tmp_path / "prefix/share").chmod(0o755)
    assert not list((tmp_path / "room").rglob("*.nbc"))


def test_without_loops_of_the_installation_the_room_is_named_all_the_same(tmp_path: Path) -> None:
    keep_loops(tmp_path / "room", tmp_path / "nothing here")
    assert os.environ["NUMBA_CACHE_DIR"].startswith(str(tmp_path / "room"))
    assert not (tmp_path / "room").exists()


def test_a_failed_compile_leaves_nothing_and_says_what_it_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_loops, "_CODE", "raise SystemExit('no compiler today')")
    with pytest.raises(subprocess.CalledProcessError):
        compile_for_installation(tmp_path)
    assert not list((tmp_path / "share/vigie").iterdir())
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    context = Context.__new__(Context)
    with pytest.raises(BadData, match=r"no compiler today.*each room compiles"):
        compile_models(context, None)  # type: ignore[arg-type]


def test_what_is_compiled_replaces_what_older_code_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "share/vigie/compiled-of-yesterday"
    old.mkdir(parents=True)
    write = "import os, pathlib; pathlib.Path(os.environ['NUMBA_CACHE_DIR'], 'a.nbi').touch()"
    monkeypatch.setattr(compiled_loops, "_CODE", write)
    made = compile_for_installation(tmp_path)
    assert (made.folder / "a.nbi").exists()
    assert not old.exists()
    assert compile_for_installation(tmp_path).seconds == 0


def test_numba_reads_the_loops_that_were_copied(tmp_path: Path) -> None:
    # The loops of the tests stand for those of an installation; one process of its own loads them.
    ready_draws()
    shutil.copytree(KEPT_LOOPS, installed_loops(tmp_path / "prefix"))
    code = (
        "import sys; from pathlib import Path\n"
        "from vigie.actions.rooms.compiled_loops import keep_loops\n"
        "keep_loops(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "from vigie.supply import demand_kernel\n"
        "demand_kernel.ready_draws()\n"
        "stats = demand_kernel._draw.stats\n"
        "print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "room"), str(tmp_path / "prefix")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "0"]
