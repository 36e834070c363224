"""Writes the reference pages that are made from the code; ``--check`` only compares.

Pages: ``docs/settings.md`` from ``vigie.settings``, ``docs/reference-errors.md`` from
``vigie.errors``, and ``docs/reference-tables.md`` from ``vigie.schemas``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from vigie import errors, schemas
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


PAGES = {
    "settings.md": settings_page,
    "reference-errors.md": errors_page,
    "reference-tables.md": tables_page,
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
