"""Going (G, then a key): the pages that two keys lead to; the ? dialog lists them and holds their links."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dacheng.core.access import POLICY, Viewer

EVERYBODY = ""

GO = (
    ("c", "web:cockpit", gettext_noop("驾驶舱"), EVERYBODY),
    ("t", "web:targets", gettext_noop("目标"), EVERYBODY),
    ("f", "web:targets-grid", gettext_noop("目标填报"), EVERYBODY),
    ("a", "web:customers", gettext_noop("客户"), EVERYBODY),
    ("d", "web:deals", gettext_noop("商机"), EVERYBODY),
    ("r", "web:tables", gettext_noop("四表"), EVERYBODY),
    ("s", "web:settings", gettext_noop("设置"), EVERYBODY),
    ("w", "web:glossary", gettext_noop("术语表"), EVERYBODY),
    ("o", "web:organisation", gettext_noop("组织"), "org.edit"),
    ("p", "web:people", gettext_noop("人员与权限"), "person.edit"),
    ("i", "web:imports", gettext_noop("导入"), "import.commit"),
    ("l", "web:log", gettext_noop("日志"), "log.read"),
)
"""The second key, the page, its label, and the action whose right opens it."""


def goes_of(viewer: Viewer | None) -> list[dict[str, str]]:
    """Return the keys that lead a person somewhere; without a viewer only those that are for everybody."""
    return [
        {"key": key, "url": reverse(url), "label": _(label)}
        for key, url, label, action in GO
        if action == EVERYBODY or (viewer is not None and viewer.holds(*POLICY[action]))
    ]
