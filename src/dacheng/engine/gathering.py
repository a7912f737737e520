"""Running a portable query over a Book's relations on any engine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from dacheng.core.book import BoolArray, IntArray, Rows
from dacheng.core.errors import RuleError, Text
from dacheng.engine.meaning import PLACE_LIMIT

Params = Mapping[str, int | Sequence[int]]
Values = Sequence[int | None] | npt.NDArray[np.int64]
"""A column of whole numbers; None where the value is not known."""


class Engine(Protocol):
    """A place where fact tables live and SQL runs."""

    def fetch(self, sql: str, given: Sequence[Rows] = ()) -> Rows:
        """Run finished SQL and return its columns; a mask only where there is a null.

        Args:
            given: rows that stand in for relations, in the order in which the text of
                ``given_relation`` appears in the SQL.
        """

    def given_relation(self, columns: Sequence[str], number: int) -> str:
        """Return a SELECT of these columns over the given rows of that number, from 0."""


PLACEHOLDER = re.compile(r":([a-z_][a-z_0-9]*)")


def filled(sql: str, params: Params, lists: frozenset[str] = frozenset()) -> str:
    """Return the text with ``:name`` places filled by whole numbers.

    An empty list becomes ``-1``, an id that no row has. Nothing but integers can be
    filled in, so no text of a user ever reaches SQL.

    Args:
        lists: the places that may take several numbers.

    Raises:
        RuleError: a place has no value, several values where one is meant, or a value
            too large for the check to have allowed for.
    """

    def literal(found: re.Match[str]) -> str:
        name = found.group(1)
        value = params.get(name)
        if value is None:
            raise _refused(name, Text("没有给值", "has no value"))
        if isinstance(value, (int, np.integer)):
            return _number(name, int(value))
        if name not in lists:
            raise _refused(name, Text("只能是一个数", "takes one number"))
        return ", ".join(_number(name, int(one)) for one in value) or "-1"

    return PLACEHOLDER.sub(literal, sql)


def _number(name: str, value: int) -> str:
    if abs(value) > PLACE_LIMIT:
        raise _refused(name, Text(f"不能是 {value}：超过 10^14", f"cannot be {value}: beyond 10^14"))
    return str(value)


def _refused(name: str, reason: Text) -> RuleError:
    return RuleError(Text(f"查询的 :{name} {reason.zh}。", f"The query's :{name} {reason.en}."))


def with_relations(sql: str, parts: Mapping[str, str]) -> str:
    """Return the query with its relations put in front as common table expressions."""
    if not parts:
        return sql
    front = ",\n".join(f"{name} AS ({select})" for name, select in parts.items())
    body = sql.strip()
    head, _, rest = body.partition(" ") if body[:4] != "WITH" else ("WITH", "", body[4:])
    return f"WITH {front},\n{rest.strip()}" if head == "WITH" else f"WITH {front}\n{body}"


def typed(rows: Rows, nullable: Mapping[str, bool]) -> Rows:
    """Return fetched rows as their query declares them.

    A column that can be null has a mask even when the result is empty or every value is
    known, one that cannot has none: so the types of a result never depend on its rows.

    Args:
        nullable: every column in output order.
    """
    columns: dict[str, IntArray] = {}
    masks: dict[str, BoolArray] = {}
    for name, can_be_null in nullable.items():
        columns[name] = rows[name]
        if can_be_null:
            masks[name] = rows.known(name)
        elif name in rows.masks:
            raise AssertionError(f"{name} is null in a result although it is declared to have a value always")
    return Rows(columns, masks)


def fetched(names: Sequence[str], columns: Sequence[Values]) -> Rows:
    """Return columns of whole numbers as rows, with a mask only where there is a None."""
    arrays: dict[str, IntArray] = {}
    masks: dict[str, BoolArray] = {}
    for name, column in zip(names, columns, strict=True):
        values: npt.NDArray[Any] = np.asarray(column)
        if values.dtype == object:
            known: BoolArray = np.not_equal(values, np.array(None, dtype=object)).astype(np.bool_)
            masks[name] = known
            values = np.where(known, values, 0).astype(np.int64)
        arrays[name] = whole_numbers(name, values)
    return Rows(arrays, masks)


def whole_numbers(name: str, values: npt.NDArray[Any]) -> IntArray:
    """Return a column as int64; anything but whole numbers in it is a fault of the check, not of the user."""
    if values.size and values.dtype.kind != "i":
        raise AssertionError(f"{name} holds {values.dtype}, not whole numbers: a result left 64 bits")
    return values.astype(np.int64, copy=False)
