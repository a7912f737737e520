"""Many opportunities in one call, and views: what a preview tells, what a refusal names, what an undo takes back."""

from tests.api.calling import Caller
from tests.store.company import record, uid


def edit(code, version=1, **values):
    return {"id": str(uid("deals", code)), "version": version, **values}


def test_a_step_is_previewed_written_and_taken_back(sqlite_database):
    east, step = Caller("east"), {"edits": [edit("D1", owner_id=str(uid("people", "wang")))], "on": "2026-06-10"}

    preview = east.send("POST", "/deals/edits/preview", step).json()
    written = east.send("POST", "/deals/edits", step).json()
    undone = east.send("POST", f"/deals/edits/{written['entry']}/undo")

    (row,) = preview["rows"]
    assert (preview["written"], preview["refused"], row["on"]) == (1, 0, "2026-06-10")
    assert (row["before"]["owner"], row["after"]["owner"]) == ("li", "wang")
    assert written["changed"] == 1 and undone.status_code == 200
    assert record("deals", "D1").version == 3


def test_the_preview_tells_the_sums_of_units(sqlite_database):
    step = {"edits": [edit("D1", owner_id=str(uid("people", "zhao")))]}

    units = Caller("ops").send("POST", "/deals/edits/preview", step).json()["units"]

    told = {one["unit"]: (one["before"]["amount"], one["after"]["amount"]) for one in units}
    assert told == {"SH": ("120000.00", "20000.00"), "SOUTH": ("0.00", "100000.00")}


def test_refused_rows_are_named_and_nothing_is_written(sqlite_database):
    rows = {"edits": [edit("D1", amount="1.00"), edit("D2", 7, amount="2.00"), edit("D3", amount="3.00")]}

    refused = Caller("east").send("POST", "/deals/edits", rows)
    preview = Caller("east").send("POST", "/deals/edits/preview", rows).json()

    body = refused.json()
    assert refused.status_code == 422 and [one["row"] for one in body["findings"]] == [2, 3]
    assert [one["rule"] for one in body["findings"]] == ["deals/conflict", "deals/refused"]
    assert preview["rows"][1]["theirs"] == {"amount": "20000.00"}
    assert preview["rows"][2]["id"] is None  # not even that it is there
    assert record("deals", "D1").amount == 100_000_00


def test_new_opportunities_come_with_the_changes(sqlite_database):
    new = {"name": "三期", "owner_id": str(uid("people", "li")), "stage_id": str(uid("stages", "lead"))}

    written = Caller("li").send("POST", "/deals/edits", {"edits": [edit("D1", next_step="面访")], "news": [new]}).json()

    assert (written["created"], written["changed"]) == (1, 1)


def test_amounts_change_in_proportion_each_from_its_own(sqlite_database):
    scales = [{"id": str(uid("deals", code)), "version": 1, "amount": "+5%"} for code in ("D1", "D2")]

    preview = Caller("east").send("POST", "/deals/edits/preview", {"scales": scales}).json()
    written = Caller("east").send("POST", "/deals/edits", {"scales": scales}).json()
    refused = Caller("east").send("POST", "/deals/edits", {"scales": [scales[0] | {"version": 2, "amount": "5"}]})

    assert [one["after"]["amount"] for one in preview["rows"]] == ["105000.00", "21000.00"]
    assert written["changed"] == 2 and record("deals", "D2").amount == 21_000_00
    assert refused.status_code == 422 and record("deals", "D1").amount == 105_000_00


def test_a_view_is_kept_shared_pinned_and_seen_by_the_unit(sqlite_database):
    east, li, zhao = Caller("east"), Caller("li"), Caller("zhao")
    view = {"report": "tables/pipeline", "name": "在途", "query": "sort=-amount&as_of=2026-01-01"}

    made = east.send("POST", "/views", view | {"unit_id": str(uid("units", "EAST")), "pinned": True}).json()["id"]
    li.send("PATCH", f"/views/{made}", {"pinned": True})

    (seen,) = li.get("/views").json()["rows"]
    assert (seen["name"], seen["query"], seen["own"], seen["pinned"]) == ("在途", "sort=-amount", False, True)
    assert li.send("PATCH", f"/views/{made}", {"name": "我的"}).status_code == 403
    assert zhao.get("/views").json()["rows"] == []
    assert zhao.send("DELETE", f"/views/{made}").status_code == 404


def test_a_view_whose_filter_is_not_understood_is_refused(sqlite_database):
    view = {"report": "tables/pipeline", "name": "在途", "query": "owner=zhao"}

    assert Caller("li").send("POST", "/views", view).status_code == 422
    assert Caller("li").send("POST", "/views", view | {"report": "no/report"}).status_code == 404
