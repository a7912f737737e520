"""What was said of targets in plans, with the words, which no fact holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dacheng.store.bulk import among, select_rows
from dacheng.store.standing import record_table


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a thread, on a day.

    Args:
        ym: the month; 0 = the whole year. amount: minor units; None where nothing was said of any.
        by_id: who said it, 0 = the system. seal: fingerprint of what was accepted.
    """

    row_id: int
    measure_id: int
    number: int
    kind: int
    ym: int
    amount: int | None
    by_id: int
    day: int
    said: str
    seal: str


def words_of(rows: Iterable[int], through: int) -> list[Word]:
    """Return every word of the threads of rows up to a day, the latest first."""
    columns = ["plan_row_id", "measure_id", "number", "kind", "ym", "amount", "by_id", "since_day", "said", "seal"]
    conditions = [among("plan_row_id", rows), ("NOT removed", None), ("since_day <= %s", through)]
    found = select_rows(record_table("plan_talks"), columns, conditions, order=("number DESC",))
    return [Word(*row) for row in found]
