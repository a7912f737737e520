"""Cuts of a plan by API: looked at before they are written, shown cell by cell, an edited cell made up for (R044)."""

from __future__ import annotations

from decimal import Decimal

from dacheng.core.access import SYSTEM
from dacheng.store.actions.segments import create_segment
from tests.api.calling import Caller
from tests.api.cases import plan_at
from tests.store.company import AT

CUT = {"dimension": "line", "weights": [{"segment": "设备", "weight": 3}, {"segment": "服务", "weight": 1}]}


def plan_of(unit="HQ"):
    """Return the address of a plan, and of its cuts, where there are two product lines."""
    for name in ("设备", "服务"):
        create_segment(actor=SYSTEM, at=AT, values={"name": name, "dimension": 1})
    return plan_at("/cuts", of=unit)("")[0]


def cells_of(caller, path):
    shown = caller.send("GET", f"{path}?dimension=line", None).json()
    return shown, {(one["unit_name"], one["segment_name"]): one for one in shown["cells"]}


def test_a_look_at_a_cut_writes_nothing_and_tells_what_the_cut_then_is(sqlite_database):
    path, ops = plan_of(), Caller("ops")

    looked = ops.send("POST", path, {**CUT, "look": True}).json()
    assert looked["written"] == 0 and cells_of(ops, path)[0]["cells"] == []
    done = ops.send("POST", path, CUT).json()

    assert {one["before"] for one in looked["changes"]} == {"0.00"} == {one["before"] for one in done["changes"]}
    assert [one["after"] for one in looked["changes"]] == [one["after"] for one in done["changes"]]
    assert sum(Decimal(one["after"]) for one in done["changes"]) == Decimal("200.00")
    shown, cells = cells_of(ops, path)
    assert shown["broken"] == 0 and done["written"] > 0
    assert {one["segment_name"]: one["after"] for one in done["changes"] if one["unit_name"] == "上海组"} == {
        "设备": cells["上海组", "设备"]["year"],
        "服务": cells["上海组", "服务"]["year"],
    }


def test_an_edited_cell_is_made_up_for_so_that_both_totals_stay(sqlite_database):
    path, ops = plan_of(), Caller("ops")
    ops.send("POST", path, CUT)
    shown, before = cells_of(ops, path)
    cell = before["上海组", "设备"]
    wanted = str(Decimal(cell["year"]) + 10)
    edit = {"dimension": "line", "seen": shown["seen"], "edits": [{"row": cell["row"], "year": wanted}]}

    looked = ops.send("PUT", path, {**edit, "look": True})
    assert looked.status_code == 200 and cells_of(ops, path)[1] == before
    done = ops.send("PUT", path, edit).json()

    assert done["changes"] == looked.json()["changes"] and done["written"] > 0
    assert [one["after"] for one in done["changes"] if one["asked"]] == [wanted]
    after = cells_of(ops, path)[1]
    for at in range(2):
        names = {key[at] for key in before}
        for name in names:
            was, now = (
                sum(Decimal(one["year"]) for key, one in cells.items() if key[at] == name) for cells in (before, after)
            )
            assert was == now, name


def test_figures_that_somebody_changed_meanwhile_are_not_written_over(sqlite_database):
    path, ops = plan_of(), Caller("ops")
    ops.send("POST", path, CUT)
    shown, cells = cells_of(ops, path)
    edit = {
        "dimension": "line",
        "seen": shown["seen"],
        "edits": [{"row": cells["上海组", "设备"]["row"], "year": "70"}],
    }
    assert ops.send("PUT", path, edit).status_code == 200

    late = ops.send("PUT", path, edit)

    assert late.status_code == 409 and "Somebody else" in late.content.decode()


def test_a_cell_without_room_and_a_segment_that_is_none_are_named(sqlite_database):
    path, ops = plan_of(), Caller("ops")
    unknown = ops.send("POST", path, {"dimension": "line", "weights": [{"segment": "药品", "weight": 1}]})
    ops.send("POST", path, CUT)
    cell = cells_of(ops, path)[1]["上海组", "设备"]

    full = ops.send("PUT", path, {"dimension": "line", "edits": [{"row": cell["row"], "year": "5000"}]})

    assert unknown.status_code == 404 and "设备" in unknown.content.decode()
    assert full.status_code == 422
    assert cells_of(ops, path)[1]["上海组", "设备"] == cell
