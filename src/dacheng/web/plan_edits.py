"""Edits of a plan's grid, as the island or the plain form sends them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dacheng.core.errors import DachengError, RuleError, Text
from dacheng.core.plans.editing import WHOLE_YEAR
from dacheng.service.entering import entered, entered_money
from dacheng.service.plan_drafts import PlanEdit
from dacheng.web import figures
from dacheng.web.plan_columns import PlanColumn, month_of_key
from dacheng.web.plan_grid_view import SUBMITTED, PlanFigures, PlanLook
from dacheng.web.target_edits import MOST_CELLS, NUMBER
from dacheng.web.target_grid_view import YEAR

FIELD = re.compile(r"c\.([0-9a-f]{32})\.(year|[0-9]{4}-[0-9]{2})\.([0-9]{0,9})")
KINDS = ("amount", "pinned", "floor", "cap", "submitted", "weight", "buffer_bp")
MONEY = ("amount", "floor", "cap", "submitted")


@dataclass(frozen=True)
class Sent:
    """What the island sends."""

    edits: Sequence[PlanEdit]
    level_only: bool


def sent_edits(body: bytes, look: PlanLook) -> Sent:
    """Return the edits of a preview or a save by the island.

    Raises:
        RuleError: it is not what the island sends, or an amount cannot be read.
    """
    try:
        given = json.loads(body)
        edits = [_edit(look, one) for one in given["edits"][: MOST_CELLS + 1]]
        level_only = bool(given.get("level_only"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _unreadable() from None
    if len(edits) > MOST_CELLS:
        raise _unreadable()
    return Sent(edits, level_only)


def _edit(look: PlanLook, one: Mapping[str, Any]) -> PlanEdit:
    kind = str(one["kind"])
    if kind not in KINDS:
        raise ValueError(kind)
    value = typed_term(look, kind, str(one["text"])) if "text" in one else _whole(one["value"])
    return PlanEdit(str(one["row"]), _month(look, str(one["column"])), kind, value, int(one.get("version") or 0))


def _whole(value: Any) -> int | None:
    if value is None:
        return None
    if not NUMBER.fullmatch(str(value)):
        raise ValueError(value)
    return int(value)


def _month(look: PlanLook, key: str) -> int:
    if key == YEAR:
        return WHOLE_YEAR
    month = month_of_key(look.grid.sheet.plan, look.columns, key)
    if month is None:
        raise ValueError(key)
    return month


def typed_term(look: PlanLook, kind: str, text: str) -> int | None:
    """Return what somebody typed for a term: an amount, a weight, a percentage; None for a blank."""
    if not text.strip():
        return None
    if kind in MONEY:
        return entered_money(text, look.unit)
    found: int | None = entered("plan_terms", kind, text)
    return found


def form_edits(fields: Mapping[str, str], look: PlanLook) -> list[PlanEdit]:
    """Return the cells of a form that differ from what its sender saw.

    Raises:
        RuleError: an amount cannot be read; says which row and month.
    """
    stands = PlanFigures(look, look.grid.sheet)
    columns = {one.key: one for one in look.columns}
    edits = []
    for name, text in fields.items():
        match = FIELD.fullmatch(name)
        if not match or match[2] not in columns:
            continue
        key, column, version = match.groups()
        before = stands.value(look.grid.position(key), columns[column])
        if text.strip() == figures.exact(before, look.unit):
            continue
        value = _read(look, key, columns[column], text)
        if value != before:
            kind = SUBMITTED if look.layer == SUBMITTED else "amount"
            edits.append(PlanEdit(key, _month(look, column), kind, value, int(version or 0)))
    return edits


def _read(look: PlanLook, key: str, column: PlanColumn, text: str) -> int | None:
    name = look.grid.opened.name(look.grid.position(key))
    try:
        value = typed_term(look, "amount", text)
    except DachengError as problem:
        raise RuleError(
            Text(f"{name.zh} {column.label}：{problem.message.zh}", f"{name.en} {column.label}: {problem.message.en}"),
            problem.remedy,
        ) from None
    if value is None and look.layer != SUBMITTED:
        raise RuleError(
            Text(f"{name.zh} {column.label} 是空的。", f"{name.en} {column.label} is blank."),
            Text("空不是 0：写 0，或还原原来的数。", "Blank is not zero: write 0, or the amount that stood there."),
        )
    return value


def typed_fields(fields: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return (row key, column key) -> what was typed in a form."""
    found = ((FIELD.fullmatch(name), text) for name, text in fields.items())
    return {(match[1], match[2]): text for match, text in found if match}


def _unreadable() -> RuleError:
    return RuleError(
        Text("没有读懂这次保存。", "This save could not be read."),
        Text("刷新页面再存；一次最多 5,000 格。", "Reload the page and save again; at most 5,000 cells at once."),
    )
