"""Imports (导入): files are chosen here, past batches are listed and undone (R010)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.errors import DachengError, Finding
from dacheng.core.schema import RELATIONS
from dacheng.service import imports as service
from dacheng.service.import_choosing import saved_names
from dacheng.service.import_jobs import ask_undo, is_large, undoes_in_background
from dacheng.service.import_looking import look
from dacheng.service.import_mappings import Saved, every
from dacheng.service.import_templates import OFFERED, template
from dacheng.service.imports import Committed, YamlRefused, require_importing
from dacheng.service.uploads import Brought, keep
from dacheng.store.history import microseconds
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.forms import said as sentence
from dacheng.web.leading import led_to
from dacheng.web.toasts import say
from dacheng.web.when import shown_moment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST_MAPPING = 200_000
ACCEPTED = ".xlsx,.xlsm,.xls,.csv,.tsv,.txt"


class SeveralFiles(forms.FileField):
    """One file or more."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=_SeveralInput(attrs={"multiple": True, "accept": ACCEPTED}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files as a list."""
        given = data if isinstance(data, list) else [data] if data else []
        return [super(SeveralFiles, self).clean(one, initial) for one in given or [None]]


class _SeveralInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class UploadForm(forms.Form):
    """Files, and how they are to be read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = SeveralFiles(
            label=_("文件"), help_text=_("xlsx、xls、csv，可一次选多个；互相引用的一起选。")
        )
        language = get_language() or "zh-hans"
        ways = [(name, label.in_language(language)) for name, label in service.mapping_labels()]
        choices: list[Any] = [("", _("自动识别，按表头"))]
        own = [(name, name) for name in saved_names()]
        choices += [(_("存好的"), own), (_("随产品提供"), ways)] if own else ways
        self.fields["mapping"] = forms.ChoiceField(label=_("怎么读"), required=False, choices=choices)
        self.fields["mapping_file"] = forms.FileField(
            label=_("我的映射文件"), required=False, help_text=_("YAML；给了就按它读。"),
            widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Read the mapping's file; its mistakes are told before any other file is read."""
        given = super().clean() or {}
        file = given.get("mapping_file")
        given["mapping_text"] = self._own_mapping(file) if file else given.get("mapping", "")
        return given

    def _own_mapping(self, file: Any) -> str:
        if file.size > LARGEST_MAPPING:
            self.add_error("mapping_file", _("映射文件不能大于 200 KB。"))
            return ""
        try:
            return file.read().decode("utf-8-sig") + "\n"
        except UnicodeDecodeError:
            self.add_error("mapping_file", _("映射文件要用 UTF-8 保存。"))
            return ""


@login_required
def imports_page(request: HttpRequest) -> HttpResponse:
    """Choose files, and see what was imported before."""
    asked = asking(request)
    require_importing(asked.viewer)
    form = UploadForm(request.POST or None, request.FILES or None)
    findings: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if "\n" in given["mapping_text"]:
                service.check_mapping(given["mapping_text"])
            files = [Brought(one.name, one.chunks()) for one in given["files"]]
            kept = keep(settings.UPLOADS, asked.viewer.person_id, asked.at, files, given["mapping_text"])
            if is_large(kept):
                return redirect("web:import-look", token=kept.token)
            seen = look(kept, asked.viewer, asked.at)
            return redirect("web:import-choose" if seen.needs_choosing else "web:import-look", token=kept.token)
        except YamlRefused as problem:
            form.add_error("mapping_file", sentence(problem))
            findings = [finding_view(one) for one in problem.findings]
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    context = {
        "heading": _("导入"),
        "crumbs": crumbs(),
        "form": form,
        "findings": findings,
        "templates": _templates(),
        "table": _batches(request, service.batches()),
        "saved": [_saved(one) for one in every(asked.viewer)],
    }
    request.section = "settings"
    return render(request, "imports/imports.html", context, status=422 if form.errors else 200)


@login_required
def batch_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what one import did."""
    require_importing(asking(request).viewer)
    return shown_batch(request, service.batch_called(uid))


@login_required
@require_POST
def undo_batch(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Undo an import as a whole; when something rests on it, say what."""
    asked = asking(request)
    try:
        require_importing(asked.viewer)
        batch = service.batch_called(uid)
        if undoes_in_background(batch.counts) and not batch.undone:
            return redirect("web:job", uid=ask_undo(uid, asked.viewer, asked.at, get_language() or "zh-hans"))
        service.undo(asked.viewer, asked.at, str(uid))
    except DachengError as problem:
        require_importing(asked.viewer)
        return shown_batch(request, service.batch_called(uid), problem)
    say(request, _("导入已撤销。"))
    return led_to(request, reverse("web:imports"))


@login_required
def template_file(request: HttpRequest, relation: str) -> HttpResponse:
    """Return a workbook to fill in."""
    require_importing(asking(request).viewer)
    return workbook(template(relation, get_language() or "zh-hans"), f"{relation}.xlsx")


