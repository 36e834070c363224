"""Whether a feed's query only reads: one SELECT, no command that changes anything."""

from __future__ import annotations

__all__ = ["query_mistake"]


def query_mistake(query: str, dialect: str | None = None) -> str:
    """What is wrong with a query, or "".

    Args:
        query: SQL text.
        dialect: as sqlglot names it; None tries its general grammar.
    """
    import sqlglot
    from sqlglot import expressions

    try:
        statements = [each for each in sqlglot.parse(query, dialect=dialect) if each is not None]
    except sqlglot.errors.SqlglotError:
        return "cannot be read as SQL"
    if len(statements) != 1:
        return f"holds {len(statements)} statements"
    changing = (
        expressions.DML,
        expressions.DDL,
        expressions.Command,
        expressions.Into,
        expressions.Lock,
    )
    statement = statements[0]
    if not isinstance(statement, expressions.Query):
        return "is not a SELECT"
    for node in statement.walk():
        if isinstance(node, changing) and not isinstance(node, expressions.Query):
            return f"holds {node.key.upper()}"
    return ""
