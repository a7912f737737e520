"""Ways in: one-time sign-in links, passwords, API tokens, display settings.

A link and a token are random 256-bit words; only their SHA-256 is kept, so the
database never holds what opens it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from dacheng.core.access import Viewer
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.store.access import require
from dacheng.store.history import Entry, microseconds, writing
from dacheng.store.identity import new_uids
from dacheng.store.models import Account, ApiToken, Person, SignInLink
from dacheng.store.standing import standing_uid

LINK_HOURS = 24
TOKEN_DAYS = 90
SCOPES = ("read", "write")


@dataclass(frozen=True, slots=True)
class Issued:
    """A secret shown once."""

    uid: str
    secret: str


def invite(*, actor: Viewer, at: datetime, person_id: int) -> Issued:
    """Make a one-time sign-in link of a person; the account is made when there is none.

    Raises:
        NotAllowed: the actor is no administrator. NotFound: there is no such person.
    """
    with writing(actor, at, "account.invited", person=person_id) as entry:
        require(entry, "account.invite")
        return issue_link(entry, person_id)


def invite_person(*, actor: Viewer, at: datetime, uid: UUID) -> Issued:
    """Make a one-time sign-in link of the person of a public id. Raises as ``invite``."""
    with writing(actor, at, "account.invited", person=str(uid)) as entry:
        require(entry, "account.invite")
        return issue_link(entry, standing_uid("people", uid).record_id)


def issue_link(entry: Entry, person_id: int) -> Issued:
    """Make a one-time link within an open entry."""
    person = Person.objects.filter(pk=person_id, removed=False).first()
    if person is None:
        raise NotFound(Text("没有这个人。", "There is no such person."), Text("先建人员。", "Create the person first."))
    account, _made = Account.objects.get_or_create(person_id=person_id, defaults={"username": person.code})
    secret = secrets.token_urlsafe(32)
    expires = microseconds(entry.at + timedelta(hours=LINK_HOURS))
    SignInLink.objects.create(token_hash=hashed(secret), account=account, expires_at=expires)
    entry.keep = True
    return Issued(str(person.uid), secret)


def redeem_link(*, at: datetime, secret: str) -> Account:
    """Use a link up and return its account.

    Raises:
        NotFound: it is unknown, used, expired, or its account is disabled; one answer for all.
    """
    now = microseconds(at)
    links = SignInLink.objects.filter(token_hash=hashed(secret), used_at=None, expires_at__gt=now)
    link = links.select_related("account").first()
    if link is None or not link.account.is_active or not links.update(used_at=now):
        raise NotFound(
            Text("这个登录链接用过了或过期了。", "This sign-in link was used or has expired."),
            Text("请管理员再发一个。", "Ask an administrator for a new one."),
        )
    return link.account


BETTER_PASSWORD = {
    "password_too_short": Text("写至少 12 个字符。", "Write at least 12 characters."),
    "password_too_common": Text(
        "它太常见，容易被猜到；换几个不相干的词。",
        "It is common and easily guessed; take words that have nothing to do with each other.",
    ),
    "password_entirely_numeric": Text("不能全是数字，加几个字。", "Digits alone will not do; add words."),
}
"""Why Django's validators refuse a password -> the way out; their own words are not all translated."""


def set_password(*, actor: Viewer, at: datetime, password: str) -> None:
    """Set the actor's own password.

    Raises:
        RuleError: it is too short or too common.
    """
    with writing(actor, at, "account.password_set", person=actor.person_id) as entry:
        account = own_account(actor)
        try:
            validate_password(password, account)
        except ValidationError as problem:
            ways = [BETTER_PASSWORD[one.code] for one in problem.error_list]
            raise RuleError(
                Text("这个密码不能用。", "This password will not do."),
                Text("".join(way.zh for way in ways), " ".join(way.en for way in ways)),
            ) from None
        account.set_password(password)
        account.save(update_fields=["password"])
        entry.keep = True


def disable_account(*, actor: Viewer, at: datetime, person_id: int, active: bool = False) -> None:
    """Disable or enable a person's account; he is out at the next request."""
    with writing(actor, at, "account.enabled" if active else "account.disabled", person=person_id) as entry:
        require(entry, "account.invite")
        entry.keep = bool(Account.objects.filter(person_id=person_id).update(is_active=active))


def issue_token(*, actor: Viewer, at: datetime, name: str, scopes: tuple[str, ...], days: int = TOKEN_DAYS) -> Issued:
    """Make an API token that acts as the actor.

    Raises:
        RuleError: a scope is unknown, or the days are not 1 … 366.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes or not 1 <= days <= 366:
        raise RuleError(
            Text("令牌的权限或期限不对。", "The token's scopes or days are wrong."),
            Text("权限可选 read、write；期限 1 到 366 天。", "Scopes: read, write; 1 to 366 days."),
        )
    with writing(actor, at, "token.issued", name=name, scopes=list(scopes), days=days) as entry:
        secret = secrets.token_urlsafe(32)
        token = ApiToken.objects.create(
            uid=new_uids(at, 1)[0],
            token_hash=hashed(secret),
            account=own_account(actor),
            name=name,
            scopes=" ".join(scopes),
            expires_at=microseconds(at + timedelta(days=days)),
        )
        entry.keep = True
        return Issued(str(token.uid), secret)


def revoke_token(*, actor: Viewer, at: datetime, uid: str) -> None:
    """Revoke one of the actor's own tokens."""
    with writing(actor, at, "token.revoked", token=uid) as entry:
        own = ApiToken.objects.filter(uid=uid, account__person_id=actor.person_id, revoked_at=None)
        if not own.update(revoked_at=microseconds(at)):
            raise NotFound(Text("没有这个令牌。", "There is no such token."))
        entry.keep = True


def token_account(*, at: datetime, secret: str) -> tuple[Account, frozenset[str]] | None:
    """Return the account and scopes of a token; None when it opens nothing."""
    now = microseconds(at)
    tokens = ApiToken.objects.filter(token_hash=hashed(secret), revoked_at=None, expires_at__gt=now)
    token = tokens.select_related("account").first()
    if token is None or not token.account.is_active:
        return None
    return token.account, frozenset(token.scopes.split())


def keep_preferences(account: Account, chosen: Mapping[str, str]) -> None:
    """Keep a person's language, theme and money unit; display only, so it is not logged."""
    fields = {"language": "language", "theme": "theme", "unit": "money_unit"}
    for name, value in chosen.items():
        setattr(account, fields[name], value)
    account.save(update_fields=[fields[name] for name in chosen])


def keep_first_steps(account: Account, shown: bool) -> None:
    """Keep whether a fresh company's checklist is shown to a person; display only, so it is not logged."""
    account.first_steps = shown
    account.save(update_fields=["first_steps"])


def own_account(actor: Viewer) -> Account:
    """Return the account of the actor.

    Raises:
        NotFound: he has none.
    """
    account = Account.objects.filter(person_id=actor.person_id).first()
    if account is None:
        raise NotFound(Text("这个人没有账号。", "This person has no account."))
    return account


def hashed(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
