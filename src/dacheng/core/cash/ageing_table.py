"""Ageing (账龄表): what is open by how long it is past due, and what is set aside for it (R151, G24)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book, Rows
from dacheng.core.cash.ageing import Ageing
from dacheng.core.cash.standing import BANDS, NOT_YET, OPEN, OVERDUE, STATES, TODAY, WAITING, Standing, stand
from dacheng.core.errors import Text
from dacheng.core.filtering import equal, in_unit
from dacheng.core.report import CustomerId, Flag, PersonId, UnitId, report
from dacheng.core.table import Drill, Table, TableColumn, table_of

OPEN_TERMS = "SELECT term_id, unit_id, due_day, open FROM payment_terms"
CARRIED = ("unit", "direct", "owner", "customer")
ROWS = Drill("tables/receivable", take={"state": "state", "band": "band"}, carry=CARRIED)
ALL_ROWS = Drill("tables/receivable", carry=CARRIED)

COLUMNS = (
    TableColumn("state", "choice", Text("状态", "State"), choices=STATES),
    TableColumn(
        "band",
        "choice",
        Text("账龄", "Ageing"),
        choices=BANDS,
        help=Text(
            "逾期天数 = 截至日 − 应收日，分段按规则 receivable.band_*", "Days overdue, by the rules receivable.band_*"
        ),
    ),
    TableColumn("there", "count", Text("笔数", "Rows"), drill=ROWS, total_drill=ALL_ROWS),
    TableColumn("open", "money", Text("未收", "Open"), judged="less", drill=ROWS, total_drill=ALL_ROWS),
    TableColumn(
        "provision",
        "money",
        Text("计提坏账", "Provision"),
        judged="less",
        help=Text("每条未收 × 该段比例后相加", "Each open amount × the band's rate, summed"),
    ),
)


@report(
    "receivable/ageing",
    title=Text("账龄表", "Ageing"),
    help=Text(
        "截至日未收的款按状态和账龄各有多少。应收日当天是今日到期，不算逾期。因授权才可见的不在其中。",
        "What is not collected by the as-of day, by state and ageing. On its due day a row is due and not overdue. "
        "Rows seen only by a grant are not among them.",
    ),
    columns=COLUMNS,
)
def ageing(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
) -> Table:
    """Sum what is open by state and ageing band (账龄表).

    Source: R151; golden case G24.
    """
    wanted = OPEN & equal(owner_id=owner, customer_id=customer) & in_unit(book, unit, direct)
    found = stand(book, book.gather(f"{OPEN_TERMS} {wanted.where}", **wanted.params))
    bands = Ageing.of(book.rules)
    lines = [
        (WAITING, None),
        (NOT_YET, None),
        (TODAY, None),
        *((OVERDUE, band) for band in range(1, len(bands.labels))),
    ]
    which = [_on(found, state, band) for state, band in lines]
    rows = Rows.of(("state", "band"), lines)
    columns = tuple(_named(one, bands) if one.name == "band" else one for one in COLUMNS)
    figures = {
        "there": [found.count(one) for one in which],
        "open": [found.total(one) for one in which],
        "provision": [int(found.provision[one & found.inside].sum()) for one in which],
    }
    return table_of(
        columns,
        rows,
        {
            "band": (rows["band"], rows.known("band")),
            **{name: np.array(values, dtype=np.int64) for name, values in figures.items()},
        },
        key=("state", "band"),
        totals={name: sum(values) for name, values in figures.items()},
    )


def _on(found: Standing, state: int, band: int | None) -> BoolArray:
    on: BoolArray = found.state == state
    return on if band is None else on & (found.band == band)


def _named(column: TableColumn, bands: Ageing) -> TableColumn:
    pairs = zip(BANDS, bands.labels, strict=True)
    return replace(column, choices=tuple((number, code, label) for (number, code, _), label in pairs))
