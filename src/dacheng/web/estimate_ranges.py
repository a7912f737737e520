"""The back-test beside the four methods: error and range of each, read after the page as it takes longer (R015)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.table import Table
from dacheng.core.targets.setting.naming import METHODS
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.links import pairs_of, report_url, with_query
from dacheng.web.standpoint import money_unit

NAMED = ("unit", "period", "measure", "scheme")
RANGES, YEARS = "targets/setting_backtest", "targets/setting_trials"


@login_required
def setting_ranges(request: HttpRequest) -> HttpResponse:
    """Show the error and the range of each method inside the page of the estimate; alone it leads to the report."""
    if not request.headers.get("HX-Request"):
        return redirect(report_url(RANGES, pairs_of(request)))
    asked = asking(request)
    given = {name: request.GET[name] for name in NAMED if request.GET.get(name)}
    table = run_report(RANGES, given, book=asked.book, names=DatabaseNames()).table
    years = report_url(YEARS, pairs_of(request))
    context = {"rows": list(_rows(request, table)), "years_url": years}
    return render(request, "targets/setting_ranges.html", context)


def ranges_place(request: HttpRequest) -> dict[str, str]:
    """Return where the part is read from, and the report to which it leads without JavaScript."""
    pairs = [(name, value) for name, value in pairs_of(request) if name != "tab"]
    return {"url": with_query(reverse("web:setting-ranges"), pairs), "report": report_url(RANGES, pairs)}


def _rows(request: HttpRequest, table: Table) -> Iterator[dict[str, Any]]:
    language, unit = get_language() or "zh-hans", money_unit(request)
    notes = {note.code: note.text.in_language(language) for note in table.notes}
    for at, (code, label) in enumerate(METHODS[: len(table)]):
        low, high, years = (table.cell(name, at) for name in ("low", "high", "years"))
        both = {"low": figures.money(_whole(low), unit), "high": figures.money(_whole(high), unit)}
        yield {
            "label": label.in_language(language),
            "amount": figures.money(_whole(table.cell("amount", at)), unit),
            "years": figures.count(_whole(years)),
            "error": figures.ratio(table.cell("error_ratio", at)),
            "range": _("%(low)s 至 %(high)s") % both if low is not None else "",
            "why": notes.get(f"off-{code}", ""),
        }


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
