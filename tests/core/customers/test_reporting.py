"""Who reports to whom at a customer: never in a circle, never to somebody of another customer, on any day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.customers.reporting import ABOVE, CUSTOMER, Fault, first_fault, refusal
from dacheng.core.customers.schema import CONTACTS
from dacheng.core.facts import Version
from dacheng.core.period import FAR_DAY


def version(customer, above, from_day=0, to_day=FAR_DAY):
    values = [None] * len(CONTACTS.values)
    values[CUSTOMER], values[ABOVE] = customer, above
    return Version(from_day, to_day, tuple(values))


def test_a_line_upwards_is_fine():
    contacts = {1: [version(7, None)], 2: [version(7, 1)], 3: [version(7, 2)]}

    assert first_fault(contacts, 0) is None


def test_a_circle_is_found_on_the_day_it_closes():
    contacts = {1: [version(7, None, 0, 20), version(7, 3, 20)], 2: [version(7, 1)], 3: [version(7, 2)]}

    fault = first_fault(contacts, 0)

    assert fault == Fault("circle", 20, (1, 3, 2, 1))
    assert "陈立 → 何涛 → 周敏 → 陈立" in refusal(fault, {1: "陈立", 2: "周敏", 3: "何涛"}).message.zh


def test_nobody_reports_to_himself_nor_to_another_customer():
    assert first_fault({1: [version(7, 1)]}, 0) == Fault("circle", 0, (1, 1))
    assert first_fault({1: [version(7, 2)], 2: [version(8, None)]}, 5) == Fault("elsewhere", 5, (1, 2))


@given(st.dictionaries(st.integers(1, 6), st.one_of(st.none(), st.integers(1, 6)), min_size=1))
def test_a_fault_is_found_exactly_where_following_upwards_never_ends_or_leaves(above):
    contacts = {one: [version(7, superior)] for one, superior in above.items()}

    def sound(one, steps=0):
        superior = above[one]
        return superior is None or (superior in above and steps <= len(above) and sound(superior, steps + 1))

    assert (first_fault(contacts, 0) is None) == all(sound(one) for one in above)
