"""Every page of the product, on the demo company: who may open it, and where it is.

`tests/browser` visits each of them in every look; `make screens` photographs them.
"""

from __future__ import annotations

from dataclasses import dataclass

NOBODY = ""
"""The role of a visitor who has not signed in."""

NOT_PAGES = {
    "tables": "leads to the first report of the menu item",
    "targets": "leads to the first report of the menu item",
    "deals": "leads to the first report of the menu item",
    "customers": "leads to the first report of the menu item",
    "customer-by-code": "leads to the customer's page",
    "contacts-file": "a file",
    "setting-file": "a file",
    "setting-ranges": "a part of the page of setting targets, which asks for it",
    "deal-split-figures": "the amounts of a split while it is typed, as a part of its page",
    "export": "a file",
    "job-file": "a file",
    "job-cancel": "a button of the list of jobs",
    "import-template": "a file",
    "show-first-steps": "a button of the checklist",
    "terms": "the hints of the glossary, as JSON",
    "import-refused": "a file",
    "view": "leads to the report that it is a view of",
    "pin-view": "a button of the list of views",
    "order-views": "buttons of the list of views",
    "deal-paste-looked": "the page of deal-paste's preview, of a block so large that a job worked it out",
    "deal-bulk-looked": "the page of deal-bulk's preview, of a step so large that a job worked it out",
    "delete-view": "a button of the list of views",
    "restore-view": "a button of the message that a view is deleted",
    "goal-step": "buttons of the goal's page",
    "deal-move": "a button of the deal's page; a conflict shows the page of deal-won's form",
    "board-move": "a card moved on the board",
    "board-cards": "the next cards of a column; leads to the pipeline table without JavaScript",
    "undo": "a button of every message that something is saved",
    "undo-transfer": "a button of a person who was moved",
    "targets-undo": "a button of the page of a save",
    "plan-preview": "the figures of a plan while it is typed, as JSON",
    "plan-cells": "the figures of a plan after a save, as JSON",
    "plan-undo": "a button of the message that a plan is saved",
    "plan-step": "buttons of the plan's page",
    "plan-workbook-file": "a file of the page of a plan's workbook",
    "plan-import-look": "the look at a target sheet, of the page where it is chosen",
    "plan-workbook-look": "the comparison of a workbook that came back, of the page of a plan's workbook",
    "plan-letter-file": "a file of the page of a letter",
    "plan-letters": "a file of the page of an agreement",
    "import-commit": "a button of the preview",
    "import-read": "a button of the page of a job that was cancelled",
    "import-spelling": "a button of the preview",
    "import-reread": "a button of the preview",
    "import-drop": "a button of the preview",
    "import-read-by": "a button of the choice of columns",
    "import-save": "a button of the preview",
    "import-mapping-drop": "a button of the mapping's page",
    "import-mapping-back": "a button of the mapping's page",
    "import-undo": "a button of the batch",
    "end-engagement": "a button of the person's page",
    "end-role": "a button of the person's page",
    "end-grant": "a button of the person's page",
    "able-account": "a button of the person's page",
    "revoke-token": "a button of the account's page",
    "calendar-fill": "a button of a year without a calendar",
    "freeze": "a form of the frozen Books' page",
    "live-pack": "a file of the frozen Books' page",
    "frozen-pack": "a file of the frozen Books' page",
    "close-period": "a button of the periods' page",
    "reopen-period": "a button of the periods' page",
    "sign-out": "a button of the account's menu",
    "contract-decide": "a button of a contract signed into a closed period",
    "project-recognise": "a button of the project's page",
    "receipt-allocate": "a form of the receipt's page",
    "budget-decide": "a button of the budget's page",
    "budget-propose": "a button of the budget's page",
    "release-decide": "a button of the budget's page",
    "budget-line-approve": "a button of the budget's page",
    "preferences": "buttons of the account's menu",
}
"""URL name -> why it is not a page of its own."""


