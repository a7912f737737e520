"""Past results (历史业绩): months under one another, years beside one another, and the season they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY
from dacheng.core.book import Book
from dacheng.core.history.past import Wanted, last_day_known
from dacheng.core.history.seasons import MONTHS
from dacheng.core.period import MONTHS_PER_YEAR, date_of, ym_text
from dacheng.core.table import Table
from dacheng.core.targets.schema import CONTRACT
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import Answer, run_report
from dacheng.web import figures, marks
from dacheng.web.asking import Asking, asking
from dacheng.web.filtering import filter_bar
from dacheng.web.links import Pairs, changed, pairs_of, report_url, with_query
from dacheng.web.standpoint import asof_bar
from dacheng.web.tabling import Showing, how_url, showing, shown_text
from dacheng.web.target_tabs import BY_MONTH, BY_YEAR, PAST, SEASONS, history_tabs

TAKEN = ("measure", "unit", "division", "regular")
"""Parameters of the page, which all its reports take."""

SEVERAL = "pooled"
"""The one that only the season takes."""

Cells = Mapping[tuple[int, int], int]
"""(fiscal year, month of it from 0) -> row of the monthly table."""


@login_required
def past_page(request: HttpRequest) -> HttpResponse:
    """Show what each month of the last years brought, and its season."""
    request.section = "targets"
    asked = asking(request)
    monthly = _answered(request, asked, BY_MONTH)
    shown = showing(request, monthly)
    context = {
        "heading": _("历史业绩"),
        "crumbs": [{"label": _("历史业绩"), "url": ""}],
        "tabs": history_tabs(request, PAST),
        "asof": asof_bar(request, asked.book, comparable=False),
        "buttons": _buttons(asked),
        "filters": _filters(shown),
    }
    context |= _results(request, asked, shown) if len(monthly.table) else {"table": {"empty": _empty(shown, asked)}}
    return render(request, "targets/past.html", context)


def _answered(request: HttpRequest, asked: Asking, name: str) -> Answer:
    taken = (*TAKEN, SEVERAL) if name == SEASONS else TAKEN
    given = {key: value for key, value in pairs_of(request) if key in taken}
    return run_report(name, given, book=asked.book, names=DatabaseNames())


def _results(request: HttpRequest, asked: Asking, shown: Showing) -> dict[str, Any]:
    yearly, season = (_answered(request, asked, name) for name in (BY_YEAR, SEASONS))
    notes = [*shown.table.notes, *(one for one in season.table.notes if one.code in ("few-years", "season"))]
    return {
        "table": {
            "title": _("历史业绩"),
            "caption": _("每月业绩，按财年并列"),
            "columns": _columns(yearly.table),
            "total": _total(shown, yearly.table),
            "rows": _rows(request, shown, yearly.table, season.table),
            "notes": [note.said(shown.language, shown.amount_words) for note in notes],
            "look": "plain",
        },
        "line": _line(shown, season.table),
        "more": _more(request),
        "pooled": _pooled(request),
    }


def _columns(yearly: Table) -> list[dict[str, Any]]:
    years = [{"key": str(year), "label": str(year), "align": "num"} for year in yearly.values["year"].tolist()]
    index = {
        "key": "index",
        "label": _("季节系数"),
        "align": "num",
        "help": _("该月历年平均 ÷ 各月平均的平均，只看完整财年"),
    }
    return [{"key": "month", "label": _("月份"), "align": "text", "first": True}, *years, index]


def _total(shown: Showing, yearly: Table) -> dict[str, Any]:
    """Return the result of each year, with its growth."""
    cells: list[dict[str, Any]] = [{"text": _("合计"), "kind": "strong"}]
    for row in range(len(yearly)):
        growth = yearly.cell("growth_ratio", row)
        text = shown_text(shown, yearly.column("amount"), yearly.cell("amount", row))
        told = figures.signed(figures.ratio(growth)) if growth is not None else ""
        cells.append({"text": text, "sub": told, "kind": "strong"})
    return {"cells": [*cells, {"text": "", "kind": "strong"}]}


def _rows(request: HttpRequest, shown: Showing, yearly: Table, season: Table) -> list[dict[str, Any]]:
    months = season.values["month"].tolist()
    places = _places(shown)
    labels = {number: label.in_language(shown.language) for number, _code, label in MONTHS}
    rows = []
    for at, month in enumerate(months):
        cells: list[dict[str, Any]] = [{"text": labels[month]}]
        cells += [_cell(request, shown, places.get((year, at))) for year in yearly.values["year"].tolist()]
        cells.append({"text": shown_text(shown, season.column("index"), season.cell("index", at))})
        rows.append({"id": f"month-{month}", "cells": cells})
    return rows


def _places(shown: Showing) -> Cells:
    fiscal = shown.answer.book.rules.fiscal
    return {
        (int(fiscal.year_of(ym)), int(fiscal.month_of(ym)) - 1): row
        for row, ym in enumerate(shown.table.values["ym"].tolist())
    }


def _cell(request: HttpRequest, shown: Showing, row: int | None) -> dict[str, Any]:
    """Return the amount of one month; it opens by unit."""
    if row is None:
        return {"text": figures.MISSING}
    table = shown.table
    month = ym_text(int(table.cell("ym", row) or 0))
    pairs = [*_kept(request), ("period", month), ("apart", "unit")]
    text = shown_text(shown, table.column("amount"), table.cell("amount", row))
    return {"text": text, "href": report_url(BY_MONTH, pairs), "hx": True}


def _line(shown: Showing, season: Table) -> dict[str, Any]:
    """Return the season as a line, with its lowest and highest month."""
    values = [season.cell("index", row) for row in range(MONTHS_PER_YEAR)]
    labels = {number: label.in_language(shown.language) for number, _code, label in MONTHS}
    told = [
        f"{labels[int(season.cell('month', row) or 0)]} {shown_text(shown, season.column('index'), value)}"
        for row, value in enumerate(values)
    ]
    known = [(value, at) for at, value in enumerate(values) if value is not None]
    title = _("季节系数")
    return {
        "title": title,
        "mark": marks.line(values, label=f"{title} {told[0]} → {told[-1]}"),
        "first": told[0],
        "last": told[-1],
        "low": told[min(known)[1]],
        "high": told[max(known)[1]],
    }


def _filters(shown: Showing) -> dict[str, Any]:
    """Return the filters of the months without what the page itself decides, and what opens 怎么算的."""
    asked = replace(shown.answer.report, parameters=tuple(p for p in shown.answer.report.parameters if p.name in TAKEN))
    narrowed = replace(shown, answer=replace(shown.answer, report=asked))
    return filter_bar(narrowed, []) | {"columns": None, "how_url": how_url(shown)}


def _more(request: HttpRequest) -> list[dict[str, str]]:
    """Return the reports that tell more of the same results."""
    pairs = _kept(request)
    return [
        {"label": _("按年：增长、流失、复购、客单价"), "url": report_url(BY_YEAR, pairs)},
        {"label": _("按下级组织"), "url": report_url(BY_MONTH, [*pairs, ("apart", "unit")])},
        {"label": _("按划分项"), "url": report_url(BY_MONTH, [*pairs, ("apart", "segment")])},
    ]


def _pooled(request: HttpRequest) -> dict[str, str]:
    """Return the link that pools January and February, or takes them apart."""
    kept = [(name, value) for name, value in pairs_of(request) if name != SEVERAL]
    on = bool(request.GET.get(SEVERAL))
    pairs = kept if on else [*kept, (SEVERAL, "1")]
    label = _("分开看 1、2 月") if on else _("1、2 月合并（春节）")
    return {"label": label, "url": with_query(request.path, pairs)}


def _kept(request: HttpRequest) -> Pairs:
    kept = (*TAKEN, "as_of", "basis", "show")
    return [(name, value) for name, value in pairs_of(request) if name in kept]


def _buttons(asked: Asking) -> list[dict[str, Any]]:
    if not asked.viewer.holds(*POLICY["import.commit"]):
        return []
    return [{"label": _("导入历史业绩"), "url": reverse("web:imports"), "primary": True}]


def _empty(shown: Showing, asked: Asking) -> dict[str, Any]:
    """Say that nothing is known, and where it comes from; of older results, which year ends them and what follows."""
    params = shown.answer.params
    wanted = Wanted(params.get("unit"), segment=params.get("division"), regular=params.get("regular", False))
    day = last_day_known(asked.book, params.get("measure", CONTRACT), wanted)
    if day is not None:
        return _older(shown, asked.book, day)
    empty: dict[str, Any] = {"sentence": _("还没有历史业绩。")}
    if asked.viewer.holds(*POLICY["import.commit"]):
        return empty | {"hint": _("上传以前的订单、合同，或按月的业绩表；放宽条件也可能有数。")}
    return empty | {"hint": _("销售运营可以导入；放宽条件也可能有数。")}


def _older(shown: Showing, book: Book, day: int) -> dict[str, Any]:
    year = int(book.rules.fiscal.year_of(book.months.ym_of(day)))
    end = date_of(book.months.to_day(book.rules.fiscal.year(year)) - 1).isoformat()
    estimate = with_query(reverse("web:setting"), [("period", str(year + 1))])
    return {
        "sentence": _("近几年没有历史业绩，最近的是 %(year)s 财年。") % {"year": year},
        "hint": _("截至日退到那一年，就能看到它的月份和季节。"),
        "action": {
            "label": _("看 %(year)s 财年") % {"year": year},
            "url": changed(shown.request, {"as_of": end, "basis": "today"}),
        },
        "link": {"label": _("测算 %(year)s 财年的目标") % {"year": year + 1}, "url": estimate},
    }
