"""Every report: importing this module fills the registry of ``core.report``."""

from __future__ import annotations

from dacheng.core.activity import board as action_board
from dacheng.core.activity import marketing, needed
from dacheng.core.budget import cells as budget_cells
from dacheng.core.budget import expenses, ledger, plan, releases, tilted, use
from dacheng.core.cash import ageing_table, collecting, collection_rows, postings, trying
from dacheng.core.checklists import listing as checklist_listing
from dacheng.core.contracts import listing as contract_listing
from dacheng.core.customers import accounts
from dacheng.core.deals import closed, funnel, listing, losses, lost, stays, waterfall
from dacheng.core.delivery import milestone_tables, project_table
from dacheng.core.dunning import lists as dunning_lists
from dacheng.core.dunning import worklist
from dacheng.core.estimates import backtest, driver_changes, driver_table, evidence, inventory, scores, setting
from dacheng.core.grips import closings, six
from dacheng.core.history import lines, monthly, seasons, tickets, years
from dacheng.core.org import capacity, staffing
from dacheng.core.plans import adjusted as plan_adjusted
from dacheng.core.plans import channels as plan_channels
from dacheng.core.plans import days as plan_days
from dacheng.core.plans import factor_tables as plan_factors
from dacheng.core.plans import fairness as plan_fairness
from dacheng.core.plans import health as plan_health
from dacheng.core.plans import links
from dacheng.core.plans import listing as plan_listing
from dacheng.core.plans import register as plan_register
from dacheng.core.plans import restated as plan_restated
from dacheng.core.plans import tables as plan_tables
from dacheng.core.plans import versions as plan_versions
from dacheng.core.plans import weights as plan_weights
from dacheng.core.strategy import assigned, board, coverage, horizons, market, ogsm
from dacheng.core.tables import (
    delivery_chain,
    forecast,
    money_checks,
    money_flow,
    open_list,
    outstanding_days,
    pipeline,
    receivable,
    recognised_receivable,
    reverse,
    rollforward,
    signed_terms,
    sizes,
    trends,
    unrecognised,
    winning,
)
from dacheng.core.targets import attainment, cells, done, ranking, support

__all__ = [
    "accounts",
    "action_board",
    "ageing_table",
    "assigned",
    "attainment",
    "backtest",
    "board",
    "budget_cells",
    "capacity",
    "cells",
    "checklist_listing",
    "closed",
    "closings",
    "collecting",
    "collection_rows",
    "contract_listing",
    "coverage",
    "done",
    "delivery_chain",
    "driver_changes",
    "driver_table",
    "dunning_lists",
    "evidence",
    "expenses",
    "forecast",
    "funnel",
    "horizons",
    "inventory",
    "ledger",
    "lines",
    "links",
    "listing",
    "losses",
    "lost",
    "market",
    "marketing",
    "milestone_tables",
    "money_checks",
    "money_flow",
    "monthly",
    "needed",
    "ogsm",
    "open_list",
    "outstanding_days",
    "pipeline",
    "plan",
    "plan_adjusted",
    "plan_channels",
    "plan_days",
    "plan_factors",
    "plan_fairness",
    "plan_health",
    "plan_listing",
    "plan_register",
    "plan_restated",
    "plan_tables",
    "plan_versions",
    "plan_weights",
    "postings",
    "project_table",
    "ranking",
    "receivable",
    "recognised_receivable",
    "releases",
    "reverse",
    "rollforward",
    "scores",
    "seasons",
    "setting",
    "signed_terms",
    "six",
    "sizes",
    "staffing",
    "stays",
    "support",
    "tickets",
    "tilted",
    "trends",
    "trying",
    "unrecognised",
    "use",
    "waterfall",
    "winning",
    "worklist",
    "years",
]