def workbook(body: bytes, file: str) -> HttpResponse:
    """Return an xlsx to save."""
    response = HttpResponse(body, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def shown_batch(request: HttpRequest, batch: Committed, problem: DachengError | None = None) -> HttpResponse:
    """Return the page of a batch, with why it cannot be undone."""
    name = batch.name
    context = {
        "heading": name,
        "scope": _("，").join(part for part in (_moment(batch), batch.by, batch.source) if part),
        "crumbs": [*crumbs(), {"label": name, "url": ""}],
        "undone": batch.undone,
        "undo_url": "" if batch.undone else reverse("web:import-undo", args=[batch.uid]),
        "problem": sentence(problem) if problem else "",
        "totals": totals(batch.counts),
        "table": counts_table(batch.counts),
    }
    request.section = "settings"
    return render(request, "imports/batch.html", context, status=422 if problem else 200)


def steps(current: str, token: str) -> list[dict[str, str]]:
    """Return the steps of an import; the one before the current can be opened again."""
    names = ("files", "choose", "look", "write")
    labels = (_("选文件"), _("对列"), _("看预览"), _("写入"))
    at = names.index(current)
    addresses = {"choose": reverse("web:import-choose", args=[token])}
    return [
        {
            "label": label,
            "state": "current" if place == at else "done" if place < at else "",
            "url": addresses.get(name, "") if place < at else "",
        }
        for place, (name, label) in enumerate(zip(names, labels, strict=True))
    ]


def crumbs() -> list[dict[str, str]]:
    """Return where the import pages stand."""
    return [{"label": _("设置"), "url": reverse("web:settings")}, {"label": _("导入"), "url": reverse("web:imports")}]


def finding_view(one: Finding) -> dict[str, Any]:
    """Return one finding as parts/findings.html shows it."""
    language = get_language() or "zh-hans"
    remedy = one.remedy.in_language(language)
    return {
        "severity": one.severity,
        "sheet": one.sheet,
        "row": one.row,
        "column": one.column,
        "value": one.value,
        "message": one.message.in_language(language),
        "remedies": [{"text": remedy, "url": ""}] if remedy else [],
    }


def totals(counts: Any) -> list[dict[str, str]]:
    """Return how many records are new, changed, and as they were."""
    labels = (("created", _("新增")), ("changed", _("改动")), ("unchanged", _("不变")))
    return [
        {"label": label, "text": figures.count(sum(one.get(key, 0) for one in counts.values()))}
        for key, label in labels
    ]


def counts_table(counts: Any) -> dict[str, Any]:
    """Return the same by kind of record, as parts/table.html shows it."""
    language = get_language() or "zh-hans"
    keys = ("created", "changed", "unchanged")
    rows = [
        {
            "cells": [
                {"text": RELATIONS[name].label.in_language(language), "kind": "strong"},
                *({"text": figures.count(one.get(key, 0)), "tone": "" if one.get(key, 0) else "ink3"} for key in keys),
            ]
        }
        for name, one in counts.items()
    ]
    heads = [{"key": "relation", "label": _("对象"), "align": "text", "first": True}]
    heads += [
        {"key": key, "label": label, "align": "num"}
        for key, label in zip(keys, (_("新增"), _("改动"), _("不变")), strict=True)
    ]
    return {"title": _("各有多少"), "caption": _("各有多少"), "columns": heads, "rows": rows, "look": "plain fit"}


def _saved(one: Saved) -> dict[str, str]:
    """Return a saved mapping with who saved it when."""
    version = _("第 %(version)s 版") % {"version": one.version}
    told = _("，").join(part for part in (version, one.by or _("命令行"), shown_moment(one.at)) if part)
    return {"name": one.name, "told": told, "url": reverse("web:import-mapping", args=[one.name])}


def _templates() -> list[dict[str, str]]:
    language = get_language() or "zh-hans"
    return [
        {"label": RELATIONS[name].label.in_language(language), "url": reverse("web:import-template", args=[name])}
        for name in OFFERED
    ]


def _batches(request: HttpRequest, batches: list[Committed]) -> dict[str, Any]:
    """Return the list of imports as parts/table.html shows it."""
    heads = [
        ("name", _("文件"), "text"),
        ("when", _("何时"), "text"),
        ("who", _("谁"), "text"),
        ("source", _("来源"), "text"),
        ("created", _("新增"), "num"),
        ("changed", _("改动"), "num"),
        ("state", _("状态"), "text"),
    ]
    return {
        "title": _("导入记录"),
        "caption": _("导入记录"),
        "cards": True,
        "columns": [
            {"key": key, "label": label, "align": align, "first": key == "name"} for key, label, align in heads
        ],
        "rows": [_batch_row(request, one) for one in batches],
        "empty": {
            "sentence": _("还没有导入过。"),
            "hint": _("选文件，先看预览；点「写入」之前什么都不变。"),
        },
    }


def _batch_row(request: HttpRequest, one: Committed) -> dict[str, Any]:
    created, changed = (sum(counts.get(key, 0) for counts in one.counts.values()) for key in ("created", "changed"))
    return {
        "cells": [
            {"text": one.name, "href": reverse("web:import-batch", args=[one.uid]), "title": one.name},
            {"text": _moment(one)},
            {"text": one.by or _("命令行")},
            {"text": one.source},
            {"text": figures.count(created)},
            {"text": figures.count(changed)},
            _state(request, one),
        ]
    }


def _state(request: HttpRequest, one: Committed) -> dict[str, Any]:
    """Return whether a batch was undone, or the button that does it."""
    if one.undone:
        return {"text": _("已整批撤销"), "tone": "ink3"}
    context = {"url": reverse("web:import-undo", args=[one.uid]), "name": one.name}
    return {"text": render_to_string("imports/undo_button.html", context, request), "kind": "html"}


def _moment(one: Committed) -> str:
    return shown_moment(microseconds(one.at))
