"""Strategic themes and goals (战略主题、战略目标): stated, put in force, linked to opportunities (R003, R023–R025)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.strategy.ogsm import check_line
from dacheng.core.strategy.schema import ACTIVE, GOALS
from dacheng.core.strategy.smart import check_goal, check_in_force, check_year
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, day_not_after, revise, saved, typed
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.holding import hold
from dacheng.store.identity import hidden
from dacheng.store.saving import check_version, end, touch
from dacheng.store.standing import Columns, Standing, record_table, standing, standing_keys, standing_uid

EDIT = "goal.edit"
MOST_DEALS = 200


def create_theme(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE, on: int | None = None) -> Saved:
    """State a strategic theme of a unit and a year; without a code one is made.

    Raises:
        NotAllowed: the unit is out of the actor's reach. RuleError: a value is missing or not possible.
    """
    with writing(actor, at, "theme.created") as entry:
        rights = rights_of(entry)
        columns = _placed(rights, "themes", values, None)
        check_year(columns.get("year"))
        return Saved(add(entry, "themes", columns, day_not_after(entry, on), prefix="Z").uid, 1)


def edit_theme(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None = None
) -> Saved:
    """Change a theme. Raises as ``create_theme``, and NotFound, Conflict."""
    with writing(actor, at, "theme.edited") as entry:
        rights, theme = rights_of(entry), standing_uid("themes", uid)
        rights.require(EDIT, unit_id=int(theme.row["unit_id"]))
        columns = _placed(rights, "themes", values, theme)
        check_year(columns.get("year"))
        return revise(entry, "themes", theme, columns, version, day_not_after(entry, on))


def create_goal(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE, on: int | None = None) -> Saved:
    """State a goal, a draft unless it passes every SMART check and is put in force at once.

    Raises:
        NotAllowed: the unit is out of the actor's reach. NotFound: he does not see the goal above.
        RuleError: a value is missing or not possible, or it is to be in force and lacks something.
    """
    with writing(actor, at, "goal.created") as entry:
        rights = rights_of(entry)
        columns = _placed(rights, "goals", values, None)
        _check(rights, columns, None)
        return Saved(add(entry, "goals", columns, day_not_after(entry, on), prefix="M").uid, 1)


def edit_goal(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None = None
) -> Saved:
    """Change a goal, state a reading, or put it in force; what changes holds from a day on.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not edit it. Conflict: somebody changed it meanwhile.
        RuleError: a value is not possible, a circle of goals, or a goal in force would fail a SMART check.
    """
    with writing(actor, at, "goal.edited") as entry:
        rights, goal = rights_of(entry), standing_uid("goals", uid)
        rights.require_on(EDIT, "goals", goal)
        columns = _placed(rights, "goals", values, goal)
        _check(rights, columns, goal)
        return revise(entry, "goals", goal, columns, version, day_not_after(entry, on))


def end_goal(*, actor: Viewer, at: datetime, uid: UUID, version: int | None) -> Saved:
    """Let a goal stand no more from today on; what was of it before stays.

    Raises:
        NotFound, NotAllowed, Conflict: as ``edit_goal``. RuleError: goals or OGSM entries still refer to it.
    """
    with writing(actor, at, "goal.ended") as entry:
        rights, goal = rights_of(entry), standing_uid("goals", uid)
        rights.require_on(EDIT, "goals", goal)
        check_version(GOALS, goal, version, {})
        _refuse_needed(entry, goal)
        links = _links_of(goal)
        end(entry, "goal_deals", [one.record_id for one in links.values()], entry.day)
        end(entry, "goals", [goal.record_id], entry.day)
        return saved(goal)


def link_deals(*, actor: Viewer, at: datetime, uid: UUID, deals: Sequence[UUID], on: int | None = None) -> Saved:
    """Let opportunities carry a goal from a day on.

    Raises:
        NotFound: the actor does not see the goal or an opportunity. NotAllowed: he may not edit the goal.
            RuleError: an opportunity is not of the goal's unit, or there are too many at once.
    """
    with writing(actor, at, "goal.linked") as entry:
        rights, goal = rights_of(entry), standing_uid("goals", uid)
        rights.require_on(EDIT, "goals", goal)
        _check_few(deals)
        for deal in (standing_uid("deals", one) for one in deals):
            if not rights.sees("deals", deal):
                raise hidden(GOALS.label)
            _check_place(rights, goal, deal)
            day = max(day_not_after(entry, on), deal.first_day, goal.first_day)
            hold(entry, "goal_deals", {"goal_id": goal.record_id, "deal_id": deal.record_id}, day)
        touch("goals", goal)
        return saved(goal)


def unlink_deal(*, actor: Viewer, at: datetime, uid: UUID, deal: UUID) -> Saved:
    """Let an opportunity carry a goal no more from today on. Raises as ``link_deals``."""
    with writing(actor, at, "goal.unlinked") as entry:
        rights, goal = rights_of(entry), standing_uid("goals", uid)
        rights.require_on(EDIT, "goals", goal)
        record = _links_of(goal).get(standing_uid("deals", deal).record_id)
        if record is None:
            raise hidden(GOALS.label)
        end(entry, "goal_deals", [record.record_id], entry.day)
        touch("goals", goal)
        return saved(goal)


def _placed(rights: Rights, name: str, values: FROM_OUTSIDE, record: Standing | None) -> Columns:
    """Return values as they are stored; refuse a unit where the actor may not state goals."""
    columns = typed(rights, name, values)
    unit = columns.get("unit_id")
    if record is None or (unit is not None and unit != record.row["unit_id"]):
        rights.require(EDIT, unit_id=int(unit or 0))
    return columns


def _check(rights: Rights, columns: Columns, goal: Standing | None) -> None:
    """Refuse a goal that cannot be measured, serves itself, or is in force and lacks something."""
    whole = {**(goal.row if goal else {}), **columns}
    name = str(whole.get("name") or "")
    check_goal(name, whole)
    above = columns.get("parent_id")
    if above:
        parent = standing("goals", [above])[above]
        if goal is None or goal.row["parent_id"] != above:
            _require_seen(rights, parent)
        _refuse_circle(goal.record_id if goal else 0, above)
    if whole.get("state") == ACTIVE:
        check_in_force(name, whole)


def _require_seen(rights: Rights, parent: Standing) -> None:
    if not rights.sees("goals", parent):
        raise hidden(GOALS.label)


def _refuse_circle(goal: int, above: int) -> None:
    rows = select_rows(record_table("goals"), ["id", "parent_id"], [("parent_id > 0", None), ("NOT removed", None)])
    check_line(goal, {**{one: (parent,) for one, parent in rows}, goal: (above,)})


def _refuse_needed(entry: Entry, goal: Standing) -> None:
    """Refuse to end a goal that others refer to."""
    for name, column in (("goals", "parent_id"), ("ogsm_nodes", "goal_id")):
        ids = select_rows(record_table(name), ["id"], [among(column, [goal.record_id]), ("NOT removed", None)])
        found = standing(name, [one for (one,) in ids]).values()
        left = [one for one in found if one.versions and one.versions[-1].to_day > entry.day]
        if left:
            names = "、".join(one.name for one in left[:3])
            raise RuleError(
                Text(f"还有 {len(left)} 条承接它：{names}。", f"It is still referred to by {len(left)}: {names}."),
                Text("先把它们改到别的目标。", "Let these refer to another goal first."),
            )


def _links_of(goal: Standing) -> dict[int, Standing]:
    """Return what says which opportunities carry a goal, by opportunity."""
    met = [among("goal_id", [goal.record_id]), ("NOT removed", None)]
    rows = select_rows(record_table("goal_deals"), ["goal_id", "deal_id"], met)
    return {key[1]: one for key, one in standing_keys("goal_deals", rows).items()}


def _check_few(deals: Sequence[UUID]) -> None:
    if len(deals) > MOST_DEALS:
        raise RuleError(
            Text(f"一次最多关联 {MOST_DEALS} 条商机。", f"At most {MOST_DEALS} opportunities are linked at once."),
            Text("分几次做。", "Do it in several steps."),
        )


def _check_place(rights: Rights, goal: Standing, deal: Standing) -> None:
    """Refuse an opportunity outside the goal's unit, so that who looks after the unit sees all that carries it."""
    unit = rights.home(int(deal.row["owner_id"]), rights.day)
    if rights.viewer.whole or (unit in rights.tree and rights.tree.is_under(unit, int(goal.row["unit_id"]))):
        return
    raise RuleError(
        Text(f"商机 {deal.name} 不在目标的组织里。", f"Opportunity {deal.name} is not of the goal's unit."),
        Text("选这个组织的商机，或改目标的组织。", "Choose one of that unit, or change the goal's unit."),
    )
