"""Why a file is refused: one finding, carried by an exception from wherever it was seen (拒收)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dacheng.core.errors import Finding, RuleError, Text


class FileRefused(RuleError):
    """The file as a whole cannot be read; ``finding`` says where and why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message, finding.remedy)
        self.finding = finding


def refused(
    rule: str,
    message: Text,
    remedy: Text,
    *,
    sheet: str = "",
    row: int | None = None,
    column: str = "",
    value: str = "",
) -> FileRefused:
    """Return the exception for a file that breaks a rule of its container or its size."""
    return FileRefused(Finding(rule, message, remedy, "block", sheet, row, column, value))


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values that travel between processes."""
    return asdict(finding)


def finding_from_json(plain: dict[str, Any]) -> Finding:
    """Return the finding of ``finding_as_json``."""
    texts = {name: Text(**plain[name]) for name in ("message", "remedy")}
    return Finding(**{**plain, **texts})


SAVE_AS_XLSX = Text(
    "请在 Excel 或 WPS 中打开，另存为 .xlsx 后再导入。",
    "Open it in Excel or WPS, save it as .xlsx, and import that.",
)


def damaged(detail: str) -> FileRefused:
    """Return the refusal of a file that breaks its own format."""
    return refused(
        "file/damaged",
        Text(f"文件已损坏或格式不完整（{detail}）。", f"The file is damaged or incomplete ({detail})."),
        SAVE_AS_XLSX,
    )


def password_protected() -> FileRefused:
    """Return the refusal of an encrypted workbook."""
    return refused(
        "file/password",
        Text("工作簿有打开密码，无法读取。", "The workbook is protected by a password and cannot be read."),
        Text("请在 Excel 中去掉密码并保存后再导入。", "Remove the password in Excel, save, and import again."),
    )
