"""Why somebody sees a record or does not (``/why``): the access rules in words."""

from __future__ import annotations

from dataclasses import dataclass

from dacheng.core.access import POLICY, ROLE_LABEL, SEES_MONEY, SEES_UNITS, Viewer, may
from dacheng.core.errors import Text
from dacheng.core.tree import Tree


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule and whether it lets the person see the record."""

    holds: bool
    text: Text


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a person sees a record, by which rules, and what he may do with it."""

    sees: bool
    reasons: tuple[Reason, ...]
    may: tuple[str, ...]
    sees_money: bool


def explain(
    viewer: Viewer, tree: Tree, unit_names: dict[int, str], *, owner_id: int, unit_id: int, granted: bool
) -> Explanation:
    """Explain a record placed at a unit and owned by somebody.

    Args:
        tree: today's organisation; unit_names: names of the units of the roles and of the place.
        granted: an explicit grant holds today.
    """
    reasons = [
        _owner(viewer.person_id == owner_id),
        *(_role(viewer, tree, unit_names, unit_id)),
        _grant(granted),
    ]
    actions = tuple(action for action in POLICY if _allowed(viewer, action, tree, unit_id, owner_id))
    money = viewer.whole or not viewer.roles.isdisjoint(SEES_MONEY)
    return Explanation(any(one.holds for one in reasons), tuple(reasons), actions, money)


def _allowed(viewer: Viewer, action: str, tree: Tree, unit_id: int, owner_id: int) -> bool:
    return action.startswith("deal.") and may(viewer, action, tree, unit_id=unit_id, owner_id=owner_id)


def _owner(holds: bool) -> Reason:
    yes = Text("本人是负责人。", "Is the owner.")
    no = Text("本人不是负责人。", "Is not the owner.")
    return Reason(holds, yes if holds else no)


def _role(viewer: Viewer, tree: Tree, unit_names: dict[int, str], unit_id: int) -> list[Reason]:
    place = unit_names.get(unit_id, "")
    found = []
    for one in viewer.held:
        role, top = ROLE_LABEL[one.role], unit_names.get(one.unit_id, "")
        if one.role not in SEES_UNITS:
            zh, en = f"角色「{role.zh}」不看别人的业务数据。", f"The role {role.en} sees nothing of others."
            found.append(Reason(False, Text(zh, en)))
            continue
        under = one.unit_id in tree and unit_id in tree and tree.is_under(unit_id, one.unit_id)
        zh = f"角色「{role.zh}」的范围是「{top}」，{'包含' if under else '不包含'}所在组织「{place}」。"
        en = f"The role {role.en} covers {top}, which {'contains' if under else 'does not contain'} {place}."
        found.append(Reason(under, Text(zh, en)))
    return found or [Reason(False, Text("今天没有任何角色。", "Holds no role today."))]


def _grant(granted: bool) -> Reason:
    yes = Text("有一条今天有效的授权；只能看，不计入合计。", "A grant holds today: listed apart, in no total.")
    no = Text("没有今天有效的单独授权。", "No grant holds today.")
    return Reason(granted, yes if granted else no)
