"""Search (搜索): deals, contracts, customers, contacts, people and units by name, code, pinyin or initials.

What is found is what the viewer's Book holds. The database compares the words with the
names of all records for everybody alike and looks for matches among the ids of the Book
alone, so that others' rows change neither the results nor their order, number or time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dacheng.core.book import Book
from dacheng.core.searching import Way, fit_of, ways_of, words_of
from dacheng.engine.opening import scoped_sql
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.queries.searching import matching
from dacheng.store.sounding import sound_of
from dacheng.store.standing import ids_of_uids

LOOKS = ((0, 200), (200, 5_000), (5_000, 1_000_000))
"""From which match to which one is asked of the Book at a time, where all is seen but not on every day."""

WORST = 10

Beside = tuple[tuple[str, int], ...]
"""What a record belongs to, as (relation, id)."""

Known = tuple[str, str]
"""A record by relation and public id."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found; ``beside`` says what it belongs to: customer, owner, unit."""

    relation: str
    name: Name
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits of one relation, the best first; ``more`` when there are others.

    Args:
        fit: how well the best one fits, as ``core.searching`` counts; less is better.
    """

    relation: str
    hits: Sequence[Hit]
    more: bool
    fit: int = WORST


@dataclass(frozen=True)
class Sought:
    """A thing with a name that is kept in memory: a page, a report, a command."""

    zh: str
    en: str
    code: str = ""


def search(book: Book, text: str, *, limit: int, recent: Sequence[Known] = ()) -> list[Hits]:
    """Return what the viewer sees that holds every word, by relation; relations without a hit are left out.

    Args:
        limit: at most so many of each relation.
        recent: what he opened last, which comes first where it matches.
    """
    ways = [ways_of(word) for word in words_of(text)]
    if not ways:
        return []
    front = _ids(recent)
    found = {one: _found(book, one, ways, front.get(one, []), limit + 1) for one in SEEN}
    names = _names({relation: {one: beside for one, (_, beside) in seen.items()} for relation, seen in found.items()})
    return [
        Hits(
            relation,
            _hits(relation, [(one, beside) for one, (_, beside) in seen.items()][:limit], names),
            len(seen) > limit,
            min(fit for fit, _ in seen.values()),
        )
        for relation, seen in found.items()
        if seen
    ]


def opened_before(book: Book, known: Sequence[Known]) -> list[Hit]:
    """Return records by public id as far as the viewer sees them, in their order."""
    ids = {relation: _ids_in_order(relation, known) for relation in SEEN}
    seen = {relation: SEEN[relation](book, listed) for relation, listed in ids.items() if listed}
    names = _names(seen)
    hits = {
        (relation, hit.name.uid): hit
        for relation, rows in seen.items()
        for hit in _hits(relation, list(rows.items()), names)
    }
    return [hits[one] for one in known if one in hits]


def fitting(things: Sequence[Sought], text: str) -> list[tuple[int, int]]:
    """Return (fit, position) of the things that hold every word, the best first."""
    words = [ways_of(word) for word in words_of(text)]
    found = []
    for at, thing in enumerate(things):
        fits = [_best(ways, thing) for ways in words]
        if fits and WORST not in fits:
            found.append((fits[0], at))
    return sorted(found)


def _best(ways: Sequence[Way], thing: Sought) -> int:
    chinese = fit_of(ways, {"code": thing.code, "name": thing.zh.lower(), "sound": sound_of(thing.zh)})
    english = fit_of(ways, {"name": thing.en.lower()})
    return min((fit for fit in (chinese, english) if fit is not None), default=WORST)


Matches = dict[int, tuple[int, Beside]]
"""Id -> how well it fits, and what it belongs to; the best first."""


def _found(book: Book, relation: str, ways: Sequence[Sequence[Way]], front: Sequence[int], wanted: int) -> Matches:
    """Return the first records that match and are seen."""
    if book.scope.whole:
        return _found_anywhere(book, relation, ways, front, wanted)
    matches = matching(relation, ways, within=WITHIN[relation](book), first=front, limit=wanted)
    seen = SEEN[relation](book, [one for one, _ in matches]) if matches else {}
    return {one: (fit, seen[one]) for one, fit in matches if one in seen}


def _found_anywhere(
    book: Book, relation: str, ways: Sequence[Sequence[Way]], front: Sequence[int], wanted: int
) -> Matches:
    """Return the first matches for who sees everything; a broad word is asked of the Book in growing parts."""
    found: Matches = {}
    for start, end in LOOKS:
        matches = matching(relation, ways, first=front, limit=end - start, offset=start)
        seen = SEEN[relation](book, [one for one, _ in matches]) if matches else {}
        found |= {one: (fit, seen[one]) for one, fit in matches if one in seen}
        if len(found) >= wanted or len(matches) < end - start:
            break
    return dict(list(found.items())[:wanted])


def _ids(known: Sequence[Known]) -> dict[str, list[int]]:
    return {relation: _ids_in_order(relation, known) for relation in {one for one, _ in known} & SEEN.keys()}


def _ids_in_order(relation: str, known: Sequence[Known]) -> list[int]:
    uids = [UUID(uid) for name, uid in known if name == relation]
    found = ids_of_uids(relation, uids) if uids else {}
    return [found[uid] for uid in uids if uid in found]


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


def _above(book: Book, unit: int) -> Beside:
    """Return the nearest unit above one that the viewer sees."""
    seen = set(book.scope.units)
    above = next((one for one in book.tree.ancestors(unit) if one in seen), None)
    return (("units", above),) if above else ()


def _of(query: str) -> Callable[[Book, Sequence[int]], dict[int, Beside]]:
    """Return the function that asks the Book which of some ids it holds, and what each refers to."""

    def seen(book: Book, ids: Sequence[int]) -> dict[int, Beside]:
        rows = book.gather(query, ids=tuple(ids))
        columns = [name for name in REFERS if name in rows.columns]
        beside = {
            number: tuple((REFERS[name], int(rows[name][at])) for name in columns if rows[name][at])
            for at, number in enumerate(next(iter(rows.columns.values())).tolist())
        }
        return {one: beside[one] for one in ids if one in beside}

    return seen


def _units(book: Book, ids: Sequence[int]) -> dict[int, Beside]:
    seen = set(book.scope.units)
    return {one: _above(book, one) for one in ids if one in seen}


def _customers(book: Book, ids: Sequence[int]) -> dict[int, Beside]:
    """Return which of some customers the viewer deals with, or sees because he sees everything."""
    return (EVERY_CUSTOMER if book.scope.whole else MET_CUSTOMERS)(book, ids)


def _ids_of(column: str, *relations: str) -> Callable[[Book], str]:
    """Return the function to the SELECT of what a Book's relations name in a column."""

    def within(book: Book) -> str:
        return " UNION ALL ".join(f"SELECT {column} FROM ({scoped_sql(book, name)}) {name}" for name in relations)

    return within


