"""Every address of the pages, and the right it asks for: the table that a new address must enter.

What each role gets there is not written here: it follows from the policy and from who sees what.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from django.urls import URLPattern, get_resolver

from dacheng.core.access import ADMIN, EXECUTIVE, FINANCE, MANAGER, POLICY, REP, SALES_OPS, SEES_UNITS
from dacheng.store.identity import stored_uid
from dacheng.store.models import RECORDS, ImportBatch, LogEntry
from tests.proofs import world
from tests.proofs.visiting import API, Got, api_addresses, got, signed_in, standing_clock
from tests.proofs.world import number, record, uid

ROLES = {
    world.REP: REP,
    world.EAST: MANAGER,
    world.OPS: SALES_OPS,
    world.EXECUTIVE: EXECUTIVE,
    world.ADMIN: ADMIN,
    world.FINANCE: FINANCE,
}
"""Who holds each role: the rep is of the unit that the manager looks after."""

SEE = "see"
"""Right of a page that shows what somebody sees: everybody may, the scope decides what."""

OWNED, LOOKED_AFTER = "owned", "looked after"
"""What an address is about: a record of the rep, or of the unit that the manager looks after."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of whoever comes; who gets what follows from the policy.

    Args:
        right: an action of the policy, or ``SEE``.
        of: ``OWNED`` or ``LOOKED_AFTER`` where a record is hidden first from who does not see it.
        status: of the answer to who may; refused: to who sees it and may not.
    """

    right: str = SEE
    of: str = ""
    status: int = 200
    refused: int = 403

    def of_role(self, role: int) -> int:
        """Return the status that a role gets."""
        sees = not self.of or role in SEES_UNITS or (role == REP and self.of == OWNED)
        may = self.right == SEE or role in POLICY[self.right]
        return 404 if not sees else self.status if may else self.refused

    def by_role(self) -> str:
        """Return the statuses in the order of ``ROLES``."""
        return " ".join(str(self.of_role(role)) for role in ROLES.values())


SEEN, ONE_SEEN, LED_ON = Asked(), Asked(of=OWNED), Asked(status=302)
STEP = Asked(status=405)
"""There is nothing to get, only something to do."""

NOTHING_THERE = Asked(status=404)
"""The record, file or link of the address does not exist."""

GETS = {
    "cockpit": SEEN,
    "cockpit-changes": SEEN,
    "tables": LED_ON,
    "targets": LED_ON,
    "setting": SEEN,
    "inventory": SEEN,
    "setting-file": Asked(of=LOOKED_AFTER),
    "setting-ranges": LED_ON,
    "past-results": SEEN,
    "targets-grid": SEEN,
    "targets-history": SEEN,
    "targets-saves": SEEN,
    "targets-save": Asked(SEE, of=LOOKED_AFTER),
    "targets-undo": STEP,
    "plans": SEEN,
    "new-plan": Asked("plan.edit"),
    "plan": NOTHING_THERE,
    "plan-preview": STEP,
    "plan-cells": NOTHING_THERE,
    "plan-cell": NOTHING_THERE,
    "plan-break-down": NOTHING_THERE,
    "plan-weigh": NOTHING_THERE,
    "plan-shares": NOTHING_THERE,
    "plan-step": NOTHING_THERE,
    "plan-undo": STEP,
    "copy-plan": NOTHING_THERE,
    "my-targets": SEEN,
    "plan-talk": NOTHING_THERE,
    "plan-agreement": NOTHING_THERE,
    "plan-letter": NOTHING_THERE,
    "plan-letter-file": NOTHING_THERE,
    "plan-letters": NOTHING_THERE,
    "new-plan-row": NOTHING_THERE,
    "plan-matrix": NOTHING_THERE,
    "customer-types": Asked("segment.edit"),
    "nameless-lines": Asked("history.record"),
    "plan-import": Asked("plan.edit"),
    "plan-import-look": NOTHING_THERE,
    "plan-move": NOTHING_THERE,
    "plan-row-place": NOTHING_THERE,
    "plan-row-split": NOTHING_THERE,
    "plan-workbook": NOTHING_THERE,
    "plan-workbook-file": NOTHING_THERE,
    "plan-workbook-look": NOTHING_THERE,
    "plan-adjustments": NOTHING_THERE,
    "new-plan-adjustment": NOTHING_THERE,
    "plan-adjustment": NOTHING_THERE,
    "action-record": Asked("action.record"),
    "action-plan": Asked("action.plan"),
    "wall": SEEN,
    "strategy": SEEN,
    "new-goal": Asked("goal.edit"),
    "goal": Asked(SEE, of=OWNED),
    "goal-edit": Asked("goal.edit", of=OWNED),
    "goal-link": Asked("goal.edit", of=OWNED),
    "goal-step": STEP,
    "new-theme": Asked("goal.edit"),
    "theme": Asked("goal.edit"),
    "new-factor": Asked("factor.edit"),
    "factor": Asked("factor.edit"),
    "new-factor-figure": Asked("figure.record"),
    "factor-figure": Asked("figure.record", of=LOOKED_AFTER),
    "new-market-fact": Asked("market.edit"),
    "market-fact": Asked("market.edit", of=LOOKED_AFTER),
    "new-ogsm-node": Asked("goal.edit"),
    "ogsm-node": Asked("goal.edit", of=LOOKED_AFTER),
    "ogsm-step": Asked("goal.edit", of=LOOKED_AFTER),
    "new-checklist": Asked("checklist.edit"),
    "checklist": Asked(SEE, of=OWNED),
    "checklist-item": Asked("checklist.edit", of=OWNED),
    "assign-deal": Asked("deal.assign"),
    "deal-strategy": Asked("deal.edit", of=OWNED),
    "deal-assignment": Asked("deal.accept", of=OWNED),
    "deals": LED_ON,
    "customers": LED_ON,
    "customer": ONE_SEEN,
    "customer-by-code": Asked(of=OWNED, status=302),
    "customer-field": ONE_SEEN,
    "new-contact": Asked("contact.edit", of=OWNED),
    "contacts-file": ONE_SEEN,
    "contact": ONE_SEEN,
    "contact-leave": Asked("contact.edit", of=OWNED),
    "contact-field": ONE_SEEN,
    "report": SEEN,
    "how": SEEN,
    "export": SEEN,
    "export-job": SEEN,
    "jobs": SEEN,
    "every-job": Asked("job.read"),
    "job": NOTHING_THERE,
    "job-file": NOTHING_THERE,
    "job-cancel": STEP,
    "new-deal": Asked("deal.create"),
    "deal-bulk": Asked("deal.edit"),
    "deal-bulk-looked": NOTHING_THERE,
    "deal-paste-looked": NOTHING_THERE,
    "deal-paste": Asked("deal.edit"),
    "own-changes": SEEN,
    "views": SEEN,
    "new-view": SEEN,
    "view": NOTHING_THERE,
    "edit-view": NOTHING_THERE,
    "pin-view": STEP,
    "order-views": STEP,
    "delete-view": STEP,
    "restore-view": STEP,
    "deal": ONE_SEEN,
    "deal-move": STEP,
    "board": SEEN,
    "board-cards": LED_ON,
    "board-move": STEP,
    "deal-hand-over": Asked("deal.reassign", of=OWNED),
    "duplicate-deals": Asked("deal.merge"),
    "duplicate-customers": Asked("customer.merge"),
    "merge": Asked("deal.merge", of=OWNED),
    "deal-won": Asked("deal.edit", of=OWNED),
    "deal-lost": Asked("deal.edit", of=OWNED),
    "deal-verify": Asked("deal.verify_loss", of=OWNED),
    "deal-split": Asked("deal.reassign", of=OWNED),
    "deal-split-figures": STEP,
    "deal-key-person": ONE_SEEN,
    "deal-field": ONE_SEEN,
    "new-contract": Asked("contract.record"),
    "contract": ONE_SEEN,
    "contract-edit": Asked("contract.edit", of=OWNED),
    "contract-decide": STEP,
    "contract-one-off": Asked("contract.edit", of=OWNED),
    "new-project": Asked("project.edit", of=OWNED),
    "project": ONE_SEEN,
    "project-follow": Asked("project.edit", of=OWNED),
    "project-plan": Asked("project.edit", of=OWNED),
    "project-recognise": STEP,
    "milestone": ONE_SEEN,
    "milestone-reach": Asked("project.edit", of=OWNED),
    "milestone-slip": Asked("project.edit", of=OWNED),
    "contract-terms": Asked("terms.edit", of=OWNED),
    "contract-invoice": Asked("cash.record", of=OWNED),
    "contract-recognition": Asked("cash.record", of=OWNED),
    "new-invoice": Asked("cash.record"),
    "new-receipt": Asked("cash.record"),
    "receipt": ONE_SEEN,
    "receipt-allocate": STEP,
    "term": ONE_SEEN,
    "term-step": Asked("terms.edit", of=OWNED),
    "term-promise": Asked("terms.edit", of=OWNED),
    "term-write-off": Asked("cash.write_off", of=OWNED),
    "new-budget": Asked("budget.edit"),
    "budget": Asked(of=LOOKED_AFTER),
    "budget-edit": Asked("budget.edit", of=LOOKED_AFTER),
    "budget-decide": STEP,
    "budget-propose": STEP,
    "budget-exception": Asked("release.approve", of=LOOKED_AFTER),
    "release-decide": STEP,
    "budget-line-approve": STEP,
    "new-expense": Asked("expense.record"),
    "expense": Asked(of=LOOKED_AFTER),
    "expense-decide": STEP,
    "imports": Asked("import.commit"),
    "import-template": Asked("import.commit"),
    "import-batch": Asked("import.commit"),
    "import-undo": STEP,
    "import-look": NOTHING_THERE,
    "import-commit": STEP,
    "import-read": STEP,
    "import-spelling": STEP,
    "import-reread": STEP,
    "import-drop": STEP,
    "import-refused": NOTHING_THERE,
    "import-choose": NOTHING_THERE,
    "import-read-by": STEP,
    "import-save": STEP,
    "import-mapping": Asked("import.commit", status=404),
    "import-mapping-drop": STEP,
    "import-mapping-back": STEP,
    "undo": STEP,
    "organisation": Asked("org.edit"),
    "orphans": Asked("org.edit"),
    "rights": Asked("grant.give"),
    "new-unit": Asked("org.edit"),
    "unit": Asked("org.edit"),
    "move-unit": Asked("org.edit"),
    "acting-manager": Asked("role.grant"),
    "close-unit": Asked("org.edit"),
    "unit-field": Asked("org.edit"),
    "people": Asked("person.edit"),
    "new-person": Asked("person.edit"),
    "person": Asked("person.edit"),
    "move-person": Asked("person.edit"),
    "undo-transfer": STEP,
    "leave": Asked("person.edit"),
    "working-share": Asked("person.edit"),
    "start-engagement": Asked("person.edit"),
    "end-engagement": STEP,
    "grant-role": Asked("role.grant"),
    "end-role": STEP,
    "give-grant": Asked("grant.give"),
    "end-grant": STEP,
    "invite": STEP,
    "able-account": STEP,
    "person-field": Asked("person.edit"),
    "search": SEEN,
    "why": SEEN,
    "first-steps": Asked("org.edit"),
    "show-first-steps": STEP,
    "glossary": SEEN,
    "terms": SEEN,
    "log": Asked("log.read"),
    "replica": Asked("replica.read"),
    "verify-log": STEP,
    "log-entry": Asked("log.read"),
    "settings": SEEN,
    "account": SEEN,
    "password": SEEN,
    "new-token": STEP,
    "revoke-token": STEP,
    "calendar": SEEN,
    "calendar-fill": STEP,
    "rules": SEEN,
    "rule": SEEN,
    "stages": SEEN,
    "products": SEEN,
    "new-product": Asked("product.edit"),
    "product": Asked("product.edit"),
    "checklist-templates": SEEN,
    "new-checklist-template": Asked("checklist_template.edit"),
    "checklist-template": Asked("checklist_template.edit"),
    "expense-categories": SEEN,
    "new-expense-category": Asked("expense_category.edit"),
    "expense-category": Asked("expense_category.edit"),
    "loss-reasons": SEEN,
    "new-loss-reason": Asked("loss_reason.edit"),
    "loss-reason": Asked("loss_reason.edit"),
    "new-stage": Asked("stage.edit"),
    "new-stage-set": Asked("stage.edit"),
    "stage": SEEN,
    "periods": SEEN,
    "frozen": SEEN,
    "freeze": STEP,
    "lock-steps": STEP,
    "live-pack": NOTHING_THERE,
    "frozen-pack": NOTHING_THERE,
    "close-period": STEP,
    "reopen-period": STEP,
    "sign-in": SEEN,
    "sign-in-link": SEEN,
    "sign-out": STEP,
    "preferences": STEP,
}
"""Name of an address -> what it asks of whoever gets it."""

POSTS = GETS | {
    "setting": LED_ON,
    "inventory": Asked("inventory.fill", status=422),
    "targets-grid": LED_ON,
    "plan-preview": NOTHING_THERE,
    "plan-undo": NOTHING_THERE,
    "goal-step": Asked("goal.edit", of=OWNED, status=302),
    "checklist": Asked("checklist.edit", of=OWNED, status=302),
    "export-job": LED_ON,
    "targets-undo": Asked("target.set", of=LOOKED_AFTER),
    "job-cancel": NOTHING_THERE,
    "deal-move": Asked("deal.edit", of=OWNED, status=409),
    "deal-split-figures": Asked("deal.reassign", of=OWNED),
    "board-move": Asked("deal.edit", of=OWNED, status=422),
    "deal-key-person": Asked("deal.edit", of=OWNED, status=409, refused=422),
    "deal-field": Asked("deal.edit", of=OWNED, status=409, refused=422),
    "new-contract": Asked("contract.record", status=422),
    "contract-edit": Asked("contract.edit", of=OWNED, status=422),
    "contract-decide": Asked("contract.approve", of=OWNED, status=422),
    "contract-one-off": Asked("contract.edit", of=OWNED, status=422),
    "new-project": Asked("project.edit", of=OWNED, status=422),
    "project-follow": Asked("project.edit", of=OWNED, status=422),
    "project-plan": Asked("project.edit", of=OWNED, status=422),
    "project-recognise": Asked("cash.record", of=OWNED, status=302),
    "milestone-reach": Asked("project.edit", of=OWNED, status=422),
    "milestone-slip": Asked("project.edit", of=OWNED, status=422),
    "contract-terms": Asked("terms.edit", of=OWNED, status=422),
    "contract-invoice": Asked("cash.record", of=OWNED, status=422),
    "contract-recognition": Asked("cash.record", of=OWNED, status=422),
    "new-invoice": Asked("cash.record", status=422),
    "new-receipt": Asked("cash.record", status=422),
    "receipt-allocate": Asked("cash.record", of=OWNED, status=422),
    "term": Asked("terms.edit", of=OWNED, status=422),
    "term-step": Asked("terms.edit", of=OWNED, status=422),
    "term-promise": Asked("terms.edit", of=OWNED, status=422),
    "term-write-off": Asked("cash.write_off", of=OWNED, status=422),
    "customer-field": Asked("customer.edit", of=OWNED, status=422, refused=422),
    "contact-field": Asked("contact.edit", of=OWNED, status=422, refused=422),
    "new-budget": Asked("budget.edit", status=422),
    "budget-edit": Asked("budget.edit", of=LOOKED_AFTER, status=422),
    "budget-decide": Asked("release.approve", of=LOOKED_AFTER, status=409),
    "budget-propose": Asked("budget.edit", of=LOOKED_AFTER, status=409),
    "budget-exception": Asked("release.approve", of=LOOKED_AFTER, status=422),
    "release-decide": Asked("release.approve", of=LOOKED_AFTER, status=422),
    "budget-line-approve": Asked("release.approve", of=LOOKED_AFTER, status=422),
    "new-expense": Asked("expense.record", status=422),
    "expense": Asked("expense.record", of=LOOKED_AFTER, status=422),
    "expense-decide": Asked("expense.approve", of=LOOKED_AFTER, status=302),
    "import-undo": Asked("import.undo", status=302),
    "import-commit": NOTHING_THERE,
    "import-read": NOTHING_THERE,
    "import-spelling": NOTHING_THERE,
    "import-reread": NOTHING_THERE,
    "import-drop": NOTHING_THERE,
    "import-read-by": NOTHING_THERE,
    "import-save": NOTHING_THERE,
    "import-mapping-drop": Asked("import.commit", status=404),
    "import-mapping-back": Asked("import.commit", status=404),
    "undo": Asked("deal.reassign", of=OWNED, status=422),
    "pin-view": NOTHING_THERE,
    "order-views": LED_ON,
    "delete-view": NOTHING_THERE,
    "restore-view": NOTHING_THERE,
    "unit-field": Asked("org.edit", status=422),
    "person-field": Asked("person.edit", status=422),
    "end-role": Asked("role.grant", status=404),
    "end-grant": Asked("grant.give", status=404),
    "end-engagement": Asked("person.edit", status=404),
    "undo-transfer": Asked("person.edit", status=404),
    "invite": Asked("account.invite"),
    "able-account": Asked("account.invite", status=302),
    "first-steps": Asked("org.edit", status=422),
    "verify-log": Asked("log.read"),
    "new-token": Asked(SEE, status=422),
    "revoke-token": NOTHING_THERE,
    "calendar": Asked(SEE, status=422),
    "calendar-fill": Asked("calendar.edit", status=302),
    "freeze": Asked("book.freeze", status=422),
    "lock-steps": Asked("goal.edit", status=422),
    "close-period": Asked("period.close", status=422),
    "reopen-period": Asked("period.reopen", status=422),
    "sign-in-link": NOTHING_THERE,
    "show-first-steps": LED_ON,
    "sign-out": LED_ON,
    "preferences": LED_ON,
}
"""The same for a form without fields; where it is no other than on getting, the form is shown again."""

FORMS: dict[str, tuple[str, int, dict[str, str]]] = {
    "setting": ("estimate.edit", 302, {"leads.0": "5", "was.leads.0": ""}),
    "calendar": ("calendar.edit", 302, {"day": "2026-08-15", "source": "公司通知"}),
    "rule": ("rule.edit", 302, {"value": "33", "on": "2026-08-19", "reason": "试"}),
    "stage": (
        "stage.edit",
        302,
        {"name": "需求", "position": "3", "weight_bp": "31%", "on": "2026-08-19", "version": "1"},
    ),
}
"""Pages that everybody sees and some may change: the right, the status of success, a form that changes something."""

WITHOUT_A_PAGE = {
    "company.found": "on the command line",
    "export.company": "on the command line",
    "measure.edit": "in imports and the API",
    "estimate.adopt": "a button of the page of an estimate that was submitted",
    "inventory.challenge": "a form of the page of the inventory, for the line that is chosen",
    "plan.answer": "on one's own target in a plan",
    "plan.approve": "on a plan's page, and the proofs' company has no plan",
    "plan.lock": "on a plan's page, and the proofs' company has no plan",
}
"""Actions of the policy that no page offers, and where they are."""

PUBLIC = frozenset({"sign-in", "sign-in-link", "sign-out", "preferences"})
"""Addresses that nobody has to sign in for."""


@dataclass(frozen=True, slots=True)
class Objects:
    """What the places of an address are filled with.

    Args:
        uids: relation -> public id.
        entries: of the log: who set targets, who edited an opportunity.
    """

    uids: dict[str, UUID]
    customer_code: str
    batch: UUID
    saved: str
    edited: str


def objects(owner: str = world.REP, unit: str = "HD-SH", nothing: UUID | None = None) -> Objects:
    """Return records of somebody and his unit, or with ``nothing`` an id that no record has."""
    deal = uid("deals", world.open_deals(owner)[-1])
    contract = RECORDS["contracts"].objects.filter(owner_id=number("people", owner)).order_by("id").first()
    customer = RECORDS["customers"].objects.get(pk=record("deals", world.open_deals(owner)[-1]).customer_id)
    found = {
        "deals": deal,
        "contracts": stored_uid(contract.uid),
        "customers": stored_uid(customer.uid),
        **{name: _first_of(name, owner) for name in ("payment_terms", "receipts")},
        "contacts": stored_uid(RECORDS["contacts"].objects.filter(customer_id=customer.pk).order_by("id").first().uid),
        "units": uid("units", unit),
        "people": uid("people", owner),
        "stages": uid("stages", "need"),
        "checklist_templates": uid("checklist_templates", "opening-1"),
        "expense_categories": uid("expense_categories", "travel"),
        "loss_reasons": uid("loss_reasons", "price"),
        "products": uid("products", "TL-D300"),
        "goals": uid("goals", f"N-G-{unit}"),
        "factors": uid("factors", "sites"),
        "factor_figures": uid("factor_figures", f"N-F-{unit}"),
        "market_facts": uid("market_facts", f"N-M-{unit}"),
        "ogsm_nodes": uid("ogsm_nodes", f"N-O-{unit}"),
        "checklist_items": uid("checklist_items", f"N-Q-{unit}"),
        "themes": uid("themes", "N-T"),
        **_budget_of(owner, unit),
        **_delivery_of(owner),
    }
    code = customer.code if nothing is None else "NO-SUCH-CODE"
    saved, edited = (LogEntry.objects.filter(action=one).order_by("seq").first().hash for one in ENTRIES)
    uids = found if nothing is None else dict.fromkeys(found, nothing)
    return Objects(uids, code, stored_uid(ImportBatch.objects.order_by("pk").first().uid), saved, edited)


def _delivery_of(owner: str) -> dict[str, UUID]:
    """Return a milestone of somebody's contracts that was not reached, and its project."""
    step = (
        RECORDS["milestones"].objects.filter(owner_id=number("people", owner), reached_day=None).order_by("id").first()
    )
    project = RECORDS["projects"].objects.get(pk=step.project_id)
    return {"milestones": stored_uid(step.uid), "projects": stored_uid(project.uid)}


