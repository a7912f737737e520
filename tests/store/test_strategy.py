"""The strategy chain written: goals, what carries them, OGSM, markets, assigned opportunities (R003, R020–R028)."""

from __future__ import annotations

from typing import Any

import pytest

from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.period import ym_at
from dacheng.core.strategy.steps import steps_of
from dacheng.service import imports
from dacheng.service.books import open_database
from dacheng.service.imports import Upload
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.store.actions.assigning import answer_assignment, assign_deal, assign_new_deal, set_strategy
from dacheng.store.actions.deals import close_deal
from dacheng.store.actions.goals import create_goal, create_theme, edit_goal, end_goal, link_deals, unlink_deal
from dacheng.store.actions.markets import create_market_fact, edit_market_fact
from dacheng.store.actions.merges import Merging, merge_deals
from dacheng.store.actions.ogsm import create_ogsm_node, edit_ogsm_node, end_ogsm_node, hand_down
from dacheng.store.models import RECORDS
from tests.store.company import AT, TODAY, actor, uid

DUE = ym_at(2026, 12)


def goal(who: str = "east", **values: Any) -> Any:
    given = {"name": "县域门店", "unit_id": uid("units", "SH"), **values}
    return create_goal(actor=actor(who), at=AT, values=given)


def complete(**values: Any) -> dict[str, Any]:
    theme = create_theme(
        actor=actor("ops"), at=AT, values={"name": "突破", "unit_id": uid("units", "HQ"), "year": 2026}
    )
    given = {"form": 1, "metric": 6, "target_count": 200, "due_ym": DUE, "person_id": uid("people", "li")}
    return {**given, "theme_id": theme.uid, **values}


def shown(name: str, who: str = "ops") -> list[dict[str, Any]]:
    """Return the rows of a report of somebody."""
    table = run_report(name, {}, book=open_database(actor(who), at=AT), names=DatabaseNames()).table
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows()]


def test_a_goal_stays_a_draft_until_every_check_is_met(database):
    draft = goal()
    with pytest.raises(RuleError, match="还缺"):
        edit_goal(actor=actor("east"), at=AT, uid=draft.uid, values={"state": 1}, version=1)

    edit_goal(actor=actor("east"), at=AT, uid=draft.uid, values=complete(state=1), version=1)
    with pytest.raises(RuleError, match="还缺：有期限"):
        edit_goal(actor=actor("east"), at=AT, uid=draft.uid, values={"due_ym": None}, version=2)

    (row,) = shown("strategy/goals")
    assert (row["state"], row["missing"], row["uncarried"], row["attainment_ratio"]) == (1, 0, 1, None)


def test_the_steps_of_a_year_count_the_goals_that_are_measured_in_it(database):
    whole = complete()
    goal("ops", name="今年", **whole, state=1)
    goal("ops", name="跨年", **whole | {"start_ym": ym_at(2026, 7), "due_ym": ym_at(2027, 6)}, state=1)
    goal("ops", name="没有期限", **whole | {"due_ym": None})
    book = open_database(actor("ops"), at=AT)

    told = {year: [steps_of(book, year)[at].told.en for at in (1, 3)] for year in (2026, 2027, 2028)}

    assert [one[0] for one in told.values()] == [
        "3 goals, 2 in force",
        "2 goals, 1 in force",
        "1 goals, 0 in force",
    ]
    assert [one[1].split(";")[0] for one in told.values()] == [
        "0 goals carried, 2 not",
        "0 goals carried, 1 not",
        "0 goals carried, 0 not",
    ]


def test_a_reading_holds_from_its_day_and_its_owner_sees_the_goal_wherever_it_is(database):
    made = goal("ops", unit_id=uid("units", "SOUTH"), **complete(reading_count=50))
    edit_goal(actor=actor("ops"), at=AT, uid=made.uid, values={"reading_count": 150}, version=1)

    assert [row["attainment_ratio"] for row in shown("strategy/goals", "li")] == [0.75]
    assert shown("strategy/goals", "wang") == shown("strategy/goals", "east") == []


def test_what_carries_a_goal_is_counted_until_it_is_lost_or_unlinked(database):
    made = goal(form=3, metric=1, target_amount=10_000_000_00, due_ym=DUE)
    link_deals(actor=actor("east"), at=AT, uid=made.uid, deals=[uid("deals", "D1"), uid("deals", "D2")])

    before = shown("strategy/coverage")[0]
    close_deal(actor=actor("east"), at=AT, uid=uid("deals", "D1"), outcome="lost", version=None, reason="价格")
    lost = shown("strategy/coverage")[0]
    unlink_deal(actor=actor("east"), at=AT, uid=made.uid, deal=uid("deals", "D2"))

    assert (before["deals"], lost["deals"], shown("strategy/coverage")[0]["deals"]) == (2, 1, 0)
    assert before["linked_amount"] > lost["linked_amount"]


