"""A target sheet of another system in the browser (导入目标方案): chosen, looked at, written as a draft plan."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.errors import Conflict, DachengError, NotAllowed, NotFound
from dacheng.core.plans.merging import Merged
from dacheng.core.plans.schema import KINDS
from dacheng.core.plans.sheet import Sheet
from dacheng.service.plan_imports import SHAPES, Aim, Chosen, ImportLook, MeasureLook, bring_plan, look_at_plan
from dacheng.service.plan_listing import plans_shown, units_to_plan
from dacheng.service.plan_naming import taken_typed
from dacheng.service.uploads import Brought, Kept, gone, keep
from dacheng.service.uploads import opened as waiting
from dacheng.web import figures
from dacheng.web.asking import Asking
from dacheng.web.figures import Unit
from dacheng.web.forms import said
from dacheng.web.hand_tables import columns_of
from dacheng.web.imports import SeveralFiles, finding_view
from dacheng.web.plan_asking import asked_now, plan_crumbs
from dacheng.web.plan_workbook import MOST_SHOWN
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say

MARK = "plan-import "
"""How an upload that waits to become a plan is told from others."""

YUAN: Unit = "yuan"
"""Amounts of this page are in 元, to the 分."""

CHOICE = re.compile(r"c\.([0-9]{1,6})")
MATCH = re.compile(r"m\.([0-9]{1,6})")


class ImportForm(forms.Form):
    """The files, where they are to go, and how they are read."""

    plan = forms.ChoiceField(label=gettext_lazy("写到"), required=False)
    name = forms.CharField(
        label=gettext_lazy("新方案的名称"), max_length=100, required=False, help_text=gettext_lazy("不填就用文件名。")
    )

    def __init__(self, *args: Any, asked: Asking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language, book = get_language() or "zh-hans", asked.book
        self.fields["files"] = SeveralFiles(
            label=_("文件"), help_text=_("xlsx、xls、csv；ERPNext 的目标明细和月度分布一起选。")
        )
        plans = [
            (str(one.uid), f"{one.name} V{one.plan.number}")
            for one in plans_shown(asked.viewer, book)
            if not one.settled and one.may_copy
        ]
        self.fields["plan"].choices = [("", _("新建草稿方案")), *plans]
        units = [("", _("最上级"))] + [
            (one.code, one.in_language(language)) for one in units_to_plan(asked.viewer, book)
        ]
        self.fields["unit"] = forms.ChoiceField(label=_("新方案的组织"), choices=units, required=False)
        fiscal = book.rules.fiscal
        this = int(fiscal.year_of(book.months.ym_of(book.today)))
        years = [(str(one), fiscal.year(one).label(fiscal).in_language(language)) for one in range(this - 2, this + 3)]
        self.fields["year"] = forms.ChoiceField(
            label=_("年度"),
            choices=[("", _("按文件")), *years],
            required=False,
            help_text=_("新方案的年度，也用于没写年份的月份。"),
        )
        self.fields["shape"] = forms.ChoiceField(
            label=_("怎么读"), choices=[(code, label.in_language(language)) for code, label in SHAPES], required=False
        )
        self.fields["season"] = forms.ChoiceField(
            label=_("季度和全年分到月"),
            choices=[("even", _("平均")), ("history", _("按历史季节"))],
            required=False,
        )
        self.order_fields(["files", "plan", "name", "unit", "year", "shape", "season"])

    def aim(self) -> Aim:
        """Return where the files are to go."""
        given = self.cleaned_data
        return Aim(
            plan=given["plan"],
            name=given["name"],
            unit=given["unit"],
            period="" if given["plan"] else given["year"],
            year=int(given["year"]) if given["year"] else None,
            shape=given["shape"] or "auto",
            season=given["season"] or "even",
        )


@login_required
def import_page(request: HttpRequest) -> HttpResponse:
    """Choose the files; they are looked at before anything is written."""
    asked = asked_now(request)
    if not units_to_plan(asked.viewer, asked.book):
        raise not_allowed("plan.edit")
    initial = {"plan": request.GET.get("plan", "")}
    form = ImportForm(request.POST or None, request.FILES or None, asked=asked, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            aim = form.aim()
            files = [Brought(one.name, one.chunks()) for one in form.cleaned_data["files"]]
            kept = keep(settings.UPLOADS, asked.viewer.person_id, asked.at, files, _kept_as(aim))
            _look(asked, kept, aim)
            return redirect("web:plan-import-look", token=kept.token)
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    context = _frame() | {
        "form": form,
        "submit": _("看预览"),
        "multipart": True,
        "cancel_url": reverse("web:plans"),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


@login_required
def look_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the files would do to a plan; say who is who and which figure counts; write it."""
    asked = asked_now(request)
    kept = waiting(settings.UPLOADS, token, asked.viewer.person_id, asked.at)
    if not kept.mapping.startswith(MARK):
        raise gone()
    aim = _aim_of(kept)
    found = _look(asked, kept, aim)
    if request.method != "POST":
        return _looked(request, asked, found, aim)
    given = request.POST.dict()
    if given.get("step") != "write":
        matches = dict(aim.matches) | _matched(given, found)
        kept.read_by(_kept_as(replace(aim, matches=matches, take=taken_typed(given.get("take", aim.take)))))
        return redirect("web:plan-import-look", token=token)
    chosen = found.conflicts if given.get("conflicts") == "mine" else _chosen(given, found.conflicts)
    try:
        if given.get("seen") != found.seal:
            return _looked(request, asked, found, aim, _("方案在你看的时候又变了，请再看一遍。"), 409)
        uid, written = bring_plan(asked.viewer, asked.at, _files(kept), aim, chosen)
    except (NotAllowed, NotFound):
        raise
    except DachengError as problem:
        status = 409 if isinstance(problem, Conflict) else 422
        return _looked(request, asked, _look(asked, kept, aim), aim, said(problem), status)
    kept.drop()
    say(request, _("已写入 %(cells)s。") % {"cells": counted(written, "格")})
    return redirect("web:plan", uid=uid)


