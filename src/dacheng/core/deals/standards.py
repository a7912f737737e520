"""Stage standards (阶段标准): what must be known of a deal before it comes as far as a stage (R124)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dacheng.core.deals.schema import DEALS
from dacheng.core.errors import RuleError, Text
from dacheng.core.rules import Rules

ASKED_FROM = {
    "customer_id": "stages.customer_from",
    "amount": "stages.amount_from",
    "expected_day": "stages.expected_day_from",
    "grade": "stages.grade_from",
    "product_id": "stages.product_from",
    "next_step": "stages.next_step_from",
}
"""Column of a deal -> the rule that says from which order of stages on it must be known; 0 = never."""


class StageNeeds(RuleError):
    """A deal cannot come as far as a stage yet.

    Args:
        columns: what must be known of it first.
    """

    def __init__(self, stage: str, columns: tuple[str, ...]) -> None:
        labels = [DEALS.column(name).label for name in columns]
        missing = Text("、".join(one.zh for one in labels), ", ".join(one.en for one in labels))
        super().__init__(
            Text(f"到「{stage}」之前要先填：{missing.zh}。", f"Before it comes to “{stage}” it needs: {missing.en}."),
            Text(
                "填上再移动；从哪个阶段起要填，见规则。", "Fill it in, then move it; the rules say from which stage on."
            ),
        )
        self.columns = columns


def missing_for(rules: Rules, position: int, deal: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns that must be known at a stage and are not, in the order of ``ASKED_FROM``.

    Args:
        position: order of the stage in its set, from 1.
        deal: columns as they would stand.

    Source: R124.

    >>> missing_for(Rules({"stages.amount_from": 2}), 2, {"amount": None}), missing_for(Rules(), 9, {})
    (('amount',), ())
    """
    asked = (name for name, rule in ASKED_FROM.items() if 0 < int(rules.values.get(rule, 0)) <= position)
    return tuple(name for name in asked if deal.get(name) in (None, ""))


def check_standards(rules: Rules, stage: str, position: int, deal: Mapping[str, Any]) -> None:
    """Refuse a deal at a stage for which something is not known.

    Raises:
        StageNeeds: names what is missing.
    """
    if missing := missing_for(rules, position, deal):
        raise StageNeeds(stage, missing)
