"""The company of an empty database: its name, currency and time zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dacheng.core.access import Viewer
from dacheng.core.company import Company
from dacheng.core.errors import RuleError, Text
from dacheng.store.access import require
from dacheng.store.history import writing
from dacheng.store.loading import load_company, refuse_second_company
from dacheng.store.models import CompanySetting

CURRENCY_LETTERS = 3


def found_company(
    *, actor: Viewer, at: datetime, name: str, currency: str = "CNY", time_zone: str = "Asia/Shanghai"
) -> None:
    """Give an empty database its company; everything else is imported or typed.

    Raises:
        NotAllowed: the actor is no administrator. RuleError: it holds a company already,
            or the currency or time zone is not known.
    """
    with writing(actor, at, "company.founded", name=name, currency=currency, time_zone=time_zone) as entry:
        require(entry, "company.found")
        refuse_second_company()
        _check(currency, time_zone)
        CompanySetting.objects.create(pk=1, name=name, currency=currency, time_zone=time_zone)
        entry.keep = True


def install_company(*, actor: Viewer, at: datetime, company: Company, demo: bool = False) -> dict[str, int]:
    """Load a whole company into an empty database; return relation -> how many records.

    Raises:
        NotAllowed: the actor is no administrator. RuleError: it holds a company already.
    """
    with writing(actor, at, "company.loaded", name=company.name) as entry:
        require(entry, "company.found")
        return load_company(entry, company, demo=demo)


def _check(currency: str, time_zone: str) -> None:
    if len(currency) != CURRENCY_LETTERS or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise RuleError(
            Text(f"不认识的币种「{currency}」。", f"“{currency}” is not a currency code."),
            Text("用三个大写字母，例如 CNY。", "Use three capital letters, for example CNY."),
        )
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise RuleError(
            Text(f"不认识的时区「{time_zone}」。", f"“{time_zone}” is not a time zone."),
            Text("例如 Asia/Shanghai。", "For example Asia/Shanghai."),
        ) from None
