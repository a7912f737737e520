"""Pages and invented answers of the gallery."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import include, path
from django.utils.translation import get_language

from scripts.gallery_pages import company, views
from scripts.gallery_pages.views import say

Respond = Callable[[HttpRequest], HttpResponse]
PAGES = ("cockpit", "targets", "customers", "deals", "tables", "settings")
LABELS = ("驾驶舱", "目标", "客户", "商机", "四表", "设置")
ADDRESSES = ("/", "/grid", "/people", "/deal", "/report", "/import")
WEEK = 7 * 24 * 3600


def under_policy(respond: Respond) -> Respond:
    """Send the product's content security policy with every page."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        response.headers["Content-Security-Policy"] = settings.CONTENT_POLICY
        return response

    return answered


class SignIn(forms.Form):
    """The fields of the sign-in page."""

    name = forms.CharField(label="用户名")
    password = forms.CharField(label="密码", widget=forms.PasswordInput, help_text="至少 12 个字符")
    keep = forms.BooleanField(label="在这台电脑上保持登录", required=False)


def page(request: HttpRequest, name: str, section: str, context: dict[str, Any]) -> HttpResponse:
    """Render a gallery page inside the frame."""
    language = get_language() or "zh-hans"
    frame = {
        "language": language,
        "theme": request.COOKIES.get("theme", "auto"),
        "unit": "wan",
        "menu": [
            {"url": url, "label": label, "active": key == section, "foot": key == "settings"}
            for url, label, key in zip(ADDRESSES, LABELS, PAGES, strict=True)
        ],
        "viewer": {"name": "周立衡", "role": say(language, "华东大区总监", "Region Director")},
        "todo": {"url": "/", "count": 5},
    }
    return render(request, f"gallery/{name}.html", {**frame, **context})


