"""Partners of a plan (渠道成员): what each shall bring, what he signed, bought from us and sold on (R057)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, among, between, equal
from dacheng.core.history.past import past_of
from dacheng.core.history.schema import SOLD_ON
from dacheng.core.paging import sliced
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.plans.schema import CHANNEL
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.signing import SOURCES, signed_by_partners, told_from_below
from dacheng.core.plans.tables import WHO, PlanId, nothing, sheet_asked
from dacheng.core.report import Rowspan, choice, report
from dacheng.core.table import EVERY_ROW, Note, Table, TableColumn, column_of, table_of
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

OF_PARTNERS = """
    SELECT customer_id, partner_id FROM customers WHERE partner_id IS NOT NULL ORDER BY customer_id"""
SOLD = "SELECT actual_id, unit_id, customer_id, day, amount FROM actuals {where} ORDER BY actual_id"
YEAR, MONTH = "year", "month"
APART = ((YEAR, Text("全年", "Whole year")), (MONTH, Text("按月", "By month")))

COLUMNS = (
    WHO[0],
    replace(WHO[4], label=Text("渠道", "Partner")),
    WHO[2],
    replace(column_of("plan_cells", "ym"), optional=True),
    TableColumn(
        "accounts",
        "count",
        Text("客户数", "Accounts"),
        optional=True,
        help=Text(
            "渠道自己和所属渠道是它的客户；它们的买入和售出都算在这一行，另有一行的除外",
            "The partner's own account and those that belong to him; what they bought and sold on is of this row, "
            "but for one that has a row itself",
        ),
    ),
    TableColumn("target", "money", Text("目标", "Target")),
    TableColumn(
        "signed",
        "money",
        Text("已签", "Signed"),
        help=Text(
            "渠道签的责任书的数，没有签的取他自下而上报的数；空 = 都没有",
            "The partner's signed letter, else what he told as bottom-up; blank = neither",
        ),
    ),
    TableColumn(
        "signed_as",
        "choice",
        Text("签的是", "Signed as"),
        choices=SOURCES,
        optional=True,
        help=Text(
            "责任书 = 接受过全年目标；之后改过 = 目标在签字后变了，这里仍是签的数",
            "Letter = the year was accepted; changed since = the target moved afterwards, this is what was signed",
        ),
    ),
    column_of("plan_terms", "agreed", optional=True),
    TableColumn(
        "sell_in",
        "money",
        Text("渠道买入", "Sell-in"),
        judged="more",
        help=Text(
            "这个渠道的客户在我们这里的合同额业绩（合同、赢单、导入的明细）之和；空 = 没有任何一笔",
            "What its accounts bought from us: contracts, won and lines brought in; blank = nothing at all",
        ),
    ),
    TableColumn(
        "sell_through",
        "money",
        Text("渠道售出", "Sell-through"),
        judged="more",
        help=Text(
            "渠道报的、卖给下家的数（历史业绩里类型为渠道售出的明细）；空 = 没有报，0 = 报了 0",
            "What the partner told of having sold on (lines of history of that kind); blank = nothing told, 0 = zero",
        ),
    ),
    TableColumn(
        "stock_change",
        "money",
        Text("推算库存变动", "Implied stock change"),
        help=Text(
            "买入 − 售出，只算两边都有数的月份，按我们的售价估计",
            "Sell-in − sell-through over the months that have both; an estimate, as prices differ",
        ),
    ),
    TableColumn(
        "reported",
        "count",
        Text("报了几个月", "Months told"),
        optional=True,
        help=Text("有渠道售出的月份", "Months with sell-through"),
    ),
)


@report(
    "plans/channels",
    title=Text("渠道目标", "Channel targets"),
    help=Text(
        "方案里每个渠道：目标、渠道签的数、从我们这里买入、卖给下家，和两者之差推算的库存变动，按全年或按月。"
        "没有报的不是 0。方案还没有开始时，买入和售出取上年同期。不填方案 = 最近的一个。",
        "Each channel partner of a plan: target, what was signed, sell-in, sell-through and the change of stock that "
        "they imply, by year or month. What was not told is not zero. Before a plan begins sell-in and sell-through "
        "are those of a year before. Without a plan the latest one.",
    ),
    columns=COLUMNS,
    listed=False,
)
def channel_targets(
    book: Book,
    *,
    plan: PlanId | None = None,
    apart: Annotated[str, choice(*APART)] = YEAR,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """Tell of each channel partner of a plan what he shall bring, signed, bought and sold on (渠道目标).

    Args:
        apart: one row for the whole year of a partner, or one for each month.

    Source: R057.
    """
    sheet = sheet_asked(book, plan, CONTRACT)
    if sheet is None:
        return table_of(COLUMNS, nothing(COLUMNS), key=("plan_row_id", "ym"))
    at = np.flatnonzero(sheet.kind == CHANNEL)
    span = _span(book, sheet)
    partners_of = _partners_of(book, sheet, at)
    bought, sold, nameless = _bought(book, sheet, at, span, partners_of), *_sold(book, sheet, at, span, partners_of)
    both = bought[1] & sold[1]
    stock = (np.where(both, bought[0] - sold[0], 0), both)
    target = (sheet.amount[at], sheet.cells.amount.known[at])
    partners = signed_by_partners(book, sheet)
    signed = (partners.months.value[at], partners.months.known[at])
    figures = {"target": target, "signed": signed, "sell_in": bought, "sell_through": sold, "stock_change": stock}
    months = sheet.plan.months if apart == MONTH else 1
    row = np.repeat(at, months)
    shown = sliced(np.arange(len(row)), page)
    if apart == MONTH:
        values = {name: _flat(*one) for name, one in figures.items()}
        values["agreed"] = _flat(sheet.cells.agreed[at], sheet.cells.agreed[at] != 0)
        ym = (sheet.plan.from_ym + np.tile(np.arange(months), len(at)), np.ones(len(row), dtype=np.bool_))
    else:
        values = {name: _added(*one) for name, one in figures.items()}
        values["signed"] = (partners.years.value[at], partners.years.known[at])
        values["agreed"] = (sheet.years.agreed[at], sheet.years.agreed[at] != 0)
        ym = (np.zeros(len(row), dtype=np.int64), np.zeros(len(row), dtype=np.bool_))
    held = np.array([_accounts(partners_of, one) for one in sheet.customer_id[row].tolist()], dtype=np.int64)
    values["accounts"] = (held, np.full(len(row), apart == YEAR))
    values["reported"] = (sold[1].sum(axis=1)[np.searchsorted(at, row)], np.full(len(row), apart == YEAR))
    values |= {
        "ym": ym,
        "signed_as": (partners.source[row], partners.source[row] != 0),
        "unit_id": (sheet.unit_id[row], np.ones(len(row), dtype=np.bool_)),
        "customer_id": (sheet.customer_id[row], sheet.customer_id[row] != 0),
    }
    notes = [*_notes(book, sheet, at, span, nameless), *told_from_below(partners)]
    return table_of(
        COLUMNS,
        Rows({"plan_row_id": sheet.tree.unit_ids[row][shown]}),
        {name: (value[shown], known[shown]) for name, (value, known) in values.items()},
        key=("plan_row_id", "ym") if apart == MONTH else ("plan_row_id",),
        totals={name: _total(*values[name]) for name in figures},
        count=len(row),
        page=page,
        notes=notes,
    )


def _accounts(partners_of: Mapping[int, int], account: int) -> int:
    """Return how many accounts a row holds: its own and those of the same partner; none where it names none."""
    return int(account != 0) + sum(partner == account != 0 for partner in partners_of.values())


Figures = tuple[IntArray, BoolArray]
"""Minor units and where they are known."""


def _span(book: Book, sheet: Sheet) -> Period:
    """Return the months whose sell-in and sell-through are told: the plan's, or before it begins a year before."""
    first = sheet.plan.from_ym
    back = MONTHS_PER_YEAR if first > book.months.ym_of(book.as_of_day) else 0
    return Period(first - back, sheet.plan.until_ym - back)


