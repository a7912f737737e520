"""One measure of a plan as a table (方案表): its rows as a tree × its months, with what is stated of each.

Arrays by position have shape (n,), by position and month (n, m). Whoever sees only a part of a plan
has a sheet of that part; its topmost rows are given to him from above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import NotFound, Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.plans.schema import BUFFER, DRAFT, ORGANISATION, PLANS, PROPOSED, RESERVE, SEGMENT, UNIT
from dacheng.core.targets.decomposing import Terms
from dacheng.core.targets.feasibility import Stated
from dacheng.core.tree import NO_PARENT, UNKNOWN, Tree

TOGETHER = 2**39
"""The row above all that a viewer sees of a plan when they are several: no row of any plan."""

PLAN = "SELECT plan_id, unit_id, from_ym, until_ym, effective_ym, state, number, base_id FROM plans"
ROWS = """
    SELECT plan_row_id, parent_id, kind, unit_id, person_id, customer_id, segment_id, product_id, from_ym, until_ym
    FROM plan_rows WHERE plan_id = :plan ORDER BY plan_row_id"""
OF_DIMENSION = "SELECT segment_id FROM segments WHERE dimension = :dimension ORDER BY segment_id"
TERMS = """
    SELECT plan_row_id, weight, pinned, floor, cap, buffer_bp, fit_bp, submitted, agreed
    FROM plan_terms WHERE plan_id = :plan AND measure_id = :measure"""
AMOUNTS = """
    SELECT plan_row_id, ym, amount, automatic FROM plan_cells WHERE plan_id = :plan AND measure_id = :measure"""
STATED = """
    SELECT plan_row_id, ym, pinned, floor, cap, submitted, agreed FROM plan_cells
    WHERE plan_id = :plan AND measure_id = :measure
    AND (pinned = 1 OR floor IS NOT NULL OR cap IS NOT NULL OR submitted IS NOT NULL OR agreed <> 0)"""
"""Of most cells nothing is stated but the amount."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: its months are ``[from_ym, until_ym)``, those before ``effective_ym`` stand."""

    plan_id: int
    unit_id: int
    from_ym: int
    until_ym: int
    effective_ym: int
    state: int
    number: int
    base_id: int

    @property
    def months(self) -> int:
        """Return how many months there are."""
        return self.until_ym - self.from_ym

    @property
    def frozen(self) -> int:
        """Return how many months at the beginning stand as they are."""
        return max(0, min(self.effective_ym, self.until_ym) - self.from_ym)

    @property
    def editable(self) -> bool:
        """Tell whether its figures may still be changed."""
        return self.state in (DRAFT, PROPOSED)


