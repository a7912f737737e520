"""What the rows of a plan weigh by each factor, and by all of them (分解权重): values, shares, results (R048)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import sliced
from dacheng.core.plans.schema import BUFFER, RESERVE
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.tables import JUDGED, OWN, PlanId, nothing, sheet_asked, who
from dacheng.core.plans.weighing import FACTORS, Weighed, weighed
from dacheng.core.report import MeasureId, Rowspan, report
from dacheng.core.table import (
    EVERY_ROW,
    CellKind,
    Drill,
    Note,
    Table,
    TableColumn,
    Values,
    column_of,
    fractions_known,
    table_of,
    whole_known,
)
from dacheng.core.targets.schema import CONTRACT

KINDS: dict[str, CellKind] = {"potential": "money", "history": "money", "capacity": "number"}
DRILLS = {
    "potential": Drill(
        "deals/list",
        take={"unit": "unit_id", "owner": "person_id", "direct": "own"},
        fixed={"state": "open"},
        when="own",
    )
}


def _of_factor(code: str, label: Text) -> tuple[TableColumn, ...]:
    return (
        TableColumn(code, KINDS[code], label, drill=DRILLS.get(code)),
        TableColumn(
            f"{code}_share_ratio",
            "ratio",
            Text(f"{label.zh.partition('：')[0]}占同级", f"{label.en.partition(':')[0]}, share"),
            help=Text(
                "占同一上级下面各行之和；空 = 没有数", "Of all rows below the same row; blank = nothing is known"
            ),
        ),
        TableColumn(
            f"{code}_counts_ratio",
            "ratio",
            Text(f"{label.zh.partition('：')[0]}算多少", f"{label.en.partition(':')[0]} counts"),
            help=Text(
                "规则里的份数 ÷ 在这一层有数的因子的份数之和",
                "The parts of its rule ÷ those of all factors that say something at this level",
            ),
            optional=True,
        ),
    )


COLUMNS = (
    *JUDGED,
    OWN,
    *(column for code, label in FACTORS for column in _of_factor(code, label)),
    TableColumn(
        "result_ratio",
        "ratio",
        Text("因子权重", "Weight by factors"),
        help=Text("Σ 因子占同级 × 因子算多少", "Σ share of each factor × what the factor counts"),
    ),
    TableColumn(
        "fit_ratio",
        "ratio",
        Text("适配系数", "Fit"),
        help=Text("因子权重再乘它；100% = 不调", "The weight by factors is multiplied by it; 100% = as it is"),
    ),
    TableColumn(
        "fitted_ratio",
        "ratio",
        Text("适配后权重", "Weight with the fit"),
        help=Text("因子权重 × 适配系数，占同级之和", "Weight by factors × fit, as a part of that of all siblings"),
        optional=True,
    ),
    column_of("plan_terms", "weight", optional=True),
    TableColumn(
        "weight_ratio",
        "ratio",
        Text("现在的权重", "Weight as it stands"),
        help=Text("方案里的权重占同级之和", "The plan's weights, as a part of those of all siblings"),
    ),
    TableColumn(
        "target_ratio",
        "ratio",
        Text("目标占同级", "Share of the target"),
        help=Text("全年目标占同级之和", "Targets of the year, as a part of those of all siblings"),
        optional=True,
    ),
)


@report(
    "plans/weights",
    title=Text("分解权重", "Weights of a breakdown"),
    help=Text(
        "方案每一行的潜力（在途商机）、历史（上一年业绩）、产能（在岗人月）各是多少、占同级多少；"
        "因子权重 = Σ 占同级 × 因子算多少，因子的份数在规则里（plan.weight_potential 等）。"
        "同级都没有数的因子退出，其余按比例多算；没有数的行不参与这个因子。"
        "个人情况另用适配系数调：因子权重 × 适配系数。",
        "Potential (open opportunities), history (last year's results) and capacity (months of people) of every row "
        "of a plan with their shares among siblings; weight by factors = Σ share × what the factor counts, which the "
        "rules plan.weight_potential and so on say. A factor of which no sibling has anything drops out and the others "
        "count for more; a row without a value takes no part in that factor. "
        "What is individual goes by the fit: weight by factors × fit.",
    ),
    columns=COLUMNS,
    listed=False,
)
def plan_weights(
    book: Book, *, plan: PlanId | None = None, measure: MeasureId = CONTRACT, page: Rowspan = EVERY_ROW
) -> Table:
    """Tell what the rows of a plan weigh, factor by factor (分解权重).

    Source: R048, R049; golden case G10.
    """
    sheet = sheet_asked(book, plan, measure)
    if sheet is None:
        return table_of(COLUMNS, nothing(COLUMNS), key=("plan_row_id",))
    found = weighed(book, sheet)
    at = np.flatnonzero(~np.isin(sheet.kind, (BUFFER, RESERVE)))
    at = at[1:] if sheet.shared_top else at
    shown = at[sliced(np.arange(len(at)), page)]
    values = who(sheet, shown) | _factors(found, shown) | _results(found, sheet, shown)
    values |= {
        "weight": sheet.years.weight[shown],
    }
    rows = Rows({"plan_row_id": sheet.tree.unit_ids[shown]})
    return table_of(COLUMNS, rows, values, key=("plan_row_id",), count=len(at), page=page, notes=_notes(found, sheet))


Columns = dict[str, Values | tuple[Values, BoolArray]]


def _factors(found: Weighed, shown: IntArray) -> Columns:
    values: Columns = {}
    for factor, (code, _) in enumerate(FACTORS):
        values[code] = whole_known([found.value(factor, at) for at in shown.tolist()])
        values[f"{code}_share_ratio"] = fractions_known([found.share(factor, at) for at in shown.tolist()])
        values[f"{code}_counts_ratio"] = fractions_known([found.counts(factor, at) for at in shown.tolist()])
    return values


def _results(found: Weighed, sheet: Sheet, shown: IntArray) -> Columns:
    weights, targets = (_among_siblings(sheet, one) for one in (sheet.years.weight, sheet.year))
    return {
        "result_ratio": fractions_known([found.result(at) for at in shown.tolist()]),
        "fit_ratio": sheet.years.fit_bp[shown] / BP_PER_WHOLE,
        "fitted_ratio": fractions_known([found.fitted(at) for at in shown.tolist()]),
        "weight_ratio": fractions_known([weights(at) for at in shown.tolist()]),
        "target_ratio": fractions_known([targets(at) for at in shown.tolist()]),
    }


def _among_siblings(sheet: Sheet, values: IntArray) -> Callable[[int], Fraction | None]:
    """Return a function from a position to the row's part of its siblings' sum; None where that is nothing."""
    own = np.where(np.isin(sheet.kind, (BUFFER, RESERVE)), 0, values)
    sums = np.zeros(len(sheet), dtype=np.int64)
    np.add.at(sums, sheet.tree.parent_position[1:], own[1:])

    def part(at: int) -> Fraction | None:
        whole = int(sums[sheet.tree.parent_position[at]]) if at else 0
        return Fraction(int(own[at]), whole) if whole > 0 else None

    return part


def _notes(found: Weighed, sheet: Sheet) -> tuple[Note, ...]:
    """Say what each factor counts by the rules, and of how many rows it says nothing."""
    factors = found.blend.factors
    zh = "、".join(f"{one.label.zh.partition('：')[0]} {one.weight}" for one in factors)
    en = ", ".join(f"{one.label.en.partition(':')[0].lower()} {one.weight}" for one in factors)
    differing = len({one.weight for one in factors if one.weight})
    return (
        Note("factors", Text(f"因子的份数：{zh}。", f"Factors count: {en}."), max(differing, 1)),
        *noted(_nothing_known(found), _fitted(sheet)),
    )


def _fitted(sheet: Sheet) -> Note:
    count = int(np.count_nonzero(sheet.years.fit_bp != BP_PER_WHOLE))
    return Note(
        "fitted",
        Text(
            f"{count} 行有适配系数，理由在方案的格子里。", f"{count} rows have a fit; why stands in the plan's cells."
        ),
        count,
    )


def _nothing_known(found: Weighed) -> Note:
    count = int(np.count_nonzero(np.all([one.value.value == 0 for one in found.blend.factors], axis=0)))
    return Note(
        "without-factors",
        Text(f"{count} 行三个因子都是 0。", f"{count} rows have nothing of any factor."),
        count,
    )
