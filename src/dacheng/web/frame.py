"""What the frame of every page needs: menu, person, display settings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop

from dacheng.service.people import introduced_roles
from dacheng.web.glossary_page import terms_url
from dacheng.web.going import goes_of
from dacheng.web.replica_page import freshness_words
from dacheng.web.toasts import waiting
from dacheng.web.viewing import pinned_views

MENU = (
    ("web:cockpit", gettext_noop("驾驶舱"), "cockpit"),
    ("web:targets", gettext_noop("目标"), "targets"),
    ("web:customers", gettext_noop("客户"), "customers"),
    ("web:deals", gettext_noop("商机"), "deals"),
    ("web:tables", gettext_noop("四表"), "tables"),
    ("web:settings", gettext_noop("设置"), "settings"),
)
"""URL name, label, and the section of ``request.section`` in which it is the current one."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return menu, viewer, theme, unit and language for the templates."""
    user = getattr(request, "user", None)  # a fault may come before anybody is known
    if user is None or not user.is_authenticated:
        return {"theme": request.COOKIES.get("theme", "auto"), "language": get_language()}
    asked = getattr(request, "asked", None)
    name, roles = request.user.person_name, introduced_roles(request.user.person_id, asked.viewer if asked else None)
    language = get_language() or "zh-hans"
    section = getattr(request, "section", "")
    return {
        "menu": [
            {"url": reverse(url), "label": label, "active": section == key, "foot": key == "settings"}
            for url, label, key in MENU
        ],
        "viewer": {"name": name, "role": "、".join(role.in_language(language) for role in roles)},
        "terms_url": terms_url(language),
        "goes": goes_of(asked.viewer if asked else None),
        "theme": request.user.theme,
        "unit": request.user.money_unit,
        "language": language,
        "freshness": freshness_words(asked),
        "pins": pinned_views(request, asked) if asked else [],
        "toasts": waiting(request),
    }
