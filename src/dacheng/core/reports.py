"""Every report: importing this module fills the registry of ``core.report``."""

from __future__ import annotations

from dacheng.core.deals import waterfall
from dacheng.core.tables import pipeline

__all__ = ["pipeline", "waterfall"]
