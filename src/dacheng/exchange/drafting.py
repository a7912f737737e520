"""Rows of a file as drafts of our records: cells are read, references still wait (草稿).

A draft knows where it stood. A cell that cannot be read refuses its row and never hides
what is wrong with the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

from dacheng.core.errors import Text
from dacheng.core.money import split
from dacheng.core.period import FAR_DAY, FIRST_DAY, MONTHS_PER_YEAR, date_of, last_day_of
from dacheng.core.relation import Column
from dacheng.core.schema import RELATIONS
from dacheng.exchange.cell_parts import currencies_named, part_of
from dacheng.exchange.cells import Cell
from dacheng.exchange.drafts import Awaited, Draft, DraftValue, DraftValues, Home, Keyed, Reference, Top
from dacheng.exchange.layout import Header, SheetTable, TableRow
from dacheng.exchange.likeness import nearest
from dacheng.exchange.mapping import (
    ColumnRule,
    Condition,
    Constant,
    DayFrom,
    FileRule,
    FirstOf,
    FromColumn,
    HomeOf,
    ImportDay,
    Joined,
    MadeOf,
    MonthCell,
    MonthTitle,
    Origin,
    OwnDay,
    Recognised,
    RowNumber,
    RowRule,
    Step,
    TakenFrom,
    TopUnit,
    columns_read,
    is_needed,
)
from dacheng.exchange.noticing import Noticed, Place, Shared
from dacheng.exchange.problems import Notes, ValueProblem
from dacheng.exchange.texts import folded, header_key
from dacheng.exchange.typed_cells import LABEL_LIMIT, typed
from dacheng.exchange.values import parse_month, parse_text

FIRST = Column("from_day", "day", Text("起始日", "First day"))
LAST = Column("to_day", "day", Text("截止日", "Last day"), nullable=True)
"""How a first day, and the day after the last, are read."""

READ = (FromColumn, Constant, Joined, FirstOf, DayFrom)
"""Origins of a value that stands in cells, or in the mapping as if it did."""


class MonthColumn(NamedTuple):
    """A month of one row: a column whose title names it, or its share of a year's amount.

    Args:
        share: minor units, where the amount is a share.
    """

    title: str
    ym: int
    cell: Cell = None
    share: int | None = None


class Read(NamedTuple):
    """A cell with the title it stood under and how its column is read."""

    cell: Cell
    title: str = ""
    key: str = ""
    rule: ColumnRule | None = None


Mark: TypeAlias = Cell | tuple[type, Cell]
"""What a cell is remembered by: a text as itself, any other with its type, since 1, 1.0 and True are equal."""


class Plain(NamedTuple):
    """A column of ours that takes one cell as it stands.

    Args:
        before: what cells of the column were read as so far.
        blank: what a blank cell sets; None where it refuses the row. told: what is noticed of it.
    """

    name: str
    key: str
    before: Mapping[Mark, DraftValue]
    blank: DraftValues | None
    told: Shared | None


class Planned(NamedTuple):
    """What fills one column of ours.

    Args:
        is_read: from cells, or from the mapping as if it were one.
    """

    name: str
    column: Column
    origin: Origin
    is_read: bool
    plain: Plain | None


@dataclass
class TableReader:
    """Reads the rows of one table by one file rule.

    Args:
        number: the table's place among those of the import.
        aliases: column key -> text -> meaning, confirmed by a person; they go before the mapping's own.
        currency: ISO code of the money; a cell in another one is refused.
    """

    number: int
    table: SheetTable
    rule: FileRule
    noticed: Noticed
    on_day: int
    currency: str = ""
    from_1904: bool = False
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _read_before: dict[tuple[str, str], dict[Mark, DraftValue]] = field(default_factory=dict)
    _plans: dict[tuple[int, int], list[Planned]] = field(default_factory=dict)

    @cached_property
    def headers(self) -> dict[str, Header]:
        """Return the header of each column that the table has, by the mapping's key."""
        return headers_of(self.table, self.rule)

    @cached_property
    def _translated(self) -> dict[str, ColumnRule]:
        """Return the columns whose texts are looked at before anything reads them."""
        rules = self.rule.columns.items()
        return {key: one for key, one in rules if one.is_looked_at or key in self.aliases}

    def drafts(self, each: Callable[[Iterable[TableRow]], Iterable[TableRow]] = iter) -> Iterator[Draft]:
        """Yield the drafts of all rows.

        Args:
            each: yields rows as they are, telling somebody how many went by.
        """
        rules = [(rule, rule.by_month) for rule in self.rule.yields]
        for row in each(self.table.rows):
            cells = self._cells(row)
            if not self._meets_all(self.rule.where, cells):
                self._share("left-out", row.number)
                continue
            place = Place(self.number, row.number)
            if self.rule.currency_column and not self._is_in_our_money(cells, place):
                continue
            self._count_words(row)
            for rule, by_month in rules:
                if self._meets_all(rule.when, cells):
                    months: Sequence[MonthColumn | None] = self._months(row, cells) if by_month else (None,)
                    drafts = (self._draft(rule, cells, place, month) for month in months)
                    yield from (draft for draft in drafts if draft is not None)

    # Cells -----------------------------------------------------------------------------------

    @cached_property
    def _worded(self) -> dict[str, ColumnRule]:
        """Return the columns whose words are counted, as far as the table has them."""
        return {key: self.rule.columns[key] for key in self.rule.worded_columns if key in self.headers}

    def _count_words(self, row: TableRow) -> None:
        """Count the words of columns of which each is explained, as they are written."""
        for key, rule in self._worded.items():
            cell = row.cells[self.headers[key].key]
            text = text_of(part_of(cell, rule.split, rule.part) if rule.split else cell)
            if text is not None:
                self.noticed.word(text, self.number, key)

    @cached_property
    def _titles_of_keys(self) -> list[tuple[str, str | None]]:
        """Return each column's key with the header it stands under, where the table has it."""
        return [(key, self.headers[key].key if key in self.headers else None) for key in self.rule.columns]

    def _cells(self, row: TableRow) -> dict[str, Cell]:
        """Return the cells by the mapping's keys, aliases replaced; a column that is not there is blank."""
        there = row.cells
        cells = {key: there[title] if title is not None else None for key, title in self._titles_of_keys}
        for key, rule in self._translated.items():
            cells[key] = self._meant(key, rule, cells[key], row.number)
        return cells

    def _is_in_our_money(self, cells: Mapping[str, Cell], place: Place) -> bool:
        """Refuse a row that names another currency; a blank cell names none."""
        column = self.rule.currency_column
        text = text_of(cells[column])
        if text is None or not self.currency or self.currency in currencies_named(text):
            return True
        message = Text(f"这一行是 {text}，公司是 {self.currency}。", f"The row is in {text}, not {self.currency}.")
        remedy = Text(f"换算成 {self.currency} 再导入。", f"Convert it to {self.currency} first.")
        self.noticed.refuse("import/currency", place, message, remedy, self._title_of(column), text)
        return False

    def _meant(self, key: str, rule: ColumnRule, cell: Cell, row: int) -> Cell:
        if rule.fixed:
            return rule.fixed
        if rule.split:
            cell = part_of(cell, rule.split, rule.part)
        text = text_of(cell)
        if text is None:
            return cell
        meant = self.aliases.get(key, {}).get(text, rule.aliases.get(text))
        if meant is None and rule.words:
            meant = rule.words.get(folded(text))
        if meant is not None:
            self._share("alias", row, key, text, meant)
            return meant
        if rule.expected and text not in rule.expected:
            self._share("unusual", row, key, text, nearest(text, rule.expected))
        return cell

    def _share(self, kind: str, row: int, key: str = "", value: str = "", meant: str = "") -> None:
        self.noticed.share(Shared(kind, self.number, self._title_of(key), key, value, meant), row)

    def _meets_all(self, conditions: Sequence[Condition], cells: Mapping[str, Cell]) -> bool:
        return all(_meets(condition, cells[condition.column]) for condition in conditions)

    def _months(self, row: TableRow, cells: Mapping[str, Cell]) -> list[MonthColumn]:
        """Return the months of a row: filled cells whose title names one, or the shares of a year's amount."""
        mapped = {header.position for header in self.headers.values()}
        year = _year(cells.get(self.rule.year_column))
        if self.rule.year_amount:
            return self._shares(year, cells, Place(self.number, row.number))
        found = []
        for header in self.table.headers:
            cell = row.cells[header.key]
            if header.position in mapped or text_of(cell) is None:
                continue
            try:
                ym = self._month_of(header, year)
            except ValueProblem as problem:
                if problem.rule == "month/no-year":
                    self.noticed.cell(problem, Place(self.number, row.number), header.title)
                continue
            if ym is not None:
                found.append(MonthColumn(header.title, ym, cell))
        return found

    def _month_of(self, header: Header, year: int | None) -> int | None:
        number = self.rule.months.get(header_key(header.key))
        return parse_month(f"{number}月" if number else header.title, year=year)

    def _shares(self, year: int | None, cells: Mapping[str, Cell], place: Place) -> list[MonthColumn]:
        """Return the twelve equal shares of a year's amount; they add up to it."""
        key = self.rule.year_amount
        if year is None:
            message = Text("没有年份，不知是哪一年的。", "The row names no year.")
            remedy = Text("请补上年份，例如 2026。", "Fill in the year, such as 2026.")
            self.noticed.refuse("import/missing-value", place, message, remedy, self._title_of(self.rule.year_column))
            return []
        amount = RELATIONS["targets"].column("amount")
        total = self._parsed(self.rule.yields[0], amount, self._read(FromColumn(key), cells, None), place)
        if not isinstance(total, int):
            return []
        shares = split(total, [1] * MONTHS_PER_YEAR).tolist()
        first = MONTHS_PER_YEAR * year
        return [MonthColumn(self._title_of(key), first + at, share=share) for at, share in enumerate(shares)]

    # Records ---------------------------------------------------------------------------------

    def _draft(self, rule: RowRule, cells: Mapping[str, Cell], place: Place, month: MonthColumn | None) -> Draft | None:
        reasons = len(self.noticed.refused.get(place, ()))
        if rule.steps:
            draft = self._stepped(rule, cells, place)
        else:
            since = self._day(rule, rule.since, cells, place)
            values = self._values(rule, self._plan(rule), cells, place, month)
            undated = not rule.history and self._is_undated(rule.since, cells)
            if isinstance(rule.since, OwnDay):
                since = _own_day(values.get(rule.since.name))
            draft = Draft(rule.relation, values, since, rule, place, undated=undated)
            if rule.until:
                draft.until = self._last_day(rule, cells, place)
        return draft if len(self.noticed.refused.get(place, ())) == reasons else None

    def _stepped(self, rule: RowRule, cells: Mapping[str, Cell], place: Place) -> Draft | None:
        """Return a record with its history: the first step that applies begins it."""
        steps = [step for step in rule.steps if self._meets_all(step.when, cells)]
        days = [self._day(rule, step.since, cells, place) for step in steps]
        if not steps or place in self.noticed.refused or not self._in_order(steps, days, place):
            self._explain_no_step(steps, place)
            return None
        first = self._values(rule, self._plan(rule, steps[0], begins=True), cells, place)
        draft = Draft(rule.relation, first, days[0], rule, place, undated=self._is_undated(steps[0].since, cells))
        for day, step in zip(days[1:], steps[1:], strict=True):
            changed = self._values(rule, self._plan(rule, step), cells, place)
            last_day, last = draft.later[-1] if draft.later else (draft.since, draft.values)
            if day == last_day:
                last |= changed
            else:
                draft.later.append((day, changed))
        return draft

    def _explain_no_step(self, steps: Sequence[Step], place: Place) -> None:
        if not steps:
            message = Text("没有一步适用于这一行，不知从哪天算起。", "None of the steps fits this row.")
            remedy = Text("检查映射里 steps 的 when。", "Check “when” of the steps in the mapping.")
            self.noticed.refuse("import/no-step", place, message, remedy)

    def _in_order(self, steps: Sequence[Step], days: Sequence[int], place: Place) -> bool:
        for at in range(1, len(days)):
            if days[at] < days[at - 1]:
                late, early = (f"{self._title(steps[one].since)} {date_of(days[one])}" for one in (at - 1, at))
                message = Text(f"{early} 早于 {late}。", f"{early} is before {late}.")
                remedy = Text("请核对两个日期。", "Check both dates.")
                self.noticed.refuse("import/days-reversed", place, message, remedy, self._title(steps[at].since))
                return False
        return True

    def _day(self, rule: RowRule, origin: Origin | None, cells: Mapping[str, Cell], place: Place) -> int:
        """Return the first day of a record; a day that cannot be read refuses the row."""
        if isinstance(origin, DayFrom) and self._is_undated(origin, cells):
            origin = ImportDay() if origin.otherwise == "import" else None
        if origin is None or isinstance(origin, OwnDay):
            return FIRST_DAY
        if isinstance(origin, ImportDay):
            label = RELATIONS[rule.relation].label
            self.noticed.share(Shared("undated", self.number, label=label), place.row)
            return self.on_day
        value = self._parsed(rule, FIRST, self._read(origin, cells, None), place)
        return value if isinstance(value, int) else FIRST_DAY

    def _last_day(self, rule: RowRule, cells: Mapping[str, Cell], place: Place) -> int | None:
        value = self._parsed(rule, LAST, self._read(FromColumn(rule.until), cells, None), place)
        return value if isinstance(value, int) and value != FAR_DAY else None

    def _is_undated(self, origin: Origin | None, cells: Mapping[str, Cell]) -> bool:
        """Tell whether a row does not say since when it holds."""
        if isinstance(origin, DayFrom):
            return all(text_of(cells[key]) is None for key in origin.columns)
        return origin is None or isinstance(origin, ImportDay)

    # Values ----------------------------------------------------------------------------------

    def _values(
        self,
        rule: RowRule,
        plan: Sequence[Planned],
        cells: Mapping[str, Cell],
        place: Place,
        month: MonthColumn | None = None,
    ) -> DraftValues:
        values: DraftValues = {}
        for name, column, origin, is_read, plain in plan:
            if plain is not None and self._take_plain(plain, cells[plain.key], values, place):
                continue
            if isinstance(origin, Recognised):
                values |= self._recognised(rule, column, origin, cells, place)
                continue
            if not is_read and not _is_amount_of_month(origin, month):
                given = self._given(origin, place, month, cells)
                values[name] = given if column.kind != "day" or not isinstance(origin, MonthTitle) else _end_of(given)
                continue
            value = self._parsed(rule, column, self._read(origin, cells, month), place)
            if value is not None or column.nullable or column.is_label:
                values[name] = value if value is not None or not column.is_label else ""
        return values

    def _plan(self, rule: RowRule, step: Step | None = None, *, begins: bool = False) -> list[Planned]:
        """Return what fills each column, worked out once for all rows.

        Args:
            step: only what changes with it; begins: and all that the row says beside.
        """
        mark = (id(rule), id(step) * 2 + begins if step else 0)
        if mark not in self._plans:
            origins = {**(rule.values if begins or step is None else {}), **(step.values if step else {})}
            relation = RELATIONS[rule.relation]
            self._plans[mark] = [
                Planned(name, relation.column(name), one, isinstance(one, READ), self._plain(rule, name, one))
                for name, one in origins.items()
            ]
        return self._plans[mark]

    def _plain(self, rule: RowRule, name: str, origin: Origin) -> Plain | None:
        """Return a column that takes one cell as it stands; None for any other."""
        if not isinstance(origin, FromColumn):
            return None
        relation, key = RELATIONS[rule.relation], origin.column
        column = relation.column(name)
        before = self._read_before.setdefault((name, key), {})
        blank: DraftValues = {name: "" if column.is_label else None} if column.nullable or column.is_label else {}
        told = Shared("blank", self.number, self._title_of(key), key, label=column.label)
        is_told = column.kind == "ref" and column.nullable
        return Plain(name, key, before, None if is_needed(rule.relation, column) else blank, told if is_told else None)

    def _take_plain(self, plain: Plain, cell: Cell, values: DraftValues, place: Place) -> bool:
        """Take a cell that is blank, or like one that was read before; tell whether that was all."""
        if cell is None and plain.blank is not None:
            if plain.told is not None:
                self.noticed.share(plain.told, place.row)
            values |= plain.blank
            return True
        value = plain.before.get(cell if cell.__class__ is str else (cell.__class__, cell))
        if value is None:
            return False
        values[plain.name] = value
        return True

    def _given(self, origin: Origin, place: Place, month: MonthColumn | None, cells: Mapping[str, Cell]) -> DraftValue:
        """Return a value that no cell holds."""
        match origin:
            case TakenFrom():
                return Awaited(origin.reference, origin.column)
            case TopUnit():
                return Top()
            case HomeOf():
                return Home(origin.reference)
            case MadeOf():
                return Keyed((text_of(cells[origin.column]) or "") if origin.column else "", origin.names)
            case RowNumber():
                return str(place.row)
            case ImportDay():
                return self.on_day
            case MonthTitle():
                return month.ym if month else None
            case _:
                return month.share if month else None

    def _recognised(
        self, rule: RowRule, column: Column, origin: Recognised, cells: Mapping[str, Cell], place: Place
    ) -> DraftValues:
        """Return the record that a cell may name; nothing where it is blank, so that what stands stays."""
        value = self._parsed(rule, column, self._read(origin, cells, None), place)
        return {column.name: value._replace(lenient=True)} if isinstance(value, Reference) else {}

    def _read(self, origin: Origin, cells: Mapping[str, Cell], month: MonthColumn | None) -> Read:
        if isinstance(origin, Constant):
            return Read(origin.text)
        if isinstance(origin, MonthCell) and month is not None:
            return Read(month.cell, month.title, rule=next(iter(self.rule.columns.values()), None))
        keys = columns_read(origin)
        if isinstance(origin, Joined):
            texts = [text for key in keys if (text := text_of(cells[key]))]
            return Read(origin.between.join(texts)[:LABEL_LIMIT], self._title_of(keys[0]), keys[0])
        key = next((one for one in keys if text_of(cells[one]) is not None), keys[0]) if len(keys) > 1 else keys[0]
        return Read(cells[key], self._title_of(key), key, self.rule.columns[key])

    def _parsed(self, rule: RowRule, column: Column, read: Read, place: Place) -> DraftValue:
        """Return the value of a cell; None where it is blank or cannot be read, which is noticed."""
        try:
            value = self._remembered(column, read, place)
        except ValueProblem as problem:
            self.noticed.cell(problem, place, read.title)
            return None
        if value is None:
            self._notice_blank(rule, column, read, place)
        return value

    def _remembered(self, column: Column, read: Read, place: Place) -> DraftValue:
        """Read a cell only once for a column; amounts, and numbers as texts, are read each time, for their notes."""
        is_text = isinstance(read.cell, str)
        if column.kind == "money" or (column.kind in ("text", "ref") and not is_text):
            return self._typed(column, read, place)
        before = self._read_before.setdefault((column.name, read.key), {})
        mark: Mark = read.cell if is_text else (type(read.cell), read.cell)
        if mark not in before:
            before[mark] = self._typed(column, read, place)
        return before[mark]

    def _typed(self, column: Column, read: Read, place: Place) -> DraftValue:
        notes: Notes = []
        value = typed(column, read.cell, read.rule, currency=self.currency, from_1904=self.from_1904, notes=notes)
        for note in notes:
            self.noticed.cell(note, place, read.title)
        return Reference(value, read.title, read.key) if column.kind == "ref" and isinstance(value, str) else value

    def _notice_blank(self, rule: RowRule, column: Column, read: Read, place: Place) -> None:
        """Refuse a row without what it needs; tell once how many lack a reference they may lack."""
        if is_needed(rule.relation, column):
            message = Text(f"缺少{column.label.zh}。", f"{column.label.en} is missing.")
            remedy = Text("请补上这一格。", "Fill the cell.")
            self.noticed.refuse("import/missing-value", place, message, remedy, read.title)
        elif column.kind == "ref" and column.nullable:
            self.noticed.share(Shared("blank", self.number, read.title, read.key, label=column.label), place.row)

    def _title(self, origin: Origin) -> str:
        keys = columns_read(origin)
        return self._title_of(keys[0]) if keys else "导入日 import day" if isinstance(origin, ImportDay) else ""

    def _title_of(self, key: str) -> str:
        return self.headers[key].title if key in self.headers else key


