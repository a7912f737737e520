"""Two cuts at once (双向分解): a table by region and product whose rows and columns are both given.

The past gives the proportions (the seed), the plan gives the sums. Proportional fitting keeps the
odds ratios of the seed and meets both margins (Deming and Stephan 1940); controlled rounding then
brings it to the 分. Whether it can be done at all is settled first, and a conflict names its rows
and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import check_minor, in_yuan
from dacheng.core.targets.controlled import round_table
from dacheng.core.targets.transport import can_hold, fill

TOLERANCE = 1e-13
"""Fitting ends when each row is met to this share of its sum; columns are met to the last bits of a float.

So a cell is known to about 10^-12 of itself: to 0.01 分 at 10^10 分 (1 亿元).
"""

_WHOLE = 1e-5

_ROUNDS, _PLAIN_ROUNDS = 600, 100
_LONGEST, _HALVINGS = 20.0, 30
_MOST_BITS, _ROOM = 20, 61
_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Names:
    """What rows and columns are called in messages; without, their numbers."""

    rows: Sequence[str] = ()
    columns: Sequence[str] = ()

    def row(self, at: int) -> Text:
        """Return the name of a row."""
        return _named(self.rows, at, Text("第 {n} 行", "row {n}"))

    def column(self, at: int) -> Text:
        """Return the name of a column."""
        return _named(self.columns, at, Text("第 {n} 列", "column {n}"))


@dataclass(frozen=True, slots=True, eq=False)
class Pins:
    """Cells whose amounts are given.

    Args:
        amounts: shape (rows, columns), 分; read only where pinned, so that 0 is a pin as well.
        pinned: shape (rows, columns).
    """

    amounts: IntArray
    pinned: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A table that meets both margins, with what led to it.

    Args:
        cells: shape (rows, columns), 分: the floor or the ceiling of ``parts``.
        parts: the fitted table, whole numbers of 2^-bits 分, whose rows and columns are exact as well.
        rounds: how many times rows and columns were scaled.
        forced: open cells that no table with these margins can use; they are 0.
        notes: what a reader should know.
    """

    cells: IntArray
    parts: IntArray
    bits: int
    rounds: int
    forced: BoolArray
    notes: tuple[Text, ...] = field(default=())

    @property
    def exact(self) -> FloatArray:
        """Return the fitted table before it was rounded, 分."""
        return self.parts / float(1 << self.bits)


def fit(
    seed: IntArray, rows: IntArray, columns: IntArray, *, pins: Pins | None = None, names: Names | None = None
) -> Fitted:
    """Fit a table to its row and column sums in the proportions of a seed, to the 分.

    Pinned cells are taken out of both sums first and the rest is fitted. A cell that is 0 in the
    seed stays 0. Sums that are all <= 0 are mirrored; where they have both signs, pins must leave one.

    Args:
        seed: shape (rows, columns), whole numbers >= 0 where not pinned, such as last year's amounts.
        rows, columns: the sums, 分, within ±10^14 in all, of the same total.

    Raises:
        RuleError: the seed is negative somewhere; the totals differ; sums of both signs; pins take more
            than a row or column has; or rows need more than the columns they can use hold.

    Source: R044; golden case G60; invariant I2.

    >>> fit(np.array([[30, 20], [10, 40]]), np.array([6600, 5400]), np.array([4800, 7200])).cells.tolist()
    [[3803, 2797], [997, 4403]]
    """
    names = names or Names()
    held = Pins(np.zeros_like(seed), np.zeros(seed.shape, dtype=np.bool_)) if pins is None else pins
    _check_seed(np.where(held.pinned, 0, seed), names)
    _check_totals(rows, columns)
    check_minor(np.concatenate((rows, columns, [rows.sum()], held.amounts[held.pinned])))
    fixed = np.where(held.pinned, held.amounts, 0)
    row_rest, column_rest = rows - fixed.sum(axis=1), columns - fixed.sum(axis=0)
    sign = _sign(np.concatenate((rows, columns)), np.concatenate((row_rest, column_rest)))
    row_rest, column_rest = sign * row_rest, sign * column_rest
    _check_pins(row_rest, names.row, sign * rows, sign * fixed.sum(axis=1))
    _check_pins(column_rest, names.column, sign * columns, sign * fixed.sum(axis=0))
    is_open = (seed > 0) & ~held.pinned & (row_rest > 0)[:, np.newaxis] & (column_rest > 0)
    usable = _usable(is_open, row_rest, column_rest, names)
    scaled, rounds = _scaled(np.where(usable, seed, 0), row_rest, column_rest)
    bits = max(0, min(_MOST_BITS, _ROOM - int(row_rest.sum() + np.abs(fixed).sum()).bit_length()))
    parts = _completed(scaled, usable, row_rest, column_rest, bits)
    forced = is_open & ~usable
    cells = fixed + sign * round_table(parts, bits)
    return Fitted(cells, (fixed << bits) + sign * parts, bits, rounds, forced, _notes(held.pinned, forced, sign))


