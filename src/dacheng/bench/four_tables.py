"""Goal 19: the page of each of the four tables, for the whole company and for one unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dacheng.bench.databases import rows_of
from dacheng.bench.measuring import Line
from dacheng.bench.pages import alone, serving
from dacheng.bench.writers import Writer

TABLES = ("unrecognised", "receivable", "forecast", "pipeline")

CONTRACTS = "SELECT COUNT(*) FROM rec_contracts WHERE NOT removed"

TEAM = """
    SELECT u.code FROM rec_units u WHERE NOT u.removed
    AND u.id IN (SELECT a.unit_id FROM rec_assignments a WHERE NOT a.removed)
    AND u.id NOT IN (SELECT b.parent_id FROM rec_units b WHERE NOT b.removed)
    ORDER BY u.id LIMIT 1"""
"""A unit with people and without units below it."""


def four_tables(url: str, session: str, port: int, at: datetime, *, replica: bool) -> Iterator[Line]:
    """Measure the first page of each table with a write before each request.

    Args:
        session: of somebody who sees the whole company.
        replica: let the columnar replica answer, which the worker beside the server keeps up to date.
    """
    scale = f"{rows_of('default', CONTRACTS)[0][0]:,} contracts"
    code = rows_of("default", TEAM)[0][0]
    where = ", with the columnar replica" if replica else ""
    views = (("whole company", "", "≤ 800 ms"), ("one unit", f"?unit={code}", "≤ 200 ms"))
    with serving(url, port, replica=replica):
        writer = Writer(at)
        for table in TABLES:
            for whose, query, goal in views:
                work = f"page {table}{where}, {whose}, a write before each request"
                path = f"/reports/tables/{table}/{query}"
                yield alone("19", work, path, scale, session, port, writer, f"{goal} at 1 M contracts")
