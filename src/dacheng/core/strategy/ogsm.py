"""OGSM on one page (OGSM 一页纸): objectives, goals, strategies, measures, and what each still lacks (R055)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.deals import columns as shown
from dacheng.core.errors import RuleError, Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.period import ym_text
from dacheng.core.report import PeriodName, UnitId, report
from dacheng.core.strategy.goals import Goal, attained, goals_of, value_of
from dacheng.core.strategy.schema import GOAL, MEASURE, NODE_KINDS, OBJECTIVE, STRATEGY
from dacheng.core.strategy.smart import target_of
from dacheng.core.table import Note, Table, TableColumn, column_of, fractions_known, table_of

NODES = """
    SELECT node_id, unit_id, person_id, year, kind, parent_id, source_id, goal_id, due_ym, position FROM ogsm_nodes
    WHERE year = :year ORDER BY position, node_id"""

SERVES = {OBJECTIVE: 0, GOAL: OBJECTIVE, STRATEGY: GOAL, MEASURE: STRATEGY}
"""Kind -> the kind of entry above it on the page; 0 = it stands at the top."""

HANDED = {OBJECTIVE: STRATEGY, GOAL: MEASURE}
"""Kind -> the kind of an upper unit's entry that it may be handed down from."""

NO_FAULT, NO_NUMBER, NO_MEASURE, UNBOUND, LOOSE = 0, 1, 2, 3, 4
FAULTS = (
    (NO_FAULT, "none", Text("完整", "Complete")),
    (NO_NUMBER, "no-number", Text("G 没有数字：无效", "A G without a number: invalid")),
    (NO_MEASURE, "no-measure", Text("S 没有 M：不完整", "An S without an M: incomplete")),
    (UNBOUND, "unbound", Text("M 没有指标：不完整", "An M without a metric: incomplete")),
    (LOOSE, "loose", Text("没有放到上一格下：不完整", "It serves nothing above it: incomplete")),
)

Node = Mapping[str, int | None]

COLUMNS = (
    column_of("ogsm_nodes", "node_id"),
    column_of("ogsm_nodes", "unit_id"),
    column_of("ogsm_nodes", "kind"),
    TableColumn("depth", "count", Text("层级", "Level"), optional=True),
    column_of("ogsm_nodes", "parent_id", optional=True),
    column_of("ogsm_nodes", "source_id", optional=True),
    column_of("ogsm_nodes", "person_id"),
    column_of("ogsm_nodes", "goal_id"),
    column_of("ogsm_nodes", "due_ym"),
    TableColumn("attainment_ratio", "ratio", Text("达成率", "Attainment"), judged="more"),
    TableColumn(
        "overdue",
        "flag",
        Text("逾期", "Overdue"),
        help=Text("M 的截止月已过，还没有达成", "An M whose due month is over and that is not attained"),
    ),
    TableColumn("fault", "choice", Text("检查", "Check"), choices=FAULTS),
)


@report(
    "strategy/ogsm",
    title=Text("OGSM 一页纸", "OGSM on one page"),
    help=Text(
        "一个组织一年的 目的–目标–策略–衡量。G 要有带数字的战略目标，S 至少要有一个 M，M 要绑定有指标的战略目标。"
        "上级的 S、M 成为下级的 O、G。",
        "Objectives, goals, strategies and measures of a unit and a year. A G needs a strategic goal with a number, "
        "an S at least one M, an M a strategic goal with a metric. An S or M above becomes an O or G below.",
    ),
    columns=COLUMNS,
)
def ogsm(book: Book, *, unit: UnitId | None = None, period: PeriodName | None = None) -> Table:
    """List the entries of the page in its order, each with what it lacks (OGSM 一页纸).

    Args:
        unit: only this unit's own page; default all that the viewer sees.
        period: the page of its first year; default the fiscal year of the as-of day.

    Source: R055.
    """
    nodes = nodes_of(book, year_of(book, period), unit)
    found = {one["goal_id"]: one for one in goals_of(book)}
    faults = [fault_of(one, nodes, found.get(one["goal_id"])) for one, _ in nodes_in_order(nodes)]
    ordered = nodes_in_order(nodes)
    names = ("node_id", "unit_id", "kind", "parent_id", "source_id", "goal_id", "due_ym")
    rows = Rows.of((*names, "depth"), [[*(one[name] for name in names), depth] for one, depth in ordered])
    people = np.array([one["person_id"] or 0 for one, _ in ordered], dtype=np.int64)
    shares = [_attained(book, found.get(one["goal_id"])) for one, _ in ordered]
    month = int(book.months.ym_of(book.as_of_day))
    overdue = [is_overdue(one, share, month) for (one, _), share in zip(ordered, shares, strict=True)]
    return table_of(
        COLUMNS,
        rows,
        {
            "person_id": (people, people > 0),
            "attainment_ratio": fractions_known(shares),
            "overdue": np.array(overdue, dtype=np.int64),
            "fault": np.array(faults, dtype=np.int64),
        },
        key=("node_id",),
        notes=shown.noted(_faulty(sum(one != NO_FAULT for one in faults)), _late(sum(overdue))),
    )