def _usable(is_open: BoolArray, rows: IntArray, columns: IntArray, names: Names) -> BoolArray:
    """Return the open cells that some table with these margins uses."""
    filling = fill(is_open, rows, columns)
    if not filling.full:
        _refuse_conflict(rows, columns, filling.tight_rows, filling.tight_columns, names)
    return can_hold(is_open, filling.amounts)


def _scaled(seed: IntArray, rows: IntArray, columns: IntArray) -> tuple[FloatArray, int]:
    """Scale rows and columns in turn until both are met; return the table and the rounds.

    Where that is slow, as it is for seeds of very unlike sizes, each round begins with a Newton step.
    """
    table = seed / max(float(np.max(seed, initial=0)), 1.0)
    for done in range(_ROUNDS):
        summed = table.sum(axis=1)
        if done and np.all(np.abs(summed - rows) <= TOLERANCE * rows):
            return table, done
        table *= _ratio(rows, summed)[:, np.newaxis]
        if done >= _PLAIN_ROUNDS:
            table = _newton_step(table, rows, columns)
        table *= _ratio(columns, table.sum(axis=0))
    raise RuleError(
        Text(f"双向拟合 {_ROUNDS} 轮后仍未收敛。", f"Fitting has not converged after {_ROUNDS} rounds."),
        Text("种子中的比例相差过大：请合并很小的行列，或固定几个格子。", "Merge tiny rows or columns, or pin cells."),
    )


def _newton_step(table: FloatArray, rows: IntArray, columns: IntArray) -> FloatArray:
    """Return the table with its columns scaled by a Newton step and its rows met again.

    Minimised is the convex  Σ rows · ln(Σ table · e^step) − Σ columns · step  over one step a column,
    halved until it falls; columns are weighed by their own sums, so that small ones count.
    """
    summed = table.sum(axis=0)
    size = np.sqrt(np.where(summed > 0, summed, 1.0))
    share = table * np.sqrt(_ratio(np.ones(len(rows), dtype=np.int64), rows.astype(np.float64)))[:, np.newaxis] / size
    step = np.linalg.lstsq(np.diag((summed > 0) * 1.0) - share.T @ share, (columns - summed) / size, rcond=1e-14)[0]
    step /= size
    step *= min(1.0, _LONGEST / max(float(np.abs(step).max(initial=0)), 1e-300))
    for _ in range(_HALVINGS):
        tried = table * np.exp(step)
        grown = np.log(np.divide(tried.sum(axis=1), rows, out=np.ones(len(rows)), where=rows > 0))
        if float(rows @ grown - columns @ step) <= 0:
            return np.asarray(tried * _ratio(rows, tried.sum(axis=1))[:, np.newaxis])
        step /= 2
    return table


def _ratio(wanted: IntArray, summed: FloatArray) -> FloatArray:
    return np.divide(wanted, summed, out=np.zeros(len(summed)), where=summed > 0)


def _completed(scaled: FloatArray, usable: BoolArray, rows: IntArray, columns: IntArray, bits: int) -> IntArray:
    """Return the table in whole numbers of 2^-bits 分 with both margins exact.

    What a float leaves open is far below a 分. It goes to cells that are not whole first, so that a
    cell that should be whole stays so.
    """
    parts = np.floor(scaled * (1 << bits)).astype(np.int64)
    near = np.rint(scaled)
    is_whole = usable & (np.abs(scaled - near) <= np.maximum(_WHOLE, scaled * TOLERANCE * 10))
    parts = np.where(is_whole, near.astype(np.int64) << bits, parts)
    wide_rows, wide_columns = rows << bits, columns << bits
    for _ in range(2):
        _take_back(parts, wide_rows, usable & ~is_whole)
        _take_back(parts.T, wide_columns, (usable & ~is_whole).T)
    _take_back(parts, wide_rows, usable)
    _take_back(parts.T, wide_columns, usable.T)
    start = fill(usable & ~is_whole, wide_rows, wide_columns, parts).amounts
    return fill(usable, wide_rows, wide_columns, start).amounts


def _take_back(parts: IntArray, margins: IntArray, cells: BoolArray) -> None:
    """Lower the largest of some cells of each row that is above its margin, never below 0; in place."""
    over = np.maximum(parts.sum(axis=1) - margins, 0)
    rows = np.flatnonzero(over)
    for row in rows.tolist():
        at = int(np.where(cells[row], parts[row], -1).argmax())
        if cells[row, at]:
            parts[row, at] -= min(int(over[row]), int(parts[row, at]))


