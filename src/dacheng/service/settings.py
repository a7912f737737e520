"""The company's own settings as the shells need them."""

from __future__ import annotations

from dacheng.store.company import company_setting


def currency() -> str:
    """Return the ISO code of the company's money; CNY before there is a company."""
    return str(company_setting().currency)


def company_name() -> str:
    """Return the company's name."""
    return str(company_setting().name)


def time_zone() -> str:
    """Return the company's time zone, for example Asia/Shanghai."""
    return str(company_setting().time_zone)
