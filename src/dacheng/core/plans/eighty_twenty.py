"""80/20 in a plan (方案里的 80/20 分解): a row becomes named members and one row for all others (R046).

Members are accounts, products, or people of a unit. People of a unit mostly have rows of their own already: those
who bring most of it keep theirs with a named target, the rows of the others go and one row stands for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import split
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.plans.schema import PERSON, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.standing import organisation_of
from dacheng.core.targets.feasibility import Naming, nth_part
from dacheng.core.targets.pareto import Pareto
from dacheng.core.targets.ranking import CUSTOMER, MEMBERS, NOBODY, OWNER, brought, ranked


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Who gets a part of a row.

    Args:
        members: shape (k,), accounts, people or products of the top set, the largest first.
        rows: shape (k,), the row of the plan that each has already; 0 = none.
        brought: shape (k,), minor units.
        others: how many members the pooled row stands for. others_brought: what they brought together.
        gone: rows of the plan that the pooled row takes the place of.
        left_out: what was brought by nobody in particular, or by who is not of the unit; it counts for no part.
        period: the months in which it was brought.
    """

    members: IntArray
    rows: IntArray
    brought: IntArray
    others: int
    others_brought: int
    gone: IntArray
    left_out: int
    period: Period

    @property
    def weights(self) -> IntArray:
        """Return what each part brought, shape (k,), or (k + 1,) with the pooled one last."""
        return np.append(self.brought, self.others_brought) if self.others else self.brought


def parts_of(
    book: Book,
    sheet: Sheet,
    row: int,
    name: Naming = nth_part,
    period: Period | None = None,
    into: str = CUSTOMER,
) -> Parts:
    """Return into which accounts, people or products a row of a plan is split by what they brought.

    Args:
        row: position. period: when it was brought; None = the same months a year before. into: code of ``MEMBERS``.

    Raises:
        RuleError: the row is no unit or person, has rows below it or no target yet, or too few members brought
            something for 80/20 to be meaningful; of people also: it is a person's row, months of the plan stand
            already, or a row below is pinned or bounded.

    Source: R046; golden case G40.
    """
    _check_row(sheet, row, name, into)
    plan = sheet.plan
    span = period or Period(plan.from_ym - MONTHS_PER_YEAR, plan.until_ym - MONTHS_PER_YEAR)
    person = int(sheet.person_id[row]) if int(sheet.kind[row]) == PERSON else None
    unit = None if person else int(sheet.unit_id[row])
    ids, amounts = brought(book, into, span, unit, False, person)
    below = rows_below(sheet, row)
    known = _people(book, sheet, row, ids) if into == OWNER else ids != NOBODY
    found = ranked(book, amounts[known])
    _check_meaningful(found, into, name(row), span.label(book.rules.fiscal))
    members = ids[known][found.order[: found.top]]
    rows, gone = _rows_of(sheet, below, members)
    return Parts(
        members=members,
        rows=rows,
        brought=found.amounts[: found.top],
        others=len(gone) or len(found.order) - found.top,
        others_brought=int(found.amounts[found.top :].sum()),
        gone=gone,
        left_out=int(amounts[~known].sum()),
        period=span,
    )


def rows_below(sheet: Sheet, row: int) -> IntArray:
    """Return the positions of the rows directly below one, ascending."""
    return np.flatnonzero(sheet.tree.parent_position == row)


def only_people_below(sheet: Sheet, row: int) -> bool:
    """Tell whether a unit has nothing below it but people who have nothing below them: it may be split into them."""
    below = rows_below(sheet, row)
    alone = ~np.isin(below, sheet.tree.parent_position)
    return int(sheet.kind[row]) == UNIT and bool(np.all((sheet.kind[below] == PERSON) & alone))


def _people(book: Book, sheet: Sheet, row: int, ids: IntArray) -> BoolArray:
    """Return which of the people may get a named target: those with a row there all the time, or at home there."""
    below = rows_below(sheet, row)
    if len(below):
        whole: BoolArray = np.isin(ids, sheet.person_id[below[np.all(sheet.present[below], axis=1)]])
        return whole
    organisation, unit = organisation_of(book), int(sheet.unit_id[row])
    here = [person for person, home in organisation.homes.items() if home == unit and person not in organisation.left]
    at_home: BoolArray = np.isin(ids, np.array(here, dtype=np.int64))
    return at_home


