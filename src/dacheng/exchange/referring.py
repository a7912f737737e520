"""What references of a file point to: records of the file itself and records that stand (引用).

A reference is the code of another record or its name, found exactly, else with width and
case aside. An unknown one is told once for all its rows, with the nearest known name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from dacheng.core.errors import Finding, Text
from dacheng.core.period import date_of, first_day_of
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.exchange.drafts import Awaited, Draft, DraftValue, DraftValues, Home, Keyed, Reference, Top
from dacheng.exchange.likeness import MOST_COMPARED, nearest
from dacheng.exchange.noticing import MOST_OF_A_KIND, Noticed, Shared
from dacheng.exchange.texts import folded

OF_THE_MAPPING = "records"
"""Where a record stands that the mapping itself brings."""


class KnownRecord(NamedTuple):
    """A record that stands already; ``values`` holds the fact columns that were asked for."""

    code: str
    name: str
    values: Mapping[str, int | None] = {}


Homes = Mapping[str, Sequence[tuple[int, str]]]
"""Person's code -> (first day, unit's code), ascending."""


class Known(Protocol):
    """What stands already, so that files may refer to it."""

    def find(self, relation: str, texts: Collection[str], columns: Sequence[str] = ()) -> Iterable[KnownRecord]:
        """Return the records whose code or name is one of the texts, exactly."""

    def listed(self, relation: str, limit: int) -> Iterable[KnownRecord]:
        """Return records to compare a misspelt name with."""

    def top_unit(self) -> str:
        """Return the code of the unit at the top of the company; empty when there is none."""

    def homes(self, people: Collection[str]) -> Homes:
        """Return where people are at home, day by day."""


class NothingKnown:
    """An empty database.

    Args:
        top: code of the unit that founding the company will make.
        records: what founding makes beside it, by relation.
    """

    def __init__(self, top: str = "", records: Mapping[str, Sequence[KnownRecord]] | None = None) -> None:
        self.top = top
        self.records = records or {}

    def find(self, relation: str, texts: Collection[str], columns: Sequence[str] = ()) -> Iterable[KnownRecord]:
        """Return the founding records of these codes and names."""
        return [one for one in self.records.get(relation, ()) if one.code in texts or one.name in texts]

    def listed(self, relation: str, limit: int) -> Iterable[KnownRecord]:
        """Return the founding records."""
        return self.records.get(relation, ())[:limit]

    def top_unit(self) -> str:
        """Return the top that is to be."""
        return self.top

    def homes(self, people: Collection[str]) -> Homes:
        """Return that nobody lives anywhere yet."""
        return {}


@dataclass
class Directory:
    """The records of one relation that a reference may mean.

    Args:
        values: code -> fact columns, as far as they are known.
    """

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, DraftValue]] = field(default_factory=dict)
    _by_name: dict[str, set[str]] = field(default_factory=dict)
    _by_folded: dict[str, set[str]] = field(default_factory=dict)

    def add(self, code: str, name: str, values: Mapping[str, DraftValue]) -> None:
        """Take a record in; what the file says of it goes before what stands."""
        self.names.setdefault(code, name)
        self.values[code] = {**values, **self.values.get(code, {})}
        if name:
            self._by_name.setdefault(name, set()).add(code)
        for text in (code, name):
            if text:
                self._by_folded.setdefault(folded(text), set()).add(code)

    def meant(self, text: str) -> frozenset[str]:
        """Return the codes that a text may mean: none, the one, or several of the same name."""
        if text in self.names:
            return frozenset({text})
        return frozenset(self._by_name.get(text) or self._by_folded.get(folded(text)) or ())

    def spellings(self) -> list[str]:
        """Return the names, or codes where there is no name, to compare a misspelt one with."""
        return [name or code for code, name in self.names.items()]


@dataclass
class References:
    """Resolves the references of drafts.

    Args:
        known: what stands already.
    """

    known: Known
    noticed: Noticed
    directories: dict[str, Directory] = field(default_factory=dict)
    _nearest: dict[tuple[str, str], str] = field(default_factory=dict)

    def resolve(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return the drafts whose references all point to a record, with codes in their place.

        A row that is refused takes its own records away, so this goes on until nothing
        else falls; each unknown text is told once for all its rows.
        """
        standing = self.noticed.not_refused(drafts)
        while True:
            self._enter(standing)
            sound = [draft for draft in standing if self._is_sound(draft)]
            remaining = self.noticed.not_refused(sound)
            if len(remaining) == len(standing):
                return self._at_home([self._with_codes(draft) for draft in standing])
            standing = remaining

    # What may be referred to -------------------------------------------------------------------

    def _enter(self, drafts: Sequence[Draft]) -> None:
        """Take in the records of the file and those that stand and are spoken of."""
        wanted = _wanted(drafts)
        columns = _awaited(drafts)
        self.directories = {name: Directory() for name in wanted}
        for draft in drafts:
            if draft.relation in wanted:
                own = RELATIONS[draft.relation].entity
                code, name = draft.values.get("code"), draft.values.get("name", "")
                if own and isinstance(code, str):
                    self.directories[draft.relation].add(code, name if isinstance(name, str) else "", draft.values)
        for relation, texts in wanted.items():
            for record in self.known.find(relation, texts, sorted(columns.get(relation, ()))):
                self.directories[relation].add(*record)
            unmet = [text for text in texts if not self.directories[relation].meant(text)]
            if unmet:
                self._enter_listed(relation)

    def _enter_listed(self, relation: str) -> None:
        """Take in more of what stands, for names that differ in width and case and for suggestions."""
        for record in self.known.listed(relation, MOST_COMPARED):
            self.directories[relation].add(*record)

    # Checking ----------------------------------------------------------------------------------

    def _is_sound(self, draft: Draft) -> bool:
        """Tell whether all references point to one record; notice those that do not."""
        relation = RELATIONS[draft.relation]
        sound = True
        for _, values in draft.moments():
            for name, value in values.items():
                if not isinstance(value, tuple):
                    continue
                if isinstance(value, Reference):
                    sound &= self._points_to_one(draft, relation.column(name).ref, value)
                elif isinstance(value, Top):
                    sound &= self._has_top(draft)
        return sound

    def _points_to_one(self, draft: Draft, there: str, value: Reference) -> bool:
        meant = self.directories[there].meant(value.text)
        if len(meant) == 1:
            return True
        near = "" if meant else self._near(there, value.text)
        kind = "ambiguous" if meant else "unread-word" if value.lenient else "unknown"
        table = draft.place.table if draft.place else 0
        shared = Shared(kind, table, value.title, value.key, value.text, near, RELATIONS[there].label)
        if value.lenient and draft.place is not None:
            self.noticed.share(shared, draft.place.row, once=True)
            return True
        if draft.place is None:
            self.noticed.findings.append(replace(unknown_finding(shared), sheet=OF_THE_MAPPING))
        else:
            self.noticed.share(shared, draft.place.row, once=True)
            self.noticed.keep_out(draft.place, unknown_finding(shared))
        return False

    def _near(self, relation: str, text: str) -> str:
        key = (relation, text)
        if key not in self._nearest:
            looked_at = sum(there == relation for there, _ in self._nearest)
            spellings = self.directories[relation].spellings() if looked_at < MOST_OF_A_KIND else ()
            self._nearest[key] = nearest(text, spellings)
        return self._nearest[key]

    def _has_top(self, draft: Draft) -> bool:
        if not self.known.top_unit() and draft.place is not None:
            message = Text("还没有公司，没有最上级组织。", "There is no company yet, so no unit at the top.")
            remedy = Text("先运行 dacheng init，或在映射里写 company。", "Run dacheng init, or name the company.")
            self.noticed.refuse("import/no-company", draft.place, message, remedy)
        return bool(self.known.top_unit())

    # Homes -----------------------------------------------------------------------------------

    def _at_home(self, drafts: list[Draft]) -> list[Draft]:
        """Return the drafts with the home of a person in place of ``Home``; one without a home is refused."""
        waiting = [draft for draft in drafts if any(isinstance(value, Home) for value in draft.values.values())]
        if not waiting:
            return drafts
        homes = self._homes(drafts, waiting)
        for draft in waiting:
            for name, value in draft.values.items():
                if isinstance(value, Home):
                    person = draft.values.get(value.reference)
                    draft.values[name] = _home_on(homes.get(str(person), ()), _day_of(draft))
                    self._refuse_homeless(draft, name)
        return self.noticed.not_refused(drafts)

    def _homes(self, drafts: Sequence[Draft], waiting: Sequence[Draft]) -> dict[str, list[tuple[int, str]]]:
        people = {
            str(draft.values.get(value.reference))
            for draft in waiting
            for value in draft.values.values()
            if isinstance(value, Home)
        }
        homes = {person: list(found) for person, found in self.known.homes(people).items()}
        for draft in drafts:
            if draft.relation == "assignments":
                for day, values in draft.moments():
                    person, unit = draft.values.get("person_id"), values.get("unit_id")
                    homes.setdefault(str(person), []).append((day, str(unit)))
        return {person: sorted(found, key=lambda one: one[0]) for person, found in homes.items()}

    def _refuse_homeless(self, draft: Draft, name: str) -> None:
        if draft.values[name] is None and draft.place is not None:
            person = next((value for key, value in draft.values.items() if key == "person_id"), "")
            message = Text(f"“{person}”没有归属组织。", f"“{person}” has no home unit.")
            remedy = Text("先导入人员和归属，或在映射里写明组织。", "Import people and homes first, or name the unit.")
            self.noticed.refuse("import/no-home", draft.place, message, remedy, value=str(person))

    # Putting codes in --------------------------------------------------------------------------

    def _with_codes(self, draft: Draft) -> Draft:
        relation = RELATIONS[draft.relation]
        held: DraftValues = {}
        moments = []
        for day, values in draft.moments():
            coded = {
                name: self._coded(relation, name, value) if isinstance(value, tuple) else value
                for name, value in values.items()
                if not isinstance(value, tuple) or not self._names_nothing(relation, name, value)
            }
            coded = {name: _made(value, coded) if isinstance(value, Keyed) else value for name, value in coded.items()}
            held |= coded
            if any(isinstance(value, Awaited) for value in coded.values()):
                coded = {name: self._taken(relation, value, held) for name, value in coded.items()}
            moments.append((day, coded))
        (_, first), *later = moments
        return replace(draft, values=first, later=later)

    def _names_nothing(self, relation: Relation, name: str, value: DraftValue) -> bool:
        """Tell whether a value may name no record, and names none or several."""
        lenient = isinstance(value, Reference) and value.lenient
        return lenient and len(self.directories[relation.column(name).ref].meant(value.text)) != 1  # type: ignore[union-attr]

    def _coded(self, relation: Relation, name: str, value: DraftValue) -> DraftValue:
        if isinstance(value, Reference):
            (code,) = self.directories[relation.column(name).ref].meant(value.text)
            return code
        return self.known.top_unit() if isinstance(value, Top) else value

    def _taken(self, relation: Relation, value: DraftValue, held: Mapping[str, DraftValue]) -> DraftValue:
        """Return what is taken from the record that a reference points to; None where it has none."""
        if not isinstance(value, Awaited):
            return value
        code = held.get(value.reference)
        there = self.directories.get(relation.column(value.reference).ref)
        taken = there.values.get(code, {}).get(value.column) if there and isinstance(code, str) else None
        return taken if isinstance(taken, int) else None


