"""One table of a TOML text: typed keys, and a problem with its line for every mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vigie.declarations.lines import KeyPath
from vigie.declarations.secrets import holds_credentials, is_secret_name
from vigie.declarations.sheet import Sheet
from vigie.errors import nearest

__all__ = ["Section"]


class Section:
    """One table of the file. Ask for each key once, then `finish` reports what nobody asked for."""

    def __init__(self, sheet: Sheet, path: KeyPath, content: object) -> None:
        self.sheet = sheet
        self.path = path
        self.content: Mapping[str, object] = {}
        self._asked: set[str] = set()
        if isinstance(content, Mapping):
            self.content = content
        else:
            self.add("", f"{self.name()} is not a table", "Write it as a table: { key = value }.")

    def name(self, key: str = "") -> str:
        """How a message names this table or one of its keys."""
        head = "".join(
            f" no. {part + 1}" if isinstance(part, int) else f"[{part}]" for part in self.path
        )
        if not head:
            return f'"{key}"' if key else "the file"
        return f"{head} {key}" if key else head

    def add(self, key: str, what: str, to_do: str) -> None:
        """Note a mistake at one of the keys ("" for the table itself)."""
        self.sheet.add((*self.path, key) if key else self.path, what, to_do)

    def has(self, key: str) -> bool:
        """Whether the key is there; it counts as asked for."""
        self._asked.add(key)
        return key in self.content

    def get(self, key: str) -> object:
        """The value as TOML gave it, or None."""
        self._asked.add(key)
        return self.content.get(key)

    def text(
        self, key: str, default: str = "", *, choices: Sequence[str] = (), required: bool = False
    ) -> str:
        """A text; a wrong type, a missing or an unknown choice is noted and gives the default."""
        value = self.get(key)
        if value is None:
            if required:
                self.add("", f"{self.name(key)} is missing", f'Add {key} = "...".')
            return default
        if not isinstance(value, str):
            self.add(key, f"{self.name(key)} is not a text", "Put the value in quotation marks.")
            return default
        if holds_credentials(value):
            self.add(
                key,
                f"{self.name(key)} holds a password in an address",
                "Remove it; name an environment variable instead (url_env).",
            )
            return default
        if choices and value not in choices:
            self.add(
                key,
                f"{self.name(key)} has an unknown value",
                f"Use one of {nearest(value, choices, len(choices))}.",
            )
            return default
        if required and not value.strip():
            self.add(key, f"{self.name(key)} is empty", f"Say {key} in words.")
        return value

    def whole(self, key: str, default: int, *, at_least: int, at_most: int) -> int:
        """A whole number within bounds; anything else is noted and gives the default."""
        value = self.get(key)
        if value is None:
            return default
        if (
            isinstance(value, bool)
            or not isinstance(value, int)
            or not (at_least <= value <= at_most)
        ):
            self.add(
                key,
                f"{self.name(key)} is not a whole number from {at_least} to {at_most}",
                f"Leave it out for {default}, or correct it.",
            )
            return default
        return value

    def number(self, key: str, default: float) -> float:
        """A number other than 0; anything else is noted and gives the default."""
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or value == 0:
            self.add(key, f"{self.name(key)} is not a number other than 0", "Correct it.")
            return default
        return float(value)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """true or false; anything else is noted and gives the default."""
        value = self.get(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.add(key, f"{self.name(key)} is neither true nor false", "Write true or false.")
        return default

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts; anything else is noted and gives the default."""
        value = self.get(key)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.add(key, f"{self.name(key)} is not a list of texts", 'Write ["a", "b"].')
            return default
        return tuple(value)

    def finish(self) -> None:
        """Note every key that nobody asked for: unknown, or a secret that must not be here."""
        for key in self.content:
            if key in self._asked:
                continue
            if is_secret_name(key):
                self.add(
                    key,
                    f"{self.name(key)} looks like a secret",
                    "Secrets are never written in the room: name an environment variable.",
                )
            else:
                self.add(
                    key, f"{self.name(key)} is unknown", f"Known here: {nearest(key, self._asked)}."
                )
