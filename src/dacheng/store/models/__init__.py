"""Every model; only ``store`` imports them."""

from dacheng.core.schema import RELATIONS
from dacheng.store.models.access import Account, ApiToken, IdempotencyKey, SignInLink
from dacheng.store.models.described import FAR_SEQ, fact_model, record_model
from dacheng.store.models.history import Chain, Change, ImportBatch, LogEntry
from dacheng.store.models.jobs import Job
from dacheng.store.models.mappings import SavedMapping
from dacheng.store.models.settings import CompanySetting, RuleValue
from dacheng.store.models.views import SavedView, ViewPin

Unit = record_model("Unit", "units")
Person = record_model("Person", "people")
Assignment = record_model("Assignment", "assignments")
Engagement = record_model("Engagement", "engagements")
RoleHeld = record_model("RoleHeld", "roles")
Grant = record_model("Grant", "grants")
CalendarDay = record_model("CalendarDay", "calendar")
ClosedPeriod = record_model("ClosedPeriod", "periods")
Customer = record_model("Customer", "customers")
Contact = record_model("Contact", "contacts")
Product = record_model("Product", "products")
Segment = record_model("Segment", "segments")
StageSet = record_model("StageSet", "stage_sets")
Stage = record_model("Stage", "stages")
LossReason = record_model("LossReason", "loss_reasons")
Deal = record_model("Deal", "deals")
DealSplit = record_model("DealSplit", "deal_splits")
DealContact = record_model("DealContact", "deal_contacts")
Contract = record_model("Contract", "contracts")
ContractLine = record_model("ContractLine", "contract_lines")
Recognition = record_model("Recognition", "recognitions")
PaymentTerm = record_model("PaymentTerm", "payment_terms")
Invoice = record_model("Invoice", "invoices")
Receipt = record_model("Receipt", "receipts")
Allocation = record_model("Allocation", "allocations")
WriteOff = record_model("WriteOff", "write_offs")
DunningStep = record_model("DunningStep", "dunning_steps")
Promise = record_model("Promise", "promises")
Project = record_model("Project", "projects")
Milestone = record_model("Milestone", "milestones")
Measure = record_model("Measure", "measures")
Target = record_model("Target", "targets")
Actual = record_model("Actual", "actuals")
Factor = record_model("Factor", "factors")
FactorFigure = record_model("FactorFigure", "factor_figures")
Plan = record_model("Plan", "plans")
PlanRow = record_model("PlanRow", "plan_rows")
PlanTerm = record_model("PlanTerm", "plan_terms")
PlanCell = record_model("PlanCell", "plan_cells")
PlanTalk = record_model("PlanTalk", "plan_talks")
PlanFactor = record_model("PlanFactor", "plan_factors")
PlanAdjustment = record_model("PlanAdjustment", "plan_adjustments")
Estimate = record_model("Estimate", "estimates")
EstimateInput = record_model("EstimateInput", "estimate_inputs")
InventoryLine = record_model("InventoryLine", "inventory_lines")
Budget = record_model("Budget", "budgets")
BudgetLine = record_model("BudgetLine", "budget_lines")
BudgetCell = record_model("BudgetCell", "budget_cells")
Release = record_model("Release", "releases")
ExpenseCategory = record_model("ExpenseCategory", "expense_categories")
Expense = record_model("Expense", "expenses")
ActionTarget = record_model("ActionTarget", "action_targets")
ActionDone = record_model("ActionDone", "actions_done")
MarketFact = record_model("MarketFact", "market_facts")
Theme = record_model("Theme", "themes")
Goal = record_model("Goal", "goals")
GoalDeal = record_model("GoalDeal", "goal_deals")
DealStrategy = record_model("DealStrategy", "deal_strategy")
OgsmNode = record_model("OgsmNode", "ogsm_nodes")
ChecklistTemplate = record_model("ChecklistTemplate", "checklist_templates")
ChecklistItem = record_model("ChecklistItem", "checklist_items")

RECORDS = {
    "units": Unit,
    "people": Person,
    "assignments": Assignment,
    "engagements": Engagement,
    "roles": RoleHeld,
    "grants": Grant,
    "calendar": CalendarDay,
    "periods": ClosedPeriod,
    "customers": Customer,
    "contacts": Contact,
    "products": Product,
    "segments": Segment,
    "stage_sets": StageSet,
    "stages": Stage,
    "loss_reasons": LossReason,
    "deals": Deal,
    "deal_splits": DealSplit,
    "deal_contacts": DealContact,
    "contracts": Contract,
    "contract_lines": ContractLine,
    "recognitions": Recognition,
    "payment_terms": PaymentTerm,
    "invoices": Invoice,
    "receipts": Receipt,
    "allocations": Allocation,
    "write_offs": WriteOff,
    "dunning_steps": DunningStep,
    "promises": Promise,
    "projects": Project,
    "milestones": Milestone,
    "measures": Measure,
    "targets": Target,
    "actuals": Actual,
    "factors": Factor,
    "factor_figures": FactorFigure,
    "plans": Plan,
    "plan_rows": PlanRow,
    "plan_terms": PlanTerm,
    "plan_cells": PlanCell,
    "plan_talks": PlanTalk,
    "plan_adjustments": PlanAdjustment,
    "plan_factors": PlanFactor,
    "estimates": Estimate,
    "estimate_inputs": EstimateInput,
    "inventory_lines": InventoryLine,
    "budgets": Budget,
    "budget_lines": BudgetLine,
    "budget_cells": BudgetCell,
    "releases": Release,
    "expense_categories": ExpenseCategory,
    "expenses": Expense,
    "action_targets": ActionTarget,
    "actions_done": ActionDone,
    "market_facts": MarketFact,
    "themes": Theme,
    "goals": Goal,
    "goal_deals": GoalDeal,
    "deal_strategy": DealStrategy,
    "ogsm_nodes": OgsmNode,
    "checklist_templates": ChecklistTemplate,
    "checklist_items": ChecklistItem,
}
FACTS = {name: fact_model(name) for name in RELATIONS}

__all__ = [
    "Recognition",
    "WriteOff",
    "DunningStep",
    "Promise",
    "Allocation",
    "Receipt",
    "Invoice",
    "PaymentTerm",
    "FACTS",
    "FAR_SEQ",
    "RECORDS",
    "Account",
    "ActionDone",
    "ActionTarget",
    "Actual",
    "ApiToken",
    "Assignment",
    "Budget",
    "BudgetCell",
    "BudgetLine",
    "CalendarDay",
    "Chain",
    "Change",
    "ClosedPeriod",
    "ChecklistItem",
    "CompanySetting",
    "Contact",
    "Contract",
    "ContractLine",
    "Customer",
    "Deal",
    "DealContact",
    "DealSplit",
    "DealStrategy",
    "Engagement",
    "Estimate",
    "EstimateInput",
    "Expense",
    "Factor",
    "FactorFigure",
    "Goal",
    "GoalDeal",
    "Grant",
    "IdempotencyKey",
    "ImportBatch",
    "InventoryLine",
    "Job",
    "LogEntry",
    "MarketFact",
    "Measure",
    "OgsmNode",
    "Person",
    "Plan",
    "PlanCell",
    "PlanFactor",
    "PlanRow",
    "PlanTalk",
    "PlanTerm",
    "Product",
    "Release",
    "RoleHeld",
    "RuleValue",
    "SavedMapping",
    "SavedView",
    "Segment",
    "SignInLink",
    "Stage",
    "StageSet",
    "Target",
    "Theme",
    "Unit",
    "ViewPin",
]
