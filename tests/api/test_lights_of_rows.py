"""The three lights of rows in the sheet of a plan by API: told where they are asked for (R226)."""

from __future__ import annotations

from tests.api.calling import Caller
from tests.api.cases import plan_at


def test_lights_stand_beside_rows_where_they_are_asked_for(sqlite_database):
    path, ops = plan_at("/sheet")("")[0], Caller("ops")

    plain = ops.send("GET", path, None).json()["rows"]
    rows = ops.send("GET", f"{path}?lights=true", None).json()["rows"]

    assert {row["lights"] for row in plain} == {None}
    assert {row["name"]: row["lights"] for row in rows}["李雷"] == {
        "actions": "none",
        "reviews": "unknown",
        "resources": "there",
    }
