"""Serve the pages on this machine, and keep a second process at work that does what is due."""

from __future__ import annotations

import errno
import ipaddress
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from vigie.errors import AccessRefused, Conflict

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["Companion", "listen", "serve_until_stopped"]

_PORTS_TRIED = 50
_RESTART_SECONDS = 10
_LAST_WORDS_SECONDS = 45


def listen(address: str, port: int) -> socket.socket:
    """A socket that listens on this machine only, on a port or the next free one.

    Args:
        address: a loopback address, or "localhost".
        port: the first port tried.

    Raises:
        AccessRefused: the address would let other machines in.
        Conflict: no port is free.
    """
    host = _loopback(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for tried in range(port, min(port + _PORTS_TRIED, 65_536)):
        # Named as TCP, so that asyncio sends small answers at once (44 ms earlier each).
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, tried))
            listening.listen(128)
        except OSError as error:
            listening.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return listening
    raise Conflict(
        f"Ports {port} to {port + _PORTS_TRIED - 1} of this machine are all in use. Name another "
        "with --port."
    )


def _loopback(address: str) -> str:
    if address == "localhost":
        return "127.0.0.1"
    try:
        is_loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise AccessRefused(
            f"Refused: {address} would open the pages to other machines, which no agreement allows "
            "yet. Serve on 127.0.0.1 and come from elsewhere by: ssh -L 8000:127.0.0.1:8000 HOST"
        )
    return address


class Companion:
    """A second process beside the pages: started again when it dies, ended with them."""

    def __init__(self, command: Sequence[str], say: Callable[[str], None]) -> None:
        """Args:
        command: program and arguments.
        say: called with a line when it had to be started again.
        """
        self._command, self._say = list(command), say
        self._is_ending = threading.Event()
        self._process = self._start()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command)  # noqa: S603  # our own program

    def _watch(self) -> None:
        while True:
            code = self._process.wait()
            if self._is_ending.wait(_RESTART_SECONDS):
                return
            self._say(f"The process that runs the day ended with code {code}; it is started again.")
            self._process = self._start()

    def end(self) -> None:
        """Ask it to end, and make it after a while: what it does may be killed at any instant."""
        self._is_ending.set()
        self._process.terminate()
        try:
            self._process.wait(_LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._watcher.join()


def serve_until_stopped(
    app: ASGIApp, listening: socket.socket, companion: Companion | None
) -> None:
    """Answer requests until SIGTERM or SIGINT; then end the companion too."""
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=10,
    )
    # The server raises the signal that ended it again; unheard, it would end us before the
    # companion is ended.
    before = signal.signal(signal.SIGTERM, lambda number, frame: None)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        listening.close()
        if companion is not None:
            companion.end()
