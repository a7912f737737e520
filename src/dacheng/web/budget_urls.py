"""Addresses of budgets, their releases, and expenses."""

from __future__ import annotations

from django.urls import path

from dacheng.web import budgets, expenses

urlpatterns = [
    path("budgets/new/", budgets.new_budget, name="new-budget"),
    path("budgets/<uuid:uid>/", budgets.budget_page, name="budget"),
    path("budgets/<uuid:uid>/edit/", budgets.edit_budget, name="budget-edit"),
    path("budgets/<uuid:uid>/decide/", budgets.decide, name="budget-decide"),
    path("budgets/<uuid:uid>/propose/", budgets.propose, name="budget-propose"),
    path("budgets/<uuid:uid>/exception/", budgets.exception, name="budget-exception"),
    path("budgets/<uuid:uid>/releases/<uuid:release>/", budgets.decide_on_release, name="release-decide"),
    path("budgets/<uuid:uid>/lines/<uuid:line>/", budgets.approve_project, name="budget-line-approve"),
    path("expenses/new/", expenses.new_expense, name="new-expense"),
    path("expenses/<uuid:uid>/", expenses.expense_page, name="expense"),
    path("expenses/<uuid:uid>/decide/", expenses.decide_expense, name="expense-decide"),
]
