"""The filter bar of a report, built from the report's own parameters."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.period import Period, date_of
from dacheng.core.report import Parameter
from dacheng.service.deal_edits import LISTS
from dacheng.service.exporting import RETURNING
from dacheng.service.names import Name
from dacheng.web.links import changed, pairs_of, with_query
from dacheng.web.tabling import Showing, columns_shown

NOT_FILTERS = ("sort", "page", "only")
PAST = "history/"
"""Reports that look at several years where no period is named."""

EXPORTS = (("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON"))


def filter_bar(shown: Showing, chosen: list[str]) -> dict[str, Any]:
    """Return the context of parts/filters.html."""
    request = shown.request
    parameters = [one for one in shown.answer.report.parameters if one.kind.name not in NOT_FILTERS]
    chips = [chip for one in parameters if (chip := _chip(shown, one))]
    narrowed = {one.name: "" for one in parameters if shown.answer.given.get(one.name)}
    return {
        "action": request.path,
        "kept": pairs_of(request),
        "chips": chips,
        "clear_url": changed(request, narrowed) if narrowed else "",
        "columns": _columns(shown, chosen),
        "how_url": with_query(f"{request.path}how/", pairs_of(request)),
        "exports": [
            {"label": label, "url": with_query(_export_path(shown, kind), pairs_of(request))}
            for kind, label in _exports(shown)
        ],
    }


def _exports(shown: Showing) -> list[tuple[str, str]]:
    """Return the kinds of files with their words; a list of opportunities can also be worked on and brought back."""
    returning = [(RETURNING, _("CSV，改了再导入"))] if shown.answer.report.name in LISTS else []
    return [*EXPORTS, *returning]


def _export_path(shown: Showing, kind: str) -> str:
    return reverse("web:export", args=[shown.answer.report.name, kind])


def _chip(shown: Showing, parameter: Parameter) -> dict[str, Any] | None:
    given = shown.answer.given.get(parameter.name, "")
    label = parameter.label.in_language(shown.language)
    chip: dict[str, Any] = {"name": parameter.name, "label": label, "narrowed": bool(given)}
    kind = parameter.kind.name
    if kind == "day":
        value = shown.answer.params.get(parameter.name)
        return chip | {"text": date_of(value).isoformat() if value else _("不限"), "input": "date", "value": given}
    options = _options(shown, parameter, given)
    if not options and not given:
        return None
    current = next((one["label"] for one in options if one["active"]), given or _("全部"))
    return chip | {"text": current, "options": options}


def _options(shown: Showing, parameter: Parameter, given: str) -> list[dict[str, Any]]:
    kind = parameter.kind
    if kind.name == "flag":
        codes = [("1", _("是"))]
    elif kind.name == "choice":
        codes = [(code, label.in_language(shown.language)) for code, label in kind.choices]
    elif kind.name == "period":
        codes = _periods(shown)
    else:
        codes = [(name.code, name.in_language(shown.language)) for name in _offered(shown, kind.ref)]
    blank = [] if parameter.required else [("", _default(shown, parameter))]
    return [
        {"label": label, "url": changed(shown.request, {parameter.name: code}), "active": code == given}
        for code, label in [*blank, *codes]
    ]


def _offered(shown: Showing, relation: str) -> list[Name]:
    names, listed = shown.names.get(relation, {}), shown.offered.get(relation)
    ordered = sorted(names) if listed is None else listed
    return [names[one] for one in ordered if one in names]


def _default(shown: Showing, parameter: Parameter) -> str:
    if parameter.kind.name == "period" and shown.answer.report.name.startswith(PAST):
        return _("近几年")
    if parameter.kind.name == "period" and parameter.name == "period":
        fiscal = shown.answer.book.rules.fiscal
        return fiscal.year(fiscal.year_of(_month(shown))).label(fiscal).in_language(shown.language)
    if parameter.kind.ref == "plans":
        return _("最近的")
    labels = {code: label.in_language(shown.language) for code, label in parameter.kind.choices}
    if parameter.kind.name == "choice" and parameter.default in labels:
        return labels[parameter.default]
    taken = shown.names.get(parameter.kind.ref, {}).get(parameter.default) if parameter.default else None
    if taken:
        return taken.in_language(shown.language)
    return _("不限") if parameter.kind.name in ("flag", "period") else _("全部")


def _periods(shown: Showing) -> list[tuple[str, str]]:
    """Return this and last fiscal year, the quarters of this one and the months around the as-of day."""
    fiscal = shown.answer.book.rules.fiscal
    month = _month(shown)
    year = fiscal.year_of(month)
    months = [Period(ym, ym + 1) for ym in range(month - 1, month + 3)]
    periods = [
        fiscal.year(year),
        *(fiscal.quarter(year, number) for number in range(1, 5)),
        *months,
        fiscal.year(year - 1),
        fiscal.year(year + 1),
    ]
    return [(one.code(fiscal), one.label(fiscal).in_language(shown.language)) for one in periods]


def _month(shown: Showing) -> int:
    return shown.answer.book.months.ym_of(shown.answer.book.as_of_day)


def _columns(shown: Showing, chosen: list[str]) -> dict[str, Any]:
    columns = shown.table.columns
    seen = {column.name for column in columns_shown(shown.table, chosen)}
    return {
        "name": "col",
        "shown": len(seen),
        "all": len(columns),
        "choices": [
            {
                "value": column.name,
                "label": column.label.in_language(shown.language),
                "checked": column.name in seen,
            }
            for column in columns
        ],
    }