def test_only_opportunities_of_the_goals_unit_carry_it(database):
    made = goal("ops")

    with pytest.raises(RuleError, match="不在目标的组织里"):
        link_deals(actor=actor("ops"), at=AT, uid=made.uid, deals=[uid("deals", "D3")])
    with pytest.raises(NotFound):
        link_deals(actor=actor("east"), at=AT, uid=made.uid, deals=[uid("deals", "D3")])


def test_a_goal_serves_no_circle_and_is_not_ended_while_another_serves_it(database):
    top = goal("ops", unit_id=uid("units", "HQ"))
    below = goal("ops", parent_id=top.uid)

    with pytest.raises(RuleError, match="绕成一圈"):
        edit_goal(actor=actor("ops"), at=AT, uid=top.uid, values={"parent_id": below.uid}, version=1)
    with pytest.raises(RuleError, match="还有 1 条承接它"):
        end_goal(actor=actor("ops"), at=AT, uid=top.uid, version=1)
    end_goal(actor=actor("ops"), at=AT, uid=below.uid, version=1)

    assert [row["unit_id"] for row in shown("strategy/goals")] == [RECORDS["units"].objects.get(code="HQ").pk]


def test_a_merge_hands_the_goals_of_the_one_that_goes_to_the_one_that_stays(database):
    made = goal(form=3, metric=1, target_amount=1_000_00, due_ym=DUE)
    link_deals(actor=actor("east"), at=AT, uid=made.uid, deals=[uid("deals", "D1")])
    set_strategy(actor=actor("east"), at=AT, uid=uid("deals", "D1"), values={"horizon": 3})

    merge_deals(actor=actor("ops"), at=AT, merging=Merging(uid("deals", "D1"), uid("deals", "D2")))

    assert [row["deal_id"] for row in shown("strategy/carried")] == [RECORDS["deals"].objects.get(code="D2").pk]
    assert [row["deals"] for row in shown("strategy/horizons")][2] == 1


def test_an_assigned_opportunity_waits_for_its_owner_alone(database):
    assign_deal(actor=actor("boss"), at=AT, uid=uid("deals", "D1"))

    with pytest.raises(NotAllowed):
        answer_assignment(actor=actor("east"), at=AT, uid=uid("deals", "D1"), accepted=True)
    with pytest.raises(NotFound):
        answer_assignment(actor=actor("zhao"), at=AT, uid=uid("deals", "D1"), accepted=True)
    with pytest.raises(RuleError, match="正等负责人答复"):
        assign_deal(actor=actor("ops"), at=AT, uid=uid("deals", "D1"))

    assert [(row["answer"], row["waiting_days"]) for row in shown("strategy/assigned")] == [(0, 0)]


def test_a_refusal_needs_a_reason_and_an_answer_is_given_once(database):
    values = {"name": "新区", "owner_id": uid("people", "li"), "stage_id": uid("stages", "lead")}
    deal = assign_new_deal(actor=actor("ops"), at=AT, values=values, strategy={"strategic_type": 2}).uid

    with pytest.raises(RuleError, match="拒绝要写原因"):
        answer_assignment(actor=actor("li"), at=AT, uid=deal, accepted=False)
    answer_assignment(actor=actor("li"), at=AT, uid=deal, accepted=False, reason="没有资质")
    with pytest.raises(RuleError, match="没有等待承接的指派"):
        answer_assignment(actor=actor("li"), at=AT, uid=deal, accepted=True)

    assert [(row["answer"], row["strategic_type"]) for row in shown("strategy/assigned")] == [(2, 2)]
    assert RECORDS["deal_strategy"].objects.get().reason == "没有资质"


def node(who: str = "ops", unit: str = "EAST", **values: Any) -> Any:
    given = {"name": "做强", "unit_id": uid("units", unit), "year": 2026, "kind": 1, **values}
    return create_ogsm_node(actor=actor(who), at=AT, values=given)


def test_a_strategy_above_becomes_the_objective_of_a_unit_below(database):
    objective = node()
    number = node(kind=2, parent_id=objective.uid)
    strategy = node(kind=3, parent_id=number.uid, name="占领县域")

    below = hand_down(actor=actor("east"), at=AT, uid=strategy.uid, unit=uid("units", "SH"))

    with pytest.raises(RuleError, match="还有 1 条"):
        end_ogsm_node(actor=actor("ops"), at=AT, uid=strategy.uid, version=1)
    with pytest.raises(RuleError, match="只能交给下级"):
        hand_down(actor=actor("ops"), at=AT, uid=strategy.uid, unit=uid("units", "SOUTH"))
    assert RECORDS["ogsm_nodes"].objects.get(uid=below.uid).name == "占领县域"
    assert [(row["kind"], row["fault"]) for row in shown("strategy/ogsm")] == [(1, 0), (2, 1), (3, 2), (1, 0)]


