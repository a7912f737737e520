"""A mapping (导入映射) says what the columns of somebody else's files mean here.

For each sheet or file: which relations its rows yield, which of our columns takes which
of its columns, which values mean another one, and from which day a row holds. It is
data: a YAML file that a user can write (``mapping_file``), or one made from our own
headers (``own_headers``). Nothing here reads a row; ``drafting`` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation, csv_name
from dacheng.core.schema import RELATIONS
from dacheng.exchange.dates import DateOrder

# Where a value comes from ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FromColumn:
    """The cell of a column of the file."""

    column: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """The record that a cell names, where there is one; where there is none the row says nothing of it."""

    column: str


@dataclass(frozen=True, slots=True)
class Constant:
    """The same text for every row."""

    text: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The cells of several columns as one text; blank ones are left out."""

    columns: tuple[str, ...]
    between: str


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first cell of several columns that is not blank."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakenFrom:
    """A column of the record that a reference of the same row points to, such as a list price.

    Args:
        reference: our own reference column.
        column: column of the relation it points to.
    """

    reference: str
    column: str


@dataclass(frozen=True, slots=True)
class TopUnit:
    """The unit at the top of the company."""


@dataclass(frozen=True, slots=True)
class HomeOf:
    """The unit where a person is at home: in the month of the row, else on its first day.

    Args:
        reference: our own column that names the person.
    """

    reference: str


@dataclass(frozen=True, slots=True)
class RowNumber:
    """The number of the row in its sheet: the only code where a file has none."""


@dataclass(frozen=True, slots=True)
class ImportDay:
    """The day of the import: what has no day of its own begins when we learn of it."""


@dataclass(frozen=True, slots=True)
class DayFrom:
    """The first day that stands in one of the columns; where none does, the import's day, or always."""

    columns: tuple[str, ...]
    otherwise: Literal["import", "always"]


@dataclass(frozen=True, slots=True)
class OwnDay:
    """The day that the record itself counts on.

    Args:
        name: our own column of that day.
    """

    name: str


@dataclass(frozen=True, slots=True)
class MadeOf:
    """A code made of what the record is about, for figures that have none.

    Args:
        names: our own columns, references by code.
        column: column of the file that goes before them; empty = none.
    """

    names: tuple[str, ...]
    column: str = ""


@dataclass(frozen=True, slots=True)
class MonthTitle:
    """The month that the title of a month's column names; the row is read once for each."""


@dataclass(frozen=True, slots=True)
class MonthCell:
    """The cell under that title."""


Origin: TypeAlias = (
    FromColumn
    | Recognised
    | Constant
    | Joined
    | FirstOf
    | TakenFrom
    | TopUnit
    | HomeOf
    | RowNumber
    | ImportDay
    | DayFrom
    | OwnDay
    | MadeOf
    | MonthTitle
    | MonthCell
)


def columns_read(origin: Origin) -> tuple[str, ...]:
    """Return the columns of the file that a value is made of."""
    if isinstance(origin, FromColumn | Recognised):
        return (origin.column,)
    if isinstance(origin, MadeOf):
        return (origin.column,) if origin.column else ()
    return origin.columns if isinstance(origin, Joined | FirstOf | DayFrom) else ()


FEW = frozenset({"stages", "loss_reasons", "expense_categories", "products", "measures", "units"})
"""Relations of few records, whose words are explained one by one."""

BY_MONTH = {"targets": "ym", "actuals": "day"}
"""Relations of which each month may have a column, and which of our columns its title fills."""


# What is done with the columns of a file ---------------------------------------------------------

