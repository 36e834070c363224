"""Empty yet: the room in which other people's SQL runs on figures they may not take away.

Here will live the gate that reads a query's syntax tree and refuses what is not a plain SELECT on
the tables of a grant, and the confined process that runs it. What an answer may reveal is decided
by ``disclosure``, who may ask by ``governance``.
"""

__all__: list[str] = []
