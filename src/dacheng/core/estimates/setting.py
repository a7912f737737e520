"""Setting targets (目标设定): the four methods side by side with weights, blend and gaps (R011–R019)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.estimates.assessing import LEVELS, Assessment, assessed, level_of
from dacheng.core.estimates.material import called_in, material_of
from dacheng.core.estimates.question import question_of
from dacheng.core.estimates.schema import SCHEMES
from dacheng.core.report import Choices, MeasureId, PeriodName, UnitId, coded, report
from dacheng.core.table import Note, Table, TableColumn, Values, table_of
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.setting.naming import METHODS
from dacheng.core.targets.setting.wording import in_percent

METHOD_CHOICES: Choices = tuple((number, code, label) for number, (code, label) in enumerate(METHODS, 1))
LEVEL_CHOICES: Choices = tuple((number, code, label) for number, (code, label) in enumerate(LEVELS, 1))
LEVEL_NUMBER = {code: number for number, code, _ in LEVEL_CHOICES}

METHOD = TableColumn("method", "choice", Text("方法", "Method"), choices=METHOD_CHOICES)
COLUMNS = (
    METHOD,
    TableColumn(
        "amount", "money", Text("测算结果", "Result"), help=Text("空 = 没有结果，原因见注", "Blank: see notes")
    ),
    TableColumn(
        "level",
        "choice",
        Text("置信", "Confidence"),
        choices=LEVEL_CHOICES,
        help=Text(
            "已知的输入 ÷ 需要的输入达到规则 setting.confidence_high 或 confidence_middle；样本少的最多为中",
            "Known ÷ asked inputs, by the rules setting.confidence_high and confidence_middle; few deals: middle",
        ),
    ),
    TableColumn("known", "count", Text("已知输入", "Known inputs"), optional=True),
    TableColumn("asked", "count", Text("需要输入", "Inputs asked"), optional=True),
    TableColumn("fits", "flag", Text("适用", "Fits")),
    TableColumn("declared_ratio", "ratio", Text("权重", "Weight")),
    TableColumn(
        "used_ratio",
        "ratio",
        Text("所用权重", "Weight used"),
        help=Text("没有结果的方法的权重按比例分给其余", "The weight of methods that are off goes to the others"),
    ),
    TableColumn(
        "part",
        "money",
        Text("融合中的部分", "Part of the blend"),
        help=Text("结果 × 所用权重；合计即融合值", "Result × weight used; they add up to the blend"),
    ),
    TableColumn(
        "gap",
        "money",
        Text("与融合之差", "Gap to the blend"),
        difference=True,
        help=Text("结果 − 融合值", "Result − blend"),
    ),
)


@report(
    "targets/setting",
    title=Text("目标设定", "Setting targets"),
    help=Text(
        "四种方法并列：加权测算 = 基数 ×（1 + Σ 权重 × 增长率）；"
        "销售漏斗 = 线索 × 各步转化率 × 单均金额 + 在途 × 到赢单；"
        "机会盘点 = Σ 金额 × 概率 × 年内比例；强制增长取增长率、利润、份额、指令中最大的。"
        "融合 = Σ 权重 × 结果，取整为目标；"
        "保底 = 漏斗与盘点中低的，挑战 = 最高的。没有填的输入取公司自己的历史，再取规则。",
        "Four methods side by side: weighted estimate = base × (1 + Σ weight × growth); funnel = leads × conversions × "
        "average deal + open × to winning; inventory = Σ amount × probability × in-year share; forced growth is the "
        "highest of growth, profit, share and mandate. Blend = Σ weight × result, rounded to the target; floor = the "
        "lower of funnel and inventory, stretch = the highest. Inputs that nobody typed come from the company's own "
        "past, then from the rules.",
    ),
    columns=COLUMNS,
)
def setting(
    book: Book,
    *,
    unit: UnitId | None = None,
    period: PeriodName | None = None,
    measure: MeasureId = CONTRACT,
    scheme: Annotated[str, coded(SCHEMES)] = "A",
) -> Table:
    """Set the four methods of an estimate side by side (目标设定).

    Args:
        unit: default the viewer's topmost one. period: of the fiscal year, default the next one.

    Source: R011–R015, R019; golden cases G01–G05.
    """
    asked = question_of(book, unit, period, measure, scheme)
    if asked is None:
        return _nothing()
    given = material_of(book, asked)
    zh, en = assessed(given, called_in("zh")), assessed(given, called_in("en"))
    return _table(zh, book, tuple(_both(*pair) for pair in zip(told(zh), told(en), strict=True)))


def _nothing() -> Table:
    none = np.zeros(0, dtype=np.int64)
    message = Text("你不管理任何组织，没有可测算的目标。", "You look after no unit, so there is nothing to estimate.")
    rows = Rows({one.name: none for one in COLUMNS})
    return table_of(COLUMNS, rows, key=("method",), totals={"part": None}, notes=(Note("no-unit", message),))


def _table(found: Assessment, book: Book, notes: Sequence[Note]) -> Table:
    outcomes = [found.outcomes[code] for code, _ in METHODS]
    lines = found.blend.lines if found.blend else (None,) * len(outcomes)
    fitting = {one.method for one in found.fits.suggestions}
    at = np.arange(1, len(outcomes) + 1, dtype=np.int64)
    numbers = [
        [LEVEL_NUMBER[level_of(one, book.rules)] for one in outcomes],
        [one.confidence.known for one in outcomes],
        [one.confidence.asked for one in outcomes],
        [int(code in fitting) for code, _ in METHODS],
    ]
    blend = found.blend.outcome.amount if found.blend else None
    return table_of(
        COLUMNS,
        Rows({"method": at}),
        {
            "amount": _column([one.amount for one in outcomes]),
            **{
                name: np.array(values, dtype=np.int64)
                for name, values in zip(("level", "known", "asked", "fits"), numbers, strict=True)
            },
            "declared_ratio": _column([one.declared if one else None for one in lines]),
            "used_ratio": _column([one.used if one else None for one in lines]),
            "part": _column([one.part if one else None for one in lines]),
            "gap": _column([one.gap if one else None for one in lines]),
        },
        key=("method",),
        totals={"part": blend},
        notes=notes,
    )


def _column(values: Sequence[int | Fraction | None]) -> tuple[Values, BoolArray]:
    """Return exact values as a column with what is known; fractions as ratios."""
    known = np.array([one is not None for one in values], dtype=np.bool_)
    if any(isinstance(one, Fraction) for one in values):
        return np.array([float(one or 0) for one in values], dtype=np.float64), known
    return np.array([int(one or 0) for one in values], dtype=np.int64), known


def _both(zh: Note, en: Note) -> Note:
    """Return a note whose names are said in each language."""
    return replace(zh, text=Text(zh.text.zh, en.text.en), pattern=Text(zh.pattern.zh, en.pattern.en))


def told(found: Assessment) -> list[Note]:
    """Return what stands beside the methods: tiers, what is to be found, capacity, why a method is off, the rest."""
    labels = dict(METHODS)
    off = [
        Note("off", Text(f"{labels[code].zh}：{one.off.zh}", f"{labels[code].en}: {one.off.en}"))
        for code, one in found.outcomes.items()
        if one.off is not None
    ]
    fits = [
        Note(
            "fits",
            Text(f"适用{labels[one.method].zh}：{one.reason.zh}", f"{labels[one.method].en} fits: {one.reason.en}"),
        )
        for one in found.fits.suggestions
    ]
    return [*_tiers(found), *_to_find(found), *_carried(found), *off, *fits, *found.notes]


def _tiers(found: Assessment) -> list[Note]:
    known = [
        (label, amount)
        for label, amount in (
            (Text("保底", "Floor"), found.floor),
            (Text("目标", "Target"), found.target),
            (Text("挑战", "Stretch"), found.stretch),
        )
        if amount is not None
    ]
    if not known:
        return []
    pattern = Text(
        "，".join(f"{label.zh} {{}}" for label, _ in known) + "。",
        ", ".join(f"{label.en} {{}}" for label, _ in known) + ".",
    )
    return [Note.of_amounts("tiers", pattern, [amount for _, amount in known])]


def _to_find(found: Assessment) -> list[Note]:
    if found.to_find is None or found.to_find <= 0:
        return []
    wins, leads = (found.need.wins, found.need.leads) if found.need else (None, None)
    more = Text("", "")
    if wins is not None:
        more = Text(f" = 赢单 {ceil(wins)}", f" = {ceil(wins)} wins")
        more = more if leads is None else Text(f"{more.zh}，线索 {leads}", f"{more.en}, {leads} leads")
    pattern = Text(f"要新找 {{}}{more.zh}。", f"To find beyond the inventory: {{}}{more.en}.")
    return [Note.of_amounts("to-find", pattern, [found.to_find])]


def _carried(found: Assessment) -> list[Note]:
    one = found.capacity
    if one is None or one.vs_target is None:
        return []
    share = in_percent(one.vs_target, 2)
    pattern = Text(f"产能 {{}}，是目标的 {share}。", f"Capacity {{}}, {share} of the target.")
    return [Note.of_amounts("capacity", pattern, [one.after_attrition])]
