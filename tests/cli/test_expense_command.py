"""``dacheng expense``: recorded, what would overspend asked for and decided, categories kept."""

import pytest

from dacheng.cli import spending
from dacheng.core.budget.schema import AGREED, AWAITING, DECLINED
from dacheng.store.models import Expense, ExpenseCategory
from tests.store.budget_drafts import approved
from tests.store.company import actor, load


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with an approved budget, nothing of it released."""
    load()
    approved(actor("fin"))
    return terminal(spending)


def test_what_would_overspend_needs_a_reason_waits_and_is_decided_once(dacheng):
    given = ("expense", "record", "2026-06-10", "320", "--unit", "SH", "--person", "li", "--for", "展会")
    refused = dacheng(*given)
    asked = dacheng(*given, "--reason", "客户邀请")
    code = Expense.objects.get().code
    waits = Expense.objects.get().overspend
    agreed = dacheng("expense", "approve", code, "--answer", "同意")
    again = dacheng("expense", "reject", code, "--answer", "晚了")

    assert (refused.exit_code, asked.exit_code, agreed.exit_code, again.exit_code) == (1, 0, 0, 1)
    assert (waits, Expense.objects.get().overspend, Expense.objects.get().answer) == (AWAITING, AGREED, "同意")


def test_a_rejected_one_keeps_the_answer(dacheng):
    dacheng("expense", "record", "2026-06-10", "320", "--unit", "SH", "--person", "li", "--reason", "客户邀请")

    dacheng("expense", "reject", Expense.objects.get().code, "--answer", "等下一期")

    assert (Expense.objects.get().overspend, Expense.objects.get().answer) == (DECLINED, "等下一期")


def test_categories_are_listed_added_renamed_and_retired(dacheng):
    added = dacheng("expense", "category", "add", "培训", "--en", "Training", "--position", "8")
    code = ExpenseCategory.objects.get(name="培训").code
    dacheng("expense", "category", "change", code, "--en", "Courses", "--retired")
    listed = dacheng("expense", "category", "list")

    assert added.exit_code == 0 and code in added.stdout
    assert f"{code},培训,Courses,8,0" in listed.stdout
    assert dacheng("expense", "category", "change", "none").exit_code == 1
