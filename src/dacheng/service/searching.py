"""Search (搜索): deals, contracts, customers, people and units by a part of their name or code.

Chinese words are found by their characters wherever they stand. What is found is what
the viewer's Book of today holds: the same words in somebody else's rows change nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dacheng.core.book import Book
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.queries.searching import matching_ids

LONGEST_TEXT = 100
MOST_WORDS = 5
FIRST_LOOK, SECOND_LOOK = 200, 5_000
"""How many matches are asked of the Book at a time, the best first; then all."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found; ``beside`` says what it belongs to: customer, owner, unit."""

    relation: str
    name: Name
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits of one relation, the best first; ``more`` when there are others."""

    relation: str
    hits: Sequence[Hit]
    more: bool


def words_of(text: str) -> list[str]:
    """Return the words to look for: half width, no control characters, at most a few."""
    plain = unicodedata.normalize("NFKC", text)[:LONGEST_TEXT]
    return "".join(" " if unicodedata.category(one) == "Cc" else one for one in plain).split()[:MOST_WORDS]


def search(book: Book, text: str, *, limit: int) -> list[Hits]:
    """Return what the viewer sees that holds every word, by relation; relations without a hit are left out.

    Args:
        limit: at most so many of each relation.
    """
    words = words_of(text)
    if not words:
        return []
    found = [_found(book, relation, words, limit) for relation in SEEN]
    return [one for one in found if one.hits]


def _found(book: Book, relation: str, words: Sequence[str], limit: int) -> Hits:
    ids = _seen_first(book, relation, matching_ids(relation, words), limit + 1)
    return Hits(relation, _hits(book, relation, ids[:limit]), len(ids) > limit)


def _seen_first(book: Book, relation: str, matching: Sequence[int], wanted: int) -> list[int]:
    """Return the first ids that are seen, in order; asked for in growing parts, so that a broad word stays quick."""
    seen: list[int] = []
    for start, end in ((0, FIRST_LOOK), (FIRST_LOOK, SECOND_LOOK), (SECOND_LOOK, len(matching))):
        part = matching[start:end]
        if part and len(seen) < wanted:
            visible = SEEN[relation](book, part)
            seen += [one for one in part if one in visible]
    return seen[:wanted]


def _of(query: str) -> Callable[[Book, Sequence[int]], set[int]]:
    def visible(book: Book, ids: Sequence[int]) -> set[int]:
        rows = book.gather(query, ids=tuple(ids))
        return set(next(iter(rows.columns.values())).tolist())

    return visible


SEEN: dict[str, Callable[[Book, Sequence[int]], set[int]]] = {
    "deals": _of("SELECT deal_id FROM deals WHERE deal_id IN (:ids) ORDER BY deal_id"),
    "contracts": _of("SELECT contract_id FROM contracts WHERE contract_id IN (:ids) ORDER BY contract_id"),
    "customers": _of("""
        SELECT customer_id, COUNT(*) AS met FROM (
            SELECT customer_id FROM deals WHERE customer_id IN (:ids)
            UNION ALL SELECT customer_id FROM contracts WHERE customer_id IN (:ids)) known
        GROUP BY customer_id ORDER BY customer_id"""),
    "people": _of("SELECT person_id FROM people WHERE person_id IN (:ids) ORDER BY person_id"),
    "units": lambda book, ids: set(book.scope.units) & set(ids),
}
"""Relation -> which of some ids the viewer sees; customers are those he deals with."""

BESIDE = {
    "deals": "SELECT deal_id AS id, customer_id, owner_id FROM deals WHERE deal_id IN (:ids) ORDER BY deal_id",
    "contracts": """
        SELECT contract_id AS id, customer_id, owner_id FROM contracts
        WHERE contract_id IN (:ids) ORDER BY contract_id""",
    "people": "SELECT person_id AS id, unit_id FROM people WHERE person_id IN (:ids) ORDER BY person_id",
}
REFERS = {"customer_id": "customers", "owner_id": "people", "unit_id": "units"}


def _hits(book: Book, relation: str, ids: Sequence[int]) -> list[Hit]:
    beside = _beside(book, relation, ids)
    wanted: dict[str, set[int]] = {relation: set(ids)}
    for refers in beside.values():
        for other, record_id in refers:
            wanted.setdefault(other, set()).add(record_id)
    names = DatabaseNames().names_of(wanted)
    return [
        Hit(
            relation,
            names[relation][one],
            tuple(names[other][number].name for other, number in beside.get(one, ()) if number in names[other]),
        )
        for one in ids
        if one in names[relation]
    ]


def _beside(book: Book, relation: str, ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Return what each record belongs to, as (relation, id)."""
    if relation == "units":
        return {one: [("units", above[0])] for one in ids if (above := _above_seen(book, one))}
    if relation not in BESIDE or not ids:
        return {}
    rows = book.gather(BESIDE[relation], ids=tuple(ids))
    columns = [name for name in REFERS if name in rows.columns]
    return {
        number: [(REFERS[name], int(rows[name][at])) for name in columns if rows[name][at]]
        for at, number in enumerate(rows["id"].tolist())
    }


def _above_seen(book: Book, unit: int) -> tuple[int, ...]:
    seen = set(book.scope.units)
    return tuple(one for one in book.tree.ancestors(unit) if one in seen) if unit in book.tree else ()
