"""A dataset in Python runs in a process of its own: Arrow in, Arrow out, failures told."""

import os
from pathlib import Path

import pyarrow as pa
import pytest

from vigie.engines import run_python
from vigie.errors import BadData

BEDS = pa.table({"place": ["A", "B"], "value": [5.0, 6.0]})


def run(tmp_path: Path, body: str, timeout_seconds: float = 60) -> pa.Table:
    code = tmp_path / "dataset.py"
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    code.write_text(f"import os\nimport pyarrow as pa\n\ndef build(inputs):\n{indented}\n", "utf-8")
    return run_python(code, {"beds": BEDS}, tmp_path / "scratch", timeout_seconds=timeout_seconds)


def test_inputs_come_by_name_and_the_result_goes_back(tmp_path: Path) -> None:
    result = run(
        tmp_path, 'return inputs["beds"].append_column("pid", pa.array([os.getpid()] * 2))'
    )

    assert result.select(["place", "value"]).equals(BEDS)
    assert result["pid"][0].as_py() != os.getpid()


def test_an_empty_input_keeps_its_columns(tmp_path: Path) -> None:
    code = tmp_path / "dataset.py"
    code.write_text("def build(inputs):\n    return inputs['beds']\n", "utf-8")

    result = run_python(code, {"beds": BEDS.slice(0, 0)}, tmp_path / "scratch")

    assert result.equals(BEDS.slice(0, 0))


def test_a_failure_ends_with_the_last_lines_that_it_printed(tmp_path: Path) -> None:
    with pytest.raises(BadData) as caught:
        run(tmp_path, 'raise RuntimeError("the beds are not made")')

    assert str(caught.value).startswith("dataset.py failed in its own process. Its last lines:")
    assert "RuntimeError: the beds are not made" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return [1, 2]", "build() must return a pyarrow.Table, not list"),
        ("inputs['beds']", "build() must return a pyarrow.Table, not NoneType"),
        ("os._exit(9)", "dataset.py failed in its own process"),
        ("os._exit(0)", "returned no table"),
    ],
)
def test_what_is_no_table_is_refused(body: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(BadData) as caught:
        run(tmp_path, body)

    assert message in str(caught.value)


def test_a_file_without_build_is_told(tmp_path: Path) -> None:
    code = tmp_path / "dataset.py"
    code.write_text("x = 1\n", "utf-8")

    with pytest.raises(BadData, match="build"):
        run_python(code, {}, tmp_path / "scratch")


def test_a_child_that_takes_too_long_is_ended_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"took longer than 2 s. Make it faster"):
        run(tmp_path, "while True:\n    pass", timeout_seconds=2)


def test_nothing_is_left_in_scratch(tmp_path: Path) -> None:
    run(tmp_path, "return inputs['beds']")
    with pytest.raises(BadData):
        run(tmp_path, "return None")

    assert list((tmp_path / "scratch").iterdir()) == []
