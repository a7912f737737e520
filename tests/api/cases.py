"""One working call of every operation, on something within each role's reach.

Expected answers are not written here: they follow from the policy and from who sees what.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from dacheng.api.plan_workbook import XLSX
from dacheng.core.access import POLICY, REP, SEES_UNITS, SYSTEM
from dacheng.core.budget.schema import APPROVED
from dacheng.core.errors import RuleError, Text
from dacheng.core.org.schema import SECONDMENT
from dacheng.core.period import Period, parse_period, ym_at
from dacheng.core.plans.cutting import cut_table
from dacheng.service.annual_plans import lock
from dacheng.service.books import open_database
from dacheng.service.freezing import freeze
from dacheng.service.job_running import run
from dacheng.service.plan_adjustments import Wish, ask_for
from dacheng.service.plan_parts import split_row
from dacheng.service.plan_workbook import write_plan_workbook
from dacheng.service.plans import break_down, cut, open_plan
from dacheng.service.report_jobs import ask_export, asked_export
from dacheng.service.wire import amount_text
from dacheng.store.actions.accounts import issue_token
from dacheng.store.actions.actuals import record_actual
from dacheng.store.actions.annual_plans import LOCKED
from dacheng.store.actions.assigning import assign_new_deal
from dacheng.store.actions.budgets import decide_budget, draft_budget
from dacheng.store.actions.checklist_templates import create_checklist_template
from dacheng.store.actions.checklists import create_item
from dacheng.store.actions.contacts import create_contact
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.customers import create_customer
from dacheng.store.actions.deals import close_deal, edit_deal
from dacheng.store.actions.dunning import record_promise, record_step
from dacheng.store.actions.engagements import start_engagement
from dacheng.store.actions.estimates import Estimated, choose_tiers, submit_estimate
from dacheng.store.actions.expense_categories import create_expense_category
from dacheng.store.actions.expenses import record_expense
from dacheng.store.actions.factors import create_factor, record_figure
from dacheng.store.actions.goals import create_goal, create_theme, link_deals
from dacheng.store.actions.import_mappings import save_mapping
from dacheng.store.actions.imports import commit_import
from dacheng.store.actions.inventory import fill_line
from dacheng.store.actions.invoices import record_invoice
from dacheng.store.actions.loss_reasons import create_loss_reason
from dacheng.store.actions.markets import create_market_fact
from dacheng.store.actions.ogsm import create_ogsm_node
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.plan_undo import entry_of_save
from dacheng.store.actions.plans import create_plan, move_plan
from dacheng.store.actions.projects import reach_milestone, record_project
from dacheng.store.actions.receipts import record_receipt
from dacheng.store.actions.recognitions import record_recognition, write_off
from dacheng.store.actions.recording import Saved
from dacheng.store.actions.releases import decide_release, propose_release
from dacheng.store.actions.rights import give_grant
from dacheng.store.actions.segments import create_segment
from dacheng.store.actions.terms import set_terms, terms_of
from dacheng.store.actions.transfers import transfer_person
from dacheng.store.actions.views import delete_view, save_view
from dacheng.store.handing import Ways
from dacheng.store.history import microseconds
from dacheng.store.identity import stored_uid
from dacheng.store.models import RECORDS, Budget, BudgetLine, ImportBatch, LogEntry, SavedView
from dacheng.store.standing import standing_uid
from dacheng.store.triggering import milestones_of
from tests.api.calling import Form, account
from tests.store.budget_drafts import FIRST_QUARTER, draft
from tests.store.company import AT, actor, month, number, on, uid
from tests.store.test_plan_workbook import with_cells

Call = tuple[str, Any]
"""Path and body."""

EVERYBODY, LOOKING_AFTER, OWNER_TOO = "everybody", "looking after", "owner too"
CUSTOMERS_CSV = "客户号,客户名称\nK9,新客户\n".encode()


@dataclass(frozen=True)
class Case:
    """How an operation is called.

    Args:
        call: person's code -> path and body, on the database in use.
        seen_by: who sees what it is about; others get 404 where it is hidden first.
        hides: the operation looks for its record before it asks for the right.
        edited_by: the action whose roles see it as well, because they edit it everywhere.
    """

    call: Callable[[str], Call]
    seen_by: str = EVERYBODY
    hides: bool = False
    edited_by: str = ""

    def is_seen(self, role: int) -> bool:
        """Tell whether a role sees what the call is about."""
        return (
            self.seen_by == EVERYBODY
            or role in SEES_UNITS
            or (self.seen_by == OWNER_TOO and role == REP)
            or (self.edited_by != "" and role in POLICY[self.edited_by])
        )


def at(path: str, body: Any = None) -> Callable[[str], Call]:
    """Return a call that is the same for everybody; ``{relation:code}`` in the path becomes a public id."""
    return lambda code: (_filled(path), body() if callable(body) else body)


def _filled(path: str) -> str:
    if "{" not in path:
        return path
    before, _, rest = path.partition("{")
    named, _, after = rest.partition("}")
    relation, _, code = named.partition(":")
    return f"{before}{uid(relation, code)}{after}"


def text(relation: str, code: str) -> str:
    """Return a public id as it stands in JSON."""
    return str(uid(relation, code))


def contract() -> UUID:
    """Record a contract of 李雷."""
    values = {"name": "一期", "owner_id": uid("people", "li"), "signed_day": on(6, 1), "effective_day": on(6, 1)}
    return record_contract(actor=SYSTEM, at=AT, values=values, lines=[Line(amount=1_000_00)]).uid


def late_contract() -> UUID:
    """Record a contract of 李雷 that takes effect in a closed month."""
    closed_may()
    values = {"name": "补签", "owner_id": uid("people", "li"), "signed_day": on(5, 20), "effective_day": on(5, 20)}
    return record_contract(actor=SYSTEM, at=AT, values=values, lines=[Line(amount=1_000_00)]).uid


def paid_contract() -> tuple[UUID, UUID]:
    """Record a contract of 李雷 with one payment term; return both."""
    own = contract()
    terms = [{"amount": 1_000_00, "due_day": on(6, 20)}]
    set_terms(actor=SYSTEM, at=AT, contract=own, terms=terms)
    (term,) = terms_of([standing_uid("contracts", own).record_id]).values()
    return own, term.uid


def delivery() -> tuple[UUID, UUID]:
    """Record a delivery project of a contract of 李雷 with one milestone; return both."""
    values = {"name": "一期", "owner_id": uid("people", "li"), "signed_day": on(6, 1), "effective_day": on(6, 1)}
    lines = [Line(amount=1_130_00, amount_ex=1_000_00)]
    own = record_contract(actor=SYSTEM, at=AT, values=values, lines=lines).uid
    steps = [{"name": "终验", "planned_day": on(6, 10), "share_bp": 10_000}]
    made = record_project(actor=SYSTEM, at=AT, values={"contract_id": own, "start_day": on(6, 1)}, milestones=steps)
    (step,) = milestones_of(standing_uid("contracts", own).record_id).values()
    return made.uid, step.uid


def _earned(code: str) -> Call:
    project, step = delivery()
    reach_milestone(actor=SYSTEM, at=AT, uid=step, on=on(6, 2))
    return f"/projects/{project}/recognise", {"day": "2026-06-10"}


def receipt() -> UUID:
    """Record a receipt of 李雷 that pays nothing yet."""
    values = {"day": on(6, 10), "amount": 100_00, "owner_id": uid("people", "li")}
    return record_receipt(actor=SYSTEM, at=AT, values=values).uid


def allocation() -> UUID:
    """Record a receipt of 李雷 and return what of it is set against nothing."""
    receipt()
    return _latest("allocations")


def recognition() -> UUID:
    """Record recognition of a contract of 李雷."""
    _, values = _recognised("")
    given = {**values, "contract_id": UUID(values["contract_id"]), "day": on(6, 10), "amount_ex": 100_00}
    return record_recognition(actor=SYSTEM, at=AT, values=given).uid


def written_off() -> UUID:
    """Write off a part of a term of 李雷."""
    values = {"term_id": paid_contract()[1], "day": on(6, 10), "amount": 8_00, "name": "尾差"}
    return write_off(actor=SYSTEM, at=AT, values=values).uid


def stepped() -> UUID:
    """Record a dunning step of a term of 李雷."""
    return record_step(actor=SYSTEM, at=AT, values={"term_id": paid_contract()[1], "day": on(6, 10)}).uid


def promised() -> UUID:
    """Record a promise of a term of 李雷."""
    values = {"term_id": paid_contract()[1], "day": on(6, 10), "promised_day": on(6, 20)}
    return record_promise(actor=SYSTEM, at=AT, values=values).uid


def _latest(relation: str) -> UUID:
    return stored_uid(RECORDS[relation].objects.order_by("id").last().uid)


def invoice() -> UUID:
    """Record an invoice of a contract of 李雷."""
    values = {"contract_id": contract(), "day": on(6, 10), "amount": 100_00}
    return record_invoice(actor=SYSTEM, at=AT, values=values).uid


def _recognised(code: str) -> Call:
    values = {"name": "一期", "owner_id": uid("people", "li"), "signed_day": on(6, 1), "effective_day": on(6, 1)}
    lines = [Line(amount=1_130_00, amount_ex=1_000_00)]
    own = record_contract(actor=SYSTEM, at=AT, values=values, lines=lines).uid
    return "/recognitions", {"contract_id": str(own), "day": "2026-06-10", "amount_ex": "100.00"}


def budget(*, approved: bool = False) -> Saved:
    """Make a budget of 华东 for a year that has none yet; approved, its first quarter can be released."""
    first = month(1, 2026 + Budget.objects.count())
    own = draft(span=Period(first, first + 12))
    made = draft_budget(actor=SYSTEM, at=AT, draft=own)
    if not approved:
        return made
    return decide_budget(actor=SYSTEM, at=AT, uid=made.uid, state=APPROVED, version=made.version)


def release() -> Saved:
    """Propose the first release of a new budget of 华东."""
    made = budget(approved=True)
    first = Budget.objects.get(uid=made.uid).first_ym
    figures = replace(FIRST_QUARTER, period=Period(first, first + 3))
    return propose_release(actor=SYSTEM, at=AT, budget=made.uid, figures=figures)


def project_line() -> UUID:
    """Make a budget of 华东 with a project that waits for approval."""
    first = month(1, 2026 + Budget.objects.count())
    draft_budget(actor=SYSTEM, at=AT, draft=draft(span=Period(first, first + 12), project=90_00))
    return BudgetLine.objects.order_by("-id").first().uid


def expense(over: Text | None = None, **more: str) -> UUID:
    """Record an expense of 李雷, one that would overspend where it is said by how much."""
    values = {
        "day": on(6, 1),
        "amount": 300_00,
        "person_id": uid("people", "li"),
        "unit_id": uid("units", "SH"),
        **more,
    }
    return record_expense(actor=SYSTEM, at=AT, values=values, judge=lambda columns, own: over).uid


def _budget_draft() -> dict[str, Any]:
    year = 2026 + Budget.objects.count()
    return {
        "unit_id": text("units", "EAST"),
        "measure_id": text("measures", "contract"),
        "first_month": f"{year}-01",
        "last_month": f"{year}-12",
        "fixed": "1200.00",
        "rates": [{"measure_id": text("measures", "contract"), "rate_bp": 500}],
        "projects": [{"name": "试点", "amount": "90.00", "first_month": f"{year}-02", "last_month": f"{year}-04"}],
    }


def _redrafted(code: str) -> Call:
    body = _budget_draft()
    return f"/budgets/{budget().uid}", body | {"version": 1}


def _more_released(code: str) -> Call:
    made = release()
    decide_release(actor=SYSTEM, at=AT, uid=made.uid, approve=False, version=None)
    again = Budget.objects.order_by("-id").first()
    less = replace(FIRST_QUARTER, period=Period(again.first_ym, again.first_ym + 3), variable=0)
    given = propose_release(actor=SYSTEM, at=AT, budget=again.uid, figures=less)
    decide_release(actor=SYSTEM, at=AT, uid=given.uid, approve=True, version=None)
    year = again.first_ym // 12
    months = {"first_month": f"{year}-01", "last_month": f"{year}-03"}
    return f"/budgets/{again.uid}/exceptions", months | {"variable": "10.00", "reason": "重点项目"}


def contact() -> UUID:
    """Create a contact of 华能电力, whom 李雷 sells to."""
    values = {"name": "陈立", "customer_id": uid("customers", "C1"), "phone": "13900000001"}
    return create_contact(actor=SYSTEM, at=AT, values=values).uid


def batch() -> UUID:
    """Commit an import of one customer."""
    from dacheng.core.staging import Batch, Staged

    rows = (Staged("customers", "K7", {"name": "批次客户"}, 0),)
    commit_import(actor=SYSTEM, at=AT, batch=Batch("test", "test.csv", "CNY", rows))
    return UUID(str(ImportBatch.objects.get().uid))


def last_entry() -> str:
    """Return the name of the latest entry of the log."""
    return str(LogEntry.objects.order_by("-seq").values_list("hash", flat=True)[0])


def targets() -> Form:
    """Return a form with a small target sheet of Shanghai."""
    sheet = SimpleUploadedFile("targets.csv", "姓名,2027-01\n李雷,5\n".encode(), "text/csv")
    return Form(files=sheet, unit="SH", period="2027")


def files() -> Form:
    """Return a form with one small file."""
    return Form(files=SimpleUploadedFile("customers.csv", CUSTOMERS_CSV, "text/csv"))


def closed_may() -> None:
    """Close May 2026; where another case closed it already, it stays closed."""
    with suppress(RuleError):
        close_period(actor=SYSTEM, at=AT, ym=month(5))


def _segment() -> str:
    """Create a segment."""
    return str(create_segment(actor=SYSTEM, at=AT, values={"name": "智能终端"}).uid)


def _actual() -> str:
    """Record what the unit of 李雷 brought in the year before."""
    values = {"unit_id": uid("units", "SH"), "measure_id": uid("measures", "contract"), "amount": 1, "day": 20_000}
    return str(record_actual(actor=SYSTEM, at=AT, values=values).uid)


def goal(**values: Any) -> UUID:
    """State a goal of 上海组."""
    given = {"name": "县域门店", "unit_id": uid("units", "SH"), **values}
    return create_goal(actor=SYSTEM, at=AT, values=given).uid


def _linked_goal() -> UUID:
    """State a goal that D1 carries."""
    found = goal()
    link_deals(actor=SYSTEM, at=AT, uid=found, deals=[uid("deals", "D1")])
    return found


def _theme() -> UUID:
    values = {"name": "高端突破", "unit_id": uid("units", "SH"), "year": 2026}
    return create_theme(actor=SYSTEM, at=AT, values=values).uid


def _market() -> UUID:
    number = LogEntry.objects.count()
    values = {"name": f"水务 {number}", "unit_id": uid("units", "SH"), "year": 2026}
    return create_market_fact(actor=SYSTEM, at=AT, values=values).uid


def _factor() -> UUID:
    return create_factor(actor=SYSTEM, at=AT, values={"name": "门店数"}).uid


def _figure_values() -> dict[str, Any]:
    return {"factor_id": str(_factor()), "unit_id": text("units", "SH"), "value": 120}


def _figure() -> UUID:
    return record_figure(actor=SYSTEM, at=AT, values=_figure_values()).uid


def _node(unit: str = "SH", kind: int = 1) -> UUID:
    values = {"name": "做强", "unit_id": uid("units", unit), "year": 2026, "kind": kind}
    return create_ogsm_node(actor=SYSTEM, at=AT, values=values).uid


def _item() -> UUID:
    values = {"name": "发布指标", "kind": 4, "unit_id": uid("units", "SH"), "year": 2026}
    return create_item(actor=SYSTEM, at=AT, values=values).uid


def _of_unit(**more: Any) -> Callable[[], dict[str, Any]]:
    """Return a body about 上海组."""
    return lambda: {"name": "新的", "unit_id": text("units", "SH"), **more}


def _assigned(code: str) -> Call:
    """Assign a deal of the caller, or of 李雷, and return the call that answers."""
    owner = code if code in ("east", "ops") else "li"
    values = {"name": "新区", "owner_id": uid("people", owner), "stage_id": uid("stages", "lead")}
    deal = assign_new_deal(actor=SYSTEM, at=AT, values=values).uid
    return f"/deals/{deal}/assignment", {"answer": "accepted"}


def _template_item() -> str:
    """Create an item of a template, and return its id."""
    values = {"name": "拜访前十名客户", "kind": 2, "position": 3}
    return str(create_checklist_template(actor=SYSTEM, at=AT, values=values).uid)


def _expense_category() -> str:
    """Create a category of expenses, and return its id."""
    return str(create_expense_category(actor=SYSTEM, at=AT, values={"name": "培训", "position": 8}).uid)


def _overspent() -> str:
    """Record an expense of 李雷 that waits for approval, and return its address."""
    return f"/expenses/{expense(Text('会超支。', 'It would overspend.'), reason='展会')}/decide"


def _loss_reason() -> str:
    """Create a category of loss, and return its id."""
    return str(create_loss_reason(actor=SYSTEM, at=AT, values={"name": "价格", "position": 1}).uid)


def _lost_deal(code: str) -> Call:
    close_deal(actor=SYSTEM, at=AT, uid=uid("deals", "D1"), outcome="lost", version=None, reason="价格")
    return f"/deals/{uid('deals', 'D1')}/verified-loss", {"verified_reason_id": None, "version": 2}


def _split_plan_row(code: str) -> Call:
    """Return the call that splits 李雷's row of such a plan among five accounts that brought something."""
    for at in range(5):
        account = create_customer(actor=SYSTEM, at=AT, values={"name": f"客户{at}"}).uid
        values = {"name": "一期", "owner_id": uid("people", "li"), "customer_id": account}
        days = {"signed_day": on(6, 1), "effective_day": on(6, 1)}
        record_contract(actor=SYSTEM, at=AT, values=values | days, lines=[Line(amount=1_000_00)])
    return plan_at("/parts", lambda codes: {"row": codes[1], "period": "2026"})(code)


