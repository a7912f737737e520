"""Customers, products, stages, categories of loss, measures, segments, and lines of history: records of one shape.

A list, one record, create, edit: one function declares all four.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ninja import Router

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import Done, Limit, Offset, Saved, edit_schema, listed_schema, new_schema, shown_schema
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.api.reports import register as register_report
from dacheng.core.errors import Text
from dacheng.core.report import report_named
from dacheng.service.records import listed, one_customer, one_record
from dacheng.store.actions import (
    actuals,
    checklist_templates,
    checklists,
    customers,
    expense_categories,
    factors,
    goals,
    loss_reasons,
    markets,
    ogsm,
    products,
    segments,
    stages,
    targets,
)

Action = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of record.

    Args:
        path, one: of its addresses and operation ids: ``stage-sets`` and ``stage_set``.
        right: the action of the policy for creating and editing.
        dated: an edit holds from a day on.
        made: columns that get a value of their own.
    """

    relation: str
    path: str
    one: str
    label: Text
    right: str
    create: Action
    edit: Action | None = None
    dated: bool = False
    made: tuple[str, ...] = ("code",)


CUSTOMERS = Resource(
    "customers",
    "customers",
    "customer",
    Text("客户", "an account"),
    "customer.edit",
    customers.create_customer,
    customers.edit_customer,
)
RESOURCES = (
    Resource(
        "products",
        "products",
        "product",
        Text("产品", "a product"),
        "product.edit",
        products.create_product,
        products.edit_product,
        dated=True,
    ),
    Resource(
        "stage_sets", "stage-sets", "stage_set", Text("阶段集", "a stage set"), "stage.edit", stages.create_stage_set
    ),
    Resource(
        "stages",
        "stages",
        "stage",
        Text("阶段", "a stage"),
        "stage.edit",
        stages.create_stage,
        stages.edit_stage,
        dated=True,
    ),
    Resource(
        "loss_reasons",
        "loss-reasons",
        "loss_reason",
        Text("丢单类别", "a category of loss"),
        "loss_reason.edit",
        loss_reasons.create_loss_reason,
        loss_reasons.edit_loss_reason,
        dated=True,
    ),
    Resource(
        "expense_categories",
        "expense-categories",
        "expense_category",
        Text("费用类别", "a category of expenses"),
        "expense_category.edit",
        expense_categories.create_expense_category,
        expense_categories.edit_expense_category,
        dated=True,
    ),
    Resource(
        "checklist_templates",
        "checklist-templates",
        "checklist_template",
        Text("清单模板", "an item of a checklist's template"),
        "checklist_template.edit",
        checklist_templates.create_checklist_template,
        checklist_templates.edit_checklist_template,
        dated=True,
    ),
    Resource(
        "measures",
        "measures",
        "measure",
        Text("指标", "a measure"),
        "measure.edit",
        targets.create_measure,
        targets.edit_measure,
        made=(),
    ),
    Resource(
        "segments",
        "segments",
        "segment",
        Text("划分项", "a segment"),
        "segment.edit",
        segments.create_segment,
        segments.edit_segment,
    ),
    Resource(
        "actuals",
        "actuals",
        "actual",
        Text("历史业绩明细", "a line of history"),
        "history.record",
        actuals.record_actual,
        actuals.correct_actual,
    ),
    Resource(
        "market_facts",
        "market-facts",
        "market_fact",
        Text("市场数据", "a market fact"),
        "market.edit",
        markets.create_market_fact,
        markets.edit_market_fact,
        dated=True,
    ),
    Resource(
        "factors",
        "factors",
        "factor",
        Text("分解因子", "a factor of breakdowns"),
        "factor.edit",
        factors.create_factor,
        factors.edit_factor,
    ),
    Resource(
        "factor_figures",
        "factor-figures",
        "factor_figure",
        Text("因子的数", "a figure of a factor"),
        "figure.record",
        factors.record_figure,
        factors.correct_figure,
    ),
    Resource(
        "themes",
        "themes",
        "theme",
        Text("战略主题", "a strategic theme"),
        "goal.edit",
        goals.create_theme,
        goals.edit_theme,
        dated=True,
    ),
    Resource(
        "goals",
        "goals",
        "goal",
        Text("战略目标", "a strategic goal"),
        "goal.edit",
        goals.create_goal,
        goals.edit_goal,
        dated=True,
    ),
    Resource(
        "ogsm_nodes",
        "ogsm-nodes",
        "ogsm_node",
        Text("OGSM 条目", "an OGSM entry"),
        "goal.edit",
        ogsm.create_ogsm_node,
        ogsm.edit_ogsm_node,
        dated=True,
    ),
    Resource(
        "checklist_items",
        "checklist-items",
        "checklist_item",
        Text("清单事项", "an item of a checklist"),
        "checklist.edit",
        checklists.create_item,
        checklists.edit_item,
    ),
)

