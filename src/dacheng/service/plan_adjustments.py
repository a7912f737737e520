"""The register of adjustments of a plan (调整登记): asking for a line, its effect at every row, approving it (R030).

What a line comes to is worked out here from the plan and its season, and written by an action that refuses it when
somebody was faster; then it is worked out once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import NOBODY, Viewer, may
from dacheng.core.book import Book
from dacheng.core.errors import Conflict, NotFound, RuleError, Text
from dacheng.core.period import FAR_DAY
from dacheng.core.plans.adjusting import (
    NO_ROW,
    Line,
    check_start,
    default_prorating,
    months_of,
    months_of_line,
    with_line,
)
from dacheng.core.plans.comparing import Compared, compared
from dacheng.core.plans.register import lines_seen
from dacheng.core.plans.schema import BY_OWN, PLAN_ADJUSTMENTS, REQUESTED
from dacheng.core.plans.sheet import Plan, plan_of
from dacheng.service.books import open_database, sequence_of
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plan_changes import cell_changes
from dacheng.service.plan_listing import PlanShown
from dacheng.service.plans import TRIES, OpenPlan, cuts_that_follow, open_plan
from dacheng.store.access import tree_on
from dacheng.store.actions import plan_adjustments as actions
from dacheng.store.actions.recording import Saved
from dacheng.store.identity import hidden
from dacheng.store.queries.plans import row_keys
from dacheng.store.standing import Standing, standing, standing_uid

NAME = "plan_adjustments"
APPROVE, REJECT, WITHDRAW, EDIT = "approve", "reject", "withdraw", "edit"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for.

    Args:
        row, other: positions in the plan; no other = the totals above change.
        full: minor units, signed, of all months; None = the row's own whole year, taken away.
        start, end: days, ``[start, end)``. how: one of ``PRORATINGS``; None = as the rules say of the kind.
    """

    row: int
    kind: int
    start: int
    reason: str
    full: int | None = None
    end: int = FAR_DAY
    how: int | None = None
    other: int | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line with its words.

    Args:
        record: code, name (the reason), evidence, decided, version. may: what the viewer may do to it now.
    """

    uid: UUID
    line: Line
    record: Standing
    may: frozenset[str]

    @property
    def code(self) -> str:
        """Return its number as people know it."""
        return str(self.record.row["code"])

    def words(self, column: str) -> str:
        """Return a text of the line."""
        return str(self.record.row[column])


@dataclass(frozen=True, slots=True)
class Register:
    """The lines of a plan, the latest first.

    Args:
        names: relation -> id -> name of what they name.
    """

    plan: Plan
    lines: Sequence[LineShown]
    names: Mapping[str, Mapping[int, Name]]

    @property
    def asked_for(self) -> Sequence[LineShown]:
        """Return the lines that somebody asked for, and parts of lines that the viewer does not see."""
        seen = {one.line.adjustment_id for one in self.lines}
        return [one for one in self.lines if one.line.part_of_id not in seen]

    def parts_of(self, line: Line) -> Sequence[LineShown]:
        """Return what a line of a unit came to for those below it, as they were entered."""
        return [one for one in reversed(self.lines) if one.line.part_of_id == line.adjustment_id]

    def whole_of(self, line: Line) -> LineShown | None:
        """Return the line of which a line is a part; None where it is one of its own, or that one is not seen."""
        return next((one for one in self.lines if one.line.adjustment_id == line.part_of_id), None)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a line that waits would change: the plan with and without it.

    Args:
        refused: why it cannot be written into the plan as it stands; None = it can.
    """

    one: OpenPlan
    found: Compared | None
    refused: RuleError | None


def register_of(viewer: Viewer, book: Book, uid: UUID) -> Register:
    """Return the lines of a plan that a viewer sees, with what he may do.

    Raises:
        NotFound: there is no such plan.
    """
    plan = plan_of(book, standing_uid("plans", uid).record_id)
    lines = list(reversed(lines_seen(book, plan.plan_id)))
    records = standing(NAME, [one.adjustment_id for one in lines])
    tree = book.tree if book.org_day == book.today else tree_on(book.today)
    approves = may(viewer, "plan.approve", tree, unit_id=plan.unit_id)

    def allowed(line: Line) -> frozenset[str]:
        if line.state != REQUESTED or book.as_of_day != book.today:
            return frozenset()
        own = line.requested_by_id == viewer.person_id and viewer.person_id != NOBODY
        found = {WITHDRAW} if own or may(viewer, "plan.edit", tree, unit_id=line.unit_id) else set()
        answers = may(viewer, "plan.answer", tree, unit_id=line.unit_id, owner_id=line.person_id)
        found |= {EDIT} if answers else set()
        found |= {REJECT} if approves else set()
        return frozenset(found | ({APPROVE} if approves and not own else set()))

    shown = [LineShown(records[one.adjustment_id].uid, one, records[one.adjustment_id], allowed(one)) for one in lines]
    return Register(plan, shown, _names(lines))


def line_shown(viewer: Viewer, book: Book, uid: UUID, line: UUID) -> tuple[Register, LineShown]:
    """Return a line of a plan with the register that it is in.

    Raises:
        NotFound: there is none, or the viewer does not see it.
    """
    register = register_of(viewer, book, uid)
    for one in register.lines:
        if one.uid == line:
            return register, one
    raise hidden(PLAN_ADJUSTMENTS.label)


