"""Win rate and weighted amount of one deal, by the same core rules as the pipeline table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dacheng.core.book import Rows
from dacheng.core.deals.weighing import stage_win, weighted_amount
from dacheng.core.money import BP_PER_WHOLE


@dataclass(frozen=True, slots=True)
class Weight:
    """The stage's win rate 0–1 and the weighted amount in minor units; None = not known."""

    stage_ratio: float | None
    weighted: int | None


def weight_of(row: Mapping[str, Any], stages: Rows) -> Weight:
    """Return the weight of a deal by the stages of a day, as ``core.deals.weighing.stages_of`` reads them."""
    names = ("stage_id", "win_bp", "amount")
    rows = Rows.of(names, [tuple(row[name] for name in names)])
    rate, rated = stage_win(stages, rows["stage_id"])
    weighted, known = weighted_amount(rows, stages)
    return Weight(
        stage_ratio=float(rate[0]) / BP_PER_WHOLE if rated[0] else None,
        weighted=int(weighted[0]) if known[0] else None,
    )
