"""Ways in: links used once, tokens with scopes and an end, calls answered once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from dacheng.core.errors import NotAllowed, NotFound, RuleError
from dacheng.store.actions.accounts import (
    disable_account,
    invite,
    issue_token,
    keep_preferences,
    redeem_link,
    revoke_token,
    set_password,
    token_account,
)
from dacheng.store.actions.deals import edit_deal
from dacheng.store.actions.idempotency import Answered, answered_once
from dacheng.store.models import Account, ApiToken, IdempotencyKey, LogEntry, SignInLink
from tests.store.company import AT, actor, number, record, uid

HOUR = timedelta(hours=1)


def link_for(code: str = "li") -> str:
    return invite(actor=actor("admin"), at=AT, person_id=number("people", code)).secret


def account_of(code: str = "li") -> Account:
    return redeem_link(at=AT + HOUR, secret=link_for(code))


def test_a_link_signs_its_person_in_once(database):
    secret = link_for()

    assert redeem_link(at=AT + HOUR, secret=secret).person_id == number("people", "li")
    with pytest.raises(NotFound, match="用过了或过期"):
        redeem_link(at=AT + HOUR, secret=secret)


def test_a_link_expires_after_a_day(database):
    secret = link_for()

    with pytest.raises(NotFound):
        redeem_link(at=AT + timedelta(hours=24), secret=secret)
    redeem_link(at=AT + timedelta(hours=23, minutes=59), secret=secret)


def test_an_unknown_a_used_and_an_expired_link_get_the_same_answer(sqlite_database):
    used = link_for()
    redeem_link(at=AT, secret=used)
    answers = set()

    for secret, at in (("never", AT), (used, AT), (link_for(), AT + timedelta(days=2))):
        with pytest.raises(NotFound) as refused:
            redeem_link(at=at, secret=secret)
        answers.add(str(refused.value))

    assert len(answers) == 1


def test_a_link_that_two_open_at_once_signs_one_in(shared_database):
    secret = link_for()

    def opened(_: int) -> bool:
        try:
            redeem_link(at=AT, secret=secret)
        except NotFound:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(opened, range(4))) == [False, False, False, True]


def test_the_database_never_holds_what_opens_it(database):
    link, token = link_for(), issue_token(actor=account_actor(), at=AT, name="bot", scopes=("read",)).secret

    stored = [
        *SignInLink.objects.values_list("token_hash", flat=True),
        *ApiToken.objects.values_list("token_hash", flat=True),
    ]
    logged = " ".join(LogEntry.objects.values_list("detail", flat=True))
    assert all(len(one) == 64 for one in stored)
    assert not any(secret in text for secret in (link, token) for text in (*stored, logged))


def account_actor():
    account_of("li")
    return actor("li")


def test_only_an_administrator_invites(database):
    with pytest.raises(NotAllowed, match="发登录链接"):
        invite(actor=actor("ops"), at=AT, person_id=number("people", "li"))


def test_nobody_is_invited_who_does_not_exist(database):
    with pytest.raises(NotFound, match="没有这个人"):
        invite(actor=actor("admin"), at=AT, person_id=999)


def test_a_disabled_account_opens_nothing_until_it_is_enabled(database):
    person, secret = number("people", "li"), link_for()
    token = issue_token(actor=account_actor(), at=AT, name="bot", scopes=("read",)).secret

    disable_account(actor=actor("admin"), at=AT, person_id=person)

    with pytest.raises(NotFound):
        redeem_link(at=AT, secret=secret)
    assert token_account(at=AT, secret=token) is None
    disable_account(actor=actor("admin"), at=AT, person_id=person, active=True)
    assert token_account(at=AT, secret=token) is not None


def test_a_token_acts_with_its_scopes_until_it_ends_or_is_revoked(database):
    who = account_actor()
    short = issue_token(actor=who, at=AT, name="short", scopes=("read",), days=1)
    long = issue_token(actor=who, at=AT, name="long", scopes=("read", "write"))

    assert [scopes_of(one.secret, AT) for one in (short, long)] == [{"read"}, {"read", "write"}]
    assert [scopes_of(one.secret, AT + timedelta(days=2)) for one in (short, long)] == [None, {"read", "write"}]
    revoke_token(actor=who, at=AT, uid=long.uid)
    assert scopes_of(long.secret, AT) is None


def scopes_of(secret: str, at) -> set[str] | None:
    found = token_account(at=at, secret=secret)
    return None if found is None else set(found[1])


def test_a_token_is_revoked_by_its_own_person_only(database):
    token = issue_token(actor=account_actor(), at=AT, name="bot", scopes=("read",))
    account_of("wang")

    with pytest.raises(NotFound):
        revoke_token(actor=actor("wang"), at=AT, uid=token.uid)


@pytest.mark.parametrize(("scopes", "days"), [((), 30), (("admin",), 30), (("read",), 0), (("read",), 367)])
def test_a_token_needs_known_scopes_and_an_end_within_a_year(sqlite_database, scopes, days):
    with pytest.raises(RuleError, match="令牌"):
        issue_token(actor=account_actor(), at=AT, name="bot", scopes=scopes, days=days)


def test_a_password_is_kept_hashed_and_a_weak_one_is_refused(database):
    who = account_actor()

    set_password(actor=who, at=AT, password="云上的日子很长-2026")

    account = Account.objects.get(person_id=who.person_id)
    assert account.check_password("云上的日子很长-2026") and "云上" not in account.password
    for weak in ("12345678", "password", "ab"):
        with pytest.raises(RuleError, match="密码不能用"):
            set_password(actor=who, at=AT, password=weak)


def test_display_settings_are_kept_and_not_logged(database):
    account, before = account_of(), LogEntry.objects.count()

    keep_preferences(account, {"language": "en", "theme": "dark", "unit": "yuan"})

    kept = Account.objects.get(pk=account.pk)
    assert (kept.language, kept.theme, kept.money_unit) == ("en", "dark", "yuan")
    assert LogEntry.objects.count() == before


# One call, one effect ----------------------------------------------------------------------------


def call(account: Account, amount: int, *, key: str = "k1", request: str = "r1") -> Answered:
    def act() -> Answered:
        saved = edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"amount": amount}, version=None)
        return Answered(200, f'{{"version":{saved.version}}}')

    return answered_once(account=account, key=key, request_hash=request, at=AT, act=act)


def test_a_call_with_a_key_acts_once_and_answers_the_same_again(database):
    account = account_of()

    first, again = call(account, 5), call(account, 6)

    assert (first.body, again.body, first.replayed, again.replayed) == ('{"version":2}', '{"version":2}', False, True)
    assert record("deals", "D1").amount == 5


def test_a_key_is_not_taken_for_another_call(database):
    account = account_of()
    call(account, 5)

    with pytest.raises(RuleError, match="另一个请求"):
        call(account, 5, request="r2")


def test_a_refused_call_keeps_nothing_and_may_be_tried_again(database):
    account = account_of()

    with pytest.raises(RuleError):
        call(account, 10**15)

    assert not IdempotencyKey.objects.exists() and call(account, 5).replayed is False


def test_eight_calls_with_one_key_at_once_act_once(shared_database):
    account = account_of()

    def one(at: int) -> Answered:
        try:
            return call(account, 100 + at)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))

    assert {answer.body for answer in answers} == {'{"version":2}'}
    assert [answer.replayed for answer in answers].count(False) == 1
    assert record("deals", "D1").version == 2
