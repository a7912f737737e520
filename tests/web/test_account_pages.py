"""Ways in: links, passwords, lock-out without enumeration, tokens shown once."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

GOOD = "correct horse battery staple"


def now():
    """Return the moment that the pages see."""
    return datetime.now(UTC)  # noqa: TID251


@pytest.fixture(autouse=True)
def no_tries(db):
    """Begin without failed tries."""
    from axes.utils import reset

    reset()


@pytest.fixture
def link(company):
    """Return the address of a one-time link of 李雷."""
    from dacheng.core.access import SYSTEM
    from dacheng.store.actions.accounts import invite

    issued = invite(actor=SYSTEM, at=now(), person_id=company.number("people", "li"))
    return f"/sign-in/{issued.secret}/"


@pytest.fixture
def with_password(company, signed_in):
    """Return 李雷's client after he set a password."""
    client = signed_in("li")
    client.post("/settings/account/password/", {"new": GOOD, "again": GOOD})
    return client


def try_password(client, username, password, address="10.0.0.1"):
    return client.post("/sign-in/", {"username": username, "password": password}, REMOTE_ADDR=address)


def plain(answer):
    """Return a page without what differs on every answer."""
    return re.sub(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken": "[^"]+"', "", answer.content.decode())


def test_a_link_signs_in_once_and_asks_for_a_password(link):
    first, second = Client().post(link), Client().post(link)

    assert (first.status_code, first["Location"]) == (302, "/settings/account/password/")
    assert second.status_code == 404


def test_opening_a_link_does_not_use_it_up(link):
    client = Client()

    assert client.get(link).status_code == client.get(link).status_code == 200
    assert client.post(link).status_code == 302


def test_the_first_password_opens_the_account_and_keeps_the_session(link):
    client = Client()
    client.post(link)

    answer = client.post("/settings/account/password/", {"new": GOOD, "again": GOOD})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/settings/account/").status_code == 200
    assert try_password(Client(), "li", GOOD).status_code == 302


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        (GOOD, GOOD + "x", "两次写的不一样。"),
        ("short", "short", "这个密码不能用。 写至少 12 个字符。"),
        ("123456789012", "123456789012", "这个密码不能用。 不能全是数字，加几个字。"),
        ("", "", "这个字段是必填项。"),
    ],
)
def test_a_password_that_will_not_do_is_told_why(signed_in, new, again, said):
    from dacheng.store.models import Account

    answer = signed_in("li").post("/settings/account/password/", {"new": new, "again": again})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Account.objects.get(username="li").password == ""


def test_changing_a_password_asks_for_the_old_one(with_password):
    page = with_password.get("/settings/account/password/").content.decode()
    wrong = with_password.post(
        "/settings/account/password/", {"current": "guess", "new": GOOD + "1", "again": GOOD + "1"}
    )
    right = with_password.post("/settings/account/password/", {"current": GOOD, "new": GOOD + "1", "again": GOOD + "1"})

    assert "现在的密码" in page
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert try_password(Client(), "li", GOOD + "1").status_code == 302


def test_who_comes_by_a_link_need_not_know_the_old_password(with_password, link):
    client = Client()

    assert client.post(link)["Location"] == "/"
    answer = client.post("/settings/account/password/", {"new": GOOD + "2", "again": GOOD + "2"})

    assert answer.status_code == 302


def test_a_changed_password_ends_other_sessions(with_password):
    other = Client()
    try_password(other, "li", GOOD)
    assert other.get("/settings/").status_code == 200

    with_password.post("/settings/account/password/", {"current": GOOD, "new": GOOD + "3", "again": GOOD + "3"})

    assert other.get("/settings/").status_code == 302
    assert with_password.get("/settings/").status_code == 200


def test_an_unknown_account_is_answered_like_a_wrong_password_locked_or_not(with_password):
    known, unknown = Client(), Client()
    answers = []
    for number in range(7):
        pair = [try_password(known, "li", "guess"), try_password(unknown, "nobody", "guess")]
        assert [one.status_code for one in pair] == [422, 422], number
        answers += [plain(one).replace("nobody", "li") for one in pair]

    assert len(set(answers)) == 1


def test_after_five_tries_even_the_right_password_is_refused_from_that_address(with_password):
    for _ in range(5):
        try_password(Client(), "li", "guess")

    locked = try_password(Client(), "li", GOOD)
    elsewhere = try_password(Client(), "li", GOOD, address="10.0.0.2")

    assert (locked.status_code, elsewhere.status_code) == (422, 302)


def test_a_disabled_account_is_out_at_the_next_request(company, with_password):
    from dacheng.store.actions.accounts import disable_account

    disable_account(actor=company.actor("admin"), at=company.AT, person_id=company.number("people", "li"))

    assert with_password.get("/settings/").status_code == 302
    assert try_password(Client(), "li", GOOD).status_code == 422


def test_a_token_is_shown_once_and_opens_the_account_until_it_is_revoked(company, signed_in):
    from dacheng.store.actions.accounts import token_account

    client = signed_in("li")
    page = client.post("/settings/account/tokens/", {"name": "周报", "scope": "read", "days": "30"}).content.decode()
    secret = re.search(r'id="secret" value="([^"]+)"', page)[1]
    listed = client.get("/settings/account/").content.decode()

    account, scopes = token_account(at=now(), secret=secret)
    assert (account.username, scopes) == ("li", {"read"})
    assert "周报" in listed and secret not in listed

    revoke = re.search(r'action="(/settings/account/tokens/[^"]+/revoke/)"', listed)[1]
    assert signed_in("wang").post(revoke).status_code == 404
    assert client.post(revoke).status_code == 302
    assert token_account(at=now(), secret=secret) is None


@pytest.mark.parametrize("given", [{"days": "400"}, {"scope": "admin"}, {"name": ""}])
def test_a_token_that_cannot_be_is_refused(signed_in, given):
    from dacheng.store.models import ApiToken

    asked = {"name": "x", "scope": "read", "days": "30"} | given

    assert signed_in("li").post("/settings/account/tokens/", asked).status_code == 422
    assert not ApiToken.objects.exists()
