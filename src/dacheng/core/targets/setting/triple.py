"""三指标 (contract value, gross margin, cash): one target told in three measures that must agree (R016)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import check_minor, percent
from dacheng.core.table import Note
from dacheng.core.targets.setting.bounds import check_amount, check_margin, check_ratio
from dacheng.core.targets.setting.outcome import Evidence, rounded
from dacheng.core.targets.setting.wording import in_percent
from dacheng.core.tax import before_tax

NO_MARGIN = Text("毛利率不知道。", "The gross margin is not known.")
NO_RATE = Text("收款率或期初应收不知道。", "A collection rate or the opening receivable is not known.")


@dataclass(frozen=True, slots=True)
class TripleInputs:
    """What the three targets rest on; None = not known.

    Args:
        contract_incl: minor units incl. VAT, >= 0. tax_bp: VAT in basis points, >= 0.
        margin_ratio: gross margin of the contract value without tax, at most 1.
        opening_receivable: minor units that are collectable at the start, >= 0; opening_rate: part of it that is
            collected in the year, 0–1. in_year_rate: part of the new contracts collected in the year, 0–1.
        stated_margin, stated_cash: targets that somebody set, minor units; None = take what follows.
        tolerance: by what part of the derived figure a stated one may differ before it is asked about.
    """

    contract_incl: int
    tax_bp: int
    margin_ratio: Fraction | None
    opening_receivable: int | None
    opening_rate: Fraction | None
    in_year_rate: Fraction | None
    tolerance: Fraction
    stated_margin: int | None = None
    stated_cash: int | None = None


@dataclass(frozen=True, slots=True)
class Triple:
    """The three targets that follow, minor units; None where an input is not known.

    Args:
        asks: what must be answered because a stated target does not follow from the others.
    """

    contract_incl: int
    contract_ex: int
    margin: int | None
    cash: int | None
    evidence: tuple[Evidence, ...]
    asks: tuple[Note, ...]


def triple_of(inputs: TripleInputs) -> Triple:
    """Return contract value without tax, margin and cash that follow from a contract target (三指标).

    Defined as::  ex = incl ÷ (1 + VAT)    margin = ex × GM%
                  cash = opening receivable × its rate + incl × in-year collection
    Each is rounded once; the margin is of the amount without tax as it stands. A stated margin or cash target
    beyond the tolerance shows the margin or the collection that it implies, and asks.

    Raises:
        RuleError: a rate outside 0–1, a margin above 100 %, a negative contract value, receivable or VAT.

    Source: R016; golden case G06.
    """
    _check(inputs)
    ex = int(before_tax(np.array([inputs.contract_incl]), inputs.tax_bp)[0])
    margin = None if inputs.margin_ratio is None else rounded(ex * inputs.margin_ratio)
    cash = _cash(inputs)
    return Triple(
        contract_incl=inputs.contract_incl,
        contract_ex=ex,
        margin=margin,
        cash=cash,
        evidence=tuple(_evidence(inputs, ex, margin, cash)),
        asks=(*_margin_asks(inputs, ex, margin), *_cash_asks(inputs, cash)),
    )


def _cash(inputs: TripleInputs) -> int | None:
    opening = _from_opening(inputs)
    if opening is None or inputs.in_year_rate is None:
        return None
    return rounded(opening + inputs.contract_incl * inputs.in_year_rate)


def _from_opening(inputs: TripleInputs) -> Fraction | None:
    if inputs.opening_receivable is None or inputs.opening_rate is None:
        return None
    return inputs.opening_receivable * inputs.opening_rate


def implied_margin(inputs: TripleInputs, contract_ex: int) -> Fraction | None:
    """Return the gross margin that a stated margin target means; None where none is stated."""
    if inputs.stated_margin is None or not contract_ex:
        return None
    return Fraction(inputs.stated_margin, contract_ex)


def implied_collection(inputs: TripleInputs) -> Fraction | None:
    """Return the part of the new contracts that a stated cash target collects in the year; None where not known."""
    opening = _from_opening(inputs)
    if inputs.stated_cash is None or opening is None or not inputs.contract_incl:
        return None
    return (inputs.stated_cash - opening) / inputs.contract_incl


def _evidence(inputs: TripleInputs, ex: int, margin: int | None, cash: int | None) -> list[Evidence]:
    opening = _from_opening(inputs)
    new = None if inputs.in_year_rate is None else inputs.contract_incl * inputs.in_year_rate
    found = [
        Evidence("contract_incl", Text("合同额（含税）", "Contract value incl. tax"), inputs.contract_incl, "money"),
        Evidence("contract_ex", Text("合同额（不含税）", "Contract value excl. tax"), ex, "money"),
        Evidence("margin", Text("毛利目标", "Margin target"), margin, "money", why=NO_MARGIN),
        Evidence("from_opening", Text("收回期初应收", "From opening receivable"), opening, "money"),
        Evidence("from_new", Text("当年合同回款", "From new contracts"), new, "money"),
        Evidence("cash", Text("回款目标", "Cash target"), cash, "money", why=NO_RATE),
    ]
    if inputs.stated_margin is not None:
        implied = implied_margin(inputs, ex)
        found.append(Evidence("implied_margin", Text("隐含毛利率", "Gross margin it implies"), implied, "ratio"))
    if inputs.stated_cash is not None:
        rate = implied_collection(inputs)
        label = Text("隐含当年收款率", "In-year collection it implies")
        found.append(Evidence("implied_collection", label, rate, "ratio", why=NO_RATE))
    return found


def _differs(stated: int | None, derived: int | None, tolerance: Fraction) -> bool:
    return stated is not None and derived is not None and abs(stated - derived) > tolerance * abs(derived)


def _margin_asks(inputs: TripleInputs, ex: int, margin: int | None) -> tuple[Note, ...]:
    if inputs.stated_margin is None or margin is None or not _differs(inputs.stated_margin, margin, inputs.tolerance):
        return ()
    implied = implied_margin(inputs, ex)
    seen = "–" if implied is None else in_percent(implied, 2)
    pattern = Text(
        f"毛利目标 {{}} 与推算的 {{}} 不一致，相当于毛利率 {seen}：改哪一个？",
        f"The margin target {{}} is not the {{}} that follows; it implies a gross margin of {seen}: which one changes?",
    )
    return (Note.of_amounts("margin-differs", pattern, (inputs.stated_margin, margin)),)


def _cash_asks(inputs: TripleInputs, cash: int | None) -> tuple[Note, ...]:
    if inputs.stated_cash is None or inputs.opening_receivable is None:
        return ()
    collectable = inputs.opening_receivable + inputs.contract_incl
    if inputs.stated_cash > collectable:
        overall = in_percent(Fraction(inputs.stated_cash, collectable), 2) if collectable else "–"
        pattern = Text(
            f"回款目标 {{}} 超过全部可收 {{}}（期初应收加当年合同），收款率要到 {overall}：改哪一个？",
            f"The cash target {{}} is more than all there is to collect {{}}: {overall} of it; which one changes?",
        )
        return (Note.of_amounts("cash-beyond-collectable", pattern, (inputs.stated_cash, collectable)),)
    if cash is None or not _differs(inputs.stated_cash, cash, inputs.tolerance):
        return ()
    rate = implied_collection(inputs)
    seen = "–" if rate is None else in_percent(rate, 2)
    pattern = Text(
        f"回款目标 {{}} 与推算的 {{}} 不一致，相当于当年合同收款率 {seen}：改哪一个？",
        f"The cash target {{}} is not the {{}} that follows; it implies a collection of {seen}: which one changes?",
    )
    return (Note.of_amounts("cash-differs", pattern, (inputs.stated_cash, cash)),)


def _check(inputs: TripleInputs) -> None:
    check_ratio(inputs.opening_rate, Text("期初应收的收款率", "The collection rate of opening receivables"))
    check_ratio(inputs.in_year_rate, Text("当年合同的收款率", "The in-year collection of new contracts"))
    check_margin(inputs.margin_ratio)
    check_minor(inputs.contract_incl)
    check_amount(inputs.contract_incl, Text("合同额目标", "The contract target"))
    check_amount(inputs.opening_receivable, Text("期初应收", "The opening receivable"))
    if inputs.tax_bp < 0:
        seen = percent(inputs.tax_bp)
        raise RuleError(
            Text(f"税率是 {seen}，不能为负。", f"The VAT rate is {seen}; it cannot be negative."),
            Text("免税填 0。", "Enter zero where there is none."),
        )
