"""Who a contact of a file is among those known: a mobile or an address tells, a name where nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.customers.meeting import Person, met

CHEN = Person(1, "陈立", "13900000001 / 021-55550101", "chen.li@example.com")
ZHOU = Person(2, "周敏", "021-55550101")
NAMESAKE = Person(3, "陈立", "13900000003")


@pytest.mark.parametrize(
    ("coming", "by", "people"),
    [
        (Person(0, "陈总", "+86 139 0000 0001"), "reach", (CHEN,)),
        (Person(0, "陈总", "", "Chen.Li@EXAMPLE.com"), "reach", (CHEN,)),
        (Person(0, "周敏", "13911111111"), "name", (ZHOU,)),
        (Person(0, "陈立"), "name", (CHEN, NAMESAKE)),
        (Person(0, "陈立", "139 0000 0003"), "reach", (NAMESAKE,)),
        (Person(0, "何涛", "021-55550101"), "", ()),
        (Person(0, "何涛", "问前台"), "", ()),
    ],
)
def test_a_contact_is_known_by_what_is_his_alone(coming, by, people):
    found = met(coming, [CHEN, ZHOU, NAMESAKE])

    assert (found.by, found.people) == (by, people)


def test_of_two_who_share_a_mobile_the_one_of_the_name_is_meant_and_otherwise_nobody():
    shared = [Person(1, "陈立", "13900000001"), Person(2, "周敏", "13900000001")]

    named, other = (met(Person(0, name, "13900000001"), shared) for name in ("周敏", "何涛"))

    assert [one.number for one in named.people] == [2]
    assert len(other.people) == 2


PEOPLE = st.builds(
    Person,
    st.integers(1, 99),
    st.sampled_from(["陈立", " 陈立 ", "周敏", "何涛"]),
    st.sampled_from(["", "13900000001", "13900000002", "021-55550101"]),
    st.sampled_from(["", "a@example.com", "b@example.com"]),
)


@given(PEOPLE, st.lists(PEOPLE, max_size=5))
def test_whoever_is_named_shares_something_with_the_one_who_comes(coming, known):
    found = met(coming, known)

    assert set(found.people) <= set(known)
    for one in found.people:
        assert one.reach & coming.reach if found.by == "reach" else one.name.strip() == coming.name.strip()
    if not found.people:
        assert not any(one.reach & coming.reach or one.name.strip() == coming.name.strip() for one in known)
