"""The SELECT of a dataset: what it reads, and what it must not do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vigie.errors import Problem

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["read_sql"]

# A dataset must give the same rows for the same inputs, and its inputs must be known by name.
_CHANGING = {
    "current_date",
    "current_timestamp",
    "current_time",
    "localtimestamp",
    "localtime",
    "now",
    "today",
    "get_current_timestamp",
    "transaction_timestamp",
    "random",
    "uuid",
    "gen_random_uuid",
    "uuidv4",
    "uuidv7",
    "setseed",
    "nextval",
}
# The syntax tree has one name for several spellings; a message needs the usual one.
_WRITTEN = {"rand": "random"}
_OUTSIDE = {
    "glob",
    "query",
    "query_table",
    "getenv",
    "getvariable",
    "sniff_csv",
    "parquet_scan",
    "csv_scan",
    "iceberg_scan",
    "sqlite_scan",
    "postgres_scan",
}


def read_sql(
    file: str, code: str, *, first_line: int, declared: tuple[str, ...] | None
) -> tuple[tuple[str, ...], list[Problem]]:
    """Find the relations a SELECT reads, and its mistakes.

    Args:
        file: path for messages.
        code: the SELECT.
        first_line: line of the file on which the code begins, for messages.
        declared: inputs named in the header, or None. They must list what is found; when the
            SELECT cannot be read (syntax newer than the reader), they are trusted.

    Returns:
        Names in small letters, sorted; and the mistakes.
    """
    import sqlglot
    from sqlglot import exp

    try:
        statements = [each for each in sqlglot.parse(code, read="duckdb") if each is not None]
    except sqlglot.errors.SqlglotError as error:
        if declared is not None:
            return tuple(sorted({name.lower() for name in declared})), []
        return (), [_unreadable(file, error, first_line)]
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        to_do = "Write one SELECT (WITH is allowed)."
        return (), [Problem(file, first_line, "not one SELECT", to_do)]
    tree = statements[0]
    problems = [Problem(file, first_line, what, to_do) for what, to_do in _forbidden(tree)]
    found = _tables(tree)
    missing = sorted(found - {name.lower() for name in declared}) if declared is not None else []
    for name in missing:
        what = f'the SELECT reads "{name}", which inputs does not list'
        problems.append(Problem(file, first_line, what, "Add it to inputs, or leave inputs out."))
    return tuple(sorted(found | {name.lower() for name in declared or ()})), problems


def _unreadable(file: str, error: Exception, first_line: int) -> Problem:
    details = getattr(error, "errors", None) or [{}]
    line = first_line + int(details[0].get("line") or 1) - 1
    what = details[0].get("description") or str(error).splitlines()[0]
    to_do = "Correct it; if the engine accepts it, name the relations it reads in inputs = [...]."
    return Problem(file, line, f"the SELECT cannot be read: {str(what).split(' <Token')[0]}", to_do)


def _tables(tree: exp.Expression) -> set[str]:
    """Names of relations read, without those that WITH defines."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    sources = (
        source
        for scope in traverse_scope(tree)
        for source in scope.sources.values()
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier)
    )
    return {source.name.lower() for source in sources}


def _forbidden(tree: exp.Expression) -> Iterator[tuple[str, str]]:
    from sqlglot import exp

    for name in sorted({_function_name(each) for each in tree.find_all(exp.Func)}):
        if name in _CHANGING:
            what = f'"{name}" gives another answer each time'
            yield what, "Read the day from the relation as_of: (SELECT as_of FROM as_of)."
        elif name in _OUTSIDE or name.startswith("read_"):
            yield f'"{name}" reads outside the room\'s tables', "Declare a feed for it."
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier) and (table.db or "." in table.name):
            full = ".".join(part.name for part in table.parts)
            yield f'"{full}" is not a relation of this room', "Declare a feed for it."
    if any(True for _ in tree.find_all(exp.Placeholder, exp.Parameter)):
        yield "parameters are not filled in", "Read the day from the relation as_of."


def _function_name(function: exp.Func) -> str:
    from sqlglot import exp

    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    return _WRITTEN.get(str(name).lower(), str(name).lower())
