"""What somebody may not read he may not write either: margins and costs."""

from __future__ import annotations

import pytest

from dacheng.core.access import POLICY, SEES_MONEY
from dacheng.core.errors import NotAllowed
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.deals import create_deal, edit_deal
from dacheng.store.models import Contract, Deal
from tests.store.company import AT, actor, on, record, uid


@pytest.mark.parametrize("margin", [2500, None])
def test_a_rep_cannot_overwrite_a_margin_that_he_does_not_see(database, margin):
    edit_deal(actor=actor("east"), at=AT, uid=uid("deals", "D1"), values={"margin_bp": 3000}, version=1)

    with pytest.raises(NotAllowed, match="你看不到「预计毛利率」") as refused:
        edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"margin_bp": margin}, version=2)

    assert "销售管理者" in refused.value.remedy.zh and "Leave it out" in refused.value.remedy.en
    assert record("deals", "D1").margin_bp == 3000
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"next_step": "面访"}, version=2)


def test_a_rep_begins_neither_a_deal_with_a_margin_nor_a_contract_with_costs(database):
    deal = {"code": "D9", "name": "新", "owner_id": uid("people", "li"), "stage_id": uid("stages", "lead")}
    contract = {"code": "K9", "owner_id": uid("people", "li"), "signed_day": on(6, 1), "effective_day": on(6, 1)}
    who = {"actor": actor("li"), "at": AT}

    with pytest.raises(NotAllowed, match="预计毛利率"):
        create_deal(**who, values=deal | {"margin_bp": 2500})
    with pytest.raises(NotAllowed, match="成本"):
        record_contract(**who, values=contract, lines=[Line(amount=100), Line(amount=100, cost=0)])
    assert not Deal.objects.filter(code="D9").exists() and not Contract.objects.filter(code="K9").exists()

    create_deal(**who, values=deal)
    record_contract(**who, values=contract, lines=[Line(amount=100)])


def test_whoever_imports_or_corrects_contracts_sees_every_column_that_this_may_change():
    writers = {role for action in ("import.commit", "import.undo", "contract.edit") for role in POLICY[action]}

    assert writers <= SEES_MONEY
