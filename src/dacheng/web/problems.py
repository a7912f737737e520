"""Expected errors become pages people can act on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.errors import DachengError
from dacheng.service.problems import RETRY_AFTER_SECONDS, expected, status_of

UNAVAILABLE = 503


def problem_page(request: HttpRequest, problem: DachengError) -> HttpResponse:
    """Return the page, or the fragment for htmx, of an expected error."""
    if status_of(problem) == UNAVAILABLE:
        return away_page(problem)
    language = get_language() or "zh-hans"
    context = {
        "status": status_of(problem),
        "message": problem.message.in_language(language),
        "remedy": problem.remedy.in_language(language),
        "problem": problem,
    }
    template = "parts/problem.html" if request.headers.get("HX-Request") else "problem.html"
    return render(request, template, context, status=context["status"])


def away_page(problem: Exception) -> HttpResponse:
    """Return the page for a database that is away; it asks the database nothing, not even who is reading."""
    language = get_language() or "zh-hans"
    known = problem if isinstance(problem, DachengError) else expected(problem)
    words = {
        "message": known.message.in_language(language) if known else "",
        "remedy": known.remedy.in_language(language) if known else "",
    }
    response = HttpResponse(render_to_string("problem.html", words), status=UNAVAILABLE)
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form whose token is missing or old."""
    context = {"status": 403, "message": _("这个表单过期了。"), "remedy": _("刷新页面再提交一次。")}
    return render(request, "problem.html", context, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the one page for what does not exist and for what one may not see."""
    context = {"status": 404, "message": _("没有这个页面，或者你看不到它。"), "remedy": _("检查链接，或回到驾驶舱。")}
    return render(request, "problem.html", context, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of ours."""
    context = {"status": 500, "message": _("这一页出错了，数据没有变。"), "remedy": _("请重试；仍然出错请告诉管理员。")}
    return render(request, "problem.html", context, status=500)