def _undo_plan_step(code: str) -> Call:
    """Return the call that takes the split of 李雷's row back."""
    path, body = _split_plan_row(code)
    assert body is not None
    book = open_database(SYSTEM, at=AT)
    plan, measure = UUID(path.split("/")[2]), number("measures", "contract")
    one = open_plan(book, plan, measure)
    row = int(one.sheet.tree.unit_ids[one.position(body["row"])])
    split_row(SYSTEM, AT, plan, measure, row, parse_period("2026", book.rules.fiscal))
    return path.replace("/parts", "/undo"), {"entry": entry_of_save(SYSTEM, microseconds(AT))}


def _draw_types(code: str) -> Call:
    """Return the call that draws types from an account whose industry is written."""
    create_customer(actor=SYSTEM, at=AT, values={"name": "新客户", "industry": "汽车"})
    return "/segments/drawn", {"by": "industry"}


def _cut_plan(code: str) -> Call:
    """Return the call that cuts a plan by product lines, of which there is one."""
    if not RECORDS["segments"].objects.filter(code="CUT").exists():
        create_segment(actor=SYSTEM, at=AT, values={"code": "CUT", "name": "产品线", "dimension": 1})
    return plan_at("/cuts", lambda codes: {"dimension": "line"})(code)


def _plan_that_is_cut(code: str) -> str:
    """Cut such a plan by product lines and return its address."""
    path, _body = _cut_plan(code)
    cut(SYSTEM, AT, UUID(path.split("/")[2]), number("measures", "contract"), 1)
    return path