@dataclass(frozen=True)
class Stop:
    """One page, or one state of it.

    Args:
        name: of the URL pattern; note: which state, where a pattern has several.
        role: who opens it; path: with places such as ``{open_deal}``, which `scripts.places` fills.
        fills: (CSS selector, text) of what is typed once the page is there.
        presses: CSS selectors, clicked one after the other after that.
    """

    name: str
    role: str
    path: str
    note: str = ""
    fills: tuple[tuple[str, str], ...] = ()
    presses: tuple[str, ...] = ()
    status: int = 200

    def __str__(self) -> str:
        return f"{self.name}-{self.note}" if self.note else self.name


_PRIMARY = "main form .button.primary"
_DOOR = ":is(.wide-only .door, .phone-only .door):visible"
_VIEWS = ":is(.to-views summary, details.account summary):visible >> nth=0"
"""The pinned views of the bottom bar; where the menu shows them already, the account."""

_PIPELINE = "/reports/tables/pipeline/"
_BULK = "/deals/bulk/?report=tables/pipeline&all=1&flagged=1&column="
_BLOCK = "商机号\t名称\t金额(万元)\t预计签约日\nXS-X\t新泵站\t1.2亿\t很快"
_UNIT = "/settings/organisation/units/{unit}/"
_PERSON = "/settings/people/{person}/"
_COUNTERED = "/targets/plans/{offered_plan}/rows/{countered_row}/"

SIGNING_IN = (
    Stop("sign-in", NOBODY, "/sign-in/"),
    Stop("sign-in-link", NOBODY, "/sign-in/0123456789abcdef/"),
    Stop("sign-in-link", NOBODY, "/sign-in/0123456789abcdef/", "used", presses=("main .button.primary",)),
)
"""What somebody sees who has not signed in."""

COCKPITS = (
    Stop("cockpit", "manager", "/"),
    Stop("cockpit", "executive", "/", "executive"),
    Stop("cockpit", "rep", "/", "rep"),
    Stop("cockpit", "admin", "/", "empty"),
    Stop("cockpit", "manager", "/", "sheet", presses=(_DOOR,)),
    Stop("cockpit", "sales_ops", "/", "views", presses=(_VIEWS,)),
    Stop("cockpit", "manager", "/", "account", presses=("details.account summary",)),
    Stop("cockpit", "manager", "/", "as-of", presses=(".asof details summary",)),
    Stop("cockpit-changes", "manager", "/cockpit/changes/"),
    Stop("search", "manager", "/search/?q=泵"),
    Stop("search", "manager", "/search/?q=没有的词", "nothing"),
    Stop("search", "manager", "/search/?q=gz", "by-initials"),
    Stop("first-steps", "sales_ops", "/first-steps/", presses=(".packs summary >> nth=0",)),
    Stop("glossary", "rep", "/glossary/"),
    Stop("not-found", "manager", "/nowhere/", status=404),
)
"""The cockpit of every kind of person, and what opens from it."""

