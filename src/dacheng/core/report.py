"""The registry of reports; parameters come from the function's own signature.

A report is ``report(book, *, name: Kind = default, ...) -> Table``. The annotation
of a parameter is one of the kinds below; every shell builds its form, its URL, its
API schema and its command-line help from it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from dacheng.core.book import Book
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.core.period import Period
from dacheng.core.table import Page, Table, TableColumn


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """What a parameter takes.

    Args:
        name: ``ref``, ``choice``, ``period``, ``day``, ``flag``, ``sort``, ``page`` or ``only``.
        ref: relation of a ``ref``, given by code outside and by id inside.
        choices: allowed words of a ``choice`` with labels; of a ``sort`` the columns that
            can be sorted by, each also with ``-`` before it for descending.
    """

    name: str
    ref: str = ""
    choices: tuple[tuple[str, Text], ...] = ()


Choices = tuple[tuple[int, str, Text], ...]
"""(number, code, label) triples of a relation's ``choice`` column."""

UnitId = Annotated[int, ParameterKind("ref", "units")]
PersonId = Annotated[int, ParameterKind("ref", "people")]
CustomerId = Annotated[int, ParameterKind("ref", "customers")]
ProductId = Annotated[int, ParameterKind("ref", "products")]
StageId = Annotated[int, ParameterKind("ref", "stages")]
MeasureId = Annotated[int, ParameterKind("ref", "measures")]
SegmentId = Annotated[int, ParameterKind("ref", "segments")]
ThemeId = Annotated[int, ParameterKind("ref", "themes")]
GoalId = Annotated[int, ParameterKind("ref", "goals")]
ExpenseCategoryId = Annotated[int, ParameterKind("ref", "expense_categories")]
LossReasonId = Annotated[int, ParameterKind("ref", "loss_reasons")]
PeriodName = Annotated[Period, ParameterKind("period")]
Day = Annotated[int, ParameterKind("day")]
Flag = Annotated[bool, ParameterKind("flag")]
Rowspan = Annotated[Page, ParameterKind("page")]
Keys = Annotated[tuple[int, ...], ParameterKind("only")]
"""Ids of the report's key to which it is narrowed; used for comparing one page of rows."""


def choice(*choices: tuple[str, Text]) -> ParameterKind:
    """Return the kind of a parameter with named choices, for ``Annotated[str, choice(...)]``."""
    return ParameterKind("choice", choices=choices)


def coded(choices: Choices) -> ParameterKind:
    """Return the kind of a parameter that takes the codes of a relation's choices."""
    return choice(*((code, label) for _, code, label in choices))


def number_of(choices: Choices, code: str | None) -> int | None:
    """Return the number behind a code; None stays None.

    Raises:
        RuleError: there is no such code; the codes that exist are listed.
    """
    if code is None:
        return None
    for number, known, _ in choices:
        if known == code:
            return number
    raise _not_among(code, [known for _, known, _ in choices])


def sorting(*columns: str) -> ParameterKind:
    """Return the kind of a parameter that sorts by one of these columns, ``-column`` for descending."""
    return ParameterKind("sort", choices=tuple((column, Text(column, column)) for column in columns))


def sorted_by(sort: str, *columns: str) -> tuple[str, bool]:
    """Return the column a sort word names and whether it is descending.

    Raises:
        RuleError: the report does not sort by it; the columns that it sorts by are listed.

    >>> sorted_by("-amount", "amount", "expected_day")
    ('amount', True)
    """
    column = sort.removeprefix("-")
    if column not in columns:
        raise _not_among(sort, list(columns))
    return column, sort.startswith("-")


def _not_among(word: str, words: list[str]) -> RuleError:
    allowed = " · ".join(words)
    return RuleError(
        Text(f"这里不能填「{word}」。", f"“{word}” is not possible here."),
        Text(f"可填：{allowed}。", f"Try: {allowed}."),
    )


