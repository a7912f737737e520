"""The demo company as the proofs find it: loaded on 10 August 2026, worked with until the 19th.

华东 HD (T0005) ─ 上海 HD-SH, 江苏 HD-JS, 浙江 HD-ZJ;  华南 HN (T0006) ─ 广东 HN-GD, 福建 HN-FJ;
北方 BF (T0007) ─ 北京 BF-BJ, 山东 BF-SD, 陕西 BF-SX. T0016 sells in 上海, T0006 sees one deal of 华东 by a grant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from dacheng.core.access import SYSTEM, Viewer
from dacheng.core.company import Company
from dacheng.core.deals.schema import OPEN
from dacheng.core.period import day_of, ym_at
from dacheng.demo import generate
from dacheng.service import imports, ruling
from dacheng.service.imports import Upload
from dacheng.service.setting_up import DEMO_SEED, migrate
from dacheng.store.access import viewer_of
from dacheng.store.actions import (
    assigning,
    checklists,
    contracts,
    customers,
    deals,
    factors,
    goals,
    key_people,
    markets,
    merges,
    ogsm,
    org,
    people,
    rights,
    splits,
    targets,
    undo,
)
from dacheng.store.actions.company import install_company
from dacheng.store.actions.contracts import Line
from dacheng.store.actions.merges import Merging
from dacheng.store.actions.targets import Cell
from dacheng.store.bulk import select_rows
from dacheng.store.identity import stored_uid
from dacheng.store.models import RECORDS

FOUNDED_ON = date(2026, 8, 10)
FOUNDED = datetime(2026, 8, 10, 1, tzinfo=UTC)
NOW = datetime(2026, 8, 19, 2, tzinfo=UTC)
"""19 August 2026, 10 o'clock in Shanghai: when every proof looks."""

TODAY = day_of(date(2026, 8, 19))
MINUTE, FIVE_HOURS = timedelta(minutes=1), timedelta(hours=5)

SYSTEM_CODE = ""
REP, EAST, SOUTH, NORTH = "T0016", "T0005", "T0006", "T0007"
OPS, EXECUTIVE, ADMIN, FINANCE = "T0002", "T0001", "T0003", "T0004"
VIEWERS = (SYSTEM_CODE, EXECUTIVE, FINANCE, EAST, SOUTH, REP)


@cache
def demo_company() -> Company:
    """Return the invented company as it stands on 10 August."""
    return generate(DEMO_SEED, FOUNDED_ON, None)


def found() -> None:
    """Make the tables in the database in use and load the demo company."""
    migrate()
    install_company(actor=SYSTEM, at=FOUNDED, company=demo_company(), demo=True)


def on(month: int, day: int, year: int = 2026) -> int:
    """Return a day of 2026."""
    return day_of(date(year, month, day))


def iso(day: int) -> str:
    """Return a day as people write it."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def number(relation: str, code: str) -> int:
    """Return the id of the record with a code."""
    return int(RECORDS[relation].objects.values_list("id", flat=True).get(code=code, removed=False))


def uid(relation: str, code: str) -> UUID:
    """Return the public id of the record with a code."""
    return stored_uid(RECORDS[relation].objects.values_list("uid", flat=True).get(code=code, removed=False))


def record(relation: str, code: str) -> Any:
    """Return the record with a code."""
    return RECORDS[relation].objects.get(code=code, removed=False)


def code_of(relation: str, number: int | None) -> str:
    """Return the code of a record; empty where there is none."""
    return str(RECORDS[relation].objects.get(pk=number).code) if number else ""


def viewer(code: str) -> Viewer:
    """Return somebody with today's roles; the system for an empty code."""
    return viewer_of(number("people", code), TODAY) if code else SYSTEM


def open_deals(owner: str, count: int = 1) -> list[str]:
    """Return the codes of somebody's first open deals."""
    mine = [("owner_id = %s", number("people", owner)), (f"state = {OPEN} AND NOT removed", None)]
    return [row[0] for row in select_rows("rec_deals", ["code"], mine, order=("id",))[:count]]


