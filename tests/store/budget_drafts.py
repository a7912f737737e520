"""A budget of the small company, as somebody drafts it: 1,200,000 fixed and 5 % of a target of 2,400,000."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from dacheng.core.access import Viewer
from dacheng.core.budget.budgeting import ProjectLine, RatedTarget
from dacheng.core.budget.drafting import DraftedLine, MeasuredTarget, fixed_line, project_line, variable_line
from dacheng.core.budget.schema import APPROVED, FIRST, NEW_MARKETS
from dacheng.core.errors import Text
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import Period
from dacheng.store.actions.budgets import Draft, Line, decide_budget, draft_budget
from dacheng.store.actions.recording import Saved
from dacheng.store.actions.releases import Figures, propose_release
from tests.store.company import AT, month, uid

YEAR = Period(month(1), month(12) + 1)
QUARTER = Period(month(1), month(4))
FIXED, TARGET = 1_200_000_00, 2_400_000_00


def variable(span: Period) -> DraftedLine:
    months = np.full(len(span), TARGET // 12, dtype=np.int64)
    rated = RatedTarget(Text("合同额", "Contract value"), Fraction(5, 100), TARGET)
    return variable_line(rated, MeasuredTarget(months, months > 0), span)


def draft(unit: str = "EAST", *, fixed: int = FIXED, project: int = 0, span: Period = YEAR, code: str = "") -> Draft:
    lines = [
        Line(fixed_line(fixed, span, CALENDAR_MONTHS), "日常"),
        Line(variable(span), "商务", measure=uid("measures", "contract"), rate_bp=500),
    ]
    if project:
        own = ProjectLine("试点", project, Period(span.from_ym, span.from_ym + 3), "")
        lines.append(Line(project_line(own, CALENDAR_MONTHS), "试点", NEW_MARKETS, code=code))
    return Draft(uid("units", unit), span, uid("measures", "contract"), 3, lines, name="年度预算")


def drafted(who: Viewer, unit: str = "EAST", *, project: int = 0) -> Saved:
    return draft_budget(actor=who, at=AT, draft=draft(unit, project=project))


def approved(who: Viewer, unit: str = "EAST", *, project: int = 0) -> Saved:
    saved = drafted(who, unit, project=project)
    return decide_budget(actor=who, at=AT, uid=saved.uid, state=APPROVED, version=saved.version)


FIRST_QUARTER = Figures(QUARTER, FIRST, 300_000_00, 30_000_00, 0, {"release_bp": 10_000, "frozen": 0})
"""What the budget above has in its first quarter."""


def proposed(who: Viewer, unit: str = "EAST", figures: Figures = FIRST_QUARTER) -> Saved:
    return propose_release(actor=who, at=AT, budget=approved(who, unit).uid, figures=figures)
