"""One budget for its page: lines, periods, releases, and what may be done with it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.budget.proposing import Due, due_releases
from dacheng.core.budget.schema import APPROVED, DRAFT, FIXED, PROJECT, VARIABLE
from dacheng.core.period import Period
from dacheng.core.schema import RELATIONS
from dacheng.service.budgeting import Project, Rate, Wish, may_approve, may_edit, standing_budget
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event, events_of
from dacheng.store.queries.records import history_of
from dacheng.store.standing import Standing, standing, standing_uid

PARTS = {
    "budget_lines": "SELECT line_id AS number FROM budget_lines WHERE budget_id = :budget ORDER BY line_id",
    "releases": "SELECT release_id AS number FROM releases WHERE budget_id = :budget ORDER BY release_id",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A line or a release: its public id, its version, its columns on the Book's day."""

    uid: UUID
    version: int
    row: Mapping[str, Any]


@dataclass(frozen=True)
class BudgetView:
    """A budget as the Book shows it.

    Args:
        row: its columns. due: its periods and what would be released next.
        editable: the viewer may change the draft. proposable: he may propose a release now.
        approvable: he may approve, lock and take back, and decide releases.
    """

    uid: UUID
    version: int
    row: Mapping[str, Any]
    due: Due
    lines: Sequence[Part]
    releases: Sequence[Part]
    editable: bool
    proposable: bool
    approvable: bool
    history: Sequence[Event]
    names: Mapping[str, Mapping[int, Name]]


def budget_view(viewer: Viewer, uid: UUID, book: Book) -> BudgetView:
    """Return a budget for its page.

    Raises:
        NotFound: it does not exist, or the viewer does not see it.
    """
    found = standing_budget(book, uid)
    record = standing_uid("budgets", uid)
    row = _row("budgets", record, book)
    (due,) = due_releases(book, [found])
    lines, releases = (_parts(name, record.record_id, book) for name in ("budget_lines", "releases"))
    edits = may_edit(viewer, book, found.unit_id)
    history = events_of(RELATIONS["budgets"], record, history_of("budgets", record.record_id), book.as_of_day, ())
    return BudgetView(
        uid=record.uid,
        version=int(record.row["version"]),
        row=row,
        due=due,
        lines=lines,
        releases=releases,
        editable=edits and row["state"] == DRAFT,
        proposable=edits and due.proposal is not None,
        approvable=may_approve(viewer, book, found.unit_id),
        history=history,
        names=_names(row, lines, releases, history),
    )


def as_written(view: BudgetView) -> Wish:
    """Return a budget that stands as somebody would write it: what its form begins with."""
    uids = DatabaseNames().names_of({"units": {view.row["unit_id"]}, "measures": _measures(view)})
    own = {kind: [one.row for one in view.lines if one.row["kind"] == kind] for kind in (FIXED, VARIABLE, PROJECT)}
    measures = {number: UUID(name.uid) for number, name in uids["measures"].items()}
    fixed: Mapping[str, Any] = own[FIXED][0] if own[FIXED] else {"amount": 0, "purpose": None}
    return Wish(
        unit=UUID(uids["units"][view.row["unit_id"]].uid),
        span=Period(view.row["first_ym"], view.row["last_ym"] + 1),
        measure=measures[view.row["measure_id"]],
        fixed=fixed["amount"],
        rates=[Rate(measures[row["measure_id"]], row["rate_bp"], row["purpose"]) for row in own[VARIABLE]],
        projects=[_project(row) for row in own[PROJECT]],
        release_months=view.row["release_months"],
        fixed_purpose=fixed["purpose"],
        name=view.row["name"],
    )


def is_approved(view: BudgetView) -> bool:
    """Tell whether a budget is approved and not locked."""
    return bool(view.row["state"] == APPROVED)


def _project(row: Mapping[str, Any]) -> Project:
    return Project(row["name"], row["amount"], Period(row["first_ym"], row["last_ym"] + 1), row["purpose"], row["code"])


def _measures(view: BudgetView) -> set[int]:
    return {view.row["measure_id"]} | {one.row["measure_id"] for one in view.lines if one.row["measure_id"]}


def _parts(name: str, budget: int, book: Book) -> list[Part]:
    ids = book.gather(PARTS[name], budget=budget)["number"].tolist()
    records = standing(name, ids)
    return [
        Part(records[one].uid, int(records[one].row["version"]), _row(name, records[one], book))
        for one in ids
        if one in records
    ]


def _row(name: str, record: Standing, book: Book) -> dict[str, Any]:
    return {**record.row, **record.on(RELATIONS[name], book.as_of_day)}


def _names(
    row: Mapping[str, Any], lines: Sequence[Part], releases: Sequence[Part], history: Sequence[Event]
) -> dict[str, Mapping[int, Name]]:
    people = {one.actor_id for one in history} | {one.row["approver_id"] for one in (*lines, *releases)}
    people |= {row["approver_id"]} | {
        value for one in history if one.name == "approver_id" for value in (one.before, one.after)
    }
    measures = {row["measure_id"]} | {one.row["measure_id"] for one in lines}
    measures |= {value for one in history if one.name == "measure_id" for value in (one.before, one.after)}
    wanted = {"units": {row["unit_id"]}, "people": people - {None}, "measures": measures - {None}}
    return DatabaseNames().names_of(wanted)
