"""What is said about a setting: help, unit, bounds and form."""

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
    """Metadata of the field of a setting.

    Args:
        help: one line.
        unit: of the value.
        least, most: bounds of a number.
        form: of a text, such as measure or email.
    """
    return MappingProxyType(
        {"help": help, "unit": unit, "least": least, "most": most, "form": form}
    )
