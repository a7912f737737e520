"""Customer types drawn from accounts (从客户得出客户类型): looked at before it is done (R043)."""

from __future__ import annotations

from collections.abc import Sequence

from dacheng.core.access import POLICY, Viewer, not_allowed
from dacheng.core.book import Book
from dacheng.core.customers.schema import CUSTOMERS
from dacheng.core.errors import Text
from dacheng.store.access import Rights
from dacheng.store.account_types import WRITTEN, DrawnType, types_to_draw

RIGHTS = ("segment.edit", "customer.edit")
"""What drawing types asks for, both of them."""

BY = tuple((name, CUSTOMERS.column(name).label) for name in WRITTEN)
"""What types are drawn from, as (column, label)."""


def may_draw(viewer: Viewer) -> bool:
    """Tell whether somebody may draw types."""
    return all(viewer.holds(*POLICY[right]) for right in RIGHTS)


def look_at_types(viewer: Viewer, book: Book, by: str) -> list[DrawnType]:
    """Return the types that accounts would get, without writing anything; raises as ``draw_segments``."""
    if not may_draw(viewer):
        raise not_allowed(RIGHTS[0])
    return types_to_draw(Rights(viewer, book.today, book.tree), by)


def told(drawn: Sequence[DrawnType]) -> Text:
    """Return how many types and accounts there are, in words."""
    new = sum(not one.segment_id and bool(one.accounts) for one in drawn)
    sorted_now, kept = sum(len(one.accounts) for one in drawn), sum(one.typed for one in drawn)
    return Text(
        f"新建 {new} 个划分项，{sorted_now} 个客户归入；{kept} 个客户已有类型，不变。",
        f"New segments: {new}; accounts sorted: {sorted_now}; accounts that keep their type: {kept}.",
    )
