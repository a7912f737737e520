"""An estimate as a workbook with live formulas, for whoever may look at it."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.service.estimate_export import Words, estimate_file
from dacheng.service.estimates import Asked, estimate_view
from dacheng.service.exporting import FORMATS
from dacheng.web.asking import asking


@login_required
def setting_file(request: HttpRequest) -> HttpResponse:
    """Return the estimate of an address as a workbook."""
    asked, language = asking(request), get_language() or "zh-hans"
    wanted = Asked(*(request.GET.get(name, "") for name in ("unit", "period", "measure", "scheme")))
    view = estimate_view(asked.viewer, asked.book, wanted, language)
    if view is None:
        raise Http404
    response = HttpResponse(estimate_file(view, language, _words()), content_type=FORMATS["xlsx"])
    name = quote(f"{view.unit.code}-{view.asked.number}-{view.scheme}.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _words() -> Words:
    return Words(
        blend=_("四法比较"),
        weighted=_("加权测算"),
        heads=(_("方法"), _("测算结果"), _("权重"), _("融合中的部分")),
        factors=(_("增长因素"), _("增长"), _("权重"), _("权重 × 增长")),
        base=_("基数"),
        result=_("测算结果"),
        total=_("合计"),
        target=_("目标"),
    )
