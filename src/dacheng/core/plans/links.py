"""Both views of one target (纵向与横向管理): down the chain from information to action, and across (R050).

Each link is a number of records that the viewer sees; a link with none is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dacheng.core.activity.weeks import DONE, WEEK, planned_now
from dacheng.core.book import Book, Rows
from dacheng.core.deals.schema import OPEN
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, between, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.org.branches import topmost
from dacheng.core.period import Period
from dacheng.core.plans.schema import CHANNEL
from dacheng.core.report import PeriodName, UnitId, report
from dacheng.core.strategy.schema import STRATEGY as OGSM_STRATEGY
from dacheng.core.table import Table, TableColumn, table_of
from dacheng.core.targets.cascading import OWN, cells_of
from dacheng.core.targets.cells import cells
from dacheng.core.targets.done import done
from dacheng.core.targets.schema import CONTRACT

DOWN, ACROSS = 1, 2
CHAINS = ((DOWN, "down", Text("纵向", "Down the chain")), (ACROSS, "across", Text("横向", "Across")))
INFORMATION, TARGET, RESOURCES, EXECUTION, ACCOUNTS, SELLERS, MANAGEMENT, WAYS, CHANNELS, STRATEGY = range(1, 11)
LINKS = (
    (INFORMATION, "information", Text("信息：在途商机", "Information: open opportunities")),
    (TARGET, "target", Text("目标：期间内的目标格", "Target: cells of the period")),
    (RESOURCES, "resources", Text("资源：在职人员", "Resources: people who work here")),
    (WAYS, "ways", Text("策略：OGSM 的策略", "Strategies: of the OGSM")),
    (EXECUTION, "execution", Text("执行：近四周做过动作的人", "Execution: people who acted in the last four weeks")),
    (ACCOUNTS, "accounts", Text("客户：在途或有业绩的客户", "Accounts: open or with results")),
    (CHANNELS, "channels", Text("渠道：目标方案里的渠道", "Channels: partners in plans")),
    (SELLERS, "sellers", Text("销售人员：有目标的人", "People who sell: with a target")),
    (MANAGEMENT, "management", Text("销售管理：本周有计划的动作", "Management: kinds of action planned this week")),
    (STRATEGY, "strategy", Text("战略：期间内的战略目标", "Strategy: strategic goals of the period")),
)
OF_CHAIN = {
    DOWN: (INFORMATION, TARGET, RESOURCES, WAYS, EXECUTION),
    ACROSS: (ACCOUNTS, CHANNELS, SELLERS, MANAGEMENT, STRATEGY),
}
WEEKS = 4

OPEN_DEALS = "SELECT deal_id, customer_id FROM credits {where}"
PEOPLE = "SELECT p.person_id, p.unit_id FROM people p WHERE p.left = 0 ORDER BY p.person_id"
OF_STRATEGIES = f"SELECT node_id, unit_id, year FROM ogsm_nodes WHERE kind = {OGSM_STRATEGY} ORDER BY node_id"
OF_GOALS = "SELECT goal_id, unit_id, start_ym, due_ym FROM goals ORDER BY goal_id"
OF_CHANNELS = f"""
    SELECT r.plan_row_id, r.plan_id, r.unit_id FROM plan_rows r JOIN plans p ON p.plan_id = r.plan_id
    WHERE r.kind = {CHANNEL} AND p.from_ym < :until AND p.until_ym > :first ORDER BY r.plan_row_id"""
COLUMNS = (
    TableColumn("unit_id", "ref", Text("组织", "Unit"), ref="units"),
    TableColumn("chain", "choice", Text("视角", "View"), choices=CHAINS),
    TableColumn("link", "choice", Text("环节", "Link"), choices=LINKS),
    TableColumn("there", "count", Text("有", "There"), help=Text("你看得到的记录数", "Records that you see")),
    TableColumn(
        "missing",
        "count",
        Text("缺", "Missing"),
        judged="less",
        difference=True,
        help=Text("1 = 这一环没有", "1 = there is none of this link"),
    ),
)


@report(
    "targets/links",
    title=Text("纵横两看", "Down and across"),
    help=Text(
        "一个组织的目标，纵向看信息、目标、资源、策略、执行，横向看客户、渠道、销售人员、销售管理、战略；"
        "哪一环没有就标红。只数你看得到的记录。",
        "The target of a unit looked at down the chain (information, target, resources, strategies, execution) and "
        "across (accounts, channels, people who sell, management, strategy); a link of which there is none is red. "
        "Only what you see is counted.",
    ),
    columns=COLUMNS,
)
def links(book: Book, *, unit: UnitId | None = None, period: PeriodName | None = None) -> Table:
    """Tell which links of a unit's target are there, down the chain and across (纵横两看).

    Args:
        unit: default every topmost unit of the viewer. period: of targets and results; default the fiscal year.

    Source: R050.
    """
    span = fiscal_year_of(book, period)
    units = topmost(book).tolist() if unit is None else [unit]
    rows = [
        (one, chain, link, COUNTED[link](_Node(book, one, span)))
        for one in units
        for chain, own in OF_CHAIN.items()
        for link in own
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    columns = dict(zip(("unit_id", "chain", "link", "there"), table.T, strict=True))
    return table_of(
        COLUMNS,
        Rows({**columns, "missing": (columns["there"] == 0).astype(np.int64)}),
        key=("unit_id", "chain", "link"),
    )


@dataclass(frozen=True, slots=True)
class _Node:
    """A unit with everything below it, in a period."""

    book: Book
    unit: int
    span: Period

    @property
    def within(self) -> Filter:
        return in_unit(self.book, self.unit)


def _open(node: _Node) -> Rows:
    wanted = node.within & INSIDE & equal(state=OPEN)
    return node.book.gather(OPEN_DEALS.format(where=wanted.where), **wanted.params)


def _deals(node: _Node) -> int:
    return len(np.unique(_open(node)["deal_id"]))


def _targets(node: _Node) -> int:
    return cells(node.book, unit=node.unit, measure=CONTRACT, period=node.span).count


def _people(node: _Node) -> int:
    rows = node.book.gather(PEOPLE)
    under = node.book.tree.is_under(rows["unit_id"], node.unit) if len(rows) else np.zeros(0, dtype=np.bool_)
    return int(np.count_nonzero(under))


def _acted(node: _Node) -> int:
    last = node.book.as_of_day + 1
    wanted = node.within & between("day", last - WEEKS * WEEK, last)
    rows = node.book.gather(f"{DONE} {wanted.where}", **wanted.params)
    return len(np.unique(rows["person_id"][rows["times"] > 0]))


def _accounts(node: _Node) -> int:
    rows = _open(node)
    reached = done(node.book, unit=node.unit, period=node.span)
    known = reached.known("customer_id")
    both = (rows["customer_id"][rows.known("customer_id")], reached.values["customer_id"][known])
    return len(np.unique(np.concatenate(both)))


def _sellers(node: _Node) -> int:
    """Count the people with a target at the unit or anywhere below it, whichever level the unit's own was set at."""
    planned = cells_of(node.book, node.span, node.within & equal(measure_id=CONTRACT))
    people = planned["person_id"]
    return len(np.unique(people[people != OWN]))