def _first_of(relation: str, owner: str) -> UUID:
    return stored_uid(RECORDS[relation].objects.filter(owner_id=number("people", owner)).order_by("id").first().uid)


def _budget_of(owner: str, unit: str) -> dict[str, UUID]:
    """Return the budget of the region above a unit, a line and a release of it, and an expense of somebody else."""
    region = record("units", unit).parent_id
    budget = RECORDS["budgets"].objects.get(unit_id=region)
    parts = {
        name: RECORDS[name].objects.filter(budget_id=budget.pk).order_by("id").first()
        for name in ("budget_lines", "releases")
    }
    within = f"{RECORDS['units'].objects.get(pk=region).code}-"
    beside = list(RECORDS["units"].objects.filter(code__startswith=within).values_list("id", flat=True))
    others = RECORDS["expenses"].objects.filter(unit_id__in=beside).exclude(person_id=number("people", owner))
    found = {"budgets": budget, **parts, "expenses": others.order_by("id").first()}
    return {name: stored_uid(one.uid) for name, one in found.items()}


ENTRIES = ("targets.set", "deal.edited")
RELATION_AT = {"contracts/": "contracts", "/units/": "units", "/people/": "people", "/stages/": "stages"}
RELATION_AT |= {"/projects/": "projects", "/milestones/": "milestones"}
RELATION_AT |= {"/checklist-templates/": "checklist_templates"}
RELATION_AT |= {"/expense-categories/": "expense_categories"}
RELATION_AT |= {"/loss-reasons/": "loss_reasons", "/products/": "products"}
RELATION_AT |= {"/customers/": "customers", "/contacts/": "contacts"}
RELATION_AT |= {"receipts/": "receipts", "terms/": "payment_terms"}
RELATION_AT |= {"/budgets/": "budgets", "/expenses/": "expenses"}
RELATION_AT |= {
    "strategy/goals/": "goals",
    "strategy/themes/": "themes",
    "targets/factors/": "factors",
    "targets/figures/": "factor_figures",
    "strategy/market/": "market_facts",
    "strategy/ogsm/": "ogsm_nodes",
    "targets/checklists/": "checklist_items",
}