TARGETS = (
    Stop("setting", "executive", "/targets/setting/"),
    Stop("setting", "manager", "/targets/setting/", "manager"),
    Stop("setting", "manager", "/targets/setting/?tab=triple", "triple"),
    Stop("setting", "manager", "/targets/setting/?tab=drivers", "drivers"),
    Stop("setting", "rep", "/targets/setting/", "empty"),
    Stop("inventory", "manager", "/targets/inventory/"),
    Stop("inventory", "manager", "/targets/inventory/", "line", presses=("main th a >> nth=0",)),
    Stop("targets-grid", "sales_ops", "/targets/grid/"),
    Stop("targets-grid", "rep", "/targets/grid/", "rep"),
    Stop("plans", "manager", "/targets/plans/"),
    Stop("plans", "rep", "/targets/plans/", "none"),
    Stop("new-plan", "sales_ops", "/targets/plans/new/"),
    Stop("plan-import", "sales_ops", "/targets/plans/import/"),
    Stop("plan", "sales_ops", "{plan}"),
    Stop("plan", "sales_ops", "{plan}?below=1&measure=margin", "unset"),
    Stop("plan-cell", "sales_ops", "{plan_cell}"),
    Stop("plan-break-down", "sales_ops", "{plan}break-down/"),
    Stop("plan-weigh", "sales_ops", "{plan}weigh/"),
    Stop("plan-shares", "sales_ops", "{plan}shares/"),
    Stop("copy-plan", "sales_ops", "{plan}copy/"),
    Stop("new-plan-row", "sales_ops", "{plan}rows/new/"),
    Stop("report", "sales_ops", "/reports/plans/diff/?plan={plan_code}&measure=contract", "plan-diff"),
    Stop("plan-matrix", "sales_ops", "{plan}cut/"),
    Stop("plan-row-place", "sales_ops", "{plan}rows/place/"),
    Stop("plan-row-split", "sales_ops", "{plan}rows/split/"),
    Stop("plan-move", "sales_ops", "{plan}move/"),
    Stop("plan-workbook", "sales_ops", "{plan}workbook/"),
    Stop("report", "sales_ops", "/reports/plans/list/", "plans"),
    Stop("report", "sales_ops", "/reports/plans/sheet/?plan={plan_code}&measure=contract", "plan-sheet"),
    Stop("plan", "sales_ops", "{plan}?organisation=today", "todays-organisation"),
    Stop("report", "sales_ops", "/reports/plans/standing/?plan={plan_code}&basis=today", "plan-standing"),
    Stop("report", "sales_ops", "/reports/plans/cells/?plan={plan_code}&measure=contract", "plan-cells"),
    Stop("report", "sales_ops", "/reports/plans/proof/?plan={plan_code}&measure=contract", "plan-proof"),
    Stop("report", "sales_ops", "/reports/plans/fairness/?plan={plan_code}&measure=contract", "plan-fairness"),
    Stop("report", "sales_ops", "/reports/plans/weights/?plan={plan_code}&measure=contract", "plan-weights"),
    Stop("report", "sales_ops", "/reports/plans/factors/?plan={plan_code}&measure=contract", "plan-factors"),
    Stop("report", "sales_ops", "/reports/plans/figures/", "plan-figures"),
    Stop("new-factor", "sales_ops", "/targets/factors/new/"),
    Stop("factor", "sales_ops", "/targets/factors/{factor}/"),
    Stop("new-factor-figure", "manager", "/targets/figures/new/"),
    Stop("factor-figure", "manager", "/targets/figures/{factor_figure}/"),
    Stop("report", "sales_ops", "/reports/plans/channels/?plan={plan_code}", "plan-channels"),
    Stop("report", "sales_ops", "/reports/plans/months/?plan={plan_code}&measure=contract", "plan-months"),
    Stop("report", "sales_ops", "/reports/plans/days/?plan={plan_code}&measure=contract", "plan-days"),
    Stop("report", "sales_ops", "/reports/plans/health/?plan={plan_code}&measure=contract", "plan-health"),
    Stop("my-targets", "rep", "/targets/mine/"),
    Stop("my-targets", "finance", "/targets/mine/", "none"),
    Stop("plan-agreement", "manager", "/targets/plans/{offered_plan}/agreement/"),
    Stop("plan-adjustments", "sales_ops", "/targets/plans/{offered_plan}/adjustments/"),
    Stop("new-plan-adjustment", "sales_ops", "/targets/plans/{offered_plan}/adjustments/new/"),
    Stop("plan-adjustment", "executive", "/targets/plans/{offered_plan}/adjustments/{waiting_adjustment}/"),
    Stop("report", "sales_ops", "/reports/plans/adjustments/", "plan-adjustments"),
    Stop("report", "sales_ops", "/reports/plans/adjusted/", "plan-adjusted"),
    Stop("plan-talk", "sales_ops", _COUNTERED),
    Stop("plan-talk", "sales_ops", _COUNTERED, "answering", presses=("main details:has(form) > summary",)),
    Stop("plan-letter", "sales_ops", f"{_COUNTERED}letter/"),
    Stop("targets-history", "sales_ops", "/targets/grid/history/?unit={top}&measure=contract"),
    Stop("past-results", "sales_ops", "/targets/past/"),
    Stop("past-results", "rep", "/targets/past/?measure=cash", "empty"),
    Stop("targets-saves", "sales_ops", "/targets/saves/"),
    Stop("action-record", "rep", "/targets/actions/record/"),
    Stop("action-plan", "manager", "/targets/actions/plan/"),
    Stop("wall", "manager", "/targets/wall/"),
    Stop("targets-save", "sales_ops", "{save}"),
)
"""The pages of targets."""

