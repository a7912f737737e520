"""What each budget of a Book would release next, and why (费用释放提议): the proposal that an approver decides on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dacheng.core.book import Book
from dacheng.core.budget.reached import Reached, ended_periods, reached
from dacheng.core.budget.releasing import Proposal, next_period, propose_release
from dacheng.core.budget.ruling import bands_of
from dacheng.core.budget.schema import DRAFT
from dacheng.core.budget.standing import UnitBudget
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import Period, date_of


@dataclass(frozen=True, eq=False)
class Due:
    """What a budget would release next.

    Args:
        reached: at the end of each period that has ended.
        proposal: None where nothing can be proposed yet: a draft, a period that has not begun, or all is released.
    """

    budget: UnitBudget
    reached: Sequence[Reached]
    proposal: Proposal | None

    @property
    def rests_on(self) -> Reached:
        """Return what the proposal was computed from; nothing in the first period."""
        before = self.proposal.period - 1 if self.proposal else -1
        return self.reached[before] if before >= 0 else Reached(None, None)


def due_releases(book: Book, budgets: Sequence[UnitBudget]) -> list[Due]:
    """Return what each budget would release next by the rules and the results of the Book's day.

    The first period of an approved budget is due at once, a later one when the period before it has ended.

    Source: R036; golden case G09.
    """
    found = []
    for one, so_far in zip(budgets, reached(book, budgets), strict=True):
        following = next_period(one.ledger)
        due = one.state != DRAFT and following < len(one.plan.periods) and following <= ended_periods(book, one)
        bands = bands_of(book.rules, book.months, one.plan.periods)
        attained = [each.attainment for each in so_far]
        found.append(Due(one, so_far, propose_release(one.plan, one.ledger, attained, bands) if due else None))
    return found


def why_not_due(book: Book, budget: UnitBudget) -> RuleError:
    """Return the error of a budget that has nothing to release now: which rule stands against it."""
    following = next_period(budget.ledger)
    if budget.state == DRAFT:
        return RuleError(
            Text("预算还是草稿，不能释放。", "The budget is a draft: nothing can be released."),
            Text("请先批准预算。", "Approve the budget first."),
        )
    if following >= len(budget.plan.periods):
        return RuleError(
            Text("各期间都已释放。", "Every period is released."),
            Text("要追加请用例外释放。", "To release more, make an exception."),
        )
    before: Period = budget.plan.periods[following - 1]
    last = date_of(book.months.to_day(before) - 1)
    name = before.label(book.rules.fiscal)
    return RuleError(
        Text(f"{name.zh}还没有结束，达成率未定。", f"{name.en} has not ended, so its attainment is not settled."),
        Text(f"{last} 当天结束后可以提议。", f"It can be proposed after {last}."),
    )