def patterns() -> dict[str, str]:
    """Return name -> route of every address of the pages."""
    import_module("dacheng.conf.urls")
    return {name: route for route, name in _walk(get_resolver()) if not route.startswith("api/")}


def _walk(resolver: Any, before: str = "") -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route, str(one.name)
        else:
            yield from _walk(one, route)


def filled(route: str, given: Objects) -> str:
    """Return an address with its places filled."""
    relation = next((one for mark, one in RELATION_AT.items() if mark in f"/{route}"), "deals")
    places = {
        "<uuid:uid>": str(given.batch if "batches/" in route else given.uids[relation]),
        "<uuid:contact>": str(given.uids["contacts"]),
        "<uuid:release>": str(given.uids["releases"]),
        "<uuid:line>": str(given.uids["budget_lines"]),
        "<uuid:row>": str(given.uids["deals"]),
        "<report:name>": "tables/pipeline",
        "<str:kind>": "csv",
        "<str:code>": given.customer_code,
        "<slug:relation>": "deals",
        "<slug:token>": "nothing-waits-here",
        "<slug:step>": "lock",
        "<slug:entry>": given.saved if "targets/" in route else given.edited,
        "<int:year>": "2027",
        "<int:number>": "1",
        "<slug:language>": "zh",
        "<slug:name>": "name" if "value/" in route else "amount",
        "<str:name>": "deals.stalled_days",
        "<str:token>": "no-such-link",
    }
    for place, value in places.items():
        route = route.replace(place, value)
    return f"/{route}"


NOT_FOUND = (
    "/no/such/page/",
    "/reports/no/report/",
    "/reports/tables/pipeline/?as_of=yesterday",
    f"{API}/no-such-thing",
)


def everything_asked(opened: Any) -> dict[tuple[str, str], Got]:
    """Return (role, name or address) -> answer: every page for every role and for nobody, the API for some."""
    found = {}
    with opened("sqlite", alone=True), standing_clock():
        given = objects()
        pages = {name: filled(route, given) for name, route in patterns().items()}
        for code in (*ROLES, ""):
            client = signed_in(code)
            programs = api_addresses(client, of_each=1) if code in (world.EAST, world.OPS) else [f"{API}/me"]
            for name, address in [*pages.items(), *((one, one) for one in (*programs, *NOT_FOUND))]:
                found[code, name] = got(client, address)
    return found
