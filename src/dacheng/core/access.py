"""Who may see and do what: pure functions; every channel asks them (R004).

A person's rights come from the roles he holds today. A role holds over a unit and
everything under it. What counts as "under" is the organisation of the Book's own
day, so that a manager's total equals what anyone else sees for his unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dacheng.core.errors import NotAllowed, Text
from dacheng.core.org.schema import ROLES
from dacheng.core.relation import FieldClass, Relation
from dacheng.core.tree import Tree

REP, MANAGER, SALES_OPS, EXECUTIVE, ADMIN, FINANCE = (number for number, _, _ in ROLES)
ROLE_CODE = {number: code for number, code, _ in ROLES}
ROLE_NUMBER = {code: number for number, code, _ in ROLES}
ROLE_LABEL = {number: label for number, _, label in ROLES}

SEES_UNITS = frozenset({MANAGER, SALES_OPS, EXECUTIVE, FINANCE})
"""Roles that see every row placed under the unit they are held over."""

SEES_MONEY = frozenset({MANAGER, SALES_OPS, EXECUTIVE, FINANCE})
"""Roles that see, and so may write, the class money-private (margin, cost)."""

NOBODY = 0
"""The person number of the system itself: command line and first set-up."""


@dataclass(frozen=True, slots=True)
class Held:
    """A role a person holds today over a unit."""

    role: int
    unit_id: int


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: his number and the roles he holds today.

    ``whole`` marks the system itself (command line on the owner's own machine).
    """

    person_id: int
    held: tuple[Held, ...] = ()
    whole: bool = False

    @property
    def roles(self) -> frozenset[int]:
        """Return the role numbers, without their units."""
        return frozenset(one.role for one in self.held)

    def holds(self, *roles: int) -> bool:
        """Tell whether one of the roles is held anywhere."""
        return self.whole or not self.roles.isdisjoint(roles)


