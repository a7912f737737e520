"""What the readers of foreign target sheets share: the question, the answer, cells as text, amounts and years."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dacheng.core.errors import Finding, RuleError, Severity, Text
from dacheng.core.period import CALENDAR_YEAR, FiscalYear
from dacheng.core.plans.incoming import Line
from dacheng.exchange.amounts import parse_money
from dacheng.exchange.cells import Cell
from dacheng.exchange.problems import Notes, ValueProblem
from dacheng.exchange.texts import folded, is_placeholder

YEAR = re.compile(r"(?<!\d)(?:fy)?\s*((?:19|20|21)\d{2})(?!\d)")
MOST_YEARS_APART = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody says of the files.

    Args:
        year: of months that are written without one; None = as the file says.
        every: months of a quota of Salesforce, 1 or 3; 0 = as its first days tell.
        currency: of the company; money of another one is not taken.
    """

    fiscal: FiscalYear = CALENDAR_YEAR
    year: int | None = None
    every: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What files say.

    Args:
        shape: a code of ``SHAPES``. lines: in the order of the files.
        findings: what was noticed, by sheet and row; those that block name a line or a cell that was left out.
        left_out: minor units that stand in the files and in no line, as far as they could be read.
    """

    shape: str
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...] = ()
    left_out: int = 0


class Noticed:
    """Findings of one sheet, as they are made."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.findings: list[Finding] = []
        self.left_out = 0

    def add(
        self,
        rule: str,
        message: Text,
        remedy: Text,
        *,
        severity: Severity = "warn",
        row: int | None = None,
        column: str = "",
        value: str = "",
        amount: int = 0,
    ) -> None:
        """Note a finding; ``amount`` is what it leaves out, minor units."""
        self.left_out += amount
        self.findings.append(Finding(f"plan/{rule}", message, remedy, severity, self.sheet, row, column, value))

    def money(self, cell: Cell, row: int, column: str, unit: str = "元") -> int | None:
        """Return a cell as minor units; one that is none is noted and counts as blank."""
        notes: Notes = []
        try:
            amount = parse_money(cell, unit, notes=notes)
        except ValueProblem as problem:
            self.findings.append(problem.finding(row=row, column=column, sheet=self.sheet))
            return None
        self.findings += [one.finding(row=row, column=column, sheet=self.sheet) for one in notes]
        return amount


def text_of(cell: Cell) -> str:
    """Return a code or a name as text; a placeholder is nothing."""
    if cell is None or isinstance(cell, bool):
        return ""
    text = str(cell).strip()
    return "" if is_placeholder(text) else text


def coded(values: Mapping[str, str], cell: Cell) -> str:
    """Return what a code or its label means; empty for any other."""
    return values.get(folded(text_of(cell)), "")


def year_in(texts: Sequence[str]) -> int | None:
    """Return the one year that texts name; None where they name none or several.

    >>> year_in(["2027年销售目标", "Sheet1"]), year_in(["2026 vs 2027"])
    (2027, None)
    """
    for text in texts:
        found = {int(one) for one in YEAR.findall(folded(text))}
        if len(found) == 1:
            return found.pop()
        if found:
            return None
    return None


def no_year(name: str) -> RuleError:
    """Return why months without a year cannot be read."""
    return RuleError(
        Text(f"“{name}”里的月份没有写年份。", f"The months of “{name}” have no year."),
        Text(
            "在表头写成 2027-01，或说明是哪一年（--year 2027）。",
            "Write 2027-01 in the titles, or say which year it is (--year 2027).",
        ),
    )