class Work:
    """What people do from 11 August on: every action five hours after the one before it."""

    def __init__(self, first: datetime) -> None:
        self.at = first

    def later(self, after: timedelta = FIVE_HOURS) -> dict[str, Any]:
        """Return who acts and when."""
        self.at += after
        return {"actor": SYSTEM, "at": self.at}

    def edit(self, code: str, *, on: int | None = None, **values: Any) -> None:
        """Correct columns of a deal."""
        deals.edit_deal(**self.later(), uid=uid("deals", code), values=values, version=None, on=on)

    def create_deal(self, code: str, owner: str, customer: str, amount: int | None, on: int | None = None) -> None:
        """Create a deal in the first stage."""
        values = {"code": code, "name": f"新机会 {code}", "owner_id": uid("people", owner), "amount": amount}
        stage = select_rows("rec_stages", ["code"], [(f"state = {OPEN}", None)], order=("position",))[0][0]
        values |= {"customer_id": uid("customers", customer), "stage_id": uid("stages", stage)}
        deals.create_deal(**self.later(), values=values, on=on)

    def share(self, code: str, shares: Mapping[str, int], on: int | None = None) -> None:
        """Share a deal: person -> basis points."""
        given = [(uid("people", person), share) for person, share in shares.items()]
        splits.split_deal(**self.later(), uid=uid("deals", code), shares=given, version=None, on=on)

    def contract(self, code: str, owner: str, customer: str, amounts: Sequence[int], effective: int) -> None:
        """Record a contract with a line of each amount; half of it is cost."""
        values = {"code": code, "name": f"合同 {code}", "owner_id": uid("people", owner)}
        values |= {"customer_id": uid("customers", customer), "signed_day": effective, "effective_day": effective}
        lines = [Line(amount, amount_ex=amount - amount // 10, cost=amount // 2) for amount in amounts]
        contracts.record_contract(**self.later(), values=values, lines=lines)

    def target(self, unit: str, person: str, month: int, amount: int | None, on: int | None = None) -> None:
        """Set one target cell of 合同额."""
        holder = uid("people", person) if person else None
        cell = Cell(uid("units", unit), holder, uid("measures", "contract"), ym_at(2026, month), amount)
        targets.set_targets(**self.later(), cells=[cell], on=on)

    def bring(self, files: Mapping[str, str], actor: Viewer = SYSTEM) -> UUID | None:
        """Import csv texts."""
        self.later()
        uploads = [Upload(f"{name}.csv", text.encode()) for name, text in files.items()]
        prepared = imports.prepare(uploads, on_day=imports.day_of_import(self.at))
        return imports.commit(actor, self.at, prepared).uid


def nine_days_of_work() -> None:
    """Do what makes facts hard: corrections into the past, moves, leavers, closings, imports, undone steps."""
    work = Work(datetime(2026, 8, 11, 1, tzinfo=UTC))
    _deals(work)
    _splits(work)
    _key_people(work)
    _organisation(work)
    _contracts_and_targets(work)
    _strategy(work)
    _imports(work)
    _merged(work)
    _undone(work)
    assert work.at < NOW


SHARED_CUSTOMER = "KH00007"
"""A customer of 华东 that 华南 sells to as well."""

HANDED_OVER, HANDED_OVER_ON = "SJ-HANDED", on(8, 12)
"""An opportunity that belonged to 华东 and goes to 华南 on this day."""


def _deals(work: Work) -> None:
    first, second, third = open_deals("T0016", 3)
    work.edit(first, amount=321_098_765)
    work.edit(first, on=on(7, 1), amount=123_456_789)
    work.edit(second, amount=None)
    deals.edit_deal(
        **work.later(), uid=uid("deals", third), values={"expected_day": on(12, 24)}, version=None, on=on(8, 5)
    )
    won, lost, *_ = open_deals("T0030", 2)
    deals.close_deal(**work.later(), uid=uid("deals", won), outcome="won", version=None, amount=98_765_432)
    category = uid("loss_reasons", "postponed")
    deals.close_deal(
        **work.later(), uid=uid("deals", lost), outcome="lost", version=None, reason="客户推迟立项", category=category
    )
    moved = [uid("deals", code) for code in open_deals("T0022", 2)]
    deals.reassign_deals(**work.later(), uids=moved, to=uid("people", "T0021"), on=on(8, 12))
    work.create_deal(HANDED_OVER, "T0017", SHARED_CUSTOMER, 4_321_000_00, on=on(6, 1))
    moved = [uid("deals", HANDED_OVER)]
    deals.reassign_deals(**work.later(), uids=moved, to=uid("people", "T0028"), on=HANDED_OVER_ON)
    customer = record("deals", first).customer_id
    code = RECORDS["customers"].objects.get(pk=customer).code
    work.create_deal("N-1", "T0017", code, 55_555_55, on=on(6, 3))
    work.create_deal("N-2", "T0030", code, None)
    customers.create_customer(**work.later(), values={"code": "N-K1", "name": "新客户一号"})
    work.create_deal("N-3", "T0037", "N-K1", 77_777_77)


def _splits(work: Work) -> None:
    """Share across regions: an open one of 华东 and one of 华南, and one of 华东 that has a contract."""
    shared = open_deals("T0016", 3)[2]
    work.share(shared, {"T0028": 4000, "T0017": 3333}, on=on(7, 1))
    work.share("N-2", {"T0017": 2500})
    own = RECORDS["contracts"].objects.filter(owner_id=number("people", "T0016"), deal_id__isnull=False)
    contracted = RECORDS["deals"].objects.get(pk=own.order_by("-effective_day").values_list("deal_id", flat=True)[0])
    work.share(contracted.code, {"T0030": 3333}, on=0)


def _key_people(work: Work) -> None:
    """Name the key people of an open opportunity of 华东, one of them twice, and of one that went to 华南."""
    first = open_deals("T0016", 1)[0]
    person = contact_of(code_of("customers", record("deals", first).customer_id))
    shared = contact_of(SHARED_CUSTOMER)
    for deal, contact, part, day in (
        (first, person, 2, on(7, 1)),
        (first, person, 1, None),
        (HANDED_OVER, shared, 3, None),
    ):
        about = {"deal": uid("deals", deal), "contact": contact, "version": None, "on": day}
        key_people.set_key_person(**work.later(timedelta(minutes=20)), **about, part=part)


def _strategy(work: Work) -> None:
    """State a market, a goal and an OGSM entry of two units, a theme; let opportunities carry the goals."""
    soon = timedelta(minutes=1)
    theme = {"code": "N-T", "name": "新主题", "unit_id": uid("units", "HQ"), "year": 2026}
    made = goals.create_theme(**work.later(soon), values=theme)
    for unit, owner in (("HD-SH", REP), ("HN-GD", "T0028")):
        of = {"unit_id": uid("units", unit)}
        market = {"code": f"N-M-{unit}", "name": "水务新区", "year": 2026, "own_share_bp": 1200, **of}
        markets.create_market_fact(**work.later(soon), values=market)
        figure = {"code": f"N-F-{unit}", "factor_id": uid("factors", "sites"), "day": on(2, 28), "value": 77, **of}
        factors.record_figure(**work.later(soon), values=figure)
        goal = {"code": f"N-G-{unit}", "name": f"{unit} 签约", "theme_id": made.uid, "person_id": uid("people", owner)}
        goal |= {"form": 3, "metric": 1, "target_amount": 9_000_000_00, "due_ym": ym_at(2026, 12), "state": 1, **of}
        stated = goals.create_goal(**work.later(soon), values=goal)
        carrying = [uid("deals", code) for code in open_deals(owner, 2)]
        goals.link_deals(**work.later(soon), uid=stated.uid, deals=carrying)
        node = {"code": f"N-O-{unit}", "name": "做深客户", "year": 2026, "kind": 1, **of}
        ogsm.create_ogsm_node(**work.later(soon), values=node)
        item = {"code": f"N-Q-{unit}", "name": "前十名客户", "kind": 2, "person_id": uid("people", owner), **of}
        checklists.create_item(**work.later(soon), values=item)
        assigning.set_strategy(**work.later(soon), uid=carrying[0], values={"horizon": 2, "strategic_type": 1})
        assigning.assign_deal(**work.later(soon), uid=carrying[1])


def contact_of(customer: str) -> UUID:
    """Return the first contact of a customer."""
    of = RECORDS["contacts"].objects.filter(customer_id=number("customers", customer))
    return stored_uid(of.order_by("id").first().uid)


def _organisation(work: Work) -> None:
    people.move_person(**work.later(), uid=uid("people", "T0025"), unit=uid("units", "HD-JS"), on=on(6, 15))
    team = record("units", "HD-SH-2")
    org.move_unit(**work.later(), uid=uid("units", "HD-SH-2"), parent=uid("units", "HD-JS"), version=team.version)
    shut = record("units", "BF-SX")
    org.close_unit(
        **work.later(), uid=uid("units", "BF-SX"), version=shut.version, on=on(8, 15), people_to=uid("units", "BF-BJ")
    )
    leaver = record("people", "T0034")
    people.mark_left(**work.later(), uid=uid("people", "T0034"), version=leaver.version, on=on(8, 14))
    people.create_person(**work.later(), values={"code": "N-P1", "name": "新人一号"}, home=uid("units", "HN-FJ"))
    granted = open_deals("T0031")[0]
    rights.give_grant(
        **work.later(), person=uid("people", EAST), relation="deals", uid=uid("deals", granted), reason="联合投标"
    )
    ruling.set_rule(**work.later(), name="deals.stalled_days", value=45, on=on(8, 12), reason="旺季")


def _contracts_and_targets(work: Work) -> None:
    customer = RECORDS["customers"].objects.order_by("id").values_list("code", flat=True)[0]
    work.contract("N-C1", "T0018", customer, (120_000_01, 33_33), on(7, 7))
    work.contract("N-C2", "T0041", customer, (-5_000_00,), on(8, 13))
    work.target("HD-SH", "", 9, 888_888_88)
    work.target("HD-SH-1", "T0016", 9, 99_999_99, on=on(4, 1))
    work.target("HN", "", 10, None)


def _imports(work: Work) -> None:
    files = {
        "customers": "客户编号,客户名称,行业\nI-K1,进口客户,制造\n",
        "deals": "商机编号,商机名称,负责人,客户,商机阶段,商机金额,预计成交日期\n"
        f"I-D1,进口商机,T0019,I-K1,{first_stage()},12.34万,2026-11-30\n",
    }
    kept = work.bring(files)
    undone = work.bring({"customers": "客户编号,客户名称,行业\nI-K2,白来一趟,制造\n"})
    assert kept and undone
    work.later()
    imports.undo(SYSTEM, work.at, str(undone))


def first_stage() -> str:
    """Return the name of the first stage."""
    return str(select_rows("rec_stages", ["name"], [(f"state = {OPEN}", None)], order=("position",))[0][0])


MERGED_CUSTOMER, STAYING_CUSTOMER = "N-K2", "N-K1"
MERGED_DEAL, STAYING_DEAL = "N-4", "N-3"
"""Duplicates with the record each goes into; the one that goes has a contract of its own."""


def _merged(work: Work) -> None:
    customers.create_customer(**work.later(), values={"code": MERGED_CUSTOMER, "name": "新客户一号（重复）"})
    work.create_deal(MERGED_DEAL, "T0037", MERGED_CUSTOMER, 66_666_66, on=on(7, 2))
    goes, stays = (uid("customers", code) for code in (MERGED_CUSTOMER, STAYING_CUSTOMER))
    merges.merge_customers(**work.later(), merging=Merging(goes, stays))
    goes, stays = (uid("deals", code) for code in (MERGED_DEAL, STAYING_DEAL))
    merges.merge_deals(**work.later(), merging=Merging(goes, stays, taken=("name",)))


def _undone(work: Work) -> None:
    work.edit("N-3", amount=1)
    entry = undo.entry_written(SYSTEM, work.at)
    undo.undo_edit(**work.later(), entry=entry)
