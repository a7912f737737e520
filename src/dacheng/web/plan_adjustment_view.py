"""How adjustments of a plan are shown: the register, one line, and its effect at every row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.plans.comparing import ABSENT, Compared
from dacheng.core.plans.schema import DECISIONS, GRANTED, PLAN_ADJUSTMENTS, REJECTED, REQUESTED, WITHDRAWN
from dacheng.service.plan_adjustments import APPROVE, EDIT, REJECT, WITHDRAW, Effect, LineShown, Register
from dacheng.service.plans import OpenPlan
from dacheng.web import figures
from dacheng.web.fields import Wording
from dacheng.web.hand_tables import columns_of

TONES = {REQUESTED: "warn", GRANTED: "good", REJECTED: "bad", WITHDRAWN: "ink3"}
INDENT = "\u3000"
FACTS = (
    "kind",
    "plan_row_id",
    "other_row_id",
    "measure_id",
    "start_day",
    "end_day",
    "prorating",
    "full_amount",
    "amount",
)


def register_table(said: Wording, uid: UUID, register: Register, new: dict[str, Any] | None) -> dict[str, Any]:
    """Return the lines of a plan as parts/table.html shows them, the latest first."""
    column = PLAN_ADJUSTMENTS.column
    heads = [
        ("code", column("code"), "text"),
        ("kind", column("kind"), "text"),
        ("row", column("plan_row_id"), "text"),
        ("measure", column("measure_id"), "text"),
        ("start", column("start_day"), "text"),
        ("amount", column("amount"), "num"),
        ("state", column("state"), "text"),
        ("asked", column("requested_by_id"), "text"),
        ("decided", column("decided_by_id"), "text"),
    ]
    empty: dict[str, Any] = {
        "sentence": _("还没有调整。"),
        "hint": _("入职、离职、长假、空岗、交接、大单剔除，各登记一行：谁、为什么、从哪天起、多少。"),
    }
    return {
        "title": _("调整登记"),
        "cards": True,
        "columns": [
            {"key": key, "label": said.label(one), "align": align, "first": at == 0}
            for at, (key, one, align) in enumerate(heads)
        ],
        "rows": [{"id": one.code, "cells": _cells(said, uid, one)} for one in register.asked_for],
        "empty": empty | ({"action": new} if new else {}),
    }


def _cells(said: Wording, uid: UUID, one: LineShown) -> list[dict[str, Any]]:
    line = one.line
    return [
        {"text": one.code, "href": reverse("web:plan-adjustment", args=[uid, one.uid]), "sub": one.words("name")},
        {"text": _shown(said, one, "kind")},
        {"text": said.named("plan_rows", line.plan_row_id)},
        {"text": said.named("measures", line.measure_id)},
        {"text": figures.day(line.start_day)},
        {"text": figures.money_delta(line.amount, said.unit), "tone": "bad" if line.amount < 0 else ""},
        {"text": state_text(said, line.state), "tone": TONES[line.state]},
        {"text": said.named("people", line.requested_by_id) or _("系统")},
        {"text": said.named("people", line.decided_by_id) or figures.MISSING},
    ]


def state_text(said: Wording, state: int) -> str:
    """Return how a line stands, in words."""
    return str(next(label.in_language(said.language) for number, _code, label in DECISIONS if number == state))


def parts_table(said: Wording, uid: UUID, register: Register, one: LineShown) -> dict[str, Any] | None:
    """Return what a line of a unit came to for each below it; None where it was spread to nobody."""
    parts = register.parts_of(one.line)
    if not parts:
        return None
    column = PLAN_ADJUSTMENTS.column
    titles = [said.label(column(name)) for name in ("plan_row_id", "code", "base_amount", "amount")]
    return {
        "title": _("分到各行"),
        "columns": columns_of(titles, words=(0, 1)),
        "rows": [
            {
                "id": part.code,
                "cells": [
                    {"text": said.named("plan_rows", part.line.plan_row_id)},
                    {"text": part.code, "href": reverse("web:plan-adjustment", args=[uid, part.uid])},
                    {"text": figures.money(part.line.base_amount, said.unit)},
                    {
                        "text": figures.money_delta(part.line.amount, said.unit),
                        "tone": "bad" if part.line.amount < 0 else "",
                    },
                ],
            }
            for part in parts
        ],
        "empty": {"sentence": _("没有一行变动。"), "hint": _("两边的数相同。")},
    }


def line_view(said: Wording, one: LineShown, effect: Effect | None) -> dict[str, Any]:
    """Return the context of templates/plans/adjustment.html."""
    line = one.line
    facts = [(said.label(PLAN_ADJUSTMENTS.column(name)), _shown(said, one, name)) for name in FACTS]
    versions = one.record.versions
    people = [
        (_("申请人"), said.named("people", line.requested_by_id) or _("系统")),
        (_("申请日"), figures.day(versions[0].from_day)),
    ]
    if line.state != REQUESTED:
        people += [
            (_("批准人"), said.named("people", line.decided_by_id) or figures.MISSING),
            (_("决定日"), figures.day(versions[-1].from_day)),
            (_("批复"), one.words("decided") or figures.MISSING),
        ]
    found = effect.found if effect else None
    return {
        "state": {"text": state_text(said, line.state), "tone": TONES[line.state]},
        "facts": [{"label": label, "text": text} for label, text in facts],
        "people": [{"label": label, "text": text} for label, text in people],
        "reason": one.words("name"),
        "evidence": one.words("evidence"),
        "version": int(one.record.row["version"]),
        "can": {"approve": APPROVE in one.may, "reject": REJECT in one.may, "withdraw": WITHDRAW in one.may,
                "edit": EDIT in one.may},
        "effect": effect_table(said, effect.one, effect.one, found) if effect and found else None,
        "proof": _proof(said, one),
        "unit": figures.unit_words(said.unit, said.currency, said.language),
    }  # fmt: skip


def _proof(said: Wording, one: LineShown) -> str:
    """Return base + adjustment = final of an approved line; empty of any other."""
    base = one.line.base_amount
    if base is None:
        return ""
    return _("%(base)s %(amount)s = %(final)s") % {
        "base": figures.money(base, said.unit),
        "amount": figures.money_delta(one.line.amount, said.unit),
        "final": figures.money(base + one.line.amount, said.unit),
    }


def effect_table(said: Wording, before: OpenPlan, after: OpenPlan, found: Compared) -> dict[str, Any]:
    """Return what changes, row by row in the order of the tree: before, after, difference, who is touched."""
    titles = [_("方案行"), _("改前"), _("改后"), _("差"), _("涉及人数")]
    was, now = found.was.sum(axis=1), found.now.sum(axis=1)
    rows = []
    for at in np.flatnonzero(found.moved).tolist():
        where = int(found.at_after[at])
        gone = where == ABSENT
        name = (before.name(int(found.at_before[at])) if gone else after.name(where)).in_language(said.language)
        depth = int((before if gone else after).sheet.tree.depth[found.at_before[at] if gone else where])
        difference = int(now[at] - was[at])
        rows.append(
            {
                "id": f"row-{at}",
                "cells": [
                    {"text": f"{INDENT * depth}{name}"},
                    {"text": figures.money(int(was[at]), said.unit)},
                    {"text": figures.money(int(now[at]), said.unit)},
                    {"text": figures.money_delta(difference, said.unit), "tone": "bad" if difference < 0 else ""},
                    {"text": figures.count(int(found.touched[at]))},
                ],
            }
        )
    return {
        "title": _("影响"),
        "look": "plain",
        "columns": columns_of(titles),
        "rows": rows,
        "empty": {"sentence": _("没有一行变动。"), "hint": _("两边的数相同。")},
    }


def _shown(said: Wording, one: LineShown, name: str) -> str:
    column = PLAN_ADJUSTMENTS.column(name)
    value = getattr(one.line, name)
    if name == "end_day":
        return figures.day(value - 1) if said.shown(column, value) != figures.MISSING else _("方案期末")
    if column.kind == "money":
        return figures.money_delta(value, said.unit)
    return said.shown(column, value)
