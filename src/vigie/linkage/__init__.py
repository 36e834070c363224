"""Linkage: pseudonyms of personal identifiers, made with a key that stays in the room.

What lives here are pure functions; which columns are personal and where the key is kept is
decided elsewhere (`vigie.feeds` declares and applies, the shell holds the key). Linking records
of persons without a shared number does not live here yet.
"""

from vigie.linkage.pseudonyms import (
    MINIMUM_SECRET_BYTES,
    normalised_identifier,
    pseudonym,
    pseudonym_column,
)

__all__ = ["MINIMUM_SECRET_BYTES", "normalised_identifier", "pseudonym", "pseudonym_column"]
