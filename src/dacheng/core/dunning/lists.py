"""Lists of dunning steps and promises (催收明细、承诺明细): what the worklist opens to (R151)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.book import OUTSIDE, Book
from dacheng.core.cash.postings import ContractId, TermId, listed
from dacheng.core.dunning.keeping import PROMISE_STATES
from dacheng.core.dunning.schema import STEP_KINDS
from dacheng.core.dunning.standing import promised
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, among, days_of, equal, in_unit, of_contract
from dacheng.core.paging import in_order, ranked, sliced
from dacheng.core.report import (
    CustomerId,
    Flag,
    PeriodName,
    PersonId,
    Rowspan,
    UnitId,
    coded,
    number_of,
    report,
    sorted_by,
    sorting,
)
from dacheng.core.table import EVERY_ROW, Drill, Table, TableColumn, column_of, table_of

UNIT = column_of("units", "unit_id", label=Text("组织", "Unit"), optional=True)
STEP_COLUMNS = (
    *(column_of("dunning_steps", name) for name in ("dunning_step_id", "day", "kind", "term_id", "customer_id")),
    *(column_of("dunning_steps", name, optional=True) for name in ("contract_id", "person_id", "owner_id")),
    UNIT,
)
PAID = Drill("receivable/allocations", take={"term": "term_id"})
PROMISE_COLUMNS = (
    *(column_of("promises", name) for name in ("promise_id", "day", "term_id", "customer_id")),
    column_of("promises", "promised_day"),
    column_of("promises", "amount"),
    TableColumn(
        "kept",
        "money",
        Text("已兑现", "Kept"),
        judged="more",
        help=Text(
            "承诺日到答应日之间核销到这一期的，先到期的承诺先得", "Allocated between both days, the first due first"
        ),
    ),
    TableColumn("state", "choice", Text("兑现", "State"), choices=PROMISE_STATES),
    *(column_of("promises", name, optional=True) for name in ("contract_id", "person_id", "owner_id")),
    UNIT,
)
SORTS = ("promised_day", "day", "amount", "kept")
SHOWN = """
    SELECT promise_id, customer_id, contract_id, person_id, owner_id, unit_id FROM promises {where}
    ORDER BY promise_id"""


@report(
    "dunning/steps",
    title=Text("催收明细", "Dunning steps"),
    help=Text(
        "截至日做过的催收，一次一行。归属随合同。", "What was done to collect by the as-of day, one row each time."
    ),
    columns=STEP_COLUMNS,
)
def steps(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
    term: TermId | None = None,
    period: PeriodName | None = None,
    kind: Annotated[str, coded(STEP_KINDS)] | None = None,
    sort: Annotated[str, sorting("day")] = "-day",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what was done to collect (催收明细).

    Source: R151.
    """
    wanted = equal(owner_id=owner, customer_id=customer, term_id=term) & of_contract(book, contract)
    wanted &= equal(kind=number_of(STEP_KINDS, kind)) & in_unit(book, unit, direct)
    wanted &= days_of("day", period, book.months) & Filter(("day <= :by",), {"by": book.as_of_day})
    return listed(book, "dunning_steps", STEP_COLUMNS, wanted, sort, page, ())


@report(
    "dunning/promises",
    title=Text("承诺明细", "Promises"),
    help=Text(
        "截至日客户答应过的付款，一次一行。兑现看核销：从承诺日到答应日核销到这一期的，先到期的承诺先得，一笔款不兑现两次；"
        "答应日过完还没付足的是部分兑现或落空。",
        "What was promised by the as-of day, one row each. Whether it is kept follows from what was allocated to the "
        "term between both days, the first due first, so that no payment keeps two; not paid in full once its day is "
        "over it is kept in part or broken.",
    ),
    columns=PROMISE_COLUMNS,
)
def promises(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
    term: TermId | None = None,
    state: Annotated[str, coded(PROMISE_STATES)] | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-promised_day",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what was promised and what was kept of it (承诺明细).

    Source: R151.
    """
    wanted = equal(owner_id=owner, customer_id=customer, term_id=term) & of_contract(book, contract)
    found = promised(book, wanted & in_unit(book, unit, direct))
    chosen = number_of(PROMISE_STATES, state)
    kept = np.nonzero(found.state == chosen if chosen else np.ones(len(found.rows), dtype=np.bool_))[0]
    rows = found.rows.only(kept)
    narrow = among("promise_id", rows["promise_id"].tolist()) if len(rows) else Filter(("promise_id = 0",))
    shown = book.gather(SHOWN.format(where=narrow.where), **narrow.params)
    shown = in_order(shown, "promise_id", rows["promise_id"]) if len(rows) else shown
    values = {"kept": found.kept[kept], "state": found.state[kept]}
    outside = shown["unit_id"] == OUTSIDE
    column, descending = sorted_by(sort, *SORTS)
    ordered = values[column] if column in values else rows[column]
    at = sliced(
        ranked(ordered, np.ones(len(rows), dtype=np.bool_), descending, outside=outside, key=rows["promise_id"]), page
    )
    return table_of(
        PROMISE_COLUMNS,
        rows.only(at),
        {
            **{name: (shown[name][at], shown.known(name)[at]) for name in shown.columns if name != "promise_id"},
            "unit_id": (shown["unit_id"][at], ~outside[at]),
            **{name: column[at] for name, column in values.items()},
        },
        key=("promise_id",),
        totals={"amount": int(rows["amount"][~outside].sum()), "kept": int(values["kept"][~outside].sum())},
        count=len(rows),
        outside=outside[at],
        outside_count=int(outside.sum()),
        page=page,
        sort=sort,
    )
