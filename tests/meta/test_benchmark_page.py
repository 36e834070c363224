"""The page of figures keeps old rows, replaces measured ones and leaves the rest alone."""

from __future__ import annotations

import pytest

from benchmarks.figures import BEGIN, END, Figure, rows_by_key, with_section

PAGE = f"# Title\n\nbefore\n\n{BEGIN}\n\n{END}\n\nafter\n"


def test_a_budget_is_kept_or_missed_by_the_sign_of_the_figure() -> None:
    assert Figure("read", 40, "ms", 50, "x").is_kept
    assert not Figure("read", 60, "ms", 50, "x").is_kept
    assert Figure("append", 30_000, "rows/s", 20_000, "x", is_at_least=True).is_kept
    assert not Figure("append", 10_000, "rows/s", 20_000, "x", is_at_least=True).is_kept
    assert Figure("size", 9, "GB", None, "x").is_kept


def test_a_row_measured_anew_replaces_the_old_one_only() -> None:
    first = [Figure("read", 60, "ms", 50, "x"), Figure("write", 1, "s", 2, "x")]
    page = with_section(PAGE, [each.row("old machine") for each in first])
    rows = rows_by_key(page) | {"read": Figure("read", 40, "ms", 50, "x").row("new machine")}
    page = with_section(page, rows.values())
    assert page.count("| read |") == 1
    assert "| read | 40 ms | at most 50 ms | kept | `x` | new machine |" in page
    assert "| write | 1 s | at most 2 s | kept | `x` | old machine |" in page
    assert page.startswith("# Title\n\nbefore\n")
    assert page.endswith("\nafter\n")


def test_a_page_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        with_section("# Title\n", [])
