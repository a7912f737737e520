"""How well contracts were signed for cash (签出来): advance, days until paid, what waiting costs (R160, G23)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.cash.schema import ADVANCE
from dacheng.core.cash.terms import Waiting, collection_days, finance_cost
from dacheng.core.contracts.listing import ContractId
from dacheng.core.contracts.schema import CHANGES, COUNTED, FRAMEWORK
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, between, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.report import CustomerId, Flag, PeriodName, PersonId, UnitId, choice, report
from dacheng.core.table import Drill, Note, Table, TableColumn, Values, column_of, table_of
from dacheng.core.tables.cutting import BY_CONTRACT, BY_UNIT, CUTS, DIRECT, groups_of

CONTRACTS = """
    SELECT contract_id, customer_id, owner_id, unit_id, effective_day, amount FROM contracts {where}
    ORDER BY contract_id"""
TERMS = """
    SELECT term_id, contract_id, kind, amount, due_day, expected_day FROM payment_terms
    WHERE contract_id IS NOT NULL ORDER BY term_id"""
ORDERS = Filter((f"kind NOT IN ({', '.join(map(str, (FRAMEWORK, *CHANGES)))})", f"intake = {COUNTED}"))

CARRIED = ("period", "customer")
ROWS = Drill(
    "contracts/terms",
    take={"unit": "unit_id", "direct": "direct", "owner": "owner_id", "contract": "contract_id"},
    fixed={"apart": BY_CONTRACT},
    carry=CARRIED,
)
ALL_ROWS = Drill(
    "contracts/terms", fixed={"apart": BY_CONTRACT}, carry=("unit", "direct", "owner", "contract", *CARRIED)
)

COLUMNS = (
    column_of("contracts", "contract_id"),
    column_of("units", "unit_id", label=Text("组织", "Unit")),
    DIRECT,
    column_of("contracts", "owner_id"),
    TableColumn("there", "count", Text("合同数", "Contracts"), drill=ROWS, total_drill=ALL_ROWS),
    column_of("contracts", "amount", label=Text("合同额", "Contract value"), drill=ROWS, total_drill=ALL_ROWS),
    TableColumn(
        "agreed",
        "money",
        Text("已约定", "Agreed"),
        drill=ROWS,
        total_drill=ALL_ROWS,
        help=Text("这些合同的付款条件之和", "Sum of their payment terms"),
    ),
    TableColumn(
        "advance",
        "money",
        Text("预付", "Advance"),
        judged="more",
        drill=ROWS,
        total_drill=ALL_ROWS,
        help=Text("款项是预付的付款条件", "Terms that are an advance"),
    ),
    TableColumn(
        "advance_ratio",
        "ratio",
        Text("预付占比", "Advance share"),
        judged="more",
        help=Text("预付 ÷ 已约定", "Advance ÷ agreed"),
    ),
    TableColumn(
        "days",
        "number",
        Text("加权收款天数", "Days until paid"),
        judged="less",
        help=Text(
            "应收日（没有时预计回款日）− 生效日，按金额加权；没有日子的不在其中",
            "Due day, else the expected one, less the effective day, weighted by amount; without a day it is left out",
        ),
    ),
    TableColumn(
        "cost",
        "money",
        Text("资金成本", "Cost of waiting"),
        judged="less",
        help=Text(
            "金额 × 天数 ÷ 365 × 年利率，每行四舍五入一次，按合同时合计是各行之和；规则 receivable.finance_rate",
            "Amount × days ÷ 365 × rate a year, rounded once a row; by contract the total is the sum of the rows; "
            "rule receivable.finance_rate",
        ),
    ),
    TableColumn(
        "undated",
        "money",
        Text("没有日子", "Without a day"),
        judged="less",
        drill=ROWS,
        total_drill=ALL_ROWS,
        help=Text("待触发、也没有预计回款日的", "What waits and has no expected day"),
    ),
)


@dataclass(frozen=True)
class Signed:
    """Contracts of a period, shape (n,), with the terms agreed of them, shape (m,).

    Args:
        at: the contract of each term, by position.
        days: after the effective day; known: where there is a day.
    """

    contracts: Rows
    terms: Rows
    at: IntArray
    days: IntArray
    known: BoolArray

    def figures(self, which: IntArray, rate_bp: int) -> dict[str, int | float | None]:
        """Return the figures of some contracts."""
        of = np.isin(self.at, which)
        amount, dated = self.terms["amount"], of & self.known
        waiting = [Waiting(*one) for one in zip(amount[dated].tolist(), self.days[dated].tolist(), strict=True)]
        agreed = int(amount[of].sum())
        advance = int(amount[of & (self.terms["kind"] == ADVANCE)].sum())
        waited = collection_days(waiting)
        return {
            "there": len(which),
            "amount": int(self.contracts["amount"][which].sum()),
            "agreed": agreed,
            "advance": advance,
            "advance_ratio": advance / agreed if agreed else None,
            "days": None if waited is None else float(waited),
            "cost": finance_cost(waiting, rate_bp) if waiting else None,
            "undated": int(amount[of & ~self.known].sum()),
        }


@report(
    "contracts/terms",
    title=Text("签出来：付款条件", "Terms as signed"),
    help=Text(
        "期间内记账的合同签得怎么样：预付占比、加权收款天数、等钱的成本，按下级组织、负责人或合同。"
        "变更、冲减、取消和框架合同不算，补签批准后才算。因授权才可见的不在其中。",
        "How well the contracts posted in a period were signed: advance share, days until paid weighted by amount, "
        "what waiting costs; by unit, owner or contract. What changes a contract and frameworks are none of them, late "
        "signings once they are approved. Rows seen only by a grant are not among them.",
    ),
    columns=COLUMNS,
)
def signed_terms(
    book: Book,
    *,
    apart: Annotated[str, choice(*CUTS)] = BY_UNIT,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
) -> Table:
    """Tell the payment terms of what was signed (签出来).

    Args:
        period: of posting, up to the as-of day; default the fiscal year.

    Source: R160; golden case G23.
    """
    span = fiscal_year_of(book, period)
    first, end = book.months.from_day(span), min(book.months.to_day(span), book.as_of_day + 1)
    wanted = ORDERS & INSIDE & between("posted_day", first, end)
    wanted &= in_unit(book, unit, direct) & equal(owner_id=owner, customer_id=customer, contract_id=contract)
    found = _signed(book, wanted)
    rate = book.rules.number("receivable.finance_rate")
    keys, groups = groups_of(book, found.contracts, unit, apart)
    figures = [found.figures(group, rate) for group in groups]
    every = np.arange(len(found.contracts), dtype=np.int64)
    names = [one.name for one in COLUMNS[4:]]
    values: dict[str, Values | tuple[Values, BoolArray]] = {
        name: _column([one[name] for one in figures], name in ("advance_ratio", "days")) for name in names
    }
    return table_of(
        COLUMNS,
        keys,
        values,
        key=("unit_id", "owner_id", "contract_id"),
        totals=_summed(figures) if apart == BY_CONTRACT else found.figures(every, rate),
        notes=_notes(found),
    )


def _summed(contracts: list[dict[str, int | float | None]]) -> dict[str, int | float | None]:
    """Return the totals of single contracts, where every total is the sum of its rows."""
    names = ("there", "amount", "agreed", "advance", "cost", "undated")
    found: dict[str, int | float | None] = {}
    for name in names:
        told = [one[name] for one in contracts]
        known = [one for one in told if one is not None]
        found[name] = sum(known) if known or not told else None
    return found


def _signed(book: Book, wanted: Filter) -> Signed:
    contracts = book.gather(CONTRACTS.format(where=wanted.where), **wanted.params)
    terms = book.gather(TERMS)
    terms = terms.only(np.isin(terms["contract_id"], contracts["contract_id"]))
    at = np.searchsorted(contracts["contract_id"], terms["contract_id"])
    due, expected = terms.known("due_day"), terms.known("expected_day")
    day = np.where(due, terms["due_day"], terms["expected_day"])
    began = contracts["effective_day"][at] if len(contracts) else np.zeros(0, dtype=np.int64)
    return Signed(contracts, terms, at, day - began, due | expected)


def _column(values: list[int | float | None], fraction: bool) -> tuple[Values, BoolArray]:
    known = np.array([one is not None for one in values], dtype=np.bool_)
    plain = [0 if one is None else one for one in values]
    return (np.array(plain, dtype=np.float64) if fraction else np.array(plain, dtype=np.int64)), known


def _notes(found: Signed) -> tuple[Note, ...]:
    without = int((~np.isin(np.arange(len(found.contracts)), found.at)).sum())
    return noted(
        Note(
            "without-terms",
            Text(f"{without} 份合同没有约定付款条件。", f"Contracts without any payment term: {without}."),
            without,
        )
    )
