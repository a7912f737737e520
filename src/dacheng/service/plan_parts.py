"""80/20 in a plan (方案里的 80/20 分解): looked at, then written for every measure as one entry (R046)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer, may, not_allowed
from dacheng.core.book import Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import split
from dacheng.core.period import Period
from dacheng.core.plans.eighty_twenty import Parts, by_months, parts_of
from dacheng.core.targets.ranking import CUSTOMER, OWNER, PRODUCT
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.plans import OpenPlan, open_plan
from dacheng.store.access import tree_on
from dacheng.store.actions.plan_parts import RowPart, require_unsaid, split_plan_row

WHOLE_WEIGHT = 10_000
"""What the weights of the parts add up to before each gets at least 1."""


NAMED = {CUSTOMER: "customers", OWNER: "people", PRODUCT: "products"}
"""Members that a row is split into -> where they are kept."""

OTHERS = {
    CUSTOMER: (Text("其余 {count} 个客户", "The other {count} accounts"), "One other account"),
    OWNER: (Text("其余 {count} 个人", "The other {count} people"), "One other person"),
    PRODUCT: (Text("其余 {count} 个产品", "The other {count} products"), "One other product"),
}
"""How all others are called together, and in English when it is only one."""


@dataclass(frozen=True, slots=True)
class NamedPart:
    """A part of a row as it is shown: an account, person or product, or all others together.

    Args:
        member_id: 0 for all others. brought, amount: minor units, of the period before and of the plan.
    """

    member_id: int
    name: Text
    brought: int
    amount: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a row is split into, and the months after which it goes; the amounts add up to the row.

    Args:
        into: code of the members. left_out: minor units brought by nobody in particular, or by who is not of the unit.
        pooled: how many rows of people the row of all others takes the place of.
    """

    parts: Sequence[NamedPart]
    period: Period
    into: str
    left_out: int
    pooled: int


def members_named(code: str) -> str:
    """Return the code of the members that a row is split into, as somebody typed it.

    Raises:
        RuleError: rows are not split into such; names those that there are.
    """
    if code in NAMED:
        return code
    raise RuleError(
        Text(f"不能按“{code}”拆。", f"A row is not split into {code}."),
        Text(f"可以用：{'、'.join(NAMED)}。", f"There are: {', '.join(NAMED)}."),
    )


def proposed_parts(book: Book, one: OpenPlan, row: int, period: Period | None = None, into: str = CUSTOMER) -> Proposal:
    """Return into what a row is split, without writing anything; raises as ``split_row``.

    Args:
        row: position. period: when members brought what counts; None = the same months a year before.
        into: code of the members.
    """
    parts = parts_of(book, one.sheet, row, one.name, period, into)
    if len(parts.gone):
        require_unsaid(parts.gone.tolist())
    return _proposal(one, row, parts, into)


def _proposal(one: OpenPlan, row: int, parts: Parts, into: str) -> Proposal:
    amounts = split(int(one.sheet.year[row]), parts.weights).tolist()
    called = _called(parts, into)
    ids = [*parts.members.tolist(), *([0] if parts.others else [])]
    shown = [NamedPart(*part) for part in zip(ids, called, parts.weights.tolist(), amounts, strict=True)]
    return Proposal(shown, parts.period, into, parts.left_out, len(parts.gone))


def require_right(viewer: Viewer, book: Book, one: OpenPlan, row: int) -> None:
    """Refuse who may not edit the plan where a row stands.

    Raises:
        NotAllowed: with the name of the right.
    """
    if not may(viewer, "plan.edit", tree_on(book.today), unit_id=int(one.sheet.unit_id[row])):
        raise not_allowed("plan.edit")


def split_row(
    viewer: Viewer,
    at: datetime,
    uid: UUID,
    measure_id: int,
    row_id: int,
    period: Period | None = None,
    into: str = CUSTOMER,
) -> Proposal:
    """Split a row by 80/20 in every measure that it has, as one entry; return the parts in one measure.

    Raises:
        Conflict: somebody changed the row meanwhile. NotFound, NotAllowed: it is out of reach, or only seen;
            this comes before anything of its members is looked at. RuleError: as ``parts_of`` and ``split_plan_row``;
            nothing is written.
    """
    book = open_database(viewer, at=at)
    one = open_plan(book, uid, measure_id)
    row = one.sheet.position(row_id)
    require_right(viewer, book, one, row)
    parts = parts_of(book, one.sheet, row, one.name, period, into)
    found = _proposal(one, row, parts, into)
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
    there = [*parts.rows.tolist(), *([0] if parts.others else [])]
    rows = [
        _row_part(part, into, max(1, weight), its, its_row)
        for part, weight, its, its_row in zip(found.parts, weights, amounts, there, strict=True)
    ]
    split_plan_row(actor=viewer, at=at, uid=uid, row_id=row_id, parts=rows, gone=parts.gone.tolist())
    return found


def uids_of(found: Proposal) -> dict[int, UUID]:
    """Return what the members of a proposal are called outside, by number."""
    names = DatabaseNames().names(NAMED[found.into], [part.member_id for part in found.parts if part.member_id])
    return {number: UUID(name.uid) for number, name in names.items()}


def _row_part(part: NamedPart, into: str, weight: int, amounts: Mapping[tuple[int, int], int], row_id: int) -> RowPart:
    whose = {code: part.member_id if code == into else 0 for code in NAMED}
    return RowPart(
        name="" if part.member_id else part.name.zh,
        weight=weight,
        amounts=amounts,
        customer_id=whose[CUSTOMER],
        person_id=whose[OWNER],
        product_id=whose[PRODUCT],
        row_id=row_id,
    )


def _called(parts: Parts, into: str) -> list[Text]:
    names = DatabaseNames().names(NAMED[into], parts.members.tolist())
    called = [Text(names[one].name, names[one].in_language("en")) for one in parts.members.tolist()]
    several, one_other = OTHERS[into]
    pooled = Text(several.zh, several.en if parts.others > 1 else one_other).filled(count=parts.others)
    return [*called, *([pooled] if parts.others else [])]
