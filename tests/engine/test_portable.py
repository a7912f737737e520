"""The portable subset: what is refused and why, what passes, and what a result's types are."""

from __future__ import annotations

import duckdb
import psycopg
import pytest

from dacheng.core.book import Rows
from dacheng.core.errors import RuleError
from dacheng.engine.constructs import RESERVED
from dacheng.engine.gathering import filled, typed, with_relations
from dacheng.engine.opening import VISIBLE
from dacheng.engine.portable import checked
from tests.engine.queries import ACCEPTED, REFUSED


@pytest.mark.parametrize(("sql", "reason"), REFUSED.items(), ids=REFUSED)
def test_it_is_refused_with_its_reason(sql: str, reason: str):
    with pytest.raises(RuleError) as refused:
        checked(sql, VISIBLE)

    assert reason in refused.value.sentence("en")
    assert refused.value.sentence("zh") != refused.value.sentence("en")


@pytest.mark.parametrize(("sql", "nullable"), ACCEPTED.items(), ids=ACCEPTED)
def test_it_is_accepted_with_these_types(sql: str, nullable: dict[str, bool]):
    assert dict(checked(sql, VISIBLE).nullable) == nullable


def test_a_refusal_names_line_column_and_construct():
    with pytest.raises(RuleError) as refused:
        checked("SELECT deal_id\nFROM deals\nWHERE deal_id > 3 AND\n  amount * deal_id > 2", VISIBLE)

    assert "Query line 4 column 3, `amount * deal_id`" in refused.value.sentence("en")
    assert "查询第 4 行第 3 列「amount * deal_id」" in refused.value.sentence("zh")


def test_the_relations_a_query_reads_are_known_without_its_own_names():
    query = checked(
        "WITH held AS (SELECT owner_id FROM deals) SELECT p.person_id FROM people p"
        " JOIN held h ON h.owner_id = p.person_id WHERE EXISTS (SELECT 1 FROM units u WHERE u.unit_id = p.unit_id)",
        VISIBLE,
    )

    assert query.relations == ("deals", "people", "units")


def test_only_places_inside_in_take_several_numbers():
    sql = "SELECT deal_id FROM deals WHERE owner_id IN (:owners) AND state = :state"
    lists = checked(sql, VISIBLE).lists

    assert filled(sql, {"owners": [3, 4], "state": 1}, lists).endswith("owner_id IN (3, 4) AND state = 1")
    assert filled(sql, {"owners": [], "state": 1}, lists).endswith("owner_id IN (-1) AND state = 1")
    for params in ({"owners": [3], "state": [1, 2]}, {"owners": [3]}, {"owners": [3], "state": 10**15}):
        with pytest.raises(RuleError, match=":state"):
            filled(sql, params, lists)


def test_a_query_is_checked_once():
    sql = "SELECT deal_id FROM deals WHERE owner_id = 4"

    assert checked(sql, VISIBLE) is checked(sql, VISIBLE)


def test_an_empty_result_keeps_its_types():
    nothing = Rows({name: Rows.of(["x"], [])["x"] for name in ("deal_id", "amount")})

    rows = typed(nothing, {"deal_id": False, "amount": True})

    assert [rows[name].dtype.kind for name in rows.columns] == ["i", "i"]
    assert set(rows.masks) == {"amount"}


def test_a_null_where_none_is_declared_fails_loudly():
    with pytest.raises(AssertionError, match="amount is null"):
        typed(Rows.of(["amount"], [(None,)]), {"amount": False})


def test_relations_come_before_the_query_s_own_names():
    assert with_relations("WITH a AS (SELECT 1 AS x FROM b) SELECT x FROM a", {"b": "SELECT 1"}) == (
        "WITH b AS (SELECT 1),\na AS (SELECT 1 AS x FROM b) SELECT x FROM a"
    )
    assert with_relations("\nSELECT x FROM b", {"b": "SELECT 1"}) == "WITH b AS (SELECT 1)\nSELECT x FROM b"


def test_every_word_that_an_engine_reserves_is_reserved_here(postgres_url: str):
    words = set(
        duckdb.sql("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'").fetchnumpy()[
            "keyword_name"
        ]
    )
    with psycopg.connect(postgres_url) as connection:
        words |= {
            row[0] for row in connection.execute("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")
        }

    assert words - RESERVED == set()
