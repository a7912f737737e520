"""Contracts as a table (合同台账): annual value, and of a framework what is drawn from it and what remains (R222)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.contracts.drawing import NO_TERM, annual_value
from dacheng.core.contracts.schema import COUNTED, FRAMEWORK, INTAKES, KINDS, MOVED_BY, MOVEMENTS, REFUSED, WAITING
from dacheng.core.errors import Text
from dacheng.core.filtering import EVERYTHING, among, days_of, equal, in_unit
from dacheng.core.paging import ranked, sliced
from dacheng.core.report import (
    CustomerId,
    Flag,
    ParameterKind,
    PeriodName,
    PersonId,
    Rowspan,
    UnitId,
    choice,
    coded,
    number_of,
    report,
    sorted_by,
    sorting,
)
from dacheng.core.table import EVERY_ROW, Drill, Note, Table, TableColumn, Values, column_of, table_of

ContractId = Annotated[int, ParameterKind("ref", "contracts")]

LISTED = """
    SELECT contract_id, deal_id, customer_id, owner_id, unit_id, kind, signed_day, effective_day, executable_day,
        posted_day, intake, one_off, amount, framework_id, term_months
    FROM contracts {where} ORDER BY contract_id"""
DRAWN = """
    SELECT framework_id, CAST(SUM(amount) AS BIGINT) AS amount FROM contracts
    WHERE framework_id IS NOT NULL GROUP BY framework_id ORDER BY framework_id"""
SORTS = ("amount", "effective_day")

COLUMNS = (
    column_of("contracts", "contract_id"),
    column_of("contracts", "kind"),
    column_of("contracts", "customer_id"),
    column_of("contracts", "deal_id", optional=True),
    column_of("contracts", "owner_id"),
    column_of("units", "unit_id", label=Text("组织", "Unit")),
    column_of("contracts", "signed_day", optional=True),
    column_of("contracts", "effective_day"),
    column_of("contracts", "posted_day", optional=True),
    column_of("contracts", "executable_day", optional=True),
    column_of("contracts", "intake"),
    column_of("contracts", "one_off"),
    column_of("contracts", "amount"),
    column_of("contracts", "term_months"),
    TableColumn(
        "annual",
        "money",
        Text("年化金额", "Annual value"),
        help=Text(
            "期限长于规则 orders.annual_over 的合同：合同额 × 12 ÷ 月数；其余 = 合同额",
            "Of a term longer than the rule orders.annual_over says: amount × 12 ÷ months; others the amount",
        ),
    ),
    column_of("contracts", "framework_id"),
    TableColumn(
        "drawn",
        "money",
        Text("已下单", "Called off"),
        help=Text("所属框架是它的各合同之和；只有框架合同有", "The contracts that name it; of a framework only"),
        drill=Drill("deals/contracts", take={"framework": "contract_id"}),
    ),
    TableColumn(
        "remaining",
        "money",
        Text("框架余额", "Remaining"),
        help=Text("框架金额 − 已下单；负数 = 下超了", "Its amount less what is called off; below zero = too much"),
    ),
)


@report(
    "deals/contracts",
    title=Text("合同台账", "Contracts"),
    help=Text(
        "截至日已经记账的合同，一份一行。多年期的有年化金额；框架合同有已下单和余额，下超了的会说明。"
        "合计不含框架合同，除非规则 orders.frameworks 让它算订货；也不含等批准和未批准的补签。"
        "因授权才可见的单列在后，不计入合计。",
        "Contracts posted by the as-of day, one row each. One of several years has its annual value; a framework what "
        "is called off and what remains, and too much is told. Totals leave frameworks out unless the rule "
        "orders.frameworks counts them, and late signings that wait for approval or were refused. Rows seen only by a "
        "grant come last and enter no total.",
    ),
    columns=COLUMNS,
)
def contracts(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    kind: Annotated[str, coded(KINDS)] | None = None,
    intake: Annotated[str, coded(INTAKES)] | None = None,
    one_off: Flag = False,
    framework: ContractId | None = None,
    movement: Annotated[str, choice(*MOVEMENTS)] | None = None,
    period: PeriodName | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-effective_day",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List contracts with their annual value; of frameworks what is drawn and remains (合同台账, R222).

    Args:
        framework: only what is drawn from it. intake: only what counts, waits for approval or was refused.
        one_off: only what is marked as a one-off. movement: only what was signed, amended or
            cancelled. period: the months they are posted in.
    """
    wanted = equal(owner_id=owner, customer_id=customer, kind=number_of(KINDS, kind), framework_id=framework)
    wanted &= equal(intake=number_of(INTAKES, intake), one_off=1 if one_off else None)
    wanted &= in_unit(book, unit, direct) & days_of("posted_day", period, book.months)
    wanted &= among("kind", MOVED_BY[movement]) if movement else EVERYTHING
    rows = book.gather(LISTED.format(where=wanted.where), **wanted.params)
    apart = rows["unit_id"] == OUTSIDE
    column, descending = sorted_by(sort, *SORTS)
    there = np.ones(len(rows), dtype=np.bool_)
    order = sliced(ranked(rows[column], there, descending, outside=apart, key=rows["contract_id"]), page)
    annual = annual_value(rows["amount"], rows["term_months"], book.rules.annual_over)
    is_framework = rows["kind"] == FRAMEWORK
    drawn = _drawn(book, rows["contract_id"])
    remaining = rows["amount"] - drawn
    counted = ~apart & (~is_framework | book.rules.frameworks_count) & (rows["intake"] == COUNTED)
    values: dict[str, Values | tuple[Values, BoolArray]] = {
        "unit_id": (rows["unit_id"][order], ~apart[order]),
        "term_months": (rows["term_months"][order], rows["term_months"][order] != NO_TERM),
        "annual": annual[order],
        "drawn": (drawn[order], is_framework[order]),
        "remaining": (remaining[order], is_framework[order]),
    }
    return table_of(
        COLUMNS,
        rows.only(order),
        values,
        key=("contract_id",),
        totals={"amount": int(rows["amount"][counted].sum()), "annual": int(annual[counted].sum())},
        count=len(rows),
        outside=apart[order],
        outside_count=int(apart.sum()),
        notes=(*_late_notes(rows.only(~apart)), *_notes(book, is_framework & ~apart, remaining)),
        page=page,
        sort=sort,
    )


