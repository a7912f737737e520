"""Which values a column takes: the same check for a form, an API call and a row of a file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dacheng.core.errors import RuleError, Text
from dacheng.core.relation import Column, Relation
from dacheng.core.text_forms import FORMS

LONGEST_TEXT = 300
WHOLE_BP = 10_000
_CONTROL = re.compile("[\x00-\x1f]")


def problem_of(column: Column, value: object) -> Text | None:
    """Say what is wrong with a value of a column; None when nothing is.

    References are numbers here: whether their record exists is the store's question.
    """
    if value is None or (value == "" and not column.is_label):
        optional = column.nullable or (column.is_label and column.default is not None)
        return None if optional else Text("必须填写。", "It is required.")
    if column.is_label:
        return _problem_of_text(column, value)
    if not isinstance(value, int) or isinstance(value, bool):
        return Text("必须是整数。", "It must be a whole number.")
    lowest, highest = range_of(column)
    if not lowest <= value <= highest:
        return Text(f"必须在 {lowest} 与 {highest} 之间。", f"It must be between {lowest} and {highest}.")
    if column.kind == "choice" and value not in {number for number, _, _ in column.choices}:
        codes = "、".join(code for _, code, _ in column.choices)
        return Text(f"可选：{codes}。", f"Choose one of: {codes}.")
    return None


def range_of(column: Column) -> tuple[int, int]:
    """Return the lowest and highest value of an integer column, both inclusive."""
    below_zero = column.kind == "money" or column.below_zero
    highest = WHOLE_BP if column.kind == "bp" and not column.above_whole else column.limit
    return (-column.limit if below_zero else 0), highest


def check_values(relation: Relation, values: Mapping[str, object]) -> None:
    """Refuse values that the relation's columns do not take.

    Args:
        values: column -> value, only columns that people may type.

    Raises:
        RuleError: a column is unknown or derived, or its value is not possible; names
            the column and what is.
    """
    typed = relation.typed
    for name, value in values.items():
        if name not in typed:
            raise RuleError(
                Text(f"{relation.label.zh}没有可填的列 {name}。", f"{relation.label.en}: {name} cannot be typed."),
                Text(f"可填：{'、'.join(typed)}。", f"These can: {', '.join(typed)}."),
            )
        problem = problem_of(typed[name], value)
        if problem is not None:
            raise refusal(relation, typed[name], value, problem)


def missing_columns(relation: Relation, values: Mapping[str, object]) -> tuple[Column, ...]:
    """Return the columns that a new record needs and that were not given; its own id is not one."""
    own = relation.key[0] if relation.entity else ""
    return tuple(
        column
        for column in relation.columns
        if column.name != own and column.default is None and not column.nullable and not column.derived
        if values.get(column.name) in (None, "")
    )


def refusal(relation: Relation, column: Column, value: object, problem: Text) -> RuleError:
    """Return the error of a value that a column does not take."""
    shown = "" if value is None else value
    return RuleError(
        Text(
            f"{relation.label.zh}的「{column.label.zh}」不能是「{shown}」。",
            f"{relation.label.en}: {column.label.en} cannot be “{shown}”.",
        ),
        problem,
    )


def _problem_of_text(column: Column, value: object) -> Text | None:
    if not isinstance(value, str):
        return Text("必须是文字。", "It must be text.")
    if len(value) > LONGEST_TEXT:
        return Text(f"最多 {LONGEST_TEXT} 个字，现有 {len(value)} 个。", f"At most {LONGEST_TEXT} characters.")
    if column.default is None and not value.strip():
        return Text("必须填写。", "It is required.")
    if _CONTROL.search(value):
        return Text("不能含换行或控制字符。", "No line breaks or control characters.")
    if value and column.form and FORMS[column.form].kept(value) is None:
        return FORMS[column.form].way_out
    return None


def kept(column: Column, value: object) -> object:
    """Return a value as it is kept: a phone number or an address in its one form; anything else as it is."""
    if not column.form or not isinstance(value, str):
        return value
    return FORMS[column.form].kept(value) or value
