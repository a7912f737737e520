"""What share of each stage will be won, and what stands open in it (到赢单、等效商机数; R012, R120, R122)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import pooled
from dacheng.core.deals.concentration import effective_number
from dacheng.core.deals.schema import OPEN
from dacheng.core.deals.velocity import shrunk_rate
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, equal, in_unit
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.table import Drill, TableColumn, Values

PRIOR_DEALS = 10
"""How many deals the prior of a shrunk rate counts for (R121)."""

OPEN_AMOUNTS = "SELECT deal_id, unit_id, stage_id, amount, part, share_bp FROM credits"

TO_WIN = TableColumn(
    "to_win_ratio",
    "ratio",
    Text("到赢单", "To winning"),
    judged="more",
    help=Text(
        "从本阶段起各阶段的收缩转化率相乘：进入本阶段的有多少会赢",
        "The shrunk conversions from this stage on, multiplied: what share of those that enter it will be won",
    ),
)
OPEN_AMOUNT = TableColumn(
    "open_amount",
    "money",
    Text("在途金额", "Open amount"),
    optional=True,
    help=Text("截至日在本阶段在途、已知的金额；与期间无关", "Known amounts open in the stage now, whatever the period"),
    drill=Drill("tables/pipeline", take={"stage": "stage_id"}, carry=("unit", "direct", "owner")),
)
EFFECTIVE = TableColumn(
    "effective",
    "number",
    Text("等效商机数", "Effective number"),
    judged="more",
    help=Text(
        "（Σ 金额）² ÷ Σ 金额²：本阶段在途的金额相当于几个同样大的商机；与期间无关",
        "(Σ amount)² ÷ Σ amount²: how many deals of one size what is open in the stage is worth, whatever the period",
    ),
)


def open_amounts(book: Book, unit: int | None, direct: bool, owner: int | None) -> Rows:
    """Gather stage and amount of the open deals of a view that enter sums, one row a deal."""
    wanted = equal(state=OPEN, owner_id=owner) & INSIDE & in_unit(book, unit, direct)
    return pooled(book.gather(f"{OPEN_AMOUNTS} {wanted.where}", **wanted.params), "amount")


def standing(stages: Rows, rows: Rows) -> dict[str, tuple[Values, BoolArray]]:
    """Return what stands open in each stage: its amount, and how many deals of one size that is worth."""
    priced = rows.only(rows.known("amount"))
    of_stage = [priced["amount"][priced["stage_id"] == one] for one in stages["stage_id"]]
    open_one: BoolArray = stages["state"] == OPEN
    unpriced = np.array([(rows["stage_id"] == one).any() for one in stages["stage_id"]], dtype=np.bool_)
    some = np.array([len(one) > 0 for one in of_stage], dtype=np.bool_)
    effective = np.array([effective_number(one) for one in of_stage], dtype=np.float64)
    return {
        "open_amount": (np.array([one.sum() for one in of_stage], dtype=np.int64), open_one & (some | ~unpriced)),
        "effective": (effective, open_one & (effective > 0)),
    }


def conversions(stages: Rows, on: IntArray, lost: IntArray) -> list[Fraction | None]:
    """Return the shrunk conversion of each stage, exact; None for a closed one and where nothing is known.

    Args:
        on, lost: shape (n,), deals that moved on from each stage or were lost in it.
    """
    decided = int((on + lost).sum())
    pooled = Fraction(int(on.sum()), decided) if decided else None
    told = stages.known("baseline_bp")
    found: list[Fraction | None] = []
    for at, state in enumerate(stages["state"].tolist()):
        prior = Fraction(int(stages["baseline_bp"][at]), BP_PER_WHOLE) if told[at] else pooled
        moved, count = int(on[at]), int(on[at] + lost[at])
        found.append(shrunk_rate(moved, count, prior, PRIOR_DEALS) if state == OPEN and prior is not None else None)
    return found


def chances(stages: Rows, rates: list[Fraction | None]) -> list[Fraction | None]:
    """Return for each stage what share of those that enter it will be won; None where a rate ahead is not known.

    Args:
        stages: set by set, each in its order.
    """
    found: list[Fraction | None] = [None] * len(stages)
    for own in steps_of_sets(stages):
        ahead: Fraction | None = Fraction(1)
        for at in reversed(own):
            rate = rates[at]
            ahead = ahead * rate if ahead is not None and rate is not None else None
            found[at] = ahead
    return found


def steps_of_sets(stages: Rows) -> list[list[int]]:
    """Return for each stage set where its open stages are, in order."""
    open_one = stages["state"] == OPEN
    return [np.flatnonzero((stages["set_id"] == set_id) & open_one).tolist() for set_id in np.unique(stages["set_id"])]
