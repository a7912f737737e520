"""A Book's relations: who sees which row, placed where, on which day, on every engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dacheng.core.access import MANAGER, REP, SYSTEM, Held, Viewer
from dacheng.core.book import Basis, Book, Ever, Rows
from dacheng.core.cash.schema import ALLOCATIONS
from dacheng.core.contracts.schema import CONTRACTS
from dacheng.core.deals.schema import DEALS
from dacheng.core.errors import RuleError
from dacheng.core.org.schema import PEOPLE
from dacheng.core.period import FAR_DAY
from dacheng.core.relation import Relation
from dacheng.core.schema import CREDITS
from dacheng.engine.gathering import Engine
from dacheng.engine.opening import VISIBLE, open_book
from tests.engine.conftest import Loaded, duck
from tests.engine.invented import (
    LAST,
    Invented,
    companies,
    credits_by_hand,
    dated,
    filled,
    hosted_by_hand,
    seen_by_hand,
)

TARGETS = "SELECT t.ym, t.amount FROM targets t JOIN units u ON u.unit_id = t.unit_id"
NOBODY = Invented({}, SYSTEM, today=5)
names = st.sampled_from(
    ["credits", "allocation_credits", "people", "assignments", "engagements", "units", "targets", "customers"]
)
bases = st.sampled_from(["then", "today"])
KEPT = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def opened(engine: Engine, company: Invented, day: int, basis: Basis = "then") -> Book:
    return open_book(engine, viewer=company.viewer, as_of_day=day, today=company.today, seq=0, rules=(), basis=basis)


def listed(book: Book, relation: Relation) -> list[tuple[int, int]]:
    key = relation.key[0]
    rows = book.gather(f"SELECT {key}, unit_id FROM {relation.name} ORDER BY {key}")
    return list(zip(rows[key].tolist(), rows["unit_id"].tolist(), strict=True))


@pytest.mark.parametrize("relation", [DEALS, CONTRACTS, ALLOCATIONS], ids=lambda one: one.name)
@KEPT
@given(company=companies(), day=st.integers(0, LAST))
def test_a_viewer_sees_what_a_patient_person_would_show_him(
    loaded: Loaded, relation: Relation, company: Invented, day: int
):
    engine = loaded(company.facts)

    then, today = opened(engine, company, day), opened(engine, company, day, "today")

    assert listed(then, relation) == seen_by_hand(company, relation, day, day)
    if company.today != day:
        assert listed(today, relation) == seen_by_hand(company, relation, day, company.today)


@settings(max_examples=60, deadline=None)
@given(company=companies(), day=st.integers(0, LAST))
def test_a_host_sees_who_is_lent_to_it_but_not_where_from(company: Invented, day: int):
    engine = duck(company.facts)

    for basis, org_day in (("then", day), ("today", company.today)):
        rows = opened(engine, company, day, basis).gather(
            "SELECT person_id, host_id, unit_id FROM engagements ORDER BY person_id, host_id, unit_id"
        )
        seen = [tuple(one) for one in zip(*(rows[name].tolist() for name in rows.columns), strict=True)]
        assert seen == hosted_by_hand(company, day, org_day)


@pytest.mark.parametrize(
    ("name", "relation"), [("credits", DEALS), ("contract_credits", CONTRACTS), ("allocation_credits", ALLOCATIONS)]
)
@KEPT
@given(company=companies(), day=st.integers(0, LAST))
def test_everybody_has_his_part_of_what_is_shared_and_no_one_sees_another_s(
    loaded: Loaded, name: str, relation: Relation, company: Invented, day: int
):
    engine = loaded(company.facts)

    then, today = opened(engine, company, day), opened(engine, company, day, "today")

    assert parts_listed(then, name) == credits_by_hand(company, relation, day, day)
    if company.today != day:
        assert parts_listed(today, name) == credits_by_hand(company, relation, day, company.today)


@pytest.mark.parametrize(
    ("name", "key", "whole"),
    [
        ("credits", "deal_id", "deals"),
        ("contract_credits", "contract_id", "contracts"),
        ("allocation_credits", "allocation_id", "allocations"),
    ],
)
@settings(max_examples=40, deadline=None)
@given(company=companies(), day=st.integers(0, LAST))
def test_parts_add_up_to_the_whole_to_the_cent(name: str, key: str, whole: str, company: Invented, day: int):
    book = opened(duck(company.facts), replace(company, viewer=SYSTEM), day)

    rows = book.gather(f"SELECT {key}, CAST(SUM(amount) AS BIGINT) AS amount FROM {name} GROUP BY {key} ORDER BY {key}")
    wholes = book.gather(f"SELECT {key}, amount FROM {whole} ORDER BY {key}")

    assert rows[key].tolist() == wholes[key].tolist()
    assert (rows["amount"].tolist(), rows.known("amount").tolist()) == (
        wholes["amount"].tolist(),
        wholes.known("amount").tolist(),
    )


def parts_listed(book: Book, name: str) -> list[tuple[int, int, int, int, int | None]]:
    key = CREDITS[name].key[0]
    rows = book.gather(f"SELECT {key}, part, owner_id, unit_id, amount FROM {name} ORDER BY {key}, part, owner_id")
    amounts = [value if known else None for value, known in zip(rows["amount"], rows.known("amount"), strict=True)]
    return list(zip(*(rows[one].tolist() for one in (key, "part", "owner_id", "unit_id")), amounts, strict=True))


@settings(max_examples=25, deadline=None)
@given(company=companies(), name=names, basis=bases)
def test_spans_that_hold_on_a_day_are_the_rows_of_that_day(company: Invented, name: str, basis: Basis):
    book = opened(duck(company.facts), company, LAST, basis)

    spans = book.spans(name)

    for day in range(LAST + 2):
        here = spans.only((spans["from_day"] <= day) & (spans["to_day"] > day))
        assert table_of(here) == table_of(everything(book.at(day), name))


@KEPT
@given(company=companies(), basis=bases, first=st.integers(0, LAST), days=st.integers(0, LAST))
def test_spans_of_what_ever_lay_in_a_range_are_all_versions_of_it_and_no_other(
    loaded: Loaded, company: Invented, basis: Basis, first: int, days: int
):
    book = opened(loaded(company.facts), company, LAST, basis)

    whole, few = book.spans("deals"), book.spans("deals", Ever("closed_day", first, first + days))

    ever = {row["deal_id"] for row in company.facts.get("deals", ()) if first <= row["closed_day"] < first + days}
    assert table_of(few) == table_of(whole.only(np.isin(whole["deal_id"], sorted(ever))))


@KEPT
@given(company=companies(), name=names, basis=bases)
def test_spans_are_the_same_on_every_engine(loaded: Loaded, company: Invented, name: str, basis: Basis):
    here, there = (opened(engine(company.facts), company, LAST, basis).spans(name) for engine in (loaded, duck))

    assert {column: here[column].tolist() for column in here.columns} == {
        column: there[column].tolist() for column in there.columns
    }


def everything(book: Book, name: str) -> Rows:
    columns = ", ".join(f"r.{column}" for column in VISIBLE[name])
    return book.gather(f"SELECT {columns} FROM {name} r")


def table_of(rows: Rows) -> list[tuple[int | None, ...]]:
    """Return the rows without their days, sorted."""
    names = sorted(set(rows.columns) - {"from_day", "to_day"})
    columns = [
        [value if known else None for value, known in zip(rows[name].tolist(), rows.known(name).tolist(), strict=True)]
        for name in names
    ]
    return sorted(zip(*columns, strict=True), key=lambda row: tuple((value is None, value or 0) for value in row))


def test_someone_without_units_sees_nothing_of_others_even_before_the_first_unit_stood(loaded: Loaded):
    engine = loaded(
        {
            "units": [dated(10, FAR_DAY, unit_id=1, parent_id=0, closed=0)],
            "people": [dated(0, FAR_DAY, person_id=one, left=0, fte_bp=10_000) for one in (1, 2)],
            "assignments": [dated(0, FAR_DAY, person_id=one, unit_id=1) for one in (1, 2)],
        }
    )

    book = opened(engine, Invented({}, Viewer(2), today=5), 5)

    assert listed(book, PEOPLE) == [(2, 1)]


def test_a_hidden_margin_is_null_for_a_rep_and_shown_to_a_manager():
    facts = {
        "units": [dated(0, FAR_DAY, unit_id=1, parent_id=0, closed=0)],
        "people": [dated(0, FAR_DAY, person_id=1, left=0, fte_bp=10_000)],
        "assignments": [dated(0, FAR_DAY, person_id=1, unit_id=1)],
        "contracts": [dated(0, FAR_DAY, **filled(CONTRACTS, cost=70))],
    }
    engine = duck(facts)
    query = "SELECT contract_id, cost FROM contracts ORDER BY contract_id"

    rep, manager = (
        opened(engine, Invented(facts, Viewer(1, (Held(role, 1),)), today=5), 5).gather(query)
        for role in (REP, MANAGER)
    )

    assert rep.known("cost").tolist() == [False]
    assert (manager["cost"].tolist(), manager.known("cost").tolist()) == ([70], [True])


@pytest.mark.parametrize(
    "homes",
    [
        pytest.param([], id="none"),
        pytest.param([(0, 5), (6, FAR_DAY)], id="a gap"),
        pytest.param([(0, 5), (4, FAR_DAY)], id="two at once"),
        pytest.param([(3, FAR_DAY)], id="too late"),
        pytest.param([(0, 9)], id="an end"),
    ],
)
def test_a_book_does_not_open_while_somebody_has_no_home_or_two(homes: list[tuple[int, int]]):
    engine = duck(
        {
            "units": [dated(0, FAR_DAY, unit_id=1, parent_id=0, closed=0)],
            "people": [dated(0, FAR_DAY, person_id=7, left=0, fte_bp=10_000)],
            "assignments": [dated(start, stop, person_id=7, unit_id=1) for start, stop in homes],
        }
    )

    with pytest.raises(RuleError, match="#7"):
        opened(engine, Invented({}, Viewer(7), today=5), 5)


def test_a_what_if_stands_in_for_a_relation_on_every_engine(loaded: Loaded):
    book = opened(loaded({"units": [dated(0, FAR_DAY, unit_id=1, parent_id=0, closed=0)]}), NOBODY, 5)
    given_rows = Rows.of(
        ["unit_id", "person_id", "measure_id", "ym", "amount"], [(1, 0, 1, 24_312, 500), (1, 0, 1, 24_313, None)]
    )

    what_if = book.replace(targets=given_rows)
    rows = what_if.gather(f"{TARGETS} ORDER BY t.ym, t.unit_id, t.person_id, t.measure_id")

    assert rows["ym"].tolist() == [24_312, 24_313]
    assert (rows["amount"].tolist(), rows.known("amount").tolist()) == ([500, 0], [True, False])
    assert len(book.gather("SELECT ym FROM targets")) == 0
