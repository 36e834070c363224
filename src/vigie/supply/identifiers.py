"""Identifiers of products, held against their check digits."""

from __future__ import annotations

import re

from vigie.errors import nearest

__all__ = ["CODE_SYSTEMS", "gtin_fault", "lot_number_fault", "standard_code_fault"]

CODE_SYSTEMS = ("ATC", "CIP13", "UCD", "dm+d")
"""Systems of a standard code, written before it: "ATC N01AX10"."""

_GTIN_LENGTHS = (8, 12, 13, 14)
_ATC = re.compile(r"[ABCDGHJLMNPRSV](\d{2}([A-Z]([A-Z](\d{2})?)?)?)?")
_LOT_NUMBER = re.compile(r"[!-\"%-?A-Z_a-z]{1,20}")
_FRENCH_PREFIX = "3400"
_VERHOEFF_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def gtin_fault(text: str) -> str:
    """What is wrong with a GS1 trade item number; "" when nothing is.

    8, 12, 13 or 14 digits, the last of which makes the sum of the digits, every second one from
    the right taken three times, a multiple of ten.

    Source: GS1 General Specifications, check digits; docs/models/stock.md.
    """
    if not text.isascii() or not text.isdigit() or len(text) not in _GTIN_LENGTHS:
        return "not 8, 12, 13 or 14 digits"
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(text)))
    if total % 10:
        right = (int(text[-1]) - total) % 10
        return f"check digit {text[-1]} should be {right}"
    return ""


def lot_number_fault(text: str) -> str:
    """What is wrong with the number of a batch or lot; "" when nothing is.

    1 to 20 letters, digits and signs, without spaces: application identifier 10.

    Source: GS1 General Specifications, character set 82.
    """
    return "" if _LOT_NUMBER.fullmatch(text) else "not 1 to 20 letters, digits and signs of GS1"


def standard_code_fault(text: str) -> str:
    """What is wrong with a code "SYSTEM CODE"; "" when nothing is.

    ATC: one to five levels. CIP13 and UCD of 13 digits: a GTIN that begins with 3400; UCD of 7
    digits by its length alone. dm+d: an identifier of SNOMED CT, 6 to 18 digits, by Verhoeff's
    check digit.
    """
    system, _, code = text.partition(" ")
    if system not in CODE_SYSTEMS:
        return f"system {system} is not known (nearest: {nearest(system, CODE_SYSTEMS)})"
    if system == "ATC":
        return "" if _ATC.fullmatch(code) else "no ATC code, such as N01AX10"
    if system == "dm+d":
        return _dmd_fault(code)
    if system == "UCD" and len(code) == 7:
        return "" if code.isascii() and code.isdigit() else "not 7 or 13 digits"
    if len(code) != 13 or not code.startswith(_FRENCH_PREFIX):
        return "not 13 digits that begin with 3400"
    return gtin_fault(code)


def _dmd_fault(code: str) -> str:
    if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 18):
        return "not 6 to 18 digits"
    return "" if _verhoeff(code) == 0 else "the check digit is wrong: a digit is mistyped"


def _verhoeff(digits: str) -> int:
    """0 where the last digit checks the others: Verhoeff, in the group of turns of a pentagon."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        for _ in range(place % 8):
            value = _VERHOEFF_TURN[value]
        check = _turned(check, value)
    return check


def _turned(first: int, second: int) -> int:
    """Product in the dihedral group of order ten: 0 to 4 are turns, 5 to 9 turns of the mirror."""
    if first < 5:
        return (first + second) % 5 if second < 5 else 5 + (first + second - 5) % 5
    if second < 5:
        return 5 + (first - 5 - second) % 5
    return (first - second) % 5
