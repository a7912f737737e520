"""The same text gives the same rows, nulls and types on every engine, and keeps its types without rows."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings

from dacheng.core.access import SYSTEM
from dacheng.core.book import Rows
from dacheng.engine.gathering import Engine
from dacheng.engine.opening import VISIBLE, open_book
from dacheng.engine.portable import checked
from tests.engine.conftest import Loaded, duck
from tests.engine.invented import LAST, Invented, companies
from tests.engine.queries import ACCEPTED

PARAMS = {"rows": 3, "first": 0, "owners": (1, 2), "deal": 1}


def answers(engine: Engine) -> dict[str, Rows]:
    book = open_book(engine, viewer=SYSTEM, as_of_day=LAST, today=LAST, seq=0, rules=())
    return {sql: book.gather(sql, **PARAMS) for sql in ACCEPTED}


def plain(sql: str, rows: Rows) -> object:
    """Return values and masks as lists; sorted where the query leaves the order open."""
    names = list(rows.columns)
    lines = list(zip(*(np.where(rows.known(name), rows[name], -1).tolist() for name in names), strict=True))
    return names, sorted(rows.masks), lines if "ORDER BY" in sql else sorted(lines)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(company=companies())
def test_every_engine_gives_the_same_answer(loaded: Loaded, company: Invented):
    here, there = answers(loaded(company.facts)), answers(duck(company.facts))

    assert {sql: plain(sql, rows) for sql, rows in here.items()} == {
        sql: plain(sql, rows) for sql, rows in there.items()
    }


def test_without_rows_every_column_keeps_its_type_and_its_mask(loaded: Loaded):
    for sql, rows in answers(loaded({})).items():
        declared = checked(sql, VISIBLE).nullable
        assert {name: column.dtype for name, column in rows.columns.items()} == dict.fromkeys(declared, np.int64)
        assert set(rows.masks) == {name for name, can_be_null in declared.items() if can_be_null}
