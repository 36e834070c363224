"""Writes the reference pages that are made from the code; ``--check`` only compares.

Pages: ``docs/settings.md`` from ``vigie.settings``, ``docs/reference-errors.md`` from
``vigie.errors``, ``docs/reference-tables.md`` from ``vigie.schemas``, ``docs/reference-checks.md``
from ``vigie.quality`` and ``docs/reference-datasets.md`` from ``vigie.datasets``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from vigie import errors, schemas
from vigie.datasets import HEADER_KEYS, PYTHON_NAMES, SERIES_COLUMNS, SOURCE_COLUMNS
from vigie.quality import KINDS, Kind, Parameter, Severity
from vigie.settings import settings_page

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

ERRORS_HEAD = """\
# Errors

Made by `make docs` from `vigie.errors`; edit there. A message always says what was wrong, where,
and what to do. Commands end with the exit code, pages and the API with the HTTP status. Exit code
0 means done, 1 an error outside this table, 2 a command that could not be understood.

| error | meaning | exit code | HTTP status |
|---|---|---|---|
"""

TABLES_HEAD = """\
# Tables

Made by `make docs` from `vigie.schemas`; edit there. Reference tables are the CSV files of a
room's `reference` folder; a column with a default may be left out of the file. Facts are what
feeds bring, results what a run makes.
"""

CHECKS_HEAD = """\
# Checks

Made by `make docs` from `vigie.quality`; edit there. Checks are declared in `checks.toml`, and in
the headers of [datasets](reference-datasets.md); every run carries out all of them on the figures
that stand. A failed check with severity `"blocking"` keeps the release before in force and says
which figure, which check, which rows; a `"warning"` is shown. A check that the engine refuses has
failed.

| key of every check | meaning |
|---|---|
| `name` | Small letters, digits and `_`; one of its kind in the room. |
| `kind` | One of the kinds below. |
| `measure`, `dataset` or `feed` | What it looks at, by name: one of these. |
| `category` | Only this category of a measure. |
| `severity` | {severities}; `"warning"` when left out. |
"""

DATASETS_HEAD = """\
# Datasets

Made by `make docs` from `vigie.datasets`; edit there. A dataset is a file `datasets/NAME.sql` or
`datasets/NAME.py`; a run builds it anew when its text or one of its inputs changed. `vigie run
--plan` says what would be built, and why.

## SQL

A header, TOML in comment lines between two lines `-- ---`, then one SELECT (DuckDB):

```sql
-- ---
-- description = "Beds of intensive care that staff can run"
-- measure = "icu_capacity"
-- [[check]]
-- name = "icu_capacity_range"
-- kind = "range"
-- min = 0
-- ---
SELECT place, category, reference_date, value FROM beds_staffed WHERE category = 'icu'
```

| key of the header | meaning |
|---|---|
{header}

The same inputs must give the same rows, so a SELECT reads neither files nor the clock nor chance;
the day of the run is `(SELECT as_of FROM as_of)`.

## Python

The docstring is the description, constants say the rest, and `build` makes the rows. The file is
read without being run; `build` runs in a process of its own, Arrow tables in, an Arrow table out.

```python
\"\"\"A tenth of the staffed beds, kept free for emergencies.\"\"\"
import pyarrow as pa
import pyarrow.compute as pc

INPUTS = ["beds_staffed"]
LINEAGE = {{"place": ["beds_staffed.place"], "kept_free": ["beds_staffed.value"]}}


def build(inputs: dict[str, pa.Table]) -> pa.Table:
    beds = inputs["beds_staffed"]
    return pa.table({{"place": beds["place"], "kept_free": pc.divide(beds["value"], 10)}})
```

| constant | meaning |
|---|---|
{python}

## What a dataset may read

Rows that become facts of a measure have the columns place, category, reference_date and value.