def _rows_of(sheet: Sheet, below: IntArray, members: IntArray) -> tuple[IntArray, IntArray]:
    """Return the row that each member has below the one that is split, 0 = none, and the rows of all others."""
    row_of = dict(zip(sheet.person_id[below].tolist(), sheet.tree.unit_ids[below].tolist(), strict=True))
    rows = np.array([row_of.get(one, 0) for one in members.tolist()], dtype=np.int64)
    return rows, np.setdiff1d(sheet.tree.unit_ids[below], rows)


def by_months(months: IntArray, weights: IntArray) -> IntArray:
    """Split every month of a row by the same weights, so that every month and every year comes out exactly.

    What has added up by the end of each month is split, so that the year of each part is what the year of the row
    gives it; a fen that a month cannot divide goes to the next ones.

    Args:
        months: shape (m,), minor units. weights: shape (k,), >= 0, not all zero.

    Returns:
        Shape (k, m); each column adds up to its month, each row to ``split(months.sum(), weights)``.

    >>> by_months(np.array([100, 100]), np.array([2, 1])).tolist()
    [[67, 66], [33, 34]]
    """
    added_up = np.array([split(int(one), weights) for one in np.cumsum(months)], dtype=np.int64)
    return np.diff(added_up, axis=0, prepend=0).T


def _check_row(sheet: Sheet, row: int, name: Naming, into: str) -> None:
    who = name(row)
    if int(sheet.kind[row]) not in (UNIT, PERSON):
        raise RuleError(
            Text(f"“{who.zh}”不是组织也不是人员。", f"{who.en} is neither a unit nor a person."),
            Text("请选组织或人员那一行。", "Choose the row of a unit or of a person."),
        )
    if into == OWNER and int(sheet.kind[row]) == PERSON:
        raise RuleError(
            Text(f"“{who.zh}”是一个人，不能再拆成人员。", f"{who.en} is one person, and is not split into people."),
            Text("请选组织那一行，或拆成客户、产品。", "Choose the row of a unit, or split into accounts or products."),
        )
    below = rows_below(sheet, row)
    people = only_people_below(sheet, row)
    if len(below) and not (into == OWNER and people):
        raise RuleError(
            Text(f"“{who.zh}”已经分给下面 {len(below)} 行。", f"{who.en} is shared among {len(below)} rows below it."),
            Text("请选它下面还没有再分的一行，或把它拆成人员。", "Choose a row below it, or split it into people.")
            if people
            else Text("请选它下面还没有再分的一行。", "Choose a row below it that has none of its own."),
        )
    if not np.any(sheet.cells.amount.known[row]):
        raise RuleError(
            Text(f"“{who.zh}”还没有目标。", f"{who.en} has no target yet."),
            Text("请先分解方案，或填它的数。", "Break the plan down first, or enter its figures."),
        )
    if len(below):
        _check_people_free(sheet, below, name)


def _check_people_free(sheet: Sheet, below: IntArray, name: Naming) -> None:
    """Refuse to split among people what cannot move: months that stand, rows that are pinned or bounded."""
    if sheet.plan.frozen:
        raise RuleError(
            Text("这个版本有已生效的月份，人员的行不能再合并。", "Months of this version stand: no row can be pooled."),
            Text("在全年都没有生效的方案里拆，或用调剂。", "Split a plan of which no month stands, or move amounts."),
        )
    years, cells = sheet.years, sheet.cells
    stated = years.pinned | years.floor.known | years.cap.known
    stated = stated | np.any(cells.pinned | cells.floor.known | cells.cap.known, axis=1)
    for at in below[stated[below]].tolist():
        who = name(at)
        raise RuleError(
            Text(f"“{who.zh}”是固定的，或有上下限。", f"{who.en} is pinned or has a floor or a cap."),
            Text("先放开它，再拆。", "Release it first, then split."),
        )


_BROUGHT = {
    code: Text(
        f"“{{who}}”在{{when}}有业绩的{label.zh}{{off}}",
        f"{label.en} that brought something to {{who}} in {{when}}: {{off}}",
    )
    for code, label in MEMBERS
}


def _check_meaningful(found: Pareto, into: str, who: Text, when: Text) -> None:
    if found.off is None:
        return
    told = _BROUGHT[into]
    raise RuleError(
        Text(
            told.zh.format(who=who.zh, when=when.zh, off=found.off.zh),
            told.en.format(who=who.en, when=when.en, off=found.off.en),
        ),
        Text(
            "可以换一个期间，换一个更大的组织或另一个人，换一种拆法，或逐行加客户。",
            "Choose another period, another unit or person, other members, or add accounts row by row.",
        ),
    )
