"""Phone numbers and e-mail addresses: read as people write them, kept in one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.checking import kept, problem_of
from dacheng.core.customers.schema import CONTACTS
from dacheng.core.text_forms import dialled, email, phone

PHONE, EMAIL = CONTACTS.column("phone"), CONTACTS.column("email")


@pytest.mark.parametrize(
    ("written", "one_form"),
    [
        ("139 0000 0001", "13900000001"),
        ("'+86 13900000001", "13900000001"),
        ("0086-139-0000-0001", "13900000001"),
        ("８６１３９０００００００１", "13900000001"),
        ("010-55550101", "010-55550101"),
        ("(0755) 2345 6789 转 801", "0755-23456789-801"),
        ("+86 21 5555 0101 ext. 12", "021-55550101-12"),
        ("400 810 8888", "400-810-8888"),
        ("55550101", "55550101"),
        ("+852 2345 6789", "+85223456789"),
        ("+1 (555) 010-0100", "+15550100100"),
        ("13900000001/010-55550101", "13900000001 / 010-55550101"),
        ("13900000001；13900000001", "13900000001"),
    ],
)
def test_a_number_is_kept_in_one_form_however_it_is_written(written, one_form):
    assert phone(written) == one_form


@pytest.mark.parametrize(
    "written", ["没有", "12345", "139000000011", "+86 1", "a@b.cn", "1/2", "++852 2345 6789", "转 801"]
)
def test_what_is_no_number_is_refused_with_the_way_out(written):
    problem = problem_of(PHONE, written)

    assert problem is not None and "139 0000 0001" in problem.zh and "+852" in problem.en


@given(st.text(alphabet="0123456789+-() 转x/,；", max_size=40))
def test_the_one_form_of_a_number_is_its_own(written):
    once = phone(written)

    assert once is None or phone(once) == once


@given(st.text(alphabet="abcXYZ.@-_ 0９", max_size=30))
def test_the_one_form_of_an_address_is_its_own(written):
    once = email(written)

    assert once is None or email(once) == once


@pytest.mark.parametrize("written", ["chenli", "@example.com", "a b@example.com", "a@b", "a@b.cn, c@d.cn", "a@b..cn"])
def test_what_is_no_address_is_refused(written):
    assert problem_of(EMAIL, written) is not None


def test_blank_is_not_known_and_other_texts_stay_as_they_are():
    assert (problem_of(PHONE, ""), kept(PHONE, "")) == (None, "")
    assert kept(CONTACTS.column("note"), "+86 139 0000 0001") == "+86 139 0000 0001"


def test_a_number_is_dialled_from_everywhere():
    assert [dialled(one) for one in ("13900000001", "021-55550101-801", "400-810-8888", "+85223456789")] == [
        "+8613900000001", "+862155550101,801", "4008108888", "+85223456789",
    ]  # fmt: skip
