"""The collection forecast (回款预测): what is expected to come by week or month, by two methods (R151, R159)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.cash.expecting import Coming, Learned, deals_coming, invoices_coming, learned, terms_coming
from dacheng.core.cash.habit_notes import enough_note, habit_notes, untold_note
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, equal, in_unit
from dacheng.core.months import WEEK
from dacheng.core.report import CustomerId, Flag, PersonId, UnitId, choice, report
from dacheng.core.table import Drill, Line, Note, Table, TableColumn, Values, table_of

BY_MONTH, BY_WEEK = "month", "week"
STEPS = ((BY_MONTH, Text("月", "Month")), (BY_WEEK, Text("周", "Week")))
CARRIED = ("unit", "direct", "owner", "customer")
STRETCH = {"since": "from_day", "until": "to_day"}
_MONDAY = 4
"""Day number of the first Monday after 1970-01-01, a Thursday."""


def _of_terms(source: str) -> tuple[Drill, Drill]:
    """Return what a figure of payment terms opens, in a row and in total."""
    fixed = {"source": source}
    return (
        Drill("receivable/collection_terms", take=STRETCH, fixed=fixed, carry=CARRIED),
        Drill("receivable/collection_terms", fixed=fixed, carry=("step", *CARRIED)),
    )


DUE_ROWS, COMING_ROWS = _of_terms("due"), _of_terms("coming")
DEAL_ROWS = (
    Drill("receivable/collection_deals", take=STRETCH, carry=CARRIED),
    Drill("receivable/collection_deals", carry=("step", *CARRIED)),
)

COLUMNS = (
    TableColumn("from_day", "day", Text("从", "From")),
    TableColumn("to_day", "day", Text("到", "To")),
    TableColumn(
        "due",
        "money",
        Text("应收未收", "Receivable"),
        help=Text("已到应收日、还没收的，按付款历史", "Due by the as-of day and open, by paying history"),
        drill=DUE_ROWS[0],
        total_drill=DUE_ROWS[1],
    ),
    TableColumn(
        "coming",
        "money",
        Text("已签将到期", "Signed, due later"),
        help=Text(
            "已签合同还没到应收日的款；待触发的按预计回款日",
            "Terms not due yet; those that wait, by their expected day",
        ),
        drill=COMING_ROWS[0],
        total_drill=COMING_ROWS[1],
    ),
    TableColumn(
        "signing",
        "money",
        Text("将签合同", "To be signed"),
        help=Text(
            "未逾期在途商机的金额 × 赢率，预计签约后按近来合同的付款",
            "Amount × win rate of open opportunities not overdue, paid after signing as contracts were of late",
        ),
        drill=DEAL_ROWS[0],
        total_drill=DEAL_ROWS[1],
    ),
    TableColumn(
        "invoicing",
        "money",
        Text("将开发票", "To be invoiced"),
        help=Text(
            "没有合同的发票：每天再开近来每天开的金额，按近来的付款，规则 cash.direct_days",
            "Invoices without a contract: as much a day as of late, paid as of late; rule cash.direct_days",
        ),
    ),
    TableColumn(
        "history",
        "money",
        Text("预计回款", "Expected"),
        judged="more",
        help=Text("以上四项之和：按付款历史", "The sum of the four: by paying history"),
    ),
    TableColumn(
        "by_due",
        "money",
        Text("按应收日", "By due date"),
        help=Text(
            "同样四项，都在应收日当天收到；已到期的算在最前面几天",
            "The same four, each on the day it falls due; what is past due in the first days",
        ),
    ),
    TableColumn(
        "difference",
        "money",
        Text("相差", "Difference"),
        optional=True,
        difference=True,
        help=Text("预计回款 − 按应收日", "Expected − by due date"),
    ),
)
BY_HISTORY = ("due", "coming", "signing", "invoicing")
HELP = Text(
    "截至日之后每周或每月预计收到多少。两种方法并列：按付款历史，每笔款按该客户过去在应收日前后多久付款、"
    "又已经过了多少天来算，客户自己的笔数少时向公司收缩；按应收日，每笔款到日就收到。"
    "误差见回款预测误差。预计回款日和回款概率是人填的，不进这两种方法。承兑汇票到期才算。"
    "因授权才可见的不在其中。规则 cash.* 可改。",
    "What is expected to come in each week or month after the as-of day. Two methods side by side: by paying history, "
    "each amount as its customer paid around due days before, given the days already gone, shrunk to the company where "
    "he has few terms; by due date, each amount on its day. Their errors stand in the report of errors. Days and "
    "chances that people expect enter neither. A bill is cash when it matures. Rows seen only by a grant are not "
    "among them. The rules cash.* can be changed.",
)


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected in stretches of days, shape (b,) each.

    Args:
        known: habits. terms, deals: each amount. past_due: which terms are 应收未收.
        invoices: of invoices to come, by history and by due date.
    """

    known: Learned
    terms: Coming
    deals: Coming
    past_due: BoolArray
    invoices: tuple[IntArray, IntArray]

    @property
    def parts(self) -> dict[str, IntArray]:
        """Return what is expected by history, by where it comes from."""
        return {
            "due": self.terms.summed(self.past_due)[0],
            "coming": self.terms.summed(~self.past_due)[0],
            "signing": self.deals.summed()[0],
            "invoicing": self.invoices[0],
        }

    @property
    def by_due(self) -> IntArray:
        """Return what is expected by due date."""
        total: IntArray = self.terms.summed()[1] + self.deals.summed()[1] + self.invoices[1]
        return total


