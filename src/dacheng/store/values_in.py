"""Values of rows on their way in, as they are stored: references as numbers, everything checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dacheng.core.checking import kept, problem_of, range_of
from dacheng.core.errors import Finding, Text
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.core.relation import Column, Relation
from dacheng.core.staging import Staged, StagedValue
from dacheng.store.standing import Columns

Moments = list[tuple[int, Columns]]
"""(day, columns) ascending: the first day's values, then what changed."""

UNKNOWN = object()


class RowReader:
    """Reads the rows of one relation; what is wrong with one becomes a finding.

    Args:
        numbers: relation -> code -> number of its record.
        findings: grows by what is wrong.
    """

    def __init__(self, relation: Relation, numbers: Mapping[str, Mapping[str, int]], findings: list[Finding]) -> None:
        self.relation = relation
        self.findings = findings
        self.readers = {column.name: _reader(column, numbers) for column in relation.columns}
        self.required = [
            column
            for column in relation.columns
            if column.default is None and not column.nullable and not column.derived
            if not (relation.entity and column.name in (relation.key[0], "code"))
        ]

    def moments(self, row: Staged) -> Moments | None:
        """Return the values of a row day by day; None when something in it is not possible."""
        before = len(self.findings)
        if self.relation.entity and problem_of(self.relation.column("code"), row.code):
            self._refuse(row, "code", row.code)
        found: Moments = []
        for day, values in ((row.from_day, row.values), *row.later):
            if not FIRST_DAY <= day < FAR_DAY:
                self._find(row, "import/day", "", day, _NO_DAY)
            elif found and day <= found[-1][0]:
                self._find(row, "import/order", "", day, _NOT_LATER)
            found.append((day, self._columns(row, values)))
        return found if len(self.findings) == before else None

    def is_complete(self, row: Staged, values: Columns) -> bool:
        """Tell whether a new record has what it needs; notice what it lacks."""
        missing = [column for column in self.required if values.get(column.name) in (None, "")]
        for column in missing:
            message = Text(
                f"新的{self.relation.label.zh} {row.code} 没有「{column.label.zh}」。",
                f"{self.relation.label.en} {row.code} is new and has no {column.label.en}.",
            )
            self._find(row, "import/incomplete", column.name, "", message)
        return not missing

    def _columns(self, row: Staged, values: Mapping[str, StagedValue]) -> Columns:
        found: Columns = {}
        for name, value in values.items():
            read = self.readers.get(name)
            stored = UNKNOWN if read is None else read(value)
            if stored is UNKNOWN:
                self._refuse(row, name, value)
            else:
                found[name] = stored
        return found

    def _refuse(self, row: Staged, name: str, value: StagedValue) -> None:
        names = {column.name: column for column in self.relation.columns}
        if name not in names:
            self._find(row, "import/column", name, value, Text(f"没有列 {name}。", f"There is no column {name}."))
            return
        column, label = names[name], names[name].label
        if column.kind == "ref" and isinstance(value, str) and value:
            message = Text(f"「{label.zh}」里没有 {value}。", f"{label.en}: there is no {value}.")
            self._find(row, f"{self.relation.name}/unknown-{column.ref}", name, value, message)
            return
        problem = problem_of(column, value) or Text("不是编号。", "It is no code.")
        message = Text(f"「{label.zh}」不能是「{value}」。", f"{label.en} cannot be “{value}”.")
        self._find(row, "import/value", name, value, message, problem)

    def _find(
        self, row: Staged, rule: str, column: str, value: object, message: Text, remedy: Text | None = None
    ) -> None:
        way_out = remedy or Text(
            "改正这一行，或先导入它引用的记录。", "Correct the row, or import what it refers to first."
        )
        found = Finding(rule, message, way_out, sheet=row.sheet, row=row.row, column=column, value=str(value))
        self.findings.append(found)


_NO_DAY = Text("日期不在 1970 至 9999 年之间。", "The day is not between 1970 and 9999.")
_NOT_LATER = Text("历史里的日期没有按先后排列。", "The days of the history are not in order.")


def _reader(column: Column, numbers: Mapping[str, Mapping[str, int]]) -> Callable[[StagedValue], object]:
    """Return the function from a value of a file to what is stored; UNKNOWN for what is not possible."""
    if column.kind == "ref":
        return _reference(column, numbers.get(column.ref, {}))
    if column.kind == "choice":
        return _choice(column)
    if column.is_label:
        return lambda value: UNKNOWN if problem_of(column, value) else kept(column, value or "")
    lowest, highest = range_of(column)
    nullable = column.nullable

    def number(value: StagedValue) -> object:
        if value.__class__ is int and lowest <= value <= highest:
            return value
        return None if nullable and value in (None, "") else UNKNOWN

    return number


def _reference(column: Column, numbers: Mapping[str, int]) -> Callable[[StagedValue], object]:
    blank: object = None if column.nullable else 0 if column.default == 0 else UNKNOWN

    def reference(value: StagedValue) -> object:
        return blank if value in (None, "") else numbers.get(value, UNKNOWN)  # type: ignore[arg-type]

    return reference


def _choice(column: Column) -> Callable[[StagedValue], object]:
    known = {number for number, _, _ in column.choices}
    blank: object = None if column.nullable else column.default if column.default is not None else UNKNOWN
    return lambda value: value if value in known else blank if value in (None, "") else UNKNOWN
