"""机会点到订货 (from market to budget): the five steps of the annual plan, and how far each has come (R027)."""

from __future__ import annotations

from dataclasses import dataclass

from dacheng.core.book import Book
from dacheng.core.budget.schema import DRAFT
from dacheng.core.errors import RuleError, Text
from dacheng.core.strategy.goals import Goal, goals_of, linked_to, span_of
from dacheng.core.strategy.ogsm import NO_FAULT, fault_of, nodes_of
from dacheng.core.strategy.schema import ACTIVE, WAITING

NOT_BEGUN, UNDER_WAY, DONE = 0, 1, 2
STATES = {
    NOT_BEGUN: Text("未开始", "Not begun"),
    UNDER_WAY: Text("进行中", "Under way"),
    DONE: Text("完成", "Done"),
}
MARKETS = "SELECT market_id, own_share_bp FROM market_facts WHERE year = :year ORDER BY market_id"
ASSIGNED = "SELECT s.deal_id, s.answer FROM deal_strategy s WHERE s.answer IS NOT NULL ORDER BY s.deal_id"
BUDGETS = """
    SELECT budget_id, state FROM budgets WHERE first_ym < :end AND last_ym >= :first ORDER BY budget_id"""
TARGETED = "SELECT COUNT(*) AS cells FROM targets WHERE amount IS NOT NULL AND ym >= :first AND ym < :end"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five steps.

    Args:
        code: market, targets, strategy, plan or budget.
        state: one of ``STATES``. told: its numbers in words.
    """

    code: str
    name: Text
    state: int
    told: Text


def steps_of(book: Book, year: int) -> tuple[Step, ...]:
    """Return the five steps of a fiscal year's plan, in order.

    看市场: facts of the year, done when each has our share · 定目标: goals measured in it, and those that do not say
    when, done when all are in force ·
    定策略: OGSM entries, done when none lacks anything · 定计划: what carries the goals and what was assigned,
    done when every goal in force is carried and nobody waits · 定预算: expense budgets of the year, done when each
    is approved and targets stand beside them.

    Source: R027.
    """
    return _market(book, year), _targets(book, year), _strategy(book, year), _plan(book, year), _budget(book, year)


def early(steps: tuple[Step, ...], code: str) -> Step | None:
    """Return the first step before this one that is not done: a warning, no lock."""
    for one in steps:
        if one.code == code:
            return None
        if one.state != DONE:
            return one
    return None


def refuse_unfinished(steps: tuple[Step, ...], note: str) -> None:
    """Refuse to lock a plan whose steps are not all done, unless a note says why.

    Raises:
        RuleError: it names them.
    """
    undone = [one.name for one in steps if one.state != DONE]
    if undone and not note.strip():
        zh, en = "、".join(one.zh for one in undone), ", ".join(one.en for one in undone)
        raise RuleError(
            Text(f"还没有完成：{zh}。", f"Not done yet: {en}."),
            Text("先做完，或在说明里写明为什么现在锁。", "Finish them, or say in the note why it is locked now."),
        )


def _goals(book: Book, year: int) -> list[Goal]:
    """Return the goals that are measured in some month of a fiscal year, and those that do not say when."""
    own = book.rules.fiscal.year(year)
    spans = [(one, span_of(book, one)) for one in goals_of(book)]
    return [one for one, span in spans if span is None or (span.from_ym < own.to_ym and span.to_ym > own.from_ym)]


def _state(there: int, complete: int) -> int:
    return NOT_BEGUN if not there else DONE if there == complete else UNDER_WAY


def _market(book: Book, year: int) -> Step:
    rows = book.gather(MARKETS, year=year)
    shared = int(rows.known("own_share_bp").sum())
    told = Text(f"{len(rows)} 个市场，{shared} 个有我方份额", f"{len(rows)} markets, {shared} with our share")
    return Step("market", Text("看市场", "See the market"), _state(len(rows), shared), told)


def _targets(book: Book, year: int) -> Step:
    found = _goals(book, year)
    active = sum(one["state"] == ACTIVE for one in found)
    told = Text(f"{len(found)} 个目标，{active} 个生效", f"{len(found)} goals, {active} in force")
    return Step("targets", Text("定目标", "Set goals"), _state(len(found), active), told)


def _strategy(book: Book, year: int) -> Step:
    nodes, goals = nodes_of(book, year), {one["goal_id"]: one for one in goals_of(book)}
    whole = sum(fault_of(one, nodes, goals.get(one["goal_id"])) == NO_FAULT for one in nodes)
    told = Text(f"OGSM {len(nodes)} 条，{whole} 条完整", f"OGSM: {len(nodes)} entries, {whole} complete")
    return Step("strategy", Text("定策略", "Set strategies"), _state(len(nodes), whole), told)


def _plan(book: Book, year: int) -> Step:
    carried = set(linked_to(book)["goal_id"].tolist())
    active = [one for one in _goals(book, year) if one["state"] == ACTIVE]
    bare = sum(one["goal_id"] not in carried for one in active)
    waiting = int((book.gather(ASSIGNED)["answer"] == WAITING).sum())
    told = Text(
        f"{len(active) - bare} 个目标有商机承接，{bare} 个没有；{waiting} 条指派待承接",
        f"{len(active) - bare} goals carried, {bare} not; {waiting} assignments waiting",
    )
    begun = len(active) - bare
    state = NOT_BEGUN if not begun else UNDER_WAY if bare or waiting else DONE
    return Step("plan", Text("定计划", "Set plans"), state, told)


def _budget(book: Book, year: int) -> Step:
    span = book.rules.fiscal.year(year)
    cells = int(book.gather(TARGETED, first=span.from_ym, end=span.to_ym)["cells"][0])
    states = book.gather(BUDGETS, first=span.from_ym, end=span.to_ym)["state"]
    approved = int((states != DRAFT).sum())
    told = Text(
        f"{len(states)} 份费用预算，{approved} 份批准；{cells} 个月度目标已填",
        f"{len(states)} expense budgets, {approved} approved; {cells} monthly targets set",
    )
    state = _state(len(states), approved if cells else 0)
    return Step("budget", Text("定预算", "Set the budget"), UNDER_WAY if cells and not len(states) else state, told)
