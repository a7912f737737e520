"""Budgets, releases and expenses as records: who may, what is refused, and what closed months keep."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dacheng.core.budget.schema import (
    AGREED,
    APPROVED,
    AWAITING,
    BY_BAND,
    BY_HAND,
    COMMITTED,
    DECLINED,
    DRAFT,
    GRANTED,
    LOCKED,
    NOT_ASKED,
    SPENT,
)
from dacheng.core.errors import Conflict, DachengError, NotAllowed, NotFound, RuleError, Text
from dacheng.core.period import Period
from dacheng.store.actions.budgets import approve_line, decide_budget, draft_budget, redraft_budget
from dacheng.store.actions.expenses import decide_overspend, edit_expense, record_expense
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.releases import decide_release, except_release, propose_release
from dacheng.store.actions.undo import undo_edit
from dacheng.store.models import Budget, BudgetCell, BudgetLine, Expense, LogEntry, Release
from tests.store.budget_drafts import FIRST_QUARTER, FIXED, YEAR, approved, draft, drafted, proposed
from tests.store.company import AT, actor, month, on, uid
from tests.store.test_writers import at_once


def fits(columns: object, own: int) -> None:
    """Judge that an expense fits its budget."""


def over(columns: object, own: int) -> Text:
    """Judge that an expense would overspend."""
    return Text("会超支 1.00 元。", "It would overspend by 1.00.")


def cells_sum() -> int:
    return sum(BudgetCell.objects.values_list("amount", flat=True))


def spend(who: str, amount: int = 500_00, **values: object):
    return record_expense(actor=actor(who), at=AT, values={"day": on(6, 10), "amount": amount} | values, judge=fits)


# Budgets --------------------------------------------------------------------------------------


def test_a_budget_is_saved_with_its_lines_and_months_which_sum_to_it(database):
    drafted(actor("fin"))

    assert list(BudgetLine.objects.order_by("id").values_list("kind", "amount", "target")) == [
        (1, FIXED, None),
        (2, 120_000_00, 2_400_000_00),
    ]
    assert BudgetCell.objects.count() == 24
    assert cells_sum() == FIXED + 120_000_00


def test_a_unit_has_one_budget_of_a_month(database):
    drafted(actor("fin"))

    with pytest.raises(RuleError, match="已有2026年的预算"):
        drafted(actor("fin"))


def test_a_draft_saved_again_keeps_its_lines_and_ends_those_left_out(database):
    saved = drafted(actor("fin"), project=90_00)
    lines = dict(BudgetLine.objects.values_list("kind", "id"))

    redraft_budget(actor=actor("ops"), at=AT, uid=saved.uid, draft=draft(fixed=FIXED * 2), version=saved.version)

    standing = BudgetLine.objects.filter(removed=False)
    assert dict(standing.values_list("kind", "id")) == {1: lines[1], 2: lines[2]}
    assert cells_sum() == FIXED * 2 + 120_000_00


def test_two_who_redraft_one_budget_do_not_overwrite_each_other(database):
    saved = drafted(actor("fin"))
    redraft_budget(actor=actor("ops"), at=AT, uid=saved.uid, draft=draft(fixed=1), version=saved.version)

    with pytest.raises(Conflict):
        redraft_budget(actor=actor("fin"), at=AT, uid=saved.uid, draft=draft(fixed=2), version=saved.version)


def test_an_approved_budget_is_not_changed_before_it_is_a_draft_again(database):
    saved = approved(actor("fin"))
    with pytest.raises(RuleError, match="已批准"):
        redraft_budget(actor=actor("fin"), at=AT, uid=saved.uid, draft=draft(fixed=1), version=None)

    decide_budget(actor=actor("boss"), at=AT, uid=saved.uid, state=DRAFT, version=saved.version)
    redraft_budget(actor=actor("fin"), at=AT, uid=saved.uid, draft=draft(fixed=1), version=None)

    assert Budget.objects.get().approver_id is None


def test_a_locked_budget_stays_as_it_is(database):
    saved = approved(actor("fin"))
    decide_budget(actor=actor("boss"), at=AT, uid=saved.uid, state=LOCKED, version=saved.version)

    with pytest.raises(RuleError, match="已锁定"):
        decide_budget(actor=actor("boss"), at=AT, uid=saved.uid, state=DRAFT, version=None)


def test_a_project_line_counts_once_somebody_approves_it_and_again_after_it_changed(database):
    saved = drafted(actor("fin"), project=90_00)
    line = BudgetLine.objects.get(kind=3)
    assert line.effective == 0

    approve_line(actor=actor("boss"), at=AT, uid=line.uid)
    assert BudgetLine.objects.get(kind=3).effective == 1
    changed = draft(project=91_00, code=line.code)
    redraft_budget(actor=actor("fin"), at=AT, uid=saved.uid, draft=changed, version=None)

    assert list(BudgetLine.objects.filter(kind=3).values_list("effective", "amount")) == [(0, 91_00)]


def test_the_months_of_a_budget_stay_once_something_is_released(database):
    proposed(actor("fin"))
    budget = Budget.objects.get()
    decide_budget(actor=actor("fin"), at=AT, uid=budget.uid, state=DRAFT, version=budget.version)

    with pytest.raises(RuleError, match="不能改起止月份"):
        shorter = draft(span=Period(YEAR.from_ym, YEAR.to_ym - 1))
        redraft_budget(actor=actor("fin"), at=AT, uid=budget.uid, draft=shorter, version=None)


def test_a_budget_of_a_unit_that_is_not_seen_does_not_exist(database):
    budget = approved(actor("fin"), "SOUTH")

    with pytest.raises(NotFound):
        decide_budget(actor=actor("east"), at=AT, uid=budget.uid, state=LOCKED, version=None)
    with pytest.raises(NotAllowed):
        drafted(actor("east"))


# Releases -------------------------------------------------------------------------------------


def test_a_release_is_proposed_and_approved_once(database):
    saved = proposed(actor("fin"))

    decide_release(actor=actor("boss"), at=AT, uid=saved.uid, approve=True, version=saved.version)

    release = Release.objects.get()
    assert (release.state, release.fixed, release.variable) == (GRANTED, 300_000_00, 30_000_00)
    with pytest.raises(RuleError, match="已由陈总批准"):
        decide_release(actor=actor("fin"), at=AT, uid=saved.uid, approve=True, version=None)


def test_of_two_who_approve_one_release_at_once_one_wins_and_the_other_sees_who(shared_database):
    saved = proposed(actor("fin"))
    boss, fin = actor("boss"), actor("fin")

    results = at_once(
        [
            lambda: decide_release(actor=boss, at=AT, uid=saved.uid, approve=True, version=saved.version),
            lambda: decide_release(actor=fin, at=AT, uid=saved.uid, approve=True, version=saved.version),
        ]
    )

    refused = [one for one in results if isinstance(one, DachengError)]
    assert len(refused) == 1 and "已由" in refused[0].message.zh
    assert Release.objects.filter(state=GRANTED).count() == 1


def test_more_than_the_budget_is_never_released(database):
    budget = approved(actor("fin"))
    beyond = replace(FIRST_QUARTER, variable=30_000_01)

    with pytest.raises(RuleError, match="预算只剩 30,000.00"):
        propose_release(actor=actor("fin"), at=AT, budget=budget.uid, figures=beyond)


def test_nothing_is_released_of_a_draft_nor_while_another_release_waits(database):
    saved = drafted(actor("fin"))
    with pytest.raises(RuleError, match="草稿"):
        propose_release(actor=actor("fin"), at=AT, budget=saved.uid, figures=FIRST_QUARTER)
    decide_budget(actor=actor("fin"), at=AT, uid=saved.uid, state=APPROVED, version=None)

    propose_release(actor=actor("fin"), at=AT, budget=saved.uid, figures=FIRST_QUARTER)

    with pytest.raises(RuleError, match="还没有批准"):
        propose_release(actor=actor("fin"), at=AT, budget=saved.uid, figures=FIRST_QUARTER)


def test_a_release_by_hand_needs_an_amount_and_one_that_is_changed_a_reason(database):
    by_hand = replace(FIRST_QUARTER, kind=BY_HAND, variable=None)
    saved = proposed(actor("fin"), figures=by_hand)
    boss = actor("boss")
    with pytest.raises(RuleError, match="由批准人填写"):
        decide_release(actor=boss, at=AT, uid=saved.uid, approve=True, version=None)
    with pytest.raises(RuleError, match="理由"):
        decide_release(actor=boss, at=AT, uid=saved.uid, approve=True, version=None, variable=10_00)

    decide_release(actor=boss, at=AT, uid=saved.uid, approve=True, version=None, variable=10_00, reason="试行")

    release = Release.objects.get()
    assert (release.variable, release.kind, release.name) == (10_00, BY_HAND, "试行")


def test_an_exception_adds_to_a_released_period_within_the_budget(database):
    less = replace(FIRST_QUARTER, variable=20_000_00, kind=BY_BAND)
    saved = proposed(actor("fin"), figures=replace(less, kind=1))
    decide_release(actor=actor("boss"), at=AT, uid=saved.uid, approve=True, version=None)
    budget = Budget.objects.get().uid
    more = replace(FIRST_QUARTER, fixed=0, variable=10_000_00)

    with pytest.raises(RuleError, match="没有写理由"):
        except_release(actor=actor("boss"), at=AT, budget=budget, figures=more, reason=" ")
    except_release(actor=actor("boss"), at=AT, budget=budget, figures=more, reason="重点项目")
    with pytest.raises(RuleError, match="预算只剩 0.00"):
        except_release(actor=actor("boss"), at=AT, budget=budget, figures=more, reason="再来")

    assert sum(Release.objects.values_list("variable", flat=True)) == 30_000_00


# Expenses -------------------------------------------------------------------------------------


def test_a_rep_records_his_own_expense_at_his_own_unit_without_saying_so(database):
    spend("li", name="拜访")

    expense = Expense.objects.get()
    assert (expense.person_id, expense.unit_id, expense.state, expense.posted_day) == (7, 3, SPENT, on(6, 10))


def test_a_rep_records_nothing_elsewhere_and_nothing_of_others(database):
    with pytest.raises(RuleError, match="自己归属的部门"):
        spend("li", unit_id=uid("units", "SOUTH"), person_id=uid("people", "li"))
    with pytest.raises(NotAllowed):
        spend("li", unit_id=uid("units", "SH"), person_id=uid("people", "wang"))


def test_an_expense_of_a_closed_month_posts_in_the_next_open_one_and_keeps_its_day(database):
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    spend("li", day=on(5, 30))

    expense = Expense.objects.get()
    assert (expense.day, expense.posted_day) == (on(5, 30), on(6, 1))
    assert "2026-05-30" in LogEntry.objects.order_by("-seq").first().detail


def test_an_expense_that_counts_in_a_closed_month_is_not_corrected(database):
    saved = spend("li", day=on(5, 30))
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    with pytest.raises(RuleError, match="已计入关账期间"):
        edit_expense(actor=actor("li"), at=AT, uid=saved.uid, values={"amount": 1}, version=None, judge=fits)


def test_only_money_spent_settles_and_only_a_commitment(database):
    promise = spend("li", 900_00, state=COMMITTED)
    bill = spend("li", 300_00, settles_id=promise.uid)

    with pytest.raises(RuleError, match="只有实际费用"):
        spend("li", 1_00, settles_id=bill.uid)
    with pytest.raises(RuleError, match="只有实际费用"):
        spend("li", 1_00, settles_id=promise.uid, state=COMMITTED)


def test_an_expense_names_no_line_that_its_recorder_does_not_see(database):
    approved(actor("fin"), "SOUTH")
    line = BudgetLine.objects.order_by("id").first().uid

    with pytest.raises(NotFound):
        spend("east", unit_id=uid("units", "SH"), line_id=line)


def test_a_refund_is_negative_and_an_expense_can_be_taken_back(database):
    saved = spend("li", -20_00)
    entry = LogEntry.objects.order_by("-seq").first().hash

    undo_edit(actor=actor("li"), at=AT, entry=entry)

    assert saved.version == 1
    assert Expense.objects.filter(removed=False).count() == 0


def test_a_budget_is_not_taken_back_by_the_undo_of_edits(database):
    draft_budget(actor=actor("fin"), at=AT, draft=draft())
    entry = LogEntry.objects.order_by("-seq").first().hash

    with pytest.raises(NotFound):
        undo_edit(actor=actor("fin"), at=AT, entry=entry)
    assert Budget.objects.count() == 1


# Overspends -----------------------------------------------------------------------------------


def waiting(who: str = "li", **values: object):
    given = {"day": on(6, 10), "amount": 500_00, "reason": "展会加急"} | values
    return record_expense(actor=actor(who), at=AT, values=given, judge=over)


def decided(who: str, uid: object, approve: bool = True, answer: str = ""):
    return decide_overspend(actor=actor(who), at=AT, uid=uid, approve=approve, version=None, answer=answer)


def test_an_overspend_without_a_reason_is_refused_and_with_one_waits(database):
    with pytest.raises(RuleError, match="会超支 1.00 元"):
        waiting(reason=" ")
    waiting()

    expense = Expense.objects.get()
    assert (expense.overspend, expense.reason, expense.asked_by_id) == (AWAITING, "展会加急", expense.person_id)


def test_an_approver_answers_an_overspend_once_and_the_second_reads_who_was_first(database):
    asked = waiting()

    decided("boss", asked.uid, answer="同意")

    expense = Expense.objects.get()
    assert (expense.overspend, expense.answer, bool(expense.approver_id)) == (AGREED, "同意", True)
    with pytest.raises(RuleError, match="已由.+批准"):
        decided("fin", asked.uid)


def test_nobody_approves_his_own_overspend_and_a_seller_none_at_all(database):
    asked, own = waiting(), waiting("fin", unit_id=uid("units", "SH"), person_id=uid("people", "li"))
    with pytest.raises(NotAllowed):
        decided("li", asked.uid)
    with pytest.raises(RuleError, match="你自己提出的"):
        decided("fin", own.uid)

    decided("boss", own.uid)

    assert sorted(Expense.objects.values_list("overspend", flat=True)) == [AWAITING, AGREED]


def test_a_rejection_needs_an_answer_and_what_fits_needs_no_approval(database):
    asked, small = waiting(), spend("li")
    with pytest.raises(RuleError, match="没有写原因"):
        decided("boss", asked.uid, approve=False)
    with pytest.raises(RuleError, match="没有超支"):
        decided("boss", small.uid)

    decided("boss", asked.uid, approve=False, answer="等下一期")

    assert Expense.objects.get(uid=asked.uid).overspend == DECLINED


def test_another_amount_is_asked_for_again_and_another_name_is_not(database):
    asked = waiting()
    decided("boss", asked.uid, answer="同意")

    edit_expense(actor=actor("li"), at=AT, uid=asked.uid, values={"name": "展位"}, version=None, judge=over)
    kept = Expense.objects.get().overspend
    edit_expense(actor=actor("li"), at=AT, uid=asked.uid, values={"amount": 900_00}, version=None, judge=over)
    again = Expense.objects.get()
    edit_expense(actor=actor("li"), at=AT, uid=asked.uid, values={"amount": 1_00}, version=None, judge=fits)

    assert (kept, again.overspend, again.answer, again.approver_id) == (AGREED, AWAITING, "", None)
    assert Expense.objects.get().overspend == NOT_ASKED


def test_an_overspend_approved_after_its_month_was_closed_counts_in_the_next_open_one(database):
    asked = waiting(day=on(5, 20))
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    decided("boss", asked.uid)

    expense = Expense.objects.get()
    assert (expense.day, expense.posted_day) == (on(5, 20), on(6, 1))
