"""Files and a mapping become rows that are ready to be written, with all that was noticed (备好导入).

read → match → draft → refer → merge → stage: every step is a function of what the one
before returned; nothing here knows a database. What stands already is asked of ``Known``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from dacheng.core.errors import Finding, Text
from dacheng.core.jobs import MATCHING, Progress, Step, quiet
from dacheng.core.period import FIRST_DAY
from dacheng.core.relation import csv_name
from dacheng.core.schema import RELATIONS
from dacheng.core.staging import Batch, Staged, StagedValue
from dacheng.exchange.drafting import TableReader
from dacheng.exchange.drafts import Draft, DraftValue, Reference
from dacheng.exchange.explained import TableRead, explained
from dacheng.exchange.found_by_name import with_known_codes
from dacheng.exchange.mapping import Constant, FileRule, ImportMapping, Joined, RowRule, is_required
from dacheng.exchange.matching import Matched
from dacheng.exchange.merging import key_of, merged
from dacheng.exchange.noticing import Noticed, Place
from dacheng.exchange.referring import Known, References
from dacheng.exchange.telling import Suggestion, tell
from dacheng.exchange.typed_cells import typed

Aliases = Mapping[str, Mapping[str, str]]
"""Column key -> text -> what it means: spellings that a person confirmed."""


SETTLED: frozenset[type] = frozenset({int, str, type(None), bool})
"""Types of values that can be written."""


@dataclass(frozen=True)
class StagedFiles:
    """Rows on their way in, and what was noticed on the way.

    Args:
        findings: what blocks first.
        suggestions: spellings that a person may confirm.
        refused: row -> why it stays out.
        matched: the tables, by their number in ``refused``.
        rows_read: rows of all tables.
        explained: how each table was read.
    """

    batch: Batch
    findings: tuple[Finding, ...]
    suggestions: tuple[Suggestion, ...] = ()
    refused: Mapping[Place, Sequence[Text]] = field(default_factory=dict)
    matched: tuple[Matched, ...] = ()
    rows_read: int = 0
    explained: tuple[TableRead, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Return how many records of each relation are staged."""
        counts: dict[str, int] = {}
        for row in self.batch.rows:
            counts[row.relation] = counts.get(row.relation, 0) + 1
        return counts

    @property
    def is_blocked(self) -> bool:
        """Tell whether something stays out."""
        return any(one.severity == "block" for one in self.findings)


def stage(
    matched: Sequence[Matched],
    mapping: ImportMapping,
    *,
    name: str,
    known: Known,
    on_day: int,
    currency: str,
    aliases: Aliases | None = None,
    findings: Iterable[Finding] = (),
    step: Step = quiet,
) -> StagedFiles:
    """Return what the matched tables bring.

    Args:
        name: the file or folder as its user knows it.
        on_day: the day of the import.
        currency: of the company; the mapping's own goes before it.
        findings: noticed before, while reading and matching.
        step: told how many rows are matched; it may raise to stop.
    """
    noticed = Noticed([one.label for one in matched], list(findings))
    money = mapping.currency or currency
    elsewhere = _spoken_of(mapping.files) - _spoken_of([one.rule for one in matched])
    drafts = _fixed(mapping, known, elsewhere)
    progress = Progress(step, MATCHING, sum(one.table.row_count for one in matched))
    for number, one in enumerate(matched):
        reader = TableReader(number, one.table, one.rule, noticed, on_day, money, one.from_1904, aliases or {})
        drafts += reader.drafts(progress.each)
    records, references = _settled(with_known_codes(drafts, known, noticed), noticed, known, on_day)
    records = _without_standing(records, known)
    suggestions = tell(noticed)
    told = explained(matched, noticed.words, references.directories, aliases or {})
    batch = Batch(mapping.source, name, money, tuple(_staged(records, noticed)))
    return StagedFiles(batch, noticed.closed(), suggestions, noticed.refused, tuple(matched), progress.total, told)


def _spoken_of(rules: Iterable[FileRule]) -> frozenset[str]:
    """Return the relations that tables yield and those that these refer to, however far."""
    found = {rule.relation for one in rules for rule in one.yields}
    while True:
        referred = {column.ref for name in found for column in RELATIONS[name].columns if column.kind == "ref"}
        if referred <= found:
            return frozenset(found)
        found |= referred


def _fixed(mapping: ImportMapping, known: Known, elsewhere: frozenset[str]) -> list[Draft]:
    """Return the records that the mapping itself brings; one that stands already is left alone.

    Args:
        elsewhere: relations that only tables speak of that are not here: a list of accounts brings no stages.
    """
    drafts = []
    for record in mapping.records:
        code = record.values.get("code", "")
        if record.relation in elsewhere or any(one.code == code for one in known.find(record.relation, [code])):
            continue
        relation = RELATIONS[record.relation]
        values: dict[str, DraftValue] = {}
        for column, text in record.values.items():
            value = typed(relation.column(column), text)
            is_reference = relation.column(column).kind == "ref" and isinstance(value, str)
            values[column] = Reference(str(value), csv_name(column)) if is_reference else value
        rule = RowRule(record.relation, {column: Constant(text) for column, text in record.values.items()})
        drafts.append(Draft(record.relation, values, FIRST_DAY, rule, undated=True))
    return drafts