REPORTS = (
    Stop("report", "manager", _PIPELINE, "pipeline"),
    Stop("report", "manager", f"{_PIPELINE}?compare={{earlier}}", "pipeline-compared"),
    Stop("report", "manager", f"{_PIPELINE}?closing=2019", "pipeline-nothing"),
    Stop("report", "manager", _PIPELINE, "pipeline-sheet", presses=("thead .total a.door:visible",)),
    Stop("report", "manager", _PIPELINE, "pipeline-selected", presses=("main tbody .pick input",)),
    Stop("report", "manager", f"{_PIPELINE}?edit=1", "pipeline-editing"),
    Stop("report", "sales_ops", f"{_PIPELINE}?flagged=1", "pipeline-views"),
    Stop("views", "sales_ops", "/views/"),
    Stop("views", "finance", "/views/", "none"),
    Stop("new-view", "sales_ops", "/views/new/?report=tables/pipeline&flagged=1"),
    Stop("edit-view", "sales_ops", "{view}"),
    Stop("report", "manager", _PIPELINE, "pipeline-columns", presses=(".bar .tools details:first-of-type summary",)),
    Stop("report", "manager", "/reports/targets/attainment/?people=1", "attainment"),
    Stop("report", "manager", "/reports/deals/list/", "deals"),
    Stop("report", "rep", "/reports/deals/list/", "deals-rep"),
    Stop("report", "manager", "/reports/customers/accounts/", "customers"),
    Stop("report", "manager", "/reports/org/capacity/", "capacity"),
    Stop("report", "manager", "/reports/org/people/", "people-at-work"),
    Stop("report", "manager", "/reports/org/engagements/", "engagements"),
    Stop("report", "manager", "/reports/deals/contracts/", "contracts"),
    Stop("report", "manager", "/reports/tables/receivable/", "receivable"),
    Stop("report", "manager", "/reports/tables/unrecognised/", "unrecognised"),
    Stop("report", "manager", "/reports/receivable/ageing/", "ageing"),
    Stop("report", "manager", "/reports/receivable/collections/", "collections"),
    Stop("report", "manager", "/reports/receivable/collection_terms/?source=due", "collection-terms"),
    Stop("report", "manager", "/reports/receivable/collection_deals/", "collection-deals"),
    Stop("report", "finance", "/reports/receivable/collection_errors/", "collection-errors"),
    Stop("report", "manager", "/reports/delivery/projects/", "delivery"),
    Stop("report", "finance", "/reports/delivery/projects/?alert=over", "overrun"),
    Stop("report", "manager", "/reports/delivery/milestones/?undone=1", "milestones"),
    Stop("report", "manager", "/reports/delivery/months/", "planned-recognition"),
    Stop("report", "manager", "/reports/contracts/rollforward/", "rollforward"),
    Stop("report", "finance", "/reports/receivable/invoices/?period=2026-07", "invoices"),
    Stop("report", "finance", "/reports/receivable/receipts/?period=2026-07", "receipts"),
    Stop("report", "finance", "/reports/receivable/allocations/?period=2026-07", "allocations"),
    Stop("report", "finance", "/reports/receivable/write_offs/", "write-offs"),
    Stop("report", "finance", "/reports/contracts/recognitions/?period=2026-07", "recognitions"),
    Stop("report", "manager", "/reports/deals/waterfall/", "waterfall"),
    Stop("report", "manager", "/reports/deals/moves/", "moves"),
    Stop("report", "manager", "/reports/deals/funnel/", "funnel"),
    Stop("report", "manager", "/reports/deals/stays/?stage=need&line=on", "stays"),
    Stop("report", "manager", "/reports/deals/lost/", "lost"),
    Stop("report", "manager", "/reports/deals/losses/", "losses"),
    Stop("report", "manager", "/reports/tables/forecast/?people=1", "forecast"),
    Stop("report", "manager", "/reports/targets/open/", "open-in-forecast"),
    Stop("report", "manager", "/reports/targets/actions/", "actions"),
    Stop("report", "manager", "/reports/targets/action_board/", "action-board"),
    Stop("report", "manager", "/reports/targets/actions_done/", "actions-done"),
    Stop("report", "manager", "/reports/targets/pareto/", "pareto"),
    Stop("report", "manager", "/reports/targets/marketing/", "marketing"),
    Stop("report", "manager", "/reports/targets/links/", "links"),
    Stop("report", "manager", "/reports/tables/trends/?figure=forecast", "trends"),
    Stop("report", "manager", "/reports/tables/winning/?people=1", "winning"),
    Stop("report", "manager", "/reports/tables/reverse/", "reverse"),
    Stop("report", "manager", "/reports/tables/sizes/?segment=unit", "tables/sizes"),
    Stop("report", "manager", "/reports/deals/closed/", "closed"),
    Stop("report", "manager", "/reports/targets/cells/", "cells"),
    Stop("report", "manager", "/reports/targets/done/?measure=contract", "done"),
    Stop("report", "manager", "/reports/targets/support/", "support"),
    Stop("report", "manager", "/reports/targets/setting/", "setting-figures"),
    Stop("report", "manager", "/reports/targets/setting_evidence/", "setting-evidence"),
    Stop("report", "manager", "/reports/targets/setting_backtest/", "setting-backtest"),
    Stop("report", "manager", "/reports/targets/setting_trials/", "setting-trials"),
    Stop("report", "manager", "/reports/targets/score/", "score"),
    Stop("report", "manager", "/reports/targets/drivers/", "drivers"),
    Stop("report", "manager", "/reports/targets/driver_changes/", "driver-changes"),
    Stop("report", "manager", "/reports/targets/inventory/", "inventory-figures"),
    Stop("report", "manager", "/reports/history/monthly/", "history-months"),
    Stop("report", "manager", "/reports/history/seasons/", "history-seasons"),
    Stop("report", "manager", "/reports/history/tickets/", "history-tickets"),
    Stop("report", "manager", "/reports/history/years/", "history-years"),
    Stop("report", "manager", "/reports/history/lines/", "history-lines"),
    Stop("report", "manager", "/reports/budget/plan/", "budget-plan"),
    Stop("report", "finance", "/reports/budget/release/", "budget-release"),
    Stop("report", "executive", "/reports/budget/releases/", "budget-ledger"),
    Stop("report", "manager", "/reports/budget/usage/", "budget-usage"),
    Stop("report", "manager", "/reports/budget/expenses/", "expenses"),
    Stop("report", "manager", "/reports/budget/tilt/", "budget-tilt"),
    Stop("report", "manager", "/reports/budget/cells/", "budget-cells"),
    Stop("new-budget", "finance", "/budgets/new/"),
    Stop("budget", "finance", "/budgets/{budget}/"),
    Stop("budget", "manager", "/budgets/{budget}/", "looking"),
    Stop("budget-edit", "finance", "/budgets/{budget}/edit/"),
    Stop("budget-exception", "executive", "/budgets/{budget}/exception/"),
    Stop("new-expense", "rep", "/expenses/new/"),
    Stop("expense", "manager", "/expenses/{expense}/"),
    Stop("how", "manager", f"{_PIPELINE}how/"),
    Stop("export-job", "manager", "/reports/deals/list/export.csv/background/"),
    Stop("jobs", "rep", "/jobs/", "empty"),
    Stop("job", "manager", "/reports/deals/list/export.csv/background/", "waiting", presses=("main .button.primary",)),
    Stop("jobs", "manager", "/jobs/", "asked"),
    Stop("every-job", "admin", "/jobs/all/"),
)
"""Every report, with the states that reports have: compared, filtered, empty, explained, opened."""

