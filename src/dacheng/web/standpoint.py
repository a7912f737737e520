"""The as-of bar: 截至 · 对比 · 口径 · 单位 税; every choice is an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.book import Book
from dacheng.core.months import Months
from dacheng.core.period import date_of
from dacheng.service.settings import currency
from dacheng.web import figures
from dacheng.web.links import changed, pairs_of

WEEK = 7


def asof_bar(
    request: HttpRequest, book: Book, *, compare_day: int | None = None, comparable: bool = True
) -> dict[str, Any]:
    """Return the context of parts/asof.html."""
    return {
        "action": request.path,
        "kept": pairs_of(request),
        "day": _day(request, book.as_of_day, book.today, book.today, book.months),
        "compare": _compare(request, book, compare_day) if comparable else None,
        "basis": _basis(request, book),
        "unit": unit_picker(request),
    }


def day_picker(request: HttpRequest, day: int, today: int, months: Months) -> dict[str, Any]:
    """Return an as-of bar of the day alone, for what knows neither money nor owners; days to come may be seen too."""
    picker = _day(request, day, today, None, months)
    return {"action": request.path, "kept": pairs_of(request), "day": picker}


def money_unit(request: HttpRequest) -> figures.Unit:
    """Return the display unit of the page: of the address, else the person's own."""
    given = request.GET.get("show", "") or request.user.money_unit
    return next((unit for unit in figures.UNITS if unit == given), "wan")


def _day(request: HttpRequest, as_of_day: int, today: int, latest: int | None, months: Months) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    return {
        "name": "as_of",
        "value": date_of(as_of_day).isoformat(),
        "text": figures.day_with_weekday(as_of_day, language),
        "max": "" if latest is None else date_of(latest).isoformat(),
        "shortcuts": [
            _shortcut(request, "as_of", label, day, as_of_day, blank=day == today)
            for label, day in _familiar_days(today, months)
        ],
    }


def _compare(request: HttpRequest, book: Book, compare_day: int | None) -> dict[str, Any]:
    days = [(label, day) for label, day in _earlier_days(book) if day < book.as_of_day]
    shortcuts = [_shortcut(request, "compare", label, day, compare_day) for label, day in days]
    none = {"label": _("不比"), "url": changed(request, {"compare": ""}), "active": compare_day is None}
    shown = compare_day if compare_day is not None else book.as_of_day - WEEK
    return {
        "name": "compare",
        "value": date_of(shown).isoformat(),
        "text": figures.day(compare_day, book.as_of_day) if compare_day is not None else "",
        "shortcuts": [none, *shortcuts],
    }


def _basis(request: HttpRequest, book: Book) -> dict[str, Any]:
    options = [
        ("then", _("当时口径"), _("截至日的组织和负责人")),
        ("today", _("今日口径"), _("今天的组织和负责人")),
    ]
    return {
        "text": next(label for code, label, _hint in options if code == book.basis),
        "options": [
            {
                "label": label,
                "hint": hint,
                "url": changed(request, {"basis": "" if code == "then" else code}),
                "active": code == book.basis,
            }
            for code, label, hint in options
        ],
    }


def unit_picker(request: HttpRequest, *, excl: bool = False) -> dict[str, Any]:
    """Return the picker of the money unit; amounts are with tax unless ``excl``."""
    language, code = get_language() or "zh-hans", currency()
    unit = money_unit(request)
    tax = _("不含税") if excl else _("含税")
    return {
        "text": f"{figures.unit_words(unit, code, language)} {tax}",
        "options": [
            {
                "label": figures.unit_words(one, code, language),
                "url": changed(request, {"show": one}),
                "active": one == unit,
            }
            for one in figures.UNITS
        ],
    }


def _familiar_days(today: int, months: Months) -> list[tuple[str, int]]:
    this_month = months.ym_of(today)
    return [
        (_("今天"), today),
        (_("一周前"), today - WEEK),
        (_("上月末"), months.last_day_of(this_month - 1)),
        (_("上季末"), months.last_day_of(this_month // 3 * 3 - 1)),
        (_("去年末"), months.last_day_of(this_month // 12 * 12 - 1)),
    ]


def _earlier_days(book: Book) -> list[tuple[str, int]]:
    month = book.months.ym_of(book.as_of_day)
    return [
        (_("一周前"), book.as_of_day - WEEK),
        (_("上月末"), book.months.last_day_of(month - 1)),
        (_("上季末"), book.months.last_day_of(month // 3 * 3 - 1)),
    ]


def _shortcut(
    request: HttpRequest, name: str, label: str, day: int, current: int | None, *, blank: bool = False
) -> dict[str, Any]:
    text = "" if blank else date_of(day).isoformat()
    return {
        "label": label,
        "hint": date_of(day).isoformat(),
        "url": changed(request, {name: text}),
        "active": day == current,
    }
