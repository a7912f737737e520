"""Budgets as they stand in the records, for the rules of release: the plan by period and the ledger so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dacheng.core.book import Rows
from dacheng.core.budget.budgeting import BudgetPlan
from dacheng.core.budget.drafting import release_periods
from dacheng.core.budget.releasing import Release
from dacheng.core.budget.schema import GRANTED, PROPOSED
from dacheng.core.budget.standing import KINDS, ledger_of
from dacheng.core.period import Period
from dacheng.store.bulk import among, select_rows
from dacheng.store.standing import Standing, standing

LEDGER = ("first_ym", "fixed", "variable", "project", "kind")
STANDS = ("NOT removed", None)


def span_of(budget: Standing) -> Period:
    """Return the months of a budget."""
    return Period(int(budget.row["first_ym"]), int(budget.row["last_ym"]) + 1)


def lines_of(budget: Standing) -> dict[int, Standing]:
    """Return the lines of a budget that stand, by number."""
    rows = select_rows("rec_budget_lines", ["id"], [("budget_id = %s", budget.record_id), STANDS], order=("id",))
    found = standing("budget_lines", [row[0] for row in rows])
    return {key: one for key, one in sorted(found.items()) if one.versions}


def cells_of_lines(lines: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return the months of some lines: (line, month) -> minor units."""
    rows = select_rows("rec_budget_cells", ["line_id", "ym", "amount"], [among("line_id", lines), STANDS])
    return {(line, ym): amount for line, ym, amount in rows}


def plan_of(budget: Standing) -> BudgetPlan:
    """Return what the effective lines of a budget have in each period of release."""
    span, periods = span_of(budget), release_periods(span_of(budget), int(budget.row["release_months"]))
    months = np.zeros((len(KINDS), len(span)), dtype=np.int64)
    effective = {key: one.row["kind"] for key, one in lines_of(budget).items() if one.row["effective"]}
    for (line, ym), amount in cells_of_lines(list(effective)).items():
        if ym in span:
            months[KINDS.index(effective[line]), ym - span.from_ym] += amount
    fixed, variable, project = np.add.reduceat(months, [one.from_ym - span.from_ym for one in periods], axis=1)
    return BudgetPlan(periods, fixed, variable, project)


def ledger_in_force(budget: Standing, plan: BudgetPlan) -> list[Release]:
    """Return the approved releases of a budget."""
    conditions = [("budget_id = %s", budget.record_id), (f"state = {GRANTED} AND NOT removed", None)]
    rows = select_rows("rec_releases", list(LEDGER), conditions, order=("first_ym", "id"))
    return ledger_of(Rows.of(LEDGER, rows), plan.periods)


def waiting_release(budget: Standing) -> str:
    """Return the code of a release that waits for a decision; empty when none does."""
    conditions = [("budget_id = %s", budget.record_id), (f"state = {PROPOSED} AND NOT removed", None)]
    rows = select_rows("rec_releases", ["code"], conditions, order=("id",))
    return str(rows[0][0]) if rows else ""