def test_the_due_month_of_a_measure_moves_only_with_a_reason_and_what_is_late_is_marked(database):
    strategy = node(kind=3, parent_id=node(kind=2, parent_id=node().uid).uid)
    measure = node(kind=4, parent_id=strategy.uid)

    def due(version, **values):
        return edit_ogsm_node(actor=actor("ops"), at=AT, uid=measure.uid, values=values, version=version)

    due(1, due_ym=ym_at(2026, 6))
    of_its_month = [row["overdue"] for row in shown("strategy/ogsm")]
    for moved in ({"due_ym": ym_at(2026, 5)}, {"due_ym": None}, {"due_ym": ym_at(2026, 5), "due_reason": " "}):
        with pytest.raises(RuleError, match="原定 2026-06，没有写改期理由"):
            due(2, **moved)
    due(2, due_ym=ym_at(2026, 5), due_reason="客户提前验收")
    late = [row["overdue"] for row in shown("strategy/ogsm")]
    with pytest.raises(RuleError, match="原定 2026-05"):
        due(3, due_ym=ym_at(2026, 9))
    due(3, name="改个名字")

    assert (of_its_month, late) == ([0, 0, 0, 0], [0, 0, 0, 1])
    assert RECORDS["ogsm_nodes"].objects.get(uid=measure.uid).due_reason == "客户提前验收"


def test_an_entry_of_another_page_or_out_of_reach_is_refused(database):
    elsewhere = node(unit="SOUTH")

    with pytest.raises(RuleError, match="同一张"):
        node(kind=2, parent_id=elsewhere.uid)
    with pytest.raises(NotAllowed):
        node("east", unit="SOUTH")
    with pytest.raises(NotFound):
        edit_ogsm_node(actor=actor("east"), at=AT, uid=elsewhere.uid, values={"name": "x"}, version=1)


def test_shares_above_a_hundred_percent_and_a_second_row_of_a_market_are_refused(database):
    fact = {"name": "水务", "unit_id": uid("units", "EAST"), "year": 2026, "own_share_bp": 4000}
    made = create_market_fact(actor=actor("ops"), at=AT, values=fact)

    with pytest.raises(RuleError, match="超过 100%"):
        edit_market_fact(actor=actor("ops"), at=AT, uid=made.uid, values={"rivals_share_bp": 6001}, version=1)
    with pytest.raises(RuleError, match="华东 水务 2026」已经有一行"):
        create_market_fact(actor=actor("ops"), at=AT, values=fact)
    with pytest.raises(Conflict):
        edit_market_fact(actor=actor("ops"), at=AT, uid=made.uid, values={"size": 1}, version=7)

    assert shown("strategy/market", "zhao") == [] and len(shown("strategy/market", "east")) == 1


def test_a_file_of_markets_is_brought_and_a_sum_above_a_hundred_percent_is_kept_out(sqlite_database):
    head = "细分市场,区域,年份,市场规模,行业增长,我方份额,对手份额合计,来源\n"
    good, bad = (
        f"{head}{row}\n".encode() for row in ("水务,EAST,2026,8亿,8%,12%,55%,协会", "化工,EAST,2026,5亿,-3%,60%,55%,")
    )

    imports.commit(actor("ops"), AT, imports.prepare([Upload("市场数据.csv", good)], on_day=TODAY))
    refused = imports.preview(actor("ops"), AT, imports.prepare([Upload("市场数据.csv", bad)], on_day=TODAY))

    assert any("超过 100%" in one.message.zh for one in refused.findings if one.severity == "block")
    assert [(row["size"], row["own_size"]) for row in shown("strategy/market")] == [(800_000_000_00, 96_000_000_00)]


def test_the_day_of_a_source_that_is_not_stated_is_refused(database):
    fact = {"name": "水务", "unit_id": uid("units", "EAST"), "year": 2026, "sourced_day": TODAY}

    with pytest.raises(RuleError, match="有来源日期，没有来源") as refused:
        create_market_fact(actor=actor("ops"), at=AT, values=fact)
    assert "Market “华东 水务” has the day" in refused.value.message.en

    assert create_market_fact(actor=actor("ops"), at=AT, values=fact | {"source": "行业协会"}).version == 1
