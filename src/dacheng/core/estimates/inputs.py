"""What an estimate rests on (测算输入): every input by name, with its unit and its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dacheng.core.errors import RuleError, Text
from dacheng.core.targets.setting.bounds import way_out_of_choices
from dacheng.core.targets.setting.drivers import GROUPS
from dacheng.core.targets.setting.naming import METHODS

InputKind = Literal["money", "ratio", "count", "flag"]
COLUMN_OF: dict[InputKind, str] = {"money": "amount", "ratio": "rate_bp", "count": "number", "flag": "number"}
"""Which column of the relation holds an input of a kind."""

YEARS_BACK = 3
MOST_STEPS = 8
MOST_GROUPS = 6

FACTORS: tuple[tuple[str, Text], ...] = (
    ("market", Text("市场", "Market")),
    ("capacity", Text("产能", "Capacity")),
    ("strategy", Text("策略", "Strategy")),
    ("price", Text("价格", "Price")),
    ("product", Text("新产品", "New product")),
)
MARGIN_FACTS: tuple[tuple[str, Text], ...] = (
    ("seller_sets_price", Text("销售有定价权", "The seller sets prices")),
    ("cost_known", Text("签约时成本清楚", "The cost is known at signing")),
    ("mixed_products", Text("自有与外采混卖", "Products of others are sold too")),
    ("integrator", Text("方案集成", "Solutions are integrated")),
    ("standard_list", Text("有标准价格表", "There is one price list")),
    ("central_pricing", Text("集中定价", "Prices are decided centrally")),
)
BASE_WORDS = ("last_year", "history", "cagr")
"""The bases of the weighted estimate in the order of the numbers 1, 2, 3."""

_YEAR_LINES = tuple(Text(f"前 {back} 年", f"{back} year{'s' * (back > 1)} before") for back in range(1, YEARS_BACK + 1))
_STEP_LINES = tuple(Text(f"第 {at} 步", f"Step {at}") for at in range(1, MOST_STEPS + 1))
_GROUP_LINES = tuple(Text(f"第 {at} 组", f"Group {at}") for at in range(1, MOST_GROUPS + 1))
_FACTOR_LINES = tuple(label for _, label in FACTORS)
_METHOD_LINES = tuple(label for _, label in METHODS)
_BUYER_LINES = tuple(label for _, label in GROUPS)
_FACT_LINES = tuple(label for _, label in MARGIN_FACTS)


@dataclass(frozen=True, slots=True)
class Input:
    """One input of an estimate.

    Args:
        part: the method it belongs to, or ``blend``, ``capacity``, ``triple``, ``guidance``, ``drivers``.
        lines: names of its lines, counted from 1; none = there is one only, line 0.
        lowest, highest: of a count, inclusive.
    """

    number: int
    code: str
    label: Text
    kind: InputKind
    part: str
    lines: tuple[Text, ...] = ()
    lowest: int = 0
    highest: int = 10**9

    @property
    def column(self) -> str:
        """Return the column that holds it."""
        return COLUMN_OF[self.kind]

    @property
    def line_numbers(self) -> tuple[int, ...]:
        """Return its lines; 0 where there is one only."""
        return tuple(range(1, len(self.lines) + 1)) or (0,)

    def called(self, line: int) -> Text:
        """Return what one line of it is called."""
        if not self.lines:
            return self.label
        own = self.lines[line - 1]
        return Text(f"{own.zh}{self.label.zh}", f"{self.label.en}, {own.en[0].lower()}{own.en[1:]}")


INPUTS: tuple[Input, ...] = (
    Input(1, "actual", Text("业绩", "Done"), "money", "weighted", _YEAR_LINES),
    Input(2, "excluded", Text("剔除的大单", "Left out"), "money", "weighted", _YEAR_LINES),
    Input(3, "year_weight", Text("权重", "Weight"), "ratio", "weighted", _YEAR_LINES),
    Input(4, "growth", Text("增长率", "Growth"), "ratio", "weighted", _FACTOR_LINES),
    Input(5, "factor_weight", Text("权重", "Weight"), "ratio", "weighted", _FACTOR_LINES),
    Input(6, "base", Text("基数", "Base"), "count", "weighted", lowest=1, highest=len(BASE_WORDS)),
    Input(11, "leads", Text("线索数", "Leads"), "count", "funnel"),
    Input(12, "conversion", Text("转化率", "Conversion"), "ratio", "funnel", _STEP_LINES),
    Input(13, "average", Text("单均金额", "Average deal"), "money", "funnel"),
    Input(14, "open_amount", Text("在途金额", "Open amount"), "money", "funnel", _STEP_LINES),
    Input(21, "forced_growth", Text("要求的增长率", "Growth demanded"), "ratio", "forced"),
    Input(22, "fixed_cost", Text("固定费用", "Fixed cost"), "money", "forced"),
    Input(23, "profit", Text("目标利润", "Profit demanded"), "money", "forced"),
    Input(24, "margin", Text("毛利率", "Gross margin"), "ratio", "forced"),
    Input(25, "market_size", Text("市场规模", "Market size"), "money", "forced"),
    Input(26, "market_share", Text("目标市场份额", "Market share demanded"), "ratio", "forced"),
    Input(27, "mandate", Text("董事会指令", "Mandate of the board"), "money", "forced"),
    Input(31, "method_weight", Text("权重", "Weight"), "ratio", "blend", _METHOD_LINES),
    Input(32, "normalise", Text("按比例归一", "Bring weights to 100%"), "flag", "blend", highest=1),
    Input(41, "people", Text("人数", "People"), "count", "capacity", _GROUP_LINES, highest=10**6),
    Input(42, "productivity", Text("人均产能", "Productivity each"), "money", "capacity", _GROUP_LINES),
    Input(43, "ramp", Text("爬坡系数", "Ramp"), "ratio", "capacity", _GROUP_LINES),
    Input(
        44, "start_month", Text("到岗月", "Starts in month"), "count", "capacity", _GROUP_LINES, lowest=1, highest=12
    ),
    Input(45, "vacancy", Text("空缺", "Vacant"), "flag", "capacity", _GROUP_LINES, highest=1),
    Input(46, "attrition", Text("流失率", "Attrition"), "ratio", "capacity"),
    Input(51, "tax", Text("税率", "VAT rate"), "ratio", "triple"),
    Input(52, "opening_receivable", Text("期初应收", "Opening receivable"), "money", "triple"),
    Input(53, "opening_rate", Text("期初应收的收款率", "Collection of opening receivables"), "ratio", "triple"),
    Input(54, "in_year_rate", Text("当年合同的收款率", "In-year collection of new contracts"), "ratio", "triple"),
    Input(61, "new_market", Text("新市场", "New market"), "flag", "guidance", highest=1),
    Input(62, "must_win", Text("战略必争", "Must be won"), "flag", "guidance", highest=1),
    Input(63, "margin_fact", Text("", ""), "flag", "guidance", _FACT_LINES, highest=1),
    Input(71, "buyers", Text("家数", "Buying"), "count", "drivers", _BUYER_LINES),
    Input(72, "ticket", Text("客单价", "Ticket"), "money", "drivers", _BUYER_LINES),
    Input(73, "repeat", Text("每客复购", "Repeat purchases each"), "ratio", "drivers", _BUYER_LINES),
)
BY_CODE = {one.code: one for one in INPUTS}
BY_NUMBER = {one.number: one for one in INPUTS}

OF_GROUP = tuple(one.code for one in INPUTS if one.lines is _GROUP_LINES)
"""Inputs of one group of people, in the order in which they are asked."""

MAY_BE_BELOW_ZERO = frozenset({"growth", "forced_growth", "margin", "actual", "excluded", "profit"})
"""Inputs that may be negative: a shrinking market, a loss, a year of credits."""


def input_called(code: str, line: int) -> Input:
    """Return the input of a code.

    Raises:
        RuleError: there is none of that code, or it has no such line; tells what there is.
    """
    if code not in BY_CODE:
        raise RuleError(
            Text(f"没有测算输入「{code}」。", f"There is no input “{code}”."),
            way_out_of_choices(tuple((one.code, one.label) for one in INPUTS)),
        )
    found = BY_CODE[code]
    if line not in found.line_numbers:
        first, last = found.line_numbers[0], found.line_numbers[-1]
        raise RuleError(
            Text(f"「{found.label.zh}」（{code}）没有第 {line} 行。", f"{code} has no line {line}."),
            Text(f"可填 {first}–{last}。", f"Lines {first} to {last} are possible."),
        )
    return found


def check_input(one: Input, value: int | None, line: int) -> None:
    """Refuse a value that an input does not take: minor units, basis points or a whole number; None takes it away.

    Raises:
        RuleError: names the input, what was seen and what is possible.
    """
    if value is None:
        return
    lowest, highest = _range(one)
    if lowest <= value <= highest:
        return
    called, seen = one.called(line), _said(one, value)
    raise RuleError(
        Text(f"「{called.zh}」不能是 {seen}。", f"“{called.en}” cannot be {seen}."),
        Text(
            f"可填 {_said(one, lowest)} 到 {_said(one, highest)}。",
            f"Allowed: {_said(one, lowest)} to {_said(one, highest)}.",
        ),
    )


MOST_MONEY = 10**14
MOST_BP = 10**6
WHOLE_BP = 10_000
UNBOUNDED_RATES = frozenset({"growth", "forced_growth", "repeat"})


def _range(one: Input) -> tuple[int, int]:
    negative = one.code in MAY_BE_BELOW_ZERO
    if one.kind == "money":
        return (-MOST_MONEY if negative else 0), MOST_MONEY
    if one.kind == "ratio":
        return (1 - WHOLE_BP if negative else 0), MOST_BP if one.code in UNBOUNDED_RATES else WHOLE_BP
    return one.lowest, one.highest


def _said(one: Input, value: int) -> str:
    if one.kind == "money":
        return f"{value / 100:,.2f}"
    return f"{value / 100:g}%" if one.kind == "ratio" else str(value)