_GOAL = "/strategy/goals/{goal}/"

STRATEGY = (
    Stop("strategy", "executive", "/targets/strategy/"),
    Stop("report", "executive", "/reports/strategy/goals/", "goals"),
    Stop("report", "executive", "/reports/strategy/coverage/?by=theme", "coverage"),
    Stop("report", "executive", "/reports/strategy/carried/", "carried"),
    Stop("report", "executive", "/reports/strategy/value/", "value"),
    Stop("report", "executive", "/reports/strategy/horizons/", "horizons"),
    Stop("report", "executive", "/reports/strategy/open/", "open-strategy"),
    Stop("report", "sales_ops", "/reports/strategy/ogsm/", "ogsm"),
    Stop("report", "sales_ops", "/reports/strategy/market/", "market"),
    Stop("report", "executive", "/reports/strategy/assigned/", "assigned"),
    Stop("new-goal", "sales_ops", "/strategy/goals/new/"),
    Stop("goal", "sales_ops", _GOAL),
    Stop("goal-edit", "sales_ops", f"{_GOAL}edit/"),
    Stop("goal-link", "sales_ops", f"{_GOAL}link/"),
    Stop("new-theme", "sales_ops", "/strategy/themes/new/"),
    Stop("theme", "sales_ops", "/strategy/themes/{theme}/"),
    Stop("new-market-fact", "sales_ops", "/strategy/market/new/"),
    Stop("market-fact", "sales_ops", "/strategy/market/{market}/"),
    Stop("new-ogsm-node", "sales_ops", "/strategy/ogsm/new/"),
    Stop("ogsm-node", "sales_ops", "/strategy/ogsm/{ogsm_node}/"),
    Stop("ogsm-step", "sales_ops", "/strategy/ogsm/{ogsm_node}/step/"),
    Stop("report", "sales_ops", "/reports/plans/checklists/", "checklists"),
    Stop("new-checklist", "sales_ops", "/targets/checklists/new/"),
    Stop("checklist", "sales_ops", "/targets/checklists/{checklist_item}/"),
    Stop("checklist-item", "sales_ops", "/targets/checklists/{checklist_item}/item/"),
    Stop("assign-deal", "executive", "/strategy/assign/"),
    Stop("deal", "executive", "/deals/{assigned_deal}/", "assigned-to-somebody"),
    Stop("deal-strategy", "sales_ops", "/deals/{assigned_deal}/strategy/"),
    Stop("deal-assignment", "sales_ops", "/deals/{assigned_deal}/assignment/"),
)
"""The strategy: the five steps, goals, OGSM, the market, what is assigned."""

