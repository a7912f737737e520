"""The target cells that make a target (目标明细), opened from the attainment board."""

from __future__ import annotations

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.filtering import equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.paging import sliced
from dacheng.core.report import Flag, MeasureId, PeriodName, PersonId, Rowspan, UnitId, report
from dacheng.core.table import EVERY_ROW, Table, column_of, table_of
from dacheng.core.targets.cascading import OWN, Grid, cells_of, that_count
from dacheng.core.tree import UNKNOWN

COLUMNS = tuple(column_of("targets", name) for name in ("unit_id", "person_id", "measure_id", "ym", "amount"))


@report(
    "targets/cells",
    title=Text("目标明细", "Target cells"),
    help=Text(
        "组成一个目标的格子，合计等于该目标。组织某月自己有目标时只列它自己的，不列其下级与个人的；"
        "指定人员时列他自己的格子。",
        "The cells that make a target; they add up to it. Where a unit has its own target in a month, those below it "
        "are not listed; for a person his own cells are.",
    ),
    columns=COLUMNS,
    listed=False,
)
def cells(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    person: PersonId | None = None,
    measure: MeasureId | None = None,
    period: PeriodName | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List the target cells behind a target of the attainment board (目标明细).

    In tree order, then by person, measure and month. A total is given for one measure.

    Args:
        direct: only cells at the unit itself.
        period: default the fiscal year of the as-of day.
    """
    span = fiscal_year_of(book, period)
    found = cells_of(book, span, in_unit(book, unit, direct) & equal(person_id=person, measure_id=measure))
    found = found.only(book.tree.position_of(found["unit_id"]) != UNKNOWN)
    if person is None:
        found = found.only(that_count(book.tree, Grid(np.unique(found["measure_id"]), span), found))
    place = book.tree.position_of(found["unit_id"])
    order = np.lexsort((found["ym"], found["measure_id"], found["person_id"], place))
    rows = found.only(sliced(order, page))
    return table_of(
        COLUMNS,
        rows,
        {"person_id": (rows["person_id"], rows["person_id"] != OWN)},
        key=("unit_id", "person_id", "measure_id", "ym"),
        totals=_total(found),
        count=len(found),
        page=page,
    )


def _total(found: Rows) -> dict[str, int | float | None]:
    """Return the sum of one measure's cells; measures do not add up."""
    if len(np.unique(found["measure_id"])) > 1:
        return {}
    return {"amount": int(found["amount"].sum())}
