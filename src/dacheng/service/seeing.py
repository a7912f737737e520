"""Names of what a viewer may know of: a code outside his scope is answered like one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from dacheng.core.book import Book
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.service.names import Name, Names

PLACED = frozenset({"owner", "unit", "person", "customer", "deal"})
KNOWN_THROUGH_OTHERS = frozenset({"customers"})
"""Relations without a place that are known only through the rows that refer to them."""

LOOKED_THROUGH = 5000
SUGGESTIONS = 3
CLOSENESS = 0.5


@dataclass(frozen=True)
class SeenNames:
    """Names, found only where the viewer of a Book sees the record or a row that refers to it."""

    book: Book
    source: Names

    def names(self, relation: str, ids: Iterable[int]) -> Mapping[int, Name]:
        """Return the names of ids."""
        return self.source.names(relation, ids)

    def names_of(self, wanted: Mapping[str, Iterable[int] | None]) -> Mapping[str, Mapping[int, Name]]:
        """Return the names of ids of many relations at once."""
        return self.source.names_of(wanted)

    def find(self, relation: str, text: str) -> tuple[int, ...]:
        """Return the ids whose code or name is the text, of those that the viewer may know of."""
        found = dict.fromkeys(self._standing(relation, one) for one in self.source.find(relation, text))
        return tuple(one for one in found if self._knows(relation, one))

    def stays(self, relation: str, record_id: int) -> int:
        """Return the record that stays where this one was merged away, else the record itself."""
        return self.source.stays(relation, record_id)

    def near(self, relation: str, text: str) -> tuple[str, ...]:
        """Return up to three codes that look like the text, of those that the viewer may know of."""
        if self._open(relation):
            return self.source.near(relation, text)
        named = self.source.names(relation, self._ids(relation)).values()
        words = {word: one.code for one in named for word in (one.code, one.name)}
        close = get_close_matches(text, words, n=SUGGESTIONS, cutoff=CLOSENESS)
        return tuple(dict.fromkeys(words[word] for word in close))

    def _standing(self, relation: str, record_id: int) -> int:
        """Return the record, or on a day on which it had been merged away the one that stays."""
        stays = self.source.stays(relation, record_id)
        if stays == record_id:
            return record_id
        key = RELATIONS[relation].key[0]
        there = self.book.gather(f"SELECT COUNT(*) AS there FROM {relation} WHERE {key} = :record", record=record_id)
        return record_id if int(there["there"][0]) else stays

    def _open(self, relation: str) -> bool:
        return self.book.scope.whole or not _guarded(RELATIONS[relation])

    def _knows(self, relation: str, record_id: int) -> bool:
        if self._open(relation):
            return True
        return any(self._count(name, column, record_id) for name, column in _mentions(relation))

    def _count(self, name: str, column: str, record_id: int) -> int:
        query = f"SELECT COUNT(*) AS there FROM {name} WHERE {column} = :record"
        return int(self.book.gather(query, record=record_id)["there"][0])

    def _ids(self, relation: str) -> set[int]:
        """Return ids that the viewer may know of, for suggestions."""
        name, column = next(iter(_mentions(relation)))
        missing = f"CASE WHEN {column} IS NULL THEN 1 ELSE 0 END"
        query = f"SELECT {column} FROM {name} GROUP BY {column} ORDER BY {missing}, {column} LIMIT :rows"
        rows = self.book.gather(query, rows=LOOKED_THROUGH)
        return set(rows[column][rows.known(column)].tolist())


def _guarded(relation: Relation) -> bool:
    return relation.place in PLACED or relation.name in KNOWN_THROUGH_OTHERS


def _mentions(relation: str) -> Iterator[tuple[str, str]]:
    """Yield where a record is met: in its own relation, then (relation, column) of rows that refer to it."""
    if relation not in KNOWN_THROUGH_OTHERS:
        yield relation, RELATIONS[relation].key[0]
    for other in RELATIONS.values():
        if other.place not in PLACED:
            continue
        if relation == "units" and other.placed:
            yield other.name, "unit_id"
        for column in other.facts:
            if column.ref == relation:
                yield other.name, column.name
