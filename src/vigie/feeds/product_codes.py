"""Codes in the list of products: a mistyped one is found before anything is ordered by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vigie.errors import Problem
from vigie.supply import gtin_fault, standard_code_fault

__all__ = ["code_problems"]

_FILE = "reference/products.csv"


def code_problems(products: Sequence[tuple[int, Mapping[str, object]]]) -> list[Problem]:
    """Every wrong ``gtin`` and ``standard_code``; empty ones are not known and no mistake.

    Args:
        products: line and values of each row.
    """
    checks = (("gtin", gtin_fault), ("standard_code", standard_code_fault))
    return [
        Problem(_FILE, line, f"column {name}: {fault}", "Correct it, or leave it empty.")
        for line, row in products
        for name, fault_of in checks
        if (text := str(row[name] or "")) and (fault := fault_of(text))
    ]
