"""80/20 in a plan (方案里的 80/20 分解): looked at, then written for every measure as one entry (R046)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer, may, not_allowed
from dacheng.core.book import Book
from dacheng.core.errors import Text
from dacheng.core.money import split
from dacheng.core.period import Period
from dacheng.core.plans.eighty_twenty import Parts, by_months, parts_of
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.plans import OpenPlan, open_plan
from dacheng.store.access import tree_on
from dacheng.store.actions.plan_parts import RowPart, split_plan_row

WHOLE_WEIGHT = 10_000
"""What the weights of the parts add up to before each gets at least 1."""


@dataclass(frozen=True, slots=True)
class NamedPart:
    """A part of a row as it is shown: an account, or all others together.

    Args:
        customer_id: 0 for all others. brought, amount: minor units, of the period before and of the plan.
    """

    customer_id: int
    name: Text
    brought: int
    amount: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a row is split into, and the months after which it goes; the amounts add up to the row."""

    parts: Sequence[NamedPart]
    period: Period


def proposed_parts(book: Book, one: OpenPlan, row: int, period: Period | None = None) -> Proposal:
    """Return into what a row is split, without writing anything; raises as ``parts_of``.

    Args:
        row: position. period: when accounts brought what counts; None = the same months a year before.
    """
    parts = parts_of(book, one.sheet, row, one.name, period)
    amounts = split(int(one.sheet.year[row]), parts.weights).tolist()
    called = _called(parts)
    ids = [*parts.customers.tolist(), *([0] if parts.others else [])]
    shown = [NamedPart(*part) for part in zip(ids, called, parts.weights.tolist(), amounts, strict=True)]
    return Proposal(shown, parts.period)


def require_right(viewer: Viewer, book: Book, one: OpenPlan, row: int) -> None:
    """Refuse who may not edit the plan where a row stands.

    Raises:
        NotAllowed: with the name of the right.
    """
    if not may(viewer, "plan.edit", tree_on(book.today), unit_id=int(one.sheet.unit_id[row])):
        raise not_allowed("plan.edit")


def split_row(
    viewer: Viewer, at: datetime, uid: UUID, measure_id: int, row_id: int, period: Period | None = None
) -> Proposal:
    """Split a row by 80/20 in every measure that it has, as one entry; return the parts in one measure.

    Raises:
        Conflict: somebody changed the row meanwhile. NotFound, NotAllowed: it is out of reach, or only seen;
            this comes before anything of its accounts is looked at. RuleError: as ``parts_of``; nothing is written.
    """
    book = open_database(viewer, at=at)
    one = open_plan(book, uid, measure_id)
    row = one.sheet.position(row_id)
    require_right(viewer, book, one, row)
    parts = parts_of(book, one.sheet, row, one.name, period)
    found = proposed_parts(book, one, row, period)
    amounts: list[dict[tuple[int, int], int]] = [{} for _ in found.parts]
    for measure in book.gather("SELECT measure_id FROM measures ORDER BY measure_id")["measure_id"].tolist():
        sheet = open_plan(book, uid, measure).sheet
        at_row = sheet.position(row_id)
        known = sheet.cells.amount.known[at_row]
        for part, months in zip(amounts, by_months(sheet.amount[at_row], parts.weights).tolist(), strict=True):
            part |= {
                (measure, sheet.plan.from_ym + month): amount for month, amount in enumerate(months) if known[month]
            }
    weights = split(WHOLE_WEIGHT, parts.weights).tolist()
    rows = [
        RowPart(part.customer_id, "" if part.customer_id else part.name.zh, max(1, weight), its)
        for part, weight, its in zip(found.parts, weights, amounts, strict=True)
    ]
    split_plan_row(actor=viewer, at=at, uid=uid, row_id=row_id, parts=rows)
    return found


def _called(parts: Parts) -> list[Text]:
    names = DatabaseNames().names("customers", parts.customers.tolist())
    called = [Text(names[one].name, names[one].in_language("en")) for one in parts.customers.tolist()]
    others = "The other {count} accounts" if parts.others > 1 else "One other account"
    pooled = Text("其余 {count} 个客户", others).filled(count=parts.others)
    return [*called, *([pooled] if parts.others else [])]
