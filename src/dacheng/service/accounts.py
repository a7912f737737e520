"""Ways in, for the shells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dacheng.core.access import Viewer
from dacheng.store.actions import accounts
from dacheng.store.actions.accounts import SCOPES, TOKEN_DAYS, keep_first_steps, keep_preferences
from dacheng.store.history import microseconds
from dacheng.store.queries.accounts import TokenHeld, tokens_held

__all__ = [
    "SCOPES",
    "TOKEN_DAYS",
    "account_of_link",
    "change_password",
    "has_password",
    "issue_token",
    "keep_first_steps",
    "keep_preferences",
    "own_tokens",
    "revoke_token",
]

issue_token = accounts.issue_token
revoke_token = accounts.revoke_token
change_password = accounts.set_password


def account_of_link(secret: str, at: datetime) -> Any:
    """Return the account that a one-time link opens, and use the link up.

    Raises:
        NotFound: the link is unknown, used or expired.
    """
    return accounts.redeem_link(at=at, secret=secret)


def has_password(account: Any) -> bool:
    """Tell whether an account can be opened by a password; one made for a link cannot."""
    return bool(account.password) and account.has_usable_password()


def own_tokens(actor: Viewer, at: datetime) -> list[TokenHeld]:
    """Return the actor's API tokens that still open something."""
    return tokens_held(actor.person_id, microseconds(at))
