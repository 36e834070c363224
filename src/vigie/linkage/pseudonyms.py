"""Keyed pseudonyms: equal identifiers stay equal, and nobody without the key can go back.

A plain hash of a patient number is no protection, because all numbers can be tried; a keyed one
needs the key. Source: HMAC, RFC 2104, with SHA-256; ENISA, Pseudonymisation techniques and best
practices (2019), section 5.
"""

from __future__ import annotations

import hmac
import unicodedata

import pyarrow as pa

__all__ = ["MINIMUM_SECRET_BYTES", "normalised_identifier", "pseudonym", "pseudonym_column"]

MINIMUM_SECRET_BYTES = 32
_LENGTH = 32


def normalised_identifier(value: str) -> str:
    """An identifier as it is compared: Unicode NFKC, no spaces, capitals.

    Leading zeros, hyphens and points stay: some registers give them meaning.
    """
    previous = None
    # taking spaces out can leave marks that compose anew, so the form is sought until it stays
    while value != previous:
        previous = value
        value = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    return value


def pseudonym(secret: bytes, domain: str, value: str) -> str:
    """The pseudonym of an identifier.

    Args:
        secret: key of the room, at least 32 random bytes. Another key gives other pseudonyms.
        domain: what is identified, e.g. "patient". The same number in two domains gives
            pseudonyms that cannot be linked.
        value: the identifier.

    Returns:
        32 hexadecimal digits (the first 128 bits of HMAC-SHA-256); "" for a blank identifier,
        which is missing and not a person. Among ten million identifiers two share a pseudonym
        with a probability below 1e-24.

    Raises:
        ValueError: the secret is too short.
    """
    if len(secret) < MINIMUM_SECRET_BYTES:
        raise ValueError(f"the key of pseudonyms has fewer than {MINIMUM_SECRET_BYTES} bytes")
    text = normalised_identifier(value)
    if not text:
        return ""
    message = domain.encode() + b"\0" + text.encode()
    return hmac.digest(secret, message, "sha256").hex()[:_LENGTH]


def pseudonym_column(secret: bytes, domain: str, column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The pseudonyms of a column of identifiers.

    Args:
        secret, domain: as for `pseudonym`.
        column: (n,) text or whole numbers; each distinct one is computed once.

    Returns:
        (n,) text; null stays null.
    """
    texts = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = texts.cast(pa.string()).dictionary_encode()
    made = pa.array(
        [pseudonym(secret, domain, each) for each in encoded.dictionary.to_pylist()], pa.string()
    )
    return made.take(encoded.indices)
