"""Strategic goals as a Book shows them, and the value that each has now (R024)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.deals.schema import OPEN, WON
from dacheng.core.money import BP_PER_WHOLE, round_half_away
from dacheng.core.period import Period
from dacheng.core.strategy.schema import (
    COUNT,
    GROWTH,
    LINKED_AMOUNT,
    LINKED_DEALS,
    NEW_CUSTOMERS,
    READING,
    SHARE,
    WON_AMOUNT,
)
from dacheng.core.strategy.smart import IN_AMOUNTS, READING_OF, target_of

YEAR = 12
STATED = (
    "goal_id, unit_id, person_id, theme_id, parent_id, aim, form, metric, product_id, target_count, target_amount,"
    " target_bp, base_count, base_amount, reading_count, reading_amount, reading_bp, start_ym, due_ym, horizon, state"
)
GOALS = f"SELECT {STATED} FROM goals ORDER BY goal_id"
WINS = f"""
    SELECT deal_id, customer_id, owner_id, unit_id, product_id, closed_day, amount FROM deals
    WHERE state = {WON} AND unit_id <> {OUTSIDE} AND closed_day < :end ORDER BY closed_day, deal_id"""
LINKED = f"""
    SELECT l.goal_id, d.deal_id, d.customer_id, d.owner_id, d.unit_id, d.product_id, d.stage_id, d.state, d.closed_day,
        d.expected_day, d.amount
    FROM goal_deals l JOIN deals d ON d.deal_id = l.deal_id JOIN goals g ON g.goal_id = l.goal_id
    WHERE d.unit_id <> {OUTSIDE} AND d.state IN ({OPEN}, {WON}) ORDER BY l.goal_id, d.deal_id"""
"""Opportunities that carry goals the viewer sees: open and won ones; what is lost carries nothing any more."""

ABOVE = "SELECT goal_id, parent_id FROM goals WHERE parent_id > 0 ORDER BY goal_id"
NO: IntArray = np.zeros(0, dtype=np.int64)

Goal = Mapping[str, int | None]
"""One goal: column -> value, None where it is not stated."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a goal has reached.

    Args:
        deals: counted, shape (n,) of each column; of a reading none.
        count: what the metric counts: wins or customers; amount: 分; None where the metric does not count it.
        value: in the unit of the goal's kind: pieces, 分, basis points; None = not applicable.
    """

    deals: Rows
    count: int | None = None
    amount: int | None = None
    value: int | None = None


def goals_of(book: Book) -> Sequence[Goal]:
    """Return the goals that the viewer sees on the Book's day, by id."""
    return book.gather(GOALS).records()


def linked_to(book: Book) -> Rows:
    """Return the open and won opportunities that carry goals, by goal; one that carries two stands twice.

    What carries a goal carries every goal above it.
    """
    links = book.gather(LINKED)
    rows = book.gather(ABOVE)
    above = dict(zip(rows["goal_id"].tolist(), rows["parent_id"].tolist(), strict=True))
    expanded = [(goal, at) for at, one in enumerate(links["goal_id"].tolist()) for goal in _line(one, above)]
    goals, places = (np.array(part, dtype=np.int64) for part in zip(*expanded, strict=True)) if expanded else (NO, NO)
    _, once = np.unique(np.stack((goals, links["deal_id"][places])), axis=1, return_index=True)
    found = links.only(places[once])
    return Rows({**found.columns, "goal_id": goals[once]}, found.masks)


def _line(goal: int, above: Mapping[int, int]) -> list[int]:
    """Return a goal and every goal above it, each once."""
    line: list[int] = []
    while goal and goal not in line:
        line.append(goal)
        goal = above.get(goal, 0)
    return line


def span_of(book: Book, goal: Goal) -> Period | None:
    """Return the months in which a goal is measured: from its first month, or its fiscal year's, to the due one."""
    due, start = goal["due_ym"], goal["start_ym"]
    if due is None or (start is not None and start > due):
        return None
    fiscal = book.rules.fiscal
    return Period(fiscal.year(fiscal.year_of(due)).from_ym if start is None else start, due + 1)


def is_whole(book: Book, goal: Goal) -> bool:
    """Tell whether the viewer sees every opportunity that can count for a goal: its unit lies in his scope."""
    return book.scope.whole or goal["unit_id"] in book.scope.units