def _kept_as(aim: Aim) -> str:
    return MARK + json.dumps(asdict(aim), ensure_ascii=False)


def _aim_of(kept: Kept) -> Aim:
    return Aim(**json.loads(kept.mapping.removeprefix(MARK)))


def _files(kept: Kept) -> list[tuple[Any, str]]:
    return [(one.content, one.name) for one in kept.uploads()]


def _look(asked: Asking, kept: Kept, aim: Aim) -> ImportLook:
    return look_at_plan(asked.viewer, asked.at, _files(kept), aim)


def _matched(given: Mapping[str, str], found: ImportLook) -> dict[str, str]:
    """Return who somebody said the lines of nobody are."""
    said_of = {int(match[1]): text.strip() for name, text in given.items() if (match := MATCH.fullmatch(name))}
    return {line.code or line.name: said_of[at] for at, (line, _near) in enumerate(found.unmatched) if said_of.get(at)}


def _chosen(given: Mapping[str, str], conflicts: Sequence[Chosen]) -> list[Chosen]:
    """Return the conflicts in which the file's value was chosen; the seal says that they are still the same ones."""
    places = {int(match[1]) for name, text in given.items() if text == "mine" and (match := CHOICE.fullmatch(name))}
    return [one for at, one in enumerate(conflicts) if at in places]


# The page ------------------------------------------------------------------------------------


def _frame() -> dict[str, Any]:
    return {"heading": _("导入目标表"), "crumbs": plan_crumbs(last=_("导入目标表"))}


def _looked(
    request: HttpRequest, asked: Asking, found: ImportLook, aim: Aim, problem: str = "", status: int = 200
) -> HttpResponse:
    both = [(look, cell) for look in found.measures for cell in look.found.cells if cell.outcome == "conflict"]
    conflicts = [_conflict(at, look, cell) for at, (look, cell) in enumerate(both)]
    apart = any(double.apart for look in found.measures for double in look.found.doubles)
    order = {"block": 0, "warn": 1, "note": 2}
    findings = sorted(found.findings, key=lambda one: (order[one.severity], one.row or 0))
    context = _frame() | {
        "scope": _("，").join([found.name, _("新草稿") if found.uid is None else _("已有方案"), _shape(found)]),
        "problem": problem,
        "answer": _answer(found, len(conflicts)),
        "seen": found.seal,
        "submit": _("写入 %(cells)s") % {"cells": counted(found.changed, "格")} if found.changed or conflicts else "",
        "sums": _sums(found),
        "conflicts": conflicts[:MOST_SHOWN],
        "conflicts_many": len(conflicts) > 1,
        "conflicts_more": _more(len(conflicts)),
        "unmatched": _unmatched(found),
        "apart": apart or aim.take == "below",
        "take": aim.take,
        "findings": [finding_view(one) for one in findings[:MOST_SHOWN]],
        "rows": [_rows(look) for look in found.measures],
        "cancel_url": reverse("web:plan-import"),
    }
    return render(request, "plans/import_look.html", context, status=status)


