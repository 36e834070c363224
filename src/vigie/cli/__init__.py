"""The command line: parses, calls one action, prints. No rule lives here.

Rooms and callers are handed in by ``bootstrap``; errors become one message and an exit code.
"""

from vigie.cli.main import run

__all__ = ["run"]
