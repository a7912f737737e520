"""Names of ids, and ids of names: relations hold ids, people read and write names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Name:
    """How an id is shown.

    Args:
        code: unique within its relation; what CSV, URLs of filters and the command line use.
        uid: the public id of its page; empty where there is no page.
        english: the name in English where the company keeps one.
    """

    code: str
    name: str
    uid: str = ""
    english: str = ""

    def in_language(self, language: str) -> str:
        """Return the name to show."""
        return self.english if self.english and language.lower().startswith("en") else self.name


class Names(Protocol):
    """Where names come from: the database's records or a folder's label columns."""

    def names(self, relation: str, ids: Iterable[int]) -> Mapping[int, Name]:
        """Return the names of ids; an unknown id is left out. One query per relation."""

    def names_of(self, wanted: Mapping[str, Iterable[int] | None]) -> Mapping[str, Mapping[int, Name]]:
        """Return the names of ids of many relations at once; None instead of ids = all that stand."""

    def find(self, relation: str, text: str) -> tuple[int, ...]:
        """Return the ids whose code or name is the text; more than one when it is ambiguous."""

    def stays(self, relation: str, record_id: int) -> int:
        """Return the record that stays where this one was merged away, else the record itself."""

    def near(self, relation: str, text: str) -> tuple[str, ...]:
        """Return up to three codes that look like the text, for a suggestion."""
