"""Orders with a fault, as readers of a release see them."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.record_feeds import ORDERS_FEED
from tests.rooms import LAST_DAY, OPERATOR, open_at, send, stock_file, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.showing import show_table
from vigie.actions.shortages.order_checks import ORDER_CHECK

pytestmark = pytest.mark.xdist_group("order-checks")

LINES = "line,hospital,product,quantity,ordered,expected,status\n"


def faults(folder: Path, *lines: str) -> dict[str, dict[str, object]]:
    room = open_at(write_room(folder / "room", {"feeds/orders.toml": ORDERS_FEED}))
    send(room, "supplies", f"stock_{LAST_DAY}.csv", stock_file(LAST_DAY, 20))
    send(room, "orders", f"orders_{LAST_DAY}.csv", LINES + "".join(f"{each}\n" for each in lines))
    run_cycle(room, OPERATOR)
    rows = show_table(room, OPERATOR, "check_results").to_pylist()
    return {row["check"]: row for row in rows if row["kind"] == "order"}


def test_open_orders_with_a_fault_are_counted_by_fault_and_say_what_is_done(tmp_path: Path) -> None:
    long_ago = LAST_DAY - timedelta(days=40)
    soon = LAST_DAY + timedelta(days=2)
    found = faults(
        tmp_path,
        f"1,A,masks,100,{long_ago},{long_ago + timedelta(days=5)},ordered",
        f"2,A,masks,100,{LAST_DAY},,ordered",
        f"3,B,masks,,{LAST_DAY},{soon},ordered",
        f"4,B,gowns,20,{LAST_DAY},{soon},ordered",
        f"5,B,gowns,20,{LAST_DAY},{soon},cancelled",
    )

    told = {check.removeprefix(f"{ORDER_CHECK}_"): row["rows"] for check, row in found.items()}
    # The file names no supplier at all. An unknown product is rejected before it is an order.
    assert told == {"long_overdue": 1, "no_promise": 1, "no_quantity": 1, "no_supplier": 3}
    for row in found.values():
        assert (row["severity"], row["passed"], row["figure"]) == ("warning", False, "orders")
    assert "Close them at the source" in str(found[f"{ORDER_CHECK}_long_overdue"]["message"])


def test_orders_that_came_have_no_fault_any_more(tmp_path: Path) -> None:
    long_ago = LAST_DAY - timedelta(days=40)

    assert faults(tmp_path, f"1,A,masks,100,{long_ago},{long_ago},arrived") == {}