def line_called(register: Register, code: str) -> LineShown:
    """Return the line of a number such as TZ-….

    Raises:
        NotFound: the plan has none that the viewer sees.
    """
    for one in register.lines:
        if one.code == code:
            return one
    raise NotFound(Text(f"方案里没有调整 {code}。", f"The plan has no adjustment {code}."))


def ask_for(viewer: Viewer, at: datetime, book: Book, one: OpenPlan, wish: Wish) -> Saved:
    """Ask for a line of a plan; raises as the action.

    Args:
        one: the measure of the plan that it is of.
    """
    check_start(book, one.sheet, wish.start)
    full, how = _full(one, wish), wish.how or default_prorating(book, wish.kind)
    months = months_of(book, one.sheet, wish.row, full, how, wish.start, wish.end)
    first = one.sheet.plan.from_ym
    ids = one.sheet.tree.unit_ids
    names = DatabaseNames().names("measures", [one.sheet.measure_id])
    keys = row_keys(one.sheet.plan.plan_id)
    values: dict[str, Any] = {
        "name": wish.reason,
        "kind": wish.kind,
        "measure_id": UUID(names[one.sheet.measure_id].uid),
        "start_day": wish.start,
        "end_day": wish.end,
        "prorating": how,
        "full_amount": full,
        "evidence": wish.evidence,
    }
    if wish.other is not None:
        values["other_row_id"] = UUID(keys[int(ids[wish.other])])
    moved = {first + month: amount for month, amount in enumerate(months.tolist()) if amount}
    return actions.request_adjustment(
        actor=viewer, at=at, uid=one.uid, row=UUID(keys[int(ids[wish.row])]), values=values, months=moved
    )


def effect_of(book: Book, uid: UUID, line: Line) -> Effect:
    """Return what a line would change of a plan as it stands, at every row (批准前的影响).

    Source: R033.
    """
    one = open_plan(book, uid, line.measure_id)
    try:
        after = with_line(
            one.sheet, line.plan_row_id, months_of_line(book, one.sheet, line), line.other_row_id or NO_ROW, one.name
        )
    except RuleError as problem:
        return Effect(one, None, problem)
    return Effect(one, compared(one.sheet, after), None)


def approve(viewer: Viewer, at: datetime, uid: UUID, line: UUID, said: str = "", version: int | None = None) -> Saved:
    """Approve a line and write it into the plan; raises as the action."""
    record = standing_uid(NAME, line)
    actions.refuse_elsewhere(record, uid)
    for left in reversed(range(TRIES)):
        book = open_database(viewer, at=at)
        _, shown = line_shown(viewer, book, uid, line)
        one = open_plan(book, uid, int(record.row["measure_id"]))
        months = months_of_line(book, one.sheet, shown.line)
        after = with_line(one.sheet, shown.line.plan_row_id, months, shown.line.other_row_id, one.name)
        cells = cell_changes(one.sheet, after, anew=False) + cuts_that_follow(book, one, after)
        try:
            return actions.approve_adjustment(
                actor=viewer,
                at=at,
                uid=line,
                cells=cells,
                since=sequence_of(book),
                said=said,
                version=version,
            )
        except Conflict:
            if not left or (version is not None and version != int(standing_uid(NAME, line).row["version"])):
                raise
    raise AssertionError("the last try returns or raises")


def version_before(book: Book, shown: PlanShown, measure_id: int) -> tuple[OpenPlan, OpenPlan] | None:
    """Return the version that a plan was made from and the plan itself; None where it is the first or not seen."""
    base = standing("plans", [shown.plan.base_id]) if shown.plan.base_id else {}
    if not base:
        return None
    try:
        return open_plan(book, base[shown.plan.base_id].uid, measure_id), open_plan(book, shown.uid, measure_id)
    except NotFound:
        return None


def _full(one: OpenPlan, wish: Wish) -> int:
    """Return the amount of all months: what was said, or the row's own year, taken away."""
    if wish.full is not None:
        return wish.full
    own = int(one.sheet.year[wish.row])
    if wish.how not in (None, BY_OWN) or not own:
        raise RuleError(
            Text("没有写全期金额。", "The amount of all months is missing."),
            Text(
                "写带正负号的金额；空着只表示减去本行全部目标。",
                "Enter it with its sign; blank takes the row's target.",
            ),
        )
    return -own


def rows_to_adjust(viewer: Viewer, book: Book, one: OpenPlan) -> list[int]:
    """Return the rows for which a viewer may ask: those that he may answer for, units among them."""
    sheet = one.sheet
    tree = book.tree if book.org_day == book.today else tree_on(book.today)
    return [
        at
        for at in range(int(sheet.shared_top), len(sheet))
        if may(viewer, "plan.answer", tree, unit_id=int(sheet.unit_id[at]), owner_id=int(sheet.person_id[at]))
    ]


def _names(lines: Sequence[Line]) -> Mapping[str, Mapping[int, Name]]:
    people = {one.requested_by_id for one in lines} | {one.decided_by_id for one in lines}
    rows = {one.plan_row_id for one in lines} | {one.other_row_id for one in lines}
    return DatabaseNames().names_of(
        {
            "people": people | {one.person_id for one in lines},
            "units": {one.unit_id for one in lines},
            "measures": {one.measure_id for one in lines},
            "plan_rows": rows,
        }
    )
