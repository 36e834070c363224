"""How values on the command line are read, and what is said of those that are none."""

from __future__ import annotations

import argparse

__all__ = ["column_value", "whole_numbers"]


def whole_numbers(text: str) -> tuple[int, ...]:
    """ "7,14" as (7, 14)."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        message = f'"{text}" is no list of whole numbers; write for example 7,14'
        raise argparse.ArgumentTypeError(message) from error


def column_value(text: str) -> tuple[str, str]:
    """ "group=adults" as ("group", "adults")."""
    column, sign, value = text.partition("=")
    if not (column and sign and value):
        message = f'"{text}" chooses no rows; write COLUMN=VALUE, for example group=adults'
        raise argparse.ArgumentTypeError(message)
    return column, value