def _shape(found: ImportLook) -> str:
    return dict(SHAPES)[found.reading.shape].in_language(get_language() or "zh-hans")


def _answer(found: ImportLook, conflicts: int) -> str:
    """Return the preview in one sentence."""
    parts = [_("读到 %(lines)s") % {"lines": counted(len(found.reading.lines), "行")}]
    parts.append(_("会写入 %(cells)s") % {"cells": counted(found.changed, "格")})
    if found.unmatched:
        parts.append(_("%(lines)s对不上") % {"lines": counted(len(found.unmatched), "行")})
    if conflicts:
        parts.append(_("两边都改了 %(cells)s，请选") % {"cells": counted(conflicts, "格")})
    return _("；").join(parts) + _("。")


def _more(count: int) -> str:
    over = count - MOST_SHOWN
    return _("还有 %(cells)s没有列出。") % {"cells": counted(over, "格")} if over > 0 else ""


def _sums(found: ImportLook) -> dict[str, Any]:
    """Return where the money of the files went, measure by measure; the columns add up to the first."""
    titles = (_("指标"), _("文件各行"), _("计入"), _("重复计"), _("未对上"), _("期间外"), _("重复行"), _("方案合计"))
    rows, language = [], get_language() or "zh-hans"
    for look in found.measures:
        one = look.sums
        amounts = (one.file, one.once, one.double, one.unmatched, one.outside, one.twice, one.plan)
        rows.append([look.measure.in_language(language), *(figures.money(each, YUAN, 2) for each in amounts)])
    footer = _("文件各行 = 计入 + 重复计 + 未对上 + 期间外 + 重复行，核对到分。")
    return _table(_("每一分去了哪里（元）"), titles, rows) | {"footer": footer}


def _table(title: str, titles: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> dict[str, Any]:
    return {
        "title": title,
        "look": "plain",
        "cards": True,
        "columns": columns_of(titles, words=range(texts)),
        "rows": [{"cells": [{"text": text} for text in row]} for row in rows],
    }


def _conflict(at: int, look: MeasureLook, cell: Merged) -> dict[str, Any]:
    row, ym = cell.place
    name = look.one.name(look.one.sheet.position(row)).in_language(get_language() or "zh-hans")
    return {
        "name": f"c.{at}",
        "label": f"{name} {figures.month(ym)}",
        "base": figures.money(cell.base, YUAN, 2),
        "mine": figures.money(cell.mine, YUAN, 2),
        "theirs": figures.money(cell.theirs, YUAN, 2),
    }


def _unmatched(found: ImportLook) -> list[dict[str, Any]]:
    """Return the lines of nobody, each with the rows of the plan that it may be."""
    language = get_language() or "zh-hans"
    picks = [{"value": code, "label": "　" * depth + name.in_language(language)} for code, name, depth in found.picks]
    return [
        {
            "name": f"m.{at}",
            "called": " ".join(dict.fromkeys(text for text in (line.code, line.name) if text)),
            "amount": figures.money(line.total, YUAN, 2),
            "row": line.row,
            "picks": picks,
        }
        for at, (line, _near) in enumerate(found.unmatched[:MOST_SHOWN])
    ]


def _year(sheet: Sheet, at: int) -> int | None:
    """Return the year of a row; None where no month of it is set."""
    return int(sheet.year[at]) if sheet.cells.amount.known[at].any() else None


def _rows(look: MeasureLook) -> dict[str, Any]:
    """Return the rows that would change, with what stands and what would."""
    language = get_language() or "zh-hans"
    before, after = look.one.sheet, look.found.sheet
    kinds = {number: label.in_language(language) for number, _code, label in KINDS}
    rows = []
    for at in range(1 if before.shared_top else 0, len(before)):
        rest = look.found.kept_back.get(at)
        if before.year[at] == after.year[at] and rest is None:
            continue
        indent = "　" * int(before.tree.depth[at])
        amounts = (_year(before, at), _year(after, at))
        name = look.one.name(at).in_language(language)
        rows.append([indent + name, kinds[int(before.kind[at])], *(figures.money(one, YUAN, 2) for one in amounts)])
        if rest is not None:
            label = _("未分配 / 缓冲，新加一行")
            rows.append([indent + "　" + label, "", figures.MISSING, figures.money(int(rest.sum()), YUAN, 2)])
    titles = (_("名称"), _("类别"), _("现在全年"), _("之后全年"))
    shown = _table(
        _("%(measure)s：会变的行（元）") % {"measure": look.measure.in_language(language)}, titles, rows[:MOST_SHOWN], 2
    )
    return shown | {"footer": _more(len(rows))}
