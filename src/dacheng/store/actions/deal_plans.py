"""What a step on many deals would do, row by row: the same plan for the preview and for the write.

Nothing is written here. A row that cannot be done carries its reason and never hides the
others; everything that all rows need is read at once, so that the number of queries does
not depend on the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dacheng.core.access import not_allowed
from dacheng.core.checking import missing_columns, refusal
from dacheng.core.closing import Closed
from dacheng.core.deals.deriving import derive_deal
from dacheng.core.deals.outcome import check_outcome
from dacheng.core.deals.schema import DEALS, OPEN
from dacheng.core.errors import Conflict, DachengError, RuleError, Text
from dacheng.core.facts import merged, next_change
from dacheng.core.facts import standing as values_on
from dacheng.core.jobs import COMPARING, Progress, Step, quiet
from dacheng.core.money import Scale
from dacheng.core.period import FAR_DAY, date_of
from dacheng.store.access import Rights, working_here, works_here
from dacheng.store.actions.recording import FROM_OUTSIDE, References, day_not_after, references_in, typed
from dacheng.store.bulk import select_rows
from dacheng.store.deriving import Deriver
from dacheng.store.history import Entry
from dacheng.store.identity import code_from, hidden, new_uids, taken
from dacheng.store.loss import check_loss
from dacheng.store.saving import (
    Becoming,
    Edit,
    New,
    check_version,
    closed_for,
    corrected,
    differences,
    refuse_closed,
    versions_of,
)
from dacheng.store.shares import Ending, ending_parts, refuse_other_split
from dacheng.store.stage_standards import StageStandards
from dacheng.store.standing import Columns, Standing, ids_of_codes, named, standing_of

MOST_ROWS = 10_000
"""Deals of one step."""

OUTCOME = frozenset({"stage_id", "amount", "lost_reason"})
"""Columns that an outcome depends on; an edit of others does not ask for a missing reason."""

ONE_BY_ONE = ("lost_reason", "loss_reason_id", "verified_reason_id")
"""Columns of an outcome, which is recorded deal by deal."""


@dataclass(frozen=True, slots=True)
class DealRow:
    """What is wanted of one deal.

    Args:
        values: column -> value as from outside: references as public ids; an amount also as a ``Scale``.
        uid: None = a new deal.
        version: the one that was seen; None = whatever stands.
    """

    values: FROM_OUTSIDE
    uid: UUID | None = None
    version: int | None = None


@dataclass(slots=True)
class PlannedRow:
    """What becomes of one row.

    Args:
        at: its place in what was sent, from 0.
        record: the deal as it stands; None = new, or not to be seen.
        day: the first day that differs; columns: column -> (before, after) on it, without derived ones.
        until: column -> the day from which an earlier recorded change of it holds again; without those that stay.
        was, becomes: its facts of today and its owner's ``unit_id``; empty where it does not stand.
        problem: why it cannot be done.
        ending: what ends of its split because a partner becomes the owner.
    """

    at: int
    record: Standing | None = None
    day: int = 0
    columns: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    until: Mapping[str, int] = field(default_factory=dict)
    was: Columns = field(default_factory=dict)
    becomes: Columns = field(default_factory=dict)
    problem: DachengError | None = None
    becoming: Becoming | None = None
    new: New | None = None
    ending: Ending | None = None

    @property
    def writes(self) -> bool:
        """Tell whether the row changes anything."""
        return self.problem is None and (self.new is not None or bool(self.columns))

    @property
    def conflict(self) -> Conflict | None:
        """Return what somebody else changed meanwhile."""
        return self.problem if isinstance(self.problem, Conflict) else None


@dataclass(frozen=True)
class DealPlan:
    """What a step does to all its rows, in their order."""

    rows: Sequence[PlannedRow]
    found: Mapping[int, Standing]

    @property
    def refused(self) -> list[PlannedRow]:
        """Return the rows that cannot be done."""
        return [one for one in self.rows if one.problem is not None]

    @property
    def written(self) -> list[PlannedRow]:
        """Return the rows that change something."""
        return [one for one in self.rows if one.writes]


def planned_deals(
    entry: Entry, rights: Rights, rows: Sequence[DealRow], on: int | None, step: Step = quiet
) -> DealPlan:
    """Return what rows would do from a day on, today unless an earlier one is given.

    Args:
        step: told how many rows are compared; it may raise to stop.

    Raises:
        NotAllowed: the actor edits no deals at all. RuleError: there are too many rows, or the
            day is in the future.
    """
    if not rights.role_may("deal.edit"):
        raise not_allowed("deal.edit")
    if len(rows) > MOST_ROWS:
        raise RuleError(
            Text(
                f"一次最多 {MOST_ROWS:,} 条，现有 {len(rows):,} 条。",
                f"At most {MOST_ROWS:,} at once, not {len(rows):,}.",
            ),
            Text("缩小筛选条件，分几次做。", "Narrow the filter and do it in parts."),
        )
    planning = _Planning.of(entry, rights, rows, day_not_after(entry, on))
    told = Progress(step, COMPARING, len(rows)).each(rows)
    outcomes = [planning.planned(at, row) for at, row in enumerate(told)]
    planning.part(outcomes)
    planning.place(outcomes)
    return DealPlan(outcomes, {one.record_id: one for one in planning.found.values()})


@dataclass
class _Planning:
    """Everything that rows need, read at once.

    Args:
        stages: stage -> (stage set, state); working: who works here on the day; codes: those in use.
    """

    entry: Entry
    rights: Rights
    day: int
    found: Mapping[UUID, Standing]
    known: References
    stages: Mapping[int, tuple[int, int]]
    working: set[int]
    codes: set[str]
    derive: Deriver
    closed: Closed
    standards: StageStandards
    _met: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, entry: Entry, rights: Rights, rows: Sequence[DealRow], day: int) -> _Planning:
        """Read what all rows need: a few queries at any size."""
        found = standing_of("deals", (row.uid for row in rows if row.uid))
        known = references_in("deals", (row.values for row in rows))
        owners = set(known.get("people", {}).values())
        rights.read_places("deals", found.values(), owners | {one.row["owner_id"] for one in found.values()})
        stages = {stage: (own, state) for stage, own, state in select_rows("rec_stages", ["id", "set_id", "state"], [])}
        states = {stage: state for stage, (_own, state) in stages.items()}
        codes = [str(code) for row in rows if row.uid is None and (code := row.values.get("code"))]
        return cls(
            entry,
            rights,
            day,
            found,
            known,
            stages,
            working_here(owners, day) if owners else set(),
            set(ids_of_codes("deals", codes)) if codes else set(),
            lambda versions: derive_deal(versions, states),
            closed_for("deals"),
            StageStandards.read() if any("stage_id" in row.values for row in rows) else StageStandards((), {}),
        )

    def planned(self, at: int, row: DealRow) -> PlannedRow:
        """Return what becomes of a row, or why nothing can."""
        record = self.found.get(row.uid) if row.uid else None
        try:
            return self._new(at, row) if row.uid is None else self._edited(at, row, record)
        except DachengError as problem:
            seen = record if record is not None and self.rights.sees("deals", record) else None
            return PlannedRow(at, seen, problem=problem)

    def part(self, rows: Iterable[PlannedRow]) -> None:
        """Say which parts end with the handover, and refuse those that a closed month rests on."""
        own = {one.becoming.record_id: one for one in rows if one.becoming and "owner_id" in one.columns}
        found = {number: one.record for number, one in own.items() if one.record}
        coming = {number: one.becoming.versions for number, one in own.items() if one.becoming}
        for number, ending in ending_parts(found, coming).items():
            own[number].ending = ending
            try:
                refuse_other_split(found[number], ending.before, ending.after, self.closed)
            except RuleError as problem:
                own[number].problem = problem

    def place(self, rows: Iterable[PlannedRow]) -> None:
        """Say at which unit of today each row counts before and after."""
        for one in rows:
            for facts in (one.was, one.becomes):
                if facts:
                    facts["unit_id"] = self.rights.home(facts["owner_id"], self.entry.day)

    def _edited(self, at: int, row: DealRow, record: Standing | None) -> PlannedRow:
        if record is None:
            raise hidden(DEALS.label)
        self.rights.require_on("deal.edit", "deals", record)
        if record.uid in self._met:
            raise RuleError(
                Text(f"{record.name} 出现了两次。", f"{record.name} stands twice."),
                Text("只留一行。", "Keep one row."),
            )
        self._met.add(record.uid)
        columns = self._typed(row, record)
        check_loss(self.rights, record, columns)
        check_version(DEALS, record, row.version, columns)
        self._check_owner(record, columns)
        self._check_stage(record, columns)
        day = max(self.day, record.first_day)
        becoming = corrected(DEALS, Becoming(record.record_id, record.versions), Edit(record.record_id, columns, day))
        return self._compared(at, record, becoming, columns, day)

    def _compared(self, at: int, record: Standing, becoming: Becoming, columns: Columns, day: int) -> PlannedRow:
        versions = merged(self.derive(list(becoming.versions)))
        refuse_closed(DEALS, record, versions, self.closed) if self.closed else None
        labels = {name: (record.row[name], new) for name, new in becoming.labels.items() if record.row[name] != new}
        facts: dict[str, tuple[Any, Any]] = {}
        first = day
        if versions != record.versions:
            first, pairs = differences(record.versions, versions)
            facts = {DEALS.values[at].name: pair for at, pair in pairs.items() if not DEALS.values[at].derived}
        ends = {name: next_change(record.versions, DEALS.positions[name], day) for name in facts if name in columns}
        return PlannedRow(
            at,
            record,
            first,
            facts | labels,
            {name: end for name, end in ends.items() if end < FAR_DAY},
            named(DEALS, values_on(record.versions, self.entry.day)),
            named(DEALS, values_on(versions, self.entry.day)),
            becoming=becoming,
        )

    def _check_owner(self, record: Standing, columns: Columns) -> None:
        """Refuse to hand over a closed deal, one out of reach, or to somebody out of reach or gone."""
        owner = columns.get("owner_id", record.row["owner_id"])
        if owner == record.row["owner_id"]:
            return
        self.rights.require_on("deal.reassign", "deals", record)
        if record.row["state"] != OPEN:
            raise RuleError(
                Text(f"{record.name} 已关闭，不能转移。", f"{record.name} is closed already."),
                Text("只选在途的商机。", "Choose open ones only."),
            )
        self._check_working("deal.reassign", int(owner or 0))

    def _check_working(self, action: str, owner: int) -> None:
        self.rights.require(action, owner_id=owner)
        if owner not in self.working:
            raise not_working(self.day)

    def _typed(self, row: DealRow, record: Standing | None = None) -> Columns:
        if not row.values.keys().isdisjoint(ONE_BY_ONE):
            raise closing_is_one_by_one()
        self.rights.require_columns("deals", row.values)
        values = {
            name: self._scaled(record, name, value) if isinstance(value, Scale) else value
            for name, value in row.values.items()
        }
        return typed(self.rights, "deals", values, self.known)

    def _scaled(self, record: Standing | None, name: str, scale: Scale) -> int:
        """Return an amount changed in proportion to what stands on the day of the step."""
        versions = record.versions if record else ()
        day = max(self.day, record.first_day) if record else self.day
        amount = named(DEALS, values_on(versions, day) or ()).get(name) if versions else None
        if amount is None:
            label = DEALS.column(name).label
            raise RuleError(
                Text(f"没有{label.zh}，不能按比例改。", f"There is no {label.en} to change in proportion."),
                Text("直接写一个金额。", "Write an amount."),
            )
        return scale.of(amount)

    def _check_stage(self, record: Standing, columns: Columns) -> None:
        """Refuse a stage of another stage set, and closing; a closed deal keeps what its outcome needs."""
        before, after = record.row["stage_id"], columns.get("stage_id", record.row["stage_id"])
        if after and self.stages[before][0] != self.stages[after][0]:
            raise RuleError(
                Text("这个阶段不在这条商机的阶段集里。", "The stage is not one of the opportunity's stage set."),
                Text("选同一阶段集里的阶段。", "Choose a stage of the same set."),
            )
        if after and after != before and self.stages[after][1] != OPEN:
            raise closing_is_one_by_one()
        self.standards.check(record.row | columns, self.day, before=before)
        if not OUTCOME.isdisjoint(columns):
            now = record.row | columns
            check_outcome(self.stages[before][1], amount=now.get("amount"), reason=now.get("lost_reason") or "")

    def _new(self, at: int, row: DealRow) -> PlannedRow:
        columns = self._typed(row)
        check_loss(self.rights, None, columns)
        if not columns.get("code"):
            columns["code"] = code_from("D", new_uids(self.entry.at, 1)[0])
        for column in missing_columns(DEALS, columns):
            raise refusal(DEALS, column, columns.get(column.name), Text("必须填写。", "It is required."))
        self._check_working("deal.create", int(columns["owner_id"] or 0))
        if columns["code"] in self.codes:
            raise taken(DEALS.label, columns["code"])
        self.codes.add(columns["code"])
        if self.stages[columns["stage_id"]][1] != OPEN:
            raise closing_is_one_by_one()
        self.standards.check(columns, self.day)
        new = New(columns, self.day)
        versions = merged(versions_of(DEALS, new, self.derive))
        facts = {name: (None, value) for name, value in columns.items() if value not in (None, "")}
        return PlannedRow(at, None, self.day, facts, becomes=named(DEALS, values_on(versions, self.entry.day)), new=new)


def check_owner(rights: Rights, action: str, owner: int, day: int) -> None:
    """Refuse an owner out of the actor's reach, or one who has left."""
    rights.require(action, owner_id=owner)
    if not works_here(owner, day):
        raise not_working(day)


def not_working(day: int) -> RuleError:
    """Return the error of a new owner who has left, or has not come yet."""
    return RuleError(
        Text(f"新负责人在 {date_of(day)} 不在职。", f"The new owner does not work here on {date_of(day)}."),
        Text("请选在职的人。", "Choose somebody who does."),
    )


def closing_is_one_by_one() -> RuleError:
    """Return the error of a step on many deals that would close one: winning and losing ask for more."""
    return RuleError(
        Text("赢单、丢单要写金额或原因，不能成批改。", "Winning and losing ask for an amount or a reason, one by one."),
        Text("打开这条商机，点「赢单」或「丢单」。", "Open the opportunity and press Won or Lost."),
    )
