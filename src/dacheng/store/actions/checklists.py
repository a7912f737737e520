"""Checklists (清单): started from a template, ticked with a note, items added, changed, taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.checklists.schema import CHECKLIST_ITEMS, OF_A_PLAN, OPENING
from dacheng.core.checklists.starting import Item, about, check_about, due_days
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FiscalYear
from dacheng.core.plans.schema import APPROVED, LOCKED, SUPERSEDED
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, saved, typed
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import code_from, hidden, new_uids
from dacheng.store.saving import Edit, New, change, check_version, create, end
from dacheng.store.standing import Columns, Standing, record_table, standing, standing_uid

NAME = "checklist_items"
EDIT = "checklist.edit"
SETTLED = (APPROVED, LOCKED, SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Tick:
    """What is said of one item.

    Args:
        done: it is done. note: what there is to say. version: what the editor saw; None = whatever stands.
    """

    uid: UUID
    done: bool
    note: str = ""
    version: int | None = None


def start_checklist(
    *,
    actor: Viewer,
    at: datetime,
    values: FROM_OUTSIDE,
    items: Sequence[Item],
    fiscal: FiscalYear,
    start_day: int | None = None,
) -> list[UUID]:
    """Start a checklist with the items of a template, once; return its items' public ids.

    Args:
        values: kind, and plan_id, or person_id, or unit_id with year; the unit of a plan or a person is its own.
        start_day: from when the due days count; default today.

    Raises:
        NotFound: the plan is out of reach. NotAllowed: the unit is.
        RuleError: it is about nothing, is started already, or its plan is settled.
    """
    with writing(actor, at, "checklist.started") as entry:
        rights = rights_of(entry)
        columns = _placed(rights, entry, typed(rights, NAME, values))
        _refuse_started(entry, columns)
        begins = entry.day if start_day is None else start_day
        kind, year = int(columns["kind"]), int(columns.get("year") or 0)
        days = due_days(items, kind, start_day=begins, year=year, fiscal=fiscal)
        news = []
        for at_place, (item, due, uid) in enumerate(zip(items, days, new_uids(at, len(items)), strict=True), start=1):
            own = {"code": code_from("Q", uid), "name": item.name, "name_en": item.name_en, "part": item.part}
            own |= {"required": int(item.required)}
            news.append(New({**columns, **own, "position": at_place, "due_day": due}, entry.day))
        return [one.uid for one in create(entry, NAME, news)]


def create_item(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Add an item to a checklist, or begin one with it. Raises as ``start_checklist``."""
    with writing(actor, at, "checklist_item.created") as entry:
        rights = rights_of(entry)
        columns = _placed(rights, entry, typed(rights, NAME, values))
        return Saved(add(entry, NAME, _done_by(entry, columns), entry.day, prefix="Q").uid, 1)


def append_item(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE) -> Saved:
    """Add an item at the end of the checklist that another one stands on. Raises as ``edit_item``."""
    with writing(actor, at, "checklist_item.created") as entry:
        rights, like = rights_of(entry), standing_uid(NAME, uid)
        _require(rights, like)
        last = items_like(like.row, entry.day)[-1]
        same = {name: like.row[name] for name in ("kind", "unit_id", "plan_id", "year")}
        same |= {"person_id": like.row["person_id"] if like.row["kind"] == OPENING else 0}
        order = {"position": int(last.row["position"]) + 1, "part": last.row["part"]}
        columns = {**order, **typed(rights, NAME, values), **same}
        return Saved(add(entry, NAME, _done_by(entry, columns), entry.day, prefix="Q").uid, 1)


