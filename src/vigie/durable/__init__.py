"""Files that survive a crash: flushed to the disk, known by their hash, a full disk recognised.

Here live the few steps that every store shares: ``feeds``, ``lake``, ``state`` and the acts that
copy them. What is stored, where, and what people are told when it fails is the business of each.
The core cannot import this package: it touches files.
"""

from vigie.durable.files import is_disk_full, sha256_of, sync

__all__ = ["is_disk_full", "sha256_of", "sync"]
