"""What a contract, its lines and what it changes must agree on when it is recorded (合同登记)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dacheng.core.contracts.schema import CHANGES, FRAMEWORK, KINDS
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import BP_PER_WHOLE, percent, round_half_away, to_decimal

ROUNDED = 100
"""How far an amount without tax may be from its rate, minor units: invoices round each item of a line."""


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """The money of one line, minor units, and its VAT rate in basis points; None = not known."""

    amount: int
    amount_ex: int | None = None
    cost: int | None = None
    tax_bp: int | None = None


def taxed(line: LineAmounts) -> LineAmounts:
    """Return a line with its amount without tax, which follows from the rate where it is not told (G43).

    >>> taxed(LineAmounts(113_00, tax_bp=1300)).amount_ex
    10000
    """
    if line.amount_ex is not None or line.tax_bp is None:
        return line
    return replace(line, amount_ex=_without_tax(line.amount, line.tax_bp))


def totals(lines: Sequence[LineAmounts]) -> LineAmounts:
    """Return the sums of the lines; a sum with a part that is not known is not known.

    Raises:
        RuleError: there is no line, or a line's amounts contradict each other.

    >>> totals([LineAmounts(113, 100, 60), LineAmounts(100, None, 20)])
    LineAmounts(amount=213, amount_ex=None, cost=80, tax_bp=None)
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
    if excluded is not None and line.tax_bp is not None:
        by_rate = _without_tax(line.amount, line.tax_bp)
        if abs(by_rate - excluded) > ROUNDED:
            told, rate = to_decimal(excluded), percent(line.tax_bp)
            raise RuleError(
                Text(
                    f"第 {number} 行：不含税 {told} 与税率 {rate} 不符，按税率是 {to_decimal(by_rate)}。",
                    f"Line {number}: {told} excl. tax does not fit {rate}, by which it is {to_decimal(by_rate)}.",
                ),
                Text("改税率或不含税金额，只填其中一个也可以。", "Correct one of them, or tell one of them only."),
            )
    if line.cost is not None and line.cost * line.amount < 0:
        raise RuleError(
            Text(
                f"第 {number} 行：成本 {to_decimal(line.cost)} 与金额正负号相反。",
                f"Line {number}: cost {to_decimal(line.cost)} and amount have opposite signs.",
            ),
            Text("检查成本；毛利率不会超过 100%。", "Check the cost: a margin is never above 100 %."),
        )


def _without_tax(amount: int, tax_bp: int) -> int:
    return round_half_away(amount * BP_PER_WHOLE, BP_PER_WHOLE + tax_bp)


def check_changed(kind: int, base_kind: int, base_changes: bool, code: str) -> None:
    """Refuse a contract that changes another one without being a change, and one that nothing can change.

    Args:
        kind: of the contract. base_kind, code: of the one that it names. base_changes: that one changes a third one.

    Raises:
        RuleError: says which, and what to name instead.
    """
    label = {number: one for number, _, one in KINDS}
    if kind not in CHANGES:
        raise RuleError(
            Text(
                f"{label[kind].zh}不变更别的合同，却填了变更的合同 {code}。",
                f"A {label[kind].en.lower()} changes no other, and names {code}.",
            ),
            Text("把类别改为变更、冲减或取消，或清空变更的合同。", "Make it an amendment, credit or cancellation."),
        )
    if base_changes or base_kind == FRAMEWORK:
        raise RuleError(
            Text(f"合同 {code} 是{label[base_kind].zh}，不能被变更。", f"{code} is a {label[base_kind].en.lower()}."),
            Text("填最初签的那份合同；框架的变更记在下单上。", "Name the contract that was signed first."),
        )