SYSTEM = Viewer(person_id=NOBODY, whole=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows a viewer sees in a Book.

    Args:
        person_id: rows owned by this person are seen wherever they are placed.
        whole: every placed row is seen; ``units`` then lists all units.
        units: rows placed at these units are seen, ascending.
        classes: field classes that are shown; others are NULL.
    """

    person_id: int
    whole: bool
    units: tuple[int, ...]
    classes: frozenset[FieldClass]


def scope_of(viewer: Viewer, tree: Tree) -> Scope:
    """Return the scope of a viewer in the organisation of a Book's day."""
    tops = [one.unit_id for one in viewer.held if one.role in SEES_UNITS and one.unit_id in tree]
    units: set[int] = set(tree.unit_ids.tolist()) if viewer.whole else set()
    for top in tops:
        units.update(tree.subtree(top))
    return Scope(
        person_id=viewer.person_id,
        whole=viewer.whole or 0 < len(units) == len(tree),
        units=tuple(sorted(units)),
        classes=classes_seen(viewer),
    )


def sees(viewer: Viewer, tree: Tree, *, unit_id: int, owner_id: int) -> bool:
    """Tell whether a viewer sees one row: his own, or one placed under a unit he looks after.

    Args:
        unit_id: where the row counts; 0 = nowhere, which only its owner sees.
    """
    if viewer.whole or (owner_id != NOBODY and owner_id == viewer.person_id):
        return True
    tops = (one.unit_id for one in viewer.held if one.role in SEES_UNITS)
    return unit_id in tree and any(top in tree and tree.is_under(unit_id, top) for top in tops)


Reach = Literal["own", "units", "any"]
"""How far a right goes: own rows, rows under the units of the role, or everywhere."""

POLICY: dict[str, dict[int, Reach]] = {
    "deal.create": {REP: "own", MANAGER: "units", SALES_OPS: "units"},
    "deal.edit": {REP: "own", MANAGER: "units", SALES_OPS: "units"},
    "deal.reassign": {MANAGER: "units", SALES_OPS: "units"},
    "deal.verify_loss": {MANAGER: "units", SALES_OPS: "units"},
    "deal.merge": {MANAGER: "units", SALES_OPS: "units"},
    "contract.record": {REP: "own", MANAGER: "units", SALES_OPS: "units", FINANCE: "units"},
    "contract.edit": {MANAGER: "units", SALES_OPS: "units", FINANCE: "units"},
    "contract.approve": {EXECUTIVE: "units", FINANCE: "units"},
    "terms.edit": {REP: "own", MANAGER: "units", SALES_OPS: "units", FINANCE: "units"},
    "project.edit": {REP: "own", MANAGER: "units", SALES_OPS: "units", FINANCE: "units"},
    "cash.record": {SALES_OPS: "units", FINANCE: "units"},
    "cash.write_off": {FINANCE: "units", EXECUTIVE: "units"},
    "customer.edit": {REP: "any", MANAGER: "any", SALES_OPS: "any"},
    "customer.merge": {SALES_OPS: "any"},
    "contact.edit": {REP: "any", MANAGER: "any", SALES_OPS: "any"},
    "product.edit": {SALES_OPS: "any"},
    "stage.edit": {SALES_OPS: "any"},
    "loss_reason.edit": {SALES_OPS: "any"},
    "measure.edit": {SALES_OPS: "any"},
    "target.set": {MANAGER: "units", SALES_OPS: "units"},
    "action.plan": {MANAGER: "units", SALES_OPS: "units"},
    "action.record": {REP: "own", MANAGER: "units", SALES_OPS: "units"},
    "segment.edit": {SALES_OPS: "any"},
    "history.record": {SALES_OPS: "units", FINANCE: "units"},
    "factor.edit": {SALES_OPS: "any"},
    "figure.record": {MANAGER: "units", SALES_OPS: "units"},
    "plan.edit": {MANAGER: "units", SALES_OPS: "units"},
    "plan.answer": {REP: "own", MANAGER: "units", SALES_OPS: "units"},
    "plan.approve": {SALES_OPS: "units", EXECUTIVE: "units"},
    "plan.lock": {SALES_OPS: "units", EXECUTIVE: "units"},
    "estimate.edit": {MANAGER: "units", SALES_OPS: "units"},
    "estimate.adopt": {SALES_OPS: "units", EXECUTIVE: "units"},
    "inventory.fill": {REP: "own", MANAGER: "units", SALES_OPS: "units"},
    "inventory.challenge": {MANAGER: "units", SALES_OPS: "units"},
    "budget.edit": {SALES_OPS: "units", FINANCE: "units"},
    "release.approve": {EXECUTIVE: "units", FINANCE: "units"},
    "expense_category.edit": {SALES_OPS: "any", FINANCE: "any"},
    "expense.approve": {EXECUTIVE: "units", FINANCE: "units"},
    "expense.record": {REP: "own", MANAGER: "units", FINANCE: "units"},
    "goal.edit": {MANAGER: "units", SALES_OPS: "units", EXECUTIVE: "units"},
    "checklist_template.edit": {SALES_OPS: "any"},
    "checklist.edit": {MANAGER: "units", SALES_OPS: "units", EXECUTIVE: "units"},
    "market.edit": {SALES_OPS: "units"},
    "deal.assign": {SALES_OPS: "units", EXECUTIVE: "units"},
    "deal.accept": {REP: "own", MANAGER: "own", SALES_OPS: "own"},
    "import.commit": {SALES_OPS: "any"},
    "import.undo": {SALES_OPS: "any"},
    "period.close": {SALES_OPS: "any", FINANCE: "any"},
    "period.reopen": {SALES_OPS: "any", FINANCE: "any"},
    "book.freeze": {SALES_OPS: "any", FINANCE: "any"},
    "org.edit": {SALES_OPS: "any", ADMIN: "any"},
    "person.edit": {SALES_OPS: "any", ADMIN: "any"},
    "role.grant": {ADMIN: "any"},
    "grant.give": {ADMIN: "any", SALES_OPS: "any"},
    "account.invite": {ADMIN: "any"},
    "calendar.edit": {SALES_OPS: "any"},
    "rule.edit": {SALES_OPS: "any"},
    "company.found": {ADMIN: "any"},
    "log.read": {ADMIN: "any", SALES_OPS: "any"},
    "export.company": {SALES_OPS: "any"},
    "job.read": {ADMIN: "any"},
    "replica.read": {ADMIN: "any", SALES_OPS: "any"},
}
"""The one policy table: action -> role -> reach. What is not here nobody may do."""


def may(viewer: Viewer, action: str, tree: Tree, *, unit_id: int = 0, owner_id: int = 0) -> bool:
    """Tell whether a viewer may do an action on something at a unit, owned by somebody.

    Args:
        tree: today's organisation.
        unit_id: where the thing is; 0 = nowhere in particular.
        owner_id: whose it is; 0 = nobody's.
    """
    if viewer.whole:
        return True
    rights = POLICY[action]
    for one in viewer.held:
        reach = rights.get(one.role)
        if reach == "any":
            return True
        if reach == "units" and unit_id in tree and one.unit_id in tree and tree.is_under(unit_id, one.unit_id):
            return True
        if reach == "own" and owner_id == viewer.person_id:
            return True
    return False


def allow(viewer: Viewer, action: str, tree: Tree, *, unit_id: int = 0, owner_id: int = 0) -> None:
    """Refuse what a viewer may not do.

    Raises:
        NotAllowed: names the action and the roles that may.
    """
    if not may(viewer, action, tree, unit_id=unit_id, owner_id=owner_id):
        raise not_allowed(action)


def not_allowed(action: str) -> NotAllowed:
    """Return the error of somebody who may not do an action: it names the action and the roles that may."""
    label = ACTION_LABEL[action]
    return NotAllowed(
        Text(f"你没有这项权限：{label.zh}。", f"You may not do this: {label.en}."),
        who_may(action),
    )


def who_may(action: str) -> Text:
    """Say which roles may do an action."""
    roles = [ROLE_LABEL[role] for role in POLICY[action]]
    return Text(
        f"可以做的角色：{'、'.join(role.zh for role in roles)}。请联系销售运营。",
        f"Roles that may: {', '.join(role.en for role in roles)}. Ask sales operations.",
    )


ACTION_LABEL: dict[str, Text] = {
    "deal.create": Text("新建商机", "create an opportunity"),
    "deal.edit": Text("修改商机", "edit an opportunity"),
    "deal.reassign": Text("转移商机", "reassign an opportunity"),
    "deal.verify_loss": Text("核实丢单类别", "verify why an opportunity was lost"),
    "deal.merge": Text("合并商机", "merge opportunities"),
    "contract.record": Text("登记合同", "record a contract"),
    "contract.edit": Text("修改合同", "edit a contract"),
    "contract.approve": Text("批准补签合同", "approve a late signing"),
    "customer.edit": Text("修改客户", "edit an account"),
    "customer.merge": Text("合并客户", "merge accounts"),
    "contact.edit": Text("修改联系人", "edit contacts"),
    "product.edit": Text("修改产品", "edit a product"),
    "stage.edit": Text("修改阶段与赢率", "edit stages and win rates"),
    "loss_reason.edit": Text("修改丢单类别", "edit the categories of loss"),
    "measure.edit": Text("修改指标", "edit measures"),
    "factor.edit": Text("修改分解因子", "edit the factors of breakdowns"),
    "figure.record": Text("填写因子的数", "state figures of factors"),
    "plan.edit": Text("编制目标方案", "work on a plan"),
    "plan.answer": Text("协商目标", "talk about a target"),
    "plan.approve": Text("批准目标方案", "approve a plan"),
    "plan.lock": Text("锁定目标方案", "lock a plan"),
    "target.set": Text("填写目标", "set targets"),
    "action.plan": Text("填写动作目标", "set action targets"),
    "action.record": Text("登记动作", "record actions"),
    "segment.edit": Text("修改划分项", "edit segments"),
    "history.record": Text("登记历史业绩", "record lines of history"),
    "estimate.edit": Text("测算目标", "estimate targets"),
    "estimate.adopt": Text("采用测算", "adopt an estimate"),
    "inventory.fill": Text("填写机会盘点", "fill the opportunity inventory"),
    "inventory.challenge": Text("质询机会盘点", "challenge the opportunity inventory"),
    "budget.edit": Text("编制预算", "make a budget"),
    "release.approve": Text("批准预算与费用释放", "approve budgets and releases"),
    "terms.edit": Text("约定和跟进付款条件", "agree and follow payment terms"),
    "project.edit": Text("计划和跟进交付项目", "plan and follow delivery projects"),
    "cash.record": Text("登记收款、发票与确收", "record receipts, invoices and recognition"),
    "cash.write_off": Text("核销坏账", "write off what is not collected"),
    "expense_category.edit": Text("修改费用类别", "edit the categories of expenses"),
    "expense.approve": Text("批准超支的费用", "approve expenses beyond the budget"),
    "expense.record": Text("登记费用", "record an expense"),
    "goal.edit": Text("制定战略目标", "set strategic goals"),
    "checklist_template.edit": Text("修改清单模板", "edit the templates of checklists"),
    "checklist.edit": Text("开清单、勾完成", "work on checklists"),
    "market.edit": Text("填写市场数据", "state market facts"),
    "deal.assign": Text("指派商机", "assign opportunities"),
    "deal.accept": Text("承接指派的商机", "accept an assigned opportunity"),
    "import.commit": Text("导入数据", "import data"),
    "import.undo": Text("撤销导入", "undo an import"),
    "period.close": Text("关账", "close a period"),
    "period.reopen": Text("重新打开期间", "reopen a period"),
    "book.freeze": Text("存档", "freeze a Book"),
    "org.edit": Text("修改组织", "edit the organisation"),
    "person.edit": Text("修改人员", "edit people"),
    "role.grant": Text("授予角色", "grant a role"),
    "grant.give": Text("授权查看", "grant access to a record"),
    "account.invite": Text("发登录链接", "send a sign-in link"),
    "calendar.edit": Text("修改工作日历", "edit the working calendar"),
    "rule.edit": Text("修改规则", "edit rules"),
    "company.found": Text("建立公司", "set up the company"),
    "log.read": Text("查看日志", "read the log"),
    "export.company": Text("导出全公司数据", "export the company's data"),
    "job.read": Text("查看全部后台任务", "see all background jobs"),
    "replica.read": Text("查看列存副本", "see the columnar replica"),
}


def classes_seen(viewer: Viewer) -> frozenset[FieldClass]:
    """Return the field classes that a viewer sees, and so may write."""
    if viewer.whole or not viewer.roles.isdisjoint(SEES_MONEY):
        return frozenset({"public", "contact-private", "money-private"})
    return frozenset({"public", "contact-private"})


def refuse_unseen(viewer: Viewer, relation: Relation, names: Iterable[str]) -> None:
    """Refuse to write columns that a viewer may not read: he cannot tell what he would overwrite.

    Raises:
        NotAllowed: names the first one and the roles that may.
    """
    seen, wanted = classes_seen(viewer), set(names)
    for column in relation.columns:
        if column.name in wanted and column.field_class not in seen:
            roles = [ROLE_LABEL[role] for role in sorted(SEES_MONEY)]
            raise NotAllowed(
                Text(
                    f"你看不到「{column.label.zh}」，所以不能填写。",
                    f"You do not see {column.label.en}, so you cannot set it.",
                ),
                Text(
                    f"去掉这一项再保存；可以填写的角色：{'、'.join(role.zh for role in roles)}。",
                    f"Leave it out; roles that may set it: {', '.join(role.en for role in roles)}.",
                ),
            )