def _cut_cell(code: str) -> Call:
    """Return the call that sets the one cell of a unit to what it is."""
    path = _plan_that_is_cut(code)
    one = open_plan(open_database(SYSTEM, at=AT), UUID(path.split("/")[2]), number("measures", "contract"), 1)
    cell = cut_table(one.sheet).rows[-1, 0]
    edit = {"row": one.codes[cell], "year": amount_text(int(one.sheet.year[cell]))}
    return path, {"dimension": "line", "edits": [edit]}


def talk_at(step: str = "", body: Mapping[str, Any] | None = None) -> Callable[[str], Call]:
    """Return the call of something about 李雷's row of such a plan; without a step what is said of it is shown."""

    def asked(code: str) -> Call:
        path, rows = plan_at(body=list)(code)
        return (f"{path}/{step}", {"row": rows[1], **(body or {})}) if step else (f"{path}/talks?row={rows[1]}", None)

    return asked


def adjusted_at(step: str, **body: Any) -> Callable[[str], Call]:
    """Return the call about a line of 李雷's row of such a plan that waits; with a step it says what is done to it."""

    def asked(code: str) -> Call:
        path, rows = plan_at(body=list)(code)
        book = open_database(SYSTEM, at=AT)
        one = open_plan(book, UUID(path.split("/")[2]), number("measures", "contract"))
        start = book.months.first_day_of(one.sheet.plan.from_ym)
        wish = Wish(row=one.position(rows[1]), kind=4, start=start, full=-100, reason="客户取消", evidence="函")
        made = ask_for(SYSTEM, AT, book, one, wish)
        line = str(standing_uid("plan_adjustments", made.uid).row["code"])
        return (
            (f"{path}/adjustments/{step}", {"line": line, **body})
            if step
            else (f"{path}/adjustments?line={line}", None)
        )

    return asked


def granted() -> dict[str, str]:
    """Let 李雷 see D3, and return the grant."""
    give_grant(actor=SYSTEM, at=AT, person=uid("people", "li"), relation="deals", uid=uid("deals", "D3"), reason="联合")
    return _grant()


def _grant() -> dict[str, str]:
    return {"person_id": text("people", "li"), "relation": "deals", "record_id": text("deals", "D3")}


def lent() -> dict[str, str]:
    """Second 李雷 to 华南, and return the secondment."""
    who = {"person": uid("people", "li"), "host": uid("units", "SOUTH")}
    start_engagement(actor=SYSTEM, at=AT, **who, kind=SECONDMENT, share_bp=5_000)
    return _lent()


def _lent() -> dict[str, str]:
    return {"person_id": text("people", "li"), "host_id": text("units", "SOUTH"), "kind": "secondment"}


def _transfer() -> dict[str, str]:
    along = dict.fromkeys(("deals", "targets", "credit"), "person")
    return along | {"unit_id": text("units", "SOUTH")}


def _transferred() -> str:
    """Move 王强 with everything, and return the entry."""
    person, unit = uid("people", "wang"), uid("units", "SOUTH")
    transfer_person(actor=SYSTEM, at=AT, uid=person, unit=unit, ways=Ways(), version=1)
    return last_entry()


def _estimate() -> dict[str, Any]:
    return {"unit_id": text("units", "SH"), "measure_id": text("measures", "contract"), "year": 2027}


