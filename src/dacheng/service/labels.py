"""Names from the database's records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from uuid import UUID

from dacheng.core.schema import RELATIONS
from dacheng.service.names import Name
from dacheng.store.merged import successors
from dacheng.store.queries.names import codes_and_names, ids_of, named_rows

LOOKED_THROUGH = 5000
"""How many records a suggestion looks through."""

NAMED = {name for name, relation in RELATIONS.items() if relation.entity and name != "contract_lines"}


class DatabaseNames:
    """Names of the records in the database."""

    def names(self, relation: str, ids: Iterable[int]) -> Mapping[int, Name]:
        """Return the names of ids; an unknown id is left out."""
        return self.names_of({relation: ids}).get(relation, {})

    def names_of(self, wanted: Mapping[str, Iterable[int] | None]) -> dict[str, Mapping[int, Name]]:
        """Return the names of ids of many relations, in one query; None instead of ids = all that stand."""
        asked = {
            relation: None if ids is None else [one for one in ids if one]
            for relation, ids in wanted.items()
            if relation in NAMED
        }
        found: dict[str, dict[int, Name]] = {relation: {} for relation in wanted}
        for relation, number, code, name, uid, english in named_rows(
            {relation: ids for relation, ids in asked.items() if ids is None or ids}
        ):
            found[relation][number] = Name(code, name or code, str(_uid(uid)), english)
        return dict(found)

    def find(self, relation: str, text: str) -> tuple[int, ...]:
        """Return the ids whose code or name is the text."""
        return () if "\0" in text else ids_of(relation, text)  # PostgreSQL takes no NUL

    def stays(self, relation: str, record_id: int) -> int:
        """Return the record that stays where this one was merged away, else the record itself."""
        return successors(relation, [record_id]).get(record_id, record_id)

    def near(self, relation: str, text: str) -> tuple[str, ...]:
        """Return up to three codes whose code or name looks like the text."""
        pairs = codes_and_names(relation, LOOKED_THROUGH)
        words = {word: code for code, name in pairs for word in (code, name)}
        close = get_close_matches(text, words, n=3, cutoff=0.5)
        return tuple(dict.fromkeys(words[word] for word in close))


def _uid(stored: str | UUID) -> UUID:
    """Return the public id; SQLite keeps it as text."""
    return stored if isinstance(stored, UUID) else UUID(stored)
