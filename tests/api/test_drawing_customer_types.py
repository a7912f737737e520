"""Customer types drawn from accounts by API: looked at, drawn once, and told why not (R043)."""

from __future__ import annotations

from tests.api.calling import Caller
from tests.api.cases import _draw_types


def test_a_look_tells_what_a_draw_does_and_a_second_one_is_refused(sqlite_database):
    path, body = _draw_types("")

    looked = Caller("ops").send("POST", path, {**body, "look": True}).json()
    done = Caller("ops").send("POST", path, body)
    again = Caller("ops").send("POST", path, body)

    assert done.json() == looked
    assert {"name": "汽车", "accounts": 1, "typed": 0, "new": True} in looked["types"]
    assert again.status_code == 422 and "has a type already" in again.content.decode()
    assert Caller("ops").send("POST", path, {"by": "size"}).status_code == 422


def test_an_account_takes_a_type_and_no_product_line(sqlite_database):
    path, body = _draw_types("")
    Caller("ops").send("POST", path, body)
    line = Caller("ops").send("POST", "/segments", {"name": "整机", "dimension": "line"}).json()["id"]
    types = Caller("ops").send("GET", "/segments", None).json()["rows"]
    kind = next(one["id"] for one in types if one["name"] == "汽车")

    made = Caller("ops").send("POST", "/customers", {"name": "丙车厂", "segment_id": kind})
    refused = Caller("ops").send("POST", "/customers", {"name": "丁车厂", "segment_id": line})

    assert made.status_code in (200, 201), made.content.decode()
    assert refused.status_code == 422 and "no customer type" in refused.content.decode()
