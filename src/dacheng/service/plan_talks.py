"""Agreeing on targets (协商目标): a row with what was said of it, one's own targets, and what is open (R031)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from dacheng.core.access import NOBODY, Viewer, may
from dacheng.core.book import Book, Rows
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.core.plans.editing import WHOLE_YEAR, Edit
from dacheng.core.plans.schema import (
    ACCEPT,
    APPROVED,
    CHANNEL,
    COMMENT,
    COUNTER,
    COUNTERED,
    DRAFT,
    IMPOSE,
    IMPOSED,
    KINDS,
    LOCKED,
    OFFER,
    OFFERED,
    PERSON,
    PLAN_ROWS,
    PROPOSED,
    UNSAID,
)
from dacheng.core.plans.sheet import Plan, plan_of
from dacheng.core.plans.talking import POSSIBLE, Agreement, agreement, asked, stand, standing
from dacheng.core.targets.schema import MEASURES as MEASURE
from dacheng.core.tree import Tree
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plans import OpenPlan, edit_cells, open_plan
from dacheng.store.access import tree_on
from dacheng.store.actions import plan_talks as actions
from dacheng.store.actions.plan_talks import Aim
from dacheng.store.identity import hidden
from dacheng.store.plans import PlacedRow, rows_of_plan
from dacheng.store.queries.plan_talks import Word, words_of
from dacheng.store.standing import standing_uid

ROW = "SELECT plan_row_id, plan_id FROM plan_rows WHERE plan_row_id = :row ORDER BY plan_row_id"
MINE = """
    SELECT plan_row_id, plan_id FROM plan_rows WHERE person_id = :me AND kind = :person
    ORDER BY plan_id DESC, plan_row_id"""
SIGNERS = """
    SELECT plan_row_id, unit_id FROM plan_rows WHERE plan_id = :plan AND (kind = :person OR kind = :channel)
    ORDER BY plan_row_id"""
SAID = """
    SELECT DISTINCT r.plan_id, r.plan_row_id, r.unit_id, r.person_id, t.measure_id, t.agreed
    FROM {table} t JOIN plan_rows r ON r.plan_row_id = t.plan_row_id
    WHERE t.agreed = :offered OR t.agreed = :countered
    ORDER BY r.plan_id DESC, r.plan_row_id, t.measure_id, t.agreed"""
MONTHS = """
    SELECT measure_id, ym, amount, submitted, agreed FROM plan_cells
    WHERE plan_row_id = :row ORDER BY measure_id, ym"""
MEASURES = "SELECT DISTINCT measure_id FROM plan_cells WHERE plan_id = :plan ORDER BY measure_id"
YEARS = "SELECT measure_id, submitted, agreed FROM plan_terms WHERE plan_row_id = :row ORDER BY measure_id"

_OPEN = {COUNTERED: 0, IMPOSED: 1, OFFERED: 2}
"""What is not agreed, in the order in which it is listed."""

SHOWN_TO_HIM = (PROPOSED, APPROVED, LOCKED)
"""The states of a plan in which somebody sees his own row of it."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a target; ``submitted`` what was asked for instead; minor units."""

    ym: int
    amount: int
    submitted: int | None
    agreed: int


@dataclass(frozen=True, slots=True)
class Target:
    """A measure of a row, with its thread, the latest word first.

    Args:
        year: minor units, the sum of the months. submitted: the counter-offer for the year.
        stands: one of ``AGREEMENTS``.
    """

    measure_id: int
    months: Sequence[Month]
    year: int
    submitted: int | None
    stands: int
    words: Sequence[Word]


