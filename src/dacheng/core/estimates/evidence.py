"""What leads to an estimate (测算依据): every figure of every method, the blend, capacity and three measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.estimates.assessing import Assessment, assessed
from dacheng.core.estimates.figure_names import FIGURE_NUMBER, FIGURES
from dacheng.core.estimates.inputs import FACTORS
from dacheng.core.estimates.material import Called, material_of
from dacheng.core.estimates.question import question_of
from dacheng.core.estimates.schema import SCHEMES
from dacheng.core.report import Choices, MeasureId, PeriodName, UnitId, coded, number_of, report
from dacheng.core.table import Table, TableColumn, fractions_known, table_of, whole_known
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.setting.history import YearOfHistory
from dacheng.core.targets.setting.naming import METHODS
from dacheng.core.targets.setting.outcome import Evidence, Figure, FigureKind, rounded

BLEND, FIND, CAPACITY, TRIPLE, HISTORY = "blend", "find", "capacity", "triple", "history"
PARTS: Choices = tuple(
    (number, code, label)
    for number, (code, label) in enumerate(
        (
            *METHODS,
            (BLEND, Text("四法融合", "Blend")),
            (FIND, Text("要新找的量", "To be found")),
            (CAPACITY, Text("产能", "Capacity")),
            (TRIPLE, Text("三指标", "Three measures")),
            (HISTORY, Text("三年历史", "Three years")),
        ),
        1,
    )
)
PART_NUMBER = {code: number for number, code, _ in PARTS}
COLUMNS = (
    TableColumn("part", "choice", Text("属于", "Of"), choices=PARTS),
    TableColumn("figure", "choice", Text("依据", "Figure"), choices=FIGURES),
    TableColumn(
        "line",
        "count",
        Text("行", "Line"),
        help=Text("哪一年、第几个因素、第几步、第几组", "Which year, factor, step or group"),
    ),
    TableColumn("amount", "money", Text("金额", "Amount")),
    TableColumn("rate_ratio", "ratio", Text("比率", "Rate")),
    TableColumn("number", "number", Text("个数", "Number")),
)


@dataclass(frozen=True, slots=True)
class Told:
    """One figure of a part; ``line`` 0 = there is one only."""

    part: str
    name: str
    line: int
    kind: FigureKind
    value: Figure | None


@report(
    "targets/setting_evidence",
    title=Text("测算依据", "Evidence of an estimate"),
    help=Text(
        "目标设定的每个结果由什么得来：输入、各步、基数、驱动项、融合、要新找的量、产能、三指标和三年历史。"
        "空 = 不知道。",
        "What every result of setting targets comes from: inputs, steps, bases, drivers, blend, what is to be found, "
        "capacity, three measures and three years of history. Blank = not known.",
    ),
    columns=COLUMNS,
    listed=False,
)
def evidence(
    book: Book,
    *,
    unit: UnitId | None = None,
    period: PeriodName | None = None,
    measure: MeasureId = CONTRACT,
    scheme: Annotated[str, coded(SCHEMES)] = "A",
    part: Annotated[str, coded(PARTS)] | None = None,
) -> Table:
    """List the figures that lead to an estimate (测算依据).

    Args:
        part: only those of a method or another part. The others as of ``targets/setting``.

    Source: R011–R021; golden cases G01–G06, G59.
    """
    number_of(PARTS, part)
    asked = question_of(book, unit, period, measure, scheme)
    found = [] if asked is None else list(figures_told(assessed(material_of(book, asked), Called())))
    return _table([one for one in found if part is None or one.part == part])


def _table(found: Sequence[Told]) -> Table:
    line = _numbers([one.line for one in found])
    return table_of(
        COLUMNS,
        Rows({"part": _numbers([PART_NUMBER[one.part] for one in found])}),
        {
            "figure": _numbers([FIGURE_NUMBER[one.name] for one in found]),
            "line": (line, line > 0),
            "amount": _amounts(found),
            "rate_ratio": _floats(found, ("ratio",)),
            "number": _floats(found, ("number", "count")),
        },
        key=("part", "figure", "line"),
    )


def _numbers(values: Sequence[int]) -> IntArray:
    return np.array(values, dtype=np.int64)


def _amounts(found: Sequence[Told]) -> tuple[IntArray, BoolArray]:
    values = [rounded(Fraction(one.value)) if one.kind == "money" and one.value is not None else None for one in found]
    return whole_known(values)


def _floats(found: Sequence[Told], kinds: tuple[str, ...]) -> tuple[FloatArray, BoolArray]:
    values = [float(one.value) if one.kind in kinds and one.value is not None else None for one in found]
    return fractions_known(values)


def figures_told(found: Assessment) -> Iterator[Told]:
    """Yield every figure that leads to an estimate, part by part.

    Args:
        found: worked out with the plain names of ``Called()``, by which lines are counted.
    """
    for code, _ in METHODS:
        yield from _of(code, found.outcomes[code].evidence)
    if found.blend:
        yield from _of(BLEND, found.blend.outcome.evidence)
    yield from _of_need(found)
    yield from _of_capacity(found)
    if found.triple:
        yield from _of(TRIPLE, found.triple.evidence)
    for year in found.material.past.history.years:
        yield from _of_year(year)


LINES = {code: at for names in (FACTORS, METHODS) for at, (code, _) in enumerate(names, 1)}


def _of(part: str, figures: Sequence[Evidence]) -> Iterator[Told]:
    for one in figures:
        line = int(one.of) if one.of.isdecimal() else LINES.get(one.of, 0)
        yield Told(part, one.name, line, one.kind, one.value)


def _of_need(found: Assessment) -> Iterator[Told]:
    if found.need is None:
        return
    yield Told(FIND, "needed_wins", 0, "number", found.need.wins)
    for at, many in enumerate(found.need.entries, 1):
        yield Told(FIND, "needed_entries", at, "number", many)


def _of_capacity(found: Assessment) -> Iterator[Told]:
    one = found.capacity
    if one is None:
        return
    for line in one.lines:
        yield Told(CAPACITY, "group_capacity", int(line.group.name), "money", line.capacity)
    yield Told(CAPACITY, "capacity", 0, "money", one.capacity)
    yield Told(CAPACITY, "after_attrition", 0, "money", one.after_attrition)
    yield Told(CAPACITY, "vs_target", 0, "ratio", one.vs_target)


def _of_year(year: YearOfHistory) -> Iterator[Told]:
    cv = None if year.ticket_cv is None else Fraction(year.ticket_cv)
    rows: tuple[tuple[str, FigureKind, Figure | None], ...] = (
        ("customers", "count", year.customers),
        ("contracts", "count", year.contracts),
        ("actual", "money", year.amount),
        ("growth", "ratio", year.growth),
        ("churn", "ratio", year.churn),
        ("repurchase", "ratio", year.repurchase),
        ("ticket", "money", year.ticket),
        ("ticket_cv", "ratio", cv),
    )
    for name, kind, value in rows:
        yield Told(HISTORY, name, year.year, kind, value)
