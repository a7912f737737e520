"""Revenue recognition (确收): without tax as finance tells it, with tax as the contract's own (G21, settled decision
"Tax basis")."""

from __future__ import annotations

from dataclasses import dataclass

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import round_half_away, to_decimal


@dataclass(frozen=True, slots=True)
class Both:
    """An amount with and without tax, minor units."""

    incl: int
    excl: int


def with_tax(new_ex: int, so_far: Both, contract: Both) -> int:
    """Return a recognition with tax: cumulatively by the contract's own proportion, so the last takes the remainder.

    Args:
        new_ex: without tax; below zero takes back. so_far: what was recognised before.
        contract: with what changed it.

    Raises:
        RuleError: the contract has no amount without tax to take the proportion of.

    >>> contract = Both(113_00, 100_00)
    >>> with_tax(33_33, Both(0, 0), contract), with_tax(66_67, Both(37_66, 33_33), contract)
    (3766, 7534)
    """
    if contract.excl == 0:
        if new_ex == -so_far.excl:
            return -so_far.incl
        raise RuleError(
            Text(
                "合同的不含税金额是 0，不能确认收入。", "The contract comes to nothing, so nothing can be recognised."
            ),
            Text("先登记合同变更，或冲回已确认的收入。", "Record an amendment, or take back what was recognised."),
        )
    return round_half_away((so_far.excl + new_ex) * contract.incl, contract.excl) - so_far.incl


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """What of a contract is not recognised yet (未确收), and what was recognised too much, both >= 0 of a sale.

    Args:
        left: minor units without tax. over: recognised above the contract, an error line of its own.
    """

    left: int
    over: int


def unrecognised(contract_ex: int, recognised_ex: int) -> Unrecognised:
    """Return what is left of a contract and what is over.

    >>> unrecognised(1_000, 600), unrecognised(1_000, 1_200)
    (Unrecognised(left=400, over=0), Unrecognised(left=0, over=200))
    """
    left = contract_ex - recognised_ex
    return Unrecognised(left, 0) if left * (1 if contract_ex >= 0 else -1) >= 0 else Unrecognised(0, abs(left))


def over_words(code: str, recognised_ex: int, contract_ex: int) -> Text:
    """Tell that a contract has more recognised than it comes to."""
    over = to_decimal(abs(recognised_ex - contract_ex))
    return Text(
        f"合同 {code} 已确收比合同额（不含税）多 {over}：冲回，或登记合同变更。",
        f"{code} has {over} more recognised than it comes to without tax: take it back, or record an amendment.",
    )