def _partners_of(book: Book, sheet: Sheet, at: IntArray) -> Mapping[int, int]:
    """Return account -> the account that the row of its partner names, for those that have no row themselves."""
    rows, named = book.gather(OF_PARTNERS), set(sheet.customer_id[at].tolist()) - {0}
    pairs = zip(rows["customer_id"].tolist(), rows["partner_id"].tolist(), strict=True)
    return {one: partner for one, partner in pairs if partner in named and one not in named}


def _bought(book: Book, sheet: Sheet, at: IntArray, span: Period, partners_of: Mapping[int, int]) -> Figures:
    past = past_of(book, measure=CONTRACT, span=span)
    whose = np.array([partners_of.get(one, one) for one in past.customer_id.tolist()], dtype=np.int64)
    keep = past.known & np.isin(whose, sheet.customer_id[at]) & (whose != 0)
    return _placed(book, sheet, at, span, whose[keep], past.unit_id[keep], past.ym[keep], past.amount[keep])


def _sold(
    book: Book, sheet: Sheet, at: IntArray, span: Period, partners_of: Mapping[int, int]
) -> tuple[Figures, list[int]]:
    """Return what partners sold on, and the amounts of lines that belong to no row of the plan."""
    first, end = book.months.from_day(span), min(book.months.to_day(span), book.as_of_day + 1)
    wanted = equal(measure_id=CONTRACT) & among("kind", (SOLD_ON,)) & between("day", first, end) & INSIDE
    lines = book.gather(SOLD.format(where=wanted.where), **wanted.params)
    customer = np.where(lines.known("customer_id"), lines["customer_id"], 0)
    named = (customer != 0) & lines.known("amount")
    ym = book.months.ym_of(lines["day"])
    whose = np.array([partners_of.get(one, one) for one in customer[named].tolist()], dtype=np.int64)
    found = _placed(book, sheet, at, span, whose, lines["unit_id"][named], ym[named], lines["amount"][named])
    return found, lines["amount"][~named].tolist()


