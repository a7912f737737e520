"""Agreeing on targets (目标协商): who accepts what, what is open, and the fingerprint of what was accepted (R031).

A target is agreed on before it holds: the row's own person, or whoever looks after its unit, accepts it or
counters; the one above offers again or imposes it, which is shown as not agreed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.plans.schema import (
    ACCEPT,
    ACCEPTED,
    APPROVED,
    COMMENT,
    COUNTER,
    COUNTERED,
    DRAFT,
    IMPOSE,
    IMPOSED,
    LOCKED,
    OFFER,
    OFFERED,
    PERSON,
    PROPOSED,
    STATES,
    UNIT,
    UNSAID,
)
from dacheng.core.plans.sheet import Sheet

SEAL_LENGTH = 12

BECOMES = {OFFER: OFFERED, COUNTER: COUNTERED, ACCEPT: ACCEPTED, IMPOSE: IMPOSED}
"""What is said -> how the target stands then; a comment changes nothing."""

POSSIBLE = {
    OFFER: (DRAFT, PROPOSED),
    COUNTER: (PROPOSED,),
    ACCEPT: (PROPOSED, APPROVED, LOCKED),
    IMPOSE: (PROPOSED,),
    COMMENT: (DRAFT, PROPOSED, APPROVED, LOCKED),
}
"""What is said -> the states of the plan in which it may be."""

NEEDS_WORDS = (COUNTER, IMPOSE, COMMENT)


def check_talk(kind: int, state: int, before: int | None, amount: int | None, said: str) -> None:
    """Refuse what cannot be said of a target.

    Args:
        state: of the plan. before: the target as it stands, minor units; None = none is set.
        amount: the counter-offer; what else is said takes the target as it stands.

    Raises:
        RuleError: the plan is in another state, there is no target, a reason is missing, or a counter-offer is
            the same.

    Source: R031.
    """
    if state not in POSSIBLE[kind]:
        raise _wrong_state(kind, state)
    if before is None and kind != COMMENT:
        raise RuleError(
            Text("这里还没有目标。", "There is no target here yet."),
            Text("等方案分解到这一行再谈。", "Wait until the plan is broken down to this row."),
        )
    if kind in NEEDS_WORDS and not said.strip():
        raise RuleError(
            Text("没有写原因。", "No reason is given."),
            Text("写一句为什么，对方看得到。", "Say why: the other one reads it."),
        )
    if kind == COUNTER and amount is None:
        raise RuleError(
            Text("没有写还价的金额。", "The counter-offer has no amount."),
            Text("写你能承担的金额；0 也要写。", "Enter what you can take on; write 0 for nothing."),
        )
    if kind == COUNTER and amount == before:
        raise RuleError(
            Text(f"还价 {in_yuan(amount or 0)} 与目标相同。", f"{in_yuan(amount or 0)} is the target itself."),
            Text("没有意见就点「接受」。", "Accept it if you agree."),
        )


def _wrong_state(kind: int, state: int) -> RuleError:
    label = {number: label for number, _, label in STATES}
    possible = [label[one] for one in POSSIBLE[kind]]
    return RuleError(
        Text(f"方案现在是{label[state].zh}。", f"The plan is {label[state].en.lower()}."),
        Text(
            f"这一步只用于{'、'.join(one.zh for one in possible)}的方案。",
            f"This step is for plans that are {' / '.join(one.en.lower() for one in possible)}.",
        ),
    )


def seal(months: Mapping[int, int]) -> str:
    """Return the fingerprint (版本指纹) of the months of a target; any other amount gives another one.

    It names no version of a plan, so that a target that stays the same in the next version stays agreed, and no
    number of a record, so that it is the same wherever the company's records are brought to.

    Args:
        months: month -> minor units.

    Source: R032.

    >>> seal({24312: 100, 24313: 200}) == seal({24313: 200, 24312: 100})
    True
    """
    cells = ";".join(f"{ym}={amount}" for ym, amount in sorted(months.items()))
    return sha256(cells.encode()).hexdigest()[:SEAL_LENGTH].upper()


def seal_of_all(seals: Sequence[str]) -> str:
    """Return one fingerprint of several measures, whatever their order."""
    return sha256("|".join(sorted(seals)).encode()).hexdigest()[:SEAL_LENGTH].upper()


def asked(sheet: Sheet) -> BoolArray:
    """Return which rows are asked to agree, shape (n,): people and units below the plan's own, with a target."""
    own = (sheet.kind == UNIT) & (sheet.unit_id == sheet.plan.unit_id)
    there: BoolArray = np.isin(sheet.kind, (UNIT, PERSON)) & ~own & np.any(sheet.cells.amount.known, axis=1)
    return there


def standing(sheet: Sheet) -> IntArray:
    """Return how the target of each row stands, shape (n,): countered or imposed as soon as one of its months is."""
    years, months = sheet.years.agreed, sheet.cells.agreed
    countered = (years == COUNTERED) | np.any(months == COUNTERED, axis=1)
    imposed = (years == IMPOSED) | np.any(months == IMPOSED, axis=1)
    return np.where(countered, COUNTERED, np.where(imposed, IMPOSED, years))


def stand(year: int, months: Sequence[int]) -> int:
    """Return the same of one row, from its year and its months.

    >>> stand(ACCEPTED, [UNSAID, COUNTERED]) == COUNTERED
    True
    """
    said = {year, *months}
    return COUNTERED if COUNTERED in said else IMPOSED if IMPOSED in said else year


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How far rows and everything below them are agreed.

    Args:
        positions: shape (k,), the rows with others below them that are asked.
        asked, accepted, countered, imposed, silent: shape (k,), rows; the last four add up to ``asked``.
    """

    positions: IntArray
    asked: IntArray
    accepted: IntArray
    countered: IntArray
    imposed: IntArray
    silent: IntArray


def agreement(sheet: Sheet) -> Agreement:
    """Count how the targets below each row stand, the row itself included (认同进度).

    Source: R031.
    """
    wanted, stands = asked(sheet), standing(sheet)

    def counted(*states: int) -> IntArray:
        here = wanted & np.isin(stands, states)
        return sheet.tree.roll_up(here.astype(np.int64), np.arange(len(sheet)))

    every = counted(UNSAID, OFFERED, COUNTERED, ACCEPTED, IMPOSED)
    inner = np.flatnonzero((sheet.tree.ends > np.arange(len(sheet)) + 1) & (every > 0))
    parts = (counted(ACCEPTED), counted(COUNTERED), counted(IMPOSED), counted(UNSAID, OFFERED))
    return Agreement(inner, every[inner], *(one[inner] for one in parts))
