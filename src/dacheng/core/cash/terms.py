"""Payment terms (付款条件): what was agreed when a contract was signed (签出来), in days and in money (R160, G23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import BP_PER_WHOLE, percent, round_half_away, split, to_decimal

DAYS_OF_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Waiting:
    """An amount and the days after signing on which it is to be paid.

    Args:
        amount: minor units. days: >= 0, or below for what was paid before.
    """

    amount: int
    days: int


def collection_days(terms: Sequence[Waiting]) -> Fraction | None:
    """Return the days after which a contract is paid, weighted by amount (WACD); None of nothing.

    >>> float(collection_days([Waiting(30, 0), Waiting(40, 90), Waiting(25, 180), Waiting(5, 545)]))
    108.25
    """
    whole = sum(term.amount for term in terms)
    if whole == 0:
        return None
    return Fraction(sum(term.amount * term.days for term in terms), whole)


def finance_cost(terms: Sequence[Waiting], rate_bp: int) -> int:
    """Return what waiting for the money costs: amount × days ÷ 365 × rate, minor units, rounded once.

    Args:
        rate_bp: basis points a year, >= 0.
    """
    waited = sum(term.amount * term.days for term in terms)
    return round_half_away(waited * rate_bp, BP_PER_WHOLE * DAYS_OF_A_YEAR)


def amounts_of(shares_bp: Sequence[int], whole: int) -> list[int]:
    """Return the amounts of terms that are agreed as shares; they add up to the contract, to the minor unit.

    Raises:
        RuleError: shares are not above zero, or do not come to 100 %.

    >>> amounts_of([3_000, 4_000, 2_500, 500], 1_130_000_00)
    [33900000, 45200000, 28250000, 5650000]
    """
    if any(share <= 0 for share in shares_bp) or sum(shares_bp) != BP_PER_WHOLE:
        told = percent(sum(shares_bp))
        raise RuleError(
            Text(f"付款比例合计 {told}，不是 100%。", f"The shares of the payment terms come to {told}, not to 100 %."),
            Text("每项都要大于 0，合计 100%；剩余部分可以写成金额。", "Each above 0, 100 % in all; or enter amounts."),
        )
    return [int(amount) for amount in split(whole, list(shares_bp))]


def untold(whole: int, amounts: Sequence[int]) -> int:
    """Return what terms leave untold of a contract (待定), minor units; refuse more than the contract.

    Args:
        whole: the contract with what changed it.

    Raises:
        RuleError: the terms come to more than the contract, or are of the other sign.

    >>> untold(100, [30, 40])
    30
    """
    summed = sum(amounts)
    if (whole - summed) * (1 if whole >= 0 else -1) < 0:
        given, contract = to_decimal(summed), to_decimal(whole)
        raise RuleError(
            Text(
                f"付款条件合计 {given}，超过合同额 {contract}。",
                f"The terms come to {given}, the contract to {contract}.",
            ),
            Text(
                f"减少 {to_decimal(abs(summed - whole))}，或先登记合同变更。",
                f"Take off {to_decimal(abs(summed - whole))}, or record an amendment first.",
            ),
        )
    return whole - summed