def year_of(book: Book, period: PeriodName | None) -> int:
    """Return the fiscal year in which a period begins."""
    return book.rules.fiscal.year_of(fiscal_year_of(book, period).from_ym)


def nodes_of(book: Book, year: int, unit: int | None = None) -> list[Node]:
    """Return the entries of a year that the viewer sees, in the order of their positions."""
    every = book.gather(NODES, year=year).records()
    return [one for one in every if unit in (None, one["unit_id"])]


def nodes_in_order(nodes: Sequence[Node]) -> list[tuple[Node, int]]:
    """Return entries as the page shows them, each followed by what serves it, with its depth from 0 on."""
    below: dict[int | None, list[Node]] = {}
    there = {one["node_id"] for one in nodes}
    for one in nodes:
        below.setdefault(one["parent_id"] if one["parent_id"] in there else None, []).append(one)
    found: list[tuple[Node, int]] = []
    waiting = [(one, 0) for one in reversed(below.get(None, []))]
    while waiting:
        one, depth = waiting.pop()
        found.append((one, depth))
        waiting += [(next_one, depth + 1) for next_one in reversed(below.get(one["node_id"], []))]
    return found


def fault_of(node: Node, nodes: Sequence[Node], goal: Goal | None) -> int:
    """Return the first thing an entry lacks, one of ``FAULTS``.

    Source: R055 X: G without number invalid, S without M incomplete; each M bound to a metric.
    """
    kind = node["kind"]
    if kind == GOAL and (goal is None or target_of(goal) is None):
        return NO_NUMBER
    if kind == MEASURE and (goal is None or not goal["metric"]):
        return UNBOUND
    if kind == STRATEGY and not any(one["parent_id"] == node["node_id"] and one["kind"] == MEASURE for one in nodes):
        return NO_MEASURE
    return LOOSE if kind != OBJECTIVE and not node["parent_id"] and not node["source_id"] else NO_FAULT


def is_overdue(node: Node, share: float | None, month: int) -> bool:
    """Tell whether a measure is due before a month and not attained.

    Args:
        share: how far it is attained, 1 = all of it; None = not known, which is no attainment.
        month: the company's month of the as-of day; in its due month a measure is not overdue yet.
    """
    due = node["due_ym"]
    return node["kind"] == MEASURE and due is not None and due < month and (share is None or share < 1)


def check_due(kind: int, before: int | None, after: int | None, reason: str) -> None:
    """Refuse to move or clear the due month of a measure without saying why; to set it the first time is free.

    Args:
        reason: what is said with this change, not what was said of an earlier one.

    Raises:
        RuleError: says what it was.

    Source: R055.
    """
    if kind == MEASURE and before is not None and before != after and not reason.strip():
        raise RuleError(
            Text(
                f"截止月原定 {ym_text(before)}，没有写改期理由。", f"It was due in {ym_text(before)}; say why it moves."
            ),
            Text("在「改期理由」里写这一次为什么改。", "Write the reason of this change into “Why it is due then”."),
        )


def check_line(node: int, above: Mapping[int, tuple[int, ...]]) -> None:
    """Refuse an entry (or a goal) that would serve itself through others.

    Args:
        above: entry -> those it serves or is handed down from.

    Raises:
        RuleError: there is a circle.
    """
    seen: set[int] = set()
    waiting = list(above.get(node, ()))
    while waiting:
        one = waiting.pop()
        if one == node:
            raise RuleError(
                Text("这样会绕成一圈：它承接的又承接它。", "This makes a circle: what it serves would serve it."),
                Text("换一个上级。", "Choose another one above."),
            )
        if one not in seen:
            seen.add(one)
            waiting += above.get(one, ())


def check_kinds(kind: int, above: int | None, handed_from: int | None) -> None:
    """Refuse an entry below one of the wrong kind.

    Args:
        above: kind of the entry it serves; handed_from: kind of the upper unit's entry; None = none.

    Raises:
        RuleError: says what the entry may stand under.
    """
    labels = {number: label for number, _, label in NODE_KINDS}
    if above is not None and above != SERVES[kind]:
        raise _wrong(labels[kind], labels[above], labels.get(SERVES[kind]))
    if handed_from is not None and handed_from != HANDED.get(kind):
        raise _wrong(labels[kind], labels[handed_from], labels.get(HANDED.get(kind, 0)))


def _wrong(kind: Text, seen: Text, wanted: Text | None) -> RuleError:
    right = wanted or Text("最上面", "the top")
    return RuleError(
        Text(f"「{kind.zh}」不能放在「{seen.zh}」下面。", f"“{kind.en}” cannot stand under “{seen.en}”."),
        Text(f"它的上一格是：{right.zh}。", f"It stands under: {right.en}."),
    )


def _attained(book: Book, goal: Goal | None) -> float | None:
    if goal is None:
        return None
    share = attained(goal, value_of(book, goal).value)
    return None if share is None else float(share)


def _late(count: int) -> Note:
    return Note("ogsm-overdue", Text(f"{count} 条 M 逾期。", f"Measures that are overdue: {count}."), count)


def _faulty(count: int) -> Note:
    return Note("ogsm-faults", Text(f"{count} 条还不完整。", f"Entries that are not complete: {count}."), count)
