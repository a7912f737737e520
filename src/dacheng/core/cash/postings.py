"""What moved money or recognised it, one row each: what every figure of the four tables opens to (R147)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from dacheng.core.arrays import BoolArray
from dacheng.core.book import OUTSIDE, Book
from dacheng.core.cash.schema import BOUNCED, INVOICE_KINDS, RECEIPT_KINDS, REFUND
from dacheng.core.errors import Text
from dacheng.core.filtering import EVERYTHING, INSIDE, Filter, days_of, equal, in_unit, of_contract
from dacheng.core.paging import order_by, page_of
from dacheng.core.period import Period
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
from dacheng.core.table import EVERY_ROW, Page, Table, TableColumn, Values, column_of, table_of

ContractId = Annotated[int, ParameterKind("ref", "contracts")]
TermId = Annotated[int, ParameterKind("ref", "payment_terms")]
ReceiptId = Annotated[int, ParameterKind("ref", "receipts")]

SORTS = ("day", "amount")
ALLOCATION_SORTS = (*SORTS, "received")
CAME, WENT_BACK = "in", "back"
WAYS = ((CAME, Text("收款", "Received")), (WENT_BACK, Text("退款与退回", "Given back")))
TO_TERMS, TO_NOTHING = "terms", "nothing"
PLACES = ((TO_TERMS, Text("核销到各期", "To terms")), (TO_NOTHING, Text("未核销", "To nothing yet")))
UNIT = column_of("units", "unit_id", label=Text("组织", "Unit"), optional=True)


def _columns(relation: str, *names: str) -> tuple[TableColumn, ...]:
    """Return the columns of a list: its own, and the unit it stands at."""
    hidden = ("posted_day", "owner_id", "way", "name")
    return (*(column_of(relation, name, optional=name in hidden) for name in names), UNIT)


INVOICE_COLUMNS = _columns(
    "invoices", "invoice_id", "day", "kind", "customer_id", "contract_id", "term_id", "amount", "amount_ex",
    "reverses_id", "posted_day", "owner_id",
)  # fmt: skip
RECEIPT_COLUMNS = _columns(
    "receipts", "receipt_id", "day", "kind", "customer_id", "amount", "maturity_day", "currency", "foreign_amount",
    "reverses_id", "posted_day", "owner_id",
)  # fmt: skip
ALLOCATION_COLUMNS = _columns(
    "allocations", "allocation_id", "day", "receipt_id", "term_id", "contract_id", "customer_id", "amount", "received",
    "way", "posted_day", "owner_id",
)  # fmt: skip
WRITE_OFF_COLUMNS = _columns(
    "write_offs", "write_off_id", "day", "term_id", "amount", "approver_id", "posted_day", "owner_id"
)
RECOGNITION_COLUMNS = _columns(
    "recognitions", "recognition_id", "day", "contract_id", "amount_ex", "amount", "way", "posted_day", "owner_id"
)

OF_DAY = (
    "按合同的归属；合计等于它所组成的数。",
    "Stand where their contract stands; they add up to the figure they make.",
)


@report(
    "receivable/invoices",
    title=Text("发票明细", "Invoices"),
    help=Text(f"一张一行，红字为负。{OF_DAY[0]}", f"One row each, credit notes are negative. {OF_DAY[1]}"),
    columns=INVOICE_COLUMNS,
)
def invoices(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
    term: TermId | None = None,
    period: PeriodName | None = None,
    kind: Annotated[str, coded(INVOICE_KINDS)] | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-day",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List invoices (发票明细).

    Args:
        period: the months they are posted in.
    """
    wanted = equal(owner_id=owner, customer_id=customer, term_id=term) & of_contract(book, contract)
    wanted &= equal(kind=number_of(INVOICE_KINDS, kind)) & in_unit(book, unit, direct) & _posted(book, period)
    return listed(book, "invoices", INVOICE_COLUMNS, wanted, sort, page)


