"""What wins are told apart by (细分): their product, the unit that won them, their grade (R012).

An average of all wins is decided by a few large ones; of wins of one kind it says more. A deal that several
people share stands in the segment of each: in a unit's with the parts of its people, and counted with its owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import pooled
from dacheng.core.deals import columns as shown
from dacheng.core.deals.averages import Segment
from dacheng.core.errors import Text
from dacheng.core.org.branches import branch_heads, branch_of
from dacheng.core.table import TableColumn

PRODUCT, UNIT, GRADE = "product", "unit", "grade"
NONE = 0
"""The key of wins without a product or a grade."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """One way to tell wins apart.

    Args:
        of: the column of a segment; apart: marks what is without one, or of a unit the unit itself.
        take: parameter of ``deals/closed`` -> the column that fills it.
        carry: parameters of the view that a segment hands on.
    """

    name: str
    label: Text
    of: TableColumn
    apart: TableColumn
    take: Mapping[str, str]
    carry: tuple[str, ...] = ("period", "unit", "direct", "owner")


SEGMENTATIONS = (
    Segmentation(
        PRODUCT,
        Text("产品", "Product"),
        replace(shown.PRODUCT, optional=False),
        TableColumn("unproduced", "flag", Text("没有产品", "No product"), optional=True),
        {"product": "product_id", "unproduced": "unproduced"},
    ),
    Segmentation(
        UNIT,
        Text("下级组织", "Unit below"),
        shown.UNIT,
        TableColumn("direct", "flag", Text("本级", "The unit itself"), optional=True),
        {"unit": "unit_id", "direct": "direct"},
        ("period", "owner"),
    ),
    Segmentation(
        GRADE,
        Text("级别", "Grade"),
        shown.GRADE,
        TableColumn("ungraded", "flag", Text("没有级别", "No grade"), optional=True),
        {"grade": "grade", "ungraded": "ungraded"},
    ),
)
SEGMENTS: tuple[tuple[str, Text], ...] = tuple((one.name, one.label) for one in SEGMENTATIONS)


def segmentation(name: str) -> Segmentation:
    """Return a way to tell wins apart by its name."""
    return next(one for one in SEGMENTATIONS if one.name == name)


def segments_of(book: Book, credits: Rows, name: str, unit: int | None) -> list[Segment]:
    """Return wins by segment, the largest amount first.

    Args:
        credits: of deals won, by deal; unit: of the view.
    """
    keys = _keys(book, credits, name, unit)
    found = [together(pooled(credits.only(keys == one), "amount"), int(one)) for one in np.unique(keys)]
    return sorted(found, key=lambda one: (-one.amount, one.key))


def itself(book: Book, keys: IntArray, name: str, unit: int | None) -> IntArray:
    """Return which segments are without what they are told apart by, or are a unit's own, as 0 and 1."""
    apart = ~np.isin(keys, branch_heads(book, unit)) if name == UNIT else keys == NONE
    return apart.astype(np.int64)


def _keys(book: Book, credits: Rows, name: str, unit: int | None) -> IntArray:
    if name == UNIT:
        return branch_of(book.tree, branch_heads(book, unit), credits["unit_id"])
    column = segmentation(name).of.name
    return np.where(credits.known(column), credits[column], NONE)


def together(won: Rows, key: int = NONE) -> Segment:
    """Return wins as one segment, one row a deal: those that count, and what parts of others came to."""
    known, own = won.known("amount"), won["part"] == 0
    amounts = tuple(won["amount"][known & own].tolist())
    return Segment(key, amounts, int(own.sum()), int(won["amount"][known & ~own].sum()))
