"""Names from the database's records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from uuid import UUID

from dacheng.service.names import Name
from dacheng.store.queries.names import codes_and_names, ids_of, named_rows

LOOKED_THROUGH = 5000
"""How many records a suggestion looks through."""

NAMED = {"units", "people", "customers", "products", "stage_sets", "stages", "deals", "contracts", "measures"}


class DatabaseNames:
    """Names of the records in the database."""

    def names(self, relation: str, ids: Iterable[int]) -> Mapping[int, Name]:
        """Return the names of ids; an unknown id is left out."""
        wanted = [one for one in ids if one]
        if relation not in NAMED or not wanted:
            return {}
        rows = named_rows(relation, wanted)
        return {row[0]: Name(row[1], row[2] or row[1], str(_uid(row[3])), row[4]) for row in rows}

    def find(self, relation: str, text: str) -> tuple[int, ...]:
        """Return the ids whose code or name is the text."""
        return ids_of(relation, text)

    def near(self, relation: str, text: str) -> tuple[str, ...]:
        """Return up to three codes whose code or name looks like the text."""
        pairs = codes_and_names(relation, LOOKED_THROUGH)
        words = {word: code for code, name in pairs for word in (code, name)}
        close = get_close_matches(text, words, n=3, cutoff=0.5)
        return tuple(dict.fromkeys(words[word] for word in close))


def _uid(stored: str | UUID) -> UUID:
    """Return the public id; SQLite keeps it as text."""
    return stored if isinstance(stored, UUID) else UUID(stored)