@dataclass(frozen=True, slots=True)
class RowTalk:
    """A row of a plan as it is talked about.

    Args:
        may: what the viewer may say now, of ``TALKS``; nothing on a day that is over.
        names: relation -> id -> name of what the page names.
    """

    plan: Plan
    plan_uid: UUID
    plan_name: str
    uid: UUID
    row: PlacedRow
    targets: Sequence[Target]
    may: frozenset[int]
    names: Mapping[str, Mapping[int, Name]]

    @property
    def called(self) -> Text:
        """Return how the row is called: a partner by his account or by the name of his row."""
        if self.row.kind == CHANNEL:
            own = self.names["plan_rows"].get(self.row.row_id)
            name = self.names["customers"].get(self.row.customer_id) or (own if own and own.name != own.code else None)
        else:
            relation, number = ("people", self.row.person_id) if self.row.person_id else ("units", self.row.unit_id)
            name = self.names[relation].get(number)
        label = next(label for kind, _, label in KINDS if kind == self.row.kind)
        return Text(name.name, name.in_language("en")) if name else label


def row_talk(viewer: Viewer, book: Book, uid: UUID, row: UUID) -> RowTalk:
    """Return a row of a plan with everything that was said of its targets.

    Raises:
        NotFound: there is no such row, or the viewer does not see it (yet).
    """
    plan = standing_uid("plans", uid)
    record = standing_uid("plan_rows", row)
    seen = book.gather(ROW, row=record.record_id)
    if not len(seen) or int(seen["plan_id"][0]) != plan.record_id:
        raise hidden(PLAN_ROWS.label)
    return _talk(viewer, book, plan_of(book, plan.record_id), record.record_id)


def own_targets(viewer: Viewer, book: Book) -> list[RowTalk]:
    """Return the rows of plans that are the viewer's own and are shown to him, the latest plan first."""
    if viewer.person_id == NOBODY:
        return []
    rows = book.gather(MINE, me=viewer.person_id, person=PERSON)
    plans = {plan: plan_of(book, plan) for plan in dict.fromkeys(rows["plan_id"].tolist())}
    found = []
    for row, plan in zip(rows["plan_row_id"].tolist(), rows["plan_id"].tolist(), strict=True):
        if plans[plan].state in SHOWN_TO_HIM:
            found.append(_talk(viewer, book, plans[plan], row))
    return [one for one in found if one.targets]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody's answer in a plan.

    Args:
        own: targets that were offered to him; else counter-offers that he may grant or refuse.
        count: targets, each once.
    """

    plan_uid: UUID
    plan_name: str
    own: bool
    count: int


def waiting_for(viewer: Viewer, book: Book) -> list[Waiting]:
    """Return what waits for a viewer's answer, the latest plan first: offers to him, counter-offers below him.

    On a day that is over nobody is waited for.
    """
    if viewer.person_id == NOBODY or book.as_of_day != book.today:
        return []
    tree = tree_on(book.today)
    counts: dict[tuple[int, bool], set[tuple[int, int]]] = {}
    for table in ("plan_terms", "plan_cells"):
        rows = book.gather(SAID.format(table=table), offered=OFFERED, countered=COUNTERED)
        for plan, row, unit, person, measure, agreed in zip(*(rows[one].tolist() for one in rows.columns), strict=True):
            own = person == viewer.person_id
            if own == (agreed == OFFERED) and (own or may(viewer, "plan.edit", tree, unit_id=unit)):
                counts.setdefault((plan, own), set()).add((row, measure))
    plans = {plan: plan_of(book, plan) for plan in dict.fromkeys(plan for plan, _own in counts)}
    names = DatabaseNames().names("plans", list(plans))
    return [
        Waiting(UUID(names[plan].uid), names[plan].name, own, len(found))
        for (plan, own), found in counts.items()
        if plans[plan].state in POSSIBLE[ACCEPT if own else OFFER]
    ]


def talks_of(viewer: Viewer, book: Book, uid: UUID, *, most: int) -> list[RowTalk]:
    """Return the rows of people and of partners with targets that the viewer sees of a plan.

    Raises:
        NotFound: there is no such plan, or the viewer has no such row in it. RuleError: there are more than ``most``.
    """
    plan = plan_of(book, standing_uid("plans", uid).record_id)
    rows = book.gather(SIGNERS, plan=plan.plan_id, person=PERSON, channel=CHANNEL)
    units = np.array(book.scope.units, dtype=np.int64)
    if plan.state == DRAFT and not book.scope.whole:
        rows = rows.only(np.isin(rows["unit_id"], units))
    if len(rows) > most:
        raise RuleError(
            Text(f"一共 {len(rows)} 份，一次最多 {most} 份。", f"{len(rows)} letters are too many; {most} at once."),
            Text("请由各下级组织的负责人分别下载。", "Let those who look after the units below take theirs."),
        )
    found = [_talk(viewer, book, plan, row) for row in rows["plan_row_id"].tolist()]
    talks = [one for one in found if one.targets]
    if not talks:
        raise NotFound(Text("方案里没有你能看到的个人目标。", "There are no people's targets here that you see."))
    return talks


@dataclass(frozen=True, slots=True)
class Open:
    """A target that is not agreed, with the latest counter-offer."""

    name: Text
    uid: str
    above: Text
    year: int
    submitted: int | None
    stands: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a measure of a plan is agreed: counts by row, and what is open, the counter-offers first."""

    one: OpenPlan
    plan_name: str
    measure: Name
    measures: Sequence[Name]
    counts: Agreement
    open: Sequence[Open]


