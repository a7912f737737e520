"""One page of a long list: order, limit and the rows seen only by a grant.

A word ``-amount`` sorts by amount, the largest first. Rows without the value come
last either way, rows seen only by a grant after all others, ties by the key.
"""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.filtering import Filter, among
from dacheng.core.table import EVERY_ROW, Page

NO_LIMIT = 10**9


def page_of(book: Book, select: str, wanted: Filter, order: str, page: Page) -> Rows:
    """Gather one page of a SELECT without WHERE and ORDER BY.

    Args:
        order: the ORDER BY terms, ending in the key.
    """
    sql = f"{select} {wanted.where} ORDER BY {order}"
    if page == EVERY_ROW:
        return book.gather(sql, **wanted.params)
    limit = page.limit or NO_LIMIT
    return book.gather(f"{sql} LIMIT :rows OFFSET :first", **wanted.params, rows=limit, first=page.offset)


def order_by(column: str, descending: bool, *, key: str, nullable: bool = False) -> str:
    """Return the ORDER BY terms of a page: grants last, missing last, the column, the key."""
    missing = f"CASE WHEN {column} IS NULL THEN 1 ELSE 0 END, " if nullable else ""
    direction = " DESC" if descending else ""
    return f"CASE WHEN unit_id = {OUTSIDE} THEN 1 ELSE 0 END, {missing}{column}{direction}, {key}"


def ranked(values: IntArray, known: BoolArray, descending: bool, *, outside: BoolArray, key: IntArray) -> IntArray:
    """Return the positions of rows in the same order as ``order_by``, for values computed in NumPy."""
    return np.lexsort((key, -values if descending else values, ~known, outside))


def sliced(order: IntArray, page: Page) -> IntArray:
    """Return the part of an order that lies on the page."""
    end = page.offset + page.limit if page.limit else len(order)
    return order[page.offset : end]


def in_order(rows: Rows, key: str, ids: IntArray) -> Rows:
    """Return the rows with these keys, in the order of the keys; every key must be there once."""
    by_key = np.argsort(rows[key])
    return rows.only(by_key[np.searchsorted(rows[key], ids, sorter=by_key)])


def narrowed(wanted: Filter, key: str, only: tuple[int, ...] | None) -> Filter:
    """Keep only the rows with these keys; None keeps all."""
    return wanted & among(key, only)


def summed_by(keys: IntArray, amounts: IntArray) -> tuple[IntArray, IntArray]:
    """Return each key once, ascending, and the exact sum of its amounts.

    >>> [found.tolist() for found in summed_by(np.array([7, 3, 7]), np.array([1, 2, 3]))]
    [[3, 7], [2, 4]]
    """
    once, place = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(once), dtype=np.int64)
    np.add.at(sums, place, amounts)
    return once, sums
