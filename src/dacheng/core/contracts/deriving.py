"""Derived columns around contracts: when they are posted, whose their lines are, which deals have one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dacheng.core.contracts.schema import COUNTED, REFUSED


class ContractVersion(NamedTuple):
    """What was true of a contract on ``[from_day, to_day)``."""

    from_day: int
    to_day: int
    owner_id: int
    effective_day: int
    posted_day: int
    deal_id: int | None
    intake: int = COUNTED


Contracts = Mapping[int, Sequence[ContractVersion]]
"""Contract -> its versions by day."""


def contract_starts(contracts: Contracts) -> dict[int, int]:
    """Return the day from which each deal has a contract; a deal without one is left out.

    A contract counts from the day it is posted, and not before it is known. Of several
    contracts of one deal the first counts; a late one that was refused is none.
    """
    starts: dict[int, int] = {}
    for versions in contracts.values():
        latest = versions[-1]
        if latest.deal_id is not None and latest.intake != REFUSED:
            start = max(versions[0].from_day, latest.posted_day)
            starts[latest.deal_id] = min(start, starts.get(latest.deal_id, start))
    return starts


def line_spans(from_day: int, to_day: int, versions: Sequence[ContractVersion]) -> list[tuple[int, int, int, int]]:
    """Cut a version of a line where its contract changes owner or effective day.

    Returns:
        (from, to, owner, effective day) of each part; a day before the contract's first
        takes what the contract says on its first day.
    """
    parts: list[tuple[int, int, int, int]] = []
    for at, version in enumerate(versions):
        begin = from_day if at == 0 else max(from_day, version.from_day)
        end = to_day if at == len(versions) - 1 else min(to_day, versions[at + 1].from_day)
        follows = (version.owner_id, version.effective_day)
        if begin >= end:
            continue
        if parts and parts[-1][2:] == follows:
            parts[-1] = (parts[-1][0], end, *follows)
        else:
            parts.append((begin, end, *follows))
    return parts
