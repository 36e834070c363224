"""The room itself: its folder, tables and releases, what it takes in, and how it is kept safe.

Receiving, rebuilding, releasing, reading, backing up and restoring. Everything above reaches
storage through these modules; each act asks the access decision and leaves its audit record.
"""

__all__: list[str] = []
