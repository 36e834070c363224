"""Pages of the demo region over HTTP: the first of a server, and those after it; memory at rest."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import IO

import httpx

from benchmarks.bench_cycle import cycle, write
from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure

COMMAND = "make bench ONLY=pages"
NO_RUN_BEFORE = "23:59"


def prepare(folder: str) -> list[str]:
    """Write the demo region and publish a release; the keys of some of its hospitals."""
    made = write(folder)
    shutil.rmtree(Path(folder) / "aside")
    cycle(folder, str(made["run_at"]))
    lines = (Path(folder) / "reference" / "places.csv").read_text("utf-8").splitlines()
    kind = lines[0].split(",").index("kind")
    return [line.split(",")[0] for line in lines if line.split(",")[kind] == "site"][:12]


@contextmanager
def _served(folder: Path, *more: str) -> Iterator[tuple[httpx.Client, int]]:
    """A server of the room that nobody has asked anything: a signed-in client, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    vigie = Path(sys.executable).parent / "vigie"
    command = [str(vigie), "serve", "--json", "--port", port, *more]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            link = _link(server.stdout)
            with httpx.Client(base_url=link.split("/sign-in")[0], timeout=60) as client:
                client.get(link)
                yield client, server.pid
        finally:
            server.terminate()


def _seconds(client: httpx.Client, path: str) -> float:
    """Seconds until a page and all its pictures are there."""
    started = time.perf_counter()
    page = client.get(path)
    page.raise_for_status()
    for source in re.findall(r'<img[^>]* src="([^"]+)"', page.text):
        client.get(source.replace("&amp;", "&")).raise_for_status()
    return time.perf_counter() - started


def _link(told: IO[str]) -> str:
    """The sign-in link that a server prints as JSON."""
    text = ""
    for line in told:
        text += line
        if line.startswith("}"):
            return str(json.loads(text)["link"])
    raise RuntimeError(f"the server ended and said: {text}")


def _memory_gib(pid: int) -> float:
    """Memory that a process and its children hold now."""
    listed = ["ps", "-axo", "pid=,ppid=,rss="]
    lines = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.splitlines()
    found = [[int(each) for each in line.split()] for line in lines]
    return sum(kib for own, parent, kib in found if pid in {own, parent}) / 2**20


def run() -> list[Figure]:
    """Seconds of pages, and memory of the server with the process that runs the day."""
    with tempfile.TemporaryDirectory(prefix="vigie-bench-", ignore_cleanup_errors=True) as folder:
        return _figures(Path(folder) / "room")


def _figures(folder: Path) -> list[Figure]:
    places = in_child("bench_pages", "prepare", str(folder)).answer
    found: dict[str, tuple[float, float]] = {}
    pages = {
        "briefing": "/briefing",
        "place page": f"/places/{places[0]}",
        "page of shortages": "/shortages",
        "page of the plan": "/plan",
    }
    for name, path in pages.items():
        with _served(folder) as (client, _):
            cold = _seconds(client, path)
            found[name] = (cold, median(_seconds(client, path) for _ in range(9)))
    with _served(folder, "--run-at", NO_RUN_BEFORE) as (client, server):
        _seconds(client, "/briefing")
        others = median(_seconds(client, f"/places/{place}") for place in places)
        time.sleep(5)
        memory = _memory_gib(server)
    region = f"{scaled(100, 6)} hospitals, with its pictures"
    figures = []
    for name, (cold, warm) in found.items():
        figures += [
            Figure(f"{name}, {region}, first request of a server", cold, "s", 2, COMMAND),
            Figure(f"{name}, {region}, again", warm * 1000, "ms", 300, COMMAND),
        ]
    return [
        *figures,
        Figure(f"place page, {region}, another place", others * 1000, "ms", 2000, COMMAND),
        Figure("vigie serve --run-at, both processes at rest", memory, "GiB", 1.5, COMMAND),
    ]
