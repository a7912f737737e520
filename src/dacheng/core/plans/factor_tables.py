"""Reports of factors: rows of a plan factor by factor (逐个因子), and the figures that were brought (R048)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.factors.choosing import WHOLE
from dacheng.core.factors.figures import figures_of, latest_figures, own_factors
from dacheng.core.factors.schema import CAPACITY, NOBODY
from dacheng.core.filtering import in_unit
from dacheng.core.paging import sliced
from dacheng.core.plans.schema import BUFFER, RESERVE
from dacheng.core.plans.tables import PlanId, PlanRowId, nothing, sheet_asked
from dacheng.core.plans.weighing import Weighed, weighed
from dacheng.core.plans.weights import Columns, counting_note, filled_note
from dacheng.core.report import MeasureId, ParameterKind, Rowspan, UnitId, report
from dacheng.core.table import (
    EVERY_ROW,
    Note,
    Table,
    TableColumn,
    column_of,
    fractions_known,
    table_of,
    whole_known,
)
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

FactorId = Annotated[int, ParameterKind("ref", "factors")]

FACTORS = (
    column_of("plan_rows", "plan_row_id", label=Text("行", "Row")),
    column_of("plan_rows", "unit_id", optional=True),
    TableColumn("factor_id", "ref", Text("分解因子", "Factor"), ref="factors"),
    TableColumn(
        "amount", "money", Text("金额", "Amount"), help=Text("潜力和历史是多少", "What potential and history come to")
    ),
    TableColumn(
        "figure",
        "count",
        Text("数", "Figure"),
        help=Text(
            "产能是人月；公司自己的因子是截至这一天最近的数", "Months of people; of own factors the latest figure"
        ),
    ),
    TableColumn(
        "missing",
        "flag",
        Text("没有数", "No figure"),
        help=Text(
            "这一行没有这个因子的数，不当 0：占同级按它其余因子的占比算",
            "The row has no figure of the factor, which is not 0: its share is that by its other factors",
        ),
    ),
    TableColumn(
        "share_ratio", "ratio", Text("占同级", "Share"), help=Text("占同一上级下面各行之和", "Of all siblings")
    ),
    TableColumn(
        "wanted_ratio",
        "ratio",
        Text("权重", "Weight"),
        help=Text("设权重时选的，没有选过的按规则", "As chosen for the plan, else as the rules say"),
    ),
    TableColumn(
        "counts_ratio",
        "ratio",
        Text("实际算多少", "Counts"),
        help=Text("权重 ÷ 在这一层有数的因子的权重之和", "Its weight ÷ those of all factors that say something here"),
    ),
    TableColumn(
        "part_ratio",
        "ratio",
        Text("给的份额", "Gives"),
        help=Text(
            "占同级 × 实际算多少；一行各因子之和 = 它的因子权重",
            "Share × what the factor counts; together they make the row's weight by factors",
        ),
    ),
)


@report(
    "plans/factors",
    title=Text("逐个因子", "Factor by factor"),
    help=Text(
        "方案每一行 × 每个因子一行：数、占同级、权重、实际算多少、给的份额。一行各因子给的份额之和是它的因子权重。"
        "没有数的行不当 0：在这个因子上按它其余因子的占比算，并标出来。",
        "One row for each row of a plan and each factor: figure, share among siblings, weight, what it counts and what "
        "it gives; what the factors give a row makes its weight by factors. A row without a figure is not taken for "
        "0: it counts there as by its other factors, and is marked.",
    ),
    columns=FACTORS,
    listed=False,
)
def plan_factors(
    book: Book,
    *,
    plan: PlanId | None = None,
    measure: MeasureId = CONTRACT,
    row: PlanRowId | None = None,
    factor: FactorId | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """Tell what every factor says of every row of a plan and what it gives (逐个因子).

    Args:
        row: only it and those directly below the same row. factor: only it.

    Source: R048.
    """
    key = ("plan_row_id", "factor_id")
    sheet = sheet_asked(book, plan, measure)
    if sheet is None or not len(sheet):
        return table_of(FACTORS, nothing(FACTORS), key=key)
    found = weighed(book, sheet)
    parents, kinds = sheet.tree.parent_position, sheet.kind
    beside = np.ones(len(sheet), dtype=np.bool_)
    if row is not None:
        at = int(sheet.tree.position_of(row))
        beside = (parents == parents[at]) if at != UNKNOWN else np.zeros(len(sheet), dtype=np.bool_)
    rows = np.flatnonzero(beside & (parents != UNKNOWN) & ~np.isin(kinds, (BUFFER, RESERVE)))
    factors = [at for at, number in enumerate(found.factors) if factor in (None, number)]
    count = len(rows) * len(factors)
    places = sliced(np.arange(count), page)
    listed = [(int(rows[place // len(factors)]), factors[place % len(factors)]) for place in places.tolist()]
    values: Columns = {
        "unit_id": sheet.unit_id[[at for at, _ in listed]],
        "factor_id": np.array([found.factors[one] for _, one in listed], dtype=np.int64),
        "amount": whole_known([found.value(one, at) if _is_money(found, one) else None for at, one in listed]),
        "figure": whole_known([None if _is_money(found, one) else found.value(one, at) for at, one in listed]),
        "missing": np.array([found.value(one, at) is None for at, one in listed], dtype=np.int64),
        "share_ratio": fractions_known([found.share(one, at) for at, one in listed]),
        "wanted_ratio": np.array([(found.wanted(one, at) or 0) / WHOLE for at, one in listed], dtype=np.float64),
        "counts_ratio": fractions_known([found.counts(one, at) for at, one in listed]),
        "part_ratio": fractions_known([found.part(one, at) for at, one in listed]),
    }
    table_rows = Rows({"plan_row_id": sheet.tree.unit_ids[[at for at, _ in listed]]})
    notes = (counting_note(found, sheet), *noted(filled_note(found), _disagreeing(found)))
    return table_of(FACTORS, table_rows, values, key=key, count=count, page=page, notes=notes)


def _is_money(found: Weighed, at: int) -> bool:
    return found.factors[at] < CAPACITY


def _disagreeing(found: Weighed) -> Note:
    count = sum(found.disagreeing.values())
    return Note(
        "figures-disagree",
        Text(
            f"{count} 个组织的数与下面加起来的不同，按组织自己的数。",
            f"Units whose figure differs from what is known below them: {count}. Their own counts.",
        ),
        count,
    )


FIGURES = (
    column_of("factor_figures", "figure_id"),
    column_of("factor_figures", "factor_id"),
    column_of("factor_figures", "unit_id"),
    column_of("factor_figures", "person_id"),
    column_of("factor_figures", "value"),
    column_of("factor_figures", "day"),
    TableColumn(
        "holds",
        "flag",
        Text("现在用的", "Holds now"),
        help=Text("同一因子、组织、人员里截至这天最近的一个", "The latest of its factor, unit and person"),
    ),
    TableColumn(
        "at_unit",
        "count",
        Text("组织合计", "The unit together"),
        help=Text(
            "组织自己的数；没有就是人员和下级组织已知的数之和",
            "The unit's own figure; where it has none, what is known of its people and the units below it",
        ),
        optional=True,
    ),
)
ALL_FIGURES = "SELECT figure_id, factor_id, unit_id, person_id, day, value FROM factor_figures"


@report(
    "plans/figures",
    title=Text("因子的数", "Figures of factors"),
    help=Text(
        "公司自己的因子（如 门店数、装机量）在各组织、各人那里的数，一天一个，最近的在用。"
        "组织有自己的数就按它，没有就把人员和下级的加起来；都没有就是不知道，不当 0。",
        "What factors of the company's own, such as stores, are at units and of people, one figure a day, of which the "
        "latest holds. A unit has its own figure, else the sum of those of its people and the units below; where "
        "nothing is known it is not taken for 0.",
    ),
    columns=FIGURES,
)
def figures(
    book: Book, *, unit: UnitId | None = None, factor: FactorId | None = None, page: Rowspan = EVERY_ROW
) -> Table:
    """List the figures of the company's own factors, the latest of each first (因子的数).

    Source: R048.
    """
    wanted = in_unit(book, unit)
    order = "ORDER BY factor_id, unit_id, person_id, day DESC, figure_id DESC"
    found = book.gather(f"{ALL_FIGURES} {wanted.where} {order}", **wanted.params)
    if factor is not None:
        found = found.only(found["factor_id"] == factor)
    latest = latest_figures(book)
    at_units = {number: figures_of(book, number, latest).at_units for number in own_factors(book)}
    shown = found.only(sliced(np.arange(len(found)), page))
    together = [
        at_units.get(number, {}).get(place)
        for number, place in zip(shown["factor_id"].tolist(), shown["unit_id"].tolist(), strict=True)
    ]
    values: Columns = {
        "person_id": (shown["person_id"], shown["person_id"] != NOBODY),
        "holds": np.isin(shown["figure_id"], latest["figure_id"]).astype(np.int64),
        "at_unit": whole_known(together),
    }
    return table_of(FIGURES, shown, values, key=("figure_id",), count=len(found), page=page)