def _drawn(book: Book, contract_ids: IntArray) -> IntArray:
    """Return what the viewer sees called off each contract, shape (n,)."""
    sums = book.gather(DRAWN)
    of = dict(zip(sums["framework_id"].tolist(), sums["amount"].tolist(), strict=True))
    return np.array([of.get(one, 0) for one in contract_ids.tolist()], dtype=np.int64)


def _late_notes(rows: Rows) -> tuple[Note, ...]:
    waiting, refused = (rows["amount"][rows["intake"] == one].tolist() for one in (WAITING, REFUSED))
    waits = Text(
        f"{len(waiting)} 份合同补签进已关账的期间，等批准，未计入订货 {{}}。",
        f"Signed into a closed period and waiting for approval, no orders yet: {len(waiting)}, {{}}.",
    )
    gone = Text(
        f"{len(refused)} 份补签未批准，不计订货 {{}}。", f"Late signings refused, no orders: {len(refused)}, {{}}."
    )
    told = (("late-waiting", waits, waiting), ("late-refused", gone, refused))
    return tuple(Note.of_amounts(code, words, [sum(amounts)], len(amounts)) for code, words, amounts in told if amounts)


def _notes(book: Book, frameworks: BoolArray, remaining: IntArray) -> tuple[Note, ...]:
    over = frameworks & (remaining < 0)
    notes = []
    if over.any():
        words = Text(
            f"{int(over.sum())} 份框架合同的下单超过框架金额，共超 {{}}。",
            f"More is called off than {int(over.sum())} frameworks hold, by {{}} in all.",
        )
        notes.append(Note.of_amounts("overdrawn", words, [-int(remaining[over].sum())], int(over.sum())))
    if frameworks.any() and not book.scope.whole:
        words = Text("已下单只含你能看到的合同。", "What is called off holds only contracts that you see.")
        notes.append(Note("scope", words))
    if frameworks.any() and not book.rules.frameworks_count:
        count = int(frameworks.sum())
        words = Text(f"{count} 份框架合同不算订货，不计入合计。", f"{count} frameworks are no orders and not summed.")
        notes.append(Note("frameworks", words, count))
    return tuple(notes)
