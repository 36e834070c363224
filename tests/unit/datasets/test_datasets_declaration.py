"""Files of the folder datasets: what is read from them and every mistake in them."""

from __future__ import annotations

import pytest

from vigie.datasets import ColumnRef, Dataset, Language, read_dataset

SQL = """-- ---
-- description = "Beds of intensive care that staff can run"
-- measure = "icu_capacity"
-- purposes = ["crisis-management"]
-- [[check]]
-- name = "icu_capacity_range"
-- kind = "range"
-- min = 0
-- ---
WITH beds_staffed AS (SELECT * FROM beds_staffed WHERE category = 'icu')
SELECT place, category, reference_date, value
FROM beds_staffed JOIN places USING (place)
WHERE reference_date <= (SELECT as_of FROM as_of)
"""
PYTHON = '''"""Days of cover of every product.

More words.
"""
import pyarrow as pa

INPUTS = ["stock_on_hand", "consumption"]
LINEAGE = {"place": ["stock_on_hand.place"], "value": ["stock_on_hand.value", "consumption.value"]}
MEASURE = "days_of_cover"


def build(inputs: dict[str, pa.Table]) -> pa.Table:
    raise SystemExit("never run while it is read")
'''


def read(file: str, text: str) -> Dataset:
    dataset, problems = read_dataset(file, text)
    assert problems == []
    assert dataset is not None
    return dataset


def test_sql_header_gives_description_measure_purposes_and_the_select_its_inputs() -> None:
    dataset = read("datasets/icu_capacity.sql", SQL)
    assert dataset.name == "icu_capacity"
    assert dataset.language is Language.SQL
    assert dataset.measure == "icu_capacity"
    assert dataset.purposes == ("crisis-management",)
    assert dataset.inputs == ("as_of", "beds_staffed", "places")
    assert dataset.code.startswith("WITH beds_staffed")


def test_checks_of_a_header_stand_on_the_lines_of_the_file() -> None:
    checks = read("datasets/icu_capacity.sql", SQL).checks
    assert checks.splitlines()[4] == "[[check]]"
    assert SQL.splitlines()[4] == "-- [[check]]"


def test_python_is_read_and_never_run() -> None:
    dataset = read("datasets/days_of_cover.py", PYTHON)
    assert dataset.description == "Days of cover of every product."
    assert dataset.inputs == ("consumption", "stock_on_hand")
    assert dict(dataset.lineage)["value"] == (
        ColumnRef("stock_on_hand", "value"),
        ColumnRef("consumption", "value"),
    )


def test_a_new_description_is_no_new_code() -> None:
    before = read("datasets/icu_capacity.sql", SQL)
    renamed = read("datasets/icu_capacity.sql", SQL.replace("staff can run", "can be staffed"))
    changed = read("datasets/icu_capacity.sql", SQL.replace("'icu'", "'hdu'"))
    assert renamed.code_sha256 == before.code_sha256
    assert changed.code_sha256 != before.code_sha256


def test_a_window_is_part_of_the_code_and_moves_with_the_day() -> None:
    whole = read("datasets/a.sql", sql("SELECT * FROM beds"))
    weeks = read("datasets/a.sql", sql("SELECT * FROM beds", 'description = "d"\nwindow_days = 14'))
    python = read("datasets/a.py", PYTHON + "WINDOW_DAYS = 14\n")
    assert (whole.window_days, whole.inputs) == (None, ("beds",))
    assert (weeks.window_days, weeks.inputs) == (14, ("as_of", "beds"))
    assert weeks.code_sha256 != whole.code_sha256
    assert (python.window_days, python.inputs) == (14, ("as_of", "consumption", "stock_on_hand"))


def sql(body: str, header: str = 'description = "d"') -> str:
    lines = "".join(f"-- {line}\n" for line in header.splitlines())
    return f"-- ---\n{lines}-- ---\n{body}\n"


def without(text: str, start: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith(start))


