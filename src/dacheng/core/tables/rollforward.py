"""How what is signed, owed and collected went on in a period (滚动对账): opening, movements, closing (R147, G21b).

Every stock is read on its own day, every flow from its own postings; where they do not meet the difference is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.cash.schema import BOUNCED, REFUND
from dacheng.core.contracts.schema import COUNTED, FRAMEWORK, MOVED_BY
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, among, between, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.report import Flag, PeriodName, PersonId, UnitId, choice, report
from dacheng.core.table import Drill, Note, RowDrills, Table, TableColumn, table_of

LINES = (
    (1, "unrecognised-before", Text("期初未确收", "Unrecognised before")),
    (2, "signed", Text("+ 新签", "+ signed")),
    (3, "amended", Text("± 变更与冲减", "± amended")),
    (4, "cancelled", Text("− 取消", "− cancelled")),
    (5, "recognised", Text("− 确收", "− recognised")),
    (6, "unrecognised-after", Text("期末未确收", "Unrecognised after")),
    (7, "due-before", Text("期初应收未收", "Receivable before")),
    (8, "newly-due", Text("+ 新到期", "+ newly due")),
    (9, "collected", Text("− 核销到期款", "− collected of it")),
    (10, "written-off", Text("− 核销坏账", "− written off")),
    (11, "due-after", Text("期末应收未收", "Receivable after")),
    (12, "received", Text("收款", "Received")),
    (13, "refunded", Text("退款", "Refunded")),
    (14, "elsewhere", Text("± 与别处之间", "± to and from elsewhere")),
    (15, "to-terms", Text("= 核销到各期", "= allocated to terms")),
    (16, "unallocated", Text("+ 未核销", "+ allocated to nothing")),
)
BACKLOG, DUE, CASH, ELSEWHERE = (1, 2, 3, 4, 5, 6), (7, 8, 9, 10, 11), (12, 13, 15, 16), 14
TAXES = (("incl", Text("含税", "Incl. tax")), ("excl", Text("不含税", "Excl. tax")))

SIGNED_BY = "SELECT kind, CAST(SUM({amount}) AS BIGINT) AS amount FROM contracts {where} GROUP BY kind ORDER BY kind"
RECOGNISED_SO_FAR = "SELECT CAST(SUM({amount}) AS BIGINT) AS amount FROM contracts {where}"
POSTED = "SELECT CAST(SUM({amount}) AS BIGINT) AS amount FROM {relation} {where}"
FELL_DUE = """
    SELECT CAST(SUM(amount) AS BIGINT) AS amount, CAST(SUM(open) AS BIGINT) AS open FROM payment_terms {where}"""
OF_DUE = """
    SELECT CAST(SUM(p.amount) AS BIGINT) AS amount FROM {relation} p
    JOIN payment_terms t ON t.term_id = p.term_id {where}"""
UNTAXED = "SELECT COUNT(*) AS there FROM contracts {where}"

WHOSE = ("unit", "direct", "owner")
COLUMNS = (
    TableColumn("line", "choice", Text("项目", "Line"), choices=LINES),
    TableColumn(
        "amount",
        "money",
        Text("金额", "Amount"),
        help=Text("期初 + 各项 = 期末；减项写负数", "Opening + lines = closing; what goes out is negative"),
        drill=RowDrills("line", {}),
    ),
    TableColumn(
        "day",
        "day",
        Text("余额日", "Balance of"),
        optional=True,
        help=Text("期初、期末取自哪一天", "The day that an opening or closing balance is of"),
    ),
)


@report(
    "contracts/rollforward",
    title=Text("滚动对账", "Roll-forward"),
    help=Text(
        "一段时间里未确收、应收未收和回款怎么变的。期初 + 新签 ± 变更 − 取消 − 确收 = 期末未确收；"
        "期初 + 新到期 − 核销到期款 − 核销坏账 = 期末应收未收，提前收的款在到期那天计；"
        "收款 − 退款 = 核销到各期 + 未核销；一笔收款付了别处的合同，"
        "只看一个组织或一个人时单列为「与别处之间」。余额取自当天，发生额取自明细，对不上就说明差多少。"
        "未确收可选含税或不含税，其余都含税。",
        "How what is unrecognised, receivable and collected moved. Opening + signed ± amended − cancelled − recognised "
        "= unrecognised; opening + newly due − collected of it − written off = receivable, what was paid early counts "
        "on its due day; received − refunded = allocated to terms + to nothing; where a receipt paid the contract of "
        "somebody else, a unit or a person sees it as a line of its own. Balances are those of the day, "
        "movements those of the rows; a difference is told. Unrecognised with or without tax, the rest with.",
    ),
    columns=COLUMNS,
)
def rollforward(
    book: Book,
    *,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    tax: Annotated[str, choice(*TAXES)] = "incl",
) -> Table:
    """Roll what is signed, owed and collected forward over a period (滚动对账).

    Args:
        period: up to the as-of day, so that one still ahead has no movement; default the fiscal year.
        tax: of what is unrecognised.

    Source: R147; settled decision "Identities"; golden case G21b.
    """
    span = period or fiscal_year_of(book, None)
    first, end = (min(day, book.as_of_day + 1) for day in (book.months.from_day(span), book.months.to_day(span)))
    whose = in_unit(book, unit, direct) & equal(owner_id=owner) & INSIDE
    stand = Stand(book.at(first - 1), book.at(end - 1) if end - 1 != book.as_of_day else book, first, end, whose)
    found = {**stand.backlog("amount_ex" if tax == "excl" else "amount"), **stand.due(), **stand.cash()}
    if not book.scope.whole or unit is not None or owner is not None:
        found |= _elsewhere(found)
    numbers = np.array([number for number, _, _ in LINES if number in found], dtype=np.int64)
    amounts = np.array([found[number] for number in numbers.tolist()], dtype=np.int64)
    opens = _opens(span.code(book.rules.fiscal), tax, stand, found)
    return table_of(
        tuple(replace(one, drill=RowDrills("line", opens)) if one.name == "amount" else one for one in COLUMNS),
        Rows({"line": numbers}),
        {"amount": amounts, "day": _balance_days(numbers, stand)},
        key=("line",),
        notes=_notes(stand, found, tax),
    )


def _opens(period: str, tax: str, stand: Stand, found: Mapping[int, int]) -> dict[int, Drill]:
    """Return what each line opens: the table that it is the balance of, or the rows that moved.

    A line whose rows are not those of one list does not open: what was paid before it fell due counts on the due day.
    """

    def rows(report: str, **fixed: str) -> Drill:
        return Drill(report, fixed={"period": period, **fixed}, carry=WHOSE)

    due = Drill("tables/receivable", fixed={"state": "due", "sort": "-open"}, carry=WHOSE, day="day")
    opens = {
        DUE[0]: due,
        DUE[1]: Drill("tables/receivable", fixed={"state": "fallen", "due": period, "sort": "-amount"}, carry=WHOSE),
        DUE[-1]: due,
        CASH[0]: rows("receivable/receipts", way="in"),
        CASH[1]: rows("receivable/receipts", way="back"),
        CASH[2]: rows("receivable/allocations", where="terms", sort="-received"),
        CASH[3]: rows("receivable/allocations", where="nothing", sort="-received"),
    }
    if tax == "incl":
        left = Drill("receivable/recognised", fixed={"state": "all", "sort": "-unrecognised"}, carry=WHOSE, day="day")
        opens |= {
            BACKLOG[0]: left,
            **{
                line: rows("deals/contracts", movement=movement, intake="counted")
                for line, movement in zip(BACKLOG[1:4], MOVED_BY, strict=True)
            },
            BACKLOG[4]: rows("contracts/recognitions"),
            BACKLOG[-1]: left,
        }
    return {line: drill for line, drill in opens.items() if line != DUE[1] or found[line] == stand.fell_due()}


def _elsewhere(found: Mapping[int, int]) -> dict[int, int]:
    """Return what receipts of a part of the company paid elsewhere, below zero, or others paid here; nothing if none.

    A receipt stands with its owner and what it pays where the contract stands, so only the whole company must meet.
    """
    moved = -_cash_gap(found)
    return {ELSEWHERE: moved} if moved else {}


def _balance_days(numbers: IntArray, stand: Stand) -> tuple[IntArray, BoolArray]:
    opening, closing = (np.isin(numbers, (BACKLOG[at], DUE[at])) for at in (0, -1))
    return np.where(opening, stand.first - 1, stand.end - 1), opening | closing


@dataclass(frozen=True)
class Stand:
    """Both ends of a stretch of days, and whose rows are looked at.

    Args:
        before, after: Books of the day before the first, and of the last. first, end: half-open.
        whose: units of one day, the last, so that a re-organisation moves nothing.
    """

    before: Book
    after: Book
    first: int
    end: int
    whose: Filter

    def backlog(self, amount: str) -> dict[int, int]:
        """Return the lines of what is unrecognised, numbers of ``LINES``."""
        recognised = "recognised_ex" if amount == "amount_ex" else "recognised"
        stocks = []
        for book in (self.before, self.after):
            wanted = self.whose & _signed_by(book.as_of_day)
            signed = _sum(book, RECOGNISED_SO_FAR.format(amount=amount, where=wanted.where), wanted)
            done = _sum(book, RECOGNISED_SO_FAR.format(amount=recognised, where=wanted.where), wanted)
            stocks.append(signed - done)
        wanted = (
            self.whose
            & between("posted_day", self.first, self.end)
            & Filter((f"kind <> {FRAMEWORK}", f"intake = {COUNTED}"))
        )
        rows = self.after.gather(SIGNED_BY.format(amount=amount, where=wanted.where), **wanted.params)
        by_kind = dict(zip(rows["kind"].tolist(), rows["amount"].tolist(), strict=True))
        signed, amended, cancelled = (sum(by_kind.get(kind, 0) for kind in kinds) for kinds in MOVED_BY.values())
        done = self._posted("recognitions", amount)
        return dict(zip(BACKLOG, (stocks[0], signed, amended, cancelled, -done, stocks[1]), strict=True))

    def due(self) -> dict[int, int]:
        """Return the lines of what is receivable, numbers of ``LINES``."""
        fell: list[int] = []
        left: list[int] = []
        paid: list[int] = []
        off: list[int] = []
        for book in (self.before, self.after):
            wanted = self.whose & Filter(("due_day <= :by",), {"by": book.as_of_day})
            rows = book.gather(FELL_DUE.format(where=wanted.where), **wanted.params)
            fell.append(_first(rows, "amount"))
            left.append(_first(rows, "open"))
            paid.append(self._of_due(book, "allocations"))
            off.append(self._of_due(book, "write_offs"))
        steps = (fell[1] - fell[0], paid[0] - paid[1], off[0] - off[1])
        return dict(zip(DUE, (left[0], *steps, left[1]), strict=True))

    def fell_due(self) -> int:
        """Return what fell due in the stretch, as known at its end: not what a later change of a term moved."""
        wanted = self.whose & between("due_day", self.first, self.end)
        return _first(self.after.gather(FELL_DUE.format(where=wanted.where), **wanted.params), "amount")

    def cash(self) -> dict[int, int]:
        """Return the lines of what was collected, numbers of ``LINES``."""
        back = among("kind", (REFUND, BOUNCED))
        came = self._posted("receipts", "amount")
        refunded = self._posted("receipts", "amount", back)
        to_terms = self._posted("allocations", "received", Filter(("term_id IS NOT NULL",)))
        to_nothing = self._posted("allocations", "received", Filter(("term_id IS NULL",)))
        return dict(zip(CASH, (came - refunded, refunded, to_terms, to_nothing), strict=True))

    def _posted(self, relation: str, amount: str, also: Filter | None = None) -> int:
        wanted = self.whose & between("posted_day", self.first, self.end) & (also or Filter())
        return _sum(self.after, POSTED.format(amount=amount, relation=relation, where=wanted.where), wanted)

    def _of_due(self, book: Book, relation: str) -> int:
        """Return what was posted by the Book's day of terms that were due by then."""
        conditions = [f"t.{one}" for one in (*self.whose.conditions, "due_day <= :by")] + ["p.posted_day <= :by"]
        wanted = Filter(tuple(conditions), {**self.whose.params, "by": book.as_of_day})
        return _sum(book, OF_DUE.format(relation=relation, where=wanted.where), wanted)


