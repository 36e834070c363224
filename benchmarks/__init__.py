"""Measures the budgets of docs/benchmarks.md; ``make bench`` runs it. No test depends on it.

A module ``bench_<subject>.py`` has a function ``run() -> list[Figure]``. What is measured, how
the page is written and how the machine is named live here; what a fast answer must equal is the
business of the tests.
"""

from benchmarks.figures import Figure

__all__ = ["Figure"]
