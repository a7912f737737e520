"""Whatever happens in 华南, 华东 gets the same bytes from every address it can call."""

from __future__ import annotations

from typing import Any

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.report import REPORTS
from dacheng.store.actions.contacts import create_contact, edit_contact
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.customers import create_customer, edit_customer
from dacheng.store.actions.deals import close_deal, create_deal, edit_deal
from dacheng.store.actions.org import create_unit, edit_unit
from dacheng.store.actions.people import create_person, edit_person, move_person
from dacheng.store.actions.rights import give_grant, grant_role
from dacheng.store.actions.targets import Cell, set_targets
from tests.api.calling import Caller, token
from tests.api.cases import READS, contract
from tests.store.company import AT, month, on, uid

WHO: dict[str, Any] = {"actor": SYSTEM, "at": AT}
GUESSES = {
    "units": ("SOUTH", "SZ", "深圳"),
    "people": ("zhao", "newman", "赵"),
    "customers": ("C2", "K-NEW", "鹏城"),
}
"""Codes and parts of names that somebody might try, of what lies elsewhere or will."""


STANDPOINTS: tuple[dict[str, str], ...] = (
    {},
    {"as_of": "2026-03-31"},
    {"as_of": "2026-12-31", "basis": "today"},
    {"compare": "2026-01-31"},
    {"known_at": "2026-06-14T23:00:00+00:00"},
    {"format": "csv"},
)


def change_the_south() -> None:
    """Do in 华南 whatever can be done to records, people and targets."""
    zhao, south = uid("people", "zhao"), uid("units", "SOUTH")
    edit_deal(**WHO, uid=uid("deals", "D3"), values={"amount": 9_999_00, "name": "改名"}, version=1, on=on(2, 1))
    create_customer(**WHO, values={"code": "K-NEW", "name": "新客户"})
    edit_customer(**WHO, uid=uid("customers", "C2"), values={"name": "鹏城集团", "region": "深圳"}, version=1)
    met = {"code": "L-NEW", "name": "黄鹏", "customer_id": uid("customers", "C2"), "phone": "13900002222"}
    made = create_contact(**WHO, values=met, on=on(3, 1))
    edit_contact(**WHO, uid=made.uid, values={"email": "p@example.com", "name": "黄大鹏"}, version=1)
    new = {"code": "DNEW", "name": "新商机", "owner_id": zhao, "customer_id": uid("customers", "K-NEW")}
    create_deal(**WHO, values=new | {"stage_id": uid("stages", "lead"), "amount": 1_00}, on=on(3, 1))
    close_deal(**WHO, uid=uid("deals", "DNEW"), outcome="won", version=1)
    values = {"owner_id": zhao, "customer_id": uid("customers", "C2"), "deal_id": uid("deals", "D3")}
    days = {"signed_day": on(4, 1), "effective_day": on(4, 2)}
    record_contract(**WHO, values=values | days, lines=[Line(amount=77_00, cost=1_00)])
    create_unit(**WHO, name="深圳组", code="SZ", parent=south, on=on(1, 15))
    edit_unit(**WHO, uid=south, values={"name": "大湾区"}, version=1)
    person = create_person(**WHO, values={"code": "newman", "name": "新人"}, home=uid("units", "SZ"), on=on(2, 1))
    edit_person(**WHO, uid=zhao, values={"name": "赵敏敏", "email": "z@example.com"}, version=1)
    move_person(**WHO, uid=zhao, unit=uid("units", "SZ"), on=on(5, 1))
    grant_role(**WHO, person=person.uid, role=2, unit=south)
    give_grant(**WHO, person=person.uid, relation="deals", uid=uid("deals", "D3"), reason="接手")
    cell = Cell(south, None, uid("measures", "contract"), month(6), 123_00)
    set_targets(**WHO, cells=[cell], on=on(1, 10))


def addresses() -> list[tuple[str, dict[str, str]]]:
    """Return every address that can be read, from several standpoints, with guesses at what lies elsewhere."""
    found: list[tuple[str, dict[str, str]]] = [(case.call("east")[0], {}) for case in READS.values()]
    for name, report in REPORTS.items():
        found += [(f"/reports/{name}", more) for more in STANDPOINTS]
        found += [
            (f"/reports/{name}", {one.name: guess})
            for one in report.parameters
            for guess in GUESSES.get(one.kind.ref, ())
        ]
    found += [("/targets/cells", {"unit": guess}) for guess in GUESSES["units"]]
    found += [("/targets/cells", {"person": guess}) for guess in GUESSES["people"]]
    found += [(f"/{relation}/{uid(relation, code)}", {}) for relation, code in ELSEWHERE]
    return found


ELSEWHERE = (("deals", "D3"), ("units", "SOUTH"), ("people", "zhao"), ("customers", "C2"))


def said(caller: Caller, asked: list[tuple[str, dict[str, str]]]) -> list[tuple[int, bytes, dict[str, str]]]:
    answers = [caller.get(path, **query) for path, query in asked]
    return [(one.status_code, one.getvalue(), dict(one.headers)) for one in answers]


@pytest.mark.parametrize("person", ["east", "li"])
def test_nothing_that_happens_elsewhere_changes_a_byte(sqlite_database, person, settings):
    settings.API_CALLS_PER_MINUTE = 10**6
    contract()
    caller, asked = Caller(bearer=token(person)), addresses()
    before = said(caller, asked)

    change_the_south()
    after = said(caller, asked)

    different = [question for question, one, other in zip(asked, before, after, strict=True) if one != other]
    assert different == []
    assert len({content for _, content, _ in before}) > len(REPORTS)


@pytest.mark.parametrize("person", ["south", "boss"])
def test_who_looks_after_the_south_does_see_the_changes(sqlite_database, person, settings):
    settings.API_CALLS_PER_MINUTE = 10**6
    contract()
    caller, asked = Caller(bearer=token(person)), addresses()
    before = said(caller, asked)

    change_the_south()
    after = said(caller, asked)

    changed = {path for (path, _), one, other in zip(asked, before, after, strict=True) if one != other}
    assert {f"/{relation}/{uid(relation, code)}" for relation, code in ELSEWHERE} <= changed
    assert "/reports/tables/pipeline" in changed
