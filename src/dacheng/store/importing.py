"""What a batch would do: matched with what stands, references resolved, histories compared; nothing is written.

A row is found again by its source and code, then by its code alone. A record that stands
takes the file's history for the columns the file speaks of and keeps all others; a row
that says what stands already does nothing. Roles and grants are only ever added: a right
that was taken away does not come back with a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from dacheng.core.closing import Closed, posting_day
from dacheng.core.contracts.posting import IntakeRules
from dacheng.core.deals.schema import DEAL_SPLITS
from dacheng.core.deals.splitting import Shares
from dacheng.core.errors import Finding, Text
from dacheng.core.facts import Version, apply, merged, overlay, patch
from dacheng.core.jobs import COMPARING, Progress, Step, quiet
from dacheng.core.period import FIRST_DAY
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.core.staging import Base, Batch, Staged
from dacheng.store.bulk import among, next_id, select_rows
from dacheng.store.contact_meeting import met_contacts
from dacheng.store.contracting import FOLLOWED
from dacheng.store.deriving import Deriver, deriver
from dacheng.store.import_merging import news_of
from dacheng.store.import_splits import RowTold, SplitsTold
from dacheng.store.merged import MERGED, followed
from dacheng.store.models import RECORDS
from dacheng.store.periods import closed_through, intake_rules
from dacheng.store.saving import Becoming, New, versions_of
from dacheng.store.standing import (
    Columns,
    Key,
    Standing,
    ids_of_codes,
    record_table,
    standing,
    standing_keys,
)
from dacheng.store.values_in import Moments, RowReader

ADDED_ONLY = frozenset({"roles", "grants"})
POSTINGS = ("recognitions", "invoices", "receipts", "allocations", "write_offs")
"""Relations whose rows are only ever added: a row of one that stands is compared as it stands now."""

OF_CONTRACTS = ("payment_terms",)
"""Relations whose rows begin with their contract, however early a file says."""

POSTED_BY = {"contracts": "effective_day", "expenses": "day"}
"""Relation -> the day that says when a record of it posts."""

LAST_NUMBER = 2**40


class Told(NamedTuple):
    """A row and what it says, day by day."""

    row: Staged
    moments: Moments


@dataclass
class Part:
    """What a batch does to one relation.

    Args:
        news: records to create, with the number each will get; wanted: what records become.
        found: records that stand, by number; rows: number -> where it stood in the file.
        derive: fills the derived columns of versions.
        shares: of splits, the shares that each deal shall have: they are written by these.
    """

    relation: Relation
    derive: Deriver
    news: dict[int, New] = field(default_factory=dict)
    wanted: list[Becoming] = field(default_factory=list)
    found: dict[int, Standing] = field(default_factory=dict)
    rows: dict[int, Staged] = field(default_factory=dict)
    unchanged: int = 0
    shares: Mapping[int, Shares] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many records are created, changed and left."""
        return {"created": len(self.news), "changed": len(self.wanted), "unchanged": self.unchanged}


@dataclass
class Plan:
    """What a whole batch does on a day, relation by relation in the order of the schema."""

    closed: Closed
    day: int = FIRST_DAY
    intake: IntakeRules = field(default_factory=IntakeRules)
    parts: dict[str, Part] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def rows_of(self, name: str, numbers: Iterable[int]) -> dict[int, Columns]:
        """Return the columns of records that the batch brings or that stand."""
        wanted, part = set(numbers), self.parts.get(name)
        news = part.news if part else {}
        known = part.found if part else {}
        found = standing(name, wanted - news.keys() - known.keys()) | known
        coming = {number: new.values for number, new in news.items() if number in wanted}
        return {number: one.row for number, one in found.items() if number in wanted} | coming


def planned(batch: Batch, day: int, step: Step = quiet) -> Plan:
    """Return what a batch would do on a day.

    Args:
        day: of the import; a row that begins on it says nothing about the time before.
        step: told how many rows are compared; it may raise to stop.
    """
    plan = Plan(closed_through(), day, intake_rules())
    rows = _grouped(batch, plan.findings)
    codes = Codes(batch.source, rows, plan.findings)
    progress = Progress(step, COMPARING, sum(map(len, rows.values())))
    for name in RELATIONS:
        if rows.get(name):
            planning = _Planning(plan, RELATIONS[name], batch.source, codes, day, batch.bases, progress)
            plan.parts[name] = planning.part(rows[name])
    return plan


