"""Customer types drawn from accounts: what contracts of each brought is the seed of a cut (R021, R043)."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import RuleError
from dacheng.core.history.schema import CUSTOMER, LINE
from dacheng.core.period import day_of
from dacheng.core.plans.cutting import cut_seed, segment_years
from dacheng.core.plans.proving import sums_of
from dacheng.exchange.csvbook import sound_company
from tests.store.company import uid

BOOK = Path(__file__).resolve().parent.parent / "golden" / "tickets-by-customer-type" / "book"
AT = datetime(2025, 12, 31, 2, tzinfo=UTC)
CUSTOMERS = "code,name,industry\nk1,甲,汽车\nk2,乙,汽车\nk3,丙,医疗\nk4,丁,\n"


@pytest.fixture
def unsorted(empty: None, tmp_path: Path) -> None:
    """Install the accounts of the golden case as they are before anybody sorted them."""
    from dacheng.store.actions.company import install_company

    book = tmp_path / "book"
    shutil.copytree(BOOK, book)
    (book / "segments.csv").unlink()
    (book / "customers.csv").write_text(CUSTOMERS, "utf-8")
    install_company(actor=SYSTEM, at=AT, company=sound_company(book))


def book_now(at: datetime = AT):
    from dacheng.service.books import open_database

    return open_database(SYSTEM, at=at)


def types_of(book) -> dict[str, str]:
    """Return the type of each account by their names."""
    from dacheng.service.labels import DatabaseNames

    rows = book.gather(
        "SELECT customer_id, segment_id FROM customers WHERE segment_id IS NOT NULL ORDER BY customer_id"
    )
    names = DatabaseNames()
    accounts = names.names("customers", rows["customer_id"].tolist())
    segments = names.names("segments", rows["segment_id"].tolist())
    pairs = zip(rows["customer_id"].tolist(), rows["segment_id"].tolist(), strict=True)
    return {accounts[one].name: segments[its].name for one, its in pairs}


def draw(by: str = "industry"):
    from dacheng.store.actions.segments import draw_segments

    return draw_segments(actor=SYSTEM, at=AT, by=by)


def planned() -> UUID:
    """Make a plan of 2026 of 1,000.00."""
    from dacheng.service.plan_naming import start_plan
    from dacheng.service.plans import break_down, measure_named

    plan = UUID(start_plan(SYSTEM, AT, "2026", "hq", "2026").uid)
    break_down(SYSTEM, AT, plan, measure_named("contract"), 1000_00, [1] * 12)
    return plan


def test_a_look_writes_nothing_and_a_draw_makes_a_type_of_each_industry(unsorted):
    from dacheng.service.account_types import look_at_types

    looked = look_at_types(SYSTEM, book_now(), "industry")
    assert types_of(book_now()) == {}

    assert draw() == looked
    assert [(one.name, one.segment_id, len(one.accounts), one.typed) for one in looked] == [
        ("医疗", 0, 1, 0),
        ("汽车", 0, 2, 0),
    ]
    assert types_of(book_now()) == {"甲": "汽车", "乙": "汽车", "丙": "医疗"}


def test_contracts_of_each_type_are_the_seed_of_a_cut_true_to_the_fen(unsorted):
    from dacheng.service.plans import cut, measure_named, open_plan

    draw()
    plan, measure = planned(), measure_named("contract")

    done = cut(SYSTEM, AT, plan, measure, CUSTOMER)

    one = open_plan(book_now(), plan, measure, CUSTOMER)
    years = {one.names[at].zh: int(one.sheet.year[at]) for at in range(len(one.names))}
    assert (years["汽车"], years["医疗"]) == (400_00, 600_00)
    assert done.written > 0 and sums_of(one.sheet).broken == 0
    assert sum(segment_years(one.sheet).values()) == 1000_00
    assert sorted(cut_seed(book_now(), one.sheet).values()) == [400_00, 600_00]


def test_the_cut_tells_how_many_accounts_of_each_type_bought_the_year_before(unsorted):
    from dacheng.core.plans.motion import accounts_by_segment
    from dacheng.service.labels import DatabaseNames
    from dacheng.service.plans import measure_named, open_plan

    draw()
    plan = planned()
    one = open_plan(book_now(), plan, measure_named("contract"))
    found = accounts_by_segment(book_now(), one.sheet)
    names = DatabaseNames().names("segments", list(found))
    assert {names[number].name: count for number, count in found.items()} == {"汽车": 2, "医疗": 1}


def test_an_account_sorted_by_hand_keeps_its_type_and_a_second_draw_has_nothing_to_do(unsorted):
    from dacheng.store.actions.customers import edit_customer
    from dacheng.store.actions.segments import create_segment

    own = create_segment(actor=SYSTEM, at=AT, values={"name": "大客户", "dimension": CUSTOMER}).uid
    edit_customer(actor=SYSTEM, at=AT, uid=uid("customers", "k1"), values={"segment_id": own}, version=None)

    drawn = draw()

    assert {one.name: (len(one.accounts), one.typed) for one in drawn} == {"汽车": (1, 1), "医疗": (1, 0)}
    assert types_of(book_now())["甲"] == "大客户"
    with pytest.raises(RuleError, match="都已经分了类型"):
        draw()


def test_a_segment_that_is_called_so_already_is_used(unsorted):
    from dacheng.store.actions.segments import create_segment
    from dacheng.store.bulk import select_rows

    create_segment(actor=SYSTEM, at=AT, values={"name": "汽车", "dimension": CUSTOMER})
    create_segment(actor=SYSTEM, at=AT, values={"name": "医疗", "dimension": LINE})
    draw()

    found = select_rows("rec_segments", ["name", "dimension"], [("NOT removed", None)], order=("name", "dimension"))
    assert sorted(found) == sorted([("医疗", LINE), ("医疗", CUSTOMER), ("汽车", CUSTOMER)])


def test_a_type_changed_later_holds_from_its_day_and_a_past_day_shows_the_earlier_one(unsorted):
    from dacheng.store.actions.customers import edit_customer
    from dacheng.store.bulk import select_rows

    draw()
    medical = next(UUID(str(row[0])) for row in select_rows("rec_segments", ["uid"], [("name = %s", "医疗")]))
    later = AT + timedelta(days=40)
    edit_customer(actor=SYSTEM, at=later, uid=uid("customers", "k2"), values={"segment_id": medical}, version=None)

    now = book_now(later)
    assert types_of(now)["乙"] == "医疗"
    assert types_of(now.at(day_of(AT.date())))["乙"] == "汽车"


def test_a_product_line_is_no_type_of_an_account(unsorted):
    from dacheng.store.actions.customers import create_customer, edit_customer
    from dacheng.store.actions.segments import create_segment

    line = create_segment(actor=SYSTEM, at=AT, values={"name": "设备", "dimension": LINE}).uid
    with pytest.raises(RuleError, match="“设备”不是客户类型"):
        edit_customer(actor=SYSTEM, at=AT, uid=uid("customers", "k1"), values={"segment_id": line}, version=None)
    with pytest.raises(RuleError, match="“设备”不是客户类型"):
        create_customer(actor=SYSTEM, at=AT, values={"name": "戊", "segment_id": line})


def test_nothing_written_and_too_many_kinds_are_told_with_the_way_out(unsorted, monkeypatch):
    from dacheng.store import account_types

    with pytest.raises(RuleError, match="没有一个客户填了地区"):
        draw("region")
    with pytest.raises(RuleError, match="不能按“size”"):
        draw("size")
    monkeypatch.setattr(account_types, "MOST_TYPES", 1)
    with pytest.raises(RuleError, match="行业有 2 种") as refused:
        draw()
    assert "写法统一" in refused.value.remedy.zh
