"""API tokens: a program acts as the person who issued its token, within the token's scopes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field, StringConstraints

from dacheng.api.asking import Call
from dacheng.api.fields import Done
from dacheng.api.operations import OWN, operation
from dacheng.core.errors import NotAllowed, Text
from dacheng.service.accounts import own_tokens
from dacheng.store.actions.accounts import TOKEN_DAYS, issue_token, revoke_token
from dacheng.store.history import moment

router = Router(tags=["tokens"])

LONGEST_NAME = 100
LONGEST_DAYS = 366


class NewToken(Schema):
    """A token to issue: what it is for, what it may do, how long."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]
    scopes: list[Literal["read", "write"]] = Field(min_length=1, max_length=2)
    days: int = Field(TOKEN_DAYS, ge=1, le=LONGEST_DAYS)


class IssuedToken(Schema):
    """A token; its secret is shown once, a repeated call does not show it again."""

    id: UUID
    secret: str | None
    expires: datetime


class HeldToken(Schema):
    """A token of the caller's that still opens something; its secret is not kept."""

    id: UUID
    name: str
    scopes: list[str]
    expires: datetime


class TokenList(Schema):
    """The caller's tokens, the newest first."""

    rows: list[HeldToken]


@operation(router, "GET", "/tokens", TokenList, Text("我的令牌", "List own tokens"), right=OWN)
def list_tokens(request: Call) -> TokenList:
    """The caller's own tokens that are neither revoked nor expired."""
    caller = request.auth
    rows = [
        HeldToken(id=one.uid, name=one.name, scopes=list(one.scopes), expires=moment(one.expires_at))
        for one in own_tokens(caller.viewer, caller.at)
    ]
    return TokenList(rows=rows)


@operation(
    router,
    "POST",
    "/tokens",
    IssuedToken,
    Text("签发令牌", "Issue a token"),
    right=OWN,
    body=NewToken,
    status=201,
    secrets=("secret",),
    name="issue_token",
)
def issue(request: Call, body: NewToken) -> IssuedToken:
    """Issue a token that acts as the caller; only somebody signed in can, so that no token prolongs itself."""
    caller = request.auth
    if caller.token:
        raise NotAllowed(
            Text("令牌不能签发令牌。", "A token cannot issue tokens."),
            Text("请登录后签发。", "Sign in to issue one."),
        )
    scopes = tuple(dict.fromkeys(body.scopes))
    issued = issue_token(actor=caller.viewer, at=caller.at, name=body.name, scopes=scopes, days=body.days)
    expires = caller.at + timedelta(days=body.days)
    return IssuedToken(id=UUID(issued.uid), secret=issued.secret, expires=expires)


@operation(
    router, "DELETE", "/tokens/{uuid:uid}", Done, Text("撤销令牌", "Revoke a token"), right=OWN, name="revoke_token"
)
def revoke(request: Call, uid: UUID) -> Done:
    """Revoke one of the caller's own tokens; it opens nothing from the next call on."""
    caller = request.auth
    revoke_token(actor=caller.viewer, at=caller.at, uid=str(uid))
    return Done(changed=True)