def progress(book: Book, uid: UUID, code: str = "") -> Progress:
    """Return how far a plan is agreed, as far as the viewer sees it.

    Args:
        code: of the measure; empty = the first one of the plan.

    Raises:
        NotFound: there is no such plan or measure, or the viewer has no row in it.
    """
    head = standing_uid("plans", uid)
    listed = book.gather(MEASURES, plan=head.record_id)["measure_id"].tolist()
    measures = DatabaseNames().names("measures", listed)
    chosen = next((number for number, name in measures.items() if name.code == code), 0)
    if code and not chosen:
        raise NotFound(Text(f"方案里没有指标 {code}。", f"The plan has no measure {code}."))
    one = open_plan(book, uid, chosen or min(measures, default=0))
    sheet, stands = one.sheet, standing(one.sheet)
    rows = np.flatnonzero(asked(sheet) & np.isin(stands, [UNSAID, *_OPEN]))
    names = DatabaseNames().names("plan_rows", sheet.tree.unit_ids[rows].tolist())
    submitted, above = sheet.years.submitted, sheet.tree.parent_position
    targets = [
        Open(
            name=one.name(row),
            uid=names[int(sheet.tree.unit_ids[row])].uid,
            above=one.name(int(above[row])) if above[row] >= 0 else Text("", ""),
            year=int(sheet.year[row]),
            submitted=int(submitted.value[row]) if submitted.known[row] else None,
            stands=int(stands[row]),
        )
        for row in sorted(rows.tolist(), key=lambda row: _OPEN.get(int(stands[row]), len(_OPEN)))
    ]
    measure = measures.get(sheet.measure_id, Name("", ""))
    shown = [measures[number] for number in sorted(measures)]
    return Progress(one, str(head.row["name"]), measure, shown, agreement(sheet), targets)


def row_called(code: str) -> UUID:
    """Return the public id of a row of a plan by its code.

    Raises:
        NotFound: there is none; whether it may be seen is asked later, and answered alike.
    """
    return _public_id("plan_rows", code, PLAN_ROWS.label)


def aim_of(plan: UUID, row: str, measure: str, ym: int) -> Aim:
    """Return a target by the codes of its row and measure; raises as ``row_called``."""
    return Aim(plan, row_called(row), _public_id("measures", measure, MEASURE.label), ym)


def _public_id(relation: str, code: str, label: Text) -> UUID:
    found = DatabaseNames().find(relation, code)
    if not found:
        raise hidden(label)
    return UUID(DatabaseNames().names(relation, found[:1])[found[0]].uid)


