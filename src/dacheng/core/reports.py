"""Every report: importing this module fills the registry of ``core.report``."""

from __future__ import annotations

from dacheng.core.customers import accounts
from dacheng.core.deals import closed, funnel, listing, losses, lost, stays, waterfall
from dacheng.core.estimates import evidence, inventory, setting
from dacheng.core.history import lines, monthly, seasons, years
from dacheng.core.org import capacity, staffing
from dacheng.core.plans import listing as plan_listing
from dacheng.core.plans import tables as plan_tables
from dacheng.core.tables import forecast, pipeline, reverse, sizes, trends, winning
from dacheng.core.targets import attainment, cells, done, open_deals, support

__all__ = [
    "accounts",
    "attainment",
    "capacity",
    "cells",
    "closed",
    "done",
    "evidence",
    "forecast",
    "funnel",
    "inventory",
    "lines",
    "listing",
    "losses",
    "lost",
    "monthly",
    "open_deals",
    "pipeline",
    "plan_listing",
    "plan_tables",
    "reverse",
    "setting",
    "seasons",
    "sizes",
    "staffing",
    "stays",
    "support",
    "trends",
    "waterfall",
    "winning",
    "years",
]
