"""A folder of CSVs as a Book: the same reports without a database (CSV 账本)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from dacheng.core.access import SYSTEM, Held, Viewer
from dacheng.core.book import Basis, Book
from dacheng.core.company import Company, Frame
from dacheng.core.relation import MERGED_INTO
from dacheng.core.schema import RELATIONS
from dacheng.engine.duck import KNOWN_NOW, DuckEngine, engine_of
from dacheng.engine.opening import open_book
from dacheng.exchange.csvbook import sound_company
from dacheng.exchange.defaults import default_rules
from dacheng.service.names import Name
from dacheng.service.questions import identified


@dataclass(frozen=True)
class OpenFolder:
    """A company read from a folder once, of which many Books can be opened."""

    company: Company
    engine: DuckEngine
    names: FolderNames

    @classmethod
    def read(cls, folder: Path) -> OpenFolder:
        """Read a folder.

        Raises:
            RuleError: there is none, or it has faults; each is named.
        """
        return cls.of(sound_company(folder))

    @classmethod
    def of(cls, company: Company) -> OpenFolder:
        """Open a company that is at hand already, for example one that the demo generator made."""
        return cls(company, engine_of(company), FolderNames(company))

    def book(self, *, as_of_day: int, today: int, basis: Basis = "then", viewer: str = "") -> Book:
        """Open a Book.

        Args:
            viewer: a person's code or name; empty = the whole company.
        """
        person = identified("people", viewer, self.names) if viewer else 0
        return open_book(
            self.engine,
            viewer=_viewer(self.company, person, today) if person else SYSTEM,
            as_of_day=as_of_day,
            today=today,
            seq=KNOWN_NOW,
            rules=(*default_rules()[1], *self.company.rules),
            basis=basis,
        )


def open_folder(
    folder: Path, *, as_of_day: int, today: int, basis: Basis = "then", viewer: str = ""
) -> tuple[Book, FolderNames]:
    """Open one Book of a folder, with the names of its ids."""
    found = OpenFolder.read(folder)
    return found.book(as_of_day=as_of_day, today=today, basis=basis, viewer=viewer), found.names


class FolderNames:
    """Names from the label columns of a company."""

    def __init__(self, company: Company) -> None:
        self.company = company

    def names(self, relation: str, ids: Iterable[int]) -> Mapping[int, Name]:
        """Return the names of ids; an unknown id is left out."""
        return self.names_of({relation: ids})[relation]

    def names_of(self, wanted: Mapping[str, Iterable[int] | None]) -> Mapping[str, Mapping[int, Name]]:
        """Return the names of ids of many relations at once; None instead of ids = all there are."""
        found: dict[str, Mapping[int, Name]] = {}
        for relation, ids in wanted.items():
            known = self._names.get(relation, {})
            found[relation] = known if ids is None else {one: known[one] for one in ids if one in known}
        return found

    def find(self, relation: str, text: str) -> tuple[int, ...]:
        """Return the id whose code is the text, else every id whose name is."""
        known = self._names.get(relation, {})
        by_code = tuple(one for one, name in known.items() if name.code == text)
        return by_code or tuple(one for one, name in known.items() if text in (name.name, name.english))

    def stays(self, relation: str, record_id: int) -> int:
        """Return the record that stays where this one was merged away, else the record itself."""
        into = self._merged.get(relation, {}).get(record_id, "")
        found = self.find(relation, into) if into else ()
        return self.stays(relation, found[0]) if found and found[0] != record_id else record_id

    def near(self, relation: str, text: str) -> tuple[str, ...]:
        """Return up to three codes whose code or name looks like the text."""
        known = self._names.get(relation, {}).values()
        codes = {word: name.code for name in known for word in (name.code, name.name)}
        return tuple(dict.fromkeys(codes[word] for word in get_close_matches(text, codes, n=3)))

    @cached_property
    def _merged(self) -> Mapping[str, Mapping[int, str]]:
        """Return relation -> id -> code of the record it was merged into."""
        found: dict[str, dict[int, str]] = {}
        for name, frame in self.company.frames.items():
            if MERGED_INTO.name in frame.labels:
                ids, into = frame.columns[RELATIONS[name].key[0]], frame.labels[MERGED_INTO.name]
                found[name] = {one or 0: code for one, code in zip(ids, into, strict=True) if code}
        return found

    @cached_property
    def _names(self) -> Mapping[str, Mapping[int, Name]]:
        return {
            name: _named(relation.key[0], self.company.frames[name])
            for name, relation in RELATIONS.items()
            if relation.entity and name in self.company.frames
        }


def _named(key: str, frame: Frame) -> dict[int, Name]:
    """Return the name of each id; of several versions the last day's."""
    order = sorted(range(len(frame)), key=lambda row: frame.columns["from_day"][row] or 0)
    codes = frame.labels["code"]
    names, english = (frame.labels.get(label, [""] * len(frame)) for label in ("name", "name_en"))
    return {
        frame.columns[key][row] or 0: Name(codes[row], names[row] or codes[row], english=english[row]) for row in order
    }


def _viewer(company: Company, person_id: int, today: int) -> Viewer:
    """Return a person with the roles that he holds on a day."""
    roles = company.frames["roles"].columns
    rows = zip(*(roles[name] for name in ("person_id", "role", "unit_id", "from_day", "to_day")), strict=True)
    held = tuple(
        Held(role or 0, unit or 0)
        for person, role, unit, start, end in rows
        if person == person_id and (start or 0) <= today < (end or 0)
    )
    return Viewer(person_id, held)
