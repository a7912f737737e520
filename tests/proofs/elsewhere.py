"""What happens in 华南 and 北方 while the manager of 华东 looks: every kind of record, by every way in.

Nothing of it touches a row that he sees: no opportunity, person or unit of 华东, not the one opportunity that is
granted to him, and no record that is public, such as a product or a stage.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dacheng.core.access import MANAGER, REP
from dacheng.core.period import ym_at
from dacheng.service import imports
from dacheng.store.actions import (
    accounts,
    assigning,
    checklists,
    contacts,
    contracts,
    customers,
    deals,
    factors,
    goals,
    key_people,
    markets,
    ogsm,
    org,
    people,
    rights,
    targets,
    undo,
)
from dacheng.store.actions.contracts import Line
from dacheng.store.actions.targets import Cell
from dacheng.store.models import RECORDS
from tests.proofs import world
from tests.proofs.world import Work, number, on, record, uid, viewer

FIRST = datetime(2026, 8, 19, 1, tzinfo=UTC)
"""An hour before everybody looks."""


class WorkElsewhere(Work):
    """The same work within the hour, by those who are there."""

    def __init__(self) -> None:
        super().__init__(FIRST)
        self.actor = world.SOUTH

    def later(self) -> dict[str, Any]:
        """Return who acts and when: a minute later."""
        self.at += world.MINUTE
        return {"actor": viewer(self.actor), "at": self.at}


def everything_changes() -> None:
    """Do all of it."""
    work = WorkElsewhere()
    _deals(work)
    _people_and_units(work)
    _plans(work)
    _strategy(work)
    _ways_in(work)
    assert work.at < world.NOW


def _deals(work: WorkElsewhere) -> None:
    work.create_deal("ELSE-1", "T0028", world.SHARED_CUSTOMER, 12_345_678_90)
    work.create_deal("ELSE-2", "T0029", "KH00001", None, on=on(2, 2))
    customers.create_customer(**work.later(), values={"code": "ELSE-K1", "name": "苏皋化纤南方公司"})
    work.create_deal("ELSE-3", "T0030", "ELSE-K1", 99_99)
    values = {"name": "陈立南", "customer_id": uid("customers", "ELSE-K1"), "phone": "139 8765 4321", "part": 1}
    met = contacts.create_contact(**work.later(), values=values)
    email = {"email": "nan@example.com", "name": "陈立南方"}
    contacts.edit_contact(**work.later(), uid=met.uid, values=email, version=met.version)
    known = world.contact_of(world.SHARED_CUSTOMER)
    for deal, person in (("ELSE-1", known), ("ELSE-3", met.uid)):
        key_people.set_key_person(**work.later(), deal=uid("deals", deal), contact=person, part=4, version=None)
    first, second, third, fourth = world.open_deals("T0029", 4)
    work.edit(first, amount=1_000_000_00, name="改了名字的商机")
    work.edit(second, on=on(8, 1), amount=2_000_000_00)
    deals.close_deal(**work.later(), uid=uid("deals", third), outcome="won", version=None, amount=3_000_000_00)
    price = uid("loss_reasons", "price")
    deals.close_deal(
        **work.later(), uid=uid("deals", fourth), outcome="lost", version=None, reason="价格", category=price
    )
    moved = [uid("deals", code) for code in world.open_deals("T0033", 2)]
    deals.reassign_deals(**work.later(), uids=moved, to=uid("people", "T0029"))
    work.edit("ELSE-3", amount=88_88)
    entry = undo.entry_written(viewer(work.actor), work.at)
    undo.undo_edit(**work.later(), entry=entry)
    _with_what_was_handed_over(work)
    work.contract("ELSE-C1", "T0028", world.SHARED_CUSTOMER, (7_000_000_00, 1), on(8, 18))
    recorded = record("contracts", "ELSE-C1")
    contracts.edit_contract(
        **work.later(),
        uid=uid("contracts", "ELSE-C1"),
        values={"name": "改过的合同"},
        version=recorded.version,
        lines=[Line(6_000_000_00)],
    )


def _with_what_was_handed_over(work: WorkElsewhere) -> None:
    """Go on with an opportunity that belonged to 华东 until a week ago."""
    work.edit(world.HANDED_OVER, next_step="约华南的设计院")
    work.edit(world.HANDED_OVER, amount=9_876_543_21, expected_day=on(12, 1))
    handed = uid("deals", world.HANDED_OVER)
    deals.move_stage(**work.later(), uid=handed, stage=uid("stages", "terms"), version=None, on=on(8, 15))
    deals.close_deal(
        **work.later(),
        uid=handed,
        outcome="lost",
        version=None,
        reason="华南输给对手",
        category=uid("loss_reasons", "competition"),
    )


def _people_and_units(work: WorkElsewhere) -> None:
    work.actor = world.OPS
    made = people.create_person(
        **work.later(),
        values={"code": "T9043", "name": "新来的人", "email": "new@example.com"},
        home=uid("units", "HN-GD"),
    )
    people.move_person(**work.later(), uid=made.uid, unit=uid("units", "HN-FJ"))
    people.move_person(**work.later(), uid=uid("people", "T0032"), unit=uid("units", "BF-BJ"), on=on(7, 1))
    leaver = record("people", "T0040")
    people.mark_left(**work.later(), uid=uid("people", "T0040"), version=leaver.version)
    unit = org.create_unit(**work.later(), name="海南代表处", parent=uid("units", "HN"), code="HN-HI", on=on(6, 1))
    org.create_unit(**work.later(), name="海口组", parent=unit.uid, code="HN-HI-1", on=on(6, 1))
    moved, closed = record("units", "HN-FJ"), record("units", "BF-SD")
    org.move_unit(
        **work.later(), uid=uid("units", "HN-FJ"), parent=uid("units", "BF"), version=moved.version, on=on(8, 1)
    )
    org.close_unit(**work.later(), uid=uid("units", "BF-SD"), version=closed.version, people_to=uid("units", "BF-BJ"))
    renamed = record("units", "HN-GD-1")
    org.edit_unit(**work.later(), uid=uid("units", "HN-GD-1"), values={"name": "穗城组"}, version=renamed.version)


def _strategy(work: WorkElsewhere) -> None:
    work.actor = world.OPS
    of = {"unit_id": uid("units", "HN-GD")}
    goal = {
        "name": "华南新目标",
        "form": 3,
        "metric": 1,
        "target_amount": 8_888_888_88,
        "due_ym": ym_at(2026, 11),
        **of,
    }
    made = goals.create_goal(**work.later(), values=goal)
    goals.link_deals(**work.later(), uid=made.uid, deals=[uid("deals", "ELSE-1")])
    version = record("goals", "N-G-HN-GD").version
    goals.edit_goal(**work.later(), uid=uid("goals", "N-G-HN-GD"), values={"target_amount": 1_00}, version=version)
    markets.create_market_fact(**work.later(), values={"name": "华南新市场", "year": 2026, "size": 7_00, **of})
    figure = {"factor_id": uid("factors", "sites"), "day": on(3, 31), "value": 7_777, **of}
    factors.record_figure(**work.later(), values=figure)
    ogsm.create_ogsm_node(**work.later(), values={"name": "华南新目的", "year": 2026, "kind": 1, **of})
    item = {"name": "华南新事项", "kind": 4, "year": 2026, **of}
    checklists.create_item(**work.later(), values=item)
    assigning.set_strategy(**work.later(), uid=uid("deals", "ELSE-1"), values={"horizon": 3})
    work.actor = world.SOUTH


def _plans(work: WorkElsewhere) -> None:
    work.actor = world.SOUTH
    cells = [
        Cell(uid("units", unit), None, uid("measures", measure), ym_at(2026, month), 4_444_444_44)
        for unit in ("HN", "HN-GD")
        for measure in ("contract", "margin")
        for month in (8, 9, 12)
    ]
    targets.set_targets(**work.later(), cells=cells)
    work.target("HN-GD-1", "T0028", 8, 3_333_33, on=on(3, 1))
    work.actor = world.OPS
    work.target("HQ", "", 11, 5_555_555_55)
    files = {
        "customers": "客户编号,客户名称,行业\nELSE-K2,进口南方客户,制造\nKH90000,又一家,化工\n",
        "deals": "商机编号,商机名称,负责人,客户,商机阶段,商机金额,预计成交日期\n"
        f"ELSE-D1,进口商机,T0028,ELSE-K2,{world.first_stage()},12.34万,2026-11-30\n",
    }
    work.bring(files, viewer(world.OPS))
    undone = work.bring({"customers": "客户编号,客户名称,行业\nELSE-K3,白来一趟,制造\n"}, viewer(world.OPS))
    work.later()
    imports.undo(viewer(world.OPS), work.at, str(undone))


def _ways_in(work: WorkElsewhere) -> None:
    work.actor = world.ADMIN
    deal = RECORDS["deals"].objects.get(pk=number("deals", "ELSE-1"))
    rights.give_grant(
        **work.later(), person=uid("people", world.NORTH), relation="deals", uid=uid("deals", deal.code), reason="协同"
    )
    rights.grant_role(**work.later(), person=uid("people", "T9043"), role=REP, unit=uid("units", "HN-FJ"))
    rights.grant_role(**work.later(), person=uid("people", "T0028"), role=MANAGER, unit=uid("units", "HN-GD-1"))
    rights.revoke_role(**work.later(), person=uid("people", "T0012"), role=MANAGER, unit=uid("units", "HN-FJ"))
    accounts.invite_person(**work.later(), uid=uid("people", "T9043"))
    work.actor = "T9043"
    accounts.issue_token(**work.later(), name="脚本", scopes=("read",))
