"""One delivery project for its page and for commands: as it stands, its milestones, its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import POLICY, Viewer, may
from dacheng.core.book import OUTSIDE, Book
from dacheng.core.delivery.schema import BY_MILESTONE, MILESTONE_KINDS, MILESTONES, OBSTACLES, OVER_TIME, PROJECTS
from dacheng.core.delivery.triggering import TRIGGERED_BY, Triggered
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.core.money import to_decimal
from dacheng.core.period import date_of
from dacheng.core.relation import Relation
from dacheng.core.report import number_of
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import parsed_day
from dacheng.service.record_history import Event, events_of
from dacheng.store.actions.projects import (
    edit_project,
    reach_milestone,
    recognise_progress,
    record_project,
    set_milestones,
    slip_milestone,
    to_recognise,
)
from dacheng.store.actions.recording import Saved
from dacheng.store.identity import hidden
from dacheng.store.queries.labels import labels_on
from dacheng.store.queries.records import history_of
from dacheng.store.standing import Standing, standing, standing_code, standing_uid
from dacheng.store.triggering import milestones_of, of_contract, triggered_terms

__all__ = [
    "MilestoneView", "ProjectView", "edit_project", "follow_named", "may_plan", "milestone_view", "plan_named",
    "project_view", "reach_milestone", "reach_named", "recognise_named", "recognise_progress", "record_project",
    "set_milestones", "slip_milestone", "slip_named",
]  # fmt: skip

SEEN = """
    SELECT project_id, unit_id, budget, spent, estimate FROM projects WHERE project_id = :project ORDER BY project_id"""
COSTS = ("budget", "spent", "estimate")
RIGHT, POST = "project.edit", "cash.record"
WAYS = {"milestone": BY_MILESTONE, "over-time": OVER_TIME}


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """A milestone for its page and its forms.

    Args:
        record: as it stands now. row: its columns on the as-of day.
    """

    record: Standing
    row: Mapping[str, Any]
    project: ProjectView

    def brings(self, changed: Mapping[str, int | None] | None = None) -> list[tuple[Standing, Triggered]]:
        """Return the open terms that it brings and when they are due, with some of its columns changed."""
        steps, terms = self._steps(changed), of_contract("payment_terms", self.project.contract.record_id)
        others = {number: one for number, one in steps.items() if number != self.record.record_id}
        every, without = triggered_terms(terms, steps), triggered_terms(terms, others)
        own, kind = self.record.row["term_id"], TRIGGERED_BY
        return [
            (terms[number], told)
            for number, told in every.items()
            if int(terms[number].row["open"])
            and (without.get(number) != told or number == own or kind.get(_falls(terms[number])) == self._kind)
        ]

    def effects_of_reaching(self, on: int | None) -> list[Text]:
        """Say which terms fall due when it is reached on a day, or wait again."""
        return _said(self.brings({"reached_day": on}))

    def effects_of_slipping(self, on: int) -> list[Text]:
        """Say when the terms that wait for it are expected to fall due once it is expected on a day."""
        return _said(self.brings({"forecast_day": on}))

    @property
    def _kind(self) -> int:
        return int(self.record.row["kind"]) if self.record.row["term_id"] is None else 0

    def _steps(self, changed: Mapping[str, int | None] | None) -> dict[int, Standing]:
        steps = milestones_of(self.project.contract.record_id)
        own = steps[self.record.record_id]
        return steps | {own.record_id: replace(own, row=own.row | dict(changed or {}))}


@dataclass(frozen=True)
class ProjectView:
    """A project on the as-of day, or on its first day when that comes later.

    Args:
        row: its columns; costs are None to who may not see them. contract: it belongs to.
        editable: the viewer may follow it now. recognisable: what he may recognise by milestones, minor units excl.
            tax; 0 = nothing, or he may not.
    """

    record: Standing
    row: Mapping[str, Any]
    contract: Standing
    unit_id: int
    granted: bool
    editable: bool
    recognisable: int
    sees_cost: bool
    history: Sequence[Event]
    names: Mapping[str, Mapping[int, Name]]

    @property
    def uid(self) -> UUID:
        """Return the public id."""
        return self.record.uid

    @property
    def version(self) -> int:
        """Return the version that is seen."""
        return int(self.record.row["version"])

    def milestones(self) -> list[Standing]:
        """Return its milestones as they stand now, the first planned first."""
        every = milestones_of(self.contract.record_id).values()
        return [one for one in every if one.row["project_id"] == self.record.record_id]


def project_view(viewer: Viewer, uid: UUID, book: Book) -> ProjectView:
    """Return a delivery project for its page.

    Raises:
        NotFound: it does not exist, or the viewer does not see it.
    """
    record = standing_uid("projects", uid)
    current = book.as_of_day == book.today
    shown = book if record.first_day <= book.as_of_day else book.at(record.first_day)
    seen = shown.gather(SEEN, project=record.record_id)
    if not len(seen):
        raise hidden(PROJECTS.label)
    costs = {name: int(seen[name][0]) if seen.known(name)[0] else None for name in COSTS}
    row = {**_row(PROJECTS, record, shown), **costs}
    sees_cost = "money-private" in shown.scope.classes
    unit_id, owner = int(seen["unit_id"][0]), int(row["owner_id"])
    number = int(row["contract_id"])
    contract = standing("contracts", [number])[number]
    manages = bool(row["manager_id"]) and row["manager_id"] == viewer.person_id
    history = events_of(
        PROJECTS, record, history_of("projects", record.record_id), shown.as_of_day, () if sees_cost else COSTS
    )
    posts = current and may(viewer, POST, shown.tree, unit_id=unit_id, owner_id=owner)
    return ProjectView(
        record=record,
        row=row,
        contract=contract,
        unit_id=unit_id,
        granted=unit_id == OUTSIDE and not shown.scope.whole,
        editable=current and (manages or may(viewer, RIGHT, shown.tree, unit_id=unit_id, owner_id=owner)),
        recognisable=to_recognise(record, contract, BY_MILESTONE, shown.as_of_day) if posts else 0,
        sees_cost=sees_cost,
        history=history,
        names=_names(row, unit_id, history),
    )


def milestone_view(viewer: Viewer, uid: UUID, book: Book) -> MilestoneView:
    """Return a milestone with its project.

    Raises:
        NotFound: it does not exist, or the viewer does not see its project: one answer for both.
    """
    record = standing_uid("milestones", uid)
    number = int(record.row["project_id"])
    try:
        view = project_view(viewer, standing("projects", [number])[number].uid, book)
    except NotFound:
        raise hidden(MILESTONES.label) from None
    return MilestoneView(record, _row(MILESTONES, record, book), view)


def _row(relation: Relation, record: Standing, book: Book) -> dict[str, Any]:
    """Return the columns of a record on the Book's day, texts as they were then."""
    day = max(book.as_of_day, record.first_day)
    then = {} if day >= book.today else labels_on(relation, [record.record_id], day).get(record.record_id, {})
    return {**record.row, **record.on(relation, day), **{one.name: then[one.name] for one in relation.labels if then}}


