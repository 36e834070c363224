"""SIGTERM ends the pages and the process that runs the day; neither outlives the other."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.integration.small_room import LAST_DAY, make_room, open_small, run_days, send_all

PROGRAM = [sys.executable, "-c", "from vigie.bootstrap import main; main()"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    room = open_small(make_room(folder / "a room"))
    send_all(room, folder / "sent")
    run_days(room, LAST_DAY)
    room.state.close()
    return folder / "a room"


class Server:
    """``vigie serve`` as a real process."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = [*PROGRAM, "serve", "--room", str(folder), *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line
        self.link = found[0]

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def begin(folder: Path, *words: str) -> Server:
        servers.append(Server(folder, *words))
        return servers[-1]

    yield begin
    for server in servers:
        if server.process.poll() is None:
            server.process.kill()
        server.process.wait()
        assert server.process.stdout is not None
        server.process.stdout.close()


def test_the_printed_link_opens_the_briefing_and_sigterm_ends_both_processes(
    folder: Path, start: Callable[..., Server]
) -> None:
    server = start(folder, "--run-at", "23:59", "--port", "8765")
    with httpx.Client(timeout=30) as client:
        assert client.get(server.link.split("/sign-in")[0] + "/briefing").status_code == 401
        assert client.get(server.link).status_code == 200
        briefing = client.get(server.link.split("/sign-in")[0] + "/briefing")
    assert briefing.status_code == 200
    assert "Three hospitals" in briefing.text
    (companion,) = server.children()
    assert "tick" in companion.cmdline()

    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) == 0
    assert not companion.is_running() or companion.status() == psutil.STATUS_ZOMBIE


def test_the_companion_of_a_killed_server_ends_by_itself(
    folder: Path, start: Callable[..., Server]
) -> None:
    server = start(folder, "--run-at", "23:59")
    (companion,) = server.children()
    server.process.kill()
    server.process.wait()
    for _ in range(150):
        if not companion.is_running() or companion.status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.2)
    os.kill(companion.pid, signal.SIGKILL)
    pytest.fail("the companion outlived its server")


def test_a_taken_port_is_passed_over_for_the_next(
    folder: Path, start: Callable[..., Server]
) -> None:
    first = start(folder, "--port", "8790")
    second = start(folder, "--port", "8790")
    ports = [int(re.findall(r":(\d+)/", server.link)[0]) for server in (first, second)]
    assert ports[1] == ports[0] + 1
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 0


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.7", "hospital.example", "::"])
def test_any_address_but_loopback_is_refused(folder: Path, address: str) -> None:
    command = [*PROGRAM, "serve", "--room", str(folder), "--address", address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 4
    assert f"Refused: {address} would open the pages to other machines" in done.stderr