def _unit_ids(book: Book) -> str:
    return ", ".join(str(unit) for unit in book.scope.units) or "-1"


WITHIN: dict[str, Callable[[Book], str]] = {
    "deals": _ids_of("deal_id", "deals"),
    "contracts": _ids_of("contract_id", "contracts"),
    "customers": _ids_of("customer_id", "deals", "contracts"),
    "contacts": _ids_of("contact_id", "contacts"),
    "people": _ids_of("person_id", "people"),
    "units": _unit_ids,
}
"""Relation -> the SQL of the ids that the viewer sees of it; customers are those he deals with."""

REFERS = {"customer_id": "customers", "owner_id": "people", "unit_id": "units"}
EVERY_CUSTOMER = _of("SELECT customer_id AS id FROM customers WHERE customer_id IN (:ids) ORDER BY customer_id")
MET_CUSTOMERS = _of("""
    SELECT customer_id AS id, COUNT(*) AS met FROM (
        SELECT customer_id FROM deals WHERE customer_id IN (:ids)
        UNION ALL SELECT customer_id FROM contracts WHERE customer_id IN (:ids)) known
    GROUP BY customer_id ORDER BY customer_id""")
SEEN: dict[str, Callable[[Book, Sequence[int]], dict[int, Beside]]] = {
    "deals": _of("SELECT deal_id, customer_id, owner_id FROM deals WHERE deal_id IN (:ids) ORDER BY deal_id"),
    "contracts": _of("""
        SELECT contract_id, customer_id, owner_id FROM contracts WHERE contract_id IN (:ids) ORDER BY contract_id"""),
    "customers": _customers,
    "contacts": _of("SELECT contact_id, customer_id FROM contacts WHERE contact_id IN (:ids) ORDER BY contact_id"),
    "people": _of("SELECT person_id, unit_id FROM people WHERE person_id IN (:ids) ORDER BY person_id"),
    "units": _units,
}
"""Relation -> which of some ids the viewer sees, with what they belong to."""
