"""Target cells (目标格) as they are set: every unit's and person's own, with the version to change it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dacheng.core.book import Book, Rows
from dacheng.core.filtering import between, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.period import date_of, parse_period, ym_text
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name, Names
from dacheng.service.questions import identified
from dacheng.service.seeing import SeenNames
from dacheng.service.settings import currency
from dacheng.store.queries.targets import cell_records

CELLS = (
    "SELECT unit_id, person_id, measure_id, ym, amount FROM targets {where} ORDER BY unit_id, person_id, measure_id, ym"
)
UNIT_OWN = 0


@dataclass(frozen=True, slots=True)
class TargetCell:
    """A cell; ``person`` None = the unit's own, ``amount`` in minor units, None = no target."""

    unit: Name
    person: Name | None
    measure: Name
    month: str
    amount: int | None
    version: int


@dataclass(frozen=True, slots=True)
class TargetCells:
    """The cells that hold on a day."""

    as_of: str
    currency: str
    rows: Sequence[TargetCell]


def target_cells(book: Book, *, unit: str = "", person: str = "", measure: str = "", period: str = "") -> TargetCells:
    """Return the cells that hold on the Book's day, of the fiscal year of that day unless another period is named.

    Args:
        unit, person, measure: codes or names; a unit stands for everything below it too.

    Raises:
        RuleError: one of them is not known, or the period is none.
    """
    names = SeenNames(book, DatabaseNames())
    fiscal = book.rules.fiscal
    span = parse_period(period, fiscal) if period else fiscal_year_of(book, None)
    wanted = between("ym", span.from_ym, span.to_ym) & in_unit(book, _id("units", unit, names))
    wanted = wanted & equal(person_id=_id("people", person, names), measure_id=_id("measures", measure, names))
    rows = book.gather(CELLS.format(where=wanted.where), **wanted.params)
    return TargetCells(date_of(book.as_of_day).isoformat(), currency(), _cells(rows, names, span.from_ym, span.to_ym))


def _id(relation: str, text: str, names: Names) -> int | None:
    return identified(relation, text, names) if text else None


def _cells(rows: Rows, names: Names, from_ym: int, to_ym: int) -> list[TargetCell]:
    columns = {name: column.tolist() for name, column in rows.columns.items()}
    named = {
        relation: names.names(relation, set(columns[column]))
        for relation, column in (("units", "unit_id"), ("people", "person_id"), ("measures", "measure_id"))
    }
    versions = {
        (measure, *key): one.version
        for measure in set(columns["measure_id"])
        for key, one in cell_records(set(columns["unit_id"]), measure, from_ym, to_ym).items()
    }
    known = rows.known("amount").tolist()
    keys = zip(columns["unit_id"], columns["person_id"], columns["measure_id"], columns["ym"], strict=True)
    return [
        TargetCell(
            unit=named["units"][unit],
            person=None if person == UNIT_OWN else named["people"][person],
            measure=named["measures"][measure],
            month=ym_text(ym),
            amount=columns["amount"][at] if known[at] else None,
            version=versions.get((measure, unit, person, ym), 0),
        )
        for at, (unit, person, measure, ym) in enumerate(keys)
    ]