def headers_of(table: SheetTable, rule: FileRule) -> dict[str, Header]:
    """Return the header of each column of a rule that a table has, by the mapping's key."""
    there = {header_key(header.key): header for header in table.headers}
    found = {key: [there[title] for title in one.titles if title in there] for key, one in rule.columns.items()}
    return {key: headers[0] for key, headers in found.items() if headers}


def _own_day(value: DraftValue) -> int:
    """Return the day that a record counts on; any where its cell could not be read, which refuses the row."""
    return value if isinstance(value, int) else FIRST_DAY


def _end_of(month: DraftValue) -> DraftValue:
    """Return the last day of a month: a monthly figure counts on it."""
    return last_day_of(month) if isinstance(month, int) else None


def text_of(cell: Cell) -> str | None:
    """Return a cell as text, None where nothing is; what cannot be read says so where it is used."""
    return _text_of_text(cell) if isinstance(cell, str) else _text_of(cell)


def _is_amount_of_month(origin: Origin, month: MonthColumn | None) -> bool:
    """Tell whether an origin is the cell under a month's title, and not a share of a whole year."""
    return isinstance(origin, MonthCell) and (month is None or month.share is None)


@lru_cache(maxsize=65_536)
def _text_of_text(cell: str) -> str | None:
    """Remember texts: the same names stand in row after row."""
    return _text_of(cell)


def _text_of(cell: Cell) -> str | None:
    try:
        return parse_text(cell)
    except ValueProblem as problem:
        return problem.value or None


def _meets(condition: Condition, cell: Cell) -> bool:
    text = text_of(cell)
    if condition.filling:
        return (text is not None) == (condition.filling == "filled")
    return (folded(text or "") in condition.values) != condition.negated


def _year(cell: Cell) -> int | None:
    text = "" if cell is None else folded(str(cell)).removesuffix("年")
    return int(text) if text.isdecimal() and len(text) == len("2026") else None
