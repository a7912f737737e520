"""Sheets of targets from other systems (外来目标表), each shape read into the same lines with what was noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dacheng.core.errors import RuleError, Text
from dacheng.exchange.layout import find_header
from dacheng.exchange.plan_erpnext import is_distribution, is_erpnext, read_erpnext
from dacheng.exchange.plan_free import read_free
from dacheng.exchange.plan_line_cells import Asked, Reading
from dacheng.exchange.plan_quotas import is_adventureworks, is_salesforce, read_adventureworks, read_salesforce
from dacheng.exchange.plan_twelve_months import WUKONG, YUDAO, read_twelve_months
from dacheng.exchange.reading import Source, read_workbook
from dacheng.exchange.refusal import FileRefused
from dacheng.exchange.sheets import Sheet, Workbook

SHAPES = (
    ("auto", Text("自动识别", "Recognise it")),
    ("wukong", Text("悟空CRM 业绩目标（十二个月）", "Wukong CRM targets (twelve months)")),
    ("yudao", Text("芋道 CRM 业绩目标（十二个月）", "Yudao CRM targets (twelve months)")),
    ("erpnext", Text("ERPNext 目标明细 + 月度分布", "ERPNext Target Detail + Monthly Distribution")),
    ("salesforce", Text("Salesforce ForecastingQuota", "Salesforce ForecastingQuota")),
    ("adventureworks", Text("AdventureWorks 配额历史", "AdventureWorks quota history")),
    ("free", Text("自己排的 Excel", "An Excel sheet of one's own")),
)
"""Shapes of sheets that are read, by code."""

Sheets = Sequence[tuple[Workbook, Sheet]]


@dataclass(frozen=True)
class _Shape:
    looks: Callable[[Sheet, frozenset[str]], bool]
    read: Callable[[Sheets, Asked], Reading]
    also: Callable[[frozenset[str]], bool] = field(default=lambda _: False)


_KNOWN: Mapping[str, _Shape] = {
    "wukong": _Shape(lambda _, keys: WUKONG.keys <= keys, lambda found, asked: read_twelve_months(found, WUKONG)),
    "yudao": _Shape(lambda _, keys: YUDAO.keys <= keys, lambda found, asked: read_twelve_months(found, YUDAO)),
    "erpnext": _Shape(lambda _, keys: is_erpnext(keys), read_erpnext, is_distribution),
    "salesforce": _Shape(lambda _, keys: is_salesforce(keys), read_salesforce),
    "adventureworks": _Shape(lambda sheet, _: is_adventureworks(sheet), lambda found, _: read_adventureworks(found)),
}


def read_plan_lines(files: Sequence[tuple[Source, str]], asked: Asked, shape: str = "auto") -> Reading:
    """Return the lines of files that belong together.

    Args:
        files: each with what the person calls it. shape: a code of ``SHAPES``.

    Raises:
        FileRefused: hostile or damaged. RuleError: no such shape, nothing in it is of that shape, or a year is missing.
    """
    if shape not in {code for code, _ in SHAPES}:
        codes = "、".join(code for code, _ in SHAPES)
        raise RuleError(
            Text(f"没有“{shape}”这种表。", f"There is no shape {shape}."), Text(f"可选：{codes}。", f"One of: {codes}.")
        )
    books = [read_workbook(source, name) for source, name in files]
    sheets = [(book, sheet) for book in books for sheet in book.sheets if sheet.row_count and not sheet.hidden]
    keys = {id(sheet): _keys(sheet) for _, sheet in sheets}
    wanted = shape if shape != "auto" else _recognised(sheets, keys)
    if wanted == "free":
        return read_free(sheets, asked)
    one = _KNOWN[wanted]
    found = [(book, sheet) for book, sheet in sheets if one.looks(sheet, keys[id(sheet)]) or one.also(keys[id(sheet)])]
    if not any(one.looks(sheet, keys[id(sheet)]) for _, sheet in found):
        label = dict(SHAPES)[wanted]
        raise RuleError(
            Text(f"文件里没有“{label.zh}”的表头。", f"No sheet of the files has the columns of {label.en}."),
            Text("换一种读法，或用自动识别。", "Choose another shape, or let it be recognised."),
        )
    return one.read(found, asked)


def _recognised(sheets: Sheets, keys: Mapping[int, frozenset[str]]) -> str:
    for name, one in _KNOWN.items():
        if any(one.looks(sheet, keys[id(sheet)]) for _, sheet in sheets):
            return name
    return "free"


def _keys(sheet: Sheet) -> frozenset[str]:
    """Return the header keys of a sheet; none where it has no header."""
    try:
        return frozenset(find_header(sheet).keys)
    except FileRefused:
        return frozenset()
