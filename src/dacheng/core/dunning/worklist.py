"""The list of what to collect today (催收清单): whom to ask next, and why (R151, R153)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.deals.columns import noted, outside_note
from dacheng.core.dunning.escalating import LEVELS, RISKS
from dacheng.core.dunning.keeping import PROMISE_STATES
from dacheng.core.dunning.schema import STEP_KINDS
from dacheng.core.dunning.standing import Dunned, dunned
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, among, equal, in_unit
from dacheng.core.paging import in_order, ranked, sliced
from dacheng.core.report import (
    CustomerId,
    Flag,
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

TERMS = "SELECT term_id, unit_id, due_day, open, disputed FROM payment_terms"
ON_PAGE = "SELECT term_id, contract_id, customer_id, owner_id, collector_id FROM payment_terms"
TODAY, EVERY = "today", "all"
WHENS = ((TODAY, Text("今天要催", "To be done today")), (EVERY, Text("全部", "All")))
NEARLY_DUE = "term_id IN (SELECT term_id FROM payment_terms WHERE open > 0 AND due_day <= :soon)"
SORTS = ("level", "open", "days", "next_day", "due_day")
LARGEST = 2**44
"""Above any amount that is open: within a level the largest comes first."""

STEP_LIST = Drill("dunning/steps", take={"term": "term_id"})
PROMISE_LIST = Drill("dunning/promises", take={"term": "term_id"})

DUNNED_COLUMNS = (
    TableColumn(
        "level",
        "choice",
        Text("升级", "Escalated to"),
        choices=LEVELS,
        help=Text(
            "按逾期天数，金额大或有承诺落空各升一级，规则 dunning.* 可改",
            "By days overdue; one higher if large, one higher if a promise broke; the rules dunning.*",
        ),
    ),
    TableColumn("risk", "choice", Text("坏账风险", "Risk"), choices=RISKS, optional=True),
    TableColumn("steps", "count", Text("催收次数", "Steps"), optional=True, drill=STEP_LIST),
    TableColumn("step_day", "day", Text("上次催收", "Last step")),
    TableColumn("step_kind", "choice", Text("上次方式", "Last way"), choices=STEP_KINDS),
    TableColumn("promise_day", "day", Text("答应付款日", "Promised for")),
    TableColumn("promise_amount", "money", Text("承诺金额", "Promised"), optional=True, drill=PROMISE_LIST),
    TableColumn("promise_state", "choice", Text("承诺", "Promise"), choices=PROMISE_STATES),
)
NEXT = TableColumn(
    "next_day",
    "day",
    Text("下次催收", "Next step"),
    help=Text(
        "到期前、上次之后各过几天看规则 dunning.before_days、dunning.every_days；有承诺的等到答应日之后",
        "The rules dunning.before_days and dunning.every_days; where something is promised, after its day",
    ),
)
COLUMNS = (
    column_of("payment_terms", "term_id"),
    column_of("payment_terms", "customer_id"),
    column_of("payment_terms", "contract_id"),
    column_of("payment_terms", "owner_id"),
    column_of("payment_terms", "collector_id", optional=True),
    column_of("units", "unit_id", label=Text("组织", "Unit"), optional=True),
    column_of("payment_terms", "due_day"),
    TableColumn("days", "days", Text("逾期天数", "Days overdue"), judged="less"),
    column_of("payment_terms", "open", judged="less"),
    *DUNNED_COLUMNS,
    NEXT,
)


@report(
    "dunning/list",
    title=Text("催收清单", "What to collect"),
    help=Text(
        "快到期和已到期还没收的款，一期一行，今天要催的在前：升级高的先，同级金额大的先。"
        "到期前提醒一次，之后隔几天催一次，客户答应了就等到答应日之后。",
        "Open terms that are due or nearly so, one row each; what is to be done today comes first: the highest "
        "escalated, then the largest. One reminder before it is due, then a step every few days; where something is "
        "promised, after its day.",
    ),
    columns=COLUMNS,
)
def worklist(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    collector: PersonId | None = None,
    customer: CustomerId | None = None,
    level: Annotated[str, coded(LEVELS)] | None = None,
    when: Annotated[str, choice(*WHENS)] = TODAY,
    sort: Annotated[str, sorting(*SORTS)] = "-level",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what to collect today (催收清单).

    Args:
        collector: who is to collect it. when: ``all`` is what waits for a later day too.

    Source: R151, R153.
    """
    soon = book.as_of_day + book.rules.number("dunning.before_days")
    wanted = equal(owner_id=owner, collector_id=collector, customer_id=customer) & in_unit(book, unit, direct)
    wanted &= Filter(("open > 0", "due_day <= :soon"), {"soon": soon})
    terms = book.gather(f"{TERMS} {wanted.where}", **wanted.params)
    of = dunned(book, terms, Filter((NEARLY_DUE,), {"soon": soon}))
    asked = number_of(LEVELS, level)
    chosen = np.ones(len(terms), dtype=np.bool_) if asked is None else of.level == asked
    if when == TODAY:
        chosen &= of.next_day <= book.as_of_day
    terms, of = terms.only(chosen), of.only(chosen)
    outside = terms["unit_id"] == OUTSIDE
    at = sliced(_order(book, terms, of, sort), page)
    return table_of(
        COLUMNS,
        terms.only(at),
        {**_described(book, terms["term_id"][at]), **of.columns(at)}
        | {
            "unit_id": (terms["unit_id"][at], ~outside[at]),
            "days": book.as_of_day - terms["due_day"][at],
            "next_day": of.next_day[at],
        },
        key=("term_id",),
        totals={"open": int(terms["open"][~outside].sum())},
        count=len(terms),
        outside=outside[at],
        outside_count=int(outside.sum()),
        notes=_notes(of, outside),
        page=page,
        sort=sort,
    )


def _order(book: Book, terms: Rows, of: Dunned, sort: str) -> IntArray:
    column, descending = sorted_by(sort, *SORTS)
    values = {
        "level": of.level * LARGEST + terms["open"],
        "next_day": of.next_day,
        "days": book.as_of_day - terms["due_day"],
    }
    found = values[column] if column in values else terms[column]
    known = np.ones(len(terms), dtype=np.bool_)
    return ranked(found, known, descending, outside=terms["unit_id"] == OUTSIDE, key=terms["term_id"])


def _described(book: Book, ids: IntArray) -> dict[str, Values | tuple[Values, BoolArray]]:
    narrow = among("term_id", ids.tolist() or [0])
    rows = book.gather(f"{ON_PAGE} {narrow.where}", **narrow.params)
    rows = in_order(rows, "term_id", ids) if len(ids) else rows
    return {name: (rows[name], rows.known(name)) for name in rows.columns if name != "term_id"}


def _notes(of: Dunned, outside: BoolArray) -> tuple[Note, ...]:
    broken = int((~outside & of.broke).sum())
    words = Text(f"{broken} 期的承诺落空过。", f"Terms of which a promise broke: {broken}.")
    return noted(Note("broken", words, broken), outside_note(int(outside.sum())))
