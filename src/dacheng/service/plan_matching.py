"""Whose row of a plan a line of a foreign sheet is (对人对组织): by code, by name, by what the person said."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from dacheng.core.errors import Text
from dacheng.core.plans.incoming import Line
from dacheng.core.plans.schema import PERSON, UNIT
from dacheng.core.tree import UNKNOWN
from dacheng.exchange.texts import folded
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plans import OpenPlan

MOST_NEAR = 3


class Matcher:
    """Finds rows of a plan by how a sheet calls them.

    Args:
        matches: how the sheet calls somebody -> what the row of the plan is called, or its code.
    """

    def __init__(self, one: OpenPlan, matches: Mapping[str, str]) -> None:
        self.one = one
        self.matches = {folded(text): meant for text, meant in matches.items() if meant}
        self.codes: dict[str, list[int]] = {}
        self.called: dict[str, list[int]] = {}
        self.row_codes: list[str] = list(one.codes)
        self._index()

    def picks(self) -> tuple[tuple[str, Text, int], ...]:
        """Return code, name and depth of every row that a line could be said to be."""
        sheet = self.one.sheet
        return tuple(
            (self.row_codes[at], self.one.name(at), int(sheet.tree.depth[at]))
            for at in range(1 if sheet.shared_top else 0, len(sheet))
            if self.row_codes[at]
        )

    def position(self, line: Line) -> int | None:
        """Return the position of the row of a line; None where nobody, or nobody alone, is called so."""
        if line.kind == "company":
            return 1 if self.one.sheet.shared_top else 0
        for text in (line.code, line.name):
            if text and (meant := self.matches.get(folded(text))):
                return self._only(self._found(meant, ""), "")
        for text in (line.code, line.name, line.name.rpartition("/")[2]):
            if text and (at := self._only(self._found(text, line.kind), line.above)) is not None:
                return at
        return None

    def near(self, line: Line) -> tuple[str, ...]:
        """Return up to three names or codes of rows that look like how the sheet calls a line."""
        words = {**self.codes, **self.called}
        close = get_close_matches(folded(line.called), words, n=MOST_NEAR, cutoff=0.5)
        return tuple(dict.fromkeys(self.one.name(words[one][0]).zh for one in close))

    def _index(self) -> None:
        sheet = self.one.sheet
        names = DatabaseNames()
        units = names.names("units", set(sheet.unit_id.tolist()))
        people = names.names("people", set(sheet.person_id.tolist()))
        for at in range(1 if sheet.shared_top else 0, len(sheet)):
            kind = int(sheet.kind[at])
            whose: Name | None = None
            if kind == UNIT:
                whose = units.get(int(sheet.unit_id[at]))
            elif kind == PERSON:
                whose = people.get(int(sheet.person_id[at]))
            self.row_codes[at] = self.one.codes[at] or (whose.code if whose else "")
            for text in (self.one.codes[at], whose.code if whose else ""):
                self._put(self.codes, text, at)
            called = self.one.name(at)
            for text in {called.zh, called.en, whose.english if whose else ""}:
                self._put(self.called, text, at)

    @staticmethod
    def _put(index: dict[str, list[int]], text: str, at: int) -> None:
        if text:
            index.setdefault(folded(text), []).append(at)

    def _found(self, text: str, kind: str) -> list[int]:
        """Return the rows of a kind with that code, else those with that name."""
        wanted = {"unit": UNIT, "person": PERSON}.get(kind)
        for index in (self.codes, self.called):
            its = [at for at in index.get(folded(text), []) if wanted is None or int(self.one.sheet.kind[at]) == wanted]
            if its:
                return its
        return []

    def _only(self, found: list[int], above: str) -> int | None:
        """Return the one that was found; of several the one that stands under what the sheet says."""
        if len(found) > 1 and above:
            found = [at for at in found if folded(above) in self._over(at)]
        return found[0] if len(found) == 1 else None

    def _over(self, at: int) -> set[str]:
        parents = self.one.sheet.tree.parent_position
        over: set[str] = set()
        while (at := int(parents[at])) != UNKNOWN:
            over |= {folded(self.one.name(at).zh), folded(self.one.name(at).en), folded(self.one.codes[at])}
        return over