@pytest.mark.parametrize(
    ("file", "text", "line", "what"),
    [
        ("datasets/Beds 2.sql", SQL, None, "not a name for a dataset"),
        ("datasets/a.sql", "SELECT 1", 1, "the dataset has no header"),
        ("datasets/a.sql", sql("SELECT 1", "description = 3"), 2, '"description" is not a text'),
        ("datasets/a.sql", sql("SELECT 1", "measure = 'm'"), 1, '"description" is missing'),
        (
            "datasets/a.sql",
            sql("SELECT 1", 'description = "d"\nmesure = "m"'),
            3,
            '"mesure" is unknown',
        ),
        ("datasets/a.sql", sql("SELECT 1", 'description = "d'), 2, "not valid TOML"),
        (
            "datasets/a.sql",
            sql("SELECT 1", 'description = "d"\ninputs = "m"'),
            3,
            '"inputs" is not a list of texts',
        ),
        (
            "datasets/a.sql",
            sql("SELECT 1", 'description = "d"\nwindow_days = 0'),
            3,
            '"window_days" is not a whole number',
        ),
        ("datasets/a.py", PYTHON + "WINDOW_DAYS = 1.5\n", 14, "WINDOW_DAYS is not a whole"),
        ("datasets/a.sql", sql("SELECT\nFROM WHERE"), 5, "the SELECT cannot be read"),
        ("datasets/a.sql", sql("SELECT 1; SELECT 2"), 4, "not one SELECT"),
        ("datasets/a.sql", sql("DROP TABLE beds"), 4, "not one SELECT"),
        ("datasets/a.sql", sql("SELECT * FROM read_csv('x.csv')"), 4, '"read_csv" reads outside'),
        ("datasets/a.sql", sql("SELECT * FROM 'x.parquet'"), 4, '"x.parquet" is not a relation'),
        ("datasets/a.sql", sql("SELECT * FROM other.beds"), 4, '"other.beds" is not a relation'),
        ("datasets/a.sql", sql("SELECT current_date"), 4, '"current_date" gives another answer'),
        ("datasets/a.sql", sql("SELECT random()"), 4, '"random" gives another answer'),
        ("datasets/a.sql", sql("SELECT * FROM beds WHERE day < $as_of"), 4, "parameters"),
        (
            "datasets/a.sql",
            sql("SELECT * FROM beds", 'description = "d"\ninputs = ["staff"]'),
            5,
            'reads "beds", which inputs does not list',
        ),
        (
            "datasets/a.py",
            PYTHON.replace("def build(inputs", "def build(inputs, extra"),
            12,
            "build does not take exactly one argument",
        ),
        ("datasets/a.py", PYTHON.replace("def build", "def make"), None, "no function build"),
        (
            "datasets/a.py",
            PYTHON.replace('["stock_on_hand", "consumption"]', "names()"),
            7,
            "INPUTS is not written out",
        ),
        ("datasets/a.py", without(PYTHON, "INPUTS"), None, "INPUTS is missing"),
        ("datasets/a.py", without(PYTHON, "LINEAGE"), None, "LINEAGE is missing"),
        (
            "datasets/a.py",
            PYTHON.replace("consumption.value", "stok.value"),
            8,
            '"stok.value" is no column of an input',
        ),
        ("datasets/a.py", PYTHON.replace('"days_of_cover"', "7"), 9, "MEASURE is not a text"),
        ("datasets/a.py", PYTHON + "def (", 14, "not valid Python"),
        ("datasets/a.py", PYTHON.split('"""')[2], 1, "no description"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    file: str, text: str, line: int | None, what: str
) -> None:
    dataset, problems = read_dataset(file, text)
    assert dataset is None
    assert [(each.line, what in each.what) for each in problems] == [(line, True)], problems


def test_all_mistakes_of_a_file_come_together() -> None:
    text = sql("SELECT random() FROM 'x.csv'", 'descripton = "d"\npurposes = "p"')
    _, problems = read_dataset("datasets/a.sql", text)
    assert len(problems) == 5, problems


def test_declared_inputs_stand_in_for_a_select_that_cannot_be_read() -> None:
    text = sql("SELECT FROM WHERE", 'description = "d"\ninputs = ["Beds"]')
    assert read("datasets/a.sql", text).inputs == ("beds",)
