"""Nobody and nothing falls out of the tree: checked inside the transaction, after the change."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from dacheng.core.errors import RuleError, Text
from dacheng.core.org.edges import Fault, first_fault, homeless
from dacheng.core.period import FIRST_DAY, date_of
from dacheng.core.schema import RELATIONS
from dacheng.store.standing import every, standing, standing_keys, standing_uid

SHOWN = 5
PARENT_AT = [column.name for column in RELATIONS["units"].values].index("parent_id")


def check_tree(since_day: int = FIRST_DAY) -> None:
    """Refuse an organisation that is no tree on some day from a day on.

    Raises:
        RuleError: names the units, the day and what is wrong.
    """
    units = every("units")
    fault = first_fault({at: one.versions for at, one in units.items()}, PARENT_AT, since_day)
    if fault is not None:
        raise fault_error(fault, [units[at].name if at in units else "?" for at in fault.units])


def check_homes(people: Iterable[int]) -> None:
    """Refuse people without a home unit on some day from their first to forever.

    Raises:
        RuleError: names them.
    """
    found = standing("people", people)
    homes = {key[0]: one.versions for key, one in standing_keys("assignments", [(at,) for at in found]).items()}
    without = [found[at].name for at in homeless({at: one.first_day for at, one in found.items()}, homes)]
    if without:
        raise no_home(without)


def unit_open_on(uid: UUID, day: int) -> int:
    """Return the number of a unit that is open on a day.

    Raises:
        NotFound: there is no such unit. RuleError: it is closed, or begins later.
    """
    unit = standing_uid("units", uid)
    held = unit.on(RELATIONS["units"], day)
    if held and not held["closed"]:
        return unit.record_id
    state = Text("已撤销", "is closed") if held else Text("还没有成立", "does not exist yet")
    raise RuleError(
        Text(f"组织 {unit.name} 在 {date_of(day)} {state.zh}。", f"Unit {unit.name} {state.en} on {date_of(day)}."),
        Text("请选当天有效的组织，或换一个日期。", "Choose a unit that is open on that day, or another day."),
    )


def no_home(names: list[str]) -> RuleError:
    """Return the error of people without a home unit."""
    shown = "、".join(names[:SHOWN]) + (f" … (+{len(names) - SHOWN})" if len(names) > SHOWN else "")
    return RuleError(
        Text(f"{shown} 不是每一天都有归属组织。", f"Without a home unit on some day: {shown}."),
        Text(
            "给出归属组织和从首日起的日期；离职的人留在最后的组织。",
            "Give a home unit from the first day on; a leaver keeps the last one.",
        ),
    )


def fault_error(fault: Fault, names: list[str]) -> RuleError:
    """Return the error of a broken organisation, its units by name."""
    day, names = date_of(fault.day), names[:SHOWN]
    if fault.kind == "circle":
        path = " → ".join(names)
        return RuleError(
            Text(f"{day} 起组织会成环：{path}。", f"From {day} the organisation would run in a circle: {path}."),
            Text("请选不在它下面的上级。", "Choose a parent that is not below it."),
        )
    listed = "、".join(names)
    if fault.kind == "tops":
        return RuleError(
            Text(f"{day} 起有多个最上级组织：{listed}。", f"From {day} more than one unit has no parent: {listed}."),
            Text("只留一个最上级，给其余的选上级。", "Keep one at the top and give the others a parent."),
        )
    return RuleError(
        Text(
            f"{day} 起这些组织的上级还不存在：{listed}。", f"From {day} these units have no standing parent: {listed}."
        ),
        Text("请选当天已存在的上级，或把日期改晚。", "Choose a parent that stands on that day, or a later day."),
    )
