"""What a transfer, a leaving or a new parent does at every node (移交、改隶的影响): what it touches, and all above.

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
from dacheng.core.deals.weighing import stages_of, weighted_credit
from dacheng.core.errors import RuleError, Text
from dacheng.core.filtering import EVERYTHING, INSIDE, Filter, equal
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.handover.handing import Cell, Handover, nodes_of, target_changes
from dacheng.core.table import CellKind, Table, TableColumn, table_of
from dacheng.core.targets.cascading import Grid, cells_of, planned
from dacheng.core.targets.results import Counting, counting, results
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN, Tree

FIGURES = ("deals", "pipeline", "weighted", "target", "done")
OF_DEALS = FIGURES[:3]
ASKED = (CONTRACT,)
"""Measures that a move is judged by."""
LABELS = {
    "deals": Text("在途单数", "Open opportunities"),
    "pipeline": Text("在途金额", "Pipeline"),
    "weighted": Text("加权额", "Weighted"),
    "target": Text("目标", "Target"),
    "done": Text("业绩", "Done"),
}
OPEN_DEALS = """
    SELECT deal_id, unit_id, owner_id, stage_id, win_bp, amount, whole, part, share_bp, before_bp
    FROM credits {where} ORDER BY deal_id, part, owner_id"""
STILL_OPEN = "SELECT deal_id, part FROM credits {where} ORDER BY deal_id, part, owner_id"

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
    nodes = _seen(book, nodes_of(book.tree, plan.places()))
    at = book.tree.position_of(nodes)
    return _compared(nodes, {name: before[name][at] for name in FIGURES}, {name: after[name][at] for name in FIGURES})


def reparented(book: Book, unit: int, parent: int) -> Table:
    """Return every node that a new parent of a unit touches, with its figures before and after (改隶的影响).

    Nothing moves but the unit: what counts in it counts, from the Book's day on, in the sums of
    those who stand above its new place and no longer of those above the old one.

    Raises:
        RuleError: the parent stands below the unit.
    """
    tree = book.tree
    if tree.is_under(parent, unit):
        raise RuleError(
            Text("新的上级在那天就在这个组织下面。", "The new parent stands below the unit on that day."),
            Text("请选不在它下面的上级，或换一个日期。", "Choose a parent that does not, or another day."),
        )
    parents = np.where(tree.parent_position == UNKNOWN, 0, tree.unit_ids[tree.parent_position])
    moved = Tree.of(tree.unit_ids, np.where(tree.unit_ids == unit, parent, parents))
    nodes = _seen(book, nodes_of(tree, (unit, parent)))
    before, after = (_standing(one, nodes) for one in (book, replace(book, tree=moved)))
    return _compared(nodes, before, after)


def _standing(book: Book, nodes: IntArray) -> dict[str, IntArray]:
    """Return the figures of nodes in a Book's own tree."""
    rows, amounts = _open_deals(book)
    grid, cells = _contract_targets(book)
    found = dict(zip(OF_DEALS, _rolled(book, rows["unit_id"], amounts).T, strict=True))
    found["target"] = planned(book.tree, grid, cells).target.value.sum(axis=1)
    found["done"] = _by_unit(
        book, results(book, counting(book, fiscal_year_of(book, None)), ("unit_id",), measures=ASKED)
    )
    at = book.tree.position_of(nodes)
    return {name: figures[at] for name, figures in found.items()}


def _seen(book: Book, nodes: list[int]) -> IntArray:
    seen = set(book.scope.units)
    return np.array([one for one in nodes if one in seen], dtype=np.int64)


def _compared(nodes: IntArray, before: Figures, after: Figures) -> Table:
    figures = {name: before[name] for name in FIGURES} | {f"{name}_after": after[name] for name in FIGURES}
    return replace(table_of(COLUMNS, Rows({"unit_id": nodes} | figures), key=("unit_id",)), name="org/effect")


def _pipeline(book: Book, plan: Handover) -> tuple[dict[str, IntArray], dict[str, IntArray]]:
    rows, amounts = _open_deals(book)
    his = rows["owner_id"] == plan.person
    handed = his & _still_his(book, plan, rows)
    moved = np.where(handed, plan.place("deals"), plan.new)
    units = np.where(his, moved, rows["unit_id"])
    before, after = (_rolled(book, place, amounts).T for place in (rows["unit_id"], units))
    return dict(zip(OF_DEALS, before, strict=True)), dict(zip(OF_DEALS, after, strict=True))


def _open_deals(book: Book) -> tuple[Rows, IntArray]:
    """Return the credits of open deals with the figures of each, shape (n, 3)."""
    wanted = equal(state=OPEN) & INSIDE
    rows = book.gather(OPEN_DEALS.format(where=wanted.where), **wanted.params)
    weighted, known = weighted_credit(rows, stages_of(book))
    counted = (rows["part"] == 0).astype(np.int64)
    return rows, np.stack((counted, _filled(rows), np.where(known, weighted, 0)), axis=1)


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
    grid, rows = _contract_targets(book)
    cells = as_cells(rows)
    after: dict[Cell, int | None] = {**cells, **target_changes(cells, book.tree, plan)}
    changed = _as_rows({cell: amount for cell, amount in after.items() if amount is not None}, grid)
    found, found_after = (planned(book.tree, grid, one).target.value.sum(axis=1) for one in (rows, changed))
    return found, found_after


def _contract_targets(book: Book) -> tuple[Grid, Rows]:
    """Return the contract value targets of the fiscal year that have a place in the tree."""
    span = fiscal_year_of(book, None)
    rows = cells_of(book, span, EVERYTHING)
    placed = book.tree.position_of(rows["unit_id"]) != UNKNOWN
    grid = Grid(np.array([CONTRACT], dtype=np.int64), span)
    return grid, rows.only((rows["measure_id"] == CONTRACT) & placed)


def _done(book: Book, plan: Handover) -> tuple[IntArray, IntArray]:
    """Return what is done up to the day; only what counts on the day itself can change its place."""
    counts = counting(book, fiscal_year_of(book, None))
    done = _by_unit(book, results(book, counts, ("unit_id",), measures=ASKED))
    on_day = replace(counts, first=plan.day, end=plan.day + 1)
    contracts = replace(on_day, won_deals=False)
    his = equal(owner_id=plan.person)
    today = his & equal(effective_day=plan.day)
    taking_effect, parts = (_sum(book, contracts, today & equal(part=one)) for one in (0, 1))
    won = _sum(book, on_day, his) - _sum(book, contracts, his)
    moves = ((plan.old, -taking_effect - won - parts), (plan.place("credit"), taking_effect), (plan.new, won + parts))
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


def _sum(book: Book, counts: Counting, wanted: Filter) -> int:
    sums = results(book, counts, ("unit_id",), wanted, ASKED)
    return int(sums["amount"][sums["measure_id"] == CONTRACT].sum())


def _rolled(book: Book, units: IntArray, amounts: IntArray) -> IntArray:
    """Roll amounts up the tree; what has no place that day is in no sum."""
    at = book.tree.position_of(units)
    placed = at != UNKNOWN
    return book.tree.roll_up(amounts[placed], at[placed])
