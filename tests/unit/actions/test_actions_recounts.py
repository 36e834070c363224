"""Books that cannot explain use, as readers of a release see them."""

from pathlib import Path

import pytest

from tests.rooms import FILES, LAST_DAY, OPERATOR, open_at, send, stock_file, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.showing import show_table
from vigie.actions.shortages.recounts import RECOUNT_CHECK

pytestmark = pytest.mark.xdist_group("recounts")


def recounts(
    folder: Path, text: str, files: dict[str, str] | None = None
) -> list[dict[str, object]]:
    room = open_at(write_room(folder / "room", files or {}))
    send(room, "supplies", f"stock_{LAST_DAY}.csv", text)
    run_cycle(room, OPERATOR)
    rows = show_table(room, OPERATOR, "check_results").to_pylist()
    return [row for row in rows if row["check"] == RECOUNT_CHECK]


def test_books_that_add_up_ask_for_nothing(tmp_path: Path) -> None:
    assert recounts(tmp_path, stock_file(LAST_DAY, 20, left={"A": 15})) == []


def test_a_book_that_lost_units_is_listed_with_its_place_and_what_to_do(tmp_path: Path) -> None:
    told, lost = (f"A,{LAST_DAY},masks,{units},10" for units in (400, 260))
    text = stock_file(LAST_DAY, 20, left={"A": 400})
    assert told in text
    summary, listed = recounts(tmp_path, text.replace(told, lost))

    assert (summary["place"], summary["rows"]) == ("", 1)
    assert (listed["kind"], listed["severity"], listed["passed"]) == ("book", "warning", False)
    assert (listed["place"], listed["category"]) == ("A", "masks")
    assert listed["reference_date"] == LAST_DAY
    assert "140 fewer" in str(listed["message"])
    assert "Count it again." in str(listed["message"])


def test_a_product_that_is_not_listed_is_named_and_not_dropped_in_silence(tmp_path: Path) -> None:
    header = FILES["reference/products.csv"].splitlines()[0] + "\n"
    rows = recounts(tmp_path, stock_file(LAST_DAY, 20), {"reference/products.csv": header})

    assert [row["category"] for row in rows] == ["", "masks"]
    assert "reference/products.csv" in str(rows[1]["message"])
