"""The one company of the database.

Its name, currency and time zone are read once and remembered until a request or a write
begins: many places of one page ask for them.
"""

from __future__ import annotations

from typing import Any

from django.core.signals import request_started
from django.db import connection

from dacheng.store.models import CompanySetting

_remembered: dict[str, CompanySetting] = {}


def company_setting() -> CompanySetting:
    """Return the company's setting; an unsaved one with defaults before there is a company."""
    database = str(connection.settings_dict["NAME"])
    if database not in _remembered:
        found = CompanySetting.objects.filter(pk=1).first()
        if found is None:
            return CompanySetting(name="")
        _remembered[database] = found
    return _remembered[database]


def forget_company(**_signal: Any) -> None:
    """Forget what is remembered, so that the next question reads it."""
    _remembered.clear()


request_started.connect(forget_company)