def _made(code: Keyed, values: DraftValues) -> str:
    """Return the code that columns of a record make; days and choices as they are kept, nothing as nothing."""
    told = [code.text, *(_told(name, values.get(name)) for name in code.names)]
    return "·".join(one for one in told if one)


def _told(name: str, value: DraftValue) -> str:
    if name == "day" and isinstance(value, int):
        return date_of(value).isoformat()
    return "" if value in (None, 0) else str(value)


def _day_of(draft: Draft) -> int:
    """Return the day on which the home of a row's person counts."""
    month = draft.values.get("ym")
    return first_day_of(month) if isinstance(month, int) else draft.since


def _home_on(homes: Sequence[tuple[int, str]], day: int) -> str | None:
    """Return the home of a day; the first one where none had begun."""
    begun = [unit for since, unit in homes if since <= day]
    return begun[-1] if begun else homes[0][1] if homes else None


def _wanted(drafts: Sequence[Draft]) -> dict[str, set[str]]:
    """Return the texts that references use, by the relation they point to."""
    wanted: dict[str, set[str]] = {}
    for draft in drafts:
        relation = RELATIONS[draft.relation]
        for _, values in draft.moments():
            for name, value in values.items():
                if isinstance(value, tuple) and isinstance(value, Reference):
                    wanted.setdefault(relation.column(name).ref, set()).add(value.text)
    return wanted