DEALS = (
    Stop("board", "manager", "/deals/board/"),
    Stop("board", "manager", "/deals/board/?flagged=1", "flagged"),
    Stop("board", "sales_ops", "/deals/board/", "menu", presses=("[data-move]",)),
    Stop("board", "manager", "/deals/board/?as_of={earlier}", "past"),
    Stop("new-deal", "sales_ops", "/deals/new/"),
    Stop("deal-bulk", "manager", "/deals/bulk/?report=tables/pipeline", "nothing"),
    Stop("deal-bulk", "manager", _BULK + "expected_day", "asking"),
    Stop(
        "deal-bulk", "manager", _BULK + "amount", "preview", (("#id_value", "12.5万"),), ("main form .button.primary",)
    ),
    Stop("deal-paste", "manager", "/deals/paste/", "asking"),
    Stop("deal-paste", "manager", "/deals/paste/", "preview", (("#id_text", _BLOCK),), ("main form .button.primary",)),
    Stop("own-changes", "sales_ops", "/changes/"),
    Stop("deal", "sales_ops", "/deals/{open_deal}/", "open"),
    Stop("deal", "sales_ops", "/deals/{open_deal}/", "editing", presses=("main [data-edit]",)),
    Stop("deal", "executive", "/deals/{won_deal}/", "already-won"),
    Stop("deal", "executive", "/deals/{lost_deal}/", "already-lost"),
    Stop("deal-hand-over", "sales_ops", "/deals/{open_deal}/hand-over/"),
    Stop("duplicate-deals", "sales_ops", "/duplicates/deals/"),
    Stop("duplicate-customers", "sales_ops", "/duplicates/customers/"),
    Stop("merge", "sales_ops", "/merge/deals/{open_deal}/", "asking"),
    Stop("merge", "sales_ops", "/merge/deals/{open_deal}/?into={twin_deal}", "preview"),
    Stop("deal-won", "sales_ops", "/deals/{open_deal}/won/"),
    Stop("deal-lost", "sales_ops", "/deals/{open_deal}/lost/"),
    Stop("deal-verify", "sales_ops", "/deals/{lost_deal}/verify/"),
    Stop("deal", "sales_ops", "/deals/{named_deal}/", "key-people"),
    Stop("deal-key-person", "sales_ops", "/deals/{named_deal}/key-people/{key_person}/"),
    Stop("deal-split", "sales_ops", "/deals/{lost_deal}/split/"),
    Stop("deal-field", "sales_ops", "/deals/{open_deal}/amount/"),
)
"""The pages of an opportunity, open, won and lost."""

