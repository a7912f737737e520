"""Call-offs name their framework; what is drawn and what remains is told, and too much as well (R222)."""

from __future__ import annotations

import pytest

from dacheng.core.contracts.listing import contracts
from dacheng.core.errors import NotFound, RuleError
from dacheng.service.books import open_database
from dacheng.service.contracts import drawn_from
from dacheng.store.actions.contracts import Line, edit_contract, record_contract
from dacheng.store.standing import standing_uid
from tests.store.company import AT, actor, on, uid

FRAMEWORK, CALL_OFF = 2, 3


def recorded(amount: int, who: str = "ops", owner: str = "li", **values):
    given = {"signed_day": on(6, 1), "effective_day": on(6, 1), "owner_id": uid("people", owner)} | values
    return record_contract(actor=actor(who), at=AT, values=given, lines=[Line(amount)]).uid


def book():
    return open_database(actor("ops"), at=AT)


def test_a_framework_tells_what_is_called_off_and_what_remains(database):
    frame = recorded(500_00, kind=FRAMEWORK)
    for amount in (120_00, 80_00):
        recorded(amount, kind=CALL_OFF, framework_id=frame)

    table = contracts(book(), kind="framework")

    assert (table.values["drawn"].tolist(), table.values["remaining"].tolist()) == ([200_00], [300_00])
    assert drawn_from(book(), standing_uid("contracts", frame).record_id) == 200_00
    assert table.totals["amount"] == 0


def test_more_called_off_than_a_framework_holds_is_told_and_not_refused(database):
    frame = recorded(100_00, kind=FRAMEWORK)
    recorded(130_00, kind=CALL_OFF, framework_id=frame)

    found = {note.code: note for note in contracts(book()).notes}

    assert found["overdrawn"].amounts == (30_00,)


def test_only_a_call_off_names_a_framework_and_only_a_framework_is_named(database):
    frame, plain = recorded(500_00, kind=FRAMEWORK), recorded(10_00)

    with pytest.raises(RuleError, match="不从框架下单"):
        recorded(10_00, framework_id=frame)
    with pytest.raises(RuleError, match="不是框架合同"):
        recorded(10_00, kind=CALL_OFF, framework_id=plain)


def test_a_framework_that_others_are_drawn_from_stays_one(database):
    frame = recorded(500_00, kind=FRAMEWORK)
    recorded(10_00, kind=CALL_OFF, framework_id=frame)

    with pytest.raises(RuleError, match="1 份合同从框架"):
        edit_contract(actor=actor("ops"), at=AT, uid=frame, values={"kind": CALL_OFF}, version=1)


def test_a_framework_out_of_sight_does_not_exist(database):
    frame = recorded(500_00, kind=FRAMEWORK, owner="zhao")

    with pytest.raises(NotFound):
        recorded(10_00, who="li", kind=CALL_OFF, framework_id=frame)
