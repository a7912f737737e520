"""One call, one effect: the answer that a key got is kept together with what the call did.

The chain is locked first, so that of many calls with one key a single one acts and the
others find its answer. Answer and effect are one transaction: neither is ever there
without the other. A refused call wrote nothing and keeps nothing; it may be tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dacheng.core.errors import RuleError, Text
from dacheng.store.history import lock_chain, microseconds
from dacheng.store.models import Account, IdempotencyKey

KEPT_DAYS = 7
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call answered.

    Args:
        body: JSON text.
        kept: the text that is kept for a repeated call where it differs: without secrets.
        replayed: it is the answer of an earlier call with the same key.
    """

    status: int
    body: str
    kept: str | None = None
    replayed: bool = False


def answered_before(*, account: Account, key: str, request_hash: str, at: datetime) -> Answered | None:
    """Return the answer that a key got before; None when it is new.

    Raises:
        RuleError: the key is no key, or was used for another call.
    """
    if not key.isprintable() or not 0 < len(key) <= LONGEST_KEY:
        raise RuleError(
            Text("Idempotency-Key 不能用。", "The Idempotency-Key cannot be used."),
            Text(f"用 1 到 {LONGEST_KEY} 个可见字符，例如一个 UUID。", f"Use 1 to {LONGEST_KEY} characters: a UUID."),
        )
    since = microseconds(at - timedelta(days=KEPT_DAYS))
    found = IdempotencyKey.objects.filter(account=account, key=key, at__gt=since).first()
    if found is None:
        return None
    if found.request_hash != request_hash:
        raise RuleError(
            Text("这个 Idempotency-Key 已经用在另一个请求上。", "This Idempotency-Key was used for another request."),
            Text("换一个新的键。", "Use a new key."),
        )
    return Answered(found.status, found.body, replayed=True)


def answered_once(
    *, account: Account, key: str, request_hash: str, at: datetime, act: Callable[[], Answered]
) -> Answered:
    """Act unless the key was used before; return the answer either way.

    Args:
        request_hash: of everything that the call says, so that a key is not taken for two calls.

    Raises:
        RuleError: the key was used for another call. Whatever ``act`` raises: then nothing is kept.
    """
    with transaction.atomic():
        lock_chain()
        before = answered_before(account=account, key=key, request_hash=request_hash, at=at)
        if before is not None:
            return before
        answer = act()
        _keep(account, key, request_hash, at, answer)
        return answer


def _keep(account: Account, key: str, request_hash: str, at: datetime, answer: Answered) -> None:
    """Keep an answer, and forget the account's old ones."""
    own = IdempotencyKey.objects.filter(account=account)
    own.filter(at__lte=microseconds(at - timedelta(days=KEPT_DAYS))).delete()
    body = answer.body if answer.kept is None else answer.kept
    own.create(
        account=account, key=key, request_hash=request_hash, status=answer.status, body=body, at=microseconds(at)
    )
