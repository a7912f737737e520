"""Where one can go and what one can begin: pages, reports and commands, as far as a person may (Ctrl K)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, override

from dacheng.core.access import POLICY, Viewer
from dacheng.core.report import REPORTS
from dacheng.service.searching import Sought, fitting
from dacheng.web.frame import MENU
from dacheng.web.links import report_url
from dacheng.web.setting_pages import EVERYBODY
from dacheng.web.setting_pages import PAGES as SETTINGS

Kind = Literal["command", "page", "report"]

KIND_LABELS = {"command": gettext_noop("做什么"), "page": gettext_noop("页面"), "report": gettext_noop("报表")}

COMMANDS = (
    ("web:new-deal", gettext_noop("新建商机"), "deal.create"),
    ("web:new-contract", gettext_noop("登记合同"), "contract.record"),
    ("web:targets-grid", gettext_noop("填目标"), "target.set"),
    ("web:imports", gettext_noop("导入数据"), "import.commit"),
    ("web:new-person", gettext_noop("新增人员"), "person.edit"),
    ("web:new-unit", gettext_noop("新增组织"), "org.edit"),
    ("web:new-stage", gettext_noop("新增阶段"), "stage.edit"),
    ("web:first-steps", gettext_noop("首次设置"), "org.edit"),
    ("web:password", gettext_noop("修改密码"), EVERYBODY),
)
"""URL name, what it does, and the action whose right it needs."""

FURTHER = (
    ("web:my-targets", gettext_noop("我的目标"), EVERYBODY),
    ("web:targets-saves", gettext_noop("填报记录"), EVERYBODY),
    ("web:glossary", gettext_noop("术语表"), EVERYBODY),
)


Named = tuple[Kind, str, "str | Promise", str]
"""Kind, URL name, label and the action whose right it needs."""


@dataclass(frozen=True, slots=True)
class Place:
    """One page, report or command, with its name in both languages."""

    kind: Kind
    url: str
    zh: str
    en: str

    def label(self, language: str) -> str:
        """Return its name in a language."""
        return self.en if language.startswith("en") else self.zh


def places_of(viewer: Viewer) -> list[Place]:
    """Return the places that a person may open: commands, then pages, then reports."""
    named: list[Named] = [("command", *one) for one in COMMANDS]
    named += [("page", url, label, EVERYBODY) for url, label, _section in MENU]
    named += [("page", url, label, action) for _group, pages in SETTINGS for url, label, _hint, action in pages]
    named += [("page", *one) for one in FURTHER]
    return [*(place for one in named for place in _open_to(viewer, *one)), *_reports()]


def found_places(viewer: Viewer, text: str) -> list[tuple[int, Place]]:
    """Return (fit, place) of the places that hold every word, the best first."""
    places = places_of(viewer)
    return [(fit, places[at]) for fit, at in fitting([Sought(one.zh, one.en) for one in places], text)]


def _open_to(viewer: Viewer, kind: Kind, url_name: str, label: str | Promise, action: str) -> Iterator[Place]:
    if action != EVERYBODY and not viewer.holds(*POLICY[action]):
        return
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return
    yield Place(kind, url, _said(label, "zh-hans"), _said(label, "en"))


def _said(label: str | Promise, language: str) -> str:
    """Return a message in a language, whether it was marked or is translated when it is shown."""
    with override(language):
        return str(label) if isinstance(label, Promise) else gettext(label)


def _reports() -> Iterator[Place]:
    for name, report in sorted(REPORTS.items()):
        if report.listed and not any(one.required for one in report.parameters):
            yield Place("report", report_url(name), report.title.zh, report.title.en)
