"""Ways in, for the shells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dacheng.store.actions import accounts
from dacheng.store.actions.accounts import keep_preferences

__all__ = ["account_of_link", "keep_preferences"]


def account_of_link(secret: str, at: datetime) -> Any:
    """Return the account that a one-time link opens, and use the link up.

    Raises:
        NotFound: the link is unknown, used or expired.
    """
    return accounts.redeem_link(at=at, secret=secret)