class Codes:
    """The numbers of all records that the rows are or refer to, by relation and code.

    A record that does not stand yet has the number it will get.
    """

    def __init__(self, source: str, rows: Mapping[str, list[Staged]], findings: list[Finding]) -> None:
        self.findings = findings
        self.standing: dict[str, dict[str, int]] = {name: {} for name in RELATIONS}
        self.coming: dict[str, dict[str, int]] = {name: {} for name in RELATIONS}
        for name, relation in RELATIONS.items():
            if relation.entity and rows.get(name):
                self._enter(name, source, rows[name])
        for name, texts in _referred(rows).items():
            missing = texts - self.standing[name].keys() - self.coming[name].keys()
            self.standing[name].update(followed(name, ids_of_codes(name, missing)) if missing else {})
        self.numbers = {name: self.standing[name] | self.coming[name] for name in RELATIONS}

    def _enter(self, name: str, source: str, rows: list[Staged]) -> None:
        codes = [row.code for row in rows]
        known = followed(name, ids_of_codes(name, codes) | _ids_of_origin(name, source, codes))
        if name == "contacts":
            met, findings = met_contacts(rows, known, self._customers_of(rows))
            known |= met
            self.findings += findings
        new = [code for code in codes if code not in known]
        self.standing[name] = known
        self.coming[name] = {code: number for number, code in enumerate(new, next_id(RECORDS[name]))}

    def _customers_of(self, rows: list[Staged]) -> Mapping[str, int]:
        """Return the numbers of the customers of contacts that stand."""
        told = {str(row.values.get("customer_id") or "") for row in rows} - self.standing["customers"].keys()
        return followed("customers", ids_of_codes("customers", told)) | self.standing["customers"]


