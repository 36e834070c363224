"""How every text file of a crisis room is read: settings, feeds, checks, headers of datasets.

Here live what all of them share: bytes to text, TOML with the line of each key, a sheet that
collects the mistakes, a section that asks for typed keys, and what looks like a secret. Text
comes in and values go out; no file is opened. What a declaration means is the business of
``settings``, ``feeds``, ``quality`` and ``datasets``.
"""

from vigie.declarations.lines import KeyPath, key_lines
from vigie.declarations.secrets import holds_credentials, is_secret_name, secret_in
from vigie.declarations.section import Section
from vigie.declarations.sheet import Sheet, as_text

__all__ = [
    "KeyPath",
    "Section",
    "Sheet",
    "as_text",
    "holds_credentials",
    "is_secret_name",
    "key_lines",
    "secret_in",
]