def edit_item(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change an item from today on; what it is about stays.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not edit it. Conflict: somebody changed it meanwhile.
        RuleError: it would be of another checklist, or its plan is settled.
    """
    with writing(actor, at, "checklist_item.edited") as entry:
        rights, item = rights_of(entry), standing_uid(NAME, uid)
        _require(rights, item)
        columns = typed(rights, NAME, values)
        if about({**item.row, **columns}) != about(item.row):
            raise RuleError(
                Text(f"「{item.row['name']}」不能移到别的清单。", f"“{item.row['name']}” cannot move to another list."),
                Text("删掉它，在那张清单里加一项。", "Remove it and add one there."),
            )
        check_about({**item.row, **columns})
        return revise(entry, NAME, item, _done_by(entry, columns), version, entry.day)


def check_items(*, actor: Viewer, at: datetime, ticks: Sequence[Tick]) -> int:
    """Tick items, or take a tick back, each with its note; all or none. Return how many changed.

    Raises:
        NotFound, NotAllowed, Conflict, RuleError: as ``edit_item``.
    """
    with writing(actor, at, "checklist.checked") as entry:
        rights = rights_of(entry)
        found = {}
        edits = []
        for tick in ticks:
            item = standing_uid(NAME, tick.uid)
            columns = _ticked(entry, item, tick)
            if columns:
                _require(rights, item)
                typed(rights, NAME, {"note": tick.note})
                found[item.record_id] = item
                edits.append(Edit(item.record_id, columns, entry.day, version=tick.version))
            elif not rights.sees(NAME, item):
                raise hidden(CHECKLIST_ITEMS.label)
        return len(change(entry, NAME, edits, found)) if edits else 0


def end_item(*, actor: Viewer, at: datetime, uid: UUID, version: int | None) -> Saved:
    """Take an item off its checklist from today on. Raises as ``edit_item``."""
    with writing(actor, at, "checklist_item.ended") as entry:
        rights, item = rights_of(entry), standing_uid(NAME, uid)
        _require(rights, item)
        check_version(CHECKLIST_ITEMS, item, version, {})
        if item.row["required"]:
            raise RuleError(
                Text(f"「{item.row['name']}」是模板要求必做的。", f"“{item.row['name']}” is required by the template."),
                Text(
                    "做完打勾；不适用就在说明里写明。",
                    "Tick it when it is done; where it does not apply, say so in its note.",
                ),
            )
        end(entry, NAME, [item.record_id], entry.day)
        return saved(item)


def items_like(about_row: Mapping[str, Any], day: int) -> list[Standing]:
    """Return the items of the checklist that an item belongs to, as they stand on a day, in order."""
    met = [among(name, [int(about_row[name] or 0)]) for name in ("kind", "unit_id", "plan_id", "year")]
    rows = select_rows(record_table(NAME), ["id"], [*met, ("NOT removed", None)])
    found = standing(NAME, [one for (one,) in rows]).values()
    same = [one for one in found if about(one.row) == about(about_row) and one.on(CHECKLIST_ITEMS, day)]
    return sorted(same, key=lambda one: (int(one.row["position"]), one.record_id))


def _placed(rights: Rights, entry: Entry, columns: Columns) -> Columns:
    """Return the columns of an item at the unit of its plan or person; refuse one out of the actor's reach."""
    check_about(columns)
    kind, person = columns.get("kind"), int(columns.get("person_id") or 0)
    if kind in OF_A_PLAN:
        plan = standing("plans", [columns["plan_id"]])[columns["plan_id"]]
        unit = int(plan.row["unit_id"])
        if not (rights.viewer.whole or rights.sees_unit(unit)):
            raise hidden(CHECKLIST_ITEMS.column("plan_id").label)
        _refuse_settled(plan)
        columns = {**columns, "unit_id": unit}
    elif kind == OPENING:
        columns = {**columns, "unit_id": rights.home(person, entry.day)}
    rights.require(EDIT, unit_id=int(columns.get("unit_id") or 0), owner_id=person)
    return columns


def _require(rights: Rights, item: Standing) -> None:
    rights.require_on(EDIT, NAME, item)
    if item.row["plan_id"]:
        _refuse_settled(standing("plans", [item.row["plan_id"]])[item.row["plan_id"]])


def _refuse_settled(plan: Standing) -> None:
    if plan.row["state"] in SETTLED:
        raise RuleError(
            Text(
                f"方案「{plan.row['name']}」已经批准，它的清单随版本保存，不再改。",
                f"The plan “{plan.row['name']}” is approved: its checklist is kept with the version as it was.",
            ),
            Text("生成新版本，另开清单。", "Make the next version; it has a checklist of its own."),
        )


def _refuse_started(entry: Entry, columns: Columns) -> None:
    row = {"plan_id": 0, "year": 0, "person_id": 0, **columns}
    if items_like(row, entry.day):
        raise RuleError(
            Text("这张清单已经开过了。", "This checklist is started already."),
            Text("打开它，加项或勾完成。", "Open it, add items or tick them."),
        )


def _done_by(entry: Entry, columns: Columns) -> Columns:
    """Return columns with who ticked, where a tick is set or taken back."""
    if "done_day" not in columns:
        return columns
    if (columns["done_day"] or 0) > entry.day:
        raise RuleError(
            Text("完成日还没有到。", "The day it was done is in the future."),
            Text("选今天或更早。", "Choose today or earlier."),
        )
    return {**columns, "done_by_id": entry.actor.person_id if columns["done_day"] is not None else 0}


def _ticked(entry: Entry, item: Standing, tick: Tick) -> Columns:
    """Return what a tick changes."""
    columns: Columns = {}
    if tick.done != (item.row["done_day"] is not None):
        columns |= _done_by(entry, {"done_day": entry.day if tick.done else None})
    if tick.note.strip() != str(item.row["note"] or ""):
        columns["note"] = tick.note.strip()
    return columns
