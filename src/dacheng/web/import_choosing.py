"""How the tables of an upload are read (对列): what each holds, which column a field takes, what every row has."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.errors import DachengError
from dacheng.core.schema import RELATIONS
from dacheng.service import import_choosing as service
from dacheng.service.import_choosing import Choosing, FieldChoice, TableChoice
from dacheng.service.import_readings import FIRST_ROWS
from dacheng.service.uploads import Kept, opened
from dacheng.web.asking import Asking, asking
from dacheng.web.forms import said as sentence
from dacheng.web.imports import crumbs, steps
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say

SHOWN_ROWS = 3
MOST_TABLES = 40


@login_required
def choose_page(request: HttpRequest, token: str) -> HttpResponse:
    """Choose what the tables are and which column each field takes; nothing is written."""
    asked = asking(request)
    kept = opened(settings.UPLOADS, token, asked.viewer.person_id, asked.at)
    if request.method == "POST":
        service.choose(kept, asked.viewer, _answers(request))
        anew = any(request.POST.get(f"t{at}-relation") != request.POST.get(f"t{at}-was") for at in _numbers(request))
        to = "web:import-choose" if anew or "again" in request.POST else "web:import-look"
        return redirect(to, token=token)
    return _shown(request, asked, kept)


@login_required
@require_POST
def read_by(request: HttpRequest, token: str) -> HttpResponse:
    """Read the files by a mapping that was made for them, and look."""
    asked = asking(request)
    kept = opened(settings.UPLOADS, token, asked.viewer.person_id, asked.at)
    service.read_by(kept, asked.viewer, request.POST.get("mapping", ""))
    return redirect("web:import-look", token=token)


@login_required
@require_POST
def save_mapping(request: HttpRequest, token: str) -> HttpResponse:
    """Keep how the files are read under a name."""
    asked = asking(request)
    kept = opened(settings.UPLOADS, token, asked.viewer.person_id, asked.at)
    try:
        service.save(kept, asked.viewer, asked.at, request.POST.get("name", ""))
        say(request, _("映射已存，下次在「怎么读」里选它。"))
    except DachengError as problem:
        say(request, sentence(problem))
    return redirect("web:import-look", token=token)


def _numbers(request: HttpRequest) -> range:
    count = request.POST.get("tables", "0")
    return range(min(int(count) if count.isdecimal() else 0, MOST_TABLES))


def _answers(request: HttpRequest) -> list[Any]:
    """Return what the form says of each table; of one that became something else only that."""
    return [service.answered(_answer(request, at)) for at in _numbers(request)]


def _answer(request: HttpRequest, at: int) -> dict[str, Any]:
    given = {key.removeprefix(f"t{at}-"): text for key, text in request.POST.items() if key.startswith(f"t{at}-")}
    relation = str(given.get("relation", ""))
    row = str(given.get("row", ""))
    answer = {
        "relation": relation,
        "label": given.get("label", ""),
        "header_row": int(row) if row.isdecimal() else None,
    }
    if relation != given.get("was"):
        return answer
    names = {key.removeprefix("c-") for key in given if key.startswith("c-")}
    fields = {name: {"column": given.get(f"c-{name}", ""), "fixed": given.get(f"f-{name}", "")} for name in names}
    return answer | {"fields": fields, "unit": given.get("unit", ""), "creates": "creates" in given}


def _shown(request: HttpRequest, asked: Asking, kept: Kept) -> HttpResponse:
    seen = service.choosing(kept, asked.viewer)
    language = get_language() or "zh-hans"
    kinds = [(name, RELATIONS[name].label.in_language(language)) for name in service.offered()]
    context = {
        "heading": _("对列"),
        "scope": _("说清每张表是什么、每个字段取哪一列；还没有写入"),
        "crumbs": [*crumbs(), {"label": _("对列"), "url": ""}],
        "steps": steps("choose", kept.token),
        "token": kept.token,
        "look_url": reverse("web:import-look", args=[kept.token]),
        "mapping": seen.mapping.in_language(language),
        "fits": _fits(seen, kept, language),
        "kinds": kinds,
        "units": _units(),
        "tables": [_table(at, one, language) for at, one in enumerate(seen.tables[:MOST_TABLES])],
    }
    request.section = "settings"
    return render(request, "imports/choose.html", context)


def _units() -> list[tuple[str, str]]:
    """Return what a bare number of money may count, each with its words."""
    words = {
        "元": _("元"),
        "千元": _("千元"),
        "万元": _("万元"),
        "百万元": _("百万元"),
        "千万元": _("千万元"),
        "亿元": _("亿元"),
        "分": _("分"),
    }
    return [(unit, words.get(unit, unit)) for unit in service.UNITS]


def _fits(seen: Choosing, kept: Kept, language: str) -> list[dict[str, str]]:
    reading = "" if kept.chosen else kept.mapping
    return [
        {"name": fit.name, "label": fit.label.in_language(language)} for fit in seen.fits[:3] if fit.name != reading
    ]


def _table(at: int, one: TableChoice, language: str) -> dict[str, Any]:
    comma = _("、")
    return {
        "at": at,
        "label": one.label,
        "rows": _("%(rows)s以上") % {"rows": counted(FIRST_ROWS, "行")} if one.has_more else counted(one.rows, "行"),
        "header_row": one.header_row or "",
        "relation": one.chosen.relation,
        "unit": one.chosen.unit,
        "creates": one.chosen.creates,
        "can_create": one.can_create,
        "creates_what": CREATED_WITH.get(one.chosen.relation, _("没有的客户一起建")),
        "titles": [{"key": header.key, "title": header.title} for header in one.headers],
        "sample": _sample(one),
        "lacking": comma.join(label.in_language(language) for label in one.lacking),
        "fields": [_field(field, language, comma) for field in one.fields],
    }


CREATED_WITH = {"actuals": gettext_lazy("没有的组织、划分项和客户一起建，新组织放在最上级之下")}


def _sample(one: TableChoice) -> list[list[str]]:
    """Return the first different texts of every column, a line each."""
    columns = [one.examples.get(header.key, ()) for header in one.headers]
    return [[texts[at] if at < len(texts) else "" for texts in columns] for at in range(SHOWN_ROWS)]


def _field(one: FieldChoice, language: str, comma: str) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": one.label.in_language(language),
        "needed": one.needed,
        "column": one.column,
        "fixed": one.fixed,
        "picks": one.picks,
        "examples": comma.join(one.examples[:SHOWN_ROWS]),
        "by_content": one.by_content,
        "by_name": one.by_name,
    }
