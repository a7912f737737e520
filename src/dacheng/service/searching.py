"""Search (搜索): deals, contracts, customers, people and units by a part of their name or code.

Chinese words are found by their characters wherever they stand. What is found is what
the viewer's Book of today holds: the same words in somebody else's rows change nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dacheng.core.book import Book
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.queries.searching import matching_ids

LONGEST_TEXT = 100
MOST_WORDS = 5
FIRST_LOOK, SECOND_LOOK = 200, 5_000
"""How many matches are asked of the Book at a time, the best first; then all."""


Beside = tuple[tuple[str, int], ...]
"""What a record belongs to, as (relation, id)."""


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
    found = {one: _seen_first(book, one, matching_ids(one, words), limit + 1) for one in SEEN}
    names = _names({relation: dict(list(seen.items())[:limit]) for relation, seen in found.items()})
    return [
        Hits(relation, _hits(relation, list(seen.items())[:limit], names), len(seen) > limit)
        for relation, seen in found.items()
        if seen
    ]


def _seen_first(book: Book, relation: str, matching: Sequence[int], wanted: int) -> dict[int, Beside]:
    """Return the first matches that are seen, in order, asked for in growing parts: a broad word stays quick."""
    seen: dict[int, Beside] = {}
    for start, end in ((0, FIRST_LOOK), (FIRST_LOOK, SECOND_LOOK), (SECOND_LOOK, len(matching))):
        part = matching[start:end]
        if part and len(seen) < wanted:
            visible = SEEN[relation](book, part)
            seen |= {one: visible[one] for one in part if one in visible}
    return dict(list(seen.items())[:wanted])


def _names(found: Mapping[str, Mapping[int, Beside]]) -> Mapping[str, Mapping[int, Name]]:
    """Return the names of everything found and of what it belongs to, in one query."""
    wanted: dict[str, set[int]] = {relation: set(seen) for relation, seen in found.items()}
    for seen in found.values():
        for beside in seen.values():
            for relation, record_id in beside:
                wanted.setdefault(relation, set()).add(record_id)
    return DatabaseNames().names_of(wanted)


def _hits(relation: str, seen: Sequence[tuple[int, Beside]], names: Mapping[str, Mapping[int, Name]]) -> list[Hit]:
    return [
        Hit(
            relation,
            names[relation][one],
            tuple(names[other][number].name for other, number in beside if number in names[other]),
        )
        for one, beside in seen
        if one in names[relation]
    ]


def _of(query: str) -> Callable[[Book, Sequence[int]], dict[int, Beside]]:
    """Return the function that asks the Book for ids, and for what each row refers to."""

    def visible(book: Book, ids: Sequence[int]) -> dict[int, Beside]:
        rows = book.gather(query, ids=tuple(ids))
        columns = [name for name in REFERS if name in rows.columns]
        return {
            number: tuple((REFERS[name], int(rows[name][at])) for name in columns if rows[name][at])
            for at, number in enumerate(next(iter(rows.columns.values())).tolist())
        }

    return visible


def _units(book: Book, ids: Sequence[int]) -> dict[int, Beside]:
    """Return the units of the viewer's scope, each with the nearest one above that he sees."""
    seen = set(book.scope.units)
    found: dict[int, Beside] = {}
    for unit in seen.intersection(ids):
        above = next((one for one in book.tree.ancestors(unit) if one in seen), None)
        found[unit] = (("units", above),) if above else ()
    return found


REFERS = {"customer_id": "customers", "owner_id": "people", "unit_id": "units"}
SEEN: dict[str, Callable[[Book, Sequence[int]], dict[int, Beside]]] = {
    "deals": _of("SELECT deal_id, customer_id, owner_id FROM deals WHERE deal_id IN (:ids) ORDER BY deal_id"),
    "contracts": _of("""
        SELECT contract_id, customer_id, owner_id FROM contracts WHERE contract_id IN (:ids) ORDER BY contract_id"""),
    "customers": _of("""
        SELECT customer_id AS id, COUNT(*) AS met FROM (
            SELECT customer_id FROM deals WHERE customer_id IN (:ids)
            UNION ALL SELECT customer_id FROM contracts WHERE customer_id IN (:ids)) known
        GROUP BY customer_id ORDER BY customer_id"""),
    "people": _of("SELECT person_id, unit_id FROM people WHERE person_id IN (:ids) ORDER BY person_id"),
    "units": _units,
}
"""Relation -> which of some ids the viewer sees, with what they belong to; customers are those he deals with."""