def _awaited(drafts: Sequence[Draft]) -> dict[str, set[str]]:
    """Return the columns that are taken from records referred to."""
    columns: dict[str, set[str]] = {}
    for rule in {id(draft.rule): draft for draft in drafts}.values():
        relation = RELATIONS[rule.relation]
        for value in rule.values.values():
            if isinstance(value, Awaited):
                columns.setdefault(relation.column(value.reference).ref, set()).add(value.column)
    return columns


def unknown_finding(shared: Shared) -> Finding:
    """Return why a row with an unknown or ambiguous reference stays out."""
    label = shared.label
    if shared.kind == "ambiguous":
        return Finding(
            "import/ambiguous-reference",
            Text(f"{label.zh}里有多个“{shared.value}”。", f"{label.en}: several are called “{shared.value}”."),
            Text("请改用编码。", "Use the code instead."),
            column=shared.title,
            value=shared.value,
        )
    remedy = Text("请先导入或新建，或在映射里加别名。", "Import or create it first, or add an alias to the mapping.")
    if shared.meant:
        remedy = Text(
            f"是不是“{shared.meant}”？是则加一条别名，否则先导入或新建。",
            f"Did you mean “{shared.meant}”? Then add an alias; else import or create it first.",
        )
    return Finding(
        "import/unknown-reference",
        Text(f"{label.zh}里没有“{shared.value}”。", f"{label.en}: there is no “{shared.value}”."),
        remedy,
        column=shared.title,
        value=shared.value,
    )
