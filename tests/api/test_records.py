"""Records through the API: shown as they stood, changed by actions, conflicts with both values, no number of ours."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from dacheng.core.access import ROLE_NUMBER, SYSTEM
from dacheng.store.actions.rights import grant_role
from dacheng.store.actions.targets import Cell, set_targets
from tests.api.calling import Caller
from tests.api.cases import contract, granted
from tests.store.company import AT, month, on, uid

UNKNOWN = "0197f4a0-0000-7000-8000-000000000000"


def d(code: str) -> str:
    return f"/deals/{uid('deals', code)}"


def test_a_deal_is_shown_with_exact_text_and_names(sqlite_database):
    deal = Caller("east").get(d("D1")).json()

    told = {name: deal[name] for name in ("code", "version", "amount", "owner", "owner_name", "state", "closed_day")}
    assert told == {
        "code": "D1",
        "version": 1,
        "amount": "100000.00",
        "owner": "li",
        "owner_name": "李雷",
        "state": "open",
        "closed_day": None,
    }
    assert (deal["unit"], deal["granted"], deal["stage_day"]) == ("SH", False, "2026-01-01")
    assert deal["owner_id"] == str(uid("people", "li"))


def test_a_missing_amount_is_null_and_not_zero(sqlite_database):
    assert Caller("south").get(d("D3")).json()["amount"] is None


def test_a_deal_is_shown_as_it_stood(sqlite_database):
    ops = Caller("ops")
    edit = {"amount": "150000.50", "win_bp": 6000, "version": 1, "on": "2026-03-01"}
    ops.patch(d("D1"), edit)

    now, before = ops.get(d("D1")).json(), ops.get(d("D1"), as_of="2026-02-28").json()

    assert (now["amount"], now["win_bp"], now["version"]) == ("150000.50", 6000, 2)
    assert (before["amount"], before["win_bp"]) == ("100000.00", None)
    assert ops.get(d("D1"), as_of="2025-12-31").status_code == 404


def test_a_stale_edit_tells_both_values_as_they_stand_outside(sqlite_database):
    ops, east = Caller("ops"), Caller("east")
    theirs = {"amount": "150000.00", "customer_id": str(uid("customers", "C2")), "expected_day": "2026-09-01"}
    ops.patch(d("D1"), {"version": 1, **theirs})

    mine = {"amount": "90000.00", "customer_id": None, "expected_day": "2026-08-01", "category": "best"}
    answer = east.patch(d("D1"), {"version": 1, **mine})

    told = answer.json()
    assert answer.status_code == 409
    assert {name: told["yours"][name] for name in mine} == mine
    assert {name: told["theirs"][name] for name in theirs} == theirs
    assert (told["theirs"]["customer"], told["theirs"]["category"]) == ("C2", "pipeline")
    assert "changed by somebody else" in told["detail"]


def test_a_margin_is_not_written_by_who_may_not_see_it(sqlite_database):
    Caller("ops").patch(d("D1"), {"margin_bp": 3000, "version": 1})

    told = Caller("li").patch(d("D1"), {"margin_bp": 2500, "version": 1})

    assert (told.status_code, "theirs" in told.json()) == (403, False)
    assert told.json()["detail"] == "You do not see Expected margin, so you cannot set it."
    assert Caller("ops").get(d("D1")).json()["margin_bp"] == 3000


def test_margins_are_shown_to_who_may_see_them(sqlite_database):
    Caller("ops").patch(d("D1"), {"margin_bp": 3000, "version": 1})

    seen = [Caller(person).get(d("D1")).json()["margin_bp"] for person in ("east", "li")]

    assert seen == [3000, None]


def test_what_does_not_exist_and_what_one_may_not_see_answer_alike(sqlite_database):
    east = Caller("east")

    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"next_step": "x", "version": 1}),
        ("POST", "/close", {"outcome": "lost", "reason": "x", "version": 1}),
    ):
        hidden = east.send(method, d("D3") + path, body)
        missing = east.send(method, f"/deals/{UNKNOWN}{path}", body)

        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.content == missing.content
        assert dict(hidden.headers) == dict(missing.headers)


def test_a_deal_that_is_granted_is_seen_and_says_so(sqlite_database):
    li, path = Caller("li"), d("D3")
    before = li.get(path).status_code

    granted()
    shown = li.get(path).json()

    assert before == 404
    assert (shown["granted"], shown["unit"]) == (True, None)
    assert li.patch(path, {"next_step": "x", "version": 1}).status_code == 403


def test_a_deal_goes_its_way_to_won(sqlite_database):
    li, new = Caller("li"), {"name": "三期", "stage_id": str(uid("stages", "lead")), "amount": "1200000.00"}
    made = li.post("/deals", new | {"owner_id": str(uid("people", "li"))}).json()
    path = f"/deals/{made['id']}"

    moved = li.post(f"{path}/stage", {"stage_id": str(uid("stages", "offer")), "version": made["version"]}).json()
    closing = {"outcome": "won", "amount": "1150000.00", "version": moved["version"]}
    closed = li.post(f"{path}/close", closing)

    shown = li.get(path).json()
    assert closed.status_code == 200
    assert (shown["state"], shown["amount"], shown["closed_day"]) == ("won", "1150000.00", "2026-06-15")
    assert shown["code"].startswith("D-")


def test_deals_are_handed_over_together_or_not_at_all(sqlite_database):
    east = Caller("east")
    to = str(uid("people", "wang"))

    refused = east.post("/deals/reassign", {"deals": [str(uid("deals", "D1")), str(uid("deals", "D3"))], "to": to})
    done = east.post("/deals/reassign", {"deals": [str(uid("deals", "D1")), str(uid("deals", "D2"))], "to": to})

    assert (refused.status_code, done.json()) == (404, {"changed": 1})
    assert east.get(d("D1")).json()["owner"] == "wang"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("amount", 1200000.5, "It must be text."),
        ("amount", "1,200,000", "must match"),
        ("amount", "1.005", "must match"),
        ("expected_day", 20260630, "2026-06-30"),
        ("expected_day", "1969-12-31", "between 1970 and 9999"),
        ("category", "maybe", "'commit'"),
        ("owner_id", "li", "UUID"),
        ("win_bp", "60%", "whole number"),
        ("name", None, "It must be text."),
        ("name", "x" * 301, "too long"),
        ("state", "won", "There is no such field."),
    ],
)
def test_a_field_that_cannot_be_used_is_named_with_its_reason(sqlite_database, field, value, words):
    new = {"name": "x", "owner_id": str(uid("people", "li")), "stage_id": str(uid("stages", "lead"))}

    answer = Caller("li").post("/deals", new | {field: value})

    problem = answer.json()
    said = [one["detail"] for one in problem["errors"] if one["name"] == field] or [problem["remedy"]]
    assert answer.status_code == 422
    assert words in said[0]


def test_an_unreadable_body_is_said_to_be_so(sqlite_database):
    client = Caller("li").client

    answer = client.post("/api/v1/deals", "{", content_type="application/json")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(sqlite_database, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = Caller("li").post("/deals", {"name": "x" * 200})

    assert answer.status_code == 413


def test_what_is_not_there_and_methods_that_are_not_answer_with_problems(sqlite_database):
    li = Caller("li")

    nothing, no_method = li.get("/nothing"), li.send("DELETE", d("D1"))

    assert [one["Content-Type"] for one in (nothing, no_method)] == ["application/problem+json"] * 2
    assert (nothing.json()["status"], no_method.json()["status"]) == (404, 405)
    assert set(no_method["Allow"].split(", ")) == {"GET", "PATCH"}


def test_a_database_that_is_away_is_said_to_be_so_with_when_to_try_again(sqlite_database, monkeypatch):
    from django.db import OperationalError

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("dacheng.store.actions.products.writing", away)
    answer = Caller("ops").post("/products", {"name": "x"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["detail"] == "The database is away; nothing was written."


def test_a_fault_of_ours_is_a_problem_too_and_tells_nothing_of_itself(sqlite_database, monkeypatch):
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("dacheng.api.me.introduced_now", broken)
    caller = Caller("li")
    caller.client.raise_request_exception = False
    answer = caller.get("/me")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.content.decode()


def test_a_contract_carries_its_lines_and_costs_only_to_who_may_see_them(sqlite_database):
    li, fin = Caller("li"), Caller("fin")
    lines = [
        {"product_id": str(uid("products", "P1")), "amount": "5000.00", "amount_ex": "4424.78", "cost": "3000.00"},
        {"amount": "-200.00"},
    ]
    new = {
        "deal_id": str(uid("deals", "D1")),
        "signed_day": "2026-06-01",
        "effective_day": "2026-06-10",
        "lines": lines,
    }
    refused, made = li.post("/contracts", new), fin.post("/contracts", new)
    path = f"/contracts/{made.json()['id']}"

    mine, theirs = li.get(path).json(), fin.get(path).json()

    assert (refused.status_code, made.status_code) == (403, 201)
    assert (mine["amount"], mine["customer"], mine["owner"]) == ("4800.00", "C1", "li")
    assert [line["amount"] for line in mine["lines"]] == ["5000.00", "-200.00"]
    assert [line["cost"] for line in mine["lines"]] == [None, None]
    assert theirs["lines"][0]["cost"] == "3000.00"
    assert li.get("/contracts").json()["count"] == 1


def test_a_stale_contract_edit_tells_both_amounts(sqlite_database):
    path, fin = f"/contracts/{contract()}", Caller("fin")
    code = fin.get(path).json()["lines"][0]["code"]
    fin.patch(path, {"lines": [{"code": code, "amount": "1100.00"}], "version": 1})

    answer = fin.patch(path, {"lines": [{"code": code, "amount": "1200.00"}], "version": 1})

    told = answer.json()
    assert answer.status_code == 409
    assert (told["yours"]["amount"], told["theirs"]["amount"]) == ("1200.00", "1100.00")


def test_target_cells_are_read_and_set_with_their_versions(sqlite_database):
    east = Caller("east")
    (cell,) = east.get("/targets/cells", unit="EAST", person="li").json()["rows"]
    change = {
        "unit_id": cell["unit"]["id"],
        "person_id": cell["person"]["id"],
        "measure_id": cell["measure"]["id"],
        "month": cell["month"],
    }

    done = east.send(
        "PUT", "/targets/cells", {"cells": [{**change, "amount": "310000.00", "version": cell["version"]}]}
    )
    stale = east.send(
        "PUT", "/targets/cells", {"cells": [{**change, "amount": "320000.00", "version": cell["version"]}]}
    )

    assert (cell["month"], cell["amount"]) == ("2026-06", "300000.00")
    assert done.json() == {"created": 0, "changed": 1, "unchanged": 0}
    assert stale.status_code == 409
    assert list(stale.json()["yours"].values()) == ["320000.00"]
    assert list(stale.json()["theirs"].values()) == ["310000.00"]
    assert "李雷" in next(iter(stale.json()["yours"]))


def test_cells_of_another_year_are_asked_for_by_period(sqlite_database):
    cell = Cell(uid("units", "SH"), None, uid("measures", "margin"), month(1, 2027), 5_00)
    set_targets(actor=SYSTEM, at=AT, cells=[cell], on=on(6, 15))

    east = Caller("east")

    assert {row["month"] for row in east.get("/targets/cells").json()["rows"]} == {"2026-06"}
    assert [row["amount"] for row in east.get("/targets/cells", period="2027-Q1").json()["rows"]] == ["5.00"]


def test_people_and_units_change_from_a_day_on(sqlite_database):
    admin, sh, hq = Caller("admin"), f"/units/{uid('units', 'SH')}", str(uid("units", "HQ"))
    wang = f"/people/{uid('people', 'wang')}"

    admin.post(f"{wang}/move", {"unit_id": hq, "on": "2026-05-01", "version": 1})
    moved = admin.post(f"{sh}/move", {"parent_id": hq, "version": 1, "on": "2026-05-01"})

    assert moved.status_code == 200
    assert [admin.get(sh, as_of=day).json()["parent"] for day in ("2026-04-30", "2026-05-01")] == ["EAST", "HQ"]
    assert [admin.get(wang, as_of=day).json()["unit"] for day in ("2026-04-30", "2026-05-01")] == ["SH", "HQ"]
    assert {one["code"] for one in admin.get("/people").json()["rows"]} >= {"li", "zhao", "boss"}


def test_two_who_move_a_person_at_once_are_kept_apart_and_told_both_homes(sqlite_database):
    ops, wang = Caller("ops"), f"/people/{uid('people', 'wang')}"
    hq, south = (str(uid("units", code)) for code in ("HQ", "SOUTH"))
    seen = ops.get(wang).json()["home_version"]
    done = Caller("admin").post(f"{wang}/move", {"unit_id": south, "version": seen})

    late = ops.post(f"{wang}/move", {"unit_id": hq, "version": seen})

    assert (late.status_code, late.json()["yours"]["unit"], late.json()["theirs"]["unit"]) == (409, "HQ", "SOUTH")
    assert ops.get(wang).json()["home_version"] == done.json()["version"] == seen + 1
    assert ops.get(wang, as_of="2026-06-14").json()["home_version"] is None
    assert ops.post(f"{wang}/move", {"unit_id": hq}).status_code == 422


def test_roles_are_listed_as_they_are_held_on_a_day(sqlite_database):
    admin, role = Caller("admin"), {"person_id": str(uid("people", "wang")), "role": "manager"}
    until = {"on": "2026-06-01", "until": "2026-07-01"}
    admin.post("/roles/grant", role | until | {"unit_id": str(uid("units", "EAST"))})

    lists = [admin.get("/roles", as_of=day).json() for day in ("2026-05-31", "2026-06-15", "2026-07-01")]
    page = admin.get("/roles", offset="1", limit="2").json()

    assert [one["count"] for one in lists] == [9, 10, 9]
    (held,) = [one for one in lists[1]["rows"] if (one["person"]["code"], one["role"]) == ("wang", "manager")]
    assert held["unit"]["code"] == "EAST" and {name: held[name] for name in until} == until
    assert (page["count"], page["rows"]) == (10, lists[1]["rows"][1:3])


def test_grants_are_listed_with_their_reason_and_without_the_name_of_the_record(sqlite_database):
    given = granted()

    (held,) = Caller("admin").get("/grants").json()["rows"]

    assert (held["person"]["code"], held["relation"], held["record"], held["reason"]) == ("li", "deals", "D3", "联合")
    assert {name: held[name] for name in ("relation", "record_id")} == {
        name: given[name] for name in ("relation", "record_id")
    }
    assert (held["on"], held["until"]) == ("2026-06-15", None)
    Caller("admin").post("/grants/withdraw", given)
    assert Caller("admin").get("/grants").json() == {"count": 0, "rows": []}


def test_the_last_administrator_stays(sqlite_database):
    body = {"person_id": str(uid("people", "admin")), "role": "admin", "unit_id": str(uid("units", "HQ"))}

    answer = Caller("admin").post("/roles/revoke", body)

    assert (answer.status_code, answer.json()["detail"]) == (422, "This is the last administrator.")


def test_an_invited_person_signs_in_with_the_link(sqlite_database):
    answer = Caller("admin").post("/accounts/invite", {"person_id": str(uid("people", "zhao"))})

    assert answer.status_code == 201
    assert answer.json()["link"].startswith("http://testserver/sign-in/")


def test_months_close_in_order_and_say_so(sqlite_database):
    fin = Caller("fin")

    first, later = fin.post("/periods/2026-03/close"), fin.post("/periods/2026-05/close")
    closed = fin.get("/periods").json()
    reopened = fin.post("/periods/2026-03/reopen", {"reason": "补录发票"})

    assert (first.status_code, later.status_code) == (200, 422)
    assert closed == {"closed_through": "2026-03"}
    assert (reopened.status_code, fin.get("/periods").json()) == (200, {"closed_through": None})
    assert fin.post("/periods/2026-13/close").status_code == 422


def test_a_rule_holds_from_its_day(sqlite_database):
    ops = Caller("ops")
    setting = {"value": 45, "reason": "季度会议", "on": "2026-06-10"}

    changed = [ops.send("PUT", "/rules/deals.stalled_days", setting).json()["changed"] for _ in range(2)]
    too_much = ops.send("PUT", "/rules/deals.stalled_days", setting | {"value": 10**9})
    unknown = ops.send("PUT", "/rules/nothing", setting)

    values = {
        day: {one["name"]: one["value"] for one in ops.get("/rules", as_of=day).json()["rows"]}["deals.stalled_days"]
        for day in ("2026-06-09", "2026-06-10")
    }
    assert changed == [True, False]
    assert values["2026-06-10"] == 45 != values["2026-06-09"]
    assert (too_much.status_code, unknown.status_code) == (422, 404)


def test_the_log_tells_who_changed_what_without_numbers_of_ours(sqlite_database):
    Caller("li").patch(d("D1"), {"amount": "150000.00", "customer_id": str(uid("customers", "C2")), "version": 1})
    granted()

    entries = Caller("ops").get("/log", limit="3").json()["rows"]

    grant, edit, loaded = entries
    assert [one["action"] for one in entries] == ["grant.given", "deal.edited", "company.loaded"]
    assert (edit["actor"]["code"], edit["changes"]) == ("li", 1)
    change = edit["changed"][0]
    assert change["record"] == {"id": str(uid("deals", "D1")), "code": "D1", "name": "云平台一期"}
    assert (change["before"]["amount"], change["after"]["amount"]) == ("100000.00", "150000.00")
    assert (change["before"]["customer"], change["after"]["customer"]) == ("C1", "C2")
    assert change["from_day"] == "2026-06-15"
    assert grant["actor"] is None
    assert "object_id" not in grant["changed"][0]["after"]
    whole = Caller("ops").get(f"/log/entries/{loaded['id']}").json()
    assert loaded["changes"] == len(whole["changed"]) > len(loaded["changed"])


def test_the_log_is_read_page_by_page_to_its_end(sqlite_database):
    ops = Caller("ops")
    for number in range(5):
        ops.patch(d("D1"), {"next_step": f"第 {number} 步", "version": number + 1})

    pages, before = [], ""
    while before is not None:
        page = ops.get("/log", limit="2", **({"before": before} if before else {})).json()
        pages.append([one["id"] for one in page["rows"]])
        before = page["next"]

    everything = [one["id"] for one in ops.get("/log").json()["rows"]]
    assert [len(page) for page in pages] == [2, 2, 2]
    assert [one for page in pages for one in page] == everything
    assert ops.get("/log", before="nothing").status_code == 404
    assert ops.get("/log", action="company.loaded").json()["rows"][0]["id"] == everything[-1]


def test_the_log_tells_an_administrator_that_a_deal_changed_and_not_what(sqlite_database):
    Caller("li").patch(d("D1"), {"amount": "150000.00", "version": 1})

    (entry,) = Caller("admin").get("/log", limit="1").json()["rows"]

    assert (entry["action"], entry["actor"]["code"]) == ("deal.edited", "li")
    change = entry["changed"][0]
    assert (change["seen"], change["record"], change["before"], change["after"]) == (False, {}, {}, {})


def test_a_touched_log_is_found(sqlite_database):
    from django.db import connection

    admin = Caller("admin")
    before = admin.get("/log/verify").json()

    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER log_no_update")
        cursor.execute("UPDATE log SET action = 'company.renamed'")

    assert before == {"intact": True, "broken": []}
    assert admin.get("/log/verify").json() == {"intact": False, "broken": ["audit/entry-changed"]}


def whole_numbers(body: Any, path: str = "") -> list[str]:
    """Return where whole numbers stand in an answer."""
    if isinstance(body, dict):
        return [place for name, value in body.items() for place in whole_numbers(value, f"{path}.{name}")]
    if isinstance(body, list):
        return [place for value in body for place in whole_numbers(value, path)]
    return [path] if isinstance(body, int) and not isinstance(body, bool) and ".counts" not in path else []


HONEST = ("version", "count", "changes", "position", "_bp", "created", "changed", "unchanged", "value", "lowest")
HONEST_TOO = (
    "facts",
    "highest",
    "behind",
    "seen",
    "versions",
    "opportunities",
    "people",
    "weight",
    "term_months",
    "days_after",
    "closed_day",
    "hours",
    "rows",
    "row",
    "push_count",
    "season_from",
    "season_to",
    "days",
    "status",
    "done",
    "total",
    "size",
    "accepted",
    "asked",
    "broken",
    "checked",
    "countered",
    "depth",
    "imposed",
    "line",
    "number",
    "release_months",
    "silent",
    "year",
)


def test_no_answer_carries_a_number_of_ours(sqlite_database):
    from tests.api.test_rights_matrix import CASES, DECLARED, READ_NAMES

    contract(), granted()
    Caller("admin").post("/roles/grant", CASES["grant_role"].call("")[1])
    found = set()
    for name in READ_NAMES:
        path, _ = CASES[name].call("ops")
        for person in ("ops", "boss"):
            answer = Caller(person).get(path)
            if "json" in answer.headers["Content-Type"]:  # the file of a job is a report's, held by its own tests
                found |= {place.rpartition(".")[2] for place in whole_numbers(answer.json())}

    assert DECLARED
    assert sorted(name for name in found if not name.endswith(HONEST + HONEST_TOO)) == []


def test_ids_are_uuids_that_say_nothing_about_their_order(sqlite_database):
    ops = Caller("ops")

    ids = [ops.post("/products", {"name": f"p{number}"}).json()["id"] for number in range(20)]

    assert len(set(ids)) == 20
    assert ids != sorted(ids), "within one moment the order is random"


def test_files_are_looked_at_then_imported_then_undone(sqlite_database):
    from tests.api.cases import files

    ops = Caller("ops")

    seen = ops.post("/imports/preview", files()).json()
    done = ops.post("/imports", files()).json()
    again = ops.post("/imports", files()).json()
    listed = ops.get("/imports").json()["rows"]
    undone = ops.post(f"/imports/{done['id']}/undo")
    twice = ops.post(f"/imports/{done['id']}/undo")

    assert (seen["blocked"], seen["counts"]["customers"]["created"]) == (False, 1)
    assert done["counts"]["customers"]["created"] == 1
    assert (again["id"], again["counts"]["customers"]["unchanged"]) == (None, 1)
    assert [(one["id"], one["by"], one["undone"]) for one in listed] == [(done["id"], "周运营", False)]
    assert (undone.status_code, twice.status_code) == (200, 422)
    assert ops.post(f"/imports/{uuid4()}/undo").status_code == 404


def test_rows_that_stay_out_are_told_by_row_and_column(sqlite_database):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.api.calling import Form

    rows = "客户号,客户名称\nK9,新客户\n,没有号\n".encode()

    def form(**more: str) -> Form:
        return Form(files=SimpleUploadedFile("customers.csv", rows), **more)

    answer = Caller("ops").post("/imports", form())
    mapped = Caller("ops").post("/imports/preview", form(mapping="no such mapping"))
    aliases = Caller("ops").post("/imports/preview", form(aliases="[1]"))

    told = answer.json()
    assert (mapped.status_code, aliases.status_code) == (404, 422)
    assert answer.status_code in (201, 422)
    assert all(one["message"] for one in told["findings"])


def test_a_person_joins_with_a_role_and_targets_in_one_call(sqlite_database):
    grant_role(actor=SYSTEM, at=AT, person=uid("people", "ops"), role=ROLE_NUMBER["admin"], unit=uid("units", "HQ"))
    role = {"role": "manager", "unit_id": str(uid("units", "SH"))}
    months = {"first_month": "2026-07", "last_month": "2026-09"}
    target = months | {"measure_id": str(uid("measures", "contract")), "amount": "100.00"}
    body = {"code": "han", "name": "韩梅梅", "home_id": str(uid("units", "SH")), "role": role, "target": target}

    answer = Caller("ops").post("/people", body)

    cells = Caller("ops").get("/targets/cells", person="han").json()["rows"]
    held = Caller("ops").get("/roles").json()["rows"]
    assert answer.status_code == 201
    assert [(one["month"], one["amount"]) for one in cells] == [
        ("2026-07", "33.34"),
        ("2026-08", "33.33"),
        ("2026-09", "33.33"),
    ]
    assert [one["role"] for one in held if one["person"]["code"] == "han"] == ["manager"]
