"""One file of a canonical CSV folder as a Frame, and a Frame as lines (规范 CSV 的一张表)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dacheng.core.company import Frame
from dacheng.core.errors import Finding, Text
from dacheng.core.period import FAR_DAY, date_of
from dacheng.core.relation import Column, Relation, csv_name
from dacheng.core.schema import INTERVAL
from dacheng.exchange.canonical import Codes, read_end, read_start, read_value, write_edge, write_value
from dacheng.exchange.likeness import nearest
from dacheng.exchange.problems import ValueProblem

FIRST_ROW = 2
"""The sheet's own number of the row under the header."""

_SPECIAL = re.compile(r'[",\r\n]')

OBJECT = "object_id"
"""The column whose relation depends on the row: what a grant opens."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The texts of a file, by header.

    Args:
        columns: header -> texts, equal length.
        rows: the sheet's own row numbers.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    rows: Sequence[int]
    findings: Sequence[Finding] = ()

    def at(self, row: int, column: str, problem: ValueProblem) -> Finding:
        """Return the finding of a problem in a cell."""
        return problem.finding(row=self.rows[row], column=column, sheet=self.name)


@dataclass
class Reading:
    """The values of a sheet while its columns are read one by one."""

    sheet: Sheet
    values: dict[str, list[int | None]] = field(default_factory=dict)
    wrong: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def take(self, name: str, header: str, read: Callable[[str], int | None], default: str = "") -> None:
        """Read a column; each different text is read once.

        Args:
            default: stands in every row when the file leaves the column out.
        """
        texts = self.sheet.columns.get(header) or [default] * len(self.sheet.rows)
        known: dict[str, int | None] = {}
        problems: dict[str, ValueProblem] = {}
        for text in dict.fromkeys(texts):
            try:
                known[text] = read(text)
            except ValueProblem as problem:
                problems[text] = problem
                known[text] = None
        self.values[name] = [known[text] for text in texts]
        if problems and header not in self.sheet.columns:
            self.wrong.update(range(len(texts)))
            self.findings.append(_missing(self.sheet.name, header))
        elif problems:
            self._mark(header, texts, problems)

    def _mark(self, header: str, texts: Sequence[str], problems: Mapping[str, ValueProblem]) -> None:
        for row, text in enumerate(texts):
            if text in problems:
                self.wrong.add(row)
                self.findings.append(self.sheet.at(row, header, problems[text]))


def read_sheet(path: Path) -> Sheet:
    """Read a file as texts; rows without any text are passed over."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        return Sheet(path.name, {}, (), (_unreadable(path, error),))
    if not lines:
        return Sheet(path.name, {}, ())
    header, found = lines[0], []
    findings = [_repeated(path.name, name) for name in sorted({one for one in header if header.count(one) > 1})]
    for number, line in enumerate(lines[1:], FIRST_ROW):
        if len(line) == len(header) and any(line):
            found.append((number, line))
        elif any(line):
            findings.append(_ragged(path.name, number, len(line), len(header)))
    columns = {name: [line[at] for _, line in found] for at, name in enumerate(header)}
    return Sheet(path.name, columns, [number for number, _ in found], findings)


def headers(relation: Relation) -> dict[str, Column]:
    """Return the columns of a relation's file by header: an entity's own number is left out."""
    own = relation.key[0] if relation.entity else ""
    return {csv_name(column.name): column for column in relation.columns if column.name != own}


def read_frame(
    relation: Relation, sheet: Sheet, codes: Mapping[str, Codes], extra: Iterable[str] = ()
) -> tuple[Frame, list[Finding]]:
    """Return the rows of a sheet; a row with a problem is left out and told.

    Args:
        codes: of every relation that a reference may point to, its own included.
        extra: headers that are read elsewhere.

    Returns:
        The frame, without the derived columns that the file leaves out, and findings.
    """
    expected = headers(relation)
    reading = Reading(sheet, findings=list(sheet.findings))
    reading.findings += _unknown_headers(
        sheet, [*expected, *(map(csv_name, INTERVAL) if relation.dated else ()), *extra]
    )
    for header, column in expected.items():
        if header in sheet.columns or not _may_be_absent(column):
            _read_column(relation, reading, header, column, codes)
    if relation.entity:
        own = codes[relation.name]
        reading.values[relation.key[0]] = [own.get(code) for code in sheet.columns.get("code", ())]
    for name, edge in zip(INTERVAL, (read_start, read_end), strict=True):
        reading.take(name, csv_name(name) if relation.dated else "", edge)
    _check_intervals(relation, reading)
    return _kept(relation, reading), reading.findings


