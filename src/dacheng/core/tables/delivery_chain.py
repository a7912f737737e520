"""How contracts are worked into cash (干出来): delivery, acceptance, invoice, receipt, and where each stands (R160)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.cash.schema import BLUE
from dacheng.core.contracts.listing import ContractId
from dacheng.core.contracts.schema import CHANGES, COUNTED, FRAMEWORK
from dacheng.core.deals.columns import noted
from dacheng.core.delivery.schema import ACCEPTANCE, ARRIVAL
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, between, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.report import CustomerId, Flag, PeriodName, PersonId, UnitId, choice, coded, number_of, report
from dacheng.core.table import Drill, Note, Table, TableColumn, Values, column_of, table_of
from dacheng.core.tables.cutting import BY_CONTRACT, BY_UNIT, CUTS, DIRECT, groups_of

TO_DELIVER, TO_ACCEPT, TO_INVOICE, TO_COLLECT, ENDED = range(1, 6)
STAGES = (
    (TO_DELIVER, "delivery", Text("待交付", "To be delivered")),
    (TO_ACCEPT, "acceptance", Text("待验收", "To be accepted")),
    (TO_INVOICE, "invoice", Text("待开票", "To be invoiced")),
    (TO_COLLECT, "cash", Text("待回款", "To be collected")),
    (ENDED, "done", Text("已收齐", "Collected")),
)
"""Where a contract stands: the first step that is not done in full."""

ORDERS = Filter((f"kind NOT IN ({', '.join(map(str, (FRAMEWORK, *CHANGES)))})", f"intake = {COUNTED}"))
CONTRACTS = """
    SELECT contract_id, customer_id, owner_id, unit_id, effective_day, amount FROM contracts {where}
    ORDER BY contract_id"""
CHANGED = f"""
    SELECT amends_id AS base_id, CAST(SUM(amount) AS BIGINT) AS amount FROM contracts
    WHERE amends_id IS NOT NULL AND intake = {COUNTED} AND posted_day <= :by GROUP BY amends_id"""
STEPS = """
    SELECT contract_id AS base_id, COUNT(*) AS there, COUNT(reached_day) AS reached, MAX(reached_day) AS day
    FROM milestones WHERE kind = :kind GROUP BY contract_id"""
_BASE = "CASE WHEN c.amends_id IS NULL THEN c.contract_id ELSE c.amends_id END"
BILLED = f"""
    SELECT {_BASE} AS base_id, CAST(SUM(i.amount) AS BIGINT) AS amount,
        MAX(CASE WHEN i.kind = {BLUE} THEN i.day END) AS day
    FROM invoices i JOIN contracts c ON c.contract_id = i.contract_id WHERE i.posted_day <= :by GROUP BY {_BASE}"""
AGREED = f"""
    SELECT {_BASE} AS base_id, CAST(SUM(t.amount) AS BIGINT) AS amount, CAST(SUM(t.open) AS BIGINT) AS open,
        CAST(SUM(t.allocated + t.written_off) AS BIGINT) AS settled
    FROM payment_terms t JOIN contracts c ON c.contract_id = t.contract_id GROUP BY {_BASE}"""
PAID = f"""
    SELECT {_BASE} AS base_id, MAX(a.posted_day) AS day
    FROM allocations a JOIN contracts c ON c.contract_id = a.contract_id
    WHERE a.posted_day <= :by AND a.term_id IS NOT NULL GROUP BY {_BASE}"""
PROJECTS = """
    SELECT contract_id AS base_id, MAX(manager_id) AS manager_id, MAX(obstacle) AS obstacle
    FROM projects GROUP BY contract_id"""

CARRIED = ("period", "customer", "stage")
_OF_ROW = {"unit": "unit_id", "direct": "direct", "owner": "owner_id", "contract": "contract_id"}
_CARRIED_ALL = ("unit", "direct", "owner", "contract", *CARRIED)
ROWS = Drill("contracts/chain", take=_OF_ROW, fixed={"apart": BY_CONTRACT}, carry=CARRIED)
ALL_ROWS = Drill("contracts/chain", fixed={"apart": BY_CONTRACT}, carry=_CARRIED_ALL)


def _days(name: str, label: Text, told: Text) -> TableColumn:
    return TableColumn(name, "number", label, judged="less", help=told)


def _stands(stage: int, name: str) -> TableColumn:
    """Return the column of what is still to come of contracts that stand at a stage."""
    code, label = next((code, label) for number, code, label in STAGES if number == stage)
    own, every = CARRIED[:-1], _CARRIED_ALL[:-1]
    fixed = {"apart": BY_CONTRACT, "stage": code}
    return TableColumn(
        name,
        "money",
        label,
        judged="less",
        drill=Drill("contracts/chain", take=_OF_ROW, fixed=fixed, carry=own),
        total_drill=Drill("contracts/chain", fixed=fixed, carry=every),
        help=Text("停在这一步的合同还没收的", "Not collected of contracts that stand there"),
    )


DAYS = ("to_delivery", "to_acceptance", "to_invoice", "to_cash", "whole")
LEFT = {TO_DELIVER: "at_delivery", TO_ACCEPT: "at_acceptance", TO_INVOICE: "at_invoice", TO_COLLECT: "at_cash"}
SUMMED = ("there", "amount", "left", *LEFT.values())

COLUMNS = (
    column_of("contracts", "contract_id"),
    column_of("units", "unit_id", label=Text("组织", "Unit")),
    DIRECT,
    column_of("contracts", "owner_id"),
    TableColumn("there", "count", Text("合同数", "Contracts"), drill=ROWS, total_drill=ALL_ROWS),
    TableColumn(
        "amount",
        "money",
        Text("合同额", "Contract value"),
        drill=ROWS,
        total_drill=ALL_ROWS,
        help=Text("含变更、冲减与取消", "With what changed it"),
    ),
    _days(
        "to_delivery",
        Text("签约到交付", "To delivery"),
        Text("全部到货的日子 − 生效日，按合同平均", "Last delivery reached − effective day, mean of contracts"),
    ),
    _days(
        "to_acceptance",
        Text("交付到验收", "To acceptance"),
        Text("全部验收的日子 − 交付完；不用到货的从生效日", "Last acceptance − delivery, else effective day"),
    ),
    _days(
        "to_invoice",
        Text("验收到开票", "To invoice"),
        Text(
            "票开满合同额的最后一张 − 验收完；先开票的是负数",
            "Last invoice, once the contract is invoiced in full − acceptance; below zero where it came first",
        ),
    ),
    _days(
        "to_cash",
        Text("开票到收齐", "To cash"),
        Text("收齐的日子 − 最后一张票", "Day of the last receipt, once all is collected − last invoice"),
    ),
    _days("whole", Text("签约到收齐", "Signing to cash"), Text("收齐的日子 − 生效日", "Collected − effective day")),
    TableColumn(
        "left",
        "money",
        Text("还没收的", "Still to come"),
        judged="less",
        drill=ROWS,
        total_drill=ALL_ROWS,
        help=Text("合同额 − 已收 − 已核销坏账", "Contract value − collected − written off"),
    ),
    *(_stands(stage, name) for stage, name in LEFT.items()),
    TableColumn(
        "stage",
        "choice",
        Text("停在哪一步", "Where it stands"),
        choices=STAGES,
        help=Text("没有全部完成的第一步；没有里程碑的不看交付、验收", "The first step that is not done in full"),
    ),
    TableColumn(
        "waiting",
        "days",
        Text("停了几天", "Days there"),
        judged="less",
        help=Text("截至日 − 上一步完成的日子", "As-of day − the day the step before was done"),
    ),
    column_of(
        "projects", "manager_id", name="blocker_id", label=Text("等谁", "Waits for"), help=Text(
            "交付、验收等项目经理，开票、回款等合同负责人",
            "The project manager for delivery and acceptance, the owner for invoice and cash",
        ),
    ),
    column_of("projects", "obstacle"),
)  # fmt: skip


@dataclass(frozen=True)
class Chain:
    """Contracts of a period and how far each is, shape (n,) each.

    Args:
        contracts: as gathered. amount, left: with what changed them; what is not collected of it.
        stage: numbers of ``STAGES``. since: the day the step before was done.
        leads: name of ``DAYS`` -> days, and where both ends are known.
        manager, obstacle: of its project, and where there is one.
    """

    contracts: Rows
    amount: IntArray
    left: IntArray
    stage: IntArray
    since: IntArray
    leads: dict[str, tuple[IntArray, BoolArray]]
    manager: tuple[IntArray, BoolArray]
    obstacle: tuple[IntArray, BoolArray]

    def figures(self, which: IntArray) -> dict[str, int | float | None]:
        """Return the figures of some contracts."""
        found: dict[str, int | float | None] = {
            "there": len(which),
            "amount": int(self.amount[which].sum()),
            "left": int(self.left[which].sum()),
        }
        for stage, name in LEFT.items():
            found[name] = int(self.left[which[self.stage[which] == stage]].sum())
        for name, (days, known) in self.leads.items():
            told = days[which][known[which]]
            found[name] = float(told.mean()) if len(told) else None
        return found


@report(
    "contracts/chain",
    title=Text("干出来：从签约到收齐", "Worked into cash"),
    help=Text(
        "期间内记账的合同从签约到收齐走了多久、停在哪一步：全部到货、全部验收、票开满、款收齐，每步的天数按合同平均，"
        "两头都有日子的才算。变更、冲减并入原合同，框架合同不算。因授权才可见的不在其中。",
        "How long contracts posted in a period took from signing to cash and where they stand: all delivered, all "
        "accepted, invoiced in full, collected. Days of a step are the mean of the contracts that have both ends. What "
        "changed a contract is put to it, frameworks are left out. Rows seen only by a grant are not among them.",
    ),
    columns=COLUMNS,
)
def delivery_chain(
    book: Book,
    *,
    apart: Annotated[str, choice(*CUTS)] = BY_UNIT,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
    stage: Annotated[str, coded(STAGES)] | None = None,
) -> Table:
    """Tell how contracts are worked into cash, and what blocks them (干出来).

    Args:
        period: of posting, up to the as-of day; default the fiscal year. stage: only contracts that stand there.

    Source: R160.
    """
    span = fiscal_year_of(book, period)
    first, end = book.months.from_day(span), min(book.months.to_day(span), book.as_of_day + 1)
    wanted = ORDERS & INSIDE & between("posted_day", first, end)
    wanted &= in_unit(book, unit, direct) & equal(owner_id=owner, customer_id=customer, contract_id=contract)
    found = chain_of(book, book.gather(CONTRACTS.format(where=wanted.where), **wanted.params))
    if stage is not None:
        found = _only(found, found.stage == number_of(STAGES, stage))
    keys, groups = groups_of(book, found.contracts, unit, apart)
    figures = [found.figures(group) for group in groups]
    single = apart == BY_CONTRACT
    every = found.figures(np.arange(len(found.contracts), dtype=np.int64))
    return table_of(
        COLUMNS,
        keys,
        {
            **{name: _column([one[name] for one in figures], name in DAYS) for name in (*SUMMED, *DAYS)},
            **_of_contract(book, found, groups, single),
        },
        key=("unit_id", "owner_id", "contract_id"),
        totals={name: value for name, value in every.items() if not single or name in SUMMED},
        notes=_notes(found),
    )


def chain_of(book: Book, contracts: Rows) -> Chain:
    """Return how far contracts are on the Book's day.

    Args:
        contracts: of ``CONTRACTS``, orders that change no other.
    """
    by = book.as_of_day
    ids, began = contracts["contract_id"], contracts["effective_day"]
    changed = _beside(book.gather(CHANGED, by=by), ids)
    billed, agreed, paid = (
        _beside(one, ids) for one in (book.gather(BILLED, by=by), book.gather(AGREED), book.gather(PAID, by=by))
    )
    amount = contracts["amount"] + changed["amount"][0]
    left = amount - agreed["settled"][0]
    steps = [_beside(book.gather(STEPS, kind=kind), ids) for kind in (ARRIVAL, ACCEPTANCE)]
    needed = [one["there"][0] > 0 for one in steps]
    done = [one["there"][0] == one["reached"][0] for one in steps]
    invoiced = billed["day"][1] & (billed["amount"][0] >= amount)
    collected = paid["day"][1] & (agreed["open"][0] == 0) & (agreed["amount"][0] >= amount)
    ends = [(steps[at]["day"][0], needed[at] & done[at]) for at in (0, 1)]
    ends += [(billed["day"][0], invoiced), (paid["day"][0], collected)]
    missing = [needed[0] & ~done[0], needed[1] & ~done[1], ~invoiced, ~collected]
    stage = np.select(missing, [TO_DELIVER, TO_ACCEPT, TO_INVOICE, TO_COLLECT], ENDED).astype(np.int64)
    leads, since = {}, began
    for at, (day, known) in enumerate(ends):
        start = _latest_start(began, ends[:at])
        before = ends[2][1] if at == TO_COLLECT - 1 else np.ones(len(ids), dtype=np.bool_)
        leads[DAYS[at]] = (day - start, known & before)
        since = np.where(stage == at + 1, start, since)
    leads["whole"] = (paid["day"][0] - began, collected)
    since = np.where(stage == ENDED, paid["day"][0], since)
    projects = _beside(book.gather(PROJECTS), ids)
    return Chain(contracts, amount, left, stage, since, leads, projects["manager_id"], projects["obstacle"])


def _latest_start(began: IntArray, ends: list[tuple[IntArray, BoolArray]]) -> IntArray:
    """Return the day the last step before was done, or the effective day where there was none."""
    start = began
    for day, known in ends:
        start = np.where(known, day, start)
    return start


def _beside(rows: Rows, ids: IntArray) -> dict[str, tuple[IntArray, BoolArray]]:
    """Return the columns of rows, one a contract, beside contracts in ascending order; 0 and unknown without a row."""
    order = np.argsort(rows["base_id"], kind="stable")
    base = rows["base_id"][order]
    at = np.minimum(np.searchsorted(base, ids), max(len(base) - 1, 0))
    there = base[at] == ids if len(base) else np.zeros(len(ids), dtype=np.bool_)
    found = {}
    for name in rows.columns:
        known = there & (rows.known(name)[order][at] if len(base) else there)
        values = rows[name][order][at] if len(base) else np.zeros(len(ids), dtype=np.int64)
        found[name] = (np.where(known, values, 0), known)
    return found


def _only(found: Chain, which: BoolArray) -> Chain:
    def cut(pair: tuple[IntArray, BoolArray]) -> tuple[IntArray, BoolArray]:
        return pair[0][which], pair[1][which]

    return Chain(
        found.contracts.only(which),
        found.amount[which],
        found.left[which],
        found.stage[which],
        found.since[which],
        {name: cut(pair) for name, pair in found.leads.items()},
        cut(found.manager),
        cut(found.obstacle),
    )


def _of_contract(book: Book, found: Chain, groups: list[IntArray], single: bool) -> dict[str, tuple[Values, BoolArray]]:
    """Return the columns that only a single contract has; unknown in rows of several."""
    if not single:
        none = np.zeros(len(groups), dtype=np.int64)
        return dict.fromkeys(("stage", "waiting", "blocker_id", "obstacle"), (none, none > 0))
    at = np.concatenate([*groups, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    stage, every = found.stage[at], np.ones(len(at), dtype=np.bool_)
    by_project = stage <= TO_ACCEPT
    blocker = np.where(by_project, found.manager[0][at], found.contracts["owner_id"][at])
    return {
        "stage": (stage, every),
        "waiting": (book.as_of_day - found.since[at], stage != ENDED),
        "blocker_id": (blocker, np.where(by_project, found.manager[1][at], stage != ENDED)),
        "obstacle": (found.obstacle[0][at], found.obstacle[1][at] & by_project),
    }


def _column(values: list[int | float | None], fraction: bool) -> tuple[Values, BoolArray]:
    known = np.array([one is not None for one in values], dtype=np.bool_)
    plain = [0 if one is None else one for one in values]
    return (np.array(plain, dtype=np.float64) if fraction else np.array(plain, dtype=np.int64)), known


def _notes(found: Chain) -> tuple[Note, ...]:
    early = int((found.leads["to_invoice"][1] & (found.leads["to_invoice"][0] < 0)).sum())
    return noted(
        Note(
            "invoiced-first",
            Text(f"{early} 份合同在验收前就开满了票。", f"Invoiced in full before they were accepted: {early}."),
            early,
        )
    )
