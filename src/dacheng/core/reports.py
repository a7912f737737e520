"""Every report: importing this module fills the registry of ``core.report``."""

from __future__ import annotations

from dacheng.core.customers import accounts
from dacheng.core.deals import listing, waterfall
from dacheng.core.tables import pipeline
from dacheng.core.targets import attainment, cells, done, support

__all__ = ["accounts", "attainment", "cells", "done", "listing", "pipeline", "support", "waterfall"]
