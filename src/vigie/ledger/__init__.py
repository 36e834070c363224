"""What strangers can check: the bytes of audit records and, later, the proofs over them.

Here live hashes, formats and proofs as pure functions. The files of the log are written by
``tiles``; what is worth recording is decided by ``actions``.
"""

from vigie.ledger.record import AuditRecord, canonical_json, leaf_hash

__all__ = ["AuditRecord", "canonical_json", "leaf_hash"]
