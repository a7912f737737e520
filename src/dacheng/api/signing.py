"""Who may call: the bearer of a token, or somebody signed in whose form carries the CSRF token."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.security.session import SessionAuth
from ninja.utils import check_csrf

from dacheng.api.asking import Caller, language_of, now
from dacheng.api.limiting import count_call
from dacheng.core.errors import NotAllowed, Text
from dacheng.service.people import viewer_now
from dacheng.store.actions.accounts import hashed, token_account

READS = frozenset({"GET", "HEAD"})


class BearerToken(HttpBearer):
    """``Authorization: Bearer …``; a token that opens nothing is refused, whatever session comes with it."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Return the caller of a token.

        Raises:
            AuthenticationError: it is unknown, expired or revoked, or its account is disabled.
            NotAllowed: it lacks the scope. TooManyCalls: it called too often.
        """
        at = now()
        found = token_account(at=at, secret=token)
        if found is None:
            raise AuthenticationError
        account, scopes = found
        kept = hashed(token)
        count_call(kept)
        _check_scope("read" if request.method in READS else "write", scopes)
        return _caller(request, account, at, kept)


class SignedIn(APIKeyCookie):
    """The session of the browser; whatever changes something carries the CSRF token as well."""

    param_name = SessionAuth.param_name

    def __call__(self, request: HttpRequest) -> Any:
        """Return the caller of a session; None when nobody is signed in.

        Raises:
            NotAllowed: the CSRF token is missing or old.
        """
        if "Authorization" in request.headers or not request.user.is_authenticated:
            return None
        count_call(f"account {request.user.pk}")
        if request.method not in READS and check_csrf(request):
            raise NotAllowed(
                Text("缺少 CSRF 令牌，或者已过期。", "The CSRF token is missing or old."),
                Text("在 X-CSRFToken 中带上它，或改用令牌。", "Send it as X-CSRFToken, or use a bearer token."),
            )
        return _caller(request, request.user, now())

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Not used: ``__call__`` decides."""
        return None


def _caller(request: HttpRequest, account: Any, at: datetime, token: str = "") -> Caller:
    return Caller(account, viewer_now(account.person_id, at), at, language_of(request, account.language), token)


def _check_scope(needed: str, scopes: frozenset[str]) -> None:
    if needed not in scopes:
        raise NotAllowed(
            Text(f"这个令牌没有 {needed} 权限。", f"The token lacks the scope {needed}."),
            Text("请签发带这个权限的令牌。", "Issue one that has it."),
        )
