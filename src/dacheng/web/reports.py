"""The generic report page, its sheet, its 怎么算的 panel and its exports (R149, R041)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY
from dacheng.core.report import REPORTS, Report, report_named
from dacheng.service.budgeting import may_edit
from dacheng.service.deals import may_create
from dacheng.service.expenses import may_record
from dacheng.service.exporting import FORMATS, exported
from dacheng.service.labels import DatabaseNames
from dacheng.service.report_jobs import export_name, is_long
from dacheng.service.reports import Answer, run_report
from dacheng.web import figures
from dacheng.web.activity import BOARD, board_buttons
from dacheng.web.asking import Asking, asking
from dacheng.web.charting import bar_lists, line_charts, sankey_chart, waterfall_chart
from dacheng.web.deal_listing import EDITING, in_place, selection, workable
from dacheng.web.deal_tabs import deal_tabs
from dacheng.web.filtering import filter_bar
from dacheng.web.links import changed, pairs_of, report_url, standpoint, with_query
from dacheng.web.market_sources import MARKET, tell_sources
from dacheng.web.plan_tabs import HEADLINES, JUDGING, plan_scope, report_tabs
from dacheng.web.plan_ways import link_partners, link_ways
from dacheng.web.standpoint import asof_bar
from dacheng.web.strategy_tabs import strategy_tabs
from dacheng.web.tabling import Showing, showing, shown_text, table_view
from dacheng.web.target_tabs import ACTING, EXPENSES, PLAN, USAGE, action_tabs, budget_tabs, history_tabs, target_tabs
from dacheng.web.viewing import VIEW, report_views

PAGE_ROWS = 50
SHEET_ROWS = 20
SECTIONS = {
    "tables": "tables",
    "targets": "targets",
    "history": "targets",
    "budget": "targets",
    "strategy": "targets",
    "plans": "targets",
    "receivable": "tables",
    "dunning": "tables",
    "contracts": "tables",
    "grips": "tables",
    "deals": "deals",
    "customers": "customers",
    "org": "settings",
}
TOGETHER = ("tables", "grips")
"""Areas whose reports are tabs of one page: the four tables and what they are gripped by."""
BESIDE = {
    "tables/receivable": ("dunning/list", "receivable/recognised", "receivable/ageing"),
    "dunning/list": ("tables/receivable",),
    "tables/unrecognised": ("contracts/flow", "contracts/rollforward"),
    "receivable/recognised": ("tables/receivable",),
    "grips/six": ("contracts/flow",),
}
"""Report -> what is looked at beside it, in another area."""
WITH_NEW_DEAL = ("deals/list", "tables/pipeline")
WITH_NEW_RECORD = {
    "strategy/goals": (
        ("web:new-goal", gettext_noop("新建战略目标"), "goal.edit"),
        ("web:new-theme", gettext_noop("新建战略主题"), "goal.edit"),
    ),
    "strategy/coverage": (("web:new-theme", gettext_noop("新建战略主题"), "goal.edit"),),
    "strategy/ogsm": (("web:new-ogsm-node", gettext_noop("新建 OGSM 条目"), "goal.edit"),),
    "plans/figures": (
        ("web:new-factor-figure", gettext_noop("填写因子的数"), "figure.record"),
        ("web:new-factor", gettext_noop("新建分解因子"), "factor.edit"),
    ),
    "strategy/market": (("web:new-market-fact", gettext_noop("新建市场数据"), "market.edit"),),
    "plans/checklists": (("web:new-checklist", gettext_noop("开清单"), "checklist.edit"),),
    "receivable/receipts": (("web:new-receipt", gettext_noop("登记收款"), "cash.record"),),
    "receivable/invoices": (("web:new-invoice", gettext_noop("登记没有合同的发票"), "cash.record"),),
    "tables/receivable": (("web:new-receipt", gettext_noop("登记收款"), "cash.record"),),
    "strategy/assigned": (("web:assign-deal", gettext_noop("指派商机"), "deal.assign"),),
}
"""Report -> what is created beside it: URL name, label, right."""
NOT_PARAMETERS = ("as_of", "compare", "basis", "show", "col", VIEW, EDITING)


@login_required
def report_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show a report; a number opened in the side sheet gets the same rows in short."""
    request.section = SECTIONS.get(name.split("/")[0], "")
    asked = asking(request)
    if request.headers.get("HX-Target") == "sheet":
        answer = answered(request, asked, name, SHEET_ROWS)
        return render(request, "parts/sheet.html", {"sheet": _sheet(showing(request, answer))})
    return render(request, "reports/report.html", page_context(request, asked, answered(request, asked, name)))


