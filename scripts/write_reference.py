"""Write docs/reference/reports.md from the registered reports: `.venv/bin/python -m scripts.write_reference`.

What a report says of itself (title, help, parameters, columns) is written once, beside the report; a test compares.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import dacheng.core
from dacheng.core.report import REPORTS, Parameter, Report
from dacheng.core.table import TableColumn

REPORTS_PAGE = Path(__file__).resolve().parent.parent / "docs/reference/reports.md"
SHELL_ONLY = {"page", "only"}

KINDS = {
    "ref": "编码 · code",
    "period": "`2026` `2026-H1` `2026-Q1` `2026-03`",
    "day": "`2026-06-30`",
    "flag": "`1`",
    "sort": "前加 `-` 为降序 · with `-` before it descending",
}

HEAD = """# 报表 · Reports

*Written by `make reference` from the reports themselves; edit them, not this page.*

每张报表在页面 `/reports/NAME`、API `GET /api/v1/reports/NAME`、命令行 `dacheng report NAME` 上是同一张表。任何报表都接受截至日 `as_of` 和口径；下面是各自的参数，都可省略，除非另有说明。

Each report is the same Table on the page `/reports/NAME`, in the API `GET /api/v1/reports/NAME` and on the command line `dacheng report NAME`. Every report takes the as-of day; below are its own parameters, optional unless said otherwise.
"""  # noqa: E501 - one paragraph is one line of Markdown


def load_reports() -> dict[str, Report]:
    """Import every module of the core, which registers all reports, and return them by name."""
    for module in pkgutil.walk_packages(dacheng.core.__path__, "dacheng.core."):
        importlib.import_module(module.name)
    return dict(sorted(REPORTS.items()))


def values_of(parameter: Parameter) -> str:
    words = parameter.kind.choices
    if parameter.kind.name == "sort":
        return " · ".join(f"`{word}`" for word, _ in words) + f"；{KINDS['sort']}"
    return " · ".join(f"`{word}` {label.zh} {label.en}" for word, label in words) or KINDS[parameter.kind.name]


def row(parameter: Parameter) -> str:
    required = " (必填 · required)" if parameter.required else ""
    return f"| `{parameter.name}` | {parameter.label.zh} · {parameter.label.en}{required} | {values_of(parameter)} |"


def column_row(column: TableColumn) -> str:
    also = "；可选 · optional" if column.optional else ""
    said = " · ".join(text for text in (column.help.zh, column.help.en) if text)
    return f"| `{column.name}` | {column.label.zh} · {column.label.en} | {column.kind}{also} | {said} |"


def paragraph(report: Report) -> str:
    """Return the paragraph of one report."""
    shown = [parameter for parameter in report.parameters if parameter.kind.name not in SHELL_ONLY]
    drill = "" if report.listed else "\n从数字打开，不在菜单里。Opened from a number, not listed in menus.\n"
    table = "\n".join(["| parameter | | value |", "|---|---|---|", *map(row, shown)])
    columns = "\n".join(["| column | | kind | |", "|---|---|---|---|", *map(column_row, report.columns)])
    return f"""
## `{report.name}` {report.title.zh} · {report.title.en}
{drill}
{report.help.zh}

{report.help.en}

{table}

{columns}
"""


def reports_page() -> str:
    """Return the page of all reports in the order of their names."""
    return HEAD + "".join(paragraph(report) for report in load_reports().values())


if __name__ == "__main__":
    REPORTS_PAGE.write_text(reports_page(), "utf-8")
