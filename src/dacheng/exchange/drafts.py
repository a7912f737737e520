"""Drafts of our records (草稿): values that were read from a row, some of which wait for another record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from dacheng.exchange.mapping import RowRule
from dacheng.exchange.noticing import Place


class Reference(NamedTuple):
    """Code or name of another record, as the file writes it; ``title`` and ``key`` of its column.

    Args:
        lenient: a text that names no record is told and left out; the row stays.
    """

    text: str
    title: str = ""
    key: str = ""
    lenient: bool = False


class Awaited(NamedTuple):
    """A value that is taken from the record a reference points to."""

    reference: str
    column: str


class Top(NamedTuple):
    """The unit at the top of the company."""


class Home(NamedTuple):
    """The unit where a person that a reference names is at home."""

    reference: str


class Keyed(NamedTuple):
    """A code made of a text of the file and of other columns of the record, once these are known."""

    text: str
    names: tuple[str, ...]


DraftValue: TypeAlias = int | str | None | Reference | Awaited | Top | Home | Keyed
DraftValues: TypeAlias = dict[str, DraftValue]


@dataclass(slots=True)
class Draft:
    """A record on its way in.

    Args:
        place: the row it comes from; None for a record that the mapping itself brings.
        later: (day, changed columns), ascending.
        undated: the file does not say since when.
        until: the day after the last one; None = for ever.
    """

    relation: str
    values: DraftValues
    since: int
    rule: RowRule
    place: Place | None = None
    later: list[tuple[int, DraftValues]] = field(default_factory=list)
    undated: bool = False
    until: int | None = None

    def moments(self) -> list[tuple[int, DraftValues]]:
        """Return its first day and the later ones, with what is set on each."""
        return [(self.since, self.values), *self.later]