@dataclass
class _Planning:
    """Plans the rows of one relation."""

    plan: Plan
    relation: Relation
    source: str
    codes: Codes
    day: int
    bases: Mapping[str, Base]
    progress: Progress

    def part(self, rows: list[Staged]) -> Part:
        """Return what the rows do."""
        part = Part(self.relation, deriver(self.relation.name, self._new_stages()))
        reader = RowReader(self.relation, self.codes.numbers, self.plan.findings)
        readable = [Told(row, moments) for row in rows if (moments := reader.moments(row)) is not None]
        numbered = self._numbered(readable, part)
        part.rows = {number: told.row for number, told in numbered.items()}
        new = {
            number: told
            for number, told in numbered.items()
            if number not in part.found and reader.is_complete(told.row, told.moments[0][1])
        }
        if self.relation is DEAL_SPLITS:
            self._split(part, self._merged(part, {number: numbered[number] for number in (*new, *part.found)}))
            self.progress.add(len(rows))
            return part
        part.news = self._news(new)
        merged_rows = self._merged(part, numbered)
        self.progress.add(len(rows) - len(part.found))
        for number, one in self.progress.each(part.found.items()):
            self._compare(part, one, merged_rows[number])
        return part

    def _split(self, part: Part, numbered: Mapping[int, Told]) -> None:
        """Plan what rows make of the splits of their deals."""
        rows = [
            RowTold(number, *self._deal_and_person(part, number, told), told.row, told.moments)
            for number, told in numbered.items()
        ]
        found, versions = self._deals({one.deal for one in rows})
        told = SplitsTold(rows, versions)
        self.plan.findings += told.findings(found, self.plan.closed)
        part.shares = told.after
        for one in rows:
            if not told.changes(one):
                part.unchanged += 1
            elif one.number in part.found:
                part.wanted.append(Becoming(one.number, told.versions(one)))
            else:
                part.news[one.number] = New(one.moments[0][1], one.moments[0][0])

    def _deal_and_person(self, part: Part, number: int, told: Told) -> tuple[int, int]:
        row = part.found[number].row if number in part.found else told.moments[0][1]
        return int(row["deal_id"]), int(row["person_id"])

    def _deals(self, deals: set[int]) -> tuple[dict[int, Standing], dict[int, Sequence[Version]]]:
        """Return the deals that stand, and the versions of all of them as the batch leaves them."""
        part = self.plan.parts.get("deals")
        coming = part.news if part else {}
        found = standing("deals", deals - coming.keys())
        versions: dict[int, Sequence[Version]] = {number: one.versions for number, one in found.items()}
        versions |= {one.record_id: one.versions for one in (part.wanted if part else ()) if one.record_id in deals}
        for number in deals & coming.keys():
            assert part is not None
            versions[number] = versions_of(part.relation, coming[number], part.derive)
        return found, versions

    def _merged(self, part: Part, numbered: dict[int, Told]) -> dict[int, Told]:
        """Return what rows say; of an export of ours only what the file changed."""
        told = dict(numbered)
        for base in set(self.bases.values()):
            own = {
                number: (one.row, {name: value for _, values in one.moments for name, value in values.items()})
                for number, one in numbered.items()
                if number in part.found and self.bases.get(one.row.sheet) == base
            }
            news = news_of(self.relation, own, part.found, base, self.day, self.plan.findings) if own else {}
            for number, values in news.items():
                row = replace(own[number][0], known_start=False)
                told[number] = Told(row, [(self.day, values)])
        return told

    def _numbered(self, readable: list[Told], part: Part) -> dict[int, Told]:
        """Give each row the number of its record, and read those that stand."""
        name = self.relation.name
        if self.relation.entity:
            known, coming = self.codes.standing[name], self.codes.coming[name]
            part.found = standing(name, (known[told.row.code] for told in readable if told.row.code in known))
            return self._once(known, coming, readable, part)
        keyed: dict[Key, Told] = {}
        for told in readable:
            first = keyed.setdefault(self._key(told.moments[0][1]), told)
            if first is not told:
                self.plan.findings.append(_twice(self.relation, told.row, first.row))
        found = standing_keys(name, keyed)
        part.found = {one.record_id: one for one in found.values()}
        free = iter(range(next_id(RECORDS[name]), LAST_NUMBER))
        return {found[key].record_id if key in found else next(free): told for key, told in keyed.items()}

    def _once(
        self, known: Mapping[str, int], coming: Mapping[str, int], readable: list[Told], part: Part
    ) -> dict[int, Told]:
        """Give each row its number; of several that were merged into one record its own row counts, else the first."""
        found: dict[int, Told] = {}
        for told in sorted(readable, key=lambda one: self._leads_elsewhere(one, known, part)):
            number = known.get(told.row.code) or coming[told.row.code]
            first = found.setdefault(number, told)
            if first is not told:
                self.plan.findings.append(_merged_away(self.relation, told.row, first.row))
        return found

    def _leads_elsewhere(self, told: Told, known: Mapping[str, int], part: Part) -> bool:
        one = part.found.get(known.get(told.row.code, 0))
        return one is not None and one.row["code"] != told.row.code and self.relation.name in MERGED

    def _key(self, values: Columns) -> Key:
        given = ((values.get(name), self.relation.column(name).default) for name in self.relation.key)
        return tuple(int(default or 0) if value is None else value for value, default in given)

    def _news(self, told: Mapping[int, Told]) -> dict[int, New]:
        """Return the records to create, with what they take from elsewhere."""
        contracts: dict[int, Columns] = {}
        if self.relation.name == "contract_lines":
            contracts = self.plan.rows_of("contracts", (one.moments[0][1]["contract_id"] for one in told.values()))
        return {number: self._new(one, contracts) for number, one in told.items()}

    def _new_stages(self) -> dict[int, int]:
        """Return the states of stages that the batch brings."""
        stages = self.plan.parts.get("stages")
        return {number: new.values.get("state") or 0 for number, new in stages.news.items()} if stages else {}

    def _new(self, told: Told, contracts: Mapping[int, Columns]) -> New:
        (first, values), *later = told.moments
        values = self._with_posting(values)
        if contracts:
            contract = contracts[values["contract_id"]]
            values = values | {name: contract.get(name) for name in FOLLOWED}
        steps = tuple((day, self._with_posting(changed)) for day, changed in later)
        if not self.relation.entity:
            return New(values, first, steps)
        code = told.row.code
        return New(values | {"code": code}, first, steps, origin=self.source, origin_code=code)

    def _with_posting(self, values: Columns) -> Columns:
        """Add the day a contract or an expense posts on; a late contract waits for approval."""
        day = values.get(POSTED_BY.get(self.relation.name, ""))
        if day is None:
            return values
        if self.relation.name == "contracts":
            closed, today = self.plan.closed, self.plan.day
            return values | self.plan.intake.posting(day, values.get("executable_day"), closed, today)._asdict()
        return values | {"posted_day": posting_day(day, self.plan.closed)}

    def _compare(self, part: Part, record: Standing, told: Told) -> None:
        """Plan what a record that stands becomes; nothing when the row says what stands."""
        labels = self._labels(record, told.moments)
        versions = record.versions
        if self.relation.name not in ADDED_ONLY:
            versions = merged(part.derive(self._versions(record, told)))
        if versions == record.versions and not labels:
            part.unchanged += 1
        else:
            part.wanted.append(Becoming(record.record_id, versions, labels))

    def _versions(self, record: Standing, told: Told) -> list[Version]:
        if not told.row.known_start or self.relation.name in POSTINGS:
            return self._corrected_from_today(record, told.moments)
        first = told.row.from_day
        if first >= self.day:
            first = min(first, record.first_day)
        if self.relation.name in OF_CONTRACTS:
            first = max(first, record.first_day)
        at = self.relation.positions
        steps: dict[int, list[tuple[int, int | None]]] = {}
        for day, values in told.moments:
            for name, value in self._posted_again(record, values).items():
                if name in at:
                    steps.setdefault(at[name], []).append((max(day, first), value))
        return apply(record.versions, overlay(record.versions, steps, first))

    def _corrected_from_today(self, record: Standing, moments: Moments) -> list[Version]:
        """Let what the file says is true now hold from today until the next recorded change."""
        at = self.relation.positions
        versions = record.versions
        for day, values in moments:
            told = self._posted_again(record, values).items()
            changes = {at[name]: value for name, value in told if name in at}
            versions = apply(versions, patch(versions, changes, max(day, self.day, record.first_day)))
        return versions

    def _posted_again(self, record: Standing, values: Columns) -> Columns:
        """Add a new posting day only where the own day changes; a late record stays where it was posted."""
        names = {POSTED_BY.get(self.relation.name, ""), "executable_day"}
        own = {name: record.row[name] for name in names if name in record.row}
        moved = any(values.get(name, stands) != stands for name, stands in own.items())
        return self._with_posting(own | values) if moved else values

    def _labels(self, record: Standing, moments: Moments) -> Columns:
        """Return the labels that differ; the code stays as it is here."""
        names = [label.name for label in self.relation.labels if label.name != "code"]
        told = {name: values[name] for _, values in moments for name in names if name in values}
        return {name: value for name, value in told.items() if record.row[name] != value}