def _sign(margins: IntArray, rest: IntArray) -> int:
    """Return the sign of the sums, or of what pins leave of them when they have both."""
    for every in (margins, rest):
        if (every >= 0).all() or (every <= 0).all():
            return -1 if (every < 0).any() else 1
    worst = in_yuan(int(rest.min()))
    raise RuleError(
        Text(f"行列合计有正有负（最小 {worst} 元），没有唯一的分法。", f"Sums of both signs (lowest {worst})."),
        Text(
            "请把负的行或列单独分解，或固定其中的格子。",
            "Decompose negative rows or columns on their own, or pin them.",
        ),
    )


def _check_seed(seed: IntArray, names: Names) -> None:
    negative = np.argwhere(seed < 0)
    if negative.size:
        row, column = (int(at) for at in negative[0])
        where = Text(
            f"{names.row(row).zh} × {names.column(column).zh}", f"{names.row(row).en} × {names.column(column).en}"
        )
        raise RuleError(
            Text(
                f"{where.zh} 的种子是 {seed[row, column]}，不能为负。",
                f"The seed of {where.en} is {seed[row, column]}.",
            ),
            Text("请设下限为 0，或固定这个格子。", "Seeds are 0 or more: set a floor, or pin the cell."),
        )


def _check_totals(rows: IntArray, columns: IntArray) -> None:
    across, down = int(rows.sum()), int(columns.sum())
    if across != down:
        mine, other, apart = (in_yuan(amount) for amount in (across, down, across - down))
        raise RuleError(
            Text(
                f"行合计 {mine} 元，列合计 {other} 元，相差 {apart} 元。",
                f"Rows add up to {mine}, columns to {other}: {apart} apart.",
            ),
            Text("请先让两边的总额相等。", "Make both totals the same first."),
        )


def _check_pins(rest: IntArray, name: Callable[[int], Text], margins: IntArray, fixed: IntArray) -> None:
    over = np.flatnonzero(rest < 0)
    if over.size:
        at = int(over[0])
        called = name(at)
        given, whole, excess = (in_yuan(int(amount)) for amount in (fixed[at], margins[at], -rest[at]))
        raise RuleError(
            Text(
                f"{called.zh} 固定的格子合计 {given} 元，超过它的 {whole} 元，多 {excess} 元。",
                f"Pins of {called.en} add up to {given}, {excess} above its {whole}.",
            ),
            Text("请放开或调低其中的格子，或调高合计。", "Release or lower some of these pins, or raise the sum."),
        )


def _refuse_conflict(
    rows: IntArray, columns: IntArray, tight_rows: BoolArray, tight_columns: BoolArray, names: Names
) -> None:
    across, down = _listed(tight_rows, names.row), _listed(tight_columns, names.column)
    needed = in_yuan(int(rows[tight_rows].sum()))
    holds = in_yuan(int(columns[tight_columns].sum()))
    if not tight_columns.any():
        message = Text(
            f"{across.zh} 要放 {needed} 元，但它没有可用的格子（种子全为 0，或已固定，或列合计为 0）。",
            f"{across.en} needs {needed} but has no cell to hold it: its seed is 0, pinned, or in columns of 0.",
        )
    else:
        message = Text(
            f"{across.zh} 要放 {needed} 元，但只能用 {down.zh}，那里一共只有 {holds} 元。",
            f"{across.en} needs {needed} but can only use {down.en}, which holds {holds}.",
        )
    raise RuleError(
        message,
        Text("请给其中一个格子种子，或改合计、放开固定。", "Give one of the cells a seed, or change sums or pins."),
    )


def _listed(marked: BoolArray, name: Callable[[int], Text]) -> Text:
    found = np.flatnonzero(marked).tolist()
    each = [name(at) for at in found[:_NAMED_AT_MOST]]
    more = len(found) - len(each)
    return Text(
        "、".join(one.zh for one in each) + (f" 等 {len(found)} 个" if more else ""),
        ", ".join(one.en for one in each) + (f" and {more} more" if more else ""),
    )


def _named(names: Sequence[str], at: int, numbered: Text) -> Text:
    return Text(names[at], names[at]) if at < len(names) else numbered.filled(n=at + 1)


def _notes(pinned: BoolArray, forced: BoolArray, sign: int) -> tuple[Text, ...]:
    """Say how many cells were given, how many had to be 0 and whether the table was mirrored."""
    found = []
    if pinned.any():
        count = int(pinned.sum())
        found.append(Text(f"{count} 个格子已固定，先从行列合计中扣除。", f"{count} pinned cells were taken out first."))
    if forced.any():
        count = int(forced.sum())
        found.append(
            Text(
                f"{count} 个格子有历史，但按这些合计只能是 0。",
                f"{count} cells have a past but must be 0 with these sums.",
            )
        )
    if sign < 0:
        found.append(Text("合计为负，按绝对值镜像分解。", "The sums are negative: decomposed as their mirror image."))
    return tuple(found)
