"""What the product imports is what the project declares, and nothing is declared for nothing."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "vigie"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Used without being imported: the time zones that zoneinfo reads where the system has none.
DATA_ONLY = {"tzdata"}
# Comes with a declared package that documents it as part of its own use.
PART_OF = {"markupsafe": "jinja2", "llvmlite": "numba"}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", each)[0].lower() for each in requirements}


DECLARED = names(PROJECT["dependencies"])
OPTIONAL = set().union(*(names(each) for each in PROJECT["optional-dependencies"].values()))


def imported() -> dict[str, Path]:
    """Distributions that the sources import, each with a file that does."""
    distributions = packages_distributions()
    found: dict[str, Path] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            else:
                continue
            for module in modules:
                top = module.partition(".")[0]
                if top != "vigie" and top not in sys.stdlib_module_names:
                    found.setdefault(distributions.get(top, [top])[0].lower(), path)
    return found


def test_every_package_that_is_imported_is_declared() -> None:
    allowed = DECLARED | OPTIONAL
    undeclared = {
        name: str(path.relative_to(ROOT))
        for name, path in imported().items()
        if PART_OF.get(name, name) not in allowed
    }
    assert undeclared == {}


def test_every_declared_package_is_imported() -> None:
    assert DECLARED - imported().keys() - DATA_ONLY == set()