def _grouped(batch: Batch, findings: list[Finding]) -> dict[str, list[Staged]]:
    """Return the rows by relation, each record once."""
    found: dict[str, list[Staged]] = {}
    seen: dict[Any, Staged] = {}
    for row in batch.rows:
        relation = RELATIONS[row.relation]
        own = () if relation.entity else relation.key
        key = (row.relation, row.code, *(row.values.get(name) for name in own))
        if key in seen:
            findings.append(_twice(relation, row, seen[key]))
        else:
            seen[key] = row
            found.setdefault(row.relation, []).append(row)
    return found


def _twice(relation: Relation, row: Staged, first: Staged) -> Finding:
    what = row.code or "、".join(str(row.values.get(name, "")) for name in relation.key)
    return Finding(
        "import/twice",
        Text(f"{relation.label.zh} {what} 出现了两次。", f"{relation.label.en} {what} stands twice."),
        Text(f"只留一行；第一次在第 {first.row} 行。", f"Keep one row; the first is row {first.row}."),
        sheet=row.sheet,
        row=row.row,
        value=str(what),
    )


def _merged_away(relation: Relation, row: Staged, first: Staged) -> Finding:
    return Finding(
        "import/merged",
        Text(
            f"{relation.label.zh} {row.code} 已经并入第 {first.row} 行的 {first.code}，这一行没有写入。",
            f"{relation.label.en}: {row.code} was merged into {first.code} of row {first.row}; the row is left out.",
        ),
        Text("以后的文件里只留一行。", "Keep one of the rows in later files."),
        severity="note",
        sheet=row.sheet,
        row=row.row,
        value=row.code,
    )


def _referred(rows: Mapping[str, list[Staged]]) -> dict[str, set[str]]:
    """Return the codes that rows refer to, by the relation they point to."""
    found: dict[str, set[str]] = {}
    for name, own in rows.items():
        moments = [row.values for row in own] + [changed for row in own for _, changed in row.later]
        for column in RELATIONS[name].facts:
            if column.kind == "ref":
                told = {values.get(column.name) for values in moments}
                found.setdefault(column.ref, set()).update(code for code in told if isinstance(code, str) and code)
    return found


def _ids_of_origin(name: str, source: str, codes: Iterable[str]) -> dict[str, int]:
    conditions = [("origin = %s", source), among("origin_code", codes), ("NOT removed", None)]
    return dict(select_rows(record_table(name), ["origin_code", "id"], conditions))