def write_frame(relation: Relation, frame: Frame, codes: Mapping[str, Sequence[str]]) -> str:
    """Return a frame as the text of its file, sorted by key and day.

    Args:
        codes: relation -> the code of each id, at place id − 1.
    """
    expected = headers(relation)
    texts = [_written(relation, frame, column, codes) for column in expected.values()]
    if relation.dated:
        texts += [[write_edge(day or 0) for day in frame.columns[name]] for name in INTERVAL]
    keys = [*relation.key, *(INTERVAL[:1] if relation.dated else ())]
    order = sorted(range(len(frame)), key=lambda row: tuple(frame.columns[key][row] or 0 for key in keys))
    header = [*expected, *(map(csv_name, INTERVAL) if relation.dated else ())]
    return "".join(line_of(cells) for cells in (header, *([column[row] for column in texts] for row in order)))


def line_of(cells: Iterable[str]) -> str:
    """Return a line of a CSV; only what must be quoted is, a lone carriage return too."""
    return ",".join(f'"{_doubled(cell)}"' if _SPECIAL.search(cell) else cell for cell in cells) + "\n"


def _doubled(cell: str) -> str:
    return cell.replace('"', '""')


def _read_column(relation: Relation, reading: Reading, header: str, column: Column, codes: Mapping[str, Codes]) -> None:
    if column.is_label:
        if column.default is None:
            reading.take(column.name, header, _required_text)
        return
    if column.name == OBJECT and relation.name == "grants":
        _read_objects(reading, header, codes)
        return
    default = "" if column.default is None else write_value(column, int(column.default))
    reading.take(column.name, header, lambda text: read_value(column, text, codes.get(column.ref)), default)


def _read_objects(reading: Reading, header: str, codes: Mapping[str, Codes]) -> None:
    """Read what each grant opens: the code of a deal or a contract, by its kind."""
    kinds = reading.sheet.columns.get("kind", ())
    texts = [f"{kind}s {text}" for kind, text in zip(kinds, reading.sheet.columns.get(header, ()), strict=True)]
    paired = Reading(Sheet(reading.sheet.name, {header: texts}, reading.sheet.rows))

    def read(pair: str) -> int | None:
        relation, _, code = pair.partition(" ")
        pointing = Column(OBJECT, "ref", Text("", ""), ref=relation)
        return read_value(pointing, code, codes.get(relation, {}))

    paired.take(OBJECT, header, read)
    reading.values[OBJECT] = paired.values[OBJECT]
    reading.wrong |= paired.wrong
    reading.findings += paired.findings


def _required_text(text: str) -> int:
    if text.strip() == "":
        raise ValueProblem(
            "csv/required",
            Text("必须填写，却是空的。", "It is required but blank."),
            Text("填上，或删去这一行。", "Fill it in, or delete the row."),
        )
    return 0


def _may_be_absent(column: Column) -> bool:
    """Tell whether a column that a file leaves out stays out: it is derived later, or a text without need."""
    return column.derived or (column.is_label and column.default is not None)


def _check_intervals(relation: Relation, reading: Reading) -> None:
    """Find rows that end before they begin, and rows of one key that overlap."""
    starts, ends = (reading.values[name] for name in INTERVAL)
    keys = list(zip(*(reading.values[name] for name in relation.key), strict=True))
    sound = [row for row in range(len(keys)) if row not in reading.wrong]
    last: dict[tuple[int | None, ...], int] = {}
    for row in sorted(sound, key=lambda row: (keys[row], starts[row])):
        start, end = starts[row] or 0, ends[row] or 0
        before = last.get(keys[row])
        if start >= end:
            _refuse_row(reading, row, _EMPTY_SPAN)
        elif before is not None and start < before:
            _refuse_row(reading, row, _overlap(before) if relation.dated else _TWICE)
        last[keys[row]] = max(end, before or 0)


