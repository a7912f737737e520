"""Serve a demo company of one's own, as `dacheng demo` does, for as long as a block of code needs it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from dacheng.core.access import ROLE_CODE, ROLE_LABEL

COMMAND = Path(sys.executable).parent / "dacheng"
SECONDS_TO_START = 120


@dataclass(frozen=True)
class Served:
    """A demo company that is being served.

    Args:
        url: without a slash at the end; database: the SQLite file;
        links: role code -> one-time sign-in link; people: role code -> name of who that is.
    """

    url: str
    database: Path
    links: dict[str, str]
    people: dict[str, str]


@contextmanager
def demo_server(folder: Path) -> Iterator[Served]:
    """Make the demo company in an empty folder, serve it on a free port, stop it at the end.

    Raises:
        RuntimeError: it did not start; says what it printed.
    """
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [COMMAND, "demo", "--folder", str(folder), "--port", str(port)],
            env=_environment(folder), stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    try:
        links, people = _sign_in_lines(process, log)
        url = f"http://localhost:{port}"
        _wait_for(url, process, log)
        yield Served(url, folder / "demo.sqlite3", links, people)
    finally:
        process.terminate()
        process.wait(60)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(folder: Path) -> dict[str, str]:
    """Return this process's environment with a home of its own, English words on the terminal, no other database."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DACHENG_", "DATABASE_"))}
    return inherited | {"DACHENG_HOME": str(folder / "home"), "DACHENG_LANGUAGE": "en"}


def _sign_in_lines(process: subprocess.Popen[str], log: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Read (role, name, link) of every role as it is printed."""
    codes = {label.en: ROLE_CODE[role] for role, label in ROLE_LABEL.items()}
    links: dict[str, str] = {}
    people: dict[str, str] = {}
    while len(links) < len(codes):
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise RuntimeError(f"the demo did not start: {log.read_text()}")
        role, name, link = line.rstrip("\n").split("\t")
        links[codes[role]], people[codes[role]] = link, name
    return links, people


def _wait_for(url: str, process: subprocess.Popen[str], log: Path) -> None:
    """Return once a page is answered."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{url}/sign-in/", timeout=10):
                return
        except OSError:  # refused, or too busy yet to answer in time
            time.sleep(0.05)
    raise RuntimeError(f"the demo does not answer: {log.read_text()}")
