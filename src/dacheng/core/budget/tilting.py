"""Tilt of the budget (预算倾斜): the share of each purpose against the policy, for example 80/20."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import BP_PER_WHOLE, percent, split
from dacheng.core.table import Note


@dataclass(frozen=True, slots=True)
class Purpose:
    """What money is for, with the policy and what was planned or spent.

    Args:
        policy_bp: share of the policy, 0 to 10,000. amount: minor units, refunds taken off.
    """

    name: Text
    policy_bp: int
    amount: int


@dataclass(frozen=True, slots=True)
class TiltLine:
    """One purpose against the policy.

    Args:
        by_policy: what the policy gives it of the sum of all purposes, minor units.
        share: amount ÷ sum, exact. deviation_pp: share − policy in percentage points, exact; both None where the sum
            is zero or less.
        flagged: deviates by more than the limit.
    """

    purpose: Purpose
    by_policy: int
    share: Fraction | None
    deviation_pp: Fraction | None
    flagged: bool


@dataclass(frozen=True, slots=True)
class Tilt:
    """Every purpose against the policy, in the order handed in.

    Args:
        total: sum over the purposes, minor units. off: why no share can be told; None where it can.
    """

    lines: tuple[TiltLine, ...]
    total: int
    off: Text | None
    notes: tuple[Note, ...]


def tilt(purposes: Sequence[Purpose], limit_pp: Fraction, without_purpose: int = 0) -> Tilt:
    """Compare the shares of purposes with the policy.

    Args:
        limit_pp: percentage points; a deviation of exactly so much is not flagged.
        without_purpose: minor units that were given no purpose: left out of the shares, and said.

    Raises:
        RuleError: the shares of the policy do not sum to 100 %, or one is negative.

    Source: R039 (deviation > 5 pp is flagged); golden case G55.

    >>> touching, trying = Text("高潜力触达", "High potential"), Text("新市场试错", "New markets")
    >>> found = tilt([Purpose(touching, 8_000, 70), Purpose(trying, 2_000, 30)], Fraction(5))
    >>> [(str(line.deviation_pp), line.flagged) for line in found.lines]
    [('-10', True), ('10', True)]
    """
    _check_policy(purposes)
    total = sum(one.amount for one in purposes)
    by_policy = split(total, np.array([one.policy_bp for one in purposes], dtype=np.int64))
    off = None if total > 0 else Text("没有费用，无法比较占比。", "Nothing was spent, so there are no shares.")
    lines = (_line(one, int(due), total, limit_pp) for one, due in zip(purposes, by_policy, strict=True))
    return Tilt(tuple(lines), total, off, _notes(without_purpose))


def _line(purpose: Purpose, by_policy: int, total: int, limit_pp: Fraction) -> TiltLine:
    if total <= 0:
        return TiltLine(purpose, by_policy, None, None, False)
    share = Fraction(purpose.amount, total)
    deviation = 100 * (share - Fraction(purpose.policy_bp, BP_PER_WHOLE))
    return TiltLine(purpose, by_policy, share, deviation, abs(deviation) > limit_pp)


_WITHOUT = Text("有 {} 没有注明用途，不计入占比。", "{} has no purpose and is left out of the shares.")


def _notes(without_purpose: int) -> tuple[Note, ...]:
    if not without_purpose:
        return ()
    return (Note.of_amounts("budget/without-purpose", _WITHOUT, [without_purpose], 1),)


def _check_policy(purposes: Sequence[Purpose]) -> None:
    whole = sum(one.policy_bp for one in purposes)
    negative = next((one for one in purposes if one.policy_bp < 0), None)
    if negative:
        share = percent(negative.policy_bp)
        raise RuleError(
            Text(
                f"倾斜政策中「{negative.name.zh}」的占比是 {share}。", f"The policy gives “{negative.name.en}” {share}."
            ),
            Text("占比不能为负。", "A share cannot be negative."),
        )
    if whole != BP_PER_WHOLE:
        raise RuleError(
            Text(f"倾斜政策的占比合计 {percent(whole)}，不是 100%。", f"The policy's shares sum to {percent(whole)}."),
            Text("请改成合计 100%。", "Change them to sum to 100%."),
        )
