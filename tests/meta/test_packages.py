"""Promises about the packages: the map, exact public names, cheap import."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "vigie"
MAP = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (?P<floor>\d) \| (?P<names>`[^|]+`) \| (?P<what>[^|]+) \|$", re.MULTILINE)


def packages() -> list[str]:
    folders = [each.parent.name for each in SOURCE.glob("*/__init__.py")]
    modules = [each.stem for each in SOURCE.glob("*.py") if not each.stem.startswith("__")]
    return sorted([*folders, *modules])


def map_rows() -> dict[str, tuple[int, str]]:
    return {
        name: (int(row["floor"]), row["what"])
        for row in _ROW.finditer(MAP)
        for name in re.findall(r"`(\w+)`", row["names"])
    }


def is_written(package: str) -> bool:
    folder = SOURCE / package
    return not folder.is_dir() or any(each.stem != "__init__" for each in folder.glob("*.py"))


WRITTEN = [name for name in packages() if is_written(name)]


def test_the_map_names_every_package_and_no_other() -> None:
    assert sorted(map_rows()) == packages()


def test_the_map_says_which_packages_are_to_come() -> None:
    to_come = {name for name, (_, what) in map_rows().items() if "to come" in what}
    assert not to_come & set(WRITTEN)


def test_the_floors_of_the_map_are_those_that_imports_are_tested_by() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    order = {
        name.removeprefix("vigie."): number
        for number, layer in enumerate(reversed(layers))
        for name in layer.split(" | ")
    }
    assert {name: floor for name, (floor, _) in map_rows().items()} == order


@pytest.mark.parametrize("package", packages())
def test_the_public_names_of_a_package_are_exact(package: str) -> None:
    module = importlib.import_module(f"vigie.{package}")
    listed = list(module.__all__)
    assert len(set(listed)) == len(listed)
    for name in listed:
        assert hasattr(module, name), f"vigie.{package} lists {name}, which it lacks"
    if (SOURCE / package).is_dir():
        bound = {
            name
            for name, value in vars(module).items()
            if not name.startswith("_") and not isinstance(value, ModuleType)
        }
        assert bound - {"annotations", "TYPE_CHECKING"} <= set(listed)


@pytest.mark.parametrize("package", packages())
def test_a_package_says_in_a_paragraph_what_lives_in_it(package: str) -> None:
    module = importlib.import_module(f"vigie.{package}")
    assert len((module.__doc__ or "").split()) >= 15


def all_modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", all_modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_tells_one_story(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_module_is_a_drawer_for_the_rest() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}
    assert not {each.stem for each in SOURCE.rglob("*.py")} & drawers
    assert not set(packages()) & drawers


def test_importing_vigie_loads_nothing_heavy() -> None:
    heavy = {"numpy", "pyarrow", "duckdb", "scipy", "pyiceberg", "sqlalchemy", "fastapi", "numba"}
    assert not heavy & loaded_by("vigie")


@pytest.mark.parametrize(
    "module", ["vigie.epidemiology", "vigie.epidemiology.renewal", "vigie.bootstrap"]
)
def test_compilers_are_loaded_only_where_they_run(module: str) -> None:
    assert not {"numba", "llvmlite"} & loaded_by(module)


def loaded_by(module: str) -> set[str]:
    """Top names of everything that importing a module loads, in a process of its own."""
    code = f"import sys, {module}; print(*(each.partition('.')[0] for each in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return set(done.stdout.decode().split())


def test_an_unknown_name_of_vigie_is_an_attribute_error() -> None:
    import vigie

    with pytest.raises(AttributeError, match="has no attribute 'opne'"):
        _ = vigie.opne


def test_the_version_is_that_of_the_project() -> None:
    import vigie

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == vigie.__version__


def test_every_dependency_is_accounted_for_in_the_decisions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stack = (ROOT / "docs/decisions/2026-11-23-stack.md").read_text(encoding="utf-8")
    for requirement in project["dependencies"]:
        name = re.match(r"[\w-]+", requirement)
        assert name is not None
        assert f"| `{name[0]}` |" in stack, requirement


def test_every_dependency_is_pinned_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-peers.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = re.findall(r"^[\w.-]+==[^\n]*(?:\n    [^\n]*)*", text, re.MULTILINE)
        assert len(pins) > 20
        assert all("--hash=sha256:" in pin for pin in pins)
