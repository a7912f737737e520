"""Goal 15: one audited edit and a reassignment of 1,000 deals."""

from __future__ import annotations

from datetime import datetime
from itertools import cycle

from dacheng.bench.databases import rows_of
from dacheng.bench.measuring import Line, interleaved, milliseconds
from dacheng.core.access import SYSTEM
from dacheng.store.actions.deals import edit_deal, reassign_deals
from dacheng.store.identity import stored_uid
from dacheng.store.standing import standing_uids

MANY = 1000
ODOO_EDIT, ODOO_REASSIGN = 22.5, 370.0
"""Recorded once on two cores, milliseconds."""


def writes(scale: str, at: datetime) -> list[Line]:
    """Measure audited writes on the default database (SQLite, synchronous FULL)."""
    found = rows_of("default", f"SELECT uid FROM rec_deals WHERE state = 0 AND NOT removed ORDER BY id LIMIT {MANY}")
    uids = [stored_uid(row[0]) for row in found]
    people = rows_of("default", 'SELECT uid FROM rec_people WHERE "left" = 0 ORDER BY id LIMIT 2')
    owners = cycle([stored_uid(row[0]) for row in people])
    versions = {one.uid: one.row["version"] for one in standing_uids("deals", uids[:1]).values()}
    amounts = iter(range(10**6, 10**9, 100))

    def edit() -> None:
        saved = edit_deal(actor=SYSTEM, at=at, uid=uids[0], values={"amount": next(amounts)}, version=versions[uids[0]])
        versions[uids[0]] = saved.version

    measured = interleaved({"edit": edit}, repeats=50) | interleaved(
        {"reassign": lambda: reassign_deals(actor=SYSTEM, at=at, uids=uids, to=next(owners))}, repeats=5
    )
    return [
        Line(
            "15",
            "one audited edit, SQLite synchronous FULL",
            scale,
            milliseconds(measured["edit"]),
            f"Odoo (recorded) {milliseconds(ODOO_EDIT)}",
            f"{ODOO_EDIT / measured['edit']:.1f}×",
            "≥ 7×",
        ),
        Line(
            "15",
            f"reassign {len(uids):,} deals, one action",
            scale,
            milliseconds(measured["reassign"]),
            f"Odoo (recorded) {milliseconds(ODOO_REASSIGN)}",
            f"{ODOO_REASSIGN / measured['reassign']:.1f}×",
            "≥ 5×",
        ),
    ]