@login_required
def how_page(request: HttpRequest, name: str) -> HttpResponse:
    """Say how a report is computed: the rule of the whole and of every column."""
    request.section = SECTIONS.get(name.split("/")[0], "")
    report = report_named(name)
    language = get_language() or "zh-hans"
    answer = answered(request, asking(request), name, 1)
    crumbs = [{"label": report.title.in_language(language), "url": with_query(report_url(name), pairs_of(request))}]
    sheet = {
        "name": report.title.in_language(language),
        "how": {"lines": [report.help.in_language(language)]},
        "made_of": _column_help(answer, language),
    }
    template = "parts/sheet.html" if request.headers.get("HX-Target") == "sheet" else "reports/sheet_page.html"
    return render(request, template, {"sheet": sheet, "crumbs": [*crumbs, {"label": _("怎么算的"), "url": ""}]})


@login_required
def export_file(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """Return the table as seen, with its filters and order, as a file; a long one is written in the background."""
    if kind not in FORMATS:
        raise Http404
    asked = asking(request)
    if is_long(asked.book, name, given_of(request)):
        return redirect(with_query(reverse("web:export-job", args=[name, kind]), pairs_of(request)))
    answer = answered(request, asked, name, 0)
    body = exported(answer, kind, columns=request.GET.getlist("col"), language=get_language() or "zh-hans")
    response = HttpResponse(body, content_type=FORMATS[kind])
    file = export_name(name, figures.as_date(asked.book.as_of_day).isoformat(), kind)
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


@login_required
def section(request: HttpRequest, name: str) -> HttpResponse:
    """Go to the first report of a menu item."""
    return redirect(report_url(name, pairs_of(request)))


def given_of(request: HttpRequest) -> dict[str, str]:
    """Return the parameters of the report itself in the address."""
    return {key: value for key, value in pairs_of(request) if key not in NOT_PARAMETERS}


def answered(request: HttpRequest, asked: Asking, name: str, rows: int = PAGE_ROWS) -> Answer:
    """Run the report that a request asks for.

    Args:
        rows: rows of one page; 0 = all.
    """
    report = report_named(name)
    given = given_of(request)
    if report.takes("page"):
        given = given | {"limit": str(rows)} if rows else {k: v for k, v in given.items() if k != "offset"}
    return run_report(name, given, book=asked.book, names=DatabaseNames(), compare_day=asked.compare_day)


def page_context(request: HttpRequest, asked: Asking, answer: Answer) -> dict[str, Any]:
    """Return the context of a report page."""
    shown = showing(request, answer)
    chosen = request.GET.getlist("col")
    shown.picks = workable(asked, answer.report.name)
    editing = shown.picks and bool(request.GET.get(EDITING))
    shown.edits = in_place(asked, shown) if editing else {}
    headlines = [one for one in answer.table.notes if one.code in HEADLINES and answer.report.name in JUDGING]
    table = table_view(shown, chosen)
    said = [one.said(shown.language, shown.amount_words) for one in headlines]
    table["notes"] = [one for one in table["notes"] if one not in said]
    link_ways(shown, table)
    link_partners(shown, table)
    if answer.report.name == MARKET:
        tell_sources(answer.table, table)
    return {
        "report": answer.report,
        "scope": plan_scope(answer),
        "answers": said,
        "heading": answer.table.title.in_language(shown.language),
        "crumbs": [{"label": answer.table.title.in_language(shown.language), "url": request.path}],
        "tabs": _tabs(request, answer, shown.language),
        "asof": asof_bar(request, asked.book, compare_day=asked.compare_day),
        "filters": filter_bar(shown, chosen),
        "table": table,
        "waterfall": waterfall_chart(shown),
        "sankey": sankey_chart(shown),
        "bars": bar_lists(shown),
        "lines": line_charts(shown),
        "pager": _pager(request, answer),
        "views": report_views(request, asked, answer.report),
        "selection": selection(request, asked, answer.report.name, answer.table.count),
        "edit_url": changed(request, {EDITING: "" if editing else "1"}) if shown.picks else "",
        "editing": editing,
        "buttons": [*_beside(request, answer.report, shown.language), *_buttons(asked, answer.report)],
    }


def _beside(request: HttpRequest, report: Report, language: str) -> list[dict[str, Any]]:
    """Return the reports that are looked at beside this one, seen from where it is."""
    return [
        {"label": REPORTS[name].title.in_language(language), "url": report_url(name, standpoint(request))}
        for name in BESIDE.get(report.name, ())
    ]


def _buttons(asked: Asking, report: Report) -> list[dict[str, Any]]:
    """Return what is done most beside a list: a new opportunity, budget, expense or goal, for who may create one."""
    if report.name == PLAN and may_edit(asked.viewer, asked.book):
        return [{"label": _("编制预算"), "url": reverse("web:new-budget"), "primary": True}]
    if report.name in (EXPENSES, USAGE):
        waiting = {"label": _("超支待批"), "url": report_url(EXPENSES, [("overspend", "waiting")])}
        new = {"label": _("登记费用"), "url": reverse("web:new-expense"), "primary": True}
        return [waiting, *([new] if may_record(asked.viewer) else [])]
    if report.name == BOARD:
        return board_buttons(asked)
    if report.name in WITH_NEW_RECORD:
        return [
            {"label": _(label), "url": reverse(url), "primary": at == 0}
            for at, (url, label, right) in enumerate(WITH_NEW_RECORD[report.name])
            if asked.viewer.holds(*POLICY[right])
        ]
    if report.name not in WITH_NEW_DEAL or not may_create(asked.viewer):
        return []
    return [
        {"label": _("从 Excel 粘贴"), "url": reverse("web:deal-paste")},
        {"label": _("新建商机"), "url": reverse("web:new-deal"), "primary": True},
    ]


def _tabs(request: HttpRequest, answer: Answer, language: str) -> list[dict[str, Any]]:
    current = answer.report
    area = current.name.split("/")[0]
    if area == "targets":
        return action_tabs(request, current.name) if current.name in ACTING else target_tabs(request, current.name)
    if area == "plans":
        return target_tabs(request, "plans") if current.listed else report_tabs(request, answer)
    if area == "history":
        return history_tabs(request, current.name)
    if area == "budget":
        return budget_tabs(request, current.name)
    if area == "strategy":
        return strategy_tabs(request, current.name)
    if area == "deals":
        return deal_tabs(request, current.name)
    areas = TOGETHER if area in TOGETHER else (area,)
    listed = [one for name, one in sorted(REPORTS.items()) if name.split("/")[0] in areas and one.listed]
    listed.sort(key=lambda one: areas.index(one.name.split("/")[0]))
    if len(listed) < 2:
        return []
    return [
        {
            "label": one.title.in_language(language),
            "count": None,
            "url": report_url(one.name, standpoint(request)),
            "active": one is current,
        }
        for one in listed
    ]


def _pager(request: HttpRequest, answer: Answer) -> dict[str, Any] | None:
    table = answer.table
    if not table.page.limit or (table.count <= table.page.limit and not table.page.offset):
        return None
    first, last = table.page.offset + 1, table.page.offset + len(table)
    before = max(0, table.page.offset - table.page.limit)
    return {
        "first": first if len(table) else 0,
        "last": last,
        "count": table.count,
        "previous_url": changed(request, {"offset": str(before or "")}) if table.page.offset else "",
        "next_url": changed(request, {"offset": str(last)}) if last < table.count else "",
    }


def _sheet(shown: Showing) -> dict[str, Any]:
    """Return the context of parts/sheet.html: the number, how it is computed, what it is made of."""
    answer, language = shown.answer, shown.language
    table = answer.table
    main = next((column for column in table.columns if column.kind == "money" and column.name in table.totals), None)
    pairs = pairs_of(shown.request)
    sheet: dict[str, Any] = {
        "name": table.title.in_language(language),
        "how": {"lines": [table.help.in_language(language)]},
        "made_of": table_view(shown, _narrow(table.columns)) | {"caption": _("由哪些组成")},
        "made_of_hint": _("共 %(rows)s 行") % {"rows": figures.count(table.count)},
        "actions": [{"label": _("打开这些行"), "url": with_query(shown.request.path, pairs)}],
        "link": with_query(shown.request.path, pairs),
    }
    if main:
        sheet["value"] = shown_text(shown, main, table.totals[main.name])
        sheet["name"] = f"{table.title.in_language(language)} {main.label.in_language(language)}"
    return sheet


def _narrow(columns: Any) -> list[str]:
    """Return the columns that fit a sheet: the first two names, and the amounts."""
    names = [column.name for column in columns if column.kind == "ref" and not column.optional][:2]
    money = [column.name for column in columns if column.kind == "money" and not column.optional][:2]
    days = [column.name for column in columns if column.kind in ("day", "ym", "year") and not column.optional][:1]
    return [*names, *days, *money]


def _column_help(answer: Answer, language: str) -> dict[str, Any]:
    rows = [
        {
            "cells": [
                {"text": column.label.in_language(language), "kind": "strong"},
                {"text": column.help.in_language(language)},
            ]
        }
        for column in answer.table.columns
        if column.help.zh
    ]
    return {
        "title": _("各列怎么算"),
        "caption": _("各列怎么算"),
        "columns": [
            {"key": "column", "label": _("列名"), "align": "text", "first": True},
            {"key": "help", "label": _("算法"), "align": "text"},
        ],
        "rows": rows,
        "look": "plain",
    }
