"""SMART: what a strategic goal must say before it is in force, and which metrics suit which kind (R023, R024)."""

from __future__ import annotations

from collections.abc import Mapping

from dacheng.core.errors import RuleError, Text
from dacheng.core.period import MONTHS_PER_YEAR
from dacheng.core.strategy.schema import (
    AMOUNT,
    COUNT,
    FORMS,
    GROWTH,
    LINKED_AMOUNT,
    LINKED_DEALS,
    METRICS,
    NEW_CUSTOMERS,
    READING,
    SHARE,
    WON_AMOUNT,
    WON_DEALS,
)

Stated = Mapping[str, int | None]
"""Columns of a goal by name; a column left out is not stated."""

NUMBER, UNIT, DEADLINE, OWNER, LINK = "number", "unit", "deadline", "owner", "link"
CHECKS = {
    NUMBER: Text("有数字", "A number"),
    UNIT: Text("有口径", "A measure"),
    DEADLINE: Text("有期限", "A deadline"),
    OWNER: Text("有责任人", "An owner"),
    LINK: Text("有上级", "What it serves"),
}
"""The five checks, in the order in which they are shown."""

SUITED = {
    COUNT: (WON_DEALS, NEW_CUSTOMERS, LINKED_DEALS, READING),
    SHARE: (WON_AMOUNT, WON_DEALS, READING),
    AMOUNT: (WON_AMOUNT, LINKED_AMOUNT, READING),
    GROWTH: (WON_AMOUNT, WON_DEALS, NEW_CUSTOMERS, READING),
}
"""Kind of goal -> the metrics it can be measured by."""

IN_AMOUNTS = (WON_AMOUNT, LINKED_AMOUNT)
"""Metrics that count money; all others but a reading count things."""

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years that a goal, a theme, a market or an OGSM page may be of."""

TARGET_OF = {COUNT: "target_count", AMOUNT: "target_amount", SHARE: "target_bp", GROWTH: "target_bp"}
READING_OF = {COUNT: "reading_count", AMOUNT: "reading_amount", SHARE: "reading_bp", GROWTH: "reading_bp"}


def target_of(goal: Stated) -> int | None:
    """Return the number a goal is to reach, in the unit of its kind: pieces, 分 or basis points."""
    form = goal.get("form")
    return goal.get(TARGET_OF[form]) if form else None


def missing_checks(goal: Stated) -> tuple[str, ...]:
    """Return the SMART checks that a goal fails, in order; a goal is in force only when there is none.

    number: a target of its kind · unit: kind and metric · deadline: a due month · owner: a person ·
    link: a theme or a goal above.

    Source: R023.

    >>> missing_checks({"form": 1, "metric": 2, "target_count": 200, "due_ym": 24311, "person_id": 3, "theme_id": 1})
    ()
    """
    met = {
        NUMBER: target_of(goal) is not None,
        UNIT: bool(goal.get("form") and goal.get("metric")),
        DEADLINE: goal.get("due_ym") is not None,
        OWNER: bool(goal.get("person_id")),
        LINK: bool(goal.get("theme_id") or goal.get("parent_id")),
    }
    return tuple(name for name, there in met.items() if not there)


def check_in_force(name: str, goal: Stated) -> None:
    """Refuse to put a goal in force that fails a SMART check.

    Raises:
        RuleError: names the goal and every check it fails.
    """
    missing = [CHECKS[one] for one in missing_checks(goal)]
    if missing:
        raise RuleError(
            Text(
                f"目标「{name}」还缺：{'、'.join(one.zh for one in missing)}，只能是草稿。",
                f"Goal “{name}” lacks: {', '.join(one.en for one in missing)}; it stays a draft.",
            ),
            Text("补齐后再生效；已生效的先转为草稿。", "Add these first; one in force goes back to draft first."),
        )


def check_goal(name: str, goal: Stated) -> None:
    """Refuse what cannot be measured: a metric that does not suit the kind, a share of nothing, months reversed.

    Raises:
        RuleError: names the goal, what was seen and what is possible.
    """
    _check_metric(name, goal)
    if goal.get("form") == SHARE and goal.get("metric") not in (READING, None) and not goal.get("product_id"):
        raise RuleError(
            Text(f"占比目标「{name}」没有说是哪个产品。", f"The share “{name}” does not say of which product."),
            Text("选一个产品，或把指标改成手工读数。", "Choose a product, or measure it by a manual reading."),
        )
    start, due = goal.get("start_ym"), goal.get("due_ym")
    for ym in (start, due):
        check_year(None if ym is None else ym // MONTHS_PER_YEAR)
    if start is not None and due is not None and start > due:
        raise RuleError(
            Text(f"目标「{name}」的起始月晚于截止月。", f"Goal “{name}” begins after it is due."),
            Text("改其中一个。", "Change one of the two."),
        )


def check_year(year: int | None) -> None:
    """Refuse a year that nobody plans for; None passes.

    Raises:
        RuleError: names the year and the range.
    """
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleError(
            Text(f"{year} 年不能做计划。", f"The year {year} cannot be planned."),
            Text(f"写 {FIRST_YEAR} 到 {LAST_YEAR} 年。", f"Write {FIRST_YEAR} to {LAST_YEAR}."),
        )


def _check_metric(name: str, goal: Stated) -> None:
    form, metric = goal.get("form"), goal.get("metric")
    if not form or not metric or metric in SUITED[form]:
        return
    kinds = {number: label for number, _, label in FORMS}
    labels = {number: label for number, _, label in METRICS}
    raise RuleError(
        Text(
            f"目标「{name}」是{kinds[form].zh}，不能用「{labels[metric].zh}」衡量。",
            f"Goal “{name}” is a {kinds[form].en.lower()}: “{labels[metric].en}” does not measure it.",
        ),
        Text(
            f"可用：{'、'.join(labels[one].zh for one in SUITED[form])}。",
            f"Possible: {', '.join(labels[one].en for one in SUITED[form])}.",
        ),
    )