PARAMETER_LABELS: dict[str, Text] = {
    "framework": Text("所属框架", "Framework"),
    "intake": Text("订货认定", "Order intake"),
    "unit": Text("范围", "Unit"),
    "direct": Text("仅直属", "Direct only"),
    "owner": Text("负责人", "Owner"),
    "person": Text("人员", "Person"),
    "customer": Text("客户", "Account"),
    "product": Text("产品", "Product"),
    "stage": Text("阶段", "Stage"),
    "factor": Text("分解因子", "Factor"),
    "measure": Text("指标", "Measure"),
    "period": Text("期间", "Period"),
    "closing": Text("签约期", "Signing in"),
    "closed": Text("关闭期", "Closed in"),
    "sort": Text("排序", "Sorted by"),
    "since": Text("起始日", "Since"),
    "until": Text("截止日", "Until"),
    "source": Text("来自", "From what"),
    "of": Text("和什么比", "Compared with"),
    "tried": Text("试算期间", "Tried in"),
    "move": Text("变动", "Movement"),
    "people": Text("含个人", "With people"),
    "upcoming": Text("未逾期", "Not overdue"),
    "flagged": Text("红旗", "Flagged"),
    "category": Text("类别", "Category"),
    "state": Text("状态", "State"),
    "overspend": Text("超支审批", "Overspend"),
    "by": Text("看哪些", "Looking at"),
    "punctual": Text("按月关闭的", "Closed in its month only"),
    "reckoned": Text("应收基准", "Receivable by"),
    "line": Text("去向", "Line"),
    "reason": Text("丢单类别", "Loss category"),
    "verified": Text("核实类别", "Verified category"),
    "plan": Text("方案", "Plan"),
    "row": Text("方案行", "Row of a plan"),
    "top": Text("只看最上一行", "Topmost row only"),
    "cut": Text("怎么分", "Cut"),
    "base": Text("对比版本", "Compared with"),
    "untold": Text("未填类别", "Without a category"),
    "outcome": Text("结果", "Outcome"),
    "unverified": Text("未核实", "Not verified"),
    "differing": Text("核实不同", "Verified otherwise"),
    "figure": Text("图", "Chart"),
    "side": Text("方向", "Direction"),
    "step": Text("每隔", "Every"),
    "average": Text("单均金额", "Average deal"),
    "segment": Text("按什么分", "Segments by"),
    "apart": Text("怎么分", "Cut"),
    "division": Text("划分项", "Segment"),
    "undivided": Text("未划分", "Undivided"),
    "one_off": Text("只看一次性大单", "One-offs only"),
    "regular": Text("剔除一次性", "Without one-offs"),
    "pooled": Text("春节合并", "Spring Festival pooled"),
    "grade": Text("级别", "Grade"),
    "ungraded": Text("没有级别", "No grade"),
    "members": Text("排名", "Ranking"),
    "goal": Text("目标期", "Target of"),
    "action": Text("动作", "Action"),
    "week": Text("本周", "This week"),
    "theme": Text("战略主题", "Strategic theme"),
    "themeless": Text("没有主题", "Without a theme"),
    "aim": Text("类别", "Class"),
    "year": Text("年份", "Year"),
    "horizon": Text("期限", "Horizon"),
    "unset": Text("没有期限", "No horizon"),
    "answer": Text("承接", "Acceptance"),
    "overdue": Text("逾期未承接", "Not accepted in time"),
    "unproduced": Text("没有产品", "No product"),
    "scheme": Text("方案", "Plan"),
    "enterprise": Text("企业类型", "Kind of enterprise"),
    "method": Text("方法", "Method"),
    "comparable": Text("只看可比的", "Comparable only"),
    "part": Text("属于", "Of"),
    "first": Text("首月", "First month"),
    "last": Text("末月", "Last month"),
    "kind": Text("类型", "Kind"),
    "purpose": Text("用途", "Purpose"),
    "charged_to": Text("记入预算", "Charged to"),
    "undone": Text("只看没完成的", "Not done only"),
    "earlier": Text("从", "From"),
    "later": Text("到", "To"),
    "starting": Text("预算首月", "Budget from"),
    "contract": Text("合同", "Contract"),
    "term": Text("付款条件", "Payment term"),
    "collector": Text("责任人", "Collector"),
    "level": Text("升级", "Escalated to"),
    "when": Text("何时催", "When"),
    "receipt": Text("收款", "Receipt"),
    "band": Text("账龄", "Ageing"),
    "due": Text("应收期", "Due in"),
    "disputed": Text("有争议", "Disputed"),
    "settled": Text("含已收清", "With settled"),
    "way": Text("收退", "Way"),
    "where": Text("核销去向", "Allocated to"),
    "movement": Text("变动", "Movement"),
    "tax": Text("含税", "Tax"),
    "project": Text("交付项目", "Delivery project"),
    "manager": Text("项目经理", "Project manager"),
    "coming": Text("什么时候", "When"),
    "alert": Text("提醒", "Alert"),
}


