"""The one company of the database."""

from __future__ import annotations

from dacheng.store.models import CompanySetting


def company_setting() -> CompanySetting:
    """Return the company's setting; an unsaved one with defaults before there is a company."""
    return CompanySetting.objects.filter(pk=1).first() or CompanySetting(name="")