def grant_counter(*, actor: Viewer, at: datetime, book: Book, talk: RowTalk, measure: UUID, ym: int = 0) -> None:
    """Let a target become what was asked for instead (同意还价) with all that follows, and offer it so.

    Raises:
        RuleError: nobody is left to take the difference. NotFound: nothing was asked for.
        NotAllowed: the actor does not work on the plan.
    """
    number = standing_uid("measures", measure).record_id
    target = next((one for one in talk.targets if one.measure_id == number), None)
    month = next((one for one in target.months if one.ym == ym), None) if target else None
    wanted = (month.submitted if month else None) if ym else target.submitted if target else None
    if wanted is None:
        raise NotFound(Text("这里没有还价。", "There is no counter-offer here."))
    one = open_plan(book, talk.plan_uid, number)
    at_month = ym - talk.plan.from_ym if ym else WHOLE_YEAR
    edit = Edit(one.sheet.position(talk.row.row_id), at_month, wanted)
    edit_cells(actor, at, talk.plan_uid, number, [edit], {})
    aim = Aim(talk.plan_uid, talk.uid, measure, ym)
    actions.offer_target(actor=actor, at=at, aim=aim, said="同意还价")


def _talk(viewer: Viewer, book: Book, plan: Plan, row_id: int) -> RowTalk:
    row = rows_of_plan(plan.plan_id, [row_id])[row_id]
    if plan.state == DRAFT and not book.scope.whole and row.unit_id not in book.scope.units:
        raise hidden(PLAN_ROWS.label)
    words = words_of([row_id], book.as_of_day)
    targets = _targets(book.gather(MONTHS, row=row_id), book.gather(YEARS, row=row_id), words)
    wanted: dict[str, Iterable[int]] = {
        "people": {row.person_id, *(one.by_id for one in words)},
        "units": {row.unit_id},
        "customers": {row.customer_id} - {0},
        "measures": {one.measure_id for one in targets},
        "plan_rows": {row_id},
        "plans": {plan.plan_id},
    }
    names = DatabaseNames().names_of(wanted)
    now = book.as_of_day == book.today
    head = names["plans"][plan.plan_id]
    rights = _may(viewer, tree_on(book.today), plan, row) if now else frozenset[int]()
    uid = UUID(names["plan_rows"][row_id].uid)
    return RowTalk(plan, UUID(head.uid), head.name, uid, row, targets, rights, names)


def _targets(months: Rows, years: Rows, words: Sequence[Word]) -> list[Target]:
    agreed = dict(zip(years["measure_id"].tolist(), years["agreed"].tolist(), strict=True))
    countered = years.only(years.known("submitted"))
    asked_for = dict(zip(countered["measure_id"].tolist(), countered["submitted"].tolist(), strict=True))
    found = []
    for measure in dict.fromkeys(months["measure_id"].tolist()):
        here = months.only((months["measure_id"] == measure) & months.known("amount"))
        listed = _months(here)
        if not listed:
            continue
        said = [one for one in words if one.measure_id == measure]
        stands = stand(agreed.get(measure, UNSAID), [one.agreed for one in listed])
        year = sum(one.amount for one in listed)
        found.append(Target(measure, listed, year, asked_for.get(measure), stands, said))
    return found


def _months(rows: Rows) -> list[Month]:
    known = rows.known("submitted").tolist()
    columns = [rows[name].tolist() for name in ("ym", "amount", "submitted", "agreed")]
    return [
        Month(ym, amount, submitted if there else None, agreed)
        for (ym, amount, submitted, agreed), there in zip(zip(*columns, strict=True), known, strict=True)
    ]


def _may(viewer: Viewer, tree: Tree, plan: Plan, row: PlacedRow) -> frozenset[int]:
    """Return what somebody may say of a row; the action asks again under the lock."""
    above = rows_of_plan(plan.plan_id, [row.parent_id]).get(row.parent_id, row)
    own = row.person_id != NOBODY and row.person_id == viewer.person_id
    found: set[int] = set()
    if may(viewer, "plan.answer", tree, unit_id=row.unit_id, owner_id=row.person_id):
        found |= {COUNTER, COMMENT} | ({ACCEPT} if own or row.kind != PERSON else set())
    if may(viewer, "plan.edit", tree, unit_id=above.unit_id) and not own:
        found |= {OFFER, IMPOSE}
    return frozenset(kind for kind in found if plan.state in POSSIBLE[kind])