def _estimated() -> Estimated:
    return Estimated(uid("units", "SH"), ym_at(2027, 1), uid("measures", "contract"))


def chosen_estimate() -> dict[str, Any]:
    """Choose a target of 上海组 for 2027, if there is none yet, and return which estimate it is."""
    if not RECORDS["estimates"].objects.exists():
        values = {"target": 100_00, "reason": "按产能"}
        choose_tiers(actor=SYSTEM, at=AT, of=_estimated(), values=values, version=0)
    return _estimate()


def submitted_estimate() -> dict[str, Any]:
    """Choose a target and submit it."""
    found = chosen_estimate()
    if not RECORDS["estimates"].objects.filter(state__gt=0).exists():
        submit_estimate(actor=SYSTEM, at=AT, of=_estimated(), tiers={"target": 100_00}, version=1)
    return found


def _inventory_line() -> dict[str, Any]:
    return {"name": "维保续约", "owner_id": text("people", "li"), "ym": "2027-01", "kind": "renewal"}


def inventory_line() -> str:
    """Fill a line of 李雷's inventory, and return its id."""
    values = {"name": "维保续约", "owner_id": uid("people", "li"), "ym": ym_at(2027, 1), "kind": 1}
    return str(fill_line(actor=SYSTEM, at=AT, values=values).uid)


def _role() -> dict[str, str]:
    return {"person_id": text("people", "wang"), "role": "rep", "unit_id": text("units", "SH")}


def _new_deal() -> dict[str, Any]:
    return {
        "name": "三期",
        "owner_id": text("people", "li"),
        "customer_id": text("customers", "C1"),
        "stage_id": text("stages", "lead"),
        "amount": "1200000.00",
        "expected_day": "2026-09-30",
    }


def _new_contract() -> dict[str, Any]:
    return {
        "owner_id": text("people", "li"),
        "signed_day": "2026-06-01",
        "effective_day": "2026-06-01",
        "lines": [{"product_id": text("products", "P1"), "amount": "5000.00"}],
    }


def _cells() -> dict[str, Any]:
    cell = {"unit_id": text("units", "SH"), "measure_id": text("measures", "contract"), "month": "2026-07"}
    return {"cells": [cell | {"amount": "100000.00", "version": 0}]}


def _own_token(code: str) -> Call:
    account(code)
    issued = issue_token(actor=actor(code), at=AT, name="old", scopes=("read",))
    return f"/tokens/{issued.uid}", None


def _frozen(code: str) -> Call:
    return f"/frozen/{freeze(SYSTEM, AT, on(5, 31)).name}/four-tables", None


def _annual_version(code: str) -> Call:
    lock(SYSTEM, AT, uid("units", "SH"), 2026, "先锁一版")
    entry = LogEntry.objects.filter(action=LOCKED).latest("seq")
    return f"/annual-plans/2026/versions/{entry.hash}", None


def _reopen(code: str) -> Call:
    closed_may()
    return "/periods/2026-05/reopen", {"reason": "补录发票"}


def own_job(code: str) -> UUID:
    """Ask for an export as a person."""
    viewer = actor(code or "li")
    book = open_database(viewer, at=AT)
    asked = asked_export(book, "deals/list", "csv", {}, (), None)
    return ask_export(viewer, AT, asked, "en")


def done_job(code: str) -> UUID:
    """Ask for an export as a person, and do it."""
    account(code)
    uid = own_job(code)
    run(uid, clock=lambda: AT, worker="test", root=settings.RESULTS, ending=threading.Event())
    return uid


def _own_customer(code: str) -> Call:
    create_customer(actor=SYSTEM, at=AT, values={"code": f"K-{code}", "name": "x"})
    return f"/customers/{uid('customers', 'C1')}", {"industry": "电力", "version": 1}


def _step(code: str) -> Call:
    return "/deals/edits", {"edits": [{"id": text("deals", "D1"), "version": 1, "next_step": "面访"}]}


def _undo(code: str) -> Call:
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"next_step": "面访"}, version=None)
    return f"/deals/edits/{last_entry()}/undo", None


def kept_mapping() -> str:
    """Save a mapping; return its name."""
    save_mapping(actor=SYSTEM, at=AT, name="老台账", mapping="", tables=[], aliases={"阶段": {"谈着": "需求确认"}})
    return "老台账"


def workbook_at(step: str = "/workbook") -> Callable[[str], Call]:
    """Return the call that brings back the workbook of such a plan with a cell of 李雷 changed."""

    def asked(code: str) -> Call:
        path, _ = plan_at(step)(code)
        book, stream = open_database(SYSTEM, at=AT), BytesIO()
        one = open_plan(book, UUID(path.split("/")[2]), number("measures", "contract"))
        write_plan_workbook(book, one, "方案", stream, "zh")
        content = with_cells(stream, {("李雷", "2027-01"): 60})
        return path, Form(file=SimpleUploadedFile("plan.xlsx", content, XLSX))

    return asked


def plan_at(step: str = "", body: Any = None, *, approved: bool = False, of: str = "SH") -> Callable[[str], Call]:
    """Return the call of something about a new plan that has figures and is proposed.

    Args:
        body: made of the codes of its rows; None = without one. of: code of its unit.
    """

    def asked(code: str) -> Call:
        months = {"from_ym": ym_at(2027, 1), "until_ym": ym_at(2027, 3)}
        values = {"name": "方案", "unit_id": uid("units", of), **months}
        plan = create_plan(actor=SYSTEM, at=AT, values=values).uid
        measure = number("measures", "contract")
        break_down(SYSTEM, AT, plan, measure, 200_00, [1, 1])
        move_plan(actor=SYSTEM, at=AT, uid=plan, step="propose", version=None)
        if approved:
            move_plan(actor=SYSTEM, at=AT, uid=plan, step="approve", version=None)
        one = open_plan(open_database(SYSTEM, at=AT), plan, measure)
        return f"/plans/{plan}{step}", body(one.codes) if body else None

    return asked


def number_of_views() -> int:
    """Return how many views there are, so that the next has a name of its own."""
    return SavedView.objects.count()


def _own_view(code: str) -> Call:
    owner = actor(code or "li")
    made = save_view(actor=owner, at=AT, report="deals/list", name=f"我的{number_of_views()}", query="sort=-amount")
    return f"/views/{made}", {"name": "改名", "pinned": True}


def _deleted_view(code: str) -> Call:
    owner, path = actor(code or "li"), _own_view(code)[0]
    delete_view(actor=owner, at=AT, uid=UUID(path.split("/")[2]))
    return f"{path}/restore", None