CUSTOMERS = (
    Stop("customer", "manager", "/customers/{customer}/"),
    Stop("customer", "sales_ops", "/customers/{customer}/", "whole"),
    Stop(
        "customer",
        "sales_ops",
        "/customers/{customer}/",
        "editing",
        presses=("#contacts [data-edit]:visible >> nth=0",),
    ),
    Stop("customer-field", "sales_ops", "/customers/{customer}/value/industry/"),
    Stop("new-contact", "sales_ops", "/customers/{customer}/contacts/new/"),
    Stop("contact", "sales_ops", "/contacts/{contact}/"),
    Stop("contact-leave", "sales_ops", "/contacts/{contact}/leave/"),
    Stop("contact-field", "sales_ops", "/contacts/{contact}/value/part/"),
)
"""The pages of a customer and of a contact."""

CONTRACTS = (
    Stop("new-contract", "sales_ops", "/contracts/new/?deal={won_deal}"),
    Stop("contract", "sales_ops", "/contracts/{contract}/"),
    Stop("contract-edit", "sales_ops", "/contracts/{contract}/edit/"),
    Stop("new-project", "sales_ops", "/contracts/{contract}/projects/new/"),
    Stop("project", "finance", "/projects/{project}/"),
    Stop("project-follow", "finance", "/projects/{project}/follow/"),
    Stop("project-plan", "finance", "/projects/{project}/milestones/"),
    Stop("milestone", "finance", "/milestones/{milestone}/"),
    Stop("milestone-reach", "finance", "/milestones/{milestone}/reach/"),
    Stop("milestone-slip", "finance", "/milestones/{milestone}/slip/"),
    Stop("new-contract", "sales_ops", "/contracts/new/?amends={contract_code}", "change"),
    Stop("contract-terms", "sales_ops", "/contracts/{contract}/terms/"),
    Stop("contract-invoice", "finance", "/contracts/{contract}/invoices/new/"),
    Stop("contract-recognition", "finance", "/contracts/{contract}/recognitions/new/"),
    Stop("new-invoice", "finance", "/invoices/new/"),
    Stop("new-receipt", "finance", "/receipts/new/"),
    Stop("new-receipt", "finance", "/receipts/new/?reverses={receipt}", "refund"),
    Stop("receipt", "finance", "/receipts/{receipt}/"),
    Stop("term", "finance", "/terms/{payment_term}/"),
    Stop("term-write-off", "finance", "/terms/{payment_term}/write-off/"),
)
"""The pages of a contract."""