def _signed_by(day: int) -> Filter:
    return Filter((f"kind <> {FRAMEWORK}", f"intake = {COUNTED}", "posted_day <= :by"), {"by": day})


def _sum(book: Book, sql: str, wanted: Filter) -> int:
    return _first(book.gather(sql, **wanted.params), "amount")


def _first(rows: Rows, name: str) -> int:
    return int(rows[name][0]) if len(rows) and rows.known(name)[0] else 0


def _notes(stand: Stand, found: Mapping[int, int], tax: str) -> tuple[Note, ...]:
    gaps = (
        ("backlog-gap", Text("未确收对不上", "Unrecognised does not meet"), _gap(found, BACKLOG)),
        ("due-gap", Text("应收未收对不上", "Receivable does not meet"), _gap(found, DUE)),
        ("cash-gap", Text("回款对不上", "Cash does not meet"), _cash_gap(found)),
    )
    told = [
        Note.of_amounts(code, Text(f"{label.zh}，差 {{}}。", f"{label.en}: {{}} apart."), [gap], 1 if gap else 0)
        for code, label, gap in gaps
    ]
    return noted(*told, _untaxed(stand) if tax == "excl" else Note("", Text("", "")))


def _gap(found: Mapping[int, int], lines: tuple[int, ...]) -> int:
    return sum(found[line] for line in lines[:-1]) - found[lines[-1]]


def _cash_gap(found: Mapping[int, int]) -> int:
    received, refunded, to_terms, to_nothing = (found[line] for line in CASH)
    return received + refunded + found.get(ELSEWHERE, 0) - to_terms - to_nothing


def _untaxed(stand: Stand) -> Note:
    wanted = stand.whose & _signed_by(stand.after.as_of_day) & Filter(("amount_ex IS NULL",))
    count = int(stand.after.gather(UNTAXED.format(where=wanted.where), **wanted.params)["there"][0])
    words = Text(
        f"{count} 份合同没有不含税金额，不在其中。", f"Without an amount excl. tax and not among them: {count}."
    )
    return Note("without-tax", words, count)
