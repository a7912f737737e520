"""The rules (规则): what each decides, its value through time, another value from a day on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY
from dacheng.core.errors import DachengError, NotAllowed
from dacheng.core.period import FIRST_DAY, ym_text
from dacheng.core.rules import RuleKind, RuleValue
from dacheng.service.month_rules import USUAL, MonthDays, months_foreseen
from dacheng.service.rule_history import DatedValue, rule_named, values_through_time
from dacheng.service.ruling import rules_in_force, set_rule
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.changing import as_read
from dacheng.web.forms import DayField, reason, said
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.toasts import say
from dacheng.web.when import shown_moment


class RuleForm(forms.Form):
    """A value, the day from which it holds, and why."""

    def __init__(self, *args: Any, kind: RuleKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        label = kind.label.in_language(language)
        if _is_flag(kind):
            words = [(1, _("是")), (0, _("否"))]
            value: forms.Field = forms.TypedChoiceField(label=label, choices=words, coerce=int)
        elif kind.choices:
            offered = [(code, one.in_language(language)) for code, one in kind.choices]
            value = forms.ChoiceField(label=label, choices=offered)
        elif kind.reads is not None:
            value = forms.CharField(label=label, max_length=300)
        else:
            hint = _("%(lowest)s 到 %(highest)s，%(unit)s") % {
                "lowest": kind.lowest,
                "highest": kind.highest,
                "unit": kind.unit.in_language(language),
            }
            value = forms.IntegerField(
                label=label, min_value=kind.lowest, max_value=kind.highest, help_text=hint, widget=forms.TextInput()
            )
            value.widget.attrs = {"inputmode": "numeric", "autocomplete": "off"}
        self.fields["value"] = value
        self.fields["on"] = DayField(label=_("从哪天起"))
        self.fields["reason"] = reason()


@login_required
def rules_page(request: HttpRequest) -> HttpResponse:
    """List the rules with their values of today."""
    request.section = "settings"
    language = get_language() or "zh-hans"
    rows = []
    for at, one in enumerate(rules_in_force(asking(request).book)):
        cells = [
            {
                "text": one.kind.label.in_language(language),
                "href": reverse("web:rule", args=[one.kind.name]),
                "kind": "strong",
            },
            {"text": figures.MISSING if one.value is None else value_words(one.kind, one.value)},
            {"text": one.kind.help.in_language(language), "tone": "ink2"},
        ]
        rows.append({"id": f"rule-{at}", "cells": cells})
    titles = [(_("规则名称"), "text"), (_("今天的值"), "num"), (_("决定什么"), "text")]
    table = {
        "title": _("规则"),
        "cards": True,
        "columns": [
            {"key": f"r{at}", "label": label, "align": align, "first": at == 0}
            for at, (label, align) in enumerate(titles)
        ],
        "rows": rows,
        "notes": [_("每条规则按日期生效：截至日在哪天，就按那天的值算。")],
    }
    context = {"heading": _("规则"), "crumbs": settings_crumbs(_("规则")), "table": table}
    return render(request, "settings/table.html", context)


@login_required
def rule_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show the values of a rule through time, and let another one hold from a day on."""
    request.section = "settings"
    kind, asked = rule_named(name), asking(request)
    editable = asked.viewer.holds(*POLICY["rule.edit"])
    form = RuleForm(request.POST or None, kind=kind, initial={"on": asked.book.today})
    looked: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            looked = _months(form, name) if editable and request.POST.get("sure") != as_read(form) else None
            if looked is not None:
                return render(request, "settings/rule.html", _page(asked, kind, form, looked))
            new = set_rule(actor=asked.viewer, at=asked.at, name=name, **form.cleaned_data)
            say(request, _("规则已改。") if new else _("这天起已经是这个值，没有变化。"))
            return redirect("web:rule", name=name)
        except NotAllowed:
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    page = _page(asked, kind, form if editable else None, looked)
    return render(request, "settings/rule.html", page, status=422 if form.errors else 200)


def _page(asked: Asking, kind: RuleKind, form: RuleForm | None, looked: dict[str, Any] | None) -> dict[str, Any]:
    """Return the context of a rule's page; ``looked`` is what another value would do, to be confirmed."""
    language = get_language() or "zh-hans"
    return {
        "heading": kind.label.in_language(language),
        "scope": kind.help.in_language(language),
        "crumbs": [
            *settings_crumbs(_("规则"), reverse("web:rules")),
            {"label": kind.label.in_language(language), "url": ""},
        ],
        "values": [_value(kind, one, asked.book.today) for one in values_through_time(kind.name)],
        "form": form,
        "effects": [_effect(kind)],
        "effect_table": looked,
        "hidden": [("sure", as_read(form))] if form is not None and looked is not None else [],
        "submit": _("看影响") if kind.name in USUAL and looked is None else _("加一个值"),
    }


def _effect(kind: RuleKind) -> str:
    if kind.name in USUAL:
        return _("这天起开始的财年按新值分月，所有报表、目标和关账一起变；更早的财年不变，已关账的月份不能动。")
    return _("从这天起的截至日按新值算；更早的截至日和已冻结的数不变。")


def _months(form: RuleForm, name: str) -> dict[str, Any] | None:
    """Return the days of the months that a value makes, as parts/table.html shows them; None for other rules."""
    if name not in USUAL:
        return None
    given, language = form.cleaned_data, get_language() or "zh-hans"
    heads = [
        ("month", _("月份"), "text"),
        ("first", _("第一天"), "text"),
        ("last", _("最后一天"), "text"),
        ("weeks", _("周数"), "num"),
        ("days", _("天数"), "num"),
        ("before", _("现在"), "text"),
    ]
    rows = [
        {
            "cells": [
                {"text": ym_text(one.ym), "kind": "strong"},
                {"text": figures.day_with_weekday(one.first, language)},
                {"text": figures.day_with_weekday(one.last, language)},
                {"text": figures.count(one.weeks)},
                {"text": figures.count(one.days)},
                {"text": _before(one), "tone": "" if one.moves else "ink3"},
            ]
        }
        for one in months_foreseen(name, given["value"], given["on"])
    ]
    return {
        "title": _("各月的日子"),
        "caption": _("各月的日子"),
        "look": "plain fit",
        "columns": [
            {"key": key, "label": label, "align": align, "first": key == "month"} for key, label, align in heads
        ],
        "rows": rows,
    }


def _before(one: MonthDays) -> str:
    if not one.moves:
        return _("不变")
    span = {"first": figures.day(one.first_before), "last": figures.day(one.last_before)}
    return _("%(first)s 到 %(last)s") % span


def value_words(kind: RuleKind, value: RuleValue) -> str:
    """Return a value with its unit."""
    if _is_flag(kind):
        return _("是") if value else _("否")
    language = get_language() or "zh-hans"
    if kind.choices:
        return dict(kind.choices)[str(value)].in_language(language)
    if kind.reads is not None:
        return str(value)
    return f"{value} {kind.unit.in_language(language)}"


def _value(kind: RuleKind, one: DatedValue, today: int) -> dict[str, Any]:
    since = _("一开始") if one.from_day == FIRST_DAY else figures.day(one.from_day)
    return {
        "since": since,
        "value": value_words(kind, one.value),
        "future": one.from_day > today,
        "by": (one.by.name or _("系统")) if one.by else _("默认"),
        "reason": one.reason,
        "when": shown_moment(one.at) if one.at else "",
    }


def _is_flag(kind: RuleKind) -> bool:
    return (kind.lowest, kind.highest) == (0, 1) and not kind.choices
