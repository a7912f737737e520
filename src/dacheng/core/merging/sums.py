"""What a merge of two deals may not do: change what was done in any month (合并不改业绩)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dacheng.core.deals.schema import WON
from dacheng.core.errors import RuleError, Text


@dataclass(frozen=True, slots=True)
class Counted:
    """What decides whether a deal counts as done by itself, as it stands today.

    Args:
        name: as people call it. amount: minor units, None = not known.
        contracts: how many contracts it has.
    """

    name: str
    state: int
    closed_day: int
    owner_id: int
    amount: int | None
    contracts: int

    @property
    def by_itself(self) -> bool:
        """Tell whether it is done without a contract, so that its own amount counts."""
        return self.state == WON and not self.contracts


def check_sums(goes: Counted, stays: Counted, after: Counted) -> None:
    """Refuse a merge after which another amount would count as done.

    Contracts go along and count as before. A won deal without a contract counts with its own
    amount on its closing day for its owner: after the merge the same must count.

    Args:
        after: the one that stays as it would then be, with the contracts of both.

    Raises:
        RuleError: says what would be lost or gained, and the way out.
    """
    before = Counter(_done(goes, stays))
    lost = before - Counter(_done(after))
    gained = Counter(_done(after)) - before
    if not lost and not gained:
        return
    amount = sum(one[2] or 0 for one in lost.elements()) - sum(one[2] or 0 for one in gained.elements())
    both = goes.by_itself and stays.by_itself
    way_out = (
        Text(
            "两条都是赢单、都计入业绩：先确认哪一条不该赢，把它改回在途或记为丢单，再合并。",
            "Both are won and both count: find out which was not won, reopen it or close it as lost, then merge.",
        )
        if both
        else Text(
            f"让「{goes.name if goes.by_itself else stays.name}」留下，并保留它的负责人和金额；或先改好它的合同。",
            f"Let “{goes.name if goes.by_itself else stays.name}” stay with its owner and amount, "
            "or set its contracts right first.",
        )
    )
    raise RuleError(
        Text(
            f"合并「{goes.name}」和「{stays.name}」会让业绩改变 {-amount / 100:,.2f} 元，合并不能改业绩。",
            f"Merging “{goes.name}” and “{stays.name}” would change what is done by {-amount / 100:,.2f}.",
        ),
        way_out,
    )


def _done(*deals: Counted) -> Iterable[tuple[int, int, int | None]]:
    return [(one.closed_day, one.owner_id, one.amount) for one in deals if one.by_itself]