REFERENCE_LABELS = {"goals": Text("战略目标", "Strategic goal")}
"""Label of a parameter that names a record, where its name alone means something else elsewhere."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a report, read off its signature."""

    name: str
    kind: ParameterKind
    required: bool
    default: Any

    @property
    def label(self) -> Text:
        """Return the label, the same wherever the parameter names the same thing."""
        if self.kind.ref in REFERENCE_LABELS:
            return REFERENCE_LABELS[self.kind.ref]
        return PARAMETER_LABELS.get(self.name, Text(self.name, self.name))


@dataclass(frozen=True)
class Report:
    """A registered report.

    Args:
        help: how it is computed, in words, for the 「怎么算的」 panel.
        columns: every column its tables can have; a table leaves out what its viewer may not see.
        listed: shown in menus; a drill report is reached from a number.
    """

    name: str
    title: Text
    help: Text
    function: Callable[..., Table]
    parameters: tuple[Parameter, ...]
    columns: tuple[TableColumn, ...]
    listed: bool = True

    def run(self, book: Book, **params: Any) -> Table:
        """Run the report on a Book; the table carries the report's name, title and help."""
        table = self.function(book, **params)
        return replace(table, name=self.name, title=self.title, help=self.help)

    def takes(self, kind: str) -> Parameter | None:
        """Return the parameter of a kind, for example ``page``; None when there is none."""
        return next((one for one in self.parameters if one.kind.name == kind), None)


REPORTS: dict[str, Report] = {}


def report(
    name: str, *, title: Text, help: Text, columns: tuple[TableColumn, ...], listed: bool = True
) -> Callable[[Callable[..., Table]], Callable[..., Table]]:
    """Register a function as the report ``area/noun``."""

    def register(function: Callable[..., Table]) -> Callable[..., Table]:
        assert name not in REPORTS, name
        REPORTS[name] = Report(name, title, help, function, _parameters(function), columns, listed)
        return function

    return register


def report_named(name: str) -> Report:
    """Return a registered report.

    Raises:
        NotFound: there is none; the names that exist are listed.
    """
    if name not in REPORTS:
        names = ", ".join(sorted(REPORTS))
        raise NotFound(Text(f"没有报表 {name}。", f"There is no report {name}."), Text(f"有：{names}", f"Try: {names}"))
    return REPORTS[name]


def _parameters(function: Callable[..., Table]) -> tuple[Parameter, ...]:
    hints = get_type_hints(function, include_extras=True)
    found = []
    for name, one in list(inspect.signature(function).parameters.items())[1:]:
        required = one.default is inspect.Parameter.empty
        found.append(Parameter(name, _kind(hints[name]), required, None if required else one.default))
    return tuple(found)


def _kind(hint: Any) -> ParameterKind:
    """Return the ParameterKind inside ``Annotated[...]`` or ``Annotated[...] | None``."""
    if get_origin(hint) is Annotated:
        return next(one for one in get_args(hint)[1:] if isinstance(one, ParameterKind))
    return next(_kind(one) for one in get_args(hint) if one is not type(None))
