"""The people behind the figures of capacity (人力明细): who is at home in a unit, and who works elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.errors import Text
from dacheng.core.filtering import in_unit
from dacheng.core.org.capacity import ENGAGEMENTS, IN, OUT, SIDES, WHOLE_BP
from dacheng.core.paging import sliced
from dacheng.core.report import Flag, Rowspan, UnitId, choice, report
from dacheng.core.table import EVERY_ROW, Page, Table, TableColumn, Values, column_of, table_of

AT_HOME = "SELECT p.person_id, p.unit_id, p.fte_bp FROM people p {where} ORDER BY p.person_id"

PEOPLE_COLUMNS = (
    column_of("people", "person_id"),
    column_of("assignments", "unit_id"),
    column_of("people", "fte_bp"),
)
ENGAGED_COLUMNS = (
    column_of("engagements", "person_id"),
    column_of("assignments", "unit_id", help=Text("只从借入方看到的人不显示", "Hidden where only the host is seen")),
    column_of("engagements", "host_id"),
    column_of("engagements", "kind"),
    column_of("engagements", "share_bp"),
)


@report(
    "org/people",
    title=Text("在职人员", "People at work"),
    help=Text("截至日归属这里、没有离职的人。", "People at home here on the as-of day who have not left."),
    columns=PEOPLE_COLUMNS,
    listed=False,
)
def people(book: Book, *, unit: UnitId | None = None, direct: Flag = False, page: Rowspan = EVERY_ROW) -> Table:
    """List people at work by home unit (在职人员).

    Args:
        direct: only those at home in the unit itself.
    """
    wanted = in_unit(book, unit, direct)
    conditions = " AND ".join(("p.left = 0", *(f"p.{one}" for one in wanted.conditions)))
    rows = book.gather(AT_HOME.format(where=f"WHERE {conditions}"), **wanted.params)
    return _listed(PEOPLE_COLUMNS, rows, "fte_bp", ("person_id",), page)


@report(
    "org/engagements",
    title=Text("借调与兼职", "Engagements elsewhere"),
    help=Text(
        "截至日谁在归属以外的组织工作、占多少。从所到的组织看，不显示他归属哪里。",
        "Who works outside the home unit on the as-of day, and how much. Seen from the host, the home is not shown.",
    ),
    columns=ENGAGED_COLUMNS,
    listed=False,
)
def engagements(
    book: Book,
    *,
    unit: UnitId | None = None,
    side: Annotated[str, choice(*SIDES)] | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List engagements outside the home by person (借调与兼职).

    Args:
        unit: only those from or to this unit and those below it; ``side`` says which of the two.
    """
    rows = book.gather(ENGAGEMENTS)
    sides = [column for name, column in ((OUT, "unit_id"), (IN, "host_id")) if side in (None, name)]
    kept = np.any([_at(book, rows[column], unit) for column in sides], axis=0)
    if unit is None:
        kept |= rows["person_id"] == book.scope.person_id
    return _listed(ENGAGED_COLUMNS, rows.only(kept), "share_bp", ("person_id", "host_id", "kind"), page)


def _at(book: Book, units: IntArray, unit: int | None) -> BoolArray:
    """Return which units stand under one; without one those that the viewer looks after."""
    if unit is None:
        return np.isin(units, np.array(book.scope.units, dtype=np.int64))
    return book.tree.is_under(units, unit)


def _listed(columns: tuple[TableColumn, ...], rows: Rows, share: str, key: tuple[str, ...], page: Page) -> Table:
    shown = rows.only(sliced(np.arange(len(rows)), page))
    home = shown["unit_id"], shown["unit_id"] != OUTSIDE
    computed: Mapping[str, Values | tuple[Values, BoolArray]] = {"unit_id": home, share: shown[share] / WHOLE_BP}
    return table_of(columns, shown, computed, key=key, count=len(rows), page=page)
