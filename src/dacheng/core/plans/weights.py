"""What the rows of a plan weigh by each factor, and by all of them (分解权重): values, shares, results (R048)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.factors.schema import COUNTED
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import sliced
from dacheng.core.plans.schema import BUFFER, RESERVE
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.tables import JUDGED, OWN, PlanId, nothing, sheet_asked, who
from dacheng.core.plans.weighing import LABELS, Weighed, weighed
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
                "选的或规则里的权重 ÷ 在这一层有数的因子的权重之和",
                "The weight that was chosen or the rules say ÷ those of all factors that say something at this level",
            ),
            optional=True,
        ),
    )


COLUMNS = (
    *JUDGED,
    OWN,
    *(column for number, code in COUNTED for column in _of_factor(code, LABELS[number])),
    TableColumn(
        "own_factors_ratio",
        "ratio",
        Text("公司因子给的", "By own factors"),
        help=Text(
            "公司自己的因子合计：Σ 占同级 × 算多少；逐个见“因子”",
            "The company's own factors together: Σ share × what each counts; each of them stands under Factors",
        ),
    ),
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
        "方案每一行的潜力（在途商机）、历史（上一年业绩）、产能（在岗人月）各是多少、占同级多少，公司自己的因子合计给多少；"
        "因子权重 = Σ 占同级 × 因子算多少，算多少是设权重时选的，没有选过的按规则（plan.weight_potential 等）。"
        "同级都没有数的因子退出，其余按比例多算；没有数的行在这个因子上按它其余因子的占比算。"
        "个人情况另用适配系数调：因子权重 × 适配系数。",
        "Potential (open opportunities), history (last year's results) and capacity (months of people) of every row "
        "of a plan with their shares among siblings, and what the company's own factors give; weight by factors = "
        "Σ share × what the factor counts, as was chosen for the plan, else as the rules plan.weight_potential and so "
        "on say. A factor of which no sibling has anything drops out and the others count for more; a row without a "
        "figure counts in that factor as by its others. "
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
    for factor, (_, code) in enumerate(COUNTED):
        values[code] = whole_known([found.value(factor, at) for at in shown.tolist()])
        values[f"{code}_share_ratio"] = fractions_known([found.share(factor, at) for at in shown.tolist()])
        values[f"{code}_counts_ratio"] = fractions_known([found.counts(factor, at) for at in shown.tolist()])
    values["own_factors_ratio"] = fractions_known([_by_own(found, at) for at in shown.tolist()])
    return values


def _by_own(found: Weighed, position: int) -> Fraction | None:
    """Return what the company's own factors give a row together; None where none of them counts."""
    parts = [found.part(factor, position) for factor in range(len(COUNTED), len(found.factors))]
    known = [one for one in parts if one is not None]
    return sum(known, Fraction()) if known else None


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
    """Say what each factor counts at the top, and of how many rows it says nothing."""
    return (counting_note(found, sheet), *noted(_nothing_known(found), filled_note(found), _fitted(sheet)))


def counting_note(found: Weighed, sheet: Sheet) -> Note:
    """Say what each factor counts below the topmost row; those of the company have names of their own."""
    choices = found.choices
    at = int(choices.below[0]) if len(sheet) else 0
    counts = choices.counts[at]
    own = sum(count for number, count in counts.items() if number not in LABELS)
    zh = "、".join(f"{LABELS[number].zh.partition('：')[0]} {counts.get(number, 0)}" for number, _ in COUNTED)
    en = ", ".join(f"{LABELS[number].en.partition(':')[0].lower()} {counts.get(number, 0)}" for number, _ in COUNTED)
    zh, en = (f"{zh}、公司因子 {own}", f"{en}, the company's own {own}") if own else (zh, en)
    source = Text("设权重时选的", "as chosen") if choices.chosen[at] else Text("按规则", "by the rules")
    further = len(set(choices.below.tolist())) - 1
    more = Text(f"下面有 {further} 种另外的选择。", f" Further choices below: {further}.") if further else Text("", "")
    differing = len({one for one in counts.values() if one})
    return Note(
        "factors",
        Text(f"因子的权重（{source.zh}）：{zh}。{more.zh}", f"Factors count, {source.en}: {en}.{more.en}"),
        max(differing, 1),
    )


def filled_note(found: Weighed) -> Note:
    """Say of how many rows a factor that counts has no figure, so that they count as by their other factors."""
    rows = range(1, len(found.weight))
    count = sum(any(found.is_filled(at, row) for at in range(len(found.factors))) for row in rows)
    return Note(
        "factor-missing",
        Text(
            f"{count} 行缺某个因子的数：不当 0，在那个因子上按这一行其余因子的占比算。",
            f"Rows without a figure of a factor that counts: {count}. It is not taken for 0: they count there as by "
            "their other factors.",
        ),
        count,
    )


def _fitted(sheet: Sheet) -> Note:
    count = int(np.count_nonzero(sheet.years.fit_bp != BP_PER_WHOLE))
    return Note(
        "fitted",
        Text(
            f"{count} 行有适配系数，理由在方案的格子里。", f"Rows with a fit: {count}; why stands in the plan's cells."
        ),
        count,
    )


def _nothing_known(found: Weighed) -> Note:
    count = int(np.count_nonzero(np.all([~one.known | (one.value == 0) for one in found.stated], axis=0)))
    return Note(
        "without-factors",
        Text(f"{count} 行所有因子都是 0 或没有数。", f"Rows with nothing of any factor: {count}."),
        count,
    )
