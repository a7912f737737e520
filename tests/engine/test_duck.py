"""DuckDB as an engine: what it holds survives an internal error."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from dacheng.core.errors import Unavailable
from dacheng.core.period import FAR_DAY
from tests.engine.conftest import duck
from tests.engine.invented import dated


class Broken:
    """A connection that fails as DuckDB does after an assertion of its own."""

    closed = False

    def execute(self, sql: str) -> Any:
        raise duckdb.InternalException("INTERNAL Error: database has been invalidated")

    def close(self) -> None:
        self.closed = True


def test_after_an_internal_error_the_connection_is_replaced_and_the_facts_are_there_again():
    engine = duck({"units": [dated(0, FAR_DAY, unit_id=1, parent_id=0, closed=0)]})
    broken = Broken()
    engine.connection = broken  # type: ignore[assignment]

    with pytest.raises(Unavailable, match="again"):
        engine.fetch("SELECT unit_id FROM fact_units")

    assert broken.closed
    assert engine.fetch("SELECT unit_id FROM fact_units")["unit_id"].tolist() == [1]


def test_a_result_that_left_64_bits_is_not_taken_for_a_number():
    engine = duck({})

    with pytest.raises(AssertionError, match="half"):
        engine.fetch("SELECT 0.5 AS half")
