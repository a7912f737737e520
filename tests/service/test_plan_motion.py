"""Flow and custom products choose by what a plan is cut; the choice is told, dated and can be overridden (R056)."""

from __future__ import annotations

from uuid import UUID

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.history.schema import CUSTOMER, LINE, REGION
from dacheng.core.plans.motion import accounts_by_segment
from dacheng.core.products.schema import CUSTOM, FLOW
from tests.service.test_plan_parts import AT, opened, plan  # noqa: F401

CODES = {LINE: "line", CUSTOMER: "customer", REGION: "region"}


@pytest.fixture
def sold(plan: UUID) -> dict[str, UUID]:  # noqa: F811
    """Sell a meter three times (620,000) and a system once (80,000), and return their public ids."""
    from dacheng.store.actions.deals import edit_deal
    from dacheng.store.actions.products import create_product
    from dacheng.store.identity import stored_uid
    from dacheng.store.models import RECORDS
    from dacheng.store.standing import standing_uid

    made = {name: create_product(actor=SYSTEM, at=AT, values={"name": name}).uid for name in ("流量计", "控制系统")}
    for code, name in (("d1", "流量计"), ("d2", "流量计"), ("d3", "流量计"), ("d4", "控制系统")):
        uid = stored_uid(RECORDS["deals"].objects.get(code=code).uid)
        version = int(standing_uid("deals", uid).row["version"])
        edit_deal(actor=SYSTEM, at=AT, uid=uid, values={"product_id": str(made[name])}, version=version)
    return made


def said(uid: UUID, motion: int | None) -> None:
    from dacheng.store.actions.products import edit_product

    edit_product(actor=SYSTEM, at=AT, uid=uid, values={"motion": motion}, version=None)


def segment(dimension: int) -> None:
    from dacheng.store.actions.segments import create_segment

    create_segment(actor=SYSTEM, at=AT, values={"name": CODES[dimension], "dimension": dimension})


def default(made: UUID):
    from dacheng.service.plan_matrix import cut_by_default

    book, one = opened(made)
    return cut_by_default(book, one.sheet)


def test_what_most_was_won_of_chooses_and_the_sentence_says_so(plan, sold):  # noqa: F811
    for one in (LINE, CUSTOMER, REGION):
        segment(one)
    assert (default(plan).dimension, default(plan).why.zh) == (LINE, "")

    said(sold["流量计"], FLOW)
    said(sold["控制系统"], CUSTOM)
    found = default(plan)
    assert (found.dimension, found.motion) == (REGION, FLOW)
    assert found.by_motion == {FLOW: 620_000_00, CUSTOM: 80_000_00}
    assert "流量型产品占 89%" in found.why.zh and "默认按区域切分" in found.why.zh

    said(sold["流量计"], None)
    assert (default(plan).dimension, default(plan).motion) == (CUSTOMER, CUSTOM)


def test_a_rule_says_otherwise_and_a_dimension_without_segments_is_told(plan, sold):  # noqa: F811
    from dacheng.service.ruling import set_rule

    segment(LINE)
    said(sold["流量计"], FLOW)
    found = default(plan)
    assert found.dimension == LINE and "还没有区域的划分项" in found.why.zh

    segment(CUSTOMER)
    set_rule(actor=SYSTEM, at=AT, name="plans.cut_flow", value="customer", reason="按行业卖", on=None)
    assert default(plan).dimension == CUSTOMER


def test_a_plan_that_is_cut_already_stays_with_its_cut(plan, sold):  # noqa: F811
    from dacheng.service.plans import cut, measure_named

    segment(LINE)
    segment(REGION)
    said(sold["流量计"], FLOW)
    cut(SYSTEM, AT, plan, measure_named("contract"), LINE)
    assert (default(plan).dimension, default(plan).why.zh) == (LINE, "")


def test_accounts_of_each_customer_type_are_counted_once(plan):  # noqa: F811
    from dacheng.store.actions.actuals import record_actual
    from dacheng.store.actions.segments import create_segment
    from dacheng.store.identity import stored_uid
    from dacheng.store.models import RECORDS

    kind = create_segment(actor=SYSTEM, at=AT, values={"name": "电厂", "dimension": CUSTOMER}).uid
    one = {name: str(stored_uid(RECORDS[name].objects.order_by("id").first().uid)) for name in ("units", "measures")}
    accounts = [str(stored_uid(row.uid)) for row in RECORDS["customers"].objects.order_by("id")[:2]]
    for account in (accounts[0], accounts[0], accounts[1], ""):
        values = {
            "unit_id": one["units"],
            "measure_id": one["measures"],
            "customer_id": account,
            "segment_id": str(kind),
            "day": 20_514,
            "amount": 100,
        }
        record_actual(actor=SYSTEM, at=AT, values=values)
    book, found = opened(plan)
    assert list(accounts_by_segment(book, found.sheet).values()) == [2]
