"""What a contract and its lines must agree on when it is recorded (合同登记)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import to_decimal


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """The money of one line, minor units; None = not known."""

    amount: int
    amount_ex: int | None = None
    cost: int | None = None


def totals(lines: Sequence[LineAmounts]) -> LineAmounts:
    """Return the sums of the lines; a sum with a part that is not known is not known.

    Raises:
        RuleError: there is no line, or a line's amounts contradict each other.

    >>> totals([LineAmounts(113, 100, 60), LineAmounts(100, None, 20)])
    LineAmounts(amount=213, amount_ex=None, cost=80)
    """
    if not lines:
        raise RuleError(
            Text("合同没有合同行。", "The contract has no line."), Text("至少填一行。", "Enter at least one line.")
        )
    for number, line in enumerate(lines, 1):
        _check_line(number, line)
    return LineAmounts(
        sum(line.amount for line in lines),
        _sum([line.amount_ex for line in lines]),
        _sum([line.cost for line in lines]),
    )


def check_total(stated: int | None, lines: LineAmounts) -> None:
    """Refuse a stated contract amount that is not the sum of its lines (I6).

    Raises:
        RuleError: shows both and their difference.
    """
    if stated is None or stated == lines.amount:
        return
    given, summed, gap = (to_decimal(one) for one in (stated, lines.amount, stated - lines.amount))
    raise RuleError(
        Text(
            f"合同额 {given} 与各行之和 {summed} 相差 {gap}。", f"Amount {given}, lines sum to {summed}: {gap} apart."
        ),
        Text("改合同额或改行金额，使两者相等。", "Correct the amount or a line until they agree."),
    )


def _sum(parts: Sequence[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _check_line(number: int, line: LineAmounts) -> None:
    excluded = line.amount_ex
    if excluded is not None and (abs(excluded) > abs(line.amount) or excluded * line.amount < 0):
        raise RuleError(
            Text(
                f"第 {number} 行：不含税 {to_decimal(excluded)} 与含税 {to_decimal(line.amount)} 不符。",
                f"Line {number}: {to_decimal(excluded)} excl. tax does not fit {to_decimal(line.amount)} incl. tax.",
            ),
            Text("不含税金额不能大于含税金额，正负号要一致。", "Excl. tax is never larger and has the same sign."),
        )
    if line.cost is not None and line.cost * line.amount < 0:
        raise RuleError(
            Text(
                f"第 {number} 行：成本 {to_decimal(line.cost)} 与金额正负号相反。",
                f"Line {number}: cost {to_decimal(line.cost)} and amount have opposite signs.",
            ),
            Text("检查成本；毛利率不会超过 100%。", "Check the cost: a margin is never above 100 %."),
        )
