"""Individual fit (个人适配系数): a row of a plan weighs more or less than its factors say, and why (R049)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import BP_PER_WHOLE, percent
from dacheng.core.plans.sheet import Sheet

LEAST_FIT_BP, MOST_FIT_BP = 100, 100_000
"""From 1% to 1,000%: whoever shall have nothing weighs nothing instead."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What a row's weight is multiplied by, basis points, and why."""

    bp: int
    reason: str = ""

    def check(self, name: Text, free_bp: int) -> None:
        """Refuse a factor out of range, or one far from 100% without a reason.

        Args:
            free_bp: how far from 100% it may be without a reason; exactly so far needs none.

        Raises:
            RuleError: names the row, what was seen and the rule.

        Source: R049 (beyond ±20% a reason is required).
        """
        seen = percent(self.bp)
        if not LEAST_FIT_BP <= self.bp <= MOST_FIT_BP:
            raise RuleError(
                Text(f"{name.zh}的适配系数是 {seen}。", f"The fit of {name.en} is {seen}."),
                Text(
                    f"请填 {percent(LEAST_FIT_BP)} 到 {percent(MOST_FIT_BP)}；不分目标的把权重填 0。",
                    f"From {percent(LEAST_FIT_BP)} to {percent(MOST_FIT_BP)}; who gets no target weighs 0 instead.",
                ),
            )
        if abs(self.bp - BP_PER_WHOLE) > free_bp and not self.reason.strip():
            limit = percent(free_bp)
            raise RuleError(
                Text(
                    f"{name.zh}的适配系数 {seen} 偏离 100% 超过 {limit}，还没有理由。",
                    f"The fit of {name.en}, {seen}, is more than {limit} away from 100% and has no reason.",
                ),
                Text(
                    "写一句理由，如客户资源多、新市场刚起步；界限在规则 plan.fit_without_reason_bp。",
                    "State why, such as many accounts or a new market; the limit is plan.fit_without_reason_bp.",
                ),
            )


def with_fits(sheet: Sheet, fits: Mapping[int, Fit]) -> Sheet:
    """Return the sheet with other fits; keys are rows of the plan."""
    fit_bp = np.array(sheet.years.fit_bp)
    for row, fit in fits.items():
        fit_bp[sheet.position(row)] = fit.bp
    return replace(sheet, years=replace(sheet.years, fit_bp=fit_bp))
