"""Small state in SQL: arrivals, runs, releases, publications, decisions, and the outbox.

Here live the tables, their migrations, one transaction type and the writer's lock. A commit
holds an act's row and its audit record together. Big data live in the lake.
"""

from vigie.state.database import State, Transaction
from vigie.state.decision_rows import DecisionRow, MoveRow
from vigie.state.lock import WriterLock
from vigie.state.records import (
    AlertRow,
    ArrivalRow,
    ArrivalStatus,
    DatasetRow,
    OutboxRow,
    PublicationRow,
    RefusalRow,
    ReleaseRow,
    RunRow,
    RunStatus,
)

__all__ = [
    "AlertRow",
    "ArrivalRow",
    "ArrivalStatus",
    "DatasetRow",
    "DecisionRow",
    "MoveRow",
    "OutboxRow",
    "PublicationRow",
    "RefusalRow",
    "ReleaseRow",
    "RunRow",
    "RunStatus",
    "State",
    "Transaction",
    "WriterLock",
]