READS: Mapping[str, Case] = {
    "me": Case(at("/me")),
    "list_reports": Case(at("/reports")),
    "list_deals": Case(at("/deals")),
    "show_deal": Case(at("/deals/{deals:D1}"), OWNER_TOO, hides=True),
    "list_contracts": Case(at("/contracts")),
    "show_contract": Case(lambda code: (f"/contracts/{contract()}", None), OWNER_TOO, hides=True),
    "terms_of_contract": Case(lambda code: (f"/contracts/{paid_contract()[0]}/terms", None), OWNER_TOO, hides=True),
    "list_terms": Case(at("/payment-terms")),
    "show_term": Case(lambda code: (f"/payment-terms/{paid_contract()[1]}", None), OWNER_TOO, hides=True),
    "list_receipts": Case(at("/receipts")),
    "show_receipt": Case(lambda code: (f"/receipts/{receipt()}", None), OWNER_TOO, hides=True),
    "list_allocations": Case(at("/allocations")),
    "list_invoices": Case(at("/invoices")),
    "show_invoice": Case(lambda code: (f"/invoices/{invoice()}", None), OWNER_TOO, hides=True),
    "show_allocation": Case(lambda code: (f"/allocations/{allocation()}", None), OWNER_TOO, hides=True),
    "show_recognition": Case(lambda code: (f"/recognitions/{recognition()}", None), OWNER_TOO, hides=True),
    "show_write_off": Case(lambda code: (f"/write-offs/{written_off()}", None), OWNER_TOO, hides=True),
    "list_recognitions": Case(at("/recognitions")),
    "list_write_offs": Case(at("/write-offs")),
    "list_dunning_steps": Case(at("/dunning-steps")),
    "show_dunning_step": Case(lambda code: (f"/dunning-steps/{stepped()}", None), OWNER_TOO, hides=True),
    "list_promises": Case(at("/promises")),
    "show_promise": Case(lambda code: (f"/promises/{promised()}", None), OWNER_TOO, hides=True),
    "list_projects": Case(at("/projects")),
    "show_project": Case(lambda code: (f"/projects/{delivery()[0]}", None), OWNER_TOO, hides=True),
    "milestones_of_project": Case(lambda code: (f"/projects/{delivery()[0]}/milestones", None), OWNER_TOO, hides=True),
    "list_milestones": Case(at("/milestones")),
    "list_budgets": Case(at("/budgets")),
    "show_budget": Case(lambda code: (f"/budgets/{budget().uid}", None), LOOKING_AFTER, hides=True),
    "list_expenses": Case(at("/expenses")),
    "show_expense": Case(lambda code: (f"/expenses/{expense()}", None), OWNER_TOO, hides=True),
    "search_records": Case(at("/search?q=a")),
    "duplicate_deals": Case(at("/duplicates/deals")),
    "duplicate_customers": Case(at("/duplicates/customers")),
    "list_customers": Case(at("/customers")),
    "show_customer": Case(at("/customers/{customers:C1}"), OWNER_TOO, hides=True),
    "list_contacts": Case(at("/contacts")),
    "show_contact": Case(lambda code: (f"/contacts/{contact()}", None), OWNER_TOO, hides=True),
    "list_products": Case(at("/products")),
    "show_product": Case(at("/products/{products:P1}")),
    "list_stage_sets": Case(at("/stage-sets")),
    "show_stage_set": Case(at("/stage-sets/{stage_sets:S}")),
    "list_stages": Case(at("/stages")),
    "show_stage": Case(at("/stages/{stages:lead}")),
    "list_segments": Case(at("/segments")),
    "show_segment": Case(lambda code: (f"/segments/{_segment()}", None)),
    "list_actuals": Case(at("/actuals")),
    "show_actual": Case(lambda code: (f"/actuals/{_actual()}", None), LOOKING_AFTER, hides=True),
    "show_last_actions": Case(at("/actions/last")),
    "list_checklist_templates": Case(at("/checklist-templates")),
    "show_checklist_template": Case(lambda code: (f"/checklist-templates/{_template_item()}", None)),
    "list_expense_categories": Case(at("/expense-categories")),
    "show_expense_category": Case(lambda code: (f"/expense-categories/{_expense_category()}", None)),
    "list_loss_reasons": Case(at("/loss-reasons")),
    "show_loss_reason": Case(lambda code: (f"/loss-reasons/{_loss_reason()}", None)),
    "list_measures": Case(at("/measures")),
    "show_measure": Case(at("/measures/{measures:contract}")),
    "list_target_cells": Case(at("/targets/cells")),
    "show_estimate": Case(at("/targets/estimates"), LOOKING_AFTER, hides=True),
    "list_inventory": Case(at("/targets/inventory")),
    "list_factors": Case(at("/factors")),
    "show_factor": Case(lambda code: (f"/factors/{_factor()}", None)),
    "list_factor_figures": Case(at("/factor-figures")),
    "show_factor_figure": Case(lambda code: (f"/factor-figures/{_figure()}", None), LOOKING_AFTER, hides=True),
    "list_market_facts": Case(at("/market-facts")),
    "show_market_fact": Case(lambda code: (f"/market-facts/{_market()}", None), LOOKING_AFTER, hides=True),
    "list_themes": Case(at("/themes")),
    "show_theme": Case(lambda code: (f"/themes/{_theme()}", None)),
    "list_goals": Case(at("/goals")),
    "show_goal": Case(lambda code: (f"/goals/{goal()}", None), LOOKING_AFTER, hides=True),
    "list_checklist_items": Case(at("/checklist-items")),
    "show_checklist_item": Case(lambda code: (f"/checklist-items/{_item()}", None), LOOKING_AFTER, hides=True),
    "list_ogsm_nodes": Case(at("/ogsm-nodes")),
    "show_ogsm_node": Case(lambda code: (f"/ogsm-nodes/{_node()}", None), LOOKING_AFTER, hides=True),
    "list_units": Case(at("/units")),
    "show_unit": Case(at("/units/{units:SH}"), LOOKING_AFTER, hides=True, edited_by="org.edit"),
    "list_orphans": Case(at("/orphans")),
    "list_people": Case(at("/people")),
    "show_person": Case(at("/people/{people:li}"), OWNER_TOO, hides=True, edited_by="person.edit"),
    "list_engagements": Case(at("/engagements")),
    "list_roles": Case(at("/roles")),
    "list_grants": Case(at("/grants")),
    "show_periods": Case(at("/periods")),
    "show_annual_plan": Case(at("/annual-plans/2026")),
    "show_annual_version": Case(_annual_version, LOOKING_AFTER, hides=True),
    "list_frozen": Case(at("/frozen")),
    "fetch_four_tables": Case(at("/four-tables")),
    "fetch_frozen_tables": Case(_frozen),
    "list_rules": Case(at("/rules")),
    "list_imports": Case(at("/imports")),
    "read_log": Case(at("/log")),
    "show_log_entry": Case(lambda code: (f"/log/entries/{last_entry()}", None)),
    "list_tokens": Case(at("/tokens")),
    "list_mappings": Case(at("/import-mappings")),
    "show_mapping": Case(lambda code: (f"/import-mappings/{kept_mapping()}", None)),
    "list_mapping_versions": Case(lambda code: (f"/import-mappings/{kept_mapping()}/versions", None)),
    "list_views": Case(at("/views")),
    "verify_log": Case(at("/log/verify")),
    "list_jobs": Case(at("/jobs")),
    "list_all_jobs": Case(at("/jobs/all")),
    "show_replica": Case(at("/replica")),
    "show_job": Case(lambda code: (f"/jobs/{own_job(code)}", None)),
    "fetch_job_file": Case(lambda code: (f"/jobs/{done_job(code)}/file", None)),
}

