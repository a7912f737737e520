"""Win rate and weighted amount of one deal, by the same core rules as the pipeline table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dacheng.core.book import Book, Rows
from dacheng.core.deals.weighing import stage_win, stages_of, weighted_amount
from dacheng.core.money import BP_PER_WHOLE


@dataclass(frozen=True, slots=True)
class Weight:
    """The stage's win rate 0–1 and the weighted amount in minor units; None = not known."""

    stage_ratio: float | None
    weighted: int | None


def weight_of(book: Book, row: Mapping[str, Any]) -> Weight:
    """Return the weight of a deal as it stood on the Book's day."""
    stages = stages_of(book)
    names = ("stage_id", "win_bp", "amount")
    rows = Rows.of(names, [tuple(row[name] for name in names)])
    rate, rated = stage_win(stages, rows["stage_id"])
    weighted, known = weighted_amount(rows, stages)
    return Weight(
        stage_ratio=float(rate[0]) / BP_PER_WHOLE if rated[0] else None,
        weighted=int(weighted[0]) if known[0] else None,
    )