| relation | columns |
|---|---|
| a measure, by its key: the figures that stand | {series} |
| another dataset, by its name | its own |
{relations}
"""


def errors_page() -> str:
    """Markdown text of ``docs/reference-errors.md``."""
    rows = []
    for name in errors.__all__:
        kind = getattr(errors, name)
        if not (isinstance(kind, type) and issubclass(kind, errors.VigieError)):
            continue
        sentence = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        raised = kind.__new__(kind)
        codes = f"{errors.exit_code(raised)} | {errors.http_status(raised)}"
        rows.append(f"| `{name}` | {sentence} | {codes} |")
    return ERRORS_HEAD + "\n".join(sorted(rows)) + "\n"


def tables_page() -> str:
    """Markdown text of ``docs/reference-tables.md``."""
    return "\n".join([TABLES_HEAD, *(_table(each) for each in schemas.ALL_TABLES.values())])


def _table(table: schemas.Table) -> str:
    key = ", ".join(f"`{each}`" for each in table.key)
    lines = [f"## `{table.name}` ({table.role})", "", f"{table.meaning} Key: {key}.", ""]
    lines += ["| column | type | unit | default | meaning |", "|---|---|---|---|---|"]
    for column in table.columns:
        default = "required" if column.is_required else _default(column.default)
        cells = (f"`{column.name}`", str(column.type), column.unit or "-", default, column.meaning)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _default(default: str | None) -> str:
    return "empty" if not default else f"`{default}`"


def checks_page() -> str:
    """Markdown text of ``docs/reference-checks.md``."""
    severities = ", ".join(f'`"{each}"`' for each in Severity)
    head = CHECKS_HEAD.format(severities=severities)
    return "\n".join([head, *(_kind(name, kind) for name, kind in KINDS.items())])


def _kind(name: str, kind: Kind) -> str:
    sentence = " ".join((kind.rule.__doc__ or "").split())
    targets = " or ".join(f"`{each}`" for each in kind.targets)
    lines = [f"## `{name}`", "", f"{sentence} Looks at: {targets}.", ""]
    lines += ["| key | type | default | meaning |", "|---|---|---|---|"]
    lines += [_parameter(each) for each in kind.parameters]
    figure = {"measure": "beds_occupied", "dataset": "icu_capacity", "feed": "beds"}
    target = kind.targets[0]
    lines += ["", "```toml", "[[check]]", f'name = "{name}_of_{figure[target]}"']
    lines += [f'kind = "{name}"', f'{target} = "{figure[target]}"', kind.example, "```"]
    return "\n".join(lines) + "\n"


def _parameter(each: Parameter) -> str:
    forms = {
        "whole": "whole number",
        "flag": "true or false",
        "texts": "list of texts",
        "columns": "column = type",
    }
    words = forms.get(each.form, each.form)
    if each.choices:
        words = ", ".join(f'"{choice}"' for choice in each.choices)
    least, most = each.minimum, each.maximum
    if least is not None:
        words += f", {least:g} to {most:g}" if most is not None else f", {least:g} or more"
    default = "required" if each.is_required else _written(each.default)
    return f"| `{each.name}` | {words} | {default} | {each.meaning} |"


def _written(default: object) -> str:
    if default is None or default == ():
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default}`"


def datasets_page() -> str:
    """Markdown text of ``docs/reference-datasets.md``."""
    return DATASETS_HEAD.format(
        header="\n".join(f"| `{key}` | {meaning} |" for key, meaning in HEADER_KEYS.items()),
        python="\n".join(f"| `{key}` | {meaning} |" for key, meaning in PYTHON_NAMES.items()),
        series=", ".join(SERIES_COLUMNS),
        relations="\n".join(
            f"| `{name}` | {', '.join(columns)} |" for name, columns in SOURCE_COLUMNS.items()
        ),
    )


PAGES = {
    "settings.md": settings_page,
    "reference-errors.md": errors_page,
    "reference-tables.md": tables_page,
    "reference-checks.md": checks_page,
    "reference-datasets.md": datasets_page,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or name those that differ from the code."""
    stale = []
    for name, make in PAGES.items():
        path = DOCS / name
        text = make()
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"docs/{name} differs from the code it is made from. Run make docs.", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
