"""How checklists begin: of what they are, and when their items are due (R051, R058, R059, R222)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.checklists.schema import CALENDAR, FOUNDATIONS, KINDS, OPENING, WORKSHEET
from dacheng.core.checklists.starting import Item, about, check_about, due_days, template_on
from dacheng.core.errors import RuleError
from dacheng.core.period import FiscalYear, date_of, day_of
from dacheng.exchange.defaults import default_checklists

APRIL = FiscalYear(4)


def test_every_kind_ships_a_template_in_both_languages():
    for kind, _, _ in KINDS:
        template = template_on(default_checklists(), kind, day_of(date(2026, 6, 30)))
        assert len(template.items) >= 6 and all(one.name and one.name_en for one in template.items)


def test_the_calendar_goes_from_publishing_to_assessment_in_the_order_of_the_year():
    items = template_on(default_checklists(), CALENDAR, day_of(date(2026, 6, 30))).items

    days = due_days(items, CALENDAR, start_day=0, year=2026, fiscal=FiscalYear(1))

    assert list(dict.fromkeys(one.part for one in items)) == [9, 10, 11, 12, 13, 14]
    assert days == sorted(days) and date_of(days[1]).isoformat() == "2025-12-31"


def test_months_of_the_calendar_count_from_the_first_of_the_fiscal_year():
    days = due_days([Item(9, "x", month=1), Item(9, "y", month=0)], CALENDAR, start_day=0, year=2026, fiscal=APRIL)

    first = APRIL.year(2026).from_ym
    assert [date_of(one).month for one in days] == [first % 12 + 1, (first - 1) % 12 + 1]


@given(st.integers(0, 30000), st.lists(st.integers(0, 120), max_size=8))
def test_a_later_start_moves_every_due_day_alike(start, after):
    items = [Item(4, "x", after_days=one) for one in after]

    found = due_days(items, OPENING, start_day=start, year=0, fiscal=APRIL)

    assert [day - start for day in found if day is not None] == after


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"kind": FOUNDATIONS}, "目标方案"),
        ({"kind": WORKSHEET, "plan_id": 3, "person_id": 2}, "不属于"),
        ({"kind": OPENING}, "一个人"),
        ({"kind": CALENDAR, "unit_id": 1}, "年份"),
        ({"kind": CALENDAR, "year": 2026, "plan_id": 3}, "不属于"),
    ],
)
def test_a_checklist_about_nothing_or_too_much_is_refused(columns, words):
    with pytest.raises(RuleError, match=words):
        check_about(columns)


def test_who_is_to_do_an_item_of_the_calendar_does_not_make_another_list():
    row = {"kind": CALENDAR, "unit_id": 1, "plan_id": 0, "year": 2026, "person_id": 0}

    assert about(row) == about({**row, "person_id": 7})
    assert about({**row, "kind": OPENING}) != about({**row, "kind": OPENING, "person_id": 7})