def may_plan(viewer: Viewer) -> bool:
    """Tell whether somebody may plan deliveries at all."""
    return viewer.holds(*POLICY[RIGHT])


def _falls(term: Standing) -> int:
    return int(term.row["falls_due"])


def _said(brings: Sequence[tuple[Standing, Triggered]]) -> list[Text]:
    found = []
    for term, told in brings:
        amount, name = f"{to_decimal(int(term.row['open'])):,}", term.name
        if told.due_day is None:
            day = date_of(told.expected)
            found.append(
                Text(
                    f"{name}，未收 {amount}：待触发，预计 {day} 应收。",
                    f"{name}, {amount} open: it waits, expected to fall due on {day}.",
                )
            )
        else:
            day = date_of(told.due_day)
            found.append(Text(f"{name}，未收 {amount}：应收日 {day}。", f"{name}, {amount} open: due on {day}."))
    return found or [Text("没有付款条件在等它。", "No payment term waits for it.")]


# By name, as commands call them ---------------------------------------------------------------------


def plan_named(
    viewer: Viewer, at: datetime, contract: str, *, values: Mapping[str, str], milestones: Sequence[str]
) -> Saved:
    """Record a delivery project of a contract's number.

    Args:
        values: column -> as typed. milestones: ``name;kind;planned day;share`` each, the share may be left out.

    Raises:
        NotFound: no contract has the number. RuleError: a value cannot be read; as ``record_project``.
    """
    given = {name: entered("projects", name, text) for name, text in values.items() if text and name != "manager_id"}
    if values.get("manager_id"):
        given["manager_id"] = standing_code("people", values["manager_id"]).uid
    given["contract_id"] = standing_code("contracts", contract).uid
    steps = [_milestone(text) for text in milestones]
    return record_project(actor=viewer, at=at, values=given, milestones=steps)


