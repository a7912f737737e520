"""The tables of a budget's page: its lines, its periods of release, its releases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dacheng.core.book import Book
from dacheng.core.budget.drafting import release_periods
from dacheng.core.budget.releasing import frozen_balance
from dacheng.core.budget.schema import BUDGET_LINES, FIXED, LINE_KINDS, PROJECT, RELEASES, VARIABLE
from dacheng.core.period import Period, ym_text
from dacheng.service.budget_view import BudgetView, Part
from dacheng.store.actions.budgets import Draft
from dacheng.web import figures
from dacheng.web.fields import Wording, wording

AMOUNT = BUDGET_LINES.column("amount")
KIND_LABEL = {number: label for number, _code, label in LINE_KINDS}


def lines_table(said: Wording, view: BudgetView) -> dict[str, Any]:
    """Return the context of parts/table.html: the lines of a budget."""
    names = ("purpose", "measure_id", "rate_bp", "target", "amount")
    columns = [BUDGET_LINES.column(name) for name in names]
    heads = [_head(_("预算行"), first=True), *(_head(said.label(one), one.kind) for one in columns)]
    heads += [_head(_("月份")), _head(_("生效"))]
    rows = [{"cells": _line(said, one, columns)} for one in view.lines]
    return _table(_("预算行"), heads, rows)


def _line(said: Wording, line: Part, columns: Sequence[Any]) -> list[dict[str, Any]]:
    row = line.row
    kind = KIND_LABEL[row["kind"]].in_language(said.language)
    effective = _("是") if row["effective"] else _("待批准")
    return [
        {
            "text": row["name"] or kind,
            "kind": "strong",
            "sub": kind if row["name"] else "",
        },
        *({"text": said.shown(one, row[one.name])} for one in columns),
        {"text": f"{ym_text(row['first_ym'])} – {ym_text(row['last_ym'])}"},
        {"text": effective, "tone": "" if row["effective"] else "warn"},
    ]


def periods_table(said: Wording, book: Book, view: BudgetView) -> dict[str, Any]:
    """Return the context of parts/table.html: what each period has, what of it is released, what is frozen."""
    budget = view.due.budget
    fiscal = book.rules.fiscal
    heads = [
        _head(_("期间"), first=True),
        *(_head(_money(said, label), "money") for label in (_("固定"), _("变动"), _("项目"), _("合计"), _("已释放"))),
        _head(_("状态")),
    ]
    rows = []
    for at, period in enumerate(budget.plan.periods):
        planned = [int(one[at]) for one in (budget.plan.fixed, budget.plan.variable, budget.plan.project)]
        own = [one for one in budget.ledger if one.period == at]
        released = sum(one.fixed + one.variable + one.project for one in own) if own else None
        proposal = view.due.proposal
        state = _("已释放") if own else _("可提议") if proposal and proposal.period == at else _("未到期")
        cells = [{"text": period.label(fiscal).in_language(said.language), "kind": "strong"}]
        cells += [{"text": said.shown(AMOUNT, one)} for one in (*planned, sum(planned), released)]
        rows.append({"cells": [*cells, {"text": state}]})
    total = [int(one.sum()) for one in (budget.plan.fixed, budget.plan.variable, budget.plan.project)]
    released = sum(one.fixed + one.variable + one.project for one in budget.ledger)
    sums = [{"text": _("合计"), "kind": "strong"}]
    sums += [{"text": said.shown(AMOUNT, one)} for one in (*total, sum(total), released)]
    frozen = said.shown(AMOUNT, frozen_balance(budget.plan, budget.ledger))
    table = _table(_("各期预算与释放"), heads, rows, [*sums, {"text": ""}])
    return table | {"footer": _("冻结余额 %(amount)s") % {"amount": frozen}}


def releases_table(said: Wording, book: Book, view: BudgetView) -> dict[str, Any]:
    """Return the context of parts/table.html: the ledger of a budget."""
    names = ("kind", "release_bp", "fixed", "variable", "project", "reduced", "frozen", "state", "approver_id")
    columns = [RELEASES.column(name) for name in names]
    heads = [_head(_("期间"), first=True), *(_head(said.label(one), one.kind) for one in columns), _head(_("说明"))]
    rows = []
    for one in view.releases:
        period = Period(one.row["first_ym"], one.row["last_ym"] + 1).label(book.rules.fiscal)
        cells = [{"text": period.in_language(said.language), "kind": "strong", "sub": one.row["code"]}]
        cells += [{"text": said.shown(column, one.row[column.name])} for column in columns]
        rows.append({"cells": [*cells, {"text": one.row["name"]}]})
    empty = {"title": _("还没有释放"), "text": _("预算批准后，先提议首期释放，再由批准人批准。")}
    return _table(_("释放台账"), heads, rows) | {"empty": empty}


def preview_table(request: HttpRequest, book: Book, draft: Draft) -> dict[str, Any]:
    """Return the context of parts/table.html: what a draft comes to in each period, before it is saved."""
    said = wording(request, {})
    periods = release_periods(draft.span, draft.release_months)
    sums = {kind: np.zeros(len(periods), dtype=np.int64) for kind in (FIXED, VARIABLE, PROJECT)}
    starts = np.array([one.from_ym for one in periods])
    for line in draft.lines:
        for ym, amount in line.drafted.cells:
            if ym in draft.span:
                sums[line.drafted.kind][int(np.searchsorted(starts, ym, side="right")) - 1] += amount
    labels = (_("固定"), _("变动"), _("项目"), _("合计"))
    heads = [_head(_("期间"), first=True), *(_head(_money(said, label), "money") for label in labels)]
    rows = []
    for at, period in enumerate(periods):
        own = [int(sums[kind][at]) for kind in sums]
        cells = [{"text": period.label(book.rules.fiscal).in_language(said.language), "kind": "strong"}]
        rows.append({"cells": [*cells, *({"text": said.shown(AMOUNT, one)} for one in (*own, sum(own)))]})
    whole = [int(one.sum()) for one in sums.values()]
    total = [
        {"text": _("合计"), "kind": "strong"},
        *({"text": said.shown(AMOUNT, one)} for one in (*whole, sum(whole))),
    ]
    return _table(_("这样算出来的预算"), heads, rows, total)


def _money(said: Wording, label: str) -> str:
    return f"{label} {figures.unit_words(said.unit, said.currency, said.language)}"


def _head(label: str, kind: str = "", *, first: bool = False) -> dict[str, Any]:
    return {"key": label, "label": label, "align": "num" if kind in ("money", "bp") else "text", "first": first}


def _table(title: str, heads: list[dict[str, Any]], rows: list[Any], total: list[Any] | None = None) -> dict[str, Any]:
    return {
        "title": title,
        "caption": title,
        "columns": heads,
        "rows": rows,
        "total": {"cells": total} if total else None,
        "look": "plain",
    }