WRITES: Mapping[str, Case] = {
    "ask_for_export": Case(at("/jobs/exports", {"report": "deals/list"})),
    "ask_for_import": Case(at("/jobs/imports", files)),
    "ask_for_deal_edits": Case(lambda code: ("/jobs/deal-edits", _step(code)[1])),
    "cancel_job": Case(lambda code: (f"/jobs/{own_job(code)}/cancel", None)),
    "create_deal": Case(at("/deals", _new_deal)),
    "edit_deal": Case(at("/deals/{deals:D1}", {"next_step": "面访", "version": 1}), OWNER_TOO, hides=True),
    "move_deal": Case(
        at("/deals/{deals:D1}/stage", lambda: {"stage_id": text("stages", "offer"), "version": 1}),
        OWNER_TOO,
        hides=True,
    ),
    "close_deal": Case(
        at("/deals/{deals:D1}/close", {"outcome": "lost", "reason": "价格", "version": 1}), OWNER_TOO, hides=True
    ),
    "show_splits": Case(at("/deals/{deals:D1}/splits"), OWNER_TOO, hides=True),
    "split_deal": Case(
        at(
            "/deals/{deals:D1}/splits",
            lambda: {"shares": [{"person_id": text("people", "zhao"), "share_bp": 4000}], "version": 1},
        ),
        OWNER_TOO,
        hides=True,
    ),
    "show_key_people": Case(at("/deals/{deals:D1}/key-people"), OWNER_TOO, hides=True),
    "set_key_person": Case(
        lambda code: (f"/deals/{uid('deals', 'D1')}/key-people/{contact()}", {"part": "eb", "version": 0}),
        OWNER_TOO,
        hides=True,
    ),
    "create_plan": Case(at("/plans", lambda: {"name": "x", "unit_id": text("units", "SH"), "first_month": "2027-01"})),
    "copy_plan": Case(plan_at("/copies", lambda codes: {"name": "x"})),
    "add_row": Case(plan_at("/rows", lambda codes: {"parent": codes[0], "kind": "reserve"}), LOOKING_AFTER, hides=True),
    "move_plan": Case(plan_at("/steps", lambda codes: {"step": "take_back"})),
    "approve_plan": Case(plan_at("/approval", lambda codes: {"step": "approve"})),
    "lock_plan": Case(plan_at("/lock", lambda codes: {}, approved=True)),
    "show_plan": Case(plan_at("/sheet"), OWNER_TOO, hides=True),
    "try_edits": Case(
        plan_at("/effects", lambda codes: {"edits": [{"row": codes[1], "month": "2027-01", "amount": "60"}]}),
        OWNER_TOO,
        hides=True,
    ),
    "edit_plan_cells": Case(
        plan_at("/cells", lambda codes: {"edits": [{"row": codes[1], "month": "2027-01", "amount": "60"}]}),
        OWNER_TOO,
        hides=True,
    ),
    "break_plan_down": Case(plan_at("/breakdowns", lambda codes: {"total": "300"}), OWNER_TOO, hides=True),
    "split_plan_row": Case(_split_plan_row, OWNER_TOO, hides=True),
    "undo_plan_step": Case(_undo_plan_step, OWNER_TOO, hides=True),
    "cut_plan": Case(_cut_plan, OWNER_TOO, hides=True),
    "edit_plan_cut": Case(_cut_cell, LOOKING_AFTER, hides=True),
    "show_plan_cut": Case(lambda code: (f"{_plan_that_is_cut(code)}?dimension=line", None), LOOKING_AFTER, hides=True),
    "weigh_plan_rows": Case(
        plan_at("/weights", lambda codes: {"counts": {"capacity": 100}, "fits": [{"row": codes[1], "fit_bp": 9000}]}),
        OWNER_TOO,
        hides=True,
    ),
    "state_plan_shares": Case(
        plan_at("/shares", lambda codes: {"shares": [{"row": code, "share_bp": 5000} for code in codes[1:3]]}),
        OWNER_TOO,
        hides=True,
    ),
    "move_plan_amount": Case(
        plan_at("/moves", lambda codes: {"giver": codes[1], "taker": codes[2], "amount": "1"}),
        LOOKING_AFTER,
        hides=True,
    ),
    "fetch_plan_workbook": Case(plan_at("/workbook"), OWNER_TOO, hides=True),
    "compare_plan_workbook": Case(workbook_at("/workbook/comparison"), OWNER_TOO, hides=True),
    "bring_plan_workbook": Case(workbook_at(), OWNER_TOO, hides=True),
    "place_plan_row": Case(
        plan_at("/places", lambda codes: {"row": codes[-1], "under": codes[0]}, of="EAST"),
        LOOKING_AFTER,
        hides=True,
    ),
    "set_plan_terms": Case(
        plan_at("/terms", lambda codes: {"terms": [{"row": codes[1], "weight": 3}]}), OWNER_TOO, hides=True
    ),
    "show_talks": Case(talk_at(), OWNER_TOO, hides=True),
    "fetch_letters": Case(
        lambda code: (talk_at()(code)[0].replace("/talks?", "/letters?"), None), OWNER_TOO, hides=True
    ),
    "answer_target": Case(
        talk_at("answers", {"kind": "counter", "amount": "1", "said": "新人"}), OWNER_TOO, hides=True
    ),
    "offer_target": Case(talk_at("offers", {"kind": "offer"}), OWNER_TOO, hides=True),
    "show_adjustments": Case(adjusted_at(""), OWNER_TOO, hides=True),
    "request_adjustment": Case(
        plan_at(
            "/adjustments",
            lambda codes: {"row": codes[1], "kind": "leave", "start": "2027-01-01", "reason": "产假"},
        ),
        OWNER_TOO,
        hides=True,
    ),
    "decide_adjustment": Case(adjusted_at("decisions", kind="approve"), OWNER_TOO, hides=True),
    "change_adjustment": Case(adjusted_at("changes", kind="complete", evidence="客户函 2"), OWNER_TOO, hides=True),
    "show_agreement": Case(plan_at("/agreement"), OWNER_TOO, hides=True),
    "verify_loss": Case(_lost_deal, OWNER_TOO, hides=True),
    "draw_customer_types": Case(_draw_types),
    "create_segment": Case(at("/segments", {"name": "智能终端", "dimension": "line"})),
    "edit_segment": Case(lambda code: (f"/segments/{_segment()}", {"name": "终端", "version": 1})),
    "create_actual": Case(
        at(
            "/actuals",
            lambda: {
                "unit_id": text("units", "SH"),
                "measure_id": text("measures", "contract"),
                "day": "2025-12-31",
                "amount": "12.50",
            },
        )
    ),
    "edit_actual": Case(
        lambda code: (f"/actuals/{_actual()}", {"amount": "9.00", "version": 1}), LOOKING_AFTER, hides=True
    ),
    "remove_actual": Case(lambda code: (f"/actuals/{_actual()}", None), LOOKING_AFTER, hides=True),
    "create_checklist_template": Case(
        at("/checklist-templates", {"name": "拜访前十名客户", "kind": "opening", "position": 3})
    ),
    "edit_checklist_template": Case(
        lambda code: (f"/checklist-templates/{_template_item()}", {"offered": False, "version": 1}),
    ),
    "create_expense_category": Case(at("/expense-categories", {"name": "培训", "position": 8})),
    "edit_expense_category": Case(
        lambda code: (f"/expense-categories/{_expense_category()}", {"offered": False, "version": 1}),
    ),
    "decide_expense": Case(lambda code: (_overspent(), {"approve": True, "version": 1}), OWNER_TOO, hides=True),
    "create_loss_reason": Case(at("/loss-reasons", {"name": "价格", "position": 1})),
    "edit_loss_reason": Case(
        lambda code: (f"/loss-reasons/{_loss_reason()}", {"offered": False, "version": 1}),
    ),
    "reassign_deals": Case(
        at("/deals/reassign", lambda: {"deals": [text("deals", "D1")], "to": text("people", "wang")})
    ),
    "preview_deal_edits": Case(lambda code: (f"{_step(code)[0]}/preview", _step(code)[1])),
    "edit_many_deals": Case(_step),
    "undo_deal_edit": Case(_undo, OWNER_TOO, hides=True),
    "look_at_deal_merge": Case(
        at("/deals/{deals:D1}/merge/preview", lambda: {"into": text("deals", "D2")}), OWNER_TOO, hides=True
    ),
    "merge_deal": Case(at("/deals/{deals:D1}/merge", lambda: {"into": text("deals", "D2")}), OWNER_TOO, hides=True),
    "look_at_customer_merge": Case(
        at("/customers/{customers:C1}/merge/preview", lambda: {"into": text("customers", "C2")})
    ),
    "merge_customer": Case(at("/customers/{customers:C1}/merge", lambda: {"into": text("customers", "C2")})),
    "order_views": Case(at("/views/pins", {"ids": []})),
    "create_view": Case(at("/views", {"report": "deals/list", "name": "我的", "query": "sort=-amount"})),
    "edit_view": Case(_own_view),
    "delete_view": Case(lambda code: (_own_view(code)[0], None)),
    "restore_deleted_view": Case(_deleted_view),
    "record_contract": Case(at("/contracts", _new_contract)),
    "draft_budget": Case(at("/budgets", _budget_draft)),
    "redraft_budget": Case(_redrafted, LOOKING_AFTER, hides=True),
    "decide_on_budget": Case(
        lambda code: (f"/budgets/{budget().uid}/decide", {"state": "approved", "version": 1}), LOOKING_AFTER, hides=True
    ),
    "approve_project": Case(lambda code: (f"/budget-lines/{project_line()}/approve", {}), LOOKING_AFTER, hides=True),
    "propose_release": Case(
        lambda code: (f"/budgets/{budget(approved=True).uid}/releases", {}), LOOKING_AFTER, hides=True
    ),
    "release_by_exception": Case(_more_released, LOOKING_AFTER, hides=True),
    "decide_on_release": Case(
        lambda code: (f"/releases/{release().uid}/decide", {"approve": True, "version": 1}), LOOKING_AFTER, hides=True
    ),
    "record_expense": Case(at("/expenses", {"day": "2026-06-10", "amount": "88.00", "name": "拜访"})),
    "edit_expense": Case(
        lambda code: (f"/expenses/{expense()}", {"amount": "90.00", "version": 1}), OWNER_TOO, hides=True
    ),
    "agree_terms": Case(
        lambda code: (f"/contracts/{contract()}/terms", {"terms": [{"amount": "1000.00", "due_day": "2026-07-01"}]}),
        OWNER_TOO,
        hides=True,
    ),
    "edit_term": Case(
        lambda code: (f"/payment-terms/{paid_contract()[1]}", {"expected_day": "2026-07-01", "version": 1}),
        OWNER_TOO,
        hides=True,
    ),
    "record_receipt": Case(
        lambda code: ("/receipts", {"day": "2026-06-10", "amount": "88.00", "owner_id": text("people", "li")})
    ),
    "allocate_receipt": Case(
        lambda code: (
            f"/receipts/{receipt()}/allocate",
            {"parts": [{"term_id": str(paid_contract()[1]), "amount": "50.00"}]},
        ),
        OWNER_TOO,
        hides=True,
    ),
    "record_invoice": Case(
        lambda code: ("/invoices", {"contract_id": str(contract()), "day": "2026-06-10", "amount": "88.00"}),
        OWNER_TOO,
        hides=True,
    ),
    "record_recognition": Case(_recognised, OWNER_TOO, hides=True),
    "record_project": Case(
        lambda code: (
            "/projects",
            {
                "contract_id": str(contract()),
                "start_day": "2026-06-01",
                "milestones": [{"name": "终验", "planned_day": "2026-06-30"}],
            },
        ),
        OWNER_TOO,
        hides=True,
    ),
    "edit_project": Case(
        lambda code: (f"/projects/{delivery()[0]}", {"name": "二期", "version": 1}), OWNER_TOO, hides=True
    ),
    "plan_milestones": Case(
        lambda code: (
            f"/projects/{delivery()[0]}/milestones",
            {"milestones": [{"name": "初验", "planned_day": "2026-06-20"}]},
        ),
        OWNER_TOO,
        hides=True,
    ),
    "reach_milestone": Case(
        lambda code: (f"/milestones/{delivery()[1]}/reach", {"on": "2026-06-02"}), OWNER_TOO, hides=True
    ),
    "slip_milestone": Case(
        lambda code: (f"/milestones/{delivery()[1]}/slip", {"on": "2026-07-02", "reason": "supply"}),
        OWNER_TOO,
        hides=True,
    ),
    "recognise_progress": Case(_earned, OWNER_TOO, hides=True),
    "write_off": Case(
        lambda code: (
            "/write-offs",
            {"term_id": str(paid_contract()[1]), "day": "2026-06-10", "amount": "8.00", "name": "尾差"},
        ),
        OWNER_TOO,
        hides=True,
    ),
    "record_dunning_step": Case(
        lambda code: ("/dunning-steps", {"term_id": str(paid_contract()[1]), "kind": "call", "name": "月底付"}),
        OWNER_TOO,
        hides=True,
    ),
    "record_promise": Case(
        lambda code: ("/promises", {"term_id": str(paid_contract()[1]), "promised_day": "2026-06-30"}),
        OWNER_TOO,
        hides=True,
    ),
    "edit_contract": Case(
        lambda code: (f"/contracts/{contract()}", {"name": "二期", "version": 1}), OWNER_TOO, hides=True
    ),
    "mark_one_off": Case(
        lambda code: (f"/contracts/{contract()}/one-off", {"one_off": True, "reason": "一次性大单", "version": 1}),
        OWNER_TOO,
        hides=True,
    ),
    "decide_on_late_signing": Case(
        lambda code: (f"/contracts/{late_contract()}/decide", {"approve": True, "version": 1}), OWNER_TOO, hides=True
    ),
    "create_customer": Case(at("/customers", {"name": "南方电网"})),
    "edit_customer": Case(_own_customer),
    "create_product": Case(at("/products", {"name": "数据中台", "list_price": "300000.00"})),
    "edit_product": Case(at("/products/{products:P1}", {"list_price": "60000.00", "version": 1})),
    "create_contact": Case(at("/contacts", lambda: {"name": "何涛", "customer_id": text("customers", "C1")})),
    "edit_contact": Case(lambda code: (f"/contacts/{contact()}", {"part": "eb", "version": 1})),
    "leave_contact": Case(lambda code: (f"/contacts/{contact()}/leave", {"version": 1})),
    "create_stage_set": Case(at("/stage-sets", {"name": "渠道"})),
    "create_stage": Case(
        at("/stages", lambda: {"name": "谈判", "set_id": text("stage_sets", "S"), "position": 9, "weight_bp": 8000})
    ),
    "edit_stage": Case(at("/stages/{stages:offer}", {"weight_bp": 5500, "version": 1})),
    "create_factor": Case(at("/factors", {"name": "装机量", "counted_in": "套"})),
    "edit_factor": Case(lambda code: (f"/factors/{_factor()}", {"name": "门店", "version": 1})),
    "create_factor_figure": Case(at("/factor-figures", lambda: {**_figure_values(), "day": "2026-06-01"})),
    "edit_factor_figure": Case(
        lambda code: (f"/factor-figures/{_figure()}", {"value": 130, "version": 1}), LOOKING_AFTER, hides=True
    ),
    "remove_factor_figure": Case(lambda code: (f"/factor-figures/{_figure()}", None), LOOKING_AFTER, hides=True),
    "create_market_fact": Case(at("/market-facts", _of_unit(year=2026, size="8000000000.00"))),
    "edit_market_fact": Case(
        lambda code: (f"/market-facts/{_market()}", {"source": "协会", "version": 1}), LOOKING_AFTER, hides=True
    ),
    "create_theme": Case(at("/themes", _of_unit(year=2026))),
    "edit_theme": Case(lambda code: (f"/themes/{_theme()}", {"name": "改名", "version": 1})),
    "create_goal": Case(at("/goals", _of_unit())),
    "edit_goal": Case(
        lambda code: (f"/goals/{goal()}", {"target_count": 200, "version": 1}), LOOKING_AFTER, hides=True
    ),
    "end_goal": Case(lambda code: (f"/goals/{goal()}/end", {"version": 1}), LOOKING_AFTER, hides=True),
    "link_goal_deals": Case(
        lambda code: (f"/goals/{goal()}/deals", {"deals": [text("deals", "D1")]}), LOOKING_AFTER, hides=True
    ),
    "unlink_goal_deal": Case(
        lambda code: (f"/goals/{_linked_goal()}/deals/unlink", {"deal_id": text("deals", "D1")}),
        LOOKING_AFTER,
        hides=True,
    ),
    "start_checklist": Case(
        at("/checklists", lambda: {"kind": "calendar", "unit_id": text("units", "SH"), "year": 2027})
    ),
    "tick_checklist": Case(
        lambda code: ("/checklists/ticks", {"items": [{"item_id": str(_item()), "done": True, "version": 1}]}),
        LOOKING_AFTER,
        hides=True,
    ),
    "create_checklist_item": Case(at("/checklist-items", _of_unit(kind="calendar", year=2026))),
    "edit_checklist_item": Case(
        lambda code: (f"/checklist-items/{_item()}", {"note": "改", "version": 1}), LOOKING_AFTER, hides=True
    ),
    "end_checklist_item": Case(
        lambda code: (f"/checklist-items/{_item()}/end", {"version": 1}), LOOKING_AFTER, hides=True
    ),
    "create_ogsm_node": Case(at("/ogsm-nodes", _of_unit(year=2026, kind="O"))),
    "edit_ogsm_node": Case(
        lambda code: (f"/ogsm-nodes/{_node()}", {"name": "改", "version": 1}), LOOKING_AFTER, hides=True
    ),
    "end_ogsm_node": Case(lambda code: (f"/ogsm-nodes/{_node()}/end", {"version": 1}), LOOKING_AFTER, hides=True),
    "hand_down_ogsm_node": Case(
        lambda code: (f"/ogsm-nodes/{_node('EAST', 3)}/hand-down", {"unit_id": text("units", "SH")}),
        LOOKING_AFTER,
        hides=True,
    ),
    "set_deal_strategy": Case(at("/deals/{deals:D1}/strategy", {"horizon": "H2"}), OWNER_TOO, hides=True),
    "assign_deal": Case(at("/deals/{deals:D1}/assign", {}), OWNER_TOO, hides=True),
    "answer_assignment": Case(_assigned, OWNER_TOO, hides=True),
    "create_measure": Case(at("/measures", {"code": "cash", "name": "回款"})),
    "edit_measure": Case(at("/measures/{measures:contract}", {"name": "签约额", "version": 1})),
    "set_target_cells": Case(at("/targets/cells", _cells)),
    "set_estimate_inputs": Case(
        at("/targets/estimates/inputs", lambda: _estimate() | {"inputs": [{"input": "leads", "number": 5}]})
    ),
    "choose_estimate_tiers": Case(at("/targets/estimates", lambda: _estimate() | {"target": "1.00", "version": 0})),
    "submit_estimate": Case(
        at("/targets/estimates/submit", lambda: chosen_estimate() | {"version": 1}), LOOKING_AFTER, hides=True
    ),
    "adopt_estimate": Case(at("/targets/estimates/adopt", lambda: submitted_estimate() | {"version": 2})),
    "reopen_estimate": Case(at("/targets/estimates/reopen", lambda: submitted_estimate() | {"version": 2})),
    "copy_estimate": Case(at("/targets/estimates/copy", lambda: chosen_estimate() | {"to": "B"})),
    "fill_inventory_line": Case(at("/targets/inventory", _inventory_line)),
    "read_inventory_block": Case(
        at("/targets/inventory/block", {"block": "维保续约\t续约\t\t\t10000\t95%\t1\t李雷", "period": "2027"})
    ),
    "edit_inventory_line": Case(
        lambda code: (f"/targets/inventory/{inventory_line()}", {"win_bp": 5000, "version": 1}), OWNER_TOO, hides=True
    ),
    "challenge_inventory_line": Case(
        lambda code: (f"/targets/inventory/{inventory_line()}/challenge", {"verdict": "accepted", "version": 1}),
        OWNER_TOO,
        hides=True,
    ),
    "drop_inventory_line": Case(
        lambda code: (f"/targets/inventory/{inventory_line()}/drop", {"version": 1}), OWNER_TOO, hides=True
    ),
    "set_action_targets": Case(
        at(
            "/actions/targets",
            lambda: {
                "targets": [{"person_id": text("people", "li"), "action": "visit", "month": "2026-07", "per_week": 8}]
            },
        )
    ),
    "set_actions_done": Case(
        at(
            "/actions/done",
            lambda: {"done": [{"person_id": text("people", "li"), "day": "2026-06-15", "action": "visit", "times": 2}]},
        )
    ),
    "create_unit": Case(at("/units", lambda: {"name": "杭州组", "parent_id": text("units", "EAST")})),
    "edit_unit": Case(at("/units/{units:SH}", {"name": "上海一组", "version": 1})),
    "move_unit": Case(at("/units/{units:SH}/move", lambda: {"parent_id": text("units", "HQ"), "version": 1})),
    "close_unit": Case(
        at("/units/{units:SH}/close", lambda: {"people_to": text("units", "EAST"), "version": 1}),
    ),
    "create_person": Case(at("/people", lambda: {"name": "韩梅梅", "home_id": text("units", "SH")})),
    "edit_person": Case(at("/people/{people:wang}", {"email": "wang@example.com", "version": 1})),
    "move_person": Case(at("/people/{people:wang}/move", lambda: {"unit_id": text("units", "EAST"), "version": 1})),
    "foresee_transfer": Case(at("/people/{people:wang}/transfer/effect", lambda: _transfer() | {"on": "2026-06-15"})),
    "transfer_person": Case(at("/people/{people:wang}/transfer", lambda: _transfer() | {"version": 1})),
    "undo_transfer": Case(lambda code: ("/people/transfers/undo", {"entry": _transferred()})),
    "mark_left": Case(at("/people/{people:wang}/leave", {"version": 1})),
    "start_engagement": Case(at("/engagements", lambda: _lent() | {"share_bp": 5000, "reason": "支援"})),
    "end_engagement": Case(at("/engagements/end", lent)),
    "set_working_share": Case(at("/people/{people:wang}/share", {"share_bp": 8000, "version": 1})),
    "grant_role": Case(at("/roles/grant", lambda: _role() | {"role": "manager"})),
    "revoke_role": Case(at("/roles/revoke", _role)),
    "give_grant": Case(at("/grants", lambda: _grant() | {"reason": "联合投标"})),
    "withdraw_grant": Case(at("/grants/withdraw", granted)),
    "invite_account": Case(at("/accounts/invite", lambda: {"person_id": text("people", "wang")})),
    "close_month": Case(at("/periods/2026-05/close")),
    "lock_annual_plan": Case(
        lambda code: ("/annual-plans/2026/lock", {"unit_id": text("units", "SH"), "note": "先锁一版"})
    ),
    "freeze_book": Case(at("/frozen", {"day": "2026-05-31"})),
    "reopen_month": Case(_reopen),
    "put_rule": Case(at("/rules/deals.stalled_days", {"value": 45, "reason": "季度会议"})),
    "put_calendar": Case(at("/calendar", {"source": "手工", "days": [{"day": "2026-06-20", "working": True}]})),
    "preview_import": Case(at("/imports/preview", files)),
    "commit_import": Case(at("/imports", files)),
    "look_at_plan_import": Case(at("/plans/imports/preview", targets)),
    "bring_plan_import": Case(at("/plans/imports", targets)),
    "undo_import": Case(lambda code: (f"/imports/{batch()}/undo", None)),
    "put_mapping": Case(at("/import-mappings/台账", {"aliases": {"阶段": {"谈着": "需求确认"}}, "version": 0})),
    "drop_mapping": Case(lambda code: (f"/import-mappings/{kept_mapping()}", None)),
    "issue_token": Case(at("/tokens", {"name": "BI", "scopes": ["read"]})),
    "revoke_token": Case(_own_token),
}
