"""Run the benchmarks on a private PostgreSQL: 100,000 and 1,000,000 deals and the plans, unless told otherwise.

python -m scripts.bench [DEALS … | plans | tables]

``plans`` measures goals 6 to 8 alone, ``tables`` goal 19 (a million opportunities and their contracts); their rows
take the place of those on the page.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.postgres import INSTALL_LINE, Cluster, program

PLANS, TABLES = "plans", "tables"
OPTIONS = {PLANS: ["--plans"], TABLES: ["--tables", "--deals", "1000000"]}
PARTS = ("100000", "1000000", PLANS)
PAGE = Path("docs/reference/benchmarks.md")
GOAL = re.compile(r"^(?:\| (\d+) \||- Goal (\d+):)")


def main(parts: list[str]) -> None:
    """Measure each part in a process of its own and join the pages."""
    initdb, postgres = program("initdb"), program("postgres")
    if not initdb or not postgres:
        raise SystemExit(INSTALL_LINE)
    cluster = Cluster.start(initdb, postgres)
    try:
        pages = [measured(cluster.address, part) for part in parts]
    finally:
        cluster.stop()
    alone = len(parts) == 1 and parts[0] in OPTIONS and PAGE.exists()
    page = renewed(PAGE.read_text(encoding="utf-8"), pages[0]) if alone else joined(pages)
    PAGE.write_text(page, encoding="utf-8")


def measured(address: str, part: str) -> str:
    """Return the page of one scale, or of the plans."""
    name = f"bench_{part}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    page = Path("var/bench") / f"{name}.md"
    what = OPTIONS.get(part, ["--deals", part])
    command = ["dacheng", "bench", "--postgres", f"{address}/{name}", *what, "-o", str(page)]
    subprocess.run([str(Path(sys.executable).parent / command[0]), *command[1:]], check=True)
    return page.read_text(encoding="utf-8")


def joined(pages: list[str]) -> str:
    """Return the first page with the table rows and notes of the others behind its own."""
    return _page(_head(pages[0]), _rows("\n".join(pages)), _notes("\n".join(pages)))


def renewed(page: str, part: str) -> str:
    """Return a page with the rows and notes of a part in place of those of the same goals, and the part's own day."""
    rows, notes = _rows(part)[2:], _notes(part)
    goals = dict.fromkeys(_goal(row) for row in rows)
    old = _rows(page)
    at = next((at for at, row in enumerate(old) if _goal(row) in goals), len(old))
    kept = [row for row in old[at:] if _goal(row) not in goals]
    said = re.search(r"^Measured (.+?); peak", part, re.MULTILINE)
    days = [f"- Goal {goal}: measured {said[1]}." for goal in goals] if said else []
    others = [note for note in _notes(page) if _goal(note) not in goals]
    return _page(_head(page), [*old[:at], *rows, *kept], [*others, *notes, *days])


def _goal(line: str) -> str:
    found = GOAL.match(line)
    return (found[1] or found[2]) if found else ""


def _head(page: str) -> str:
    return page.split("| goal |")[0]


def _rows(page: str) -> list[str]:
    return list(dict.fromkeys(line for line in page.splitlines() if line.startswith("|")))


def _notes(page: str) -> list[str]:
    return list(dict.fromkeys(line for line in page.splitlines() if line.startswith("- Goal")))


def _page(head: str, rows: list[str], notes: list[str]) -> str:
    return head + "\n".join(rows) + "\n" + ("\n" + "\n".join(notes) + "\n" if notes else "")


if __name__ == "__main__":
    main(sys.argv[1:] or list(PARTS))
