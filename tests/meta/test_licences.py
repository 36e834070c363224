"""The script that compares licences finds what it must find."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "check_licences", ROOT / "scripts" / "check_licences.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("expression", "accepted"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("BSD-3-Clause AND 0BSD AND MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("LGPL-2.1-only", False),
        ("", False),
        ("Proprietary", False),
    ],
)
def test_an_expression_is_accepted_if_it_leaves_us_an_accepted_licence(
    script: ModuleType, expression: str, accepted: bool
) -> None:
    assert script.is_accepted(expression) is accepted


def test_a_changed_licence_a_new_package_and_a_gone_one_are_each_named(script: ModuleType) -> None:
    names = {"one": "1", "two": "2"}
    page = script.page([script.Licence("one", "1", "MIT"), script.Licence("old", "3", "MIT")])
    now = [script.Licence("one", "1", "GPL-3.0-only"), script.Licence("two", "2", "MIT")]
    found = "\n".join(script.mistakes(now, names, page))
    assert 'one: licence "GPL-3.0-only" is not accepted' in found
    assert "does not say: | two | 2 | MIT |" in found
    assert "lists old, which is no longer pinned" in found


def test_several_versions_of_one_pin_are_kept_together(script: ModuleType) -> None:
    text = (
        "a==1 ; python_version < '3.12' \\\n    --hash=x\na==2 ; python_version >= '3.12'\nb==3\n"
    )
    assert script.pinned(text) == {"a": "1, 2", "b": "3"}
