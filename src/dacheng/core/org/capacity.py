"""Capacity (人力): heads and full-time equivalents of every unit on a day, with who works elsewhere (R191).

The home unit stays the one place of all sums of money; capacity alone reads shares. What somebody
gives elsewhere is taken from his home and given to the host, so a whole company adds up to what its
people work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.org.branches import topmost
from dacheng.core.report import UnitId, report
from dacheng.core.table import Drill, Table, TableColumn, column_of, table_of
from dacheng.core.tree import UNKNOWN, Tree

WHOLE_BP = 10_000
PEOPLE = "SELECT p.person_id, p.unit_id, p.fte_bp FROM people p WHERE p.left = 0 ORDER BY p.person_id"
ENGAGEMENTS = """
    SELECT person_id, unit_id, host_id, kind, share_bp FROM engagements ORDER BY person_id, host_id, kind"""
UNITS = "SELECT unit_id, closed FROM units ORDER BY unit_id"

OUT, IN = "out", "in"
SIDES = ((OUT, Text("借出", "Lent out")), (IN, Text("借入", "Borrowed")))

FTE = TableColumn(
    "fte",
    "number",
    Text("人力", "FTE"),
    help=Text(
        "∑ 归属的人的工作比例 − 借出的占用比例 + 借入的占用比例，含下级",
        "Σ working shares of those at home − shares lent out + shares borrowed, units below included",
    ),
)
COLUMNS = (
    column_of("units", "unit_id"),
    TableColumn("depth", "count", Text("层级", "Level"), optional=True),
    TableColumn(
        "heads",
        "count",
        Text("在职人数", "Heads"),
        drill=Drill("org/people", take={"unit": "unit_id"}),
        help=Text("当天归属这里、没有离职的人，含下级", "People at home here who have not left, units below included"),
    ),
    FTE,
    TableColumn(
        "lent",
        "count",
        SIDES[0][1],
        drill=Drill("org/engagements", take={"unit": "unit_id"}, fixed={"side": OUT}),
        help=Text(
            "归属这里、当天在别的组织借调或兼职的，含下级",
            "Engagements elsewhere of those at home here, units below included",
        ),
    ),
    TableColumn(
        "borrowed",
        "count",
        SIDES[1][1],
        drill=Drill("org/engagements", take={"unit": "unit_id"}, fixed={"side": IN}),
        help=Text(
            "归属别处、当天借调或兼职到这里的，含下级", "Engagements here of those at home elsewhere, below included"
        ),
    ),
)


@dataclass(frozen=True)
class Staff:
    """Who works where on a day; rows of equal length.

    Args:
        home, fte: unit and working share of everybody at work, shape (p,); basis points.
        lender, host, share: of each engagement, shape (e,); ``lender`` OUTSIDE where it is hidden.
    """

    home: IntArray
    fte: IntArray
    lender: IntArray
    host: IntArray
    share: IntArray


def capacity_of(tree: Tree, staff: Staff) -> IntArray:
    """Return heads, FTE in basis points, engagements lent and borrowed of every unit and all below it.

    Returns:
        Shape (n, 4), one row a position of the tree.
    """
    one, none = np.ones_like, np.zeros_like
    people = np.stack((one(staff.fte), staff.fte, none(staff.fte), none(staff.fte)), axis=1)
    lent = np.stack((none(staff.share), -staff.share, one(staff.share), none(staff.share)), axis=1)
    borrowed = np.stack((none(staff.share), staff.share, none(staff.share), one(staff.share)), axis=1)
    at = tree.position_of(np.concatenate((staff.home, staff.lender, staff.host)))
    figures = np.concatenate((people, lent, borrowed))
    return tree.roll_up(figures[at != UNKNOWN], at[at != UNKNOWN])


def staff_of(book: Book) -> Staff:
    """Return who works where on the Book's day, as far as the viewer sees."""
    people = book.gather(PEOPLE)
    engaged = book.gather(ENGAGEMENTS)
    return Staff(people["unit_id"], people["fte_bp"], engaged["unit_id"], engaged["host_id"], engaged["share_bp"])


@report(
    "org/capacity",
    title=Text("人力", "Capacity"),
    help=Text(
        "各组织在截至日的在职人数、人力（按工作比例折算）、借出和借入。归属决定人数和业绩，借调与兼职只改人力。"
        "只列你看得到的组织。",
        "Heads, FTE by working share, lent out and borrowed of every unit on the as-of day. The home decides heads and "
        "figures; engagements elsewhere change only the FTE. Only units that you see are listed.",
    ),
    columns=COLUMNS,
)
def capacity(book: Book, *, unit: UnitId | None = None) -> Table:
    """Return heads and capacity by unit, in tree order (人力).

    Closed units in which nobody works any more are left out.
    """
    found = capacity_of(book.tree, staff_of(book))
    at = _shown(book, unit, found)
    rows = Rows(
        {"unit_id": book.tree.unit_ids[at], "depth": _depth(book, at)}
        | {name: found[at, place] for place, name in enumerate(("heads", "fte_bp", "lent", "borrowed"))}
    )
    return table_of(COLUMNS, rows, {"fte": rows["fte_bp"] / WHOLE_BP}, key=("unit_id",))


def _shown(book: Book, unit: int | None, found: IntArray) -> IntArray:
    """Return the positions of the units that are listed, in tree order."""
    units = book.gather(UNITS)
    closed = units["unit_id"][units["closed"] == 1]
    at = np.sort(book.tree.position_of(np.array(book.scope.units, dtype=np.int64)))
    wanted = np.ones(len(at), dtype=np.bool_) if unit is None else book.tree.is_under(book.tree.unit_ids[at], unit)
    busy = found[at].any(axis=1) | ~np.isin(book.tree.unit_ids[at], closed)
    return np.asarray(at[wanted & busy])


def _depth(book: Book, at: IntArray) -> IntArray:
    """Return how deep units stand below the viewer's topmost one."""
    tops = book.tree.depth[book.tree.position_of(topmost(book))]
    return np.asarray(book.tree.depth[at] - int(tops.min(initial=book.tree.depth.max(initial=0))))
