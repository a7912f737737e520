"""Frameworks and what is called off them (框架与下单), and the annual value of a contract of several years (R222)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.contracts.schema import CONTRACTS, FRAMEWORK, KINDS, NORMAL
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import round_half_away
from dacheng.core.period import MONTHS_PER_YEAR

NO_TERM = 0


def annual_value(amount: IntArray, months: IntArray, longer_than: int) -> IntArray:
    """Return what each contract comes to in a year: all of it, of one with a longer term the part of twelve months.

    Args:
        amount: minor units. months: of its term, ``NO_TERM`` = none. longer_than: terms up to it count whole.

    Source: R222; golden case G61 (3.6 m over three years is 1.2 m a year).

    >>> annual_value(np.array([360, 360, 100]), np.array([36, 12, 0]), 12).tolist()
    [120, 360, 100]
    """
    pairs = zip(amount.tolist(), months.tolist(), strict=True)
    return np.array(
        [round_half_away(value * MONTHS_PER_YEAR, term) if term > longer_than else value for value, term in pairs],
        dtype=np.int64,
    )


def check_framework(kind: int, framework_kind: int, code: str) -> None:
    """Refuse a contract that cannot be drawn from a framework, and what is none to draw from.

    Args:
        kind: of the contract. framework_kind, code: of what it names.

    Raises:
        RuleError: says which of them it is.
    """
    label = {number: one for number, _, one in KINDS}
    if kind in (NORMAL, FRAMEWORK):
        raise RuleError(
            Text(f"{label[kind].zh}不从框架下单。", f"A {label[kind].en.lower()} is not drawn from a framework."),
            Text("把合同类别改为框架下单、变更或冲减，或清空所属框架。", "Make it a call-off, or name no framework."),
        )
    if framework_kind != FRAMEWORK:
        is_now = label[framework_kind]
        raise RuleError(
            Text(f"合同 {code} 是{is_now.zh}，不是框架合同。", f"{code} is a {is_now.en.lower()}, not a framework."),
            Text(f"在「{CONTRACTS.column('framework_id').label.zh}」里填框架合同号。", "Name a framework."),
        )
