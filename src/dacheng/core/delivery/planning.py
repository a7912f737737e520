"""When what is signed will be recognised (计划确收): shares of milestones, in the order in which they come (R150)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.money import BP_PER_WHOLE, round_half_away, share_of


def earned(contract_ex: int, reached_bp: int) -> int:
    """Return what of a contract is earned by the shares of the milestones that were reached, minor units excl. tax.

    >>> earned(1_000_00, 3_333)
    33330
    """
    return round_half_away(contract_ex * min(reached_bp, BP_PER_WHOLE), BP_PER_WHOLE)


def still_planned(
    contract: IntArray,
    whole_ex: IntArray,
    recognised_ex: IntArray,
    share_bp: IntArray,
    day: IntArray,
    reached: BoolArray,
) -> IntArray:
    """Return what each milestone still brings, minor units excl. tax, shape (n,), >= 0.

    Within a contract what was reached comes first, then the others by day; what was recognised already is taken off
    in that order. What a contract comes to beyond its milestones' shares is planned by none of them.

    Args:
        contract: the contract of each milestone. whole_ex, recognised_ex: of that contract, minor units.
        share_bp: 0 where it brings nothing. day: when it is expected. reached: which were reached.

    >>> of, full, done = np.array([1, 1, 1]), np.full(3, 1_000), np.full(3, 500)
    >>> days = np.array([10, 20, 30])
    >>> still_planned(of, full, done, np.array([3_000, 4_000, 3_000]), days, np.array([True, False, False])).tolist()
    [0, 200, 300]
    """
    order = np.lexsort((day, ~reached, contract))
    own = contract[order]
    starts = np.flatnonzero(np.concatenate([[True], own[1:] != own[:-1]])) if len(own) else np.zeros(0, dtype=np.int64)
    shares = np.cumsum(share_bp[order])
    before = np.concatenate([[0], shares])[starts]
    run = np.diff(np.concatenate([starts, [len(own)]]))
    so_far = np.minimum(shares - np.repeat(before, run), BP_PER_WHOLE)
    upto = share_of(np.maximum(whole_ex[order], 0), so_far)
    done = np.maximum(recognised_ex[order], 0)
    left = np.maximum(upto - done, 0)
    earlier = np.concatenate([[0], left[:-1]]) if len(left) else left
    earlier[starts] = 0
    found = np.empty_like(left)
    found[order] = left - earlier
    return found
