"""What is wrong with one cell, before anybody knows in which row it stands (单元格问题)."""

from __future__ import annotations

import unicodedata
from datetime import time, timedelta

from dacheng.core.errors import Finding, RuleError, Severity, Text
from dacheng.exchange.cells import NOT_CALCULATED, Cell, ErrorCell
from dacheng.exchange.texts import MINUS_SIGNS, is_placeholder, visible, without_guard

SHOWN = 60
"""Characters of a value that a message repeats."""


class ValueProblem(RuleError):
    """A cell that cannot be read as what its column is, or (``severity`` warn or note) that was changed in reading."""

    def __init__(
        self, rule: str, message: Text, remedy: Text, *, value: str = "", severity: Severity = "block"
    ) -> None:
        super().__init__(message, remedy)
        self.rule = rule
        self.value = value
        self.severity: Severity = severity

    def finding(self, *, row: int | None, column: str, sheet: str = "") -> Finding:
        """Return the finding of this problem at its place."""
        return Finding(self.rule, self.message, self.remedy, self.severity, sheet, row, column, self.value)


Notes = list[ValueProblem]
"""Where a parser puts what it changed without refusing; None = the caller does not care."""


def problem(rule: str, cell: Cell, message: Text, remedy: Text, severity: Severity = "block") -> ValueProblem:
    """Return a problem; ``{value}`` in its texts is what was seen."""
    value = shown(cell)
    safe = value.replace("{", "{{").replace("}", "}}")
    return ValueProblem(rule, message.filled(value=value), remedy.filled(value=safe), value=value, severity=severity)


def shown(cell: Cell) -> str:
    """Return a cell as a message repeats it: one line, not long."""
    text = cell.code if isinstance(cell, ErrorCell) else "" if cell is None else str(cell)
    text = " ".join(visible(text).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def present(cell: Cell) -> Cell:
    """Return a cell that holds something, a text half-width with plain minus signs; None for nothing.

    Raises:
        ValueProblem: the cell is an error, or a formula without its result.
    """
    if isinstance(cell, ErrorCell):
        raise cell_error(cell)
    if not isinstance(cell, str):
        return cell
    if is_placeholder(cell):
        return None
    text = visible(unicodedata.normalize("NFKC", visible(cell))).translate(MINUS_SIGNS)
    return without_guard(text)


def cell_error(cell: ErrorCell) -> ValueProblem:
    """Return the problem of a cell that its own program could not compute."""
    if cell.code == NOT_CALCULATED:
        return problem(
            "value/not-calculated",
            cell,
            Text("公式没有保存计算结果。", "The formula was saved without its result."),
            Text("请在 Excel 中打开并保存一次，再导入。", "Open the file in Excel, save it, and import again."),
        )
    return problem(
        "value/error-cell",
        cell,
        Text("单元格是错误值 {value}。", "The cell is the error {value}."),
        Text("请修正公式或改为数值。", "Correct the formula or type the value."),
    )


def wrong_kind(rule: str, cell: Cell, wanted: Text) -> ValueProblem:
    """Return the problem of a cell of another kind, for example a date where an amount is wanted."""
    kind = Text("时间", "a time") if isinstance(cell, time | timedelta) else _kind(cell)
    return problem(
        rule,
        cell,
        Text(
            f"“{{value}}”属于{kind.zh}，这里需要{wanted.zh}。", f"“{{value}}” is {kind.en}; {wanted.en} is wanted here."
        ),
        Text("请核对列的对应关系。", "Check which column is mapped here."),
    )


def _kind(cell: Cell) -> Text:
    if isinstance(cell, bool):
        return Text("是/否值", "a yes/no value")
    if isinstance(cell, str):
        return Text("文本", "a text")
    return Text("日期", "a date") if hasattr(cell, "year") else Text("数字", "a number")
