"""Shares that people state of a row's target (按比例设权重): 华东 40 %, 华南 30 %, and the rest is asked for (R048)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.plans.editing import WHOLE_YEAR
from dacheng.core.plans.schema import BUFFER, RESERVE
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.weighing import whole_of_shares
from dacheng.service.plans import OpenPlan, set_row_terms


def rows_sharing(sheet: Sheet, head: int) -> list[int]:
    """Return the rows directly below one that share its target: without a buffer and what is not assigned."""
    below = (sheet.tree.parent_position == head) & ~np.isin(sheet.kind, (BUFFER, RESERVE))
    return [int(at) for at in np.flatnonzero(below)]


def state_shares(viewer: Viewer, at: datetime, one: OpenPlan, head: int, shares: Mapping[int, int | None]) -> int:
    """Set the weights of the rows directly below one to shares that were stated; return how many changed.

    Args:
        head: position of the row above. shares: position -> basis points; a row left out says nothing.

    Raises:
        RuleError: a share is of a row elsewhere, or they are no whole: what is left and who says nothing are
            named; as ``set_row_terms``.

    Source: R048 (the rest is demanded).
    """
    rows = rows_sharing(one.sheet, head)
    elsewhere = [row for row in shares if row not in rows]
    if elsewhere:
        row, above = one.name(elsewhere[0]), one.name(head)
        raise RuleError(
            Text(f"“{row.zh}”不直接在“{above.zh}”下面。", f"{row.en} is not directly below {above.en}."),
            Text("请写直接下级的比例。", "State shares of the rows directly below it."),
        )
    weights = whole_of_shares([shares.get(row) for row in rows], lambda place: one.name(rows[place]))
    return set_row_terms(
        viewer, at, one, [(row, WHOLE_YEAR, {"weight": weight}) for row, weight in zip(rows, weights, strict=True)]
    )
