"""What a contract decides about other records: its lines' owner and day, and that its deal has one."""

from __future__ import annotations

from collections.abc import Iterable

from dacheng.core.contracts.schema import REFUSED
from dacheng.core.facts import apply, overlay
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry
from dacheng.store.saving import Becoming, become
from dacheng.store.standing import Standing, record_table, standing

FOLLOWED = ("owner_id", "effective_day")
"""Columns that lines take from their contract."""


def lines_of(contract_ids: Iterable[int]) -> dict[int, Standing]:
    """Return the lines of contracts, by their own id."""
    conditions = [among("contract_id", contract_ids), ("NOT removed", None)]
    return standing("contract_lines", (row[0] for row in select_rows("rec_contract_lines", ["id"], conditions)))


def lines_follow(entry: Entry, contract_ids: Iterable[int]) -> None:
    """Give the lines of contracts their contract's owner and effective day, and its first day."""
    contracts, lines = standing("contracts", contract_ids), lines_of(contract_ids)
    from_contract = RELATIONS["contracts"].positions
    into_line = RELATIONS["contract_lines"].positions
    wanted = []
    for one in lines.values():
        contract = contracts[one.row["contract_id"]]
        steps = {
            into_line[name]: [(version.from_day, version.values[from_contract[name]]) for version in contract.versions]
            for name in FOLLOWED
        }
        versions = apply(one.versions, overlay(one.versions, steps, contract.first_day))
        wanted.append(Becoming(one.record_id, versions))
    become(entry, "contract_lines", lines, wanted)


def mark_contracted(entry: Entry, deal_ids: Iterable[int]) -> None:
    """Let deals say from which day on they have a contract: the first day of their earliest one."""
    deals = standing("deals", deal_ids)
    at = RELATIONS["deals"].positions["contracted"]
    starts = _contract_starts(deals)
    wanted = []
    for one in deals.values():
        begins = one.first_day
        start = starts.get(one.record_id)
        steps = [(begins, int(start is not None and start <= begins))]
        if start is not None and start > begins:
            steps.append((start, 1))
        wanted.append(Becoming(one.record_id, apply(one.versions, overlay(one.versions, {at: steps}, begins))))
    become(entry, "deals", deals, wanted)


def _contract_starts(deals: Iterable[int]) -> dict[int, int]:
    """Return the day from which each deal has a contract; a deal without one, or with a refused one, is left out."""
    conditions = [among("deal_id", deals), ("NOT removed", None), (f"intake <> {REFUSED}", None)]
    starts: dict[int, int] = {}
    for deal, since, posted in select_rows(
        record_table("contracts"), ["deal_id", "since_day", "posted_day"], conditions
    ):
        start = max(since, posted)
        starts[deal] = min(start, starts.get(deal, start))
    return starts
