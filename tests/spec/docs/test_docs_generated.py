"""Pages made from the code say what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from vigie import errors, schemas
from vigie.datasets import HEADER_KEYS, PYTHON_NAMES, read_dataset
from vigie.quality import KINDS, read_checks
from vigie.settings import Settings, parse_settings, settings_page

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("script", ["write_docs.py", "check_licences.py"])
def test_generated_pages_are_up_to_date(script: str) -> None:
    command = [sys.executable, ROOT / "scripts" / script, "--check"]
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_every_error_is_documented_with_its_codes() -> None:
    page = (DOCS / "reference-errors.md").read_text(encoding="utf-8")
    for name in errors.__all__:
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, errors.VigieError):
            assert f"| `{name}` |" in page


def test_every_branch_of_errors_has_its_own_exit_code_and_a_status() -> None:
    branches = errors.VigieError.__subclasses__()
    codes = [errors.EXIT_CODES[each] for each in branches]
    assert len(set(codes)) == len(codes)
    assert all(each in errors.HTTP_STATUSES for each in branches)
    assert not {0, 1, 2} & set(codes)


def test_every_column_of_every_table_is_documented() -> None:
    page = (DOCS / "reference-tables.md").read_text(encoding="utf-8")
    for table in schemas.ALL_TABLES.values():
        section = page.partition(f"## `{table.name}` (")[2].partition("\n## ")[0]
        for column in table.columns:
            assert f"| `{column.name}` |" in section, f"{table.name}.{column.name}"


def test_defaults_on_the_settings_page_are_those_of_an_empty_room() -> None:
    settings, problems = parse_settings('[room]\nname = "Small"\n', {})
    assert isinstance(settings, Settings)
    assert problems == []
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| `([^`]*)` \|", settings_page(), re.MULTILINE))
    for name in ("sample_count", "horizon_days", "seed"):
        assert rows[name] == str(getattr(settings.room, name))
    assert rows["port"] == str(settings.web.port)
    assert rows["deadline"] == f'"{settings.room.deadline:%H:%M}"'


def code_blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_page_of_checks_has_a_right_example_of_every_kind() -> None:
    text = "\n".join(code_blocks("reference-checks.md", "toml"))
    measures = {"beds_occupied", "beds_staffed"}
    checks, problems = read_checks(text, "page", measures, {"icu_capacity"}, feeds={"beds"})
    assert problems == []
    assert [check.kind for check in checks] == list(KINDS)


def test_every_parameter_of_every_kind_of_check_is_documented() -> None:
    page = (DOCS / "reference-checks.md").read_text(encoding="utf-8")
    for name, kind in KINDS.items():
        section = page.partition(f"## `{name}`")[2].partition("\n## ")[0]
        for each in kind.parameters:
            assert f"| `{each.name}` |" in section, f"{name}.{each.name}"


def test_the_page_of_datasets_has_right_examples() -> None:
    (sql,) = code_blocks("reference-datasets.md", "sql")
    (python,) = code_blocks("reference-datasets.md", "python")
    for name, text in (("icu_capacity.sql", sql), ("kept_free.py", python)):
        dataset, problems = read_dataset(f"datasets/{name}", text)
        assert problems == []
        assert dataset is not None


def test_the_documented_keys_of_a_dataset_are_those_that_are_read() -> None:
    values = {"description": '"d"', "measure": '"m"', "purposes": '["p"]', "inputs": '["facts"]'}
    values["window_days"] = "60"
    assert values.keys() | {"check"} == HEADER_KEYS.keys()
    header = "\n".join(f"-- {key} = {value}" for key, value in values.items())
    dataset, problems = read_dataset("datasets/a.sql", f"-- ---\n{header}\n-- ---\nFROM facts")
    assert problems == []
    assert dataset is not None
    assert (dataset.measure, dataset.purposes) == ("m", ("p",))
    assert (dataset.inputs, dataset.window_days) == (("as_of", "facts"), 60)
    page = (DOCS / "reference-datasets.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in page for name in PYTHON_NAMES)