def reach_named(viewer: Viewer, at: datetime, code: str, on: str) -> Saved:
    """Say when the milestone of a number was reached; a blank day takes it back."""
    one = standing_code("milestones", code)
    return reach_milestone(actor=viewer, at=at, uid=one.uid, on=parsed_day(on) if on else None)


def slip_named(viewer: Viewer, at: datetime, code: str, on: str, reason: str, note: str) -> Saved:
    """Expect the milestone of a number on another day."""
    one = standing_code("milestones", code)
    why = number_of(OBSTACLES, reason or None)
    return slip_milestone(actor=viewer, at=at, uid=one.uid, on=parsed_day(on), reason=why, note=note)


def follow_named(viewer: Viewer, at: datetime, code: str, values: Mapping[str, str]) -> Saved:
    """Correct columns of the project of a number, as typed; those left blank stay."""
    given = {name: entered("projects", name, text) for name, text in values.items() if text}
    return edit_project(actor=viewer, at=at, uid=standing_code("projects", code).uid, values=given, version=None)


def recognise_named(viewer: Viewer, at: datetime, code: str, way: str, on: str) -> Saved:
    """Recognise what the project of a number has earned."""
    if way not in WAYS:
        raise RuleError(
            Text(f"没有「{way}」这种确收方式。", f"There is no way “{way}” to recognise."),
            Text(f"有：{'、'.join(WAYS)}。", f"There are: {', '.join(WAYS)}."),
        )
    project = standing_code("projects", code).uid
    return recognise_progress(actor=viewer, at=at, project=project, way=WAYS[way], day=parsed_day(on))


def _milestone(text: str) -> dict[str, Any]:
    """Return a milestone that was written as ``终验;acceptance;2026-06-30;30%``."""
    parts = [one.strip() for one in text.replace("；", ";").split(";")]
    if len(parts) not in (3, 4) or not parts[0]:
        raise RuleError(
            Text(f"读不懂里程碑「{text}」。", f"“{text}” cannot be read as a milestone."),
            Text("写成：名称;类型;计划日;确收比例。", "Write name;kind;planned day;share."),
        )
    kind = number_of(MILESTONE_KINDS, parts[1])
    share = entered("milestones", "share_bp", parts[3]) if len(parts) > 3 else None
    return {"name": parts[0], "kind": kind, "planned_day": parsed_day(parts[2]), "share_bp": share}


def _names(row: Mapping[str, Any], unit_id: int, history: Sequence[Event]) -> dict[str, Mapping[int, Name]]:
    wanted: dict[str, set[int]] = {"units": {unit_id}, "people": {one.actor_id for one in history}}
    rows = [row, *({one.name: value} for one in history for value in (one.before, one.after) if value)]
    for column in PROJECTS.facts:
        if column.kind == "ref":
            wanted.setdefault(column.ref, set()).update(one[column.name] for one in rows if one.get(column.name))
    return DatabaseNames().names_of(wanted)
