"""What a letter says of its signature, and how much its measures count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.plans.letters import (
    SIGNED,
    SUPERSEDED,
    UNSIGNED,
    WEIGHTS,
    Promise,
    Signature,
    letter_state,
    weights_bp,
)
from dacheng.core.plans.schema import ACCEPTED, IMPOSED, OFFERED
from dacheng.core.plans.talking import seal


def promise(stands: int, now: str, *signed: tuple[str, int]) -> Promise:
    return Promise(stands, now, [Signature(*one) for one in signed])


def test_a_letter_is_signed_from_the_day_on_which_the_last_measure_was_accepted():
    both = [promise(ACCEPTED, "A", ("A", 3)), promise(ACCEPTED, "B", ("B", 5))]

    assert letter_state(both) == (SIGNED, 5)


def test_a_letter_of_which_one_measure_is_open_is_not_signed():
    both = [promise(ACCEPTED, "A", ("A", 3)), promise(OFFERED, "B")]

    assert letter_state(both) == (UNSIGNED, None)


def test_a_target_that_changed_after_it_was_signed_makes_the_letter_void():
    changed = [promise(OFFERED, "C", ("A", 3)), promise(ACCEPTED, "B", ("B", 5))]

    assert letter_state(changed) == (SUPERSEDED, None)


def test_a_target_that_came_back_to_what_was_signed_is_agreed_on_again():
    back = [promise(OFFERED, "A", ("A", 3))]

    assert letter_state(back) == (SUPERSEDED, None)


def test_what_was_imposed_is_not_signed_by_anybody():
    assert letter_state([promise(IMPOSED, "A")]) == (UNSIGNED, None)
    assert letter_state([]) == (UNSIGNED, None)


@pytest.mark.parametrize("template", WEIGHTS)
@given(codes=st.lists(st.sampled_from(["contract", "margin", "cash", "other"]), unique=True, max_size=4))
def test_weights_add_up_to_a_whole_whichever_measures_there_are(template, codes):
    found = [one for one in weights_bp(template, codes) if one is not None]

    assert sum(found) in (0, 10_000)
    assert bool(found) == bool(set(codes) & set(WEIGHTS[template]))


@given(st.dictionaries(st.integers(24000, 24012), st.integers(-(10**14), 10**14), min_size=1), st.integers(1, 10**9))
def test_any_other_amount_gives_another_fingerprint(months, more):
    changed = dict(months)
    first = min(changed)
    changed[first] += more

    assert seal(months) != seal(changed)
