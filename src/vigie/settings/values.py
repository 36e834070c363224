"""From a value in TOML or the environment to a typed setting, or the reason why not."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from typing import get_args, get_origin
from zoneinfo import ZoneInfo, available_timezones

from vigie.errors import nearest
from vigie.settings.tree import FORMAT

__all__ = ["Wrong", "convert", "from_words"]

_SIZE = re.compile(r"\d+(\.\d+)?\s*(Ki|Mi|Gi|Ti|K|M|G|T)B")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Wrong(ValueError):
    """A value cannot be a setting.

    Attributes:
        what: what is wrong, as the end of a sentence that begins with the setting's name.
        to_do: what to write instead.
    """

    def __init__(self, what: str, to_do: str) -> None:
        super().__init__(what)
        self.what = what
        self.to_do = to_do


def convert(hint: object, about: Mapping[str, object], value: object) -> object:
    """A typed setting from a TOML value.

    Args:
        hint: type of the field.
        about: metadata of the field: least, most and form.
        value: as ``tomllib`` read it.

    Raises:
        Wrong: the value does not fit; it says what to write instead.
    """
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint)[0], about, value)
    if hint is int:
        return _whole_number(about, value)
    if hint is float:
        return _number(about, value)
    if hint is time:
        return _clock(value)
    if not isinstance(value, str):
        raise Wrong(f"is {_kind_of(value)}, not text", "Write it between quotation marks")
    if hint is ZoneInfo:
        return _zone(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _choice(hint, value)
    return _text(str(about["form"]), value)


def from_words(hint: object, words: str) -> object:
    """What an environment variable's text stands for, in the form ``convert`` takes."""
    if get_origin(hint) is tuple:
        return [each.strip() for each in words.split(",") if each.strip()]
    if hint is int and re.fullmatch(r"[+-]?\d+", words.strip()):
        return int(words)
    return words


def _tuple(item: object, about: Mapping[str, object], value: object) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise Wrong(f"is {_kind_of(value)}, not a list", 'Write a list, as in ["first", "second"]')
    converted = tuple(convert(item, about, each) for each in value)
    if about["form"] == "words":
        return _words(converted)
    if len(set(converted)) < len(converted):
        raise Wrong("names one thing twice", "Name each once")
    if isinstance(item, type) and issubclass(item, StrEnum) and not converted:
        raise Wrong("is empty", f"Name at least one of {_names(item)}")
    return converted


def _words(converted: tuple[object, ...]) -> tuple[object, ...]:
    """Words of a command: some, none of them first an empty one; they may repeat."""
    if not converted or not converted[0]:
        raise Wrong("names no program", 'Write program and arguments, as in ["python3", "m.py"]')
    return converted


def _whole_number(about: Mapping[str, object], value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"is {_kind_of(value)}, not a whole number", _range_words(about))
    least, most = about["least"], about["most"]
    too_small = isinstance(least, int) and value < least
    too_large = isinstance(most, int) and value > most
    if too_small or too_large:
        raise Wrong(f"is {value}, out of range", _range_words(about))
    if about["form"] == "format" and value != FORMAT:
        raise Wrong(*_format_words(value))
    return value


def _number(about: Mapping[str, object], value: object) -> float:
    least, most = about["least"], about["most"]
    assert isinstance(least, int | float), "a number has a smallest value"
    assert isinstance(most, int | float), "a number has a largest value"
    to_do = f"Write a number from {least} to {most}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"is {_kind_of(value)}, not a number", to_do)
    if not least <= value <= most:
        raise Wrong(f"is {value}, out of range", to_do)
    return float(value)


def _range_words(about: Mapping[str, object]) -> str:
    least, most = about["least"], about["most"]
    if least is not None and most is not None:
        return f"Write a whole number from {least} to {most}"
    return f"Write a whole number from {least} on" if least is not None else "Write a whole number"


def _format_words(value: int) -> tuple[str, str]:
    if value > FORMAT:
        return f"is {value}, of a newer Vigie than this one (format {FORMAT})", "Upgrade Vigie"
    return f"is {value}, which never existed", f"Write {FORMAT}"


def _clock(value: object) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return time.fromisoformat(value)
    raise Wrong("is not a time of day", 'Write hours and minutes, as in "07:45"')


def _zone(value: str) -> ZoneInfo:
    known = available_timezones()
    if value not in known:
        near = nearest(value, known)
        raise Wrong(f'is "{value}", not a time zone', f"Nearest: {near}")
    return ZoneInfo(value)


def _choice(hint: type[StrEnum], value: str) -> StrEnum:
    valid = [str(each) for each in hint]
    if value not in valid:
        raise Wrong(f'is "{value}", not one of {_names(hint)}', f"Nearest: {nearest(value, valid)}")
    return hint(value)


def _names(hint: type[StrEnum]) -> str:
    return ", ".join(f'"{each}"' for each in hint)


def _text(form: str, value: str) -> str:
    if form == "size" and not _SIZE.fullmatch(value):
        raise Wrong("is not an amount of memory", 'Write a number and a unit, as in "4 GiB"')
    if form == "colour" and not _COLOUR.fullmatch(value):
        raise Wrong("is not a colour", 'Write six hexadecimal digits, as in "#0B4F8A"')
    if form == "email" and not _EMAIL.fullmatch(value):
        raise Wrong("holds something that is no mail address", "Write role@hospital.example")
    if form == "variable" and value and not _VARIABLE.fullmatch(value):
        raise Wrong(
            "is not the name of an environment variable",
            'Put the value in the environment and write only its name here, as in "SMTP_URL"',
        )
    if form == "model":
        _require_own_name(value)
    if form == "delay" and value:
        _require_published(value)
    if form == "loopback":
        _require_loopback(value)
    return value


def _require_own_name(value: str) -> None:
    # Few rooms have models of their own; the others do not load what forecasts need.
    from vigie.actions.forecasts.summed_totals import SUM_MODEL

    if not _MODEL.fullmatch(value) or value.startswith("vigie-") or value == SUM_MODEL:
        raise Wrong(
            f'is "{value}", no name for a model of your own',
            f"Write letters, digits, - and _; {SUM_MODEL} and names that begin with vigie- are "
            "Vigie's",
        )


def _require_published(value: str) -> None:
    # Few rooms name a delay; the others do not load what the list of them needs.
    from vigie.epidemiology.delays import PUBLISHED_DELAYS

    if value not in PUBLISHED_DELAYS:
        near = nearest(value, PUBLISHED_DELAYS)
        raise Wrong(f'is "{value}", not a published delay', f"Nearest: {near}")


def _require_loopback(value: str) -> None:
    if value == "localhost":
        return
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        raise Wrong("is not an address of this machine", 'Write "127.0.0.1"') from None
    if not address.is_loopback:
        raise Wrong(
            "would open the pages to other machines, which no agreement allows yet",
            'Write "127.0.0.1" and let people reach it through an SSH tunnel',
        )


def _kind_of(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number with decimals"}
    others: dict[type, str] = {str: "text", list: "a list", dict: "a table"}
    return (names | others).get(type(value), "a date or time")
