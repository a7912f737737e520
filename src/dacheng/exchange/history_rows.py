"""What a row of past results yields (历史业绩的行): one line of history for each amount that it tells.

An order line tells 合同额, and perhaps 毛利 and 回款 beside it. A sheet of monthly figures has a column for each
month, or a row. A line with a number of its own is found again by it and the measure; a figure without one is the
total of its unit, person, segment, account, measure and day, and found again by these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dacheng.exchange.mapping import (
    Condition,
    Constant,
    FromColumn,
    MadeOf,
    MonthCell,
    MonthTitle,
    Origin,
    OwnDay,
    Recognised,
    RowRule,
)

MEASURED = ("contract", "margin", "cash")
"""Fields beside the amount: each is an amount of the measure that it is named after."""

FIRST_MEASURE = "contract"
"""What an amount is of that names no measure."""

ALONE = ("unit_id", "person_id", "segment_id", "customer_id", "measure_id", "day", "kind")
"""What tells figures without a number of their own apart."""


def history_rules(values: Mapping[str, Origin], keys: Mapping[str, str], *, by_month: bool) -> tuple[RowRule, ...]:
    """Return the lines of history that a row yields.

    Args:
        values: columns of a line that the file has.
        keys: our field -> key of the file's column; by_month: each month has a column of its own.
    """
    told = dict(values)
    if "customer" in keys:
        told["customer_id"] = Recognised(keys["customer"])
    if by_month:
        told |= {"day": MonthTitle(), "amount": MonthCell()}
    if by_month or "code" not in keys:
        told.setdefault("kind", Constant("total"))
    measured = [] if by_month else [name for name in MEASURED if name in keys]
    rules = [_line(told | {"amount": FromColumn(keys[name])}, keys, name) for name in measured]
    rules = [replace(rule, when=_filled(keys[name])) for rule, name in zip(rules, measured, strict=True)]
    if "amount" in told:
        own = _line(told, keys, "" if "measure" in keys else FIRST_MEASURE)
        rules.append(replace(own, when=_filled(keys["amount"])) if measured and "amount" in keys else own)
    return tuple(rules)


def _line(told: Mapping[str, Origin], keys: Mapping[str, str], measure: str) -> RowRule:
    """Return the rule of one line.

    Args:
        measure: code of its measure; empty = the file tells it, so that the number it has is whole.
    """
    values = dict(told) | ({"measure_id": Constant(measure)} if measure else {})
    if "code" not in keys:
        values["code"] = MadeOf(ALONE)
    elif measure:
        values["code"] = MadeOf(("measure_id",), keys["code"])
    return RowRule("actuals", values, OwnDay("day"))


def _filled(key: str) -> tuple[Condition, ...]:
    """Return that a cell must tell an amount; a value that every row has is always there."""
    return () if key.startswith("=") else (Condition(key, "filled"),)


def also_given(relation: str, given: Iterable[str], *, by_month: bool) -> frozenset[str]:
    """Return the fields that a table need not have because others stand for them."""
    if relation == "targets":
        return frozenset({"month", "amount"} if by_month else ())
    if relation != "actuals":
        return frozenset()
    amount = {"amount"} if set(given) & set(MEASURED) else set()
    return frozenset({"code", "measure"} | amount | ({"day", "amount"} if by_month else set()))