router = Router(tags=["catalogue"])


def _named(resource: Resource) -> str:
    return "".join(part.capitalize() for part in resource.one.split("_"))


def _add_list(resource: Resource, shown: Any) -> None:
    page_schema = listed_schema(f"{_named(resource)}List", shown)

    def view(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
        """Records that stand at the end of a day, the first recorded first."""
        page = listed(resource.relation, request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
        return page_schema(count=page.count, rows=page.rows)

    title = Text(f"{resource.label.zh}清单", f"List {resource.path.replace('-', ' ')}")
    operation(router, "GET", f"/{resource.path}", page_schema, title, right=SEEN, name=f"list_{resource.relation}")(
        view
    )


def _add_one(resource: Resource, shown: Any) -> None:
    def view(request: Call, uid: UUID, as_of: str = "") -> Any:
        """One record as it stood at the end of a day; the name of now, no version on a day that is over."""
        caller = request.auth
        book = caller.book({"as_of": as_of})
        if resource is CUSTOMERS:
            return shown(**one_customer(uid, book, caller.viewer, caller.at))
        return shown(**one_record(resource.relation, uid, book))

    title = Text(resource.label.zh, f"Show {resource.label.en}")
    path = f"/{resource.path}/{{uuid:uid}}"
    operation(router, "GET", path, shown, title, right=SEEN, name=f"show_{resource.one}")(view)


def _add_create(resource: Resource) -> None:
    def view(request: Call, body: Any) -> Saved:
        """Create a record; a code is made where none is given and none is required."""
        caller = request.auth
        return saved(resource.create(actor=caller.viewer, at=caller.at, values=body.columns()))

    title = Text(f"新建{resource.label.zh}", f"Create {resource.label.en}")
    body = new_schema(f"New{_named(resource)}", resource.relation, made=resource.made)
    more = {"right": resource.right, "name": f"create_{resource.one}", "body": body, "status": 201}
    operation(router, "POST", f"/{resource.path}", Saved, title, **more)(view)


def _add_edit(resource: Resource, edit: Action) -> None:
    def view(request: Call, uid: UUID, body: Any) -> Saved:
        """Change a record; dated values hold from a day on, today unless given."""
        caller = request.auth
        day = {"on": body.day} if resource.dated else {}
        with telling_conflicts(resource.relation, caller):
            values = body.columns()
            done = edit(actor=caller.viewer, at=caller.at, uid=uid, values=values, version=body.version, **day)
            return saved(done)

    title = Text(f"修改{resource.label.zh}", f"Edit {resource.label.en}")
    body = edit_schema(f"{_named(resource)}Edit", resource.relation, dated=resource.dated)
    more = {"right": resource.right, "name": f"edit_{resource.one}", "body": body}
    operation(router, "PATCH", f"/{resource.path}/{{uuid:uid}}", Saved, title, **more)(view)


def _add(resource: Resource) -> None:
    shown = shown_schema(_named(resource), resource.relation)
    if resource is not CUSTOMERS:
        _add_list(resource, shown)
    _add_one(resource, shown)
    _add_create(resource)
    if resource.edit is not None:
        _add_edit(resource, resource.edit)


@operation(
    router,
    "DELETE",
    "/actuals/{uuid:uid}",
    Done,
    Text("删除历史业绩明细", "Remove a line of history"),
    right="history.record",
)
def remove_actual(request: Call, uid: UUID) -> Done:
    """Remove a line of history that should never have been; the log keeps it, and an undo brings it back."""
    caller = request.auth
    return Done(changed=actuals.remove_actuals(actor=caller.viewer, at=caller.at, uids=[uid]) > 0)


@operation(
    router,
    "DELETE",
    "/factor-figures/{uuid:uid}",
    Done,
    Text("删除因子的数", "Remove a figure of a factor"),
    right="figure.record",
)
def remove_factor_figure(request: Call, uid: UUID) -> Done:
    """Remove a figure that should never have been; the log keeps it."""
    caller = request.auth
    return Done(changed=factors.remove_figures(actor=caller.viewer, at=caller.at, uids=[uid]) > 0)


register_report(router, report_named("customers/accounts"), "/customers", "list_customers")
for _resource in (CUSTOMERS, *RESOURCES):
    _add(_resource)
