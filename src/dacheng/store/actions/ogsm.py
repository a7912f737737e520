"""OGSM entries (OGSM 条目): objectives, goals, strategies and measures of a unit's page (R055)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.strategy.ogsm import HANDED, check_due, check_kinds, check_line
from dacheng.core.strategy.schema import OGSM_NODES
from dacheng.core.strategy.smart import check_year
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.goals import EDIT
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, day_not_after, revise, saved, typed
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.saving import check_version, end
from dacheng.store.standing import Columns, Standing, record_table, standing, standing_uid


def create_ogsm_node(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE, on: int | None = None) -> Saved:
    """Write an entry on the page of a unit and a year.

    Raises:
        NotAllowed: the unit is out of the actor's reach. NotFound: he does not see the goal it is bound to.
            RuleError: it stands under the wrong kind, on another page, or serves itself.
    """
    with writing(actor, at, "ogsm_node.created") as entry:
        rights = rights_of(entry)
        columns = _placed(rights, values, None)
        _check(rights, columns, None)
        return Saved(add(entry, "ogsm_nodes", columns, day_not_after(entry, on), prefix="N").uid, 1)


def edit_ogsm_node(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None = None
) -> Saved:
    """Change an entry; a due month of a measure moves only with the reason of this change (``due_reason``).

    Raises:
        As ``create_ogsm_node``, and Conflict. RuleError: the due month of a measure moves and no reason is given.
    """
    with writing(actor, at, "ogsm_node.edited") as entry:
        rights, node = rights_of(entry), standing_uid("ogsm_nodes", uid)
        rights.require_on(EDIT, "ogsm_nodes", node)
        columns = _placed(rights, values, node)
        _check(rights, columns, node)
        due = columns.get("due_ym", node.row["due_ym"])
        check_due(int(node.row["kind"]), node.row["due_ym"], due, str(columns.get("due_reason") or ""))
        return revise(entry, "ogsm_nodes", node, columns, version, day_not_after(entry, on))


def end_ogsm_node(*, actor: Viewer, at: datetime, uid: UUID, version: int | None) -> Saved:
    """Take an entry off the page from today on.

    Raises:
        NotFound, NotAllowed, Conflict: as ``edit_ogsm_node``. RuleError: entries stand under it.
    """
    with writing(actor, at, "ogsm_node.ended") as entry:
        rights, node = rights_of(entry), standing_uid("ogsm_nodes", uid)
        rights.require_on(EDIT, "ogsm_nodes", node)
        check_version(OGSM_NODES, node, version, {})
        below = _below(entry, node)
        if below:
            raise RuleError(
                Text(
                    f"「{node.row['name']}」下面还有 {below} 条。", f"“{node.row['name']}” has {below} entries below."
                ),
                Text("先移走或删掉它们。", "Move or remove these first."),
            )
        end(entry, "ogsm_nodes", [node.record_id], entry.day)
        return saved(node)


def hand_down(*, actor: Viewer, at: datetime, uid: UUID, unit: UUID) -> Saved:
    """Let an S or M become an O or G of a unit below, with its words and its goal.

    Raises:
        NotFound: the actor does not see the entry. NotAllowed: the unit is out of his reach.
            RuleError: it is neither an S nor an M, or the unit is not below.
    """
    with writing(actor, at, "ogsm_node.handed_down") as entry:
        rights, node = rights_of(entry), standing_uid("ogsm_nodes", uid)
        if not rights.sees("ogsm_nodes", node):
            raise hidden(OGSM_NODES.label)
        kinds = {source: kind for kind, source in HANDED.items()}
        if node.row["kind"] not in kinds:
            raise RuleError(
                Text("只有 S 和 M 可以交给下级。", "Only an S or an M is handed down."),
                Text("选一条策略或衡量。", "Choose a strategy or a measure."),
            )
        values = {"name": node.row["name"], "unit_id": unit, "year": node.row["year"], "kind": kinds[node.row["kind"]]}
        columns = _placed(rights, values, None)
        columns |= {"source_id": node.record_id, "goal_id": node.row["goal_id"], "due_ym": node.row["due_ym"]}
        _check(rights, columns, None)
        return Saved(add(entry, "ogsm_nodes", columns, entry.day, prefix="N").uid, 1)


def _placed(rights: Rights, values: FROM_OUTSIDE, record: Standing | None) -> Columns:
    columns = typed(rights, "ogsm_nodes", values)
    unit = columns.get("unit_id")
    if record is None or (unit is not None and unit != record.row["unit_id"]):
        rights.require(EDIT, unit_id=int(unit or 0))
    return columns


def _check(rights: Rights, columns: Columns, node: Standing | None) -> None:
    whole = {**(node.row if node else {}), **columns}
    check_year(whole.get("year"))
    parent, source = (_other(rights, whole.get(name), node, name) for name in ("parent_id", "source_id"))
    kind = whole.get("kind")
    if kind is None:
        return  # a missing kind is refused like any missing column
    check_kinds(kind, *(one.row["kind"] if one else None for one in (parent, source)))
    if parent and (parent.row["unit_id"], parent.row["year"]) != (whole.get("unit_id"), whole.get("year")):
        raise RuleError(
            Text("上一格不在同一张 OGSM 上。", "The entry above is not on the same page."),
            Text("选同一组织、同一年的条目。", "Choose one of the same unit and year."),
        )
    if source:
        _check_handed(rights, source, whole)
    _refuse_circle(node.record_id if node else 0, parent, source)
    if columns.get("goal_id") and (node is None or node.row["goal_id"] != columns["goal_id"]):
        goal = standing("goals", [columns["goal_id"]])[columns["goal_id"]]
        if not rights.sees("goals", goal) and not (source and source.row["goal_id"] == goal.record_id):
            raise hidden(OGSM_NODES.column("goal_id").label)


def _other(rights: Rights, number: int | None, node: Standing | None, column: str) -> Standing | None:
    """Return the entry that one refers to; a new one must be seen."""
    if not number:
        return None
    other = standing("ogsm_nodes", [number])[number]
    if (node is None or node.row[column] != number) and not rights.sees("ogsm_nodes", other):
        raise hidden(OGSM_NODES.label)
    return other


def _check_handed(rights: Rights, source: Standing, whole: Columns) -> None:
    unit, above = int(whole.get("unit_id") or 0), int(source.row["unit_id"])
    below = rights.viewer.whole or (unit in rights.tree and above in rights.tree and rights.tree.is_under(unit, above))
    if unit == above or not below:
        raise RuleError(
            Text("只能交给下级组织。", "It is handed to a unit below only."),
            Text("选这个组织下面的组织。", "Choose a unit below this one."),
        )


def _refuse_circle(node: int, parent: Standing | None, source: Standing | None) -> None:
    rows = select_rows(record_table("ogsm_nodes"), ["id", "parent_id", "source_id"], [("NOT removed", None)])
    above = {one: tuple(up for up in ups if up) for one, *ups in rows}
    check_line(node, {**above, node: tuple(one.record_id for one in (parent, source) if one)})


def _below(entry: Entry, node: Standing) -> int:
    """Return how many entries stand under one, or were handed down from it."""
    found: set[int] = set()
    for column in ("parent_id", "source_id"):
        met = [among(column, [node.record_id]), ("NOT removed", None)]
        found |= {one for (one,) in select_rows(record_table("ogsm_nodes"), ["id"], met)}
    return sum(one.versions[-1].to_day > entry.day for one in standing("ogsm_nodes", found).values() if one.versions)
