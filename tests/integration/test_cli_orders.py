"""vigie show orders and vigie export orders: what hospitals should order within a week."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.rooms import LAST_DAY, NEXT_DAY, OPERATOR, Clock, open_at, send, stock_file, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.bootstrap import open_room, pages_of
from vigie.cli import run

pytestmark = pytest.mark.xdist_group("cli-orders")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stock for a day at A, for four days at B, for long at C; an order takes two days."""
    folder = write_room(tmp_path_factory.mktemp("orders") / "room")
    room = open_at(folder)
    left = {"A": 5, "B": 45}
    send(room, "supplies", f"stock_{LAST_DAY}.csv", stock_file(LAST_DAY, 20, left=left))
    run_cycle(room, OPERATOR)
    return folder


def vigie(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    clock = Clock(datetime(NEXT_DAY.year, NEXT_DAY.month, NEXT_DAY.day, 7, tzinfo=UTC))

    def opened(folder: Path, **given: object) -> object:
        return open_room(folder, now=clock, environment={})

    capsys.readouterr()
    assert run([str(each) for each in words], opened, lambda: OPERATOR, clock, pages_of) == 0
    return capsys.readouterr().out


def test_people_read_what_to_order_first_what_is_late(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, late, due = vigie(capsys, "show", "orders", "--room", folder).splitlines()

    assert header.split()[:5] == ["order_by", "place", "product", "packs", "quantity"]
    assert late.split()[:3] == [str(LAST_DAY), "A", "masks"]
    assert "already late" in late
    assert due.split()[:3] == [str(LAST_DAY + timedelta(days=3)), "B", "masks"]
    french = vigie(capsys, "show", "orders", "--room", folder, "--language", "fr", "--place", "B")
    assert "commander au plus tard" in french
    assert len(french.splitlines()) == 2
    nothing = vigie(capsys, "show", "orders", "--room", folder, "--place", "C")
    assert nothing.startswith("Nothing to order within a week")


def test_programs_read_the_same_and_the_file_holds_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = json.loads(vigie(capsys, "show", "orders", "--room", folder, "--json"))
    file = tmp_path / "orders.csv"
    answer = vigie(capsys, "export", "orders", "--room", folder, "--out", file)

    assert answer.strip() == f"{file}: 2 rows."
    with file.open(encoding="utf-8") as opened:
        read = list(csv.DictReader(opened))
    assert [row["purchase"] for row in read] == [row["purchase"] for row in rows]
    assert [row["order_by"] for row in read] == [row["order_by"] for row in rows]
    printed = vigie(capsys, "export", "orders", "--room", folder)
    assert printed == file.read_text(encoding="utf-8")


def test_shortages_of_products_carry_stock_cover_and_advice(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = vigie(capsys, "show", "shortages", "--kind", "products", "--room", folder)
    header, first = shown.splitlines()[:2]

    assert header.split()[-4:] == ["stock", "on_order", "cover", "advice"]
    assert "0..0" in first
    assert "already late" in first
