"""What stands around and below the columns of an estimate: tabs, chips, range strip, tiers, what is to be found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any

import numpy as np
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.book import Book
from dacheng.core.estimates.assessing import drawn_notes
from dacheng.core.estimates.inputs import MARGIN_FACTS
from dacheng.core.estimates.schema import ADOPTED, DRAFT, SCHEMES, SUBMITTED
from dacheng.core.estimates.scores import ENTERPRISES, MEASURES
from dacheng.core.targets.schema import CASH, CONTRACT, MARGIN
from dacheng.core.targets.setting.inventory import COUNTED
from dacheng.core.targets.setting.naming import KINDS, METHODS
from dacheng.core.targets.setting.wording import in_percent
from dacheng.service.estimates import state_label
from dacheng.service.labels import DatabaseNames
from dacheng.web import figures, marks
from dacheng.web.estimate_columns import method_columns, said
from dacheng.web.estimate_drivers import drivers_context
from dacheng.web.estimate_fields import Page, input_field, tier_fields
from dacheng.web.estimate_groups import groups_of
from dacheng.web.estimate_ranges import ranges_place
from dacheng.web.links import changed, pairs_of, report_url
from dacheng.web.standpoint import asof_bar
from dacheng.web.target_tabs import target_tabs

MOST_UNITS = 200
TRIPLE, DRIVERS = "triple", "drivers"
OF_KIND: tuple[marks.Tone, ...] = ("acc", "acc2", "acc2", "acc3", "acc3")


def frame_context(request: HttpRequest, book: Book, page: Page) -> dict[str, Any]:
    """Return heading, tabs and chips."""
    view = page.view
    unit, year = view.unit.in_language(page.language), view.asked.number
    state = state_label(view.state).in_language(page.language)
    return {
        "heading": _("目标设定"),
        "scope": _("%(year)s 财年，%(unit)s，方案 %(plan)s，%(state)s")
        % {"year": year, "unit": unit, "plan": view.scheme, "state": state},
        "crumbs": [
            {"label": _("目标"), "url": reverse("web:targets")},
            {"label": _("目标设定"), "url": ""},
        ],
        "asof": asof_bar(request, book, comparable=False),
        "tabs": target_tabs(request, "setting"),
        "filters": {"action": request.path, "kept": pairs_of(request), "chips": _chips(request, book, page)},
        "measure_tabs": list(_measure_tabs(request, page)),
    }


def content_context(request: HttpRequest, book: Book, page: Page) -> dict[str, Any]:
    """Return the methods with what follows from them; of another tab what that one shows."""
    view, found = page.view, page.view.found
    draft = view.editable and view.state == DRAFT
    context: dict[str, Any] = {
        "action": request.get_full_path(),
        "file_url": changed(request, {"tab": ""}, path=reverse("web:setting-file")),
        "draft": draft,
        "can_reopen": view.editable and view.state != DRAFT and (view.state == SUBMITTED or view.adoptable),
        "can_adopt": view.adoptable and view.state == SUBMITTED,
        "adopted": view.state == ADOPTED,
        "asks": [said(page, one) for one in found.asks],
        "reason": page.text("reason", view.reason),
        "was_reason": view.reason,
        "copies": [code for _number, code, _label in SCHEMES if code != view.scheme],
        "tab": _tab(request, page),
    }
    if context["tab"]:
        return context | (_triple(page) if context["tab"] == TRIPLE else drivers_context(page))
    return context | {
        "methods": method_columns(page, book.rules),
        "drawn": [said(page, one) for one in drawn_notes(found.material.figures)],
        "refused": found.refused.in_language(page.language) if found.refused else "",
        "normalise": input_field(page, "normalise"),
        "strip": _strip(page),
        "tiers": tier_fields(page),
        "find": _find(page),
        "capacity": list(_capacity(page)),
        "capacity_fields": [
            {"label": _("流失率"), "field": input_field(page, "attrition")},
        ],
        "groups": groups_of(page),
        "history": _history(page),
        "ranges": ranges_place(request),
    }


# Around ------------------------------------------------------------------------------------------


def _tab(request: HttpRequest, page: Page) -> str:
    """Return which tab beside those of the measures is open; drivers are of contract value alone."""
    wanted = request.GET.get("tab", "")
    if wanted == DRIVERS and page.view.asked.measure_id != CONTRACT:
        return ""
    return wanted if wanted in (TRIPLE, DRIVERS) else ""


def _measure_tabs(request: HttpRequest, page: Page) -> Iterator[dict[str, Any]]:
    names = DatabaseNames().names("measures", (CONTRACT, MARGIN, CASH))
    tab = _tab(request, page)
    for number in (CONTRACT, MARGIN, CASH):
        if number in names:
            yield {
                "label": names[number].in_language(page.language),
                "url": changed(request, {"measure": names[number].code, "tab": ""}),
                "active": not tab and number == page.view.asked.measure_id,
            }
    asks = len(page.view.found.triple.asks) if page.view.found.triple else 0
    label = _("三者校验") if not asks else _("三者校验 %(count)s 处待确认") % {"count": asks}
    yield {"label": label, "url": changed(request, {"tab": TRIPLE, "measure": ""}), "active": tab == TRIPLE}
    url = changed(request, {"tab": DRIVERS, "measure": ""})
    yield {"label": _("驱动因素"), "url": url, "active": tab == DRIVERS}


def _chips(request: HttpRequest, book: Book, page: Page) -> list[dict[str, Any]]:
    view = page.view
    at = np.sort(book.tree.position_of(np.array(book.scope.units, dtype=np.int64)))
    units = book.tree.unit_ids[at][:MOST_UNITS].tolist()
    names = DatabaseNames().names("units", units)
    this_year = int(book.rules.fiscal.year_of(book.months.ym_of(book.as_of_day)))
    years = sorted({this_year, this_year + 1, view.asked.number})
    plans = [(code, f"{code}{_('（空）') if code not in view.plans else ''}") for _number, code, _label in SCHEMES]
    return [
        _chip(
            request,
            "unit",
            _("组织"),
            [(names[one].code, names[one].in_language(page.language)) for one in units if one in names],
            view.unit.code,
        ),
        _chip(request, "period", _("年度"), [(str(one), str(one)) for one in years], str(view.asked.number)),
        _chip(request, "scheme", _("方案"), plans, view.scheme),
    ]


def _chip(
    request: HttpRequest, name: str, label: str, choices: Sequence[tuple[str, str]], current: str
) -> dict[str, Any]:
    options = [
        {"label": text, "url": changed(request, {name: code}), "active": code == current} for code, text in choices
    ]
    text = next((one["label"] for one in options if one["active"]), current)
    return {"name": name, "label": label, "text": text, "narrowed": False, "options": options}


# Below the columns -------------------------------------------------------------------------------


def _strip(page: Page) -> dict[str, Any]:
    """Return the methods on one scale with the tiers and the blend, and what may be said of their spread."""
    found = page.view.found
    amounts = [found.outcomes[code].amount for code, _label in METHODS]
    blend = found.blend.outcome.amount if found.blend else None
    lines = [found.floor, found.target, found.stretch]
    known = [one for one in (*amounts, blend, *lines) if one is not None]
    low, high = min(known, default=0), max(known, default=0)
    rows = [
        {
            "label": label.in_language(page.language),
            "mark": marks.on_a_strip(one, lines, low, high),
            "value": figures.money(one, page.unit),
        }
        for (_code, label), one in zip(METHODS, amounts, strict=True)
    ]
    hint = ""
    dispersion = found.blend.outcome.figure("dispersion") if found.blend and blend is not None else None
    if dispersion is not None:
        hint = _("离散度 %(share)s，竖线为结果，虚线为保底和挑战") % {"share": figures.ratio(float(dispersion))}
    words = ""
    if blend is not None:
        words = _("加权合成 %(amount)s") % {"amount": figures.money(blend, page.unit)}
        if found.target is not None and found.target != blend:
            words += _("，目标与合成差 %(change)s") % {"change": figures.money_delta(found.target - blend, page.unit)}
    return {"rows": rows if known else [], "hint": hint, "words": words}


def _find(page: Page) -> dict[str, Any] | None:
    """Return the parts of the inventory and what is to be found beyond them."""
    found = page.view.found
    if found.target is None or found.to_find is None:
        return None
    sums = [
        (label.in_language(page.language), sum(one.counted for one in found.inventory if one.line.kind == code), tone)
        for (code, label), tone in zip(KINDS, OF_KIND, strict=True)
    ]
    parts: list[tuple[str, int, marks.Tone]] = [one for one in sums if one[1]]
    more = max(found.to_find, 0)
    whole = max(found.target, sum(amount for _label, amount, _tone in parts), 1)
    rows, before = [], 0
    if more:
        parts.append((_("要新找"), more, "bad"))
    for label, amount, tone in parts:
        rows.append(
            {
                "label": label,
                "mark": marks.stacked(before, amount, whole, tone),
                "value": figures.money(amount, page.unit),
                "share": figures.ratio(amount / whole),
                "bad": tone == "bad",
            }
        )
        before += amount
    title = _("目标 %(target)s 比盘点多") if more else _("盘点已够目标 %(target)s")
    return {
        "title": title % {"target": figures.money(found.target, page.unit)},
        "amount": figures.money(more, page.unit) if more else "",
        "rows": rows,
        "words": _needed(page, more),
        "unowned": sum(one.fate != COUNTED for one in found.inventory),
    }


def _needed(page: Page, more: int) -> str:
    """Return what is to be found as wins and entries of each step."""
    need = page.view.found.need
    if need is None or need.wins is None or not more:
        return ""
    words = [_("赢单 %(count)s") % {"count": ceil(need.wins)}]
    names = page.view.step_names
    for at, many in reversed(list(enumerate(need.entries))):
        if many is not None:
            name = names[at] if at < len(names) else _("第 %(at)s 步") % {"at": at + 1}
            words.append(f"{name} {ceil(many)}")
    return _("要新找 %(amount)s = %(words)s。") % {
        "amount": figures.money(more, page.unit),
        "words": _("，").join(words),
    }


def _capacity(page: Page) -> Iterator[str]:
    found = page.view.found
    if found.no_capacity is not None:
        yield found.no_capacity.in_language(page.language)
    one = found.capacity
    if one is None:
        return
    amount = figures.money(one.after_attrition, page.unit)
    if one.vs_target is None:
        yield _("产能 %(amount)s。") % {"amount": amount}
    else:
        enough = _("够") if one.vs_target >= 1 else _("不够")
        share = in_percent(one.vs_target, 1)
        yield _("产能 %(amount)s，是目标的 %(share)s，%(enough)s。") % {
            "amount": amount, "share": share, "enough": enough
        }  # fmt: skip


def _history(page: Page) -> dict[str, Any]:
    """Return three years of contracts: churn, repurchase, ticket and how it varies."""
    material = page.view.found.material
    past = material.past.history
    open_year = material.asked.number - 1 if material.past.forecast else 0
    rows = [
        {
            "year": _("%(year)s 至今") % {"year": one.year} if one.year == open_year else str(one.year),
            "cells": [
                figures.count(one.contracts),
                figures.money(one.amount, page.unit),
                figures.ratio(None if one.growth is None else float(one.growth)),
                figures.ratio(None if one.churn is None else float(one.churn)),
                figures.ratio(None if one.repurchase is None else float(one.repurchase)),
                figures.money(None if one.ticket is None else round(one.ticket), page.unit),
                figures.ratio(one.ticket_cv),
            ],
        }
        for one in past.years
    ]
    heads = [_("合同数"), _("合同金额"), _("增长"), _("客户流失率"), _("复购率"), _("客单价"), _("客单价波动")]
    return {"heads": heads, "rows": rows, "notes": [said(page, one) for one in past.notes]}


# Three measures ----------------------------------------------------------------------------------


def _triple(page: Page) -> dict[str, Any]:
    found = page.view.found
    triple = found.triple
    rows = [
        {
            "label": one.label.in_language(page.language),
            "text": figures.money(None if one.value is None else round(one.value), page.unit)
            if one.kind == "money"
            else figures.ratio(None if one.value is None else float(one.value)),
            "why": one.reason.in_language(page.language) if one.reason else "",
        }
        for one in (triple.evidence if triple else ())
    ]
    advice = found.margin
    answer = {True: _("适合考核毛利"), False: _("不适合考核毛利"), None: _("还判断不了是否适合考核毛利")}
    return {
        "triple": rows,
        "triple_asks": [said(page, one) for one in (triple.asks if triple else ())],
        "no_triple": found.no_triple.in_language(page.language) if found.no_triple else "",
        "triple_fields": [
            {"label": label, "field": input_field(page, code)}
            for label, code in (
                (_("税率"), "tax"),
                (_("毛利率"), "margin"),
                (_("期初应收"), "opening_receivable"),
                (_("期初应收的收款率"), "opening_rate"),
                (_("当年合同的收款率"), "in_year_rate"),
            )
        ],
        "margin_facts": [
            {"label": label.in_language(page.language), "field": input_field(page, "margin_fact", at)}
            for at, (_code, label) in enumerate(MARGIN_FACTS, 1)
        ],
        "advice": answer[advice.suggested],
        "advice_reasons": [one.in_language(page.language) for one in advice.reasons],
        "advice_unknown": _("、").join(one.in_language(page.language) for one in advice.unknown),
        "weights": _score_weights(page),
    }


def _score_weights(page: Page) -> list[dict[str, Any]]:
    """Return the proposed weights of the three measures by kind of enterprise, each leading to scores by it (R018)."""
    rules, view = page.view.found.material.rules, page.view
    own = rules.word("setting.enterprise")
    asked = [("unit", view.unit.code), ("period", str(view.asked.number))]
    return [
        {
            "label": label.in_language(page.language),
            "chosen": code == own,
            "cells": [f"{rules.number(f'setting.score_{code}_{one}')}%" for _measure, one, _label in MEASURES],
            "url": report_url("targets/score", [*asked, ("enterprise", code)]),
        }
        for _number, code, label in ENTERPRISES
    ]
