"""An entry of the OGSM page in the browser: the due month of a measure moves only with the reason of the change."""

from __future__ import annotations

import re

from dacheng.store.actions.ogsm import create_ogsm_node
from dacheng.store.models import RECORDS
from tests.store.company import AT, actor, uid
from tests.store.company import month as ym_of_2026


def test_a_due_month_is_moved_with_a_reason_alone(company, signed_in):
    values = {"name": "签约数", "unit_id": uid("units", "EAST"), "year": 2026, "kind": 4, "due_ym": ym_of_2026(5)}
    made = create_ogsm_node(actor=actor("ops"), at=AT, values=values)
    client, url = signed_in("ops"), f"/strategy/ogsm/{made.uid}/"
    page = client.get(url).content.decode()
    sent = {
        "name": "签约数", "kind": "M", "unit_id": str(values["unit_id"]), "year": "2026", "due_ym": "2026-09",
        "position": "0", "due_reason": "", "version": "1", "person_id": "", "parent_id": "", "goal_id": "",
    }  # fmt: skip

    refused = client.post(url, sent)
    moved = client.post(url, sent | {"due_reason": "客户推迟招标"}, follow=True)

    assert re.search(r'name="due_reason"', page) and "改期理由" in page
    assert refused.status_code == 422 and "原定 2026-05，没有写改期理由" in refused.content.decode()
    assert moved.status_code == 200
    record = RECORDS["ogsm_nodes"].objects.get(uid=made.uid)
    assert (record.due_ym, record.due_reason) == (ym_of_2026(9), "客户推迟招标")
