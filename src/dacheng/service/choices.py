"""What a filter offers: the units, people, stages, products and measures a viewer can choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dacheng.core.book import Book
from dacheng.core.factors.schema import CAPACITY
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name

LONGEST = 60
"""A longer list is not offered; its filter is set by clicking a name or by search."""

SHORT = {"stages", "products", "measures", "loss_reasons", "expense_categories", "segments", "factors"}
"""Relations of which all that stand are offered."""

PEOPLE = "SELECT person_id FROM people ORDER BY person_id"
WORKING = "SELECT p.person_id FROM people p WHERE p.left = 0 ORDER BY p.person_id"
STAGES = "SELECT stage_id, position FROM stages ORDER BY position, stage_id"
REASONS = "SELECT loss_reason_id, position FROM loss_reasons WHERE offered = 1 ORDER BY position, loss_reason_id"
CATEGORIES = "SELECT category_id, position FROM expense_categories WHERE offered = 1 ORDER BY position, category_id"
PRODUCTS = "SELECT product_id FROM products ORDER BY product_id"
OWN_FACTORS = f"SELECT factor_id FROM factors WHERE factor_id > {CAPACITY} ORDER BY factor_id"
ALL_CUSTOMERS = "SELECT customer_id FROM customers ORDER BY customer_id"
OWN_CUSTOMERS = """
    SELECT customer_id, COUNT(*) AS met FROM (
        SELECT customer_id FROM deals WHERE customer_id IS NOT NULL
        UNION ALL SELECT customer_id FROM contracts WHERE customer_id IS NOT NULL) known
    GROUP BY customer_id ORDER BY customer_id"""


def choice_ids(book: Book, relation: str) -> list[int] | None:
    """Return the ids a filter offers, units in the tree's order; None = all that stand, empty = too many."""
    if relation in SHORT:
        return None
    if relation == "units":
        ids = sorted(book.scope.units, key=book.tree.position_of)
    elif relation == "people" and len(book.scope.units) <= LONGEST:  # more units have more people
        ids = book.gather(PEOPLE)["person_id"].tolist()
    else:
        ids = []
    return ids if len(ids) <= LONGEST else []


def offered(book: Book, relation: str) -> list[Name]:
    """Return the names a filter offers, in order; none when there are too many."""
    ids = choice_ids(book, relation)
    names = DatabaseNames().names_of({relation: ids})[relation]
    return [names[one] for one in (sorted(names) if ids is None else ids) if one in names]


def field_ids(book: Book, relation: str) -> list[int]:
    """Return the ids a field may refer to, in the order they are shown.

    Customers are those the viewer deals with: a list of all would tell of others' business.
    """
    if relation == "units":
        return sorted(book.scope.units, key=book.tree.position_of)
    if relation == "customers":
        return [int(one) for one in book.gather(ALL_CUSTOMERS if book.scope.whole else OWN_CUSTOMERS)["customer_id"]]
    queries = {
        "people": WORKING,
        "stages": STAGES,
        "products": PRODUCTS,
        "loss_reasons": REASONS,
        "expense_categories": CATEGORIES,
        "factors": OWN_FACTORS,
    }
    rows = book.gather(queries[relation])
    return [int(one) for one in next(iter(rows.columns.values()))]


def offered_names(book: Book, also: Mapping[str, Iterable[int | None]]) -> dict[str, dict[int, Name]]:
    """Return relation -> id -> name of what fields may refer to, in the order they are shown; one names query.

    Args:
        also: the relations wanted, each with the ids that stand in its fields already.
    """
    ids = {relation: field_ids(book, relation) for relation in also}
    for relation, held in also.items():
        ids[relation] += [one for one in dict.fromkeys(held) if one and one not in ids[relation]]
    names = DatabaseNames().names_of(ids)
    return {
        relation: {one: names[relation][one] for one in each if one in names[relation]}
        for relation, each in ids.items()
    }


def options_of(book: Book, relation: str, language: str, also: Iterable[int | None] = ()) -> list[tuple[str, str]]:
    """Return (public id, name) of what a field may refer to; ``also`` are ids that stand in it already."""
    ids = field_ids(book, relation)
    ids += [one for one in also if one and one not in ids]
    names = DatabaseNames().names(relation, ids)
    return [(names[one].uid, names[one].in_language(language)) for one in ids if one in names]
