"""The whole company as a folder of CSVs: the owner's own copy, for any engine."""

from __future__ import annotations

from pathlib import Path

from dacheng.core.errors import RuleError, Text
from dacheng.exchange.csvbook import write_company
from dacheng.store.canonical import company_hash, export_company


def write_folder(folder: Path) -> tuple[int, str]:
    """Write everything that is known now; return the number of rows and the canonical hash.

    Raises:
        RuleError: the folder holds something already; nothing is overwritten.
    """
    if folder.exists() and any(folder.iterdir()):
        raise RuleError(
            Text(f"文件夹 {folder} 不是空的。", f"The folder {folder} is not empty."),
            Text("换一个新文件夹。", "Choose a new folder."),
        )
    company = export_company()
    write_company(company, folder)
    return sum(len(frame) for frame in company.frames.values()), company_hash(company)
