"""Keeping with a plan what its months follow (月份按什么): the choice, and what each month counted (R042)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from dacheng.core.access import SYSTEM
from dacheng.core.book import Book
from dacheng.core.money import split
from dacheng.core.plans.month_sources import KEPT_PARTS, MonthSource, month_sources, source_for
from dacheng.core.plans.month_ways import MonthWeights
from dacheng.core.plans.schema import UNCHOSEN
from dacheng.core.plans.sheet import Sheet, sheet_of
from dacheng.core.tree import UNKNOWN
from dacheng.service.books import open_database
from dacheng.store.actions.plan_cells import CellChange


def months_followed(book: Book, at: datetime, sheet: Sheet, row: int) -> MonthSource | None:
    """Return what the months of a row followed, though the row that was broken down may be above all that one sees.

    Of what is above nothing else is told: neither who nor how much. None = nobody chose.

    Args:
        row: position. at: the moment of the question.

    Source: R042.
    """
    own = source_for(month_sources(book, sheet), sheet, row)
    if own is not None or book.scope.whole:
        return own
    everything = open_database(SYSTEM, at=at)
    whole = sheet_of(everything, sheet.plan.plan_id, sheet.measure_id)
    place = int(whole.tree.position_of(int(sheet.tree.unit_ids[row])))
    return source_for(month_sources(everything, whole), whole, place) if place != UNKNOWN else None


def with_months(cells: Sequence[CellChange], book: Book, sheet: Sheet, found: MonthWeights) -> list[CellChange]:
    """Return what is to be written with what the months follow added to the rows that are broken down.

    A choice that rows further down had of their own goes: from now on they follow the row above.
    """
    wanted = {(one.row_id, one.ym): one for one in cells}
    for place, values in _kept(book, sheet, found):
        one = wanted.get(place) or CellChange(place[0], sheet.measure_id, place[1], {})
        wanted[place] = one._replace(values={**one.values, **values})
    return list(wanted.values())


def _kept(book: Book, sheet: Sheet, found: MonthWeights) -> list[tuple[tuple[int, int], dict[str, int | None]]]:
    rows, first, opened = sheet.tree.unit_ids, sheet.plan.from_ym, sheet.plan.frozen
    tops = np.flatnonzero(sheet.tree.depth == int(sheet.shared_top)).tolist()
    parts = split(KEPT_PARTS, found.weight[opened:]).tolist()
    chosen: dict[str, int | None] = {
        "months_by": found.by,
        "spring": int(found.spring),
        "season_from": found.years[0],
        "season_to": found.years[1],
    }
    kept: list[tuple[tuple[int, int], dict[str, int | None]]] = []
    for top in tops:
        row = int(rows[top])
        kept.append(((row, 0), chosen))
        for month, part in enumerate(parts, opened):
            kept.append(((row, first + month), {"month_weight": part, "lift_bp": int(found.lift_bp[month])}))
    nothing: dict[str, int | None] = {"months_by": UNCHOSEN, "spring": 0, "season_from": 0, "season_to": 0}
    return kept + [((int(rows[at]), 0), nothing) for at in month_sources(book, sheet) if at not in tops]
