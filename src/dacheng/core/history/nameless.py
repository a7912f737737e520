"""Lines of history that name no account (没有写客户的明细): whose they are nobody was told (R057)."""

from __future__ import annotations

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.history.past import sees
from dacheng.core.history.schema import SINGLE, SOLD_ON
from dacheng.core.tree import UNKNOWN

NAMELESS = f"""
    SELECT actual_id, unit_id, measure_id, segment_id, day, amount, kind FROM actuals
    WHERE customer_id IS NULL AND kind IN ({SOLD_ON}, {SINGLE})
    ORDER BY CASE WHEN kind = {SOLD_ON} THEN 0 ELSE 1 END, day DESC, actual_id"""


def nameless_lines(book: Book) -> Rows:
    """Return single sales and sell-through without an account, sell-through first, then the latest first.

    Totals of many sales are nobody's in particular and not among them.

    Source: R057.
    """
    rows = book.gather(NAMELESS)
    measures = [one for one in np.unique(rows["measure_id"]).tolist() if sees(book, one)]
    placed = book.tree.position_of(rows["unit_id"]) != UNKNOWN
    return rows.only(placed & np.isin(rows["measure_id"], np.array(measures, dtype=np.int64)))
