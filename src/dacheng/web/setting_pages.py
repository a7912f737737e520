"""The settings a person may open, by what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dacheng.core.access import POLICY, Viewer
from dacheng.web.asking import asking

EVERYBODY = ""

Page = tuple[str, str | Promise, str | Promise, str]
"""URL name, label, what it is for, and the action whose right opens it; ``EVERYBODY`` for a page that all may read."""

PAGES: tuple[tuple[str | Promise, tuple[Page, ...]], ...] = (
    (
        gettext_lazy("我"),
        (
            ("web:account", gettext_lazy("我的账号"), gettext_lazy("密码、API 令牌、语言和明暗"), EVERYBODY),
            ("web:why", gettext_lazy("为什么看得到"), gettext_lazy("谁因为哪条规则看得到一条商机"), EVERYBODY),
        ),
    ),
    (
        gettext_lazy("公司"),
        (
            ("web:organisation", gettext_lazy("组织"), gettext_lazy("从哪天起归谁管"), "org.edit"),
            ("web:people", gettext_lazy("人员与权限"), gettext_lazy("归属、角色、登录链接"), "person.edit"),
            ("web:calendar", gettext_lazy("工作日历"), gettext_lazy("哪天上班，依据是什么"), EVERYBODY),
            ("web:stages", gettext_lazy("阶段与赢率"), gettext_lazy("商机走哪些阶段，从哪天起按多少赢率"), EVERYBODY),
            ("web:products", gettext_lazy("产品"), gettext_lazy("目录价，流量型还是定制型"), EVERYBODY),
            ("web:loss-reasons", gettext_lazy("丢单类别"), gettext_lazy("丢单时选哪些原因类别"), EVERYBODY),
            ("web:expense-categories", gettext_lazy("费用类别"), gettext_lazy("登记费用时选哪些类别"), EVERYBODY),
            ("web:checklist-templates", gettext_lazy("清单模板"), gettext_lazy("开清单时有哪些事项"), EVERYBODY),
            ("web:rules", gettext_lazy("规则"), gettext_lazy("财年、红旗、业绩怎么算"), EVERYBODY),
            ("web:periods", gettext_lazy("关账"), gettext_lazy("哪些月份不能再变"), EVERYBODY),
            ("web:frozen", gettext_lazy("存档"), gettext_lazy("会议用的四表，存下就不变"), EVERYBODY),
        ),
    ),
    (
        gettext_lazy("数据"),
        (
            ("web:imports", gettext_lazy("导入"), gettext_lazy("从 Excel 或 CRM 导入，先看再收"), "import.commit"),
            (
                "web:duplicate-deals",
                gettext_lazy("疑似重复的商机"),
                gettext_lazy("相像的商机，看过再合并"),
                "deal.merge",
            ),
            (
                "web:duplicate-customers",
                gettext_lazy("疑似重复的客户"),
                gettext_lazy("相像的客户，看过再合并"),
                "customer.merge",
            ),
            ("web:jobs", gettext_lazy("后台任务"), gettext_lazy("在后台做的导出，做好后下载"), EVERYBODY),
            ("web:replica", gettext_lazy("列存副本"), gettext_lazy("商机很多时，汇总从它取数"), "replica.read"),
            ("web:log", gettext_lazy("日志"), gettext_lazy("谁在什么时候改了什么"), "log.read"),
        ),
    ),
)


@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show the settings."""
    request.section = "settings"
    viewer = asking(request).viewer
    groups = [{"label": label, "links": links} for label, pages in PAGES if (links := list(_links(viewer, pages)))]
    return render(request, "settings/settings.html", {"groups": groups, "crumbs": settings_crumbs()})


def settings_crumbs(label: str = "", url: str = "") -> list[dict[str, str]]:
    """Return where a settings page stands."""
    above = [{"label": _("设置"), "url": reverse("web:settings")}]
    return [*above, {"label": label, "url": url}] if label else above


def _links(viewer: Viewer, pages: Iterable[Page]) -> Iterable[dict[str, Any]]:
    for name, label, hint, action in pages:
        if action != EVERYBODY and not viewer.holds(*POLICY[action]):
            continue
        try:
            yield {"url": reverse(name), "label": label, "hint": hint}
        except NoReverseMatch:
            continue
