"""80/20 of a row of a plan by API: looked at, then written; the right comes before what accounts brought (R046)."""

from __future__ import annotations

from decimal import Decimal

from tests.api.calling import Caller
from tests.api.cases import _split_plan_row, plan_at


def test_a_look_writes_nothing_and_the_split_adds_up(sqlite_database):
    path, body = _split_plan_row("")
    sheet = path.replace("/parts", "/sheet")
    before = Caller("ops").send("GET", sheet, None).json()["rows"]

    looked = Caller("ops").send("POST", path, {**body, "look": True})
    assert looked.status_code == 200, looked.content.decode()
    assert Caller("ops").send("GET", sheet, None).json()["rows"] == before
    done = Caller("ops").send("POST", path, body)

    assert done.json()["parts"] == looked.json()["parts"] and not looked.json()["entry"]
    parts = done.json()["parts"]
    row = next(one for one in before if one["row"] == body["row"])
    assert sum(Decimal(one["year"]) for one in parts) == Decimal(row["year"])
    assert len(parts) == 5 and all(one["customer_id"] for one in parts)
    assert len(Caller("ops").send("GET", sheet, None).json()["rows"]) == len(before) + 5


def test_a_row_is_split_into_products_and_one_person_not_into_people(sqlite_database):
    path, body = _split_plan_row("")

    people = Caller("ops").send("POST", path, {**body, "into": "owner", "look": True})
    products = Caller("ops").send("POST", path, {**body, "into": "product", "look": True})
    other = Caller("ops").send("POST", path, {**body, "into": "region", "look": True})
    accounts = Caller("ops").send("POST", path, {**body, "look": True}).json()

    assert people.status_code == 422 and "is one person" in people.content.decode()
    assert products.status_code == 422 and "Products that brought" in products.content.decode()
    assert other.status_code == 422
    assert all(one["customer_id"] and not one["product_id"] and not one["person_id"] for one in accounts["parts"])


def test_who_may_not_is_told_so_and_nothing_of_the_accounts(sqlite_database):
    path, body = plan_at("/parts", lambda codes: {"row": codes[1]})("")

    assert Caller("ops").send("POST", path, body).status_code == 422
    refused = Caller("li").send("POST", path, body)
    assert refused.status_code == 403 and "客户" not in refused.content.decode()


def test_a_split_is_taken_back_in_one_step_by_whoever_may(sqlite_database):
    path, body = _split_plan_row("")
    sheet, undo = path.replace("/parts", "/sheet"), path.replace("/parts", "/undo")
    before = Caller("ops").send("GET", sheet, None).json()["rows"]
    entry = {"entry": Caller("ops").send("POST", path, body).json()["entry"]}

    assert Caller("li").send("POST", undo, entry).status_code in (403, 404)
    assert len(Caller("ops").send("GET", sheet, None).json()["rows"]) == len(before) + 5
    done = Caller("ops").send("POST", undo, entry)

    assert done.status_code == 200 and done.json()["written"] > 5
    assert Caller("ops").send("GET", sheet, None).json()["rows"] == before
    assert Caller("ops").send("POST", undo, {"entry": "nothing"}).status_code == 404