ORGANISATION = (
    Stop("organisation", "admin", "/settings/organisation/"),
    Stop("rights", "admin", "/settings/organisation/rights/"),
    Stop("new-unit", "admin", "/settings/organisation/units/new/"),
    Stop("unit", "admin", _UNIT),
    Stop("move-unit", "admin", f"{_UNIT}move/"),
    Stop("orphans", "sales_ops", "/settings/organisation/orphans/"),
    Stop("acting-manager", "admin", f"{_UNIT}manager/"),
    Stop("close-unit", "admin", f"{_UNIT}close/"),
    Stop("unit-field", "admin", f"{_UNIT}value/name/"),
    Stop("people", "admin", "/settings/people/"),
    Stop("new-person", "admin", "/settings/people/new/"),
    Stop("person", "admin", _PERSON),
    Stop("invite", "admin", _PERSON, presses=("main form[action$='/invite/'] button",)),
    Stop("move-person", "sales_ops", f"{_PERSON}move/"),
    Stop(
        "move-person",
        "sales_ops",
        "/settings/people/{seller}/move/?unit={elsewhere}&deals=person&targets=person",
        "foreseen",
        presses=(_PRIMARY,),
    ),
    Stop("leave", "sales_ops", f"{_PERSON}leave/"),
    Stop("start-engagement", "admin", f"{_PERSON}engagements/new/"),
    Stop("working-share", "admin", f"{_PERSON}share/"),
    Stop("grant-role", "admin", f"{_PERSON}roles/new/"),
    Stop("give-grant", "admin", f"{_PERSON}grants/new/"),
    Stop("person-field", "admin", f"{_PERSON}value/email/"),
)
"""The pages of units, people and their rights."""

SETTINGS = (
    Stop("settings", "admin", "/settings/"),
    Stop("settings", "sales_ops", "/settings/", "sales-ops"),
    Stop("account", "finance", "/settings/account/"),
    Stop("password", "finance", "/settings/account/password/"),
    Stop(
        "password",
        "finance",
        "/settings/account/password/",
        "refused",
        (("#id_new", "short"), ("#id_again", "short")),
        (_PRIMARY,),
    ),
    Stop("new-token", "finance", "/settings/account/", "refused", (("#id_name", " "),), ("main form.stack .button",)),
    Stop("calendar", "sales_ops", "/settings/calendar/"),
    Stop("rules", "sales_ops", "/settings/rules/"),
    Stop("rule", "sales_ops", "/settings/rules/done.won_without_contract/"),
    Stop(
        "rule",
        "sales_ops",
        "/settings/rules/fiscal.pattern/",
        "months",
        fills=(("textarea[name=reason]", "集团口径"),),
        presses=(_PRIMARY,),
    ),
    Stop("replica", "sales_ops", "/settings/replica/"),
    Stop("stages", "sales_ops", "/settings/stages/"),
    Stop("new-stage", "sales_ops", "/settings/stages/new/"),
    Stop("products", "manager", "/settings/products/"),
    Stop("new-product", "sales_ops", "/settings/products/new/"),
    Stop("product", "sales_ops", "/settings/products/{product}/"),
    Stop("loss-reasons", "manager", "/settings/loss-reasons/"),
    Stop("new-loss-reason", "sales_ops", "/settings/loss-reasons/new/"),
    Stop("loss-reason", "sales_ops", "/settings/loss-reasons/{loss_reason}/"),
    Stop("new-stage-set", "sales_ops", "/settings/stages/new-set/"),
    Stop("stage", "sales_ops", "/settings/stages/{stage}/"),
    Stop("periods", "finance", "/settings/periods/"),
    Stop("frozen", "finance", "/settings/frozen/"),
    Stop("why", "sales_ops", "/why/?deal={deal_code}", "answered"),
    Stop("why", "rep", "/why/", "asking"),
    Stop("imports", "sales_ops", "/imports/"),
    Stop("import-choose", "sales_ops", "{choosing}"),
    Stop("import-look", "sales_ops", "{preview}"),
    Stop("import-batch", "sales_ops", "{batch}"),
    Stop("import-mapping", "sales_ops", "{mapping}"),
    Stop("log", "admin", "/settings/log/"),
    Stop("log-entry", "admin", "{entry}"),
    Stop("verify-log", "admin", "/settings/log/", presses=("form[action$='/verify/'] button",)),
)
"""The settings, the imports and the log."""

STOPS = (
    *SIGNING_IN,
    *COCKPITS,
    *TARGETS,
    *STRATEGY,
    *REPORTS,
    *DEALS,
    *CUSTOMERS,
    *CONTRACTS,
    *ORGANISATION,
    *SETTINGS,
)
"""Every page once at least, with its states that look different."""