def _refuse_row(reading: Reading, row: int, problem: ValueProblem) -> None:
    reading.wrong.add(row)
    header = csv_name(INTERVAL[0]) if csv_name(INTERVAL[0]) in reading.sheet.columns else ""
    reading.findings.append(reading.sheet.at(row, header, problem))


def _kept(relation: Relation, reading: Reading) -> Frame:
    names = [column.name for column in relation.facts if column.name in reading.values]
    rows = [row for row in range(len(reading.sheet.rows)) if row not in reading.wrong]
    labels = {
        column.name: [reading.sheet.columns[csv_name(column.name)][row] for row in rows]
        for column in relation.labels
        if csv_name(column.name) in reading.sheet.columns
    }
    return Frame({name: [reading.values[name][row] for row in rows] for name in (*names, *INTERVAL)}, labels)


def _written(relation: Relation, frame: Frame, column: Column, codes: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if column.is_label:
        return frame.labels.get(column.name) or [""] * len(frame)
    values = frame.columns[column.name]
    if column.name == OBJECT and relation.name == "grants":
        kinds = {number: f"{code}s" for number, code, _ in relation.column("kind").choices}
        return [
            codes[kinds[kind or 0]][(one or 0) - 1] for kind, one in zip(frame.columns["kind"], values, strict=True)
        ]
    names = dict(enumerate(codes.get(column.ref, ()), 1))
    texts = {value: write_value(column, value, names) for value in set(values)}
    return [texts[value] for value in values]


def _unknown_headers(sheet: Sheet, expected: Sequence[str]) -> list[Finding]:
    return [_unknown_header(sheet.name, name, expected) for name in sheet.columns if name not in expected]


def _unknown_header(sheet: str, name: str, expected: Sequence[str]) -> Finding:
    near = nearest(name, expected)
    listed = "、".join(expected)
    return Finding(
        "csv/unknown-column",
        Text(f"没有列「{name}」。", f"There is no column “{name}”."),
        Text(f"是不是「{near}」？", f"Did you mean “{near}”?") if near else Text(f"可用：{listed}", f"Use: {listed}"),
        sheet=sheet,
        row=1,
        column=name,
    )


def _missing(sheet: str, name: str) -> Finding:
    return Finding(
        "csv/missing-column",
        Text(f"缺少列「{name}」。", f"The column “{name}” is missing."),
        Text("加上这一列。", "Add the column."),
        sheet=sheet,
        row=1,
        column=name,
    )


def _repeated(sheet: str, name: str) -> Finding:
    return Finding(
        "csv/repeated-column",
        Text(f"列「{name}」出现了两次。", f"The column “{name}” stands twice."),
        Text("留下一列。", "Keep one of them."),
        sheet=sheet,
        row=1,
        column=name,
    )


def _ragged(sheet: str, row: int, seen: int, expected: int) -> Finding:
    return Finding(
        "csv/ragged-row",
        Text(f"这一行有 {seen} 格，表头有 {expected} 格。", f"The row has {seen} cells, the header {expected}."),
        Text("补齐或删去多余的格；含逗号的文字要加引号。", "Add or remove cells; quote a text with a comma."),
        sheet=sheet,
        row=row,
    )


def _unreadable(path: Path, error: Exception) -> Finding:
    return Finding(
        "csv/unreadable",
        Text(f"文件读不了：{error}。", f"The file cannot be read: {error}."),
        Text("存成 UTF-8 的 CSV。", "Save it as CSV in UTF-8."),
        sheet=path.name,
    )


_EMPTY_SPAN = ValueProblem(
    "csv/empty-span",
    Text("to 不晚于 from。", "It ends before it begins: to is not later than from."),
    Text("to 是不再成立的第一天；空白 = 一直。", "to is the first day on which it no longer holds; blank = forever."),
)
_TWICE = ValueProblem(
    "csv/twice", Text("这个键出现了两次。", "The key stands twice."), Text("留下一行。", "Keep one row.")
)


def _overlap(before: int) -> ValueProblem:
    until = "9999-12-31" if before == FAR_DAY else date_of(before).isoformat()
    return ValueProblem(
        "csv/overlap",
        Text(
            f"与同一个键的前一行重叠，前一行到 {until} 为止。",
            f"It overlaps the row before, which holds until {until}.",
        ),
        Text("前一行的 to 写成这一行的 from。", "Let the row before end (to) where this one begins (from)."),
    )
