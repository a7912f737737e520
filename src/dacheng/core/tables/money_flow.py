"""One flow of money (一条流): 在途 → 签约 → 确收 → 回款, and 签约 → 付款条件 → 应收未收, as one ledger (R147)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.cash.standing import NOT_YET, WAITING, stand
from dacheng.core.deals.columns import noted
from dacheng.core.delivery.forthcoming import counted
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, equal, in_unit, prefixed
from dacheng.core.report import CustomerId, Flag, PersonId, UnitId, report
from dacheng.core.table import Drill, Note, Page, RowDrills, Table, TableColumn, table_of
from dacheng.core.tables.pipeline import pipeline
from dacheng.core.tables.recognised_receivable import receivable_of, settled_by_contract

OPEN, TO_SIGN, SIGNED, RECOGNISED, UNRECOGNISED = range(1, 6)
CASH, LOST, RECEIVABLE, ADVANCE, TO_COME = range(6, 11)
TERMS, UNTERMED, UNCONTRACTED, DUE_OPEN, NOT_DUE, WAITS, OTHER_CASH = range(11, 18)
PLACES = (
    (OPEN, "pipeline", Text("在途", "Pipeline")),
    (TO_SIGN, "to-sign", Text("待签", "To be signed")),
    (SIGNED, "signed", Text("签约", "Signed")),
    (RECOGNISED, "recognised", Text("已确收", "Recognised")),
    (UNRECOGNISED, "unrecognised", Text("未确收", "Unrecognised")),
    (CASH, "collected", Text("回款", "Collected")),
    (LOST, "written-off", Text("坏账", "Written off")),
    (RECEIVABLE, "receivable", Text("应收（按确收）", "Receivable by recognition")),
    (ADVANCE, "advance", Text("预收", "Collected in advance")),
    (TO_COME, "to-come", Text("未确收未收", "Neither recognised nor collected")),
    (TERMS, "terms", Text("付款条件", "Payment terms")),
    (UNTERMED, "without-terms", Text("待定", "Without terms")),
    (UNCONTRACTED, "without-contract", Text("没有合同的发票", "Invoices without a contract")),
    (DUE_OPEN, "due", Text("应收未收", "Due and not collected")),
    (NOT_DUE, "not-due", Text("未到期", "Not due")),
    (WAITS, "waiting", Text("待触发", "Waiting")),
    (OTHER_CASH, "paid", Text("已收", "Collected")),
)
FLOWS = (
    (1, OPEN, TO_SIGN),
    (2, SIGNED, RECOGNISED),
    (3, SIGNED, UNRECOGNISED),
    (4, RECOGNISED, CASH),
    (5, RECOGNISED, LOST),
    (6, RECOGNISED, RECEIVABLE),
    (7, UNRECOGNISED, ADVANCE),
    (8, UNRECOGNISED, TO_COME),
    (9, SIGNED, TERMS),
    (10, SIGNED, UNTERMED),
    (11, UNCONTRACTED, TERMS),
    (12, TERMS, OTHER_CASH),
    (13, TERMS, LOST),
    (14, TERMS, DUE_OPEN),
    (15, TERMS, NOT_DUE),
    (16, TERMS, WAITS),
)
"""Number of a flow, where it comes from and where it goes."""
_NAMES = {number: (code, label) for number, code, label in PLACES}
LINES = tuple(
    (
        number,
        f"{_NAMES[source][0]}-{_NAMES[goal][0]}",
        Text(
            f"{_NAMES[source][1].zh} → {_NAMES[goal][1].zh}",
            f"{_NAMES[source][1].en} → {_NAMES[goal][1].en}",
        ),
    )
    for number, source, goal in FLOWS
)
DRAWN = (2, 3, 4, 5, 6, 7, 8)
"""The flows of the drawing: what is signed, by recognition; the same contracts by their terms follow in the table."""

TERMS_OF = "SELECT term_id, unit_id, due_day, amount, allocated, written_off, open FROM payment_terms {where}"
OF_CONTRACTS = """
    SELECT CAST(SUM(t.amount) AS BIGINT) AS amount FROM payment_terms t
    JOIN contracts c ON c.contract_id = t.contract_id {where}"""
WHOSE = ("unit", "direct", "owner", "customer")
TOTAL_ONLY = Page(0, 1)


def _contracts(sort: str) -> Drill:
    return Drill("receivable/recognised", fixed={"state": "all", "sort": f"-{sort}"}, carry=WHOSE)


def _terms(sort: str, **fixed: str) -> Drill:
    return Drill("tables/receivable", fixed={**fixed, "sort": f"-{sort}"}, carry=WHOSE)


OPENS: Mapping[int, Drill] = {
    1: Drill("tables/pipeline", carry=WHOSE),
    2: _contracts("recognised"),
    3: _contracts("unrecognised"),
    4: _contracts("earned"),
    5: _contracts("written_off"),
    6: _contracts("receivable"),
    7: _contracts("liability"),
    8: _contracts("to_come"),
    12: _terms("allocated", settled="1"),
    13: _terms("written_off", settled="1"),
    14: _terms("open", state="due"),
    15: _terms("open", state="not-due"),
    16: _terms("open", state="waiting"),
}

COLUMNS = (
    TableColumn("line", "choice", Text("流", "Flow"), choices=LINES, optional=True),
    TableColumn("source", "choice", Text("从", "From"), choices=PLACES),
    TableColumn("goal", "choice", Text("到", "To"), choices=PLACES),
    TableColumn(
        "amount",
        "money",
        Text("金额", "Amount"),
        drill=RowDrills("line", OPENS),
        help=Text(
            "含税；从一处出去的各项相加等于进来的。签约分两次：按确收一次，按付款条件一次",
            "With tax; what leaves a place came to it. What is signed is parted twice: by recognition, by terms",
        ),
    ),
)


@report(
    "contracts/flow",
    title=Text("一条流", "One flow"),
    help=Text(
        "截至日一个组织的钱走到哪里：在途；签了的合同按确收分为已确收和未确收，已确收的再分为已回款、坏账和应收，"
        "未确收的分为预收和还没收的；同一批合同按付款条件再分一次：已收、坏账、应收未收、未到期、待触发，没约定的是待定。"
        "每处进出相等，对不上就说明差多少。框架合同和等批准的补签不算。因授权才可见的不在其中。",
        "Where the money of a unit is on the as-of day: the pipeline; what is signed, parted by recognition into "
        "collected, written off and receivable, in advance and still to come; the same contracts parted by their "
        "payment terms: collected, written off, due, not due, waiting, and without terms. What leaves a place is what "
        "came to it; a difference is told. Frameworks and late signings that wait are left out, and rows seen only by "
        "a grant.",
    ),
    columns=COLUMNS,
)
def money_flow(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
) -> Table:
    """Follow the money of a unit from the pipeline to the bank (一条流).

    Source: R147; settled decision "Identities".
    """
    whose = in_unit(book, unit, direct) & equal(owner_id=owner, customer_id=customer)
    open_deals = pipeline(book, unit=unit, direct=direct, owner=owner, customer=customer, page=TOTAL_ONLY)
    found = {1: int(open_deals.totals["amount"] or 0), **_by_recognition(book, whose)}
    found |= _by_terms(book, whose, found[2] + found[3])
    rows = Rows.of(("line", "source", "goal"), FLOWS)
    amounts = np.array([found[number] for number, _, _ in FLOWS], dtype=np.int64)
    return table_of(COLUMNS, rows, {"amount": amounts}, key=("line",), notes=_notes(found))


def _by_recognition(book: Book, whose: Filter) -> dict[int, int]:
    """Return the flows of what is signed by what is recognised of it."""
    rows = settled_by_contract(book, whose)
    rows = rows.only(rows["unit_id"] != OUTSIDE)
    owed, ahead = (int(one.sum()) for one in receivable_of(rows))
    signed, recognised, paid, lost = (
        int(rows[name].sum()) for name in ("amount", "recognised", "allocated", "written_off")
    )
    left = signed - recognised
    return {2: recognised, 3: left, 4: paid - ahead, 5: lost, 6: owed, 7: ahead, 8: left - ahead}


def _by_terms(book: Book, whose: Filter, signed: int) -> dict[int, int]:
    """Return the flows of what is signed, and of invoices without a contract, by payment terms."""
    wanted = whose & INSIDE
    found = stand(book, book.gather(TERMS_OF.format(where=wanted.where), **wanted.params))
    every = found.rows["term_id"] >= 0
    of = prefixed("c", whose & INSIDE & counted(book))
    sums = book.gather(OF_CONTRACTS.format(where=of.where), **of.params)
    agreed = int(sums["amount"][0]) if sums.known("amount")[0] else 0
    return {
        9: agreed,
        10: signed - agreed,
        11: found.total(every, "amount") - agreed,
        12: found.total(every, "allocated"),
        13: found.total(every, "written_off"),
        14: found.total(found.due),
        15: found.total(found.state == NOT_YET),
        16: found.total(found.state == WAITING),
    }


def _notes(found: Mapping[int, int]) -> tuple[Note, ...]:
    """Tell where what leaves a place is not what came to it."""
    gaps = (
        ("recognised-gap", Text("已确收对不上", "Recognised does not meet"), found[2] - found[4] - found[5] - found[6]),
        (
            "terms-gap",
            Text("付款条件对不上", "Terms do not meet"),
            found[9] + found[11] - sum(found[at] for at in range(12, 17)),
        ),
    )
    return noted(
        *(
            Note.of_amounts(code, Text(f"{label.zh}，差 {{}}。", f"{label.en}: {{}} apart."), [gap], 1 if gap else 0)
            for code, label, gap in gaps
        )
    )
