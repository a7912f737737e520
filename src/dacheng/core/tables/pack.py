"""What changed in the four tables between two Books (四表变化): their totals now, before, and the difference (R152)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Rows
from dacheng.core.errors import Text
from dacheng.core.table import Table, TableColumn, table_of
from dacheng.core.targets.schema import CASH, CONTRACT, MARGIN

CALLED: Mapping[str, Text] = {
    "amount": Text("金额", "Amount"),
    "weighted": Text("加权额", "Weighted"),
    "target": Text("目标", "Target"),
    "done": Text("业绩", "Done"),
    "forecast": Text("预测合计", "Forecast"),
    "forecast_gap": Text("预测缺口", "Forecast gap"),
    "unrecognised_ex": Text("未确收（不含税）", "Excl. tax"),
    "over_ex": Text("超额确收", "Recognised too much"),
    "open": Text("未收", "Open"),
}
"""What each total is called beside the name of its table."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A report whose totals are followed.

    Args:
        code: of the line's beginning; given: its parameters as text.
        figures: which totals.
    """

    code: str
    label: Text
    report: str
    given: Mapping[str, str]
    figures: tuple[str, ...]

    def called(self, figure: str) -> Text:
        """Return what a total of it is called."""
        own = CALLED[figure]
        return Text(f"{self.label.zh} · {own.zh}", f"{self.label.en} · {own.en}")


FORECAST_FIGURES = ("target", "done", "weighted", "forecast", "forecast_gap")
MEASURES = ((CONTRACT, "contract", Text("合同额", "Contract value")), (MARGIN, "margin", Text("毛利", "Margin")))
FOLLOWED: tuple[Asked, ...] = (
    Asked("pipeline", Text("在途机会", "Pipeline"), "tables/pipeline", {}, ("amount", "weighted")),
    *(
        Asked(f"forecast-{code}", label, "tables/forecast", {"measure": code}, FORECAST_FIGURES)
        for _, code, label in (*MEASURES, (CASH, "cash", Text("回款", "Cash")))
    ),
    Asked("unrecognised", Text("未确收", "Unrecognised"), "tables/unrecognised", {}, ("unrecognised_ex", "over_ex")),
    Asked("receivable", Text("应收未收", "Receivable"), "tables/receivable", {"state": "overdue"}, ("open",)),
    Asked("not-due", Text("未到期", "Not due yet"), "tables/receivable", {"state": "not-due"}, ("open",)),
)
"""What is followed from pack to pack, in the order of the four tables."""

FIGURES = tuple(
    (
        number,
        f"{asked.code}-{name}",
        Text(f"{asked.label.zh} · {CALLED[name].zh}", f"{asked.label.en} · {CALLED[name].en}"),
    )
    for number, (asked, name) in enumerate(((asked, name) for asked in FOLLOWED for name in asked.figures), start=1)
)

COLUMNS = (
    TableColumn(
        "figure",
        "choice",
        Text("数", "Figure"),
        choices=FIGURES,
    ),
    TableColumn("now", "money", Text("现在", "Now")),
    TableColumn("before", "money", Text("上次存档", "Last frozen")),
    TableColumn("change", "money", Text("变化", "Change"), difference=True),
)


def changes_of(now: Sequence[Table | None], before: Sequence[Table | None] | None) -> Table:
    """Return the followed totals of the four tables, beside those of an earlier pack.

    Args:
        now, before: the tables of ``FOLLOWED``, in its order, None for one that is not there; None = no earlier one.

    A total that one of both does not tell has no difference: missing is not zero.

    Source: R152.
    """
    current, known = _totals(now)
    earlier, told = _totals(before) if before is not None else (np.zeros_like(current), np.zeros_like(known))
    return table_of(
        COLUMNS,
        Rows({"figure": np.arange(1, len(current) + 1, dtype=np.int64)}),
        {"now": (current, known), "before": (earlier, told), "change": (current - earlier, known & told)},
        key=("figure",),
    )


def _totals(tables: Sequence[Table | None]) -> tuple[IntArray, BoolArray]:
    found = [
        table.totals.get(name) if table else None
        for asked, table in zip(FOLLOWED, tables, strict=True)
        for name in asked.figures
    ]
    values = np.array([0 if one is None else int(one) for one in found], dtype=np.int64)
    return values, np.array([one is not None for one in found], dtype=np.bool_)
