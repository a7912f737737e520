"""What a deal needs when it is closed (赢单、丢单)."""

from __future__ import annotations

from dacheng.core.deals.schema import LOST, WON
from dacheng.core.errors import RuleError, Text


def check_outcome(state: int, *, amount: int | None, reason: str) -> None:
    """Refuse to close a deal without what its outcome needs.

    Args:
        state: open, won or lost.
        amount: minor units; None = not known.
        reason: why it was lost.

    Raises:
        RuleError: a won deal has no amount, or a lost one no reason.

    Source: R117; invariant I10.
    """
    if state == WON and amount is None:
        raise RuleError(
            Text("赢单没有金额。", "A won opportunity has no amount."),
            Text("请填写赢得的金额。", "Enter the amount that was won."),
        )
    if state == LOST and not reason.strip():
        raise RuleError(
            Text("丢单没有写原因。", "A lost opportunity has no reason."),
            Text("请写明丢单原因，再关闭。", "Say why it was lost, then close it."),
        )


def check_review(state: int) -> None:
    """Refuse to verify the loss of a deal that is not lost.

    Raises:
        RuleError: it is open or won.
    """
    if state != LOST:
        raise RuleError(
            Text("这条商机没有丢单，不能核实丢单类别。", "It is not lost, so there is no loss to verify."),
            Text("先记为丢单。", "Close it as lost first."),
        )
