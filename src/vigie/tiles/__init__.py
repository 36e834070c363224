"""Empty yet: the files of the public log, in the C2SP tlog-tiles format.

Here will live the writer that puts batches of leaves into tiles and signs checkpoints, and the
reader. Hashes, proofs and the formats themselves are pure functions of ``ledger``.
"""

__all__: list[str] = []
