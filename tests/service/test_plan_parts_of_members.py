"""80/20 of a plan's row into people and products: sums true, rows of others pooled, one undo (R046)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import RuleError
from dacheng.core.period import ym_at
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import PERSON, POOL, PRODUCT
from dacheng.exchange.csvbook import sound_company

BOOK = Path(__file__).resolve().parent.parent / "golden" / "eighty-twenty-members" / "book"
AT = datetime(2026, 12, 31, 2, tzinfo=UTC)
EVENLY = [1] * 12
WHOLE = 2_000_000_00


@pytest.fixture
def plan(empty: None) -> UUID:
    """Install six people with five products and break 2,000,000 of 2027 down."""
    from dacheng.service.plan_naming import start_plan
    from dacheng.service.plans import break_down, measure_named
    from dacheng.store.actions.company import install_company

    install_company(actor=SYSTEM, at=AT, company=sound_company(BOOK))
    made = UUID(start_plan(SYSTEM, AT, "2027", "hq", "2027").uid)
    break_down(SYSTEM, AT, made, measure_named("contract"), WHOLE, EVENLY)
    break_down(SYSTEM, AT, made, measure_named("margin"), 600_000_01, EVENLY)
    return made


def opened(plan: UUID, measure: str = "contract"):
    from dacheng.service.books import open_database
    from dacheng.service.plans import measure_named, open_plan

    return open_plan(open_database(SYSTEM, at=AT), plan, measure_named(measure))


def at(one, name: str) -> int:
    return [called.zh for called in one.names].index(name)


def split(plan: UUID, name: str, into: str, **more):
    from dacheng.service.plan_parts import split_row

    one = opened(plan)
    row = int(one.sheet.tree.unit_ids[at(one, name)])
    return split_row(SYSTEM, AT, plan, one.sheet.measure_id, row, into=into, **more)


def look(plan: UUID, name: str, into: str):
    from dacheng.service.books import open_database
    from dacheng.service.plan_parts import proposed_parts

    one = opened(plan)
    return proposed_parts(open_database(SYSTEM, at=AT), one, at(one, name), into=into)


def years_of(plan: UUID, measure: str = "contract") -> dict[str, int]:
    one = opened(plan, measure)
    assert sums_of(one.sheet).broken == 0
    return {one.name(row).zh: int(one.sheet.year[row]) for row in range(len(one.sheet))}


def undo_last(plan: UUID) -> None:
    from dacheng.store.actions.plan_undo import undo_plan_cells
    from dacheng.store.bulk import select_rows

    entry = str(select_rows("log", ["hash"], [("seq > %s", 0)], order=("seq",))[-1][0])
    undo_plan_cells(actor=SYSTEM, at=AT, uid=plan, entry_hash=entry)


def set_terms(plan: UUID, name: str, **terms):
    from dacheng.core.plans.editing import WHOLE_YEAR
    from dacheng.service.plans import set_row_terms

    one = opened(plan)
    set_row_terms(SYSTEM, AT, one, [(at(one, name), WHOLE_YEAR, terms)])


def test_two_people_keep_their_rows_with_named_targets_and_one_row_stands_for_four(plan):
    before = {one: number for number, one in enumerate(opened(plan).codes)}

    found = split(plan, "公司", "owner")

    assert (found.into, found.pooled, found.left_out) == ("owner", 4, 0)
    assert years_of(plan) == {"公司": WHOLE, "赵一": 1_000_000_00, "钱二": 600_000_00, "其余 4 个人": 400_000_00}
    assert years_of(plan, "margin")["公司"] == 600_000_01 == sum(list(years_of(plan, "margin").values())[1:])
    after = opened(plan)
    assert sorted(after.sheet.kind.tolist())[1:] == [PERSON, PERSON, POOL]
    assert after.codes[at(after, "赵一")] in before
    assert [int(after.sheet.years.weight[at(after, one)]) for one in ("赵一", "其余 4 个人")] == [5000, 2000]


def test_a_split_into_people_goes_back_in_one_step_with_every_row_and_its_figures(plan):
    whole, margin = years_of(plan), years_of(plan, "margin")
    set_terms(plan, "吴六", weight=3)
    split(plan, "公司", "owner")
    parts = years_of(plan)

    undo_last(plan)
    assert (years_of(plan), years_of(plan, "margin")) == (whole, margin) and len(whole) == 7
    assert int(opened(plan).sheet.years.weight[at(opened(plan), "吴六")]) == 3

    undo_last(plan)
    assert years_of(plan) == parts


def test_a_new_breakdown_gives_named_people_and_the_others_what_they_weigh(plan):
    from dacheng.service.plans import break_down, measure_named

    split(plan, "公司", "owner")
    break_down(SYSTEM, AT, plan, measure_named("contract"), 1_000_000_00, EVENLY)

    assert years_of(plan) == {"公司": 1_000_000_00, "赵一": 500_000_00, "钱二": 300_000_00, "其余 4 个人": 200_000_00}


def test_a_locked_plan_makes_targets_of_the_named_people_and_none_of_the_others(plan):
    from dacheng.service.books import open_database
    from dacheng.store.actions.plans import lock_plan, move_plan

    split(plan, "公司", "owner")
    move_plan(actor=SYSTEM, at=AT, uid=plan, step="approve", version=None)
    lock_plan(actor=SYSTEM, at=AT, uid=plan, version=None)

    book = open_database(SYSTEM, at=AT)
    rows = book.gather(
        "SELECT person_id, CAST(SUM(amount) AS BIGINT) AS amount FROM targets WHERE measure_id = 1"
        " GROUP BY person_id ORDER BY person_id"
    )
    assert sorted(rows["amount"].tolist()) == [600_000_00, 1_000_000_00, WHOLE]


def test_a_unit_is_split_into_products_only_where_nothing_stands_below(plan):
    with pytest.raises(RuleError, match="已经分给下面 6 行") as refused:
        split(plan, "公司", "product")
    assert "拆成人员" in str(refused.value.remedy)


def test_products_of_a_person_get_a_row_each_and_three_share_one(plan):
    from dacheng.core.money import split as shared
    from dacheng.service.books import open_database
    from dacheng.service.plan_parts import proposed_parts

    whole, year = years_of(plan), years_of(plan)["赵一"]
    one = opened(plan)
    looked = proposed_parts(open_database(SYSTEM, at=AT), one, at(one, "赵一"), into="product")

    found = split(plan, "赵一", "product")

    assert found == looked and (found.left_out, found.pooled) == (10_000_00, 0)
    assert [(part.name.zh, part.brought) for part in found.parts] == [
        ("平台", 250_000_00),
        ("服务", 150_000_00),
        ("其余 3 个产品", 90_000_00),
    ]
    parts = dict(zip(("平台", "服务", "其余 3 个产品"), shared(year, [25, 15, 9]).tolist(), strict=True))
    assert years_of(plan) == whole | parts
    after = opened(plan)
    assert sorted(after.sheet.kind.tolist())[-3:] == [POOL, PRODUCT, PRODUCT]
    undo_last(plan)
    assert years_of(plan) == whole


def test_few_products_are_not_meaningful(plan):
    with pytest.raises(RuleError, match="有业绩的产品只有 1 个"):
        split(plan, "钱二", "product")


def test_one_person_is_not_split_into_people(plan):
    with pytest.raises(RuleError, match="是一个人"):
        split(plan, "赵一", "owner")


@pytest.mark.parametrize("terms", [{"pinned": True}, {"floor": 1}, {"cap": WHOLE}])
def test_a_pinned_or_bounded_person_is_named_and_nothing_is_written(plan, terms):
    set_terms(plan, "孙三", **terms)
    whole = years_of(plan)

    with pytest.raises(RuleError, match="“孙三”是固定的"):
        split(plan, "公司", "owner")
    assert years_of(plan) == whole


def test_people_who_were_offered_their_targets_are_not_pooled_behind_their_backs(plan):
    from dacheng.store.actions.plans import move_plan

    move_plan(actor=SYSTEM, at=AT, uid=plan, step="propose", version=None)
    whole = years_of(plan)

    for ask in (split, look):
        with pytest.raises(RuleError, match="已经协商或调整过"):
            ask(plan, "公司", "owner")
    assert years_of(plan) == whole


def test_months_that_stand_are_not_pooled(plan):
    from dacheng.service.plans import measure_named
    from dacheng.store.actions.plans import copy_plan, move_plan

    assert measure_named("contract")
    move_plan(actor=SYSTEM, at=AT, uid=plan, step="approve", version=None)
    values = {"name": "下半年", "effective_ym": ym_at(2027, 7)}
    copied = UUID(str(copy_plan(actor=SYSTEM, at=AT, uid=plan, values=values).uid))

    with pytest.raises(RuleError, match="已生效的月份"):
        split(copied, "公司", "owner")