def _settled(drafts: Sequence[Draft], noticed: Noticed, known: Known, on_day: int) -> tuple[list[Draft], References]:
    """Return one sound record for each key, and what references meant; a row that falls may take others with it."""
    while True:
        refused = len(noticed.refused)
        references = References(known, noticed)
        standing = references.resolve(drafts)
        records = merged(standing, noticed, on_day)
        _check_complete(records, noticed, known)
        _check_homes(records, noticed, known)
        if len(noticed.refused) == refused:
            return records, references
        drafts = noticed.not_refused(drafts)


def _without_standing(records: Sequence[Draft], known: Known) -> list[Draft]:
    """Return the records without those that are only made where there are none, and stand."""
    wanted = [one for one in records if one.rule.only_new]
    names = {one.relation for one in wanted}
    there = {name: _standing(name, [one for one in wanted if one.relation == name], known) for name in names}
    return [one for one in records if not (one.rule.only_new and one.values.get("code") in there[one.relation])]


def _check_complete(records: Sequence[Draft], noticed: Noticed, known: Known) -> None:
    """Refuse new records that lack what a record needs; a record that stands may be told in part."""
    lacking: dict[str, list[Draft]] = {}
    for record in records:
        if _lacks(record):
            lacking.setdefault(record.relation, []).append(record)
    for relation, several in lacking.items():
        standing = _standing(relation, several, known)
        for record in several:
            if record.values.get("code") not in standing and record.place is not None:
                labels = [RELATIONS[relation].column(name).label for name in _lacks(record)]
                message = Text(
                    f"新的{RELATIONS[relation].label.zh}缺少{'、'.join(one.zh for one in labels)}。",
                    f"{RELATIONS[relation].label.en}, a new one: lacks {', '.join(one.en for one in labels)}.",
                )
                remedy = Text("请补上这些列，或先导入它。", "Add these columns, or import it first.")
                noticed.refuse("import/incomplete", record.place, message, remedy)


def _lacks(record: Draft) -> list[str]:
    return [name for name in _needed(record.relation) if name not in record.values]


@lru_cache(maxsize=64)
def _needed(name: str) -> tuple[str, ...]:
    """Return the columns that a new record of a relation needs."""
    relation = RELATIONS[name]
    own_id = relation.key[0] if relation.entity else ""
    return tuple(one.name for one in relation.columns if one.name != own_id and is_required(one))


def _check_homes(records: Sequence[Draft], noticed: Noticed, known: Known) -> None:
    """Refuse a new person without a home unit: everybody has exactly one on every day (R004)."""
    at_home = {record.values.get("person_id") for record in records if record.relation == "assignments"}
    homeless = [one for one in records if one.relation == "people" and one.values.get("code") not in at_home]
    standing = _standing("people", homeless, known) if homeless else frozenset()
    for record in homeless:
        if record.values.get("code") not in standing and record.place is not None:
            message = Text(
                f"新人员“{record.values.get('name', '')}”没有归属组织。",
                f"“{record.values.get('name', '')}” is new and has no home unit.",
            )
            remedy = Text("请写明归属组织。", "Say which unit is the home.")
            noticed.refuse("import/no-home", record.place, message, remedy)


def _standing(relation: str, records: Sequence[Draft], known: Known) -> frozenset[str]:
    """Return which codes stand already."""
    codes = {code for one in records if isinstance(code := one.values.get("code"), str)}
    return frozenset(one.code for one in known.find(relation, codes))


# Staged rows -----------------------------------------------------------------------------------


def _staged(records: Sequence[Draft], noticed: Noticed) -> list[Staged]:
    """Return the records in an order in which references point backwards."""
    order = {name: at for at, name in enumerate(RELATIONS)}
    rows = sorted(records, key=lambda one: order[one.relation])
    depth = _depths([one for one in rows if one.relation == "units"])
    rows.sort(key=lambda one: (order[one.relation], depth.get(key_of(one)[1][0], 0)))
    return [_staged_row(one, noticed) for one in rows]


def _depths(units: Sequence[Draft]) -> dict[DraftValue, int]:
    """Return how far below the others each unit of the file stands, so that parents come first."""
    parent = {unit.values["code"]: unit.values.get("parent_id") for unit in units}
    depths: dict[DraftValue, int] = {}
    for code in parent:
        above, at = 0, parent[code]
        while at in parent and above < len(parent):
            above, at = above + 1, parent[at]
        depths[code] = above
    return depths


def _staged_row(record: Draft, noticed: Noticed) -> Staged:
    moments = [(day, _plain(values)) for day, values in record.moments()]
    (since, values), *later = moments
    code = values.get("code", "")
    sheet, row = (noticed.labels[record.place.table], record.place.row) if record.place else ("", None)
    made = isinstance(record.rule.values.get("code"), Joined)
    return Staged(record.relation, str(code), values, since, tuple(later), sheet, row, not record.undated, made)


def _plain(values: Mapping[str, DraftValue]) -> dict[str, StagedValue]:
    """Return values of which none waits for a record any more."""
    waiting = set(map(type, values.values())) - SETTLED
    if waiting:
        raise TypeError(f"{waiting} were not resolved: {values}")
    return dict(values)  # type: ignore[arg-type]
