"""The columnar replica (列存副本): whether it answers, how fresh it is, when it is worth while; a page's word on it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY
from dacheng.core.replica import USE, WORTH_DEALS, Manifest
from dacheng.service.replica_status import ReplicaStatus, freshness_of, may_see_status, remark_on, shown_status
from dacheng.web.asking import Asking, asking
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.templatetags.figures import counted
from dacheng.web.when import shown_moment

MEGABYTE = 1_000_000


@login_required
def replica_page(request: HttpRequest) -> HttpResponse:
    """Show how the replica stands, and what it is good for."""
    request.section = "settings"
    asked = asking(request)
    stands = shown_status(asked.viewer, asked.at)
    may_switch = asked.viewer.holds(*POLICY["rule.edit"]) and stands.mode == "auto"
    context = {
        "crumbs": settings_crumbs(_("列存副本")),
        "answer": _answer(stands),
        "rows": _rows(stands),
        "rule_url": reverse("web:rule", args=[USE]) if may_switch else "",
        "fixed": stands.mode != "auto",
    }
    return render(request, "settings/replica.html", context)


def freshness_words(asked: Asking | None) -> str:
    """Return what a page says of the replica that answered for it; empty when the database did.

    What was read since tells of others' work, so only who may see how the replica stands is told.
    """
    if asked is None or "book" not in vars(asked):
        return ""
    language, told = get_language() or "zh-hans", may_see_status(asked.viewer)
    freshness, remark = freshness_of(asked.book), remark_on(asked.book)
    if freshness is None:
        return _("列存副本未用：%(why)s") % {"why": remark.in_language(language)} if remark and told else ""
    words = _("列存副本 · 截至 %(moment)s，之后的变更另读") % {"moment": shown_moment(freshness.at)}
    return f"{words} · {counted(freshness.since, '行')}" if told else words


def _answer(stands: ReplicaStatus) -> str:
    if stands.offered:
        return _("有 %(deals)s 个商机，建议开启列存副本：全公司的汇总会快十倍以上。") % {"deals": f"{stands.deals:,}"}
    if stands.problem is None:
        return _("列存副本在用，全公司的汇总从它取数。")
    language = get_language() or "zh-hans"
    return _("现在直接从数据库取数：%(why)s") % {"why": stands.problem.in_language(language)}


def _rows(stands: ReplicaStatus) -> list[tuple[str, str]]:
    offered = _("%(deals)s 个以上建议开启") % {"deals": f"{WORTH_DEALS:,}"}
    rows = [(_("商机"), f"{stands.deals:,}（{offered}）" if not stands.wanted else f"{stands.deals:,}")]
    return [*rows, *_kept(stands.manifest, stands.behind)] if stands.manifest else rows


def _kept(manifest: Manifest, behind: int) -> list[tuple[str, str]]:
    return [
        (_("截至"), shown_moment(manifest.at)),
        (_("之后的变更"), counted(behind, "条")),
        (_("版本"), f"{manifest.versions:,}"),
        (_("大小"), f"{manifest.size / MEGABYTE:,.1f} MB"),
    ]