def _managed(node: _Node) -> int:
    return len(planned_now(node.book, node.within))


def _placed(node: _Node, rows: Rows) -> Rows:
    return rows.only(node.book.tree.is_under(rows["unit_id"], node.unit)) if len(rows) else rows


def _ways(node: _Node) -> int:
    rows = _placed(node, node.book.gather(OF_STRATEGIES))
    fiscal = node.book.rules.fiscal
    years = fiscal.year_of(node.span.from_ym), fiscal.year_of(node.span.to_ym - 1)
    return int(np.count_nonzero((rows["year"] >= years[0]) & (rows["year"] <= years[1])))


def _goals(node: _Node) -> int:
    """Count the goals of the period; one that states no month is of any."""
    rows = _placed(node, node.book.gather(OF_GOALS))
    begun = ~rows.known("start_ym") | (rows["start_ym"] < node.span.to_ym)
    open_yet = ~rows.known("due_ym") | (rows["due_ym"] >= node.span.from_ym)
    return int(np.count_nonzero(begun & open_yet))


def _channels(node: _Node) -> int:
    """Count the partners of the latest plan of the period that has any at the unit."""
    rows = _placed(node, node.book.gather(OF_CHANNELS, first=node.span.from_ym, until=node.span.to_ym))
    return int(np.count_nonzero(rows["plan_id"] == rows["plan_id"].max())) if len(rows) else 0


COUNTED: dict[int, Callable[[_Node], int]] = {
    INFORMATION: _deals,
    TARGET: _targets,
    RESOURCES: _people,
    EXECUTION: _acted,
    ACCOUNTS: _accounts,
    SELLERS: _sellers,
    MANAGEMENT: _managed,
    WAYS: _ways,
    CHANNELS: _channels,
    STRATEGY: _goals,
}