Filling = Literal["", "filled", "blank"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one cell.

    Args:
        filling: ``filled`` or ``blank``; empty = compare with ``values``.
        values: folded texts, one of which the cell must be.
        negated: the cell must be none of them.
    """

    column: str
    filling: Filling = ""
    values: frozenset[str] = frozenset()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """How one column of the file is read.

    Args:
        key: what the mapping calls it.
        titles: header keys it is looked for under, in this order.
        aliases: a text exactly as it is written -> what it means.
        words: folded text -> what it means, a table that ships; an alias goes before it.
        expected: texts that are usual; another one is kept, and told once with the nearest.
        unit: what a bare number counts, a key of ``MONEY_UNITS``.
        optional: the file may lack it; it then counts as blank.
        split: what stands between several values of one cell; empty = a cell is one value.
        part: which of them is read: 1 is the first, -1 the last.
        fixed: what every row has here; the file has no such column.
    """

    key: str
    titles: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[str, ...] = ()
    unit: str = "元"
    dates: DateOrder = ""
    percent: bool = False
    optional: bool = False
    split: str = ""
    part: int = 1
    fixed: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_looked_at(self) -> bool:
        """Tell whether its texts are looked at before anything reads them."""
        return bool(self.aliases or self.words or self.expected or self.split or self.fixed)


@dataclass(frozen=True, slots=True)
class Step:
    """What changes in a record from a day on."""

    since: Origin
    values: Mapping[str, Origin]
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class RowRule:
    """What one row yields in one relation.

    Args:
        values: our column -> where it comes from.
        since: the first day; None = always.
        when: rows that yield it; empty = all.
        steps: dated changes; the first that applies begins the record.
        repeats: the same record may stand in many rows (a team beside each of its people).
        history: rows of one key with different first days are its history.
        until: column of the day after the last one of such a row; empty = the file has none.
        keyed_by_name: the file has no code, so the name is one; a record of that name is the same one.
        only_new: a record that stands already is left alone.
    """

    relation: str
    values: Mapping[str, Origin]
    since: Origin | None = None
    when: tuple[Condition, ...] = ()
    steps: tuple[Step, ...] = ()
    repeats: bool = False
    history: bool = False
    until: str = ""
    keyed_by_name: bool = False
    only_new: bool = False

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns of the file that it reads."""
        origins = [*self.values.values(), *([self.since] if self.since else [])]
        conditions = list(self.when)
        for step in self.steps:
            origins += [step.since, *step.values.values()]
            conditions += step.when
        read = {column for origin in origins for column in columns_read(origin)}
        return frozenset(read | {condition.column for condition in conditions} | {self.until} - {""})

    @property
    def origins(self) -> tuple[tuple[str, Origin], ...]:
        """Return our columns with where their values come from, those of the steps too."""
        return tuple(one for values in (self.values, *(step.values for step in self.steps)) for one in values.items())

    @property
    def by_month(self) -> bool:
        """Tell whether a row is read once for each month's column."""
        return any(isinstance(origin, MonthTitle | MonthCell) for origin in self.values.values())


@dataclass(frozen=True, slots=True)
class FileRule:
    """What one sheet or file yields.

    Args:
        names: patterns (``*``, ``?``) of the file's or the sheet's name; empty = found by its headers.
        where: rows that are read; empty = all.
        header_row: its row number, where it cannot be found.
        year_column: column that names the year of months written without one.
        months: title of a month's column -> its number, where it is no usual name of a month.
        year_amount: column of a year's amount, which is split evenly into its months.
        currency_column: column that names the currency of a row's money.
    """

    names: tuple[str, ...]
    columns: Mapping[str, ColumnRule]
    yields: tuple[RowRule, ...]
    where: tuple[Condition, ...] = ()
    header_row: int | None = None
    year_column: str = ""
    months: Mapping[str, int] = field(default_factory=dict)
    year_amount: str = ""
    currency_column: str = ""

    @property
    def worded_columns(self) -> dict[str, tuple[str, Column]]:
        """Return the columns whose words are explained one by one, each with the relation and column it fills."""
        found: dict[str, tuple[str, Column]] = {}
        for row in self.yields:
            for name, origin in row.origins:
                column = RELATIONS[row.relation].column(name)
                if isinstance(origin, FromColumn | Recognised) and (column.ref in FEW or column.choices):
                    found.setdefault(origin.column, (row.relation, column))
        return found

    @property
    def title(self) -> str:
        """Return how messages name it."""
        return " · ".join(self.names) or ", ".join(list(self.columns)[:4])


@dataclass(frozen=True, slots=True)
class Founding:
    """The company that a first import into an empty database founds."""

    name: str
    code: str
    currency: str


@dataclass(frozen=True, slots=True)
class FixedRow:
    """A record that no file brings, such as a stage; column -> text as in a file of ours."""

    relation: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """What the files of one system mean here.

    Args:
        name: what the command line calls it.
        source: the system; rows are keyed by (source, code).
        currency: of all its money; empty = the company's.
    """

    name: str
    label: Text
    source: str
    files: tuple[FileRule, ...]
    currency: str = ""
    company: Founding | None = None
    records: tuple[FixedRow, ...] = ()

    @property
    def relations(self) -> tuple[str, ...]:
        """Return the relations it yields, in the order in which references point backwards."""
        named = {row.relation for row in self.records}
        named |= {rule.relation for file in self.files for rule in file.yields}
        return tuple(name for name in RELATIONS if name in named)


# Our own columns, as a mapping names them ----------------------------------------------------------

OF_PLANS = ("plans", "plan_rows", "plan_terms", "plan_cells", "plan_talks", "plan_adjustments", "plan_factors")
OF_ESTIMATES = ("estimates", "estimate_inputs", "inventory_lines")
OF_BUDGETS = ("budgets", "budget_lines", "budget_cells", "releases")
OF_CHECKLISTS = ("checklist_templates", "checklist_items")
OF_DELIVERY = ("projects", "milestones")
OF_DUNNING = ("dunning_steps", "promises")
OF_STRATEGY = ("themes", "goals", "goal_deals", "deal_strategy", "ogsm_nodes")
NOT_IMPORTED = frozenset(
    {
        "grants", "calendar", "deal_contacts", *OF_PLANS, *OF_ESTIMATES, *OF_BUDGETS, *OF_STRATEGY, *OF_CHECKLISTS,
        *OF_DELIVERY, *OF_DUNNING,
    }
)  # fmt: skip
"""Relations that no file brings: rights are given by people, the calendar has a page of its own, and key people
of deals are set on the deal, because the systems we import from hold one part of a contact for all deals. A plan
comes back as a workbook of its own, compared cell by cell. An estimate is typed and its inventory pasted on their
own pages, where rights and verdicts are asked line by line. A budget is made from targets and released by approval.
The strategy is agreed on its pages, goal by goal. A checklist begins with its template and is ticked. A delivery
project is planned with its contract, and its milestones give terms their due day at the moment they are reached. What
is done to collect and what is promised is recorded term by term, where what is open of it is asked."""


POSTINGS = ("recognitions", "invoices", "receipts", "allocations", "write_offs")
COUNT_ON_THEIR_DAY = dict.fromkeys(("actuals", "expenses", "factor_figures", *POSTINGS), "day")
"""Relations whose rows hold from the day that they count on, and the column of that day."""


def typed_columns(relation: Relation) -> dict[str, Column]:
    """Return the columns that a file may set, by the name that a CSV of ours has."""
    own = relation.key[0] if relation.entity else ""
    return {csv_name(one.name): one for one in relation.columns if one.name != own and not one.derived}


def key_columns(relation: Relation) -> tuple[str, ...]:
    """Return the columns by which a row is found again."""
    return ("code",) if relation.entity else relation.key


def is_required(column: Column) -> bool:
    """Tell whether a new record needs the column."""
    return not column.nullable and column.default is None and not column.derived


def is_needed(relation: str, column: Column) -> bool:
    """Tell whether a row of a relation cannot do without the column: a new record needs it, or it is its key."""
    return is_required(column) or (column.name in key_columns(RELATIONS[relation]) and column.default is None)
