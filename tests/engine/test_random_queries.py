"""Whatever the check lets through gives the same rows on every engine: random queries, valid or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dacheng.core.access import SYSTEM
from dacheng.core.book import Book, Rows
from dacheng.core.contracts.schema import CONTRACTS
from dacheng.core.deals.schema import DEALS
from dacheng.core.errors import RuleError
from dacheng.core.period import FAR_DAY
from dacheng.engine.opening import VISIBLE, open_book
from dacheng.engine.portable import checked
from tests.engine.conftest import Facts, Loaded, duck
from tests.engine.invented import dated, filled

NUMBERS = st.integers(0, 9).map(str)
COLUMNS = ["d.deal_id", "d.amount", "d.state", "owner_id", "d.win_bp", "d.push_count", "c.amount", "c.contract_id"]
COMPARISONS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    strategies = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*strategies).map("".join)


def truths(numbers: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    plain = st.one_of(
        joined(numbers, " ", COMPARISONS, " ", numbers),
        joined(numbers, " IS NULL"),
        joined(numbers, " IS NOT NULL"),
        joined(numbers, " IN (1, 2, 5)"),
        joined(numbers, " BETWEEN 1 AND ", numbers),
    )
    return st.one_of(plain, joined("NOT (", plain, ")"), joined("(", plain, " OR ", plain, ")"))


def deeper(numbers: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        joined("(", numbers, st.sampled_from([" + ", " - ", " * "]), numbers, ")"),
        joined("COALESCE(", numbers, ", ", numbers, ")"),
        joined("CASE WHEN ", truths(numbers), " THEN ", numbers, st.sampled_from(["", " ELSE 3"]), " END"),
        joined("-", numbers),
    )


values = st.recursive(st.one_of(st.sampled_from(COLUMNS), NUMBERS), deeper, max_leaves=4)
aggregates = st.one_of(
    joined("CAST(SUM(", values, ") AS BIGINT)"),
    joined(st.sampled_from(["MIN", "MAX", "COUNT", "COUNT"]), "(", values, ")"),
    joined("COUNT(DISTINCT ", values, ")"),
    st.just("COUNT(*)"),
)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Draw a query over deals and their contracts; most are portable, some are not."""
    keys = draw(st.lists(st.one_of(st.sampled_from(COLUMNS), values), max_size=2, unique=True))
    grouped = draw(st.booleans())
    shown = [*keys, *draw(st.lists(aggregates if grouped else values, min_size=1, max_size=2))]
    outputs = ", ".join(f"{one} AS x{at}" for at, one in enumerate(shown))
    join = draw(st.sampled_from(["JOIN", "LEFT JOIN"]))
    more = draw(st.one_of(st.just(""), joined(" AND ", truths(st.sampled_from(COLUMNS)))))
    sql = f"SELECT {outputs} FROM deals d {join} contracts c ON c.deal_id = d.deal_id{more}"
    if draw(st.booleans()):
        sql += f" WHERE {draw(truths(values))}"
    if grouped and keys:
        sql += f" GROUP BY {', '.join(draw(st.permutations(keys)))}"
        if draw(st.booleans()):
            sql += f" HAVING {draw(truths(aggregates))}"
    order = draw(st.lists(st.sampled_from([f"x{at}" for at in range(len(shown))] + COLUMNS), max_size=4, unique=True))
    if order:
        sql += f" ORDER BY {', '.join(order)}"
        if draw(st.booleans()):
            sql += " LIMIT 2"
    return sql.replace("owner_id", "d.owner_id")


def facts() -> Facts:
    deals = [
        (1, 5, 0, 1, None, 0),
        (2, None, 0, 2, 5, 1),
        (3, 5, 1, 1, 5, 2),
        (4, 9, 2, 2, None, 2),
        (5, None, 0, 1, 1, 0),
    ]
    contracts = [(1, 3, 5), (2, 3, 7), (3, None, 5), (4, 1, 2)]
    names = ("deal_id", "amount", "state", "owner_id", "win_bp", "push_count")
    return {
        "units": [dated(0, FAR_DAY, unit_id=1, parent_id=0, closed=0)],
        "people": [dated(0, FAR_DAY, person_id=one, left=0, fte_bp=10_000) for one in (1, 2)],
        "assignments": [dated(0, FAR_DAY, person_id=one, unit_id=1) for one in (1, 2)],
        "deals": [dated(0, FAR_DAY, **filled(DEALS, **dict(zip(names, row, strict=True)))) for row in deals],
        "contracts": [
            dated(0, FAR_DAY, **filled(CONTRACTS, contract_id=number, deal_id=deal, amount=amount))
            for number, deal, amount in contracts
        ],
    }


@pytest.fixture
def books(loaded: Loaded) -> tuple[Book, Book]:
    here, there = (
        open_book(engine, viewer=SYSTEM, as_of_day=5, today=5, seq=0, rules=())
        for engine in (loaded(facts()), duck(facts()))
    )
    return here, there


def lines(sql: str, rows: Rows) -> list[tuple[int | None, ...]]:
    columns = [np.where(rows.known(name), rows[name].astype(object), None).tolist() for name in rows.columns]
    found = list(zip(*columns, strict=True))
    return found if "ORDER BY" in sql else sorted(found, key=repr)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(sql=queries())
def test_what_passes_the_check_means_the_same_everywhere(books: tuple[Book, Book], sql: str):
    try:
        checked(sql, VISIBLE)
    except RuleError:
        return

    assert lines(sql, books[0].gather(sql)) == lines(sql, books[1].gather(sql))


def test_most_random_queries_pass_so_that_the_comparison_means_something():
    passed = 0

    @settings(max_examples=200, database=None, deadline=None)
    @given(sql=queries())
    def count(sql: str) -> None:
        nonlocal passed
        try:
            checked(sql, VISIBLE)
            passed += 1
        except RuleError:
            pass

    count()

    assert passed >= 40
