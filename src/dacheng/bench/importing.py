"""Goal 14: a workbook of checked rows, read, mapped, checked and written with its log."""

from __future__ import annotations

import tempfile
import time
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

import xlsxwriter

from dacheng.bench.databases import rows_of
from dacheng.bench.measuring import Line
from dacheng.core.access import SYSTEM
from dacheng.service import imports

ROWS = 100_000
ODOO_ROWS = 833
"""Rows a second of `load` with four columns, recorded once on two cores."""

TITLES = (
    "商机号", "名称", "负责人", "客户", "产品", "阶段", "金额", "金额为估计", "税率", "预计毛利率", "级别", "预测类别",
    "人工赢率", "预计签约日", "下一步", "丢单类别", "核实类别", "丢单原因", "创建日", "关闭日",
)  # fmt: skip


def importing(scale: str, at: datetime) -> list[Line]:
    """Measure an import of new opportunities into the default database; they stay there."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "opportunities.xlsx"
        _write(file, at.date())
        begun = time.perf_counter()
        prepared = imports.prepare(imports.files_in([file]), on_day=imports.day_of_import(at), name="bench")
        read = time.perf_counter() - begun
        done = imports.commit(SYSTEM, at, prepared)
        spent = time.perf_counter() - begun
    written = done.counts["deals"]["created"]
    if written != ROWS:
        raise AssertionError(f"import: {written} rows were written of {ROWS}: {done.findings[:3]}")
    return [
        Line(
            "14",
            f"import of {ROWS:,} rows × {len(TITLES)} columns from xlsx, with log, SQLite synchronous FULL",
            f"into {scale}",
            f"{ROWS / spent:,.0f} rows/s",
            f"Odoo `load` (recorded) {ODOO_ROWS} rows/s, 4 columns",
            f"{ROWS / spent / ODOO_ROWS:.1f}×",
            "≥ 8,000 rows/s",
            f"read, mapped and checked in {read:.1f} s, looked at again and written in {spent - read:.1f} s",
        )
    ]


def _write(file: Path, today: date) -> None:
    """Write a workbook as a person would: opportunities of the last hundred days, by the company's own codes."""
    people = cycle(_codes("people", 'AND "left" = 0'))
    customers, products = cycle(_codes("customers")), cycle(_codes("products"))
    stages = cycle(islice(_codes("stages", "AND state = 0"), 3))
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = workbook.add_worksheet("商机")
    sheet.write_row(0, 0, TITLES)
    for row in range(1, ROWS + 1):
        begun = today - timedelta(days=row % 100)
        facts = (f"导入-{row:06d}", f"导入商机 {row}", next(people), next(customers), next(products), next(stages))
        money = (10_000 + row * 0.25, 0, 0.13, 0.3, "ABCD"[row % 4], "管道", 0.2)
        sheet.write_row(row, 0, (*facts, *money))
        sheet.write_datetime(row, 13, datetime.combine(begun + timedelta(days=150), datetime.min.time()))
        sheet.write_string(row, 14, "约技术交流")
        sheet.write_datetime(row, 18, datetime.combine(begun, datetime.min.time()))
    workbook.close()


def _codes(relation: str, also: str = "") -> list[str]:
    sql = f"SELECT code FROM rec_{relation} WHERE NOT removed {also} ORDER BY id LIMIT 500"
    return [str(row[0]) for row in rows_of("default", sql)]
