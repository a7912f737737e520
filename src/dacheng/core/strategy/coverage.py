"""战略承接率 (strategic coverage): what the opportunities that carry a goal are worth against the goal (R003)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals import columns as shown
from dacheng.core.deals.schema import OPEN, STATES, WON
from dacheng.core.errors import Text
from dacheng.core.report import Flag, GoalId, ThemeId, UnitId, choice, report
from dacheng.core.strategy.board import GOAL, THEME, UNIT
from dacheng.core.strategy.goals import Goal, goal_amount, goals_of, linked_to, topmost
from dacheng.core.table import Drill, Table, TableColumn, column_of, table_of

BY_GOAL, BY_THEME = "goal", "theme"
WAYS = ((BY_GOAL, Text("战略目标", "Goals")), (BY_THEME, Text("战略主题", "Themes")))
FILTERS = ("theme", "unit")
OF_GOAL = Drill("strategy/carried", take={"goal": "goal_id"}, carry=FILTERS)
OF_THEME = Drill("strategy/carried", take={"theme": "theme_id", "themeless": "themeless"}, carry=("unit",))
ALL = Drill("strategy/carried", carry=FILTERS)


def _figures(drill: Drill) -> tuple[TableColumn, ...]:
    return (
        TableColumn(
            "goal_amount",
            "money",
            Text("目标金额", "Goal"),
            help=Text(
                "金额目标的目标值；给了基数的增长目标 = 基数 ×（1 + 增长）；数量和占比目标没有金额。"
                "合计里承接上级的目标不再算一次",
                "Target of an amount goal; of a growth goal with a base, base × (1 + growth); counts and shares have "
                "none. In a sum a goal below another one is not counted again",
            ),
        ),
        TableColumn(
            "open_amount", "money", Text("承接在途", "Open"), help=Text("承接它的在途商机金额", "Open and linked")
        ),
        TableColumn(
            "won_amount", "money", Text("承接已赢", "Won"), help=Text("承接它的已赢商机金额", "Won and linked")
        ),
        TableColumn(
            "linked_amount",
            "money",
            Text("承接金额", "Linked"),
            judged="more",
            drill=drill,
            total_drill=ALL,
            help=Text(
                "在途 + 已赢；承接两个目标的商机在合计里只算一次",
                "Open + won; in sums one that carries two counts once",
            ),
        ),
        TableColumn(
            "coverage_ratio",
            "ratio",
            Text("战略承接率", "Coverage"),
            judged="more",
            help=Text(
                "承接金额 ÷ 目标金额；一行里没有金额的目标不算",
                "Linked ÷ goal; of a theme, goals with an amount and what carries them",
            ),
        ),
        TableColumn("deals", "count", Text("承接商机", "Opportunities"), drill=drill, total_drill=ALL),
    )


BY_GOAL_COLUMNS = (GOAL, THEME, UNIT, *_figures(OF_GOAL))
BY_THEME_COLUMNS = (
    THEME,
    TableColumn("themeless", "flag", Text("没有主题", "Without a theme"), optional=True),
    TableColumn("goals", "count", Text("目标数", "Goals")),
    *_figures(OF_THEME),
)
COLUMNS = (GOAL, *BY_THEME_COLUMNS[:3], UNIT, *_figures(OF_GOAL))


@report(
    "strategy/coverage",
    title=Text("战略承接率", "Strategic coverage"),
    help=Text(
        "每个战略目标或主题由多少商机承接：战略承接率 = 承接商机金额 ÷ 目标金额。承接商机 = 在途和已赢；丢单不算。"
        "没有金额的商机计数、不计金额。",
        "How much opportunity carries each strategic goal or theme: coverage = amount of linked opportunities ÷ amount "
        "of the goal. Open and won ones carry, lost ones do not. One without an amount is counted and in no sum.",
    ),
    columns=COLUMNS,
)
def coverage(
    book: Book,
    *,
    by: Annotated[str, choice(*WAYS)] = BY_GOAL,
    theme: ThemeId | None = None,
    unit: UnitId | None = None,
) -> Table:
    """Compare what carries each goal, or theme, with the goal's amount (战略承接率).

    Source: R003.
    """
    found = chosen_goals(book, theme=theme, unit=unit)
    links = links_of(book, found)
    groups = [[one] for one in found] if by == BY_GOAL else _by_theme(found)
    figures = [_of_group(group, links) for group in groups]
    rows = Rows.of(
        ("goal_id", "theme_id", "unit_id", "themeless", "goals", "goal_amount", "open_amount", "won_amount",
         "linked_amount", "deals", "carrying"),
        [
            (
                *(group[0][name] for name in ("goal_id", "theme_id", "unit_id")),
                int(not group[0]["theme_id"]),
                len(group),
                *each,
            )
            for group, each in zip(groups, figures, strict=True)
        ],
    )  # fmt: skip
    whole = _of_group(found, links)
    return table_of(
        BY_GOAL_COLUMNS if by == BY_GOAL else BY_THEME_COLUMNS,
        rows,
        {"coverage_ratio": _ratios(rows)},
        key=("goal_id",) if by == BY_GOAL else ("theme_id",),
        totals=_totals(whole),
        notes=shown.noted(shown.without_amount_note(_without_amount(links))),
    )


def chosen_goals(book: Book, *, theme: int | None, unit: int | None) -> list[Goal]:
    """Return the goals the viewer sees of a theme, and of a unit and those below it."""
    below = None if unit is None else book.tree.subtree(unit) if unit in book.tree else (unit,)
    return [
        one for one in goals_of(book) if theme in (None, one["theme_id"]) and (below is None or one["unit_id"] in below)
    ]


def links_of(book: Book, found: list[Goal]) -> Rows:
    """Return the opportunities that carry these goals, by goal."""
    links = linked_to(book)
    wanted = np.array([one["goal_id"] for one in found], dtype=np.int64)
    return links.only(np.isin(links["goal_id"], wanted))


def distinct(links: Rows) -> Rows:
    """Return each opportunity once."""
    _, first = np.unique(links["deal_id"], return_index=True)
    return links.only(first)


Group = tuple[int | None, int, int, int, int, int]
"""Goal amount, open, won, linked, opportunities, and what carries the goals that have an amount; 分."""


def _of_group(group: list[Goal], links: Rows) -> Group:
    known = [goal_amount(one) or 0 for one in topmost(group)]
    mine = distinct(_of(links, group))
    valued = distinct(_of(links, [one for one in group if goal_amount(one) is not None]))
    open_amount, won = (_sum(mine, mine["state"] == state) for state in (OPEN, WON))
    carrying = _sum(valued, np.ones(len(valued), dtype=np.bool_))
    return sum(known) if known else None, open_amount, won, open_amount + won, len(mine), carrying


def _of(links: Rows, group: list[Goal]) -> Rows:
    return links.only(np.isin(links["goal_id"], np.array([one["goal_id"] for one in group], dtype=np.int64)))


def _sum(rows: Rows, keep: BoolArray) -> int:
    return int(rows["amount"][keep & rows.known("amount")].sum())


def _by_theme(found: list[Goal]) -> list[list[Goal]]:
    """Return the goals of each theme; those without one come last."""
    themes = sorted({one["theme_id"] or 0 for one in found}, key=lambda one: (one == 0, one))
    return [[one for one in found if (one["theme_id"] or 0) == theme] for theme in themes]


def _ratios(rows: Rows) -> tuple[FloatArray, BoolArray]:
    goal: IntArray = rows["goal_amount"]
    known = rows.known("goal_amount") & (goal > 0)
    return np.divide(rows["carrying"], goal, out=np.zeros(len(rows)), where=known), known


def _totals(whole: Group) -> dict[str, int | float | None]:
    amount, open_amount, won, linked, deals, carrying = whole
    return {
        "goal_amount": amount,
        "open_amount": open_amount,
        "won_amount": won,
        "linked_amount": linked,
        "coverage_ratio": carrying / amount if amount else None,
        "deals": deals,
    }


def _without_amount(links: Rows) -> int:
    once = distinct(links)
    return int((~once.known("amount")).sum())


CARRIED_COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
    shown.STAGE,
    column_of("deals", "state", choices=tuple(one for one in STATES if one[0] in (OPEN, WON))),
    shown.EXPECTED,
    column_of("deals", "amount"),
)


@report(
    "strategy/carried",
    title=Text("承接商机", "Opportunities that carry goals"),
    help=Text("承接战略目标的在途和已赢商机，一单一行。", "Open and won opportunities that carry goals, each once."),
    columns=CARRIED_COLUMNS,
    listed=False,
)
def carried(
    book: Book,
    *,
    goal: GoalId | None = None,
    theme: ThemeId | None = None,
    themeless: Flag = False,
    unit: UnitId | None = None,
) -> Table:
    """List the opportunities that carry goals (承接商机).

    Args:
        themeless: only goals without a theme.
    """
    found = [
        one
        for one in chosen_goals(book, theme=theme, unit=unit)
        if goal in (None, one["goal_id"]) and not (themeless and one["theme_id"])
    ]
    rows = distinct(links_of(book, found))
    known = rows.known("amount")
    return table_of(
        CARRIED_COLUMNS,
        rows,
        key=("deal_id",),
        totals={"amount": int(rows["amount"][known].sum()) if known.any() or not len(rows) else None},
        notes=shown.noted(shown.without_amount_note(int((~known).sum()))),
    )
