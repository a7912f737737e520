"""Weighted amounts (加权额) of open deals: amount × win rate, rounded row by row.

The win rate is the manual one where somebody set it, else that of the deal's stage as
of the Book's day (settled decision "Forecast").
"""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import part_of
from dacheng.core.money import share_of

STAGES = "SELECT stage_id, set_id, position, state, weight_bp, benchmark_days FROM stages ORDER BY stage_id"


def stages_of(book: Book) -> Rows:
    """Return the stages of the Book's day by id, with order and win rate."""
    return book.gather(STAGES)


def stage_win(stages: Rows, stage_id: IntArray) -> tuple[IntArray, BoolArray]:
    """Return the win rate of each deal's stage (系统赢率), basis points, where the stage stands that day."""
    if not len(stages):
        return np.zeros(len(stage_id), dtype=np.int64), np.zeros(len(stage_id), dtype=np.bool_)
    row = np.minimum(np.searchsorted(stages["stage_id"], stage_id), len(stages) - 1)
    return stages["weight_bp"][row], stages["stage_id"][row] == stage_id


def win_rate(rows: Rows, stages: Rows) -> tuple[IntArray, BoolArray]:
    """Return the win rate that counts, basis points: manual (人工赢率) before the stage's.

    Args:
        rows: with ``stage_id`` and ``win_bp``.
    """
    of_stage, staged = stage_win(stages, rows["stage_id"])
    manual = rows.known("win_bp")
    return np.where(manual, rows["win_bp"], of_stage), manual | staged


def weighted_amount(rows: Rows, stages: Rows) -> tuple[IntArray, BoolArray]:
    """Return amount × win rate, half away from zero once per deal, where both are known.

    Args:
        rows: whole deals, with ``amount``, ``stage_id`` and ``win_bp``.

    Source: settled decisions "Rounding" and "Forecast".
    """
    rate, rated = win_rate(rows, stages)
    known = rows.known("amount") & rated
    return np.where(known, share_of(rows["amount"], rate), 0), known


def weighted_credit(rows: Rows, stages: Rows) -> tuple[IntArray, BoolArray]:
    """Return each person's part of the weighted amounts of whole deals, where they are known.

    Args:
        rows: credits, with ``whole``, ``stage_id`` and ``win_bp``, ``share_bp`` and ``before_bp``.
    """
    rate, rated = win_rate(rows, stages)
    known = rows.known("whole") & rated
    return part_of(np.where(known, share_of(rows["whole"], rate), 0), rows), known
