"""What a transfer or a leaving does at every node (移交的影响): both units, those who take over, and all above.

The figures stand at the end of the day itself, before and after, with everything else as it is:
open deals and their amounts, the contract value target and done of the fiscal year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.schema import OPEN
from dacheng.core.deals.weighing import stages_of, weighted_amount
from dacheng.core.errors import Text
from dacheng.core.filtering import EVERYTHING, INSIDE, equal
from dacheng.core.handover.handing import Cell, Handover, nodes_of, target_changes
from dacheng.core.table import CellKind, Table, TableColumn, table_of
from dacheng.core.targets.cascading import Grid, cells_of, planned
from dacheng.core.targets.results import counting, fiscal_year_of, results
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

FIGURES = ("deals", "pipeline", "weighted", "target", "done")
LABELS = {
    "deals": Text("在途单数", "Open opportunities"),
    "pipeline": Text("在途金额", "Pipeline"),
    "weighted": Text("加权额", "Weighted"),
    "target": Text("目标", "Target"),
    "done": Text("业绩", "Done"),
}
OPEN_DEALS = "SELECT deal_id, unit_id, owner_id, stage_id, win_bp, amount FROM deals {where} ORDER BY deal_id"
STILL_OPEN = "SELECT deal_id FROM deals {where} ORDER BY deal_id"

Figures = Mapping[str, IntArray]
"""Name of a figure -> shape (units,), by position in the tree."""


def _columns() -> tuple[TableColumn, ...]:
    shown = [TableColumn("unit_id", "ref", Text("组织", "Unit"), ref="units")]
    for name in FIGURES:
        kind: CellKind = "count" if name == "deals" else "money"
        label = LABELS[name]
        after = Text(f"{label.zh}，移交后", f"{label.en}, after")
        shown += [TableColumn(name, kind, label), TableColumn(f"{name}_after", kind, after)]
    return tuple(shown)


COLUMNS = _columns()


def effect(book: Book, plan: Handover) -> Table:
    """Return every node that a handover touches, with its figures before and after (移交的影响).

    Args:
        book: of the day of the handover, as far as its viewer sees.

    Source: R185, J11; golden case G46.
    """
    book = book if book.as_of_day == plan.day else book.at(plan.day)
    before, after = _pipeline(book, plan)
    targets, targets_after = _targets(book, plan)
    done, done_after = _done(book, plan)
    before |= {"target": targets, "done": done}
    after |= {"target": targets_after, "done": done_after}
    seen = set(book.scope.units)
    nodes = np.array([one for one in nodes_of(book.tree, plan.places()) if one in seen], dtype=np.int64)
    at = book.tree.position_of(nodes)
    figures = {name: before[name][at] for name in FIGURES} | {f"{name}_after": after[name][at] for name in FIGURES}
    return replace(table_of(COLUMNS, Rows({"unit_id": nodes} | figures), key=("unit_id",)), name="org/transfer")


def _pipeline(book: Book, plan: Handover) -> tuple[dict[str, IntArray], dict[str, IntArray]]:
    wanted = equal(state=OPEN) & INSIDE
    rows = book.gather(OPEN_DEALS.format(where=wanted.where), **wanted.params)
    weighted, known = weighted_amount(rows, stages_of(book))
    his = rows["owner_id"] == plan.person
    handed = his & _still_his(book, plan, rows)
    moved = np.where(handed, plan.place("deals"), plan.new)
    units = np.where(his, moved, rows["unit_id"])
    amounts = np.stack((np.ones(len(rows), dtype=np.int64), _filled(rows), np.where(known, weighted, 0)), axis=1)
    names = ("deals", "pipeline", "weighted")
    before, after = (_rolled(book, place, amounts).T for place in (rows["unit_id"], units))
    return dict(zip(names, before, strict=True)), dict(zip(names, after, strict=True))


def _still_his(book: Book, plan: Handover, rows: Rows) -> BoolArray:
    """Return which open deals are handed over: on a past day only those that nobody has closed since."""
    if not plan.handed("deals"):
        return np.zeros(len(rows), dtype=np.bool_)
    if plan.day >= book.today:
        return np.ones(len(rows), dtype=np.bool_)
    wanted = equal(state=OPEN, owner_id=plan.person)
    now = book.at(book.today).gather(STILL_OPEN.format(where=wanted.where), **wanted.params)
    found: BoolArray = np.isin(rows["deal_id"], now["deal_id"])
    return found


def _targets(book: Book, plan: Handover) -> tuple[IntArray, IntArray]:
    span = fiscal_year_of(book, None)
    rows = cells_of(book, span, EVERYTHING)
    rows = rows.only((rows["measure_id"] == CONTRACT) & (book.tree.position_of(rows["unit_id"]) != UNKNOWN))
    cells = as_cells(rows)
    after: dict[Cell, int | None] = {**cells, **target_changes(cells, book.tree, plan)}
    grid = Grid(np.array([CONTRACT], dtype=np.int64), span)
    changed = _as_rows({cell: amount for cell, amount in after.items() if amount is not None}, grid)
    found, found_after = (planned(book.tree, grid, one).target.value.sum(axis=1) for one in (rows, changed))
    return found, found_after


def _done(book: Book, plan: Handover) -> tuple[IntArray, IntArray]:
    """Return what is done up to the day; only what counts on the day itself can change its place."""
    counts = counting(book, fiscal_year_of(book, None))
    done = _by_unit(book, results(book, counts, ("unit_id",)))
    on_day = replace(counts, first=plan.day, end=plan.day + 1)
    contracts = replace(on_day, won_deals=False)
    his = equal(owner_id=plan.person)
    taking_effect = _sum(results(book, contracts, ("unit_id",), his & equal(effective_day=plan.day)))
    won = _sum(results(book, on_day, ("unit_id",), his)) - _sum(results(book, contracts, ("unit_id",), his))
    moves = ((plan.old, -taking_effect - won), (plan.place("credit"), taking_effect), (plan.new, won))
    units, amounts = (np.array(one, dtype=np.int64) for one in zip(*moves, strict=True))
    return done, done + _rolled(book, units, amounts[:, np.newaxis])[:, 0]


def as_cells(rows: Rows) -> dict[Cell, int]:
    """Return target cells by their key."""
    names = ("unit_id", "person_id", "measure_id", "ym")
    keys = zip(*(rows[name].tolist() for name in names), strict=True)
    return dict(zip(keys, rows["amount"].tolist(), strict=True))


def _as_rows(cells: Mapping[Cell, int], grid: Grid) -> Rows:
    inside = [(*cell, amount) for cell, amount in cells.items() if cell[3] in grid.period]
    return Rows.of(("unit_id", "person_id", "measure_id", "ym", "amount"), inside)


def _filled(rows: Rows) -> IntArray:
    return np.where(rows.known("amount"), rows["amount"], 0)


def _by_unit(book: Book, sums: Rows) -> IntArray:
    contract = sums.only(sums["measure_id"] == CONTRACT)
    return _rolled(book, contract["unit_id"], contract["amount"][:, np.newaxis])[:, 0]


def _sum(sums: Rows) -> int:
    return int(sums["amount"][sums["measure_id"] == CONTRACT].sum())


def _rolled(book: Book, units: IntArray, amounts: IntArray) -> IntArray:
    """Roll amounts up the tree; what has no place that day is in no sum."""
    at = book.tree.position_of(units)
    placed = at != UNKNOWN
    return book.tree.roll_up(amounts[placed], at[placed])
