"""Run the benchmarks on a private PostgreSQL: 100,000 and 1,000,000 deals unless told otherwise.

python -m scripts.bench [DEALS ...]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg

from tests.postgres import INSTALL_LINE, Cluster, program

SCALES = ("100000", "1000000")
PAGE = Path("docs/reference/benchmarks.md")


def main(scales: list[str]) -> None:
    """Measure each scale in a process of its own and join the pages."""
    initdb, postgres = program("initdb"), program("postgres")
    if not initdb or not postgres:
        raise SystemExit(INSTALL_LINE)
    cluster = Cluster.start(initdb, postgres)
    try:
        parts = [measured(cluster.address, scale) for scale in scales]
    finally:
        cluster.stop()
    PAGE.write_text(joined(parts), encoding="utf-8")


def measured(address: str, scale: str) -> str:
    """Return the page of one scale."""
    name = f"bench_{scale}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    part = Path("var/bench") / f"{name}.md"
    command = ["dacheng", "bench", "--postgres", f"{address}/{name}", "--deals", scale, "-o", str(part)]
    subprocess.run([str(Path(sys.executable).parent / command[0]), *command[1:]], check=True)
    return part.read_text(encoding="utf-8")


def joined(parts: list[str]) -> str:
    """Return the first page with the table rows and notes of the others behind its own."""
    head = parts[0].split("| goal |")[0]
    rows = [line for part in parts for line in part.splitlines() if line.startswith("|")]
    table = list(dict.fromkeys(rows))
    notes = dict.fromkeys(line for part in parts for line in part.splitlines() if line.startswith("- Goal"))
    return head + "\n".join(table) + "\n" + ("\n" + "\n".join(notes) + "\n" if notes else "")


if __name__ == "__main__":
    main(sys.argv[1:] or list(SCALES))
