"""80/20 in a plan: a row split into named accounts and all others, every sum exact (R046, golden case G40)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import RuleError
from dacheng.core.period import ym_at
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import CUSTOMER, POOL
from dacheng.exchange.csvbook import sound_company

BOOK = Path(__file__).resolve().parent.parent / "golden" / "eighty-twenty" / "book"
AT = datetime(2026, 12, 31, 2, tzinfo=UTC)
EVENLY = [1] * 12


def opened(plan: UUID):
    from dacheng.service.books import open_database
    from dacheng.service.plans import measure_named, open_plan

    book = open_database(SYSTEM, at=AT)
    return book, open_plan(book, plan, measure_named("contract"))


def at(one, name: str) -> int:
    return [called.zh for called in one.names].index(name)


@pytest.fixture
def plan(empty: None) -> UUID:
    """Install the ten accounts of G40 and break 2,000,000 of 2027 down."""
    from dacheng.service.plan_naming import start_plan
    from dacheng.service.plans import break_down, measure_named
    from dacheng.store.actions.company import install_company

    install_company(actor=SYSTEM, at=AT, company=sound_company(BOOK))
    made = UUID(start_plan(SYSTEM, AT, "2027", "hq", "2027").uid)
    break_down(SYSTEM, AT, made, measure_named("contract"), 2_000_000_00, EVENLY)
    return made


def split(plan: UUID, name: str, **more):
    from dacheng.service.plan_parts import split_row

    _, one = opened(plan)
    row = int(one.sheet.tree.unit_ids[at(one, name)])
    return split_row(SYSTEM, AT, plan, one.sheet.measure_id, row, **more)


def test_g40_six_accounts_get_a_row_each_and_four_share_one(plan):
    from dacheng.service.plan_parts import proposed_parts

    book, one = opened(plan)
    looked = proposed_parts(book, one, at(one, "李雷"))
    assert len(opened(plan)[1].sheet) == 2

    found = split(plan, "李雷")

    assert found == looked
    _, after = opened(plan)
    years = {after.name(row).zh: int(after.sheet.year[row]) for row in range(len(after.sheet))}
    assert years == {
        "公司": 2_000_000_00,
        "李雷": 2_000_000_00,
        "客户1": 600_000_00,
        "客户2": 400_000_00,
        "客户3": 240_000_00,
        "客户4": 160_000_00,
        "客户5": 140_000_00,
        "客户6": 120_000_00,
        "其余 4 个客户": 340_000_00,
    }
    assert sorted(after.sheet.kind.tolist())[2:] == [CUSTOMER] * 6 + [POOL]
    assert sums_of(after.sheet).broken == 0
    assert {after.name(row).zh: int(after.sheet.years.weight[row]) for row in (2, 8)} == {
        "客户1": 3000,
        "其余 4 个客户": 1700,
    }


def test_a_new_breakdown_keeps_to_what_the_accounts_brought(plan):
    from dacheng.service.plans import break_down, measure_named

    split(plan, "李雷")
    break_down(SYSTEM, AT, plan, measure_named("contract"), 1_000_000_00, EVENLY)

    _, after = opened(plan)
    assert int(after.sheet.year[at(after, "客户1")]) == 300_000_00 and sums_of(after.sheet).broken == 0


def test_a_row_that_is_split_already_is_not_split_again(plan):
    split(plan, "李雷")

    with pytest.raises(RuleError, match="已经分给下面 7 行"):
        split(plan, "李雷")
    with pytest.raises(RuleError, match="不是组织也不是人员"):
        split(plan, "客户1")
    with pytest.raises(RuleError, match="已经分给下面 1 行"):
        split(plan, "公司")


def test_too_few_accounts_are_not_meaningful_and_nothing_is_written(plan):
    from dacheng.core.period import Period

    with pytest.raises(RuleError, match="没有意义"):
        split(plan, "李雷", period=Period(ym_at(2025, 1), ym_at(2026, 1)))
    assert len(opened(plan)[1].sheet) == 2


def undone(plan: UUID, entry: str) -> int:
    from dacheng.store.actions.plan_undo import undo_plan_cells

    return undo_plan_cells(actor=SYSTEM, at=AT, uid=plan, entry_hash=entry)


def last_entry() -> str:
    from dacheng.store.bulk import select_rows

    return str(select_rows("log", ["hash"], [("seq > %s", 0)], order=("seq",))[-1][0])


def years_of(plan: UUID) -> dict[str, int]:
    _, one = opened(plan)
    return {one.name(row).zh: int(one.sheet.year[row]) for row in range(len(one.sheet))}


def test_a_split_is_taken_back_in_one_step_and_an_undo_too(plan):
    whole = years_of(plan)
    split(plan, "李雷")
    parts = years_of(plan)

    undone(plan, last_entry())
    assert years_of(plan) == whole and len(whole) == 2

    undone(plan, last_entry())
    assert years_of(plan) == parts and len(parts) == 9
    assert sums_of(opened(plan)[1].sheet).broken == 0


def test_a_row_whose_split_was_taken_back_is_split_again(plan):
    split(plan, "李雷")
    parts = years_of(plan)
    undone(plan, last_entry())

    split(plan, "李雷")

    assert years_of(plan) == parts and sums_of(opened(plan)[1].sheet).broken == 0


def test_an_undo_is_refused_where_an_account_would_come_back_beside_the_new_ones(plan):
    from dacheng.core.errors import Conflict

    split(plan, "李雷")
    undone(plan, last_entry())
    taken_back = last_entry()
    split(plan, "李雷")
    parts = years_of(plan)

    with pytest.raises(Conflict, match="差"):
        undone(plan, taken_back)
    assert years_of(plan) == parts


def test_a_split_whose_figures_were_set_since_is_not_taken_back(plan):
    from dacheng.service.plans import break_down, measure_named

    split(plan, "李雷")
    entry = last_entry()
    break_down(SYSTEM, AT, plan, measure_named("contract"), 1_000_000_00, EVENLY)
    changed = years_of(plan)

    with pytest.raises(RuleError, match="之后又改过"):
        undone(plan, entry)
    assert years_of(plan) == changed