@report(
    "receivable/receipts",
    title=Text("收款明细", "Receipts"),
    help=Text(
        "一笔一行，退款为负。承兑汇票在到期日记账，规则 cash.bills 可改。",
        "One row each, refunds are negative. An acceptance bill is posted when it matures; rule cash.bills.",
    ),
    columns=RECEIPT_COLUMNS,
)
def receipts(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    period: PeriodName | None = None,
    kind: Annotated[str, coded(RECEIPT_KINDS)] | None = None,
    way: Annotated[str, choice(*WAYS)] | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-day",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List receipts (收款明细).

    Args:
        period: the months they are posted in. way: only what came, or what was given back.
    """
    wanted = equal(owner_id=owner, customer_id=customer, kind=number_of(RECEIPT_KINDS, kind))
    wanted &= BY_WAY[way] if way else EVERYTHING
    wanted &= in_unit(book, unit, direct) & _posted(book, period)
    return listed(book, "receipts", RECEIPT_COLUMNS, wanted, sort, page)


@report(
    "receivable/allocations",
    title=Text("核销明细", "Allocations"),
    help=Text(
        "每笔收款去了哪里，一行一次；没有付款条件的是未核销。核销额冲减应收，回款额是实收，两者之差是汇兑差额。"
        + OF_DAY[0],
        "Where receipts went, one row each time; without a payment term they are allocated to nothing yet. What is "
        f"settled lowers the receivable, what is received is money; they differ by the exchange. {OF_DAY[1]}",
    ),
    columns=ALLOCATION_COLUMNS,
)
def allocations(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
    term: TermId | None = None,
    receipt: ReceiptId | None = None,
    period: PeriodName | None = None,
    where: Annotated[str, choice(*PLACES)] | None = None,
    sort: Annotated[str, sorting(*ALLOCATION_SORTS)] = "-day",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List allocations (核销明细).

    Args:
        period: the months they are posted in. where: only what is allocated to terms, or to nothing yet.
    """
    wanted = equal(owner_id=owner, customer_id=customer, term_id=term, receipt_id=receipt)
    wanted &= of_contract(book, contract)
    wanted &= in_unit(book, unit, direct) & _posted(book, period)
    wanted &= BY_PLACE[where] if where else EVERYTHING
    return listed(book, "allocations", ALLOCATION_COLUMNS, wanted, sort, page, ("amount", "received"))


@report(
    "receivable/write_offs",
    title=Text("坏账核销明细", "Write-offs"),
    help=Text(f"一笔一行，收回为负。{OF_DAY[0]}", f"One row each, what is recovered is negative. {OF_DAY[1]}"),
    columns=WRITE_OFF_COLUMNS,
)
def write_offs(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    term: TermId | None = None,
    period: PeriodName | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-day",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List write-offs (坏账核销明细).

    Args:
        period: the months they are posted in.
    """
    wanted = equal(owner_id=owner, term_id=term) & in_unit(book, unit, direct) & _posted(book, period)
    return listed(book, "write_offs", WRITE_OFF_COLUMNS, wanted, sort, page)


@report(
    "contracts/recognitions",
    title=Text("收入确认明细", "Recognitions"),
    help=Text(f"一笔一行，冲回为负。{OF_DAY[0]}", f"One row each, what is taken back is negative. {OF_DAY[1]}"),
    columns=RECOGNITION_COLUMNS,
)
def recognitions(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    contract: ContractId | None = None,
    period: PeriodName | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-day",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what was recognised (收入确认明细).

    Args:
        period: the months they are posted in.
    """
    wanted = equal(owner_id=owner) & of_contract(book, contract) & in_unit(book, unit, direct) & _posted(book, period)
    return listed(book, "recognitions", RECOGNITION_COLUMNS, wanted, sort, page, ("amount_ex", "amount"))


BACK = ", ".join(str(kind) for kind in (REFUND, BOUNCED))
BY_WAY: Mapping[str, Filter] = {
    CAME: Filter((f"kind NOT IN ({BACK})",)),
    WENT_BACK: Filter((f"kind IN ({BACK})",)),
}
BY_PLACE: Mapping[str, Filter] = {
    TO_TERMS: Filter(("term_id IS NOT NULL",)),
    TO_NOTHING: Filter(("term_id IS NULL",)),
}


def _posted(book: Book, period: Period | None) -> Filter:
    """Keep what is posted in a period and by the as-of day: a bill to come is not cash yet."""
    return days_of("posted_day", period, book.months) & Filter(("posted_day <= :by",), {"by": book.as_of_day})


def listed(
    book: Book,
    relation: str,
    columns: tuple[TableColumn, ...],
    wanted: Filter,
    sort: str,
    page: Page,
    sums: tuple[str, ...] = ("amount",),
) -> Table:
    """Return one page of a relation with the sums of all that is wanted; the first column is its key."""
    column, descending = sorted_by(sort, *ALLOCATION_SORTS)
    key = columns[0].name
    select = f"SELECT {', '.join(one.name for one in columns)} FROM {relation}"
    rows = page_of(book, select, wanted, order_by(column, descending, key=key), page)
    outside = rows["unit_id"] == OUTSIDE
    inside = wanted & INSIDE
    added = "".join(f", CAST(SUM({name}) AS BIGINT) AS {name}" for name in sums)
    summed = book.gather(f"SELECT COUNT(*) AS there{added} FROM {relation} {inside.where}", **inside.params)
    count = int(book.gather(f"SELECT COUNT(*) AS there FROM {relation} {wanted.where}", **wanted.params)["there"][0])
    values: Mapping[str, Values | tuple[Values, BoolArray]] = {"unit_id": (rows["unit_id"], ~outside)}
    return table_of(
        columns,
        rows,
        values,
        key=(key,),
        totals={name: int(summed[name][0]) if summed.known(name)[0] else 0 for name in sums},
        count=count,
        outside=outside,
        outside_count=count - int(summed["there"][0]),
        page=page,
        sort=sort,
    )
