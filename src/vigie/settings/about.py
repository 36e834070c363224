"""What stands beside every setting: a sentence, its unit, its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["about"]


def about(
    help: str,
    unit: str = "",
    *,
    least: float | None = None,
    most: float | None = None,
    form: str = "",
) -> Mapping[str, object]:
    """What a setting is, for the page of settings, and the bounds it is checked by.

    Args:
        help: one sentence.
        unit: of its value.
        least, most: bounds of a number, or of the length of a list.
        form: name of a form that a text must have.
    """
    return MappingProxyType(
        {"help": help, "unit": unit, "least": least, "most": most, "form": form}
    )
