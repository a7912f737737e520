"""Types of accounts drawn from what is written of them (从客户得出类型): which account would get which (R043)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dacheng.core.customers.schema import CUSTOMERS
from dacheng.core.errors import RuleError, Text
from dacheng.core.history.schema import CUSTOMER
from dacheng.store.access import Rights
from dacheng.store.bulk import select_rows

WRITTEN = ("industry", "region")
"""Columns of an account from which types are drawn."""

MOST_TYPES = 60
"""More types than this divide a plan into nothing that anybody could look at."""


@dataclass(frozen=True, slots=True)
class DrawnType:
    """A type that accounts would get.

    Args:
        name: as it is written of them. segment_id: the segment called so that there is already; 0 = it is created.
        accounts: ids of accounts that have no type yet, ascending. typed: how many have one already and keep it.
    """

    name: str
    segment_id: int
    accounts: tuple[int, ...]
    typed: int


def types_to_draw(rights: Rights, by: str) -> list[DrawnType]:
    """Return the types that accounts would get by what is written of them, by name; of accounts the actor meets.

    Args:
        by: one of ``WRITTEN``.

    Raises:
        RuleError: it is no such column, no account has anything written there, or there would be too many types.

    Source: R043.
    """
    if by not in WRITTEN:
        raise RuleError(
            Text(f"不能按“{by}”得出客户类型。", f"Customer types are not drawn from {by}."),
            Text(f"可以按：{'、'.join(WRITTEN)}。", f"They are from: {', '.join(WRITTEN)}."),
        )
    conditions = [("NOT removed AND merged_into = '' ", None), (f"{by} <> ''", None)]
    rows = select_rows("rec_customers", ["id", by, "segment_id"], conditions, order=("id",))
    there: dict[str, list[tuple[int, bool]]] = {}
    for number, written, segment in rows:
        if rights.meets(number):
            there.setdefault(str(written).strip(), []).append((number, bool(segment)))
    _check_types(by, len(there))
    known = _segments_named()
    return [
        DrawnType(
            name,
            known.get(name, 0),
            tuple(number for number, typed in accounts if not typed),
            sum(typed for _, typed in accounts),
        )
        for name, accounts in sorted(there.items())
    ]


def _check_types(by: str, types: int) -> None:
    label = CUSTOMERS.column(by).label
    if not types:
        raise RuleError(
            Text(f"没有一个客户填了{label.zh}。", f"No account has its {label.en.lower()} written."),
            Text(f"先在客户页或导入里填{label.zh}。", f"Enter the {label.en.lower()} on accounts, or import it."),
        )
    if types > MOST_TYPES:
        raise RuleError(
            Text(f"客户的{label.zh}有 {types} 种。", f"Accounts have {types} different values of {label.en.lower()}."),
            Text(
                f"最多 {MOST_TYPES} 种：先把写法统一，或自己建划分项再逐个分。",
                f"At most {MOST_TYPES}: write them alike first, or create segments and sort accounts by hand.",
            ),
        )


def _segments_named() -> Mapping[str, int]:
    """Return the customer types that there are, by their names; of several that are called alike the first."""
    conditions = [("dimension = %s", CUSTOMER), ("NOT removed", None)]
    rows = select_rows("rec_segments", ["id", "name"], conditions, order=("id",))
    return {str(name): number for number, name in reversed(rows)}
