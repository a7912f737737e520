"""Why (为什么看得到): which rule lets a person see an opportunity, and what he may do with it (R004)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import ACTION_LABEL, ADMIN, SALES_OPS
from dacheng.core.errors import DachengError
from dacheng.service.problems import status_of
from dacheng.service.why import Why, why
from dacheng.web.asking import asking
from dacheng.web.forms import said
from dacheng.web.setting_pages import settings_crumbs


@login_required
def why_page(request: HttpRequest) -> HttpResponse:
    """Ask, and show the answer with its reasons."""
    request.section = "settings"
    asked = asking(request)
    deal, person = (request.GET.get(name, "").strip() for name in ("deal", "person"))
    context: dict[str, Any] = {
        "heading": _("为什么看得到"),
        "crumbs": settings_crumbs(_("为什么看得到")),
        "deal": deal,
        "person": person,
        "about_others": asked.viewer.holds(ADMIN, SALES_OPS),
    }
    status = 200
    if deal:
        try:
            context["why"] = _answer(why(asked.viewer, asked.at, deal=deal, person=person))
        except DachengError as problem:
            context["problem"], status = said(problem), status_of(problem)
    return render(request, "why.html", context, status=status)


def _answer(found: Why) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    explained = found.explanation
    names = {"person": found.person, "deal": found.deal}
    return {
        "sees": explained.sees,
        "sentence": (_("%(person)s 看得到「%(deal)s」。") if explained.sees else _("%(person)s 看不到「%(deal)s」。"))
        % names,
        "place": _("这条商机的负责人是 %(owner)s，今天算在 %(unit)s。") % {"owner": found.owner, "unit": found.unit},
        "reasons": [{"holds": one.holds, "text": one.text.in_language(language)} for one in explained.reasons],
        "may": _("、").join(ACTION_LABEL[action].in_language(language) for action in explained.may),
        "money": explained.sees and explained.sees_money,
    }
