"""The log (日志): who did what when, before and after; one entry with all its changes; whether it is still whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.service.log_reading import (
    LogQuestion,
    ShownChange,
    ShownEntry,
    Value,
    actions_in_log,
    log_entry,
    verify_log,
)
from dacheng.service.log_reading import (
    log_page as page_of_log,
)
from dacheng.service.questions import parsed_day
from dacheng.service.undoing import may_try_undo
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.fields import Wording, wording
from dacheng.web.links import changed
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.templatetags.figures import counted
from dacheng.web.when import shown_moment
from dacheng.web.words import ACTIONS, action_words

PAGE_ENTRIES = 50
PAGE_CHANGES = 100
SHOWN_VALUES = 4

DETAILS = {
    "person": gettext_lazy("当事人"),
    "to": gettext_lazy("转给"),
    "role": gettext_lazy("角色"),
    "unit": gettext_lazy("组织"),
    "month": gettext_lazy("月份"),
    "rule": gettext_lazy("规则名称"),
    "name": gettext_lazy("名称"),
    "value": gettext_lazy("值"),
    "from": gettext_lazy("从哪天起"),
    "reason": gettext_lazy("原因"),
    "source": gettext_lazy("来源"),
    "scopes": gettext_lazy("可以做"),
    "days": gettext_lazy("天数"),
    "version": gettext_lazy("第几版"),
    "words": gettext_lazy("写法"),
    "tables": gettext_lazy("表"),
    "mapping": gettext_lazy("映射"),
}


@login_required
def log_page(request: HttpRequest) -> HttpResponse:
    """Show a page of the log, the latest first."""
    request.section = "settings"
    asked = asking(request)
    given = {name: request.GET.get(name, "").strip() for name in ("person", "action", "day")}
    question = LogQuestion(given["person"], given["action"], parsed_day(given["day"]) if given["day"] else None)
    found = page_of_log(asked.viewer, asked.book, question, before=request.GET.get("before", ""), limit=PAGE_ENTRIES)
    said = wording(request, found.names)
    context = {
        "crumbs": settings_crumbs(_("日志")),
        "filters": _filters(request, given, actions_in_log(asked.viewer)),
        "entries": [entry_view(said, one) for one in found.entries],
        "older_url": changed(request, {"before": found.entries[-1].name}) if found.more else "",
        "newer_url": changed(request, {"before": ""}) if request.GET.get("before") else "",
        "verify_url": reverse("web:verify-log"),
        "empty": {"sentence": _("没有符合条件的日志。"), "hint": _("放宽条件，或换一天。")},
    }
    return render(request, "settings/log.html", context)


@login_required
def entry_page(request: HttpRequest, entry: str) -> HttpResponse:
    """Show one entry with all its changes."""
    request.section = "settings"
    asked = asking(request)
    text = request.GET.get("offset", "")
    offset = int(text) if text.isdecimal() and len(text) < 10 else 0
    found = log_entry(asked.viewer, asked.book, entry, limit=PAGE_CHANGES, offset=offset)
    [shown] = found.entries
    said = wording(request, found.names)
    when = shown_moment(shown.at)
    context = {
        "heading": action_words(shown.action),
        "scope": _("，").join([shown.actor.name if shown.actor else _("系统"), when, counted(shown.count, "条记录")]),
        "crumbs": [*settings_crumbs(_("日志"), reverse("web:log")), {"label": when, "url": ""}],
        "details": _details(said, shown),
        "fingerprint": shown.name,
        "undo_url": reverse("web:undo", args=[entry])
        if may_try_undo(asked.viewer, shown.actor_id, shown.action)
        else "",
        "table": _table(said, shown.changes),
        "older_url": changed(request, {"offset": str(offset + PAGE_CHANGES)}) if found.more else "",
        "newer_url": changed(request, {"offset": str(max(0, offset - PAGE_CHANGES) or "")}) if offset else "",
    }
    return render(request, "settings/log_entry.html", context)


@login_required
@require_POST
def verify_page(request: HttpRequest) -> HttpResponse:
    """Say whether the log, the facts and the records are still what was written."""
    request.section = "settings"
    problems = verify_log(asking(request).viewer)
    language = get_language() or "zh-hans"
    context = {
        "crumbs": [*settings_crumbs(_("日志"), reverse("web:log")), {"label": _("核对"), "url": ""}],
        "problems": [
            {"text": one.message.in_language(language), "remedy": one.remedy.in_language(language), "rule": one.rule}
            for one in problems
        ],
    }
    return render(request, "settings/verified.html", context)


def _filters(request: HttpRequest, given: Mapping[str, str], actions: Sequence[str]) -> dict[str, Any]:
    """Return the context of parts/filters.html; another condition begins at the latest entry again."""
    drop = {"before": ""}
    known = [one for one in ACTIONS if one in actions] + [one for one in actions if one not in ACTIONS]
    choices = [("", _("全部")), *((one, action_words(one)) for one in known)]
    return {
        "action": request.path,
        "kept": [(name, value) for name, value in given.items() if value],
        "chips": [
            _typed_chip("person", _("谁（工号或姓名）"), given["person"], "search"),
            {
                "name": "action",
                "label": _("做了什么"),
                "text": action_words(given["action"]) if given["action"] else _("全部"),
                "narrowed": bool(given["action"]),
                "options": [
                    {"label": label, "url": changed(request, drop | {"action": one}), "active": one == given["action"]}
                    for one, label in choices
                ],
            },
            _typed_chip("day", _("哪天"), given["day"], "date"),
        ],
        "clear_url": request.path if any(given.values()) else "",
    }


def _typed_chip(name: str, label: str, value: str, kind: str) -> dict[str, Any]:
    text = value or _("不限")
    return {"name": name, "label": label, "text": text, "narrowed": bool(value), "input": kind, "value": value}


def entry_view(said: Wording, one: ShownEntry) -> dict[str, Any]:
    """Return one entry with the first of its changes."""
    changes = [_change(said, change, SHOWN_VALUES) for change in one.changes]
    return {
        "when": shown_moment(one.at),
        "who": one.actor.name if one.actor else _("系统"),
        "what": action_words(one.action),
        "details": _details(said, one),
        "changes": changes,
        "more": counted(one.count - len(changes), "条记录") if one.count > len(changes) else "",
        "url": reverse("web:log-entry", args=[one.name]),
    }


def _details(said: Wording, one: ShownEntry) -> list[dict[str, str]]:
    return [{"label": str(DETAILS[key]), "text": text.in_language(said.language)} for key, text in one.details.items()]


def _change(said: Wording, one: ShownChange, most: int) -> dict[str, Any]:
    values = [_value(said, value, made=one.made) for value in one.values]
    return {
        "label": one.relation.label.in_language(said.language),
        "record": _record(said, one),
        "seen": one.seen,
        "state": _("新建") if one.made else _("移除") if one.gone else "",
        "gone": one.gone,
        "values": [value for value in values if value][:most],
        "more": len(values) > most,
        "day": figures.day(one.from_day) if one.relation.dated and one.from_day else "",
    }


def _record(said: Wording, one: ShownChange) -> str:
    """Return what people call the record."""
    if not one.seen:
        return _("（不在你的范围）")
    if one.relation.entity:
        return " ".join(dict.fromkeys(str(one.key.get(name) or "") for name in ("code", "name"))).strip()
    columns = [one.relation.column(name) for name in one.relation.key if one.key.get(name) and name != "object_id"]
    return " / ".join(_shown(said, column, one.key[column.name]) for column in columns)


def _value(said: Wording, one: Value, *, made: bool) -> dict[str, str]:
    blank = one.after in (None, "") or (one.column.kind in ("flag", "ref") and not one.after)
    if made and blank:
        return {}
    return {
        "label": one.column.label.in_language(said.language),
        "old": "" if made else _shown(said, one.column, one.before),
        "new": _shown(said, one.column, one.after),
    }


def _shown(said: Wording, column: Any, value: Any) -> str:
    return figures.month(value) if column.kind == "ym" and value is not None else said.shown(column, value)


def _table(said: Wording, changes: Sequence[ShownChange]) -> list[dict[str, Any]]:
    return [_change(said, one, len(one.values)) for one in changes]
