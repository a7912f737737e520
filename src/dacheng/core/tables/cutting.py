"""Contracts cut by the unit below, by owner or one by one: the rows of tables about how contracts go (R160)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.org.branches import branch_heads, branch_of
from dacheng.core.table import TableColumn

BY_UNIT, BY_OWNER, BY_CONTRACT = "unit", "owner", "contract"
CUTS = (
    (BY_UNIT, Text("按下级组织", "By unit")),
    (BY_OWNER, Text("按负责人", "By owner")),
    (BY_CONTRACT, Text("按合同", "By contract")),
)

DIRECT = TableColumn(
    "direct",
    "flag",
    Text("直属", "Direct"),
    optional=True,
    help=Text("1 = 只含直接记在此组织的", "1 = only what is placed at the unit itself"),
)


def groups_of(book: Book, contracts: Rows, unit: int | None, apart: str) -> tuple[Rows, list[IntArray]]:
    """Return the keys of the rows, and the contracts of each, by position.

    Args:
        contracts: with ``contract_id``, ``unit_id``, ``owner_id``, ``amount``; one by one the largest comes first.
        unit: whose branches are the rows. apart: one of ``CUTS``.
    """
    size = len(contracts)
    if apart == BY_CONTRACT:
        order = np.argsort(-contracts["amount"], kind="stable")
        rows = contracts.only(order)
        none = np.zeros(size, dtype=np.int64)
        told = {name: rows[name] for name in ("contract_id", "unit_id", "owner_id")} | {"direct": none + 1}
        return Rows(told), [np.array([at]) for at in order.tolist()]
    column = contracts["owner_id"]
    if apart == BY_UNIT:
        column = branch_of(book.tree, branch_heads(book, unit), contracts["unit_id"])
    ids = np.unique(column)
    if apart == BY_UNIT:
        ids = ids[np.argsort(book.tree.position_of(ids), kind="stable")]
    none, never = np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids), dtype=np.bool_)
    heads = branch_heads(book, unit)
    keys = {
        "contract_id": none,
        "unit_id": ids if apart == BY_UNIT else none,
        "owner_id": ids if apart == BY_OWNER else none,
        "direct": (~np.isin(ids, heads)).astype(np.int64) if apart == BY_UNIT else none,
    }
    masks = {"contract_id": never, "unit_id": never | (apart == BY_UNIT), "owner_id": never | (apart == BY_OWNER)}
    return Rows(keys, masks), [np.flatnonzero(column == one) for one in ids.tolist()]
