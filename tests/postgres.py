"""A private PostgreSQL for the tests: its own folder, its own free port, gone when the run ends.

One cluster serves a whole run. Under xdist the controller starts it and hands the address to its workers;
alone, pytest starts it when the first test asks. It stops when its parent dies, so a killed run leaves no
server behind.
"""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

INSTALL_LINE = "PostgreSQL is not installed: sudo apt-get install --no-install-recommends postgresql"
START_SECONDS = 60
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def program(name: str) -> str | None:
    """Return the path of a PostgreSQL program: from PATH, else of the newest Debian package."""
    debian = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: float(path.split("/")[4]))
    return shutil.which(name) or (debian[-1] if debian else None)


def free_port() -> int:
    """Return a TCP port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged_account() -> dict[str, Any]:
    """Return the subprocess arguments that drop root, as which PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return {}
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = accounts.get("postgres") or accounts["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@dataclass
class Cluster:
    """A running server; `address` is a URL without the name of a database."""

    address: str
    folder: Path
    server: subprocess.Popen[bytes]

    @classmethod
    def start(cls, initdb: str, postgres: str) -> Cluster:
        """Return a new cluster that answers; raises RuntimeError with the server's own words when it does not."""
        account, port = unprivileged_account(), free_port()
        folder = Path(tempfile.mkdtemp(prefix="dacheng-pg-"))
        if account:
            os.chown(folder, account["user"], account["group"])
        base = folder / "base"
        create = [initdb, "-D", str(base), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(create, check=True, stdout=subprocess.DEVNULL, cwd=folder, **account)
        settings = FAST | {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": str(folder)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        serve = [*dying_with_parent(), postgres, "-D", str(base), *options]
        with open(folder / "log", "wb") as log:
            server = subprocess.Popen(serve, stdout=log, stderr=log, cwd=folder, **account)
        cluster = cls(f"postgres://postgres@127.0.0.1:{port}", folder, server)
        cluster.wait()
        return cluster

    def wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(f"{self.address}/postgres", connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if self.server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}") from None
                time.sleep(0.05)

    def stop(self) -> None:
        """End the server without waiting for its clients (a fast shutdown) and remove its folder."""
        self.server.send_signal(signal.SIGINT)
        try:
            self.server.wait(20)
        except subprocess.TimeoutExpired:
            self.server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def dying_with_parent() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv else []


CLUSTER = pytest.StashKey[Cluster]()


def address_of(config: pytest.Config) -> str | None:
    """Return the address of this run's cluster, started at the first call; None where PostgreSQL is not installed."""
    if hasattr(config, "workerinput"):
        return str(config.workerinput["postgres"] or "") or None
    if CLUSTER not in config.stash:
        initdb, postgres = program("initdb"), program("postgres")
        if not initdb or not postgres:
            return None
        config.stash[CLUSTER] = Cluster.start(initdb, postgres)
    return config.stash[CLUSTER].address


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the address to an xdist worker."""
    node.workerinput["postgres"] = address_of(node.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    if CLUSTER in config.stash:
        config.stash[CLUSTER].stop()


@pytest.fixture(scope="session")
def postgres_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Return a function that makes an empty PostgreSQL database and returns its URL."""
    address = address_of(request.config)
    if not address:
        pytest.skip(INSTALL_LINE)

    def new_database() -> str:
        name = f"dacheng_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"{address}/{name}"

    return new_database


@pytest.fixture(scope="module")
def postgres_url(postgres_database: Callable[[], str]) -> str:
    """Return the URL of a PostgreSQL database that is empty when the module's first test begins."""
    return postgres_database()
