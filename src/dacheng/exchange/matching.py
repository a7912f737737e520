"""Which table of which file is meant by which part of a mapping (对表)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePath

from dacheng.core.errors import Finding, Text
from dacheng.exchange.drafting import headers_of
from dacheng.exchange.layout import SheetTable, find_header, find_table
from dacheng.exchange.likeness import nearest
from dacheng.exchange.mapping import FileRule, ImportMapping
from dacheng.exchange.refusal import FileRefused
from dacheng.exchange.sheets import Sheet, Workbook
from dacheng.exchange.texts import folded


@dataclass(frozen=True, slots=True)
class Matched:
    """A table with the rule that reads it.

    Args:
        label: what messages call the table.
    """

    label: str
    table: SheetTable
    rule: FileRule
    from_1904: bool = False


def match(workbooks: Sequence[Workbook], mapping: ImportMapping) -> tuple[list[Matched], list[Finding]]:
    """Return the tables that a mapping reads, and what was noticed.

    A table is meant by the name of its file or sheet, else by its headers. A part of the
    mapping that names a table and finds none is told, and so is a table that no part reads.
    """
    matched: list[Matched] = []
    findings: list[Finding] = []
    for workbook, sheet in sheets_with_rows(workbooks):
        label = label_of(workbook, sheet, len(workbooks))
        rule = _rule_of(workbook, sheet, mapping)
        if rule is None:
            findings.append(_unused(label))
            continue
        try:
            table = find_table(sheet, _titles(rule), header_row=rule.header_row)
        except FileRefused as refusal:
            findings.append(refusal.finding)
            continue
        findings += table_findings(table, label)
        missing = missing_columns(table, rule, label)
        findings += missing
        if not missing:
            matched.append(Matched(label, table, rule, workbook.from_1904))
    findings += _not_found(mapping, [one.rule for one in matched], findings)
    return matched, findings


def label_of(workbook: Workbook, sheet: Sheet, files: int) -> str:
    """Return what messages call a sheet: its file, its name, or both where there are several files."""
    file = PurePath(workbook.name).name
    if not sheet.name:
        return file
    return f"{file} · {sheet.name}" if files > 1 else sheet.name


def table_findings(table: SheetTable, label: str) -> Iterable[Finding]:
    """Return what was noticed while the table was found, under its label."""
    return [replace(finding, sheet=label) for finding in table.findings]


def missing_columns(table: SheetTable, rule: FileRule, label: str) -> list[Finding]:
    """Return one finding for each column that the table lacks, with the nearest that it has."""
    there = headers_of(table, rule)
    missing = [one for key, one in rule.columns.items() if key not in there and not one.optional and not one.fixed]
    titles = [header.title for header in table.headers]
    return [_missing_column(one.titles, titles, label, table.header_row) for one in missing]


def _missing_column(wanted: Sequence[str], titles: Sequence[str], label: str, row: int) -> Finding:
    near = nearest(wanted[0], titles)
    name, listed = " / ".join(wanted), "、".join(titles[:30])
    asked = (f"是不是“{near}”？", f"Is it “{near}”? ") if near else ("", "")
    return Finding(
        "import/missing-column",
        Text(f"缺少列“{name}”。", f"The column “{name}” is missing."),
        Text(
            f"{asked[0]}现有列：{listed}。可在映射的 titles 里写上它的列名。",
            f"{asked[1]}There are: {listed}. Name its title under “titles” of the mapping.",
        ),
        "block",
        label,
        row,
        wanted[0],
    )


def sheets_with_rows(workbooks: Iterable[Workbook]) -> Iterable[tuple[Workbook, Sheet]]:
    """Return the sheets that hold anything, each with its file."""
    return ((workbook, sheet) for workbook in workbooks for sheet in workbook.sheets if sheet.row_count)


def _rule_of(workbook: Workbook, sheet: Sheet, mapping: ImportMapping) -> FileRule | None:
    names = _names(workbook, sheet)
    for rule in mapping.files:
        if any(fnmatchcase(name, folded(pattern)) for pattern in rule.names for name in names):
            return rule
    return best_by_headers(sheet, [rule for rule in mapping.files if not rule.names])


def best_by_headers(sheet: Sheet, rules: Sequence[FileRule]) -> FileRule | None:
    """Return the rule that reads the most columns of a sheet, of those that find all they need."""
    read = [(columns_found(sheet, rule), -at) for at, rule in enumerate(rules)]
    found, at = max(read, default=(0, 0))
    return rules[-at] if found else None


def columns_found(sheet: Sheet, rule: FileRule) -> int:
    """Return how many columns of a rule a sheet has; 0 where one is missing that it needs."""
    try:
        table = find_header(sheet, _titles(rule), header_row=rule.header_row)
    except FileRefused:
        return 0
    return 0 if missing_columns(table, rule, "") else len(headers_of(table, rule))


def _names(workbook: Workbook, sheet: Sheet) -> set[str]:
    """Return the names by which a sheet may be meant; that of its file means its first sheet with rows."""
    file = PurePath(workbook.name)
    first = next((one for one in workbook.sheets if one.row_count and not one.hidden), sheet)
    names = [sheet.name, *((file.stem, file.name) if sheet is first else ())]
    return {folded(name) for name in names if name}


def _titles(rule: FileRule) -> list[str]:
    return [title for column in rule.columns.values() for title in column.titles]


def _unused(label: str) -> Finding:
    return Finding(
        "import/unused-table",
        Text(f"映射没有用到“{label}”。", f"The mapping does not read “{label}”."),
        Text("不需要时无需处理。", "Nothing to do if it is not needed."),
        "note",
        label,
    )


def _not_found(mapping: ImportMapping, used: Sequence[FileRule], findings: Sequence[Finding]) -> list[Finding]:
    """Return which parts of the mapping met no table; none at all blocks."""
    refused = any(one.severity == "block" for one in findings)
    if not used and not refused:
        expected = "; ".join(rule.title for rule in mapping.files)
        return [
            Finding(
                "import/nothing-to-read",
                Text("没有一个表符合映射。", "No table is one that the mapping reads."),
                Text(f"映射读取：{expected}。", f"It reads: {expected}."),
            )
        ]
    return [
        Finding(
            "import/absent-table",
            Text(f"没有找到“{rule.title}”。", f"“{rule.title}” was not found."),
            Text("这次没有它时无需处理。", "Nothing to do if there is none this time."),
            "note",
        )
        for rule in mapping.files
        if rule.names and rule not in used and not refused
    ]