def crumbs(request: HttpRequest, *labels: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way to a page."""
    language = get_language() or "zh-hans"
    return [{"label": say(language, zh, en), "url": "/"} for zh, en in labels]


def cockpit(request: HttpRequest) -> HttpResponse:
    """Screen 01."""
    language = get_language() or "zh-hans"
    context = {
        "crumbs": crumbs(request, ("华东大区", "East China"), ("驾驶舱", "Cockpit")),
        "asof": views.asof(language, "/"), "measures": views.measures(language),
        "phone_measures": views.phone_measures(language), "gap": views.gap(language),
        "waterfall": views.waterfall(language), "todos": company.rows_of("todos"),
    }  # fmt: skip
    return page(request, "cockpit", "cockpit", context)


def report(request: HttpRequest) -> HttpResponse:
    """Screen 04."""
    language = get_language() or "zh-hans"
    table = views.pipeline(language)
    if "empty" in request.GET:
        sentence = say(language, "没有符合条件的行。", "No rows match.")
        action = {"label": say(language, "清除条件", "Clear filters"), "url": "/report"}
        table |= {"rows": [], "empty": {"sentence": sentence, "action": action}}
    context = {
        "crumbs": crumbs(request, ("四表", "Four tables"), ("商机在途表", "Pipeline")), "table": table,
        "asof": views.asof(language, "/report"), "tabs": views.tabs(language), "bars": views.bars(language),
        "filters": views.filters(language, "/report"),
        "pager": {"first": 1, "last": 13, "count": 42, "previous_url": "", "next_url": "?page=2"},
    }  # fmt: skip
    return page(request, "report", "tables", context)


def drill(request: HttpRequest) -> HttpResponse:
    """Screen 04b: the sheet, or the same as a page."""
    language = get_language() or "zh-hans"
    sheet = views.sheet(language, "3,397.41" in request.GET.get("n", ""))
    if request.headers.get("HX-Request"):
        return render(request, "parts/sheet.html", {"sheet": sheet})
    return page(request, "drill", "tables", {"sheet": sheet, "crumbs": crumbs(request, ("四表", "Four tables"))})


def deal(request: HttpRequest) -> HttpResponse:
    """Screen 05, as far as this frame needs it."""
    language = get_language() or "zh-hans"
    toasts = [{"text": say(language, "已存。", "Saved."), "undo_url": "/undo"}] if "toast" in request.GET else []
    way = crumbs(request, ("商机", "Opportunities"), ("宁化园区 DCS 系统改造", "宁化园区 DCS 系统改造"))
    return page(request, "deal", "deals", {"crumbs": way, "toasts": toasts, **views.deal(language)})


def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Save one value in place; 409 meets a conflict, 422 is refused."""
    language = get_language() or "zh-hans"
    view = next(one for one in views.edits(language) if one["id"] == f"edit-{name}")
    if request.method != "POST":
        return render(request, "parts/edit.html", {"edit": view})
    typed = request.POST["value"]
    if typed == "409" and request.POST["version"] == "3":
        conflict = {
            "id": view["id"], "url": view["url"], "label": view["label"], "yours": typed, "yours_value": typed,
            "theirs": "900.00", "by": "贺明川", "when": "14:02", "version": 4, "cancel_url": view["url"],
        }  # fmt: skip
        return render(request, "parts/conflict.html", {"conflict": conflict}, status=409)
    if typed == "422":
        error = say(
            language, "金额要大于 500。写成 600，或先降级。", "It must be above 500. Write 600, or lower the tier."
        )
        return render(request, "parts/edit.html", {"edit": {**view, "error": error}}, status=422)
    labels = dict(view["options"] or [])
    saved = {**view, "value": typed, "text": labels.get(typed, typed), "version": 4}
    toast = {"text": say(language, "已存。", "Saved."), "undo_url": "/undo"}
    return render(request, "gallery/saved.html", {"edit": saved, "toast": toast})


def undo(request: HttpRequest) -> HttpResponse:
    """Undo the last save."""
    language = get_language() or "zh-hans"
    return render(request, "parts/toast.html", {"toast": {"text": say(language, "已撤销。", "Undone.")}})


def grid(request: HttpRequest) -> HttpResponse:
    """Screen 03."""
    language = get_language() or "zh-hans"
    way = crumbs(request, ("目标", "Targets"), ("目标分解", "Breakdown"))
    shown = views.grid(language, strict="show" not in request.GET)
    return page(request, "grid", "targets", {"crumbs": way, "grid": shown, "asof": views.asof(language, "/grid")})


def grid_save(request: HttpRequest) -> HttpResponse:
    """Save cells; a value of 409 万 meets a conflict, one of 422 万 is refused."""
    if request.content_type != "application/json":
        return HttpResponse("\n".join(f"{name}={value}" for name, value in sorted(request.POST.items())), "text/plain")
    cells = json.loads(request.body)["cells"]
    clash = [cell for cell in cells if cell["value"] == "409000000" and cell["version"] == "1"]
    if clash:
        conflicts = [{**cell, "value": "88000000", "version": "2", "by": "贺明川"} for cell in clash]
        return JsonResponse({"conflicts": conflicts}, status=409)
    refused = [cell for cell in cells if cell["value"] == "422000000"]
    if refused:
        findings = [{"row": cell["row"], "column": cell["column"], "message": "超过上限 400.00。"} for cell in refused]
        return JsonResponse({"findings": findings}, status=422)
    saved = [{**cell, "version": str(int(cell["version"] or 0) + 1)} for cell in cells]
    return JsonResponse({"saved": saved, "undo_url": "/undo"})


def people(request: HttpRequest) -> HttpResponse:
    """A list of things."""
    language = get_language() or "zh-hans"
    way = crumbs(request, ("人员", "People"))
    return page(request, "people", "customers", {"crumbs": way, "table": views.people(language)})


def imports(request: HttpRequest) -> HttpResponse:
    """The preview step of an import."""
    language = get_language() or "zh-hans"
    names = say(language, "选文件 对列 预览 写入", "File Columns Preview Commit").split()
    states = ("done", "done", "current", "")
    form = SignIn({"name": "", "password": "x"})
    context = {
        "crumbs": crumbs(request, ("设置", "Settings"), ("导入", "Import")),
        "steps": [{"label": name, "state": state} for name, state in zip(names, states, strict=True)],
        "findings": views.findings(language), "form": form,
    }  # fmt: skip
    return page(request, "import", "settings", context)


def sign_in(request: HttpRequest) -> HttpResponse:
    """The page without a frame."""
    form = SignIn(request.POST or None)
    context = {"form": form, "theme": request.COOKIES.get("theme", "auto"), "language": get_language()}
    return render(request, "gallery/sign_in.html", context)


def problem(request: HttpRequest) -> HttpResponse:
    """An error page."""
    language = get_language() or "zh-hans"
    context = {
        "message": say(language, "没有这个页面，或者你看不到它。", "There is no such page, or you may not see it."),
        "remedy": say(language, "检查链接，或回到驾驶舱。", "Check the link, or return to the cockpit."),
        "theme": request.COOKIES.get("theme", "auto"),
    }
    return render(request, "gallery/problem.html", context, status=404)


def search(request: HttpRequest) -> HttpResponse:
    """Search; JSON for the palette, else a page."""
    text = request.GET.get("q", "")
    names = [row for row in company.rows_of("deals") if text and text in row["customer"] + row["name"]]
    results = [{"label": f"{row['customer']} {row['name']}", "hint": row["stage"], "url": "/deal"} for row in names]
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"groups": [{"label": "商机", "results": results}]})
    return redirect("/report")


def preferences(request: HttpRequest) -> HttpResponse:
    """Keep language and theme in cookies."""
    response = redirect(request.POST.get("next") or "/")
    if "language" in request.POST:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, request.POST["language"], max_age=WEEK)
    if "theme" in request.POST:
        response.set_cookie("theme", request.POST["theme"], max_age=WEEK)
    return response


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """Serve a built asset."""
    file = settings.DIST / name
    if not file.is_file() or "/" in name:
        raise Http404
    return HttpResponse(file.read_bytes(), mimetypes.guess_type(name)[0] or "application/octet-stream")


def sign_out(request: HttpRequest) -> HttpResponse:
    """Return to the sign-in page."""
    return redirect("/sign-in")


web = [
    path("search", search, name="search"),
    path("preferences", preferences, name="preferences"),
    path("sign-out", sign_out, name="sign-out"),
    path("changes", cockpit, name="own-changes"),
    path("first-steps", cockpit, name="first-steps"),
    path("first-steps/show", preferences, name="show-first-steps"),
]
urlpatterns = [
    path("", cockpit), path("report", report), path("drill", drill), path("deal", deal), path("edit/<name>", edit),
    path("undo", undo), path("grid", grid), path("grid/save", grid_save), path("people", people),
    path("import", imports), path("sign-in", sign_in), path("problem", problem), path("static/dist/<name>", asset),
    path("", include((web, "web"))),
]  # fmt: skip