def forecast_of(book: Book, ends: IntArray, whose: Filter) -> Forecast:
    """Return what is expected from the day after the Book's until each of some days."""
    known = learned(book)
    terms = terms_coming(book, known, ends, whose)
    return Forecast(
        known,
        terms,
        deals_coming(book, known, ends, whose),
        past_due(terms.rows, book.as_of_day),
        invoices_coming(book, known, ends, whose),
    )


def past_due(terms: Rows, day: int) -> BoolArray:
    """Return which open terms are 应收未收 on a day: due by it, today included."""
    due: BoolArray = terms.known("due_day") & (terms["due_day"] <= day)
    return due


@report("receivable/collections", title=Text("回款预测", "Collection forecast"), help=HELP, columns=COLUMNS)
def collections(
    book: Book,
    *,
    step: Annotated[str, choice(*STEPS)] = BY_MONTH,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
) -> Table:
    """Return what is expected to come by week or month, by paying history and by due date (回款预测).

    Source: R151, R159; Kaplan and Meier 1958 for amounts that are still open.
    """
    ends = ends_of(book, step)
    begins = np.concatenate(([book.as_of_day], ends[:-1])) + 1
    found = forecast_of(book, ends, whose_of(book, unit, direct, owner, customer))
    judged = np.full(len(ends), found.known.due is not None)
    parts = found.parts
    history = sum(parts.values(), np.zeros(len(ends), dtype=np.int64))
    columns: dict[str, Values | tuple[Values, BoolArray]] = {
        **{name: (values, judged) for name, values in parts.items()},
        "history": (history, judged),
        "by_due": found.by_due,
        "difference": (history - found.by_due, judged),
    }
    totals = {name: int(one.sum()) for name, one in parts.items()} if judged.all() else {}
    if judged.all():
        totals |= {"history": int(history.sum()), "difference": int(history.sum() - found.by_due.sum())}
    drawn = next(one for one in COLUMNS if one.name == "history")
    return table_of(
        COLUMNS,
        Rows({"from_day": begins, "to_day": ends}),
        columns,
        key=("from_day",),
        totals=totals | {"by_due": int(found.by_due.sum())},
        notes=(
            *noted(enough_note(book, found.known)),
            *_notes(found),
            *noted(untold_note(book, whose_of(book, unit, direct, owner, customer))),
        ),
        lines=(Line(drawn, COLUMNS[1], ends, history, judged),),
    )


def ends_of(book: Book, step: str) -> IntArray:
    """Return the last days of the weeks or months ahead: what is left of this one, then whole ones by the rules."""
    tomorrow = book.as_of_day + 1
    if step == BY_WEEK:
        number = book.rules.number("cash.forecast_weeks")
        monday = tomorrow - (tomorrow - _MONDAY) % WEEK
        ends = monday + WEEK * np.arange(1, number + 2, dtype=np.int64) - 1
    else:
        number = book.rules.number("cash.forecast_months")
        months = book.months.ym_of(tomorrow) + np.arange(number + 1, dtype=np.int64)
        ends = book.months.last_day_of(months)
    whole = (tomorrow - _MONDAY) % WEEK == 0 if step == BY_WEEK else _begins_month(book, tomorrow)
    return ends[:number] if whole else ends


def _begins_month(book: Book, day: int) -> bool:
    return bool(book.months.first_day_of(book.months.ym_of(day)) == day)


def whose_of(book: Book, unit: int | None, direct: bool, owner: int | None, customer: int | None) -> Filter:
    """Return the filter of whose amounts are wanted."""
    return equal(owner_id=owner, customer_id=customer) & in_unit(book, unit, direct)


def _notes(found: Forecast) -> tuple[Note, ...]:
    open_amount = found.terms.rows["open"]
    inside = found.terms.inside
    undated = inside & ~found.terms.dated
    later = int(open_amount[inside & found.terms.dated].sum()) - int(found.terms.summed()[0].sum())
    no_amount = found.deals.inside & ~found.deals.dated & (found.deals.rows["part"] == 0)
    return noted(
        *habit_notes(found.known),
        Note.of_amounts(
            "later",
            Text(
                "已有的付款条件里，{} 预计更晚才到或不到。", "Of terms that are there, {} are expected later or never."
            ),
            [later],
            int(found.known.due is not None and later != 0),
        ),
        Note.of_amounts(
            "undated",
            Text(
                f"待触发、又没有预计回款日的 {int(undated.sum())} 笔不在预测里，未收 {{}}。",
                f"{int(undated.sum())} terms wait without an expected day and are not in the forecast: {{}} open.",
            ),
            [int(open_amount[undated].sum())],
            int(undated.sum()),
        ),
        Note(
            "without-weight",
            Text(
                f"{int(no_amount.sum())} 单商机没有金额或赢率，不计入将签合同。",
                f"{int(no_amount.sum())} opportunities have no amount or win rate and are not in what is to be signed.",
            ),
            int(no_amount.sum()),
        ),
    )
