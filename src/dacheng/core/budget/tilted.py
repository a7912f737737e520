"""The tilt of budgets and expenses (预算倾斜): 80 % for high potential, 20 % for new markets, or as the rules say."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.budget.cells import within_budgets
from dacheng.core.budget.charging import PURPOSES_AND_NONE, charged
from dacheng.core.budget.expenses import posted_in, spent_in
from dacheng.core.budget.ruling import high_potential_in, tilt_limit_in
from dacheng.core.budget.schema import HIGH_POTENTIAL, NEW_MARKETS, PURPOSES
from dacheng.core.budget.tilting import Purpose, Tilt, tilt
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.report import Flag, PeriodName, UnitId, report
from dacheng.core.table import Drill, Note, Table, TableColumn, Values, table_of

NUMBERS = tuple(number for number, _, _ in PURPOSES_AND_NONE)
LABELS = {number: label for number, _, label in PURPOSES}
CARRIED = ("unit", "direct", "period")
PER_POINT = 100


def _columns(name: str, label: Text, report_name: str, help: Text) -> tuple[TableColumn, ...]:
    drill = Drill(report_name, take={"purpose": "purpose"}, carry=CARRIED)
    whole = Drill(report_name, carry=CARRIED)
    return (
        TableColumn(name, "money", label, help=help, drill=drill, total_drill=whole),
        TableColumn(
            f"{name}_policy",
            "money",
            Text(f"{label.zh}按政策", f"{label.en} by policy"),
            optional=True,
            help=Text("两项用途之和 × 政策占比", "The sum of both purposes × the share of the policy"),
        ),
        TableColumn(
            f"{name}_ratio",
            "ratio",
            Text(f"{label.zh}占比", f"Share of {label.en.lower()}"),
            help=Text("这项用途 ÷ 两项用途之和", "This purpose ÷ the sum of both"),
        ),
        TableColumn(
            f"{name}_gap",
            "pp",
            Text(f"{label.zh}偏离", f"Deviation of {label.en.lower()}"),
            difference=True,
            help=Text("占比 − 政策占比", "Share − share of the policy"),
        ),
        TableColumn(
            f"{name}_flag",
            "flag",
            Text(f"{label.zh}偏离过大", f"{label.en} off the policy"),
            help=Text("偏离超过规则的百分点数", "It deviates by more points than the rule allows"),
        ),
    )


COLUMNS = (
    TableColumn("purpose", "choice", Text("用途", "Purpose"), choices=PURPOSES_AND_NONE),
    TableColumn(
        "policy", "ratio", Text("政策占比", "Policy"), help=Text("规则里的占比，可改", "By rule, can be changed")
    ),
    *_columns(
        "planned",
        Text("预算", "Budget"),
        "budget/cells",
        Text("期间内已生效预算行的金额", "Effective lines in the period"),
    ),
    *_columns(
        "used", Text("费用", "Expenses"), "budget/expenses", Text("期间内的实际 + 未结承诺", "Actual + still committed")
    ),
)


@report(
    "budget/tilt",
    title=Text("预算倾斜", "Tilt"),
    help=Text(
        "高潜力触达与新市场试错的占比，对照政策（默认 80/20，可改）。占比只在这两项之间算；"
        "其他用途和没有注明用途的列在下面，不进占比。偏离超过规则的百分点数就标出。",
        "The shares of high potential and of new markets against the policy (80/20 by default). Shares are between "
        "these two; other purposes and what has none are listed below and enter no share. Flagged where it deviates "
        "by more points than the rule allows.",
    ),
    columns=COLUMNS,
)
def tilted(book: Book, *, unit: UnitId | None = None, direct: Flag = False, period: PeriodName | None = None) -> Table:
    """Compare the shares of purposes with the policy, in the budget and in what was spent (预算倾斜).

    Args:
        period: default the fiscal year of the as-of day; expenses by the month they are posted in.

    Source: R039, R079; golden case G55.
    """
    span = fiscal_year_of(book, period)
    cells = within_budgets(book, unit, direct)
    cells = cells.only((cells["ym"] >= span.from_ym) & (cells["ym"] < span.to_ym))
    spent = charged(book)
    own = spent_in(book, spent, unit, direct) & posted_in(spent, span)
    planned = _sums(cells["purpose"], cells["amount"])
    used = _sums(spent.purpose[own], (spent.actual + spent.committed)[own])
    tilts = {"planned": _tilt(book, planned), "used": _tilt(book, used)}
    figures = {name: value for each, found in tilts.items() for name, value in _figures(each, found).items()}
    told = np.arange(len(NUMBERS)) < 2
    policy = np.array([_policy(book, number) for number in NUMBERS]) / BP_PER_WHOLE
    return table_of(
        COLUMNS,
        Rows({"purpose": np.array(NUMBERS, dtype=np.int64), "planned": planned, "used": used}),
        {"policy": (policy, told), **figures},
        key=("purpose",),
        totals={"planned": int(planned.sum()), "used": int(used.sum())},
        notes=_notes(tilts),
    )


def _sums(purpose: IntArray, amounts: IntArray) -> IntArray:
    found = np.zeros(len(NUMBERS), dtype=np.int64)
    np.add.at(found, np.searchsorted(np.array(NUMBERS), purpose), amounts)
    return found


def _policy(book: Book, purpose: int) -> int:
    high = high_potential_in(book.rules)
    return {HIGH_POTENTIAL: high, NEW_MARKETS: BP_PER_WHOLE - high}.get(purpose, 0)


def _tilt(book: Book, amounts: IntArray) -> Tilt:
    both = [
        Purpose(LABELS[number], _policy(book, number), int(amounts[NUMBERS.index(number)]))
        for number in (HIGH_POTENTIAL, NEW_MARKETS)
    ]
    return tilt(both, tilt_limit_in(book.rules), int(amounts[2:].sum()))


def _figures(name: str, found: Tilt) -> dict[str, tuple[Values, np.ndarray]]:
    """Return the shares of the two purposes; the other rows have none."""
    known = np.array([line.share is not None for line in found.lines] + [False] * (len(NUMBERS) - 2))
    told = np.arange(len(NUMBERS)) < 2
    rest = [0] * (len(NUMBERS) - 2)
    share = np.array([float(line.share or 0) for line in found.lines] + rest, dtype=np.float64)
    gap = np.array([float((line.deviation_pp or 0) / PER_POINT) for line in found.lines] + rest, dtype=np.float64)
    return {
        f"{name}_policy": (np.array([line.by_policy for line in found.lines] + rest, dtype=np.int64), told),
        f"{name}_ratio": (share, known),
        f"{name}_gap": (gap, known),
        f"{name}_flag": (np.array([int(line.flagged) for line in found.lines] + rest, dtype=np.int64), known),
    }


def _notes(tilts: dict[str, Tilt]) -> tuple[Note, ...]:
    off = sum(any(line.flagged for line in one.lines) for one in tilts.values())
    return noted(
        Note(
            "budget/off-policy",
            Text("占比偏离政策超过允许的百分点数。", "A share deviates from the policy by more than is allowed."),
            off,
        )
    )