def value_of(book: Book, goal: Goal) -> Value:
    """Return what a goal has reached on the Book's day.

    Count and amount: wins placed under the goal's unit and closed in its months, of its product where it names one;
    a customer is new with the first win there. Share: wins of the product ÷ wins of all products, same filter;
    n/a when there is none. Growth: value ÷ base − 1, base = what is stated, else the same months a year before;
    n/a at a base of zero. A reading is what somebody stated as of a day. Who does not see the goal's whole unit
    gets no value, so that nobody reads another one than his manager.

    Source: R024.
    """
    span, metric, form = span_of(book, goal), goal["metric"], goal["form"]
    if metric == READING:
        return Value(NONE, value=goal[READING_OF[form]] if form else None)
    if span is None or metric is None or form is None or not is_whole(book, goal):
        return Value(NONE)
    counted = _counted(book, goal, span)
    count, amount = len(counted), _sum(counted)
    own = amount if metric in IN_AMOUNTS else count
    value: int | None = own
    if form == SHARE:
        every = _counted(book, {**goal, "product_id": None}, span)
        value = _share(own, _sum(every) if metric in IN_AMOUNTS else len(every))
    elif form == GROWTH:
        value = _growth(own, _base(book, goal, span))
    return Value(counted, count if metric not in IN_AMOUNTS else None, amount if metric in IN_AMOUNTS else None, value)


def attained(goal: Goal, value: int | None) -> Fraction | None:
    """Return value ÷ target, not capped; None without a value, without a target or at a target of zero."""
    target = target_of(goal)
    return Fraction(value, target) if value is not None and target else None


def _counted(book: Book, goal: Goal, span: Period) -> Rows:
    """Return the won opportunities that a goal counts in a period, by closing day."""
    if goal["metric"] in (LINKED_AMOUNT, LINKED_DEALS):
        rows = linked_to(book)
        return rows.only((rows["goal_id"] == goal["goal_id"]) & (rows["state"] == WON) & _within(book, rows, span))
    wins = book.gather(WINS, end=book.months.to_day(span))
    wins = wins.only(_under(book, goal, wins) & _of_product(goal, wins))
    if goal["metric"] == NEW_CUSTOMERS:
        wins = wins.only(_firsts(wins))
    return wins.only(_within(book, wins, span))


def _under(book: Book, goal: Goal, rows: Rows) -> BoolArray:
    unit = goal["unit_id"] or 0
    below = book.tree.subtree(unit) if unit in book.tree else (unit,)
    found: BoolArray = np.isin(rows["unit_id"], np.array(below, dtype=np.int64))
    return found


def _of_product(goal: Goal, rows: Rows) -> BoolArray:
    wanted = goal["product_id"]
    if wanted is None:
        return np.ones(len(rows), dtype=np.bool_)
    found: BoolArray = rows.known("product_id") & (rows["product_id"] == wanted)
    return found


def _within(book: Book, rows: Rows, span: Period) -> BoolArray:
    days = rows["closed_day"]
    found: BoolArray = (days >= book.months.from_day(span)) & (days < book.months.to_day(span))
    return found


def _firsts(wins: Rows) -> IntArray:
    """Return the positions of the first win with each customer; wins come by day, one without a customer is none."""
    there = np.flatnonzero(wins.known("customer_id"))
    _, first = np.unique(wins["customer_id"][there], return_index=True)
    return there[np.sort(first)]


def _base(book: Book, goal: Goal, span: Period) -> int:
    stated = goal["base_amount"] if goal["metric"] == WON_AMOUNT else goal["base_count"]
    if stated is not None:
        return stated
    before = _counted(book, goal, Period(span.from_ym - YEAR, span.to_ym - YEAR))
    return _sum(before) if goal["metric"] == WON_AMOUNT else len(before)


def _share(part: int, whole: int) -> int | None:
    return round_half_away(part * BP_PER_WHOLE, whole) if whole else None


def _growth(now: int, base: int) -> int | None:
    return round_half_away((now - base) * BP_PER_WHOLE, base) if base else None


def _sum(rows: Rows) -> int:
    return int(rows["amount"][rows.known("amount")].sum())


def topmost(found: Sequence[Goal]) -> list[Goal]:
    """Return the goals with an amount that serve no other of them: sums of goals count these, nothing twice."""
    worth = {one["goal_id"] for one in found if goal_amount(one) is not None}
    above = {one["goal_id"] or 0: one["parent_id"] or 0 for one in found}
    return [
        one
        for one in found
        if one["goal_id"] in worth and not worth.intersection(_line(one["goal_id"] or 0, above)[1:])
    ]


def goal_amount(goal: Goal) -> int | None:
    """Return what a goal is worth in money: its target amount, or its base with the growth; None of other goals."""
    if goal["form"] == GROWTH and goal["metric"] == WON_AMOUNT and goal["base_amount"] is not None:
        grown = goal["target_bp"]
        return None if grown is None else round_half_away(goal["base_amount"] * (BP_PER_WHOLE + grown), BP_PER_WHOLE)
    return goal["target_amount"] if goal["form"] not in (COUNT, SHARE, GROWTH) else None


NONE = Rows.of(("deal_id", "customer_id", "owner_id", "unit_id", "product_id", "closed_day", "amount"), [])
