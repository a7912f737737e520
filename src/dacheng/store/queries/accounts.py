"""Accounts as their owners see them: API tokens that still open something."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dacheng.store.models import Account, ApiToken


@dataclass(frozen=True, slots=True)
class TokenHeld:
    """A token without its secret; ``expires_at`` in microseconds since 1970-01-01 UTC."""

    uid: UUID
    name: str
    scopes: tuple[str, ...]
    expires_at: int


def tokens_held(person_id: int, now: int) -> list[TokenHeld]:
    """Return a person's tokens that are neither revoked nor expired at a moment, the newest first."""
    open_ones = ApiToken.objects.filter(account__person_id=person_id, revoked_at=None, expires_at__gt=now)
    rows = open_ones.order_by("-id").values_list("uid", "name", "scopes", "expires_at")
    return [TokenHeld(uid, name, tuple(scopes.split()), expires) for uid, name, scopes, expires in rows]


def may_sign_in(person_id: int) -> bool:
    """Tell whether a person has an account that is not disabled."""
    return Account.objects.filter(person_id=person_id, is_active=True).exists()
