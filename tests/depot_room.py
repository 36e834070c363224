"""Three hospitals, a depot with a reserve, and a supplier that cannot deliver all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.record_feeds import LOTS_FEED, ORDERS_FEED, lot_file
from tests.rooms import (
    FILES,
    FIRST_DAY,
    LAST_DAY,
    OPERATOR,
    admissions_file,
    beds_file,
    open_at,
    send,
    stock_file,
    write_room,
)
from vigie.actions.daily.cycle import run_cycle

__all__ = ["CHANGES", "make_depot_room"]

CHANGES = {
    "reference/places.csv": FILES["reference/places.csv"] + "D,Depot D,depot,N\n",
    "reference/arcs.csv": FILES["reference/arcs.csv"] + "D,A,120,3\nD,B,150,4\n",
    "reference/depots.csv": "depot,product,reserve,serves\nD,masks,300,A B\n",
    "reference/supplier_caps.csv": "supplier,product,valid_from,units_per_day\n"
    f"slow,masks,{LAST_DAY - timedelta(days=3)},20\n",
    "feeds/orders.toml": ORDERS_FEED + 'supplier = { from = "supplier" }\n',
    "feeds/lots.toml": LOTS_FEED,
}
"""What the folder has beside the files of the room of three hospitals, or in their place."""


def orders_file() -> str:
    """Open orders of masks: B and C asked the same supplier, the depot another."""
    tomorrow = LAST_DAY + timedelta(days=1)
    rows = [
        f"1,B,masks,200,{LAST_DAY},{tomorrow},ordered,slow",
        f"2,C,masks,100,{LAST_DAY},{tomorrow},ordered,slow",
        f"3,D,masks,1000,{LAST_DAY},{tomorrow + timedelta(days=3)},ordered,quick",
    ]
    return "\n".join(["line,hospital,product,quantity,ordered,expected,status,supplier", *rows, ""])


def depot_stock(units: int = 750) -> str:
    """What the depot tells of its masks on the last days; it tells of no use."""
    days = [LAST_DAY - timedelta(days=back) for back in (2, 1, 0)]
    rows = [f"D,{day},masks,{units + 100 * (LAST_DAY - day).days}," for day in days]
    return "\n".join(["hospital,day,product,stock,used", *rows, ""])


def depot_lots() -> str:
    """Of the depot's masks 50 have expired, 200 can be used for two more days, 500 for a year."""
    told = [("L1", -3, 50), ("L2", 2, 200), ("L3", 400, 500)]
    rows = [
        f"D,masks,{lot},{LAST_DAY + timedelta(days=last)},{units},pieces,{LAST_DAY},"
        for lot, last, units in told
    ]
    return lot_file(*rows)


def make_depot_room(folder: Path) -> Path:
    """A room with one release in force.

    A has masks for two days, B and C for eight: too few to give. D holds 750, of which 50 have
    expired, and keeps 300.
    """
    write_room(folder, CHANGES)
    room = open_at(folder)
    count = (LAST_DAY - FIRST_DAY).days + 1
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY, count))
    send(room, "admissions", f"admissions_{LAST_DAY}.csv", admissions_file(LAST_DAY, count))
    left = stock_file(LAST_DAY, count, left={"A": 20, "B": 80, "C": 80})
    send(room, "supplies", f"stock_{LAST_DAY}.csv", left + depot_stock().split("\n", 1)[1])
    send(room, "orders", f"orders_{LAST_DAY}.csv", orders_file())
    send(room, "lots", f"lots_{LAST_DAY}.csv", depot_lots())
    run_cycle(room, OPERATOR)
    room.state.close()
    return folder
