"""What a filter offers: the units, people, stages, products and measures a viewer can choose."""

from __future__ import annotations

from collections.abc import Iterable

from dacheng.core.book import Book
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name

LONGEST = 60
"""A longer list is not offered; its filter is set by clicking a name or by search."""

QUERIES = {
    "units": "SELECT unit_id FROM units ORDER BY unit_id",
    "people": "SELECT person_id FROM people ORDER BY person_id",
    "stages": "SELECT stage_id FROM stages ORDER BY stage_id",
    "products": "SELECT product_id FROM products ORDER BY product_id",
    "measures": "SELECT measure_id FROM measures ORDER BY measure_id",
}

FIELD_QUERIES = {
    "customers": "SELECT customer_id FROM customers ORDER BY customer_id",
    "stages": "SELECT stage_id, position FROM stages ORDER BY position, stage_id",
    "people": "SELECT p.person_id FROM people p WHERE p.left = 0 ORDER BY p.person_id",
}


def offered(book: Book, relation: str, parameter: str) -> list[Name]:
    """Return the names a filter offers, in the tree's order for units; none when there are too many."""
    if relation not in QUERIES:
        return []
    rows = book.gather(QUERIES[relation])
    ids = next(iter(rows.columns.values())).tolist()
    if not ids or len(ids) > LONGEST:
        return []
    if relation == "units":
        ids.sort(key=book.tree.position_of)
    names = DatabaseNames().names(relation, ids)
    return [names[one] for one in ids if one in names]


def options_of(book: Book, relation: str, language: str, also: Iterable[int | None] = ()) -> list[tuple[str, str]]:
    """Return (public id, name) of what a field may refer to.

    Customers are those the viewer deals with; ``also`` are ids that stand in the field already.
    """
    rows = book.gather(FIELD_QUERIES.get(relation) or QUERIES[relation])
    ids = list(next(iter(rows.columns.values())).tolist())
    if relation == "units":
        ids.sort(key=book.tree.position_of)
    ids += [one for one in also if one and one not in ids]
    names = DatabaseNames().names(relation, ids)
    return [(names[one].uid, names[one].in_language(language)) for one in ids if one in names]
