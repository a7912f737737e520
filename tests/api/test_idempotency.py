"""One call, one effect: the same key never acts twice, also when eight come at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connections

from dacheng.store.models import RECORDS, IdempotencyKey, LogEntry
from tests.api.calling import Caller, Form, token
from tests.api.cases import files
from tests.store.company import AT, uid

PRODUCT = {"name": "数据中台", "list_price": "300000.00"}


def products() -> int:
    return int(RECORDS["products"].objects.filter(name="数据中台").count())


def test_the_same_call_again_gets_the_same_answer_and_does_nothing(sqlite_database):
    ops = Caller(bearer=token("ops"))

    first, again = (ops.post("/products", PRODUCT, key="k-1") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert products() == 1


def test_without_a_key_a_call_acts_each_time(sqlite_database):
    ops = Caller(bearer=token("ops"))

    ids = {ops.post("/products", PRODUCT).json()["id"] for _ in range(2)}

    assert len(ids) == products() == 2


def test_a_key_used_for_another_call_is_refused(sqlite_database):
    ops = Caller(bearer=token("ops"))
    ops.post("/products", PRODUCT, key="k-1")

    other_body = ops.post("/products", {"name": "别的"}, key="k-1")
    other_path = ops.post("/customers", {"name": "数据中台"}, key="k-1")

    assert (other_body.status_code, other_path.status_code) == (422, 422)
    assert "another request" in other_body.json()["detail"]
    assert RECORDS["products"].objects.filter(name="别的").count() == 0


def test_a_key_is_the_callers_own(sqlite_database):
    ops, admin = Caller(bearer=token("ops")), Caller(bearer=token("admin"))
    unit = {"name": "杭州组", "parent_id": str(uid("units", "EAST"))}

    answers = [one.post("/units", unit, key="k-1") for one in (ops, admin)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


def test_a_refused_call_keeps_nothing_and_may_be_tried_again(sqlite_database):
    ops = Caller(bearer=token("ops"))
    stage = {"name": "谈判", "set_id": str(uid("units", "SH")), "position": 9, "weight_bp": 8000}

    refused = ops.post("/stages", stage, key="k-1")
    done = ops.post("/stages", stage | {"set_id": str(uid("stage_sets", "S"))}, key="k-1")

    assert (refused.status_code, done.status_code) == (422, 201)
    assert IdempotencyKey.objects.count() == 1


def test_a_key_that_is_no_key_is_refused(sqlite_database):
    ops = Caller(bearer=token("ops"))

    answers = [ops.post("/products", PRODUCT, key=key) for key in ("x" * 201, "a\tb")]

    assert [one.status_code for one in answers] == [422, 422]
    assert products() == 0


def test_a_key_is_forgotten_after_a_week(sqlite_database, monkeypatch):
    ops = Caller(bearer=token("ops"))
    ops.post("/products", PRODUCT, key="k-1")
    ops.post("/products", PRODUCT, key="k-2")

    monkeypatch.setattr("dacheng.api.signing.now", lambda: AT + timedelta(days=7))
    again = ops.post("/products", PRODUCT, key="k-1")

    assert "Idempotency-Replayed" not in again
    assert products() == 3
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["k-1"]


def test_a_secret_is_shown_once_and_never_kept(sqlite_database):
    li = Caller("li")
    wanted = {"name": "BI", "scopes": ["read"]}

    first, again = (li.post("/tokens", wanted, key="k-1").json() for _ in range(2))

    assert first["secret"] and again["secret"] is None
    assert first["id"] == again["id"]
    assert first["secret"] not in IdempotencyKey.objects.get().body


def test_the_same_file_with_the_same_key_is_imported_once(sqlite_database):
    ops = Caller(bearer=token("ops"))

    first, again = (ops.post("/imports", files(), key="k-1") for _ in range(2))
    other = ops.post("/imports", Form(**files(), skip_refused="true"), key="k-1")

    assert (first.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert first.content == again.content
    assert other.status_code == 422


def test_of_eight_calls_at_once_with_one_key_one_acts(shared_database):
    secret = token("ops")
    before = LogEntry.objects.count()

    def call(_: int) -> tuple[int, bytes, bool]:
        answer = Caller(bearer=secret).post("/products", PRODUCT, key="together")
        connections.close_all()
        return answer.status_code, answer.content, "Idempotency-Replayed" in answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(call, range(8)))

    assert {status for status, _, _ in answers} == {201}
    assert len({content for _, content, _ in answers}) == 1
    assert sum(replayed for _, _, replayed in answers) == 7
    assert (products(), LogEntry.objects.count() - before) == (1, 1)


def test_eight_keys_at_once_act_eight_times(shared_database):
    secret = token("ops")

    def call(number: int) -> int:
        answer = Caller(bearer=secret).post("/products", PRODUCT, key=f"own-{number}")
        connections.close_all()
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(call, range(8)))

    assert statuses == [201] * 8
    assert products() == 8