def _placed(
    book: Book,
    sheet: Sheet,
    at: IntArray,
    span: Period,
    customer: IntArray,
    unit: IntArray,
    ym: IntArray,
    amount: IntArray,
) -> Figures:
    """Return amounts by row and month, at the nearest unit above, never twice."""
    rows = {
        (int(sheet.customer_id[one]), int(sheet.unit_id[one])): place
        for place, one in enumerate(at.tolist())
        if sheet.customer_id[one]
    }
    sums = np.zeros((len(at), len(span)), dtype=np.int64)
    known = np.zeros(sums.shape, dtype=np.bool_)
    for who, where, month, much in zip(customer.tolist(), unit.tolist(), ym.tolist(), amount.tolist(), strict=True):
        place = _nearest(book, rows, who, where)
        if place is not None:
            sums[place, month - span.from_ym] += much
            known[place, month - span.from_ym] = True
    return sums, known


def _nearest(book: Book, rows: Mapping[tuple[int, int], int], customer: int, unit: int) -> int | None:
    at = int(book.tree.position_of(unit))
    while at != UNKNOWN:
        if (found := rows.get((customer, int(book.tree.unit_ids[at])))) is not None:
            return found
        at = int(book.tree.parent_position[at])
    return None


def _flat(amount: IntArray, known: BoolArray) -> Figures:
    return amount.reshape(-1), known.reshape(-1)


def _added(amount: IntArray, known: BoolArray) -> Figures:
    """Return years: the sum of the months that are known; of none, nothing is known."""
    years: IntArray = np.where(known, amount, 0).sum(axis=1)
    some: BoolArray = known.sum(axis=1) > 0
    return years, some


def _total(amount: IntArray, known: BoolArray) -> int | None:
    return int(amount[known].sum()) if known.any() else None


def _notes(book: Book, sheet: Sheet, at: IntArray, span: Period, nameless: list[int]) -> list[Note]:
    when = span.label(book.rules.fiscal)
    notes = [
        Note(
            "plans/channel-period",
            Text(f"渠道买入和售出是 {when.zh} 的。", f"Sell-in and sell-through are those of {when.en}."),
        )
    ]
    unnamed = int(np.count_nonzero(sheet.customer_id[at] == 0))
    if unnamed:
        notes.append(
            Note(
                "plans/channel-unnamed",
                Text(
                    f"{unnamed} 个渠道行没有指明客户，买入和售出无从知道。",
                    f"Partners whose row names no account, so that nothing is known of their sell-in: {unnamed}.",
                ),
                unnamed,
            )
        )
    if nameless:
        words = Text(
            "渠道售出的明细没有写客户，不属于任何渠道，合计 {}；在方案页的“给渠道售出指明客户”里指明。",
            "Sell-through lines without an account, which belong to no partner, come to {}. Name the account of each "
            "on the page “Name accounts of sell-through” that the plan leads to.",
        )
        notes.append(Note.of_amounts("plans/sold-by-nobody", words, [sum(nameless)], len(nameless)))
    return notes
