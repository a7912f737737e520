"""综合得分 (composite scores): attainment of contract value, margin and cash by a scheme of weights, by unit (R018).

A scheme is one of the company's templates; its weights are dated rules. A measure without attainment is no zero:
by rule its weight goes to the others, visibly, or the unit has no score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import RuleError, Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.history.past import Wanted, past_of
from dacheng.core.period import Period
from dacheng.core.report import Choices, PeriodName, UnitId, coded, number_of, report
from dacheng.core.rules import Rules
from dacheng.core.table import Note, Table, TableColumn, Values, fractions_known, table_of
from dacheng.core.targets.attainment import attainment
from dacheng.core.targets.schema import CASH, CONTRACT, MARGIN
from dacheng.core.targets.setting.composite import Part, Score, score_of

ENTERPRISES: Choices = (
    (1, "growth", Text("成长型", "Growth")),
    (2, "integrator", Text("集成型", "Integrator")),
    (3, "cash", Text("现金紧", "Short of cash")),
    (4, "state", Text("国有", "State-owned")),
)
MEASURES: tuple[tuple[int, str, Text], ...] = (
    (CONTRACT, "contract", Text("合同额", "Contract value")),
    (MARGIN, "margin", Text("毛利", "Margin")),
    (CASH, "cash", Text("回款", "Cash")),
)
PERCENT = 100
SHARED = "share"
"""The word of the rule by which the others share the weight of a measure without attainment."""


def _attained(code: str, label: Text) -> TableColumn:
    return TableColumn(
        f"{code}_ratio",
        "ratio",
        Text(f"{label.zh}达成率", f"{label.en}: attainment"),
        judged="more",
        help=Text("业绩 ÷ 目标，照实显示；空 = 不适用", "Done ÷ target as it is; blank = n/a"),
    )


def _weight(code: str, label: Text) -> TableColumn:
    return TableColumn(
        f"{code}_weight_ratio",
        "ratio",
        Text(f"{label.zh}所用比例", f"{label.en}: weight used"),
        help=Text("不适用的指标的比例按比例分给其余", "The weight of a measure that is n/a goes to the others"),
        optional=True,
    )


COLUMNS = (
    TableColumn(
        "unit_id",
        "ref",
        Text("组织", "Unit"),
        ref="units",
    ),
    TableColumn(
        "points",
        "number",
        Text("综合得分", "Score"),
        judged="more",
        help=Text("Σ 比例 × 计分的达成率 × 100；空 = 算不出", "Σ weight × attainment as counted × 100; blank = none"),
    ),
    *(_attained(code, label) for _, code, label in MEASURES),
    *(_weight(code, label) for _, code, label in MEASURES),
)


@report(
    "targets/score",
    title=Text("综合得分", "Composite score"),
    help=Text(
        "合同额、毛利、回款的达成率按考核比例合成一个分，100 = 各项正好完成。比例按企业类型的模板，三项合计必须是 "
        "100；达成率低于起算线计 0，高于封顶计封顶，负的计 0 而照实显示。达成率按整个期间的目标，"
        "年度没有结束时请看已过去的半年或季度。回款的业绩取导入的回款明细。"
        "没有目标或没有业绩的指标不适用：按规则把比例分给其余，或不给分。",
        "Attainment of contract value, margin and cash in one score by weights, 100 = each exactly reached. Weights "
        "are of a template by kind of enterprise and must add up to 100; attainment below the floor counts nothing, "
        "above the cap the cap, a negative one nothing though it is shown as it is. Attainment is of the whole "
        "period's target: before the year is over ask for the half or the quarter that is. Cash comes from the lines "
        "of cash brought in. A measure without target or result is n/a: by rule the others share its weight, or "
        "there is no score.",
    ),
    columns=COLUMNS,
)
def score(
    book: Book,
    *,
    unit: UnitId | None = None,
    period: PeriodName | None = None,
    enterprise: Annotated[str, coded(ENTERPRISES)] | None = None,
) -> Table:
    """Return the composite score of every unit from its own attainment (综合得分).

    Args:
        unit: with everything below it; default everything the viewer sees.
        period: default the fiscal year of the as-of day.
        enterprise: the template of weights; default the company's by the rule ``setting.enterprise``.

    Raises:
        RuleError: the template's weights do not add up to 100 %.

    Source: R018; golden case G07.
    """
    number_of(ENTERPRISES, enterprise)
    span, rules = fiscal_year_of(book, period), book.rules
    weights = weights_of(rules, enterprise or rules.word("setting.enterprise"))
    found = _attainments(book, unit, span)
    shared = rules.word("setting.score_missing") == SHARED
    floor, cap = (Fraction(rules.number(f"setting.score_{name}"), PERCENT) for name in ("floor", "cap"))
    scores = {
        one: score_of(
            [Part(label.zh, weights[measure], ratios.get(measure)) for measure, _, label in MEASURES],
            floor,
            cap,
            renormalise=shared,
        )
        for one, ratios in found.items()
    }
    return table_of(
        COLUMNS,
        Rows({"unit_id": np.array(list(scores), dtype=np.int64)}),
        {"points": fractions_known([one.points for one in scores.values()]), **_parts(list(scores.values()))},
        key=("unit_id",),
        notes=_notes(list(scores.values()), shared),
    )


def weights_of(rules: Rules, enterprise: str) -> dict[int, Fraction]:
    """Return the weights of a template, measure -> 0–1.

    Raises:
        RuleError: they do not add up to 100 %; names the template and the rules.
    """
    percents = {measure: rules.number(f"setting.score_{enterprise}_{code}") for measure, code, _ in MEASURES}
    seen = sum(percents.values())
    if seen != PERCENT:
        label = next(label for _, code, label in ENTERPRISES if code == enterprise)
        raise RuleError(
            Text(
                f"「{label.zh}」的考核比例合计 {seen}%，不是 100%。",
                f"The score weights of “{label.en}” add up to {seen}%, not 100%.",
            ),
            Text(
                f"在规则 setting.score_{enterprise}_contract、_margin、_cash 里改成合计 100。",
                f"Change the rules setting.score_{enterprise}_contract, _margin and _cash to sum to 100.",
            ),
        )
    return {measure: Fraction(percent, PERCENT) for measure, percent in percents.items()}


def _attainments(book: Book, unit: int | None, span: Period) -> dict[int, dict[int, Fraction]]:
    """Return unit -> measure -> attainment, as it is, where there is one; units in tree order."""
    board = attainment(book, unit=unit, period=span)
    cash = _cash_of(book, unit, span)
    found: dict[int, dict[int, Fraction]] = {}
    for at in range(len(board)):
        if board.cell("person_id", at) is not None:
            continue
        own, measure = (int(board.cell(name, at) or 0) for name in ("unit_id", "measure_id"))
        target, done = board.cell("target", at), board.cell("done", at)
        done = cash(own) if measure == CASH and done is None else done
        ratios = found.setdefault(own, {})
        if target and target > 0 and done is not None:
            ratios[measure] = Fraction(int(done), int(target))
    return found


def _cash_of(book: Book, unit: int | None, span: Period) -> Callable[[int], int | None]:
    """Return what lines of cash say of a unit with everything below it; None where there is none."""
    past = past_of(book, measure=CASH, span=span, wanted=Wanted(unit))
    past = past.only(past.known)

    def cash(one: int) -> int | None:
        own = np.isin(past.unit_id, np.array(book.tree.subtree(one), dtype=np.int64))
        return int(past.amount[own].sum()) if own.any() else None

    return cash


def _parts(scores: list[Score]) -> Mapping[str, Values | tuple[Values, BoolArray]]:
    columns: dict[str, Values | tuple[Values, BoolArray]] = {}
    for at, (_, code, _label) in enumerate(MEASURES):
        columns[f"{code}_ratio"] = fractions_known([one.parts[at].part.attainment for one in scores])
        columns[f"{code}_weight_ratio"] = fractions_known([one.parts[at].weight for one in scores])
    return columns


def _notes(scores: list[Score], shared: bool) -> tuple[Note, ...]:
    lacking = sum(any(one.part.attainment is None and one.part.weight for one in found.parts) for found in scores)
    without = sum(found.points is None for found in scores)
    return noted(
        Note(
            "weights-shifted",
            Text(
                f"{lacking - without} 个组织有不适用的指标，其比例分给了其余。",
                f"Units with a measure that is n/a, whose weight went to the others: {lacking - without}.",
            ),
            lacking - without if shared else 0,
        ),
        Note(
            "no-score",
            Text(f"{without} 个组织没有得分：指标不适用。", f"Units without a score, as measures are n/a: {without}."),
            without,
        ),
    )
