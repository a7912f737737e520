"""Who may call: tokens with scopes and an end, sessions with a CSRF token, nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dacheng.api import limiting
from dacheng.api.asking import language_of
from dacheng.core.access import ROLE_NUMBER
from dacheng.store.actions.accounts import disable_account
from dacheng.store.actions.people import mark_left
from tests.api.calling import Caller, account, token
from tests.store.company import AT, actor, number, uid

PROBLEM = "application/problem+json"


def test_a_token_acts_as_its_person(sqlite_database):
    mine = Caller(bearer=token("li"))

    me = mine.get("/me").json()

    assert me["person"]["code"] == "li"
    assert [(one["code"], one["unit"]["code"]) for one in me["roles"]] == [("rep", "SH")]
    assert "deal.create" in me["actions"]
    assert "role.grant" not in me["actions"]
    assert me["today"] == "2026-06-15"


@pytest.mark.parametrize("secret", ["", "nonsense", "x" * 5000, "令牌"])
def test_a_token_that_opens_nothing_is_refused_whatever_session_comes_with_it(sqlite_database, secret):
    signed_in = Caller("boss", bearer=secret or " ")

    answer = signed_in.get("/me")

    assert answer.status_code == 401
    assert answer["Content-Type"] == PROBLEM
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_on_its_day(sqlite_database, monkeypatch):
    mine = Caller(bearer=token("li", days=2))
    before, after = AT + timedelta(days=2, seconds=-1), AT + timedelta(days=2)

    monkeypatch.setattr("dacheng.api.signing.now", lambda: before)
    still = mine.get("/me").status_code
    monkeypatch.setattr("dacheng.api.signing.now", lambda: after)

    assert (still, mine.get("/me").status_code) == (200, 401)


def test_a_revoked_token_opens_nothing_from_the_next_call_on(sqlite_database):
    person = Caller("li")
    issued = person.post("/tokens", {"name": "BI", "scopes": ["read"], "days": 30}).json()
    mine = Caller(bearer=issued["secret"])

    before = mine.get("/me").status_code
    person.send("DELETE", f"/tokens/{issued['id']}")

    assert (before, mine.get("/me").status_code) == (200, 401)
    assert person.send("DELETE", f"/tokens/{issued['id']}").status_code == 404


def test_a_person_lists_his_own_tokens_that_still_open_something(sqlite_database):
    li = Caller("li")
    issued = [li.post("/tokens", {"name": name, "scopes": ["read"]}).json()["id"] for name in ("BI", "old")]
    li.send("DELETE", f"/tokens/{issued[1]}")
    Caller("boss").post("/tokens", {"name": "theirs", "scopes": ["read"]})

    rows = li.get("/tokens").json()["rows"]

    assert [(one["id"], one["name"], one["scopes"]) for one in rows] == [(issued[0], "BI", ["read"])]
    assert "secret" not in rows[0]


def test_nobody_revokes_the_token_of_another(sqlite_database):
    issued = Caller("li").post("/tokens", {"name": "BI", "scopes": ["read"]}).json()

    answer = Caller("admin").send("DELETE", f"/tokens/{issued['id']}")

    assert answer.status_code == 404
    assert Caller(bearer=issued["secret"]).get("/me").status_code == 200


def test_a_token_cannot_issue_tokens(sqlite_database):
    mine = Caller(bearer=token("li"))

    answer = mine.post("/tokens", {"name": "longer", "scopes": ["read", "write"], "days": 366})

    assert answer.status_code == 403
    assert "cannot issue" in answer.json()["detail"]


def test_a_disabled_account_and_one_who_left_are_out_at_the_next_call(sqlite_database):
    li, wang = Caller(bearer=token("li")), Caller("wang")
    before = li.get("/me").status_code, wang.get("/me").status_code

    disable_account(actor=actor("admin"), at=AT, person_id=number("people", "li"))
    mark_left(actor=actor("ops"), at=AT, uid=uid("people", "wang"), version=1)

    assert before == (200, 200)
    assert (li.get("/me").status_code, wang.get("/me").status_code) == (401, 401)


def test_a_role_taken_away_is_gone_at_the_next_call(sqlite_database):
    admin, ops = Caller("admin"), Caller(bearer=token("ops"))
    product = {"name": "数据中台"}
    before = ops.post("/products", product).status_code

    body = {"person_id": str(uid("people", "ops")), "role": "sales_ops", "unit_id": str(uid("units", "HQ"))}
    admin.post("/roles/revoke", body)

    assert (before, ops.post("/products", product).status_code) == (201, 403)


def test_a_session_writes_only_with_its_csrf_token(sqlite_database):
    signed_in = Caller("ops", csrf=True)
    product = {"name": "数据中台"}

    refused = signed_in.post("/products", product)
    page = signed_in.client.get("/", headers={"Accept-Language": "en"})
    signed_in.headers["X-CSRFToken"] = str(page.wsgi_request.META["CSRF_COOKIE"])

    assert (refused.status_code, refused["Content-Type"]) == (403, PROBLEM)
    assert "CSRF" in refused.json()["detail"]
    assert signed_in.get("/me").status_code == 200
    assert signed_in.post("/products", product).status_code == 201


def test_a_token_needs_no_csrf_token(sqlite_database):
    mine = Caller(bearer=token("ops"), csrf=True)

    assert mine.post("/products", {"name": "数据中台"}).status_code == 201


def test_the_words_come_in_the_language_that_is_accepted(sqlite_database):
    english, chinese, neither = (Caller("li", language=one) for one in ("en-GB,zh;q=0.5", "zh-CN", "fr"))

    seen = [one.get("/deals/0197f4a0-0000-7000-8000-000000000000") for one in (english, chinese, neither)]

    assert [one["Content-Language"] for one in seen] == ["en", "zh-hans", "zh-hans"]
    assert seen[0].json()["title"] == "Not found"
    assert seen[1].json() == seen[2].json()
    assert seen[1].json()["remedy"] == "检查链接；需要查看请联系销售运营。"


def test_a_person_who_chose_english_gets_english(sqlite_database):
    own = account("li")
    own.language = "en"
    own.save()

    answer = Caller("li", language="").get("/me")

    assert answer.json()["language"] == "en"


def test_one_call_too_many_in_a_minute_waits_for_the_next(sqlite_database, settings, monkeypatch):
    settings.API_CALLS_PER_MINUTE = 3
    clock = [600.0]
    monkeypatch.setattr(limiting.time, "monotonic", lambda: clock[0])
    mine, other = Caller(bearer=token("li")), Caller(bearer=token("wang"))

    statuses = [mine.get("/me").status_code for _ in range(4)]
    refused = mine.get("/me")
    clock[0] = 660.0

    assert statuses == [200, 200, 200, 429]
    assert refused["Content-Type"] == PROBLEM
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert other.get("/me").status_code == 200
    assert mine.get("/me").status_code == 200


def test_calls_are_counted_exactly_by_many_threads():
    from concurrent.futures import ThreadPoolExecutor

    windows = limiting.Windows()

    def counted(_: int) -> bool:
        try:
            windows.count("one", 500, 5.0)
        except limiting.TooManyCalls:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        let_through = sum(pool.map(counted, range(900)))

    assert let_through == 500


def test_the_roles_in_the_document_are_those_of_the_policy():
    from typing import get_args

    from dacheng.api.rights import RoleCode

    assert get_args(RoleCode) == tuple(ROLE_NUMBER)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "zh-hans"), ("en", "en"), ("*", "zh-hans"), ("zh-TW;q=0.1, en;q=0.9", "en"), (";;;,,q=", "zh-hans")],
)
def test_any_accept_language_leads_to_a_language(rf, accepted, language):
    assert language_of(rf.get("/", headers={"Accept-Language": accepted})) == language