@dataclass(frozen=True, slots=True, eq=False)
class Years:
    """What is stated of the whole year of each row, shape (n,).

    Args:
        weight: >= 0, among siblings. pinned: the year stands as it is. buffer_bp: asked for below beyond its own.
        fit_bp: what the weight by factors is multiplied by, 10,000 = as it is.
        agreed: one of ``AGREEMENTS``.
    """

    weight: IntArray
    pinned: BoolArray
    floor: Stated
    cap: Stated
    buffer_bp: IntArray
    fit_bp: IntArray
    submitted: Stated
    agreed: IntArray

    @classmethod
    def nothing(cls, rows: int) -> Years:
        """Return rows of whose years nothing is stated."""
        none, free = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.bool_)
        whole = np.full(rows, BP_PER_WHOLE, dtype=np.int64)
        unsaid = Stated.nothing(rows)
        return cls(np.ones(rows, dtype=np.int64), free, unsaid, unsaid, none, whole, unsaid, none)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What stands in each month of each row; ``Stated`` and arrays of shape (n, m)."""

    amount: Stated
    automatic: Stated
    pinned: BoolArray
    floor: Stated
    cap: Stated
    submitted: Stated
    agreed: IntArray

    @classmethod
    def of_amounts(cls, amount: Stated) -> Cells:
        """Return months of which nothing but their amounts is stated."""
        shape = amount.value.shape
        unsaid = Stated(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_))
        none = np.zeros(shape, dtype=np.int64)
        return cls(amount, unsaid, unsaid.known, unsaid, unsaid, unsaid, none)

    def with_amounts(self, amount: IntArray) -> Cells:
        """Return the cells with other amounts, all of them known."""
        return replace(self, amount=Stated(amount, np.ones(amount.shape, dtype=np.bool_)))


@dataclass(frozen=True, eq=False)
class Sheet:
    """One measure of a plan.

    Args:
        tree: of plan rows; their ids are its ``unit_ids``.
        kind, unit_id, person_id, customer_id, segment_id, product_id: shape (n,).
        present: shape (n, m), the months in which a row is there at all.
    """

    plan: Plan
    measure_id: int
    tree: Tree
    kind: IntArray
    unit_id: IntArray
    person_id: IntArray
    customer_id: IntArray
    segment_id: IntArray
    product_id: IntArray
    present: BoolArray
    years: Years
    cells: Cells

    def __len__(self) -> int:
        return len(self.tree)

    @property
    def amount(self) -> IntArray:
        """Return the amounts, shape (n, m), 0 where none is set."""
        return np.where(self.cells.amount.known, self.cells.amount.value, 0)

    @cached_property
    def year(self) -> IntArray:
        """Return the year of each row, shape (n,): the sum of its months."""
        total: IntArray = np.sum(self.amount, axis=1)
        return total

    @cached_property
    def frozen(self) -> BoolArray:
        """Return the months that stand as they are, shape (m,)."""
        return np.arange(self.plan.months) < self.plan.frozen

    @cached_property
    def fixed(self) -> BoolArray:
        """Return the cells that nothing moves, shape (n, m): pinned, standing, before a row begins or after it ends."""
        return self.cells.pinned | self.frozen | ~self.present

    @cached_property
    def shared_top(self) -> bool:
        """Tell whether the top row is only what puts several rows together."""
        return len(self) > 0 and int(self.tree.unit_ids[0]) == TOGETHER

    def terms(self) -> Terms:
        """Return what the breakdown of the year goes by; a pinned year is pinned at what its months add up to."""
        return Terms(
            self.years.weight.astype(object),
            self.years.floor,
            self.years.cap,
            Stated(self.year, self.years.pinned & np.any(self.cells.amount.known, axis=1)),
        )

    def position(self, row: int) -> int:
        """Return the position of a row.

        Raises:
            NotFound: this viewer's sheet has none of that id.
        """
        at = int(self.tree.position_of(row))
        if at == UNKNOWN:
            raise NotFound(Text("没有这一行。", "There is no such row."))
        return at

    def with_amounts(self, amount: IntArray) -> Sheet:
        """Return the sheet with other amounts."""
        return replace(self, cells=self.cells.with_amounts(amount))


def plan_of(book: Book, plan_id: int) -> Plan:
    """Return a plan.

    Raises:
        NotFound: there is none, or the viewer has no part in it yet.
    """
    rows = book.gather(f"{PLAN} WHERE plan_id = :plan ORDER BY plan_id", plan=plan_id)
    if not len(rows):
        raise NotFound(Text(f"没有这个{PLANS.label.zh}。", "There is no such plan."))
    return Plan(*(int(column[0]) for column in rows.columns.values()))


def sheet_of(
    book: Book, plan_id: int, measure_id: int, cut: int = ORGANISATION, begun: Callable[[Rows], Rows] | None = None
) -> Sheet:
    """Return one measure of a plan, as far as the viewer sees it.

    Args:
        cut: a dimension of segments: the lowest units then have these below them instead of people.
        begun: rows as they stand -> with those that somebody is about to add, of which nothing is set yet.

    A draft is seen by those who look after its units; whoever has only a row of his own sees it once it is proposed.

    Raises:
        NotFound: there is no such plan.
    """
    plan = plan_of(book, plan_id)
    rows = book.gather(ROWS, plan=plan_id)
    if plan.state == DRAFT and not book.scope.whole:
        rows = rows.only(np.isin(rows["unit_id"], np.array(book.scope.units, dtype=np.int64)))
    rows = rows.only(_in_cut(book, rows, cut))
    rows = begun(rows) if begun else rows
    asked = {"plan": plan_id, "measure": measure_id}
    return laid_out(plan, measure_id, rows, *(book.gather(sql, **asked) for sql in (TERMS, AMOUNTS, STATED)))


def laid_out(plan: Plan, measure_id: int, rows: Rows, terms: Rows, amounts: Rows, stated: Rows | None = None) -> Sheet:
    """Return the sheet of gathered rows; terms and cells of other rows are left out.

    Args:
        amounts: of cells. stated: what else is stated of some of them; None = it stands beside the amounts.
    """
    tree = tree_of_rows(rows["plan_row_id"], rows["parent_id"])
    facts = {name: np.zeros(len(tree), dtype=np.int64) for name in rows.columns if name not in ("plan_row_id",)}
    at = tree.position_of(rows["plan_row_id"])
    for name, column in facts.items():
        column[at] = rows[name]
    return Sheet(
        plan=plan,
        measure_id=measure_id,
        tree=tree,
        kind=facts["kind"],
        unit_id=facts["unit_id"],
        person_id=facts["person_id"],
        customer_id=facts["customer_id"],
        segment_id=facts["segment_id"],
        product_id=facts["product_id"],
        present=_present(plan, facts["from_ym"], facts["until_ym"]),
        years=_years(tree, terms),
        cells=_cells(tree, plan, amounts, amounts if stated is None else stated),
    )


def _in_cut(book: Book, rows: Rows, cut: int) -> BoolArray:
    """Return the rows of a cut: every unit, and either all that is not a segment or the segments of a dimension."""
    segments, units = rows["kind"] == SEGMENT, rows["kind"] == UNIT
    if cut == ORGANISATION:
        others: BoolArray = rows["kind"] != SEGMENT
        return others
    wanted = book.gather(OF_DIMENSION, dimension=cut)["segment_id"]
    between = np.isin(rows["kind"], (BUFFER, RESERVE)) & np.isin(rows["parent_id"], rows["parent_id"][units])
    there: BoolArray = np.logical_or.reduce((units, between, segments & np.isin(rows["segment_id"], wanted)))
    return there


def tree_of_rows(ids: IntArray, parents: IntArray) -> Tree:
    """Return rows of a plan as a tree; several topmost ones stand under what only puts them together."""
    tops = ~np.isin(parents, ids)
    if int(tops.sum()) <= 1:
        return Tree.of(ids, np.where(tops, NO_PARENT, parents))
    above = np.array([TOGETHER], dtype=np.int64)
    none = np.array([NO_PARENT], dtype=np.int64)
    return Tree.of(np.concatenate((above, ids)), np.concatenate((none, np.where(tops, TOGETHER, parents))))


def _present(plan: Plan, first: IntArray, until: IntArray) -> BoolArray:
    months = np.arange(plan.from_ym, plan.until_ym)[np.newaxis, :]
    ends = np.where(until == 0, plan.until_ym, until)[:, np.newaxis]
    there: BoolArray = (months >= first[:, np.newaxis]) & (months < ends)
    return there


def _years(tree: Tree, terms: Rows) -> Years:
    at = tree.position_of(terms["plan_row_id"])
    kept, at = terms.only(at != UNKNOWN), at[at != UNKNOWN]

    def whole(name: str, default: int = 0) -> IntArray:
        column = np.full(len(tree), default, dtype=np.int64)
        column[at] = kept[name]
        return column

    def stated(name: str) -> Stated:
        found = Stated.nothing(len(tree))
        found.value[at], found.known[at] = kept[name], kept.known(name)
        return found

    return Years(
        whole("weight", 1),
        whole("pinned") == 1,
        stated("floor"),
        stated("cap"),
        whole("buffer_bp"),
        whole("fit_bp", BP_PER_WHOLE),
        stated("submitted"),
        whole("agreed"),
    )


def _cells(tree: Tree, plan: Plan, amounts: Rows, stated: Rows) -> Cells:
    own, more = _Placed.of(tree, plan, amounts), _Placed.of(tree, plan, stated)
    return Cells(
        own.stated("amount"),
        own.stated("automatic"),
        more.whole("pinned") == 1,
        more.stated("floor"),
        more.stated("cap"),
        more.stated("submitted"),
        more.whole("agreed"),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """Gathered cells with the row and month of each in an array of a shape."""

    cells: Rows
    where: tuple[IntArray, IntArray]
    shape: tuple[int, int]

    @classmethod
    def of(cls, tree: Tree, plan: Plan, cells: Rows) -> _Placed:
        at, month = tree.position_of(cells["plan_row_id"]), cells["ym"] - plan.from_ym
        there = (at != UNKNOWN) & (month >= 0) & (month < plan.months)
        return cls(cells.only(there), (at[there], month[there]), (len(tree), plan.months))

    def whole(self, name: str) -> IntArray:
        column = np.zeros(self.shape, dtype=np.int64)
        column[self.where] = self.cells[name]
        return column

    def stated(self, name: str) -> Stated:
        known = np.zeros(self.shape, dtype=np.bool_)
        known[self.where] = self.cells.known(name)
        return Stated(self.whole(name), known)
