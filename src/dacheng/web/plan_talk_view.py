"""How targets that are talked about are shown: year, quarters, months, thread; and what is open by unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.period import ym_text
from dacheng.core.plans.schema import (
    ACCEPT,
    ACCEPTED,
    AGREEMENTS,
    COMMENT,
    COUNTER,
    COUNTERED,
    IMPOSE,
    IMPOSED,
    OFFER,
    TALKS,
    UNSAID,
)
from dacheng.service.plan_talks import Month, Open, Progress, RowTalk, Target, Waiting
from dacheng.store.queries.plan_talks import Word
from dacheng.web import figures
from dacheng.web.fields import Wording
from dacheng.web.templatetags.figures import counted

QUARTER = 3
TONES = {ACCEPTED: "good", COUNTERED: "warn", IMPOSED: "bad"}
DOES = {COUNTER: "counter", OFFER: "offer", IMPOSE: "impose", COMMENT: "comment"}


def talk_view(said: Wording, talk: RowTalk, url: str, *, first: bool) -> dict[str, Any]:
    """Return the context of templates/plans/row.html.

    Args:
        first: the page's one primary button is in here.
    """
    targets = [_target(said, talk, one) for one in talk.targets]
    open_ones = [one for one in targets if one["accept"]]
    return {
        "name": talk.called.in_language(said.language),
        "plan": talk.plan_name,
        "plan_uid": talk.plan_uid,
        "months": _span(talk),
        "url": url,
        "letter_url": reverse("web:plan-letter", args=[talk.plan_uid, talk.uid]) if talk.targets else "",
        "targets": targets,
        "several": len(open_ones) > 1,
        "open": open_ones,
        "primary": first,
        "unit": figures.unit_words(said.unit, said.currency, said.language),
    }


def _target(said: Wording, talk: RowTalk, one: Target) -> dict[str, Any]:
    name = talk.names["measures"][one.measure_id]
    asked_for = one.submitted is not None and one.stands == COUNTERED
    months_asked = [month for month in one.months if month.submitted is not None and month.agreed == COUNTERED]
    return {
        "code": name.code,
        "label": name.in_language(said.language),
        "year": figures.money(one.year, said.unit),
        "seen": one.year,
        "state": _state(said, one.stands),
        "tone": TONES.get(one.stands, "ink3"),
        "counter": _counter(said, one.year, one.submitted) if asked_for and one.submitted is not None else "",
        "counters": [_month_counter(said, month) for month in months_asked],
        "quarters": _quarters(said, one.months),
        "months": [_month(said, month) for month in one.months],
        "words": [_word(said, word) for word in one.words],
        "accept": ACCEPT in talk.may and one.stands != ACCEPTED,
        "can_counter": COUNTER in talk.may,
        "above": OFFER in talk.may or IMPOSE in talk.may,
        "grant": OFFER in talk.may and (asked_for or bool(months_asked)),
        "grants": ([""] if asked_for else []) + [ym_text(month.ym) for month in months_asked],
        "can": {DOES[kind]: kind in talk.may for kind in DOES},
    }


def _span(talk: RowTalk) -> str:
    first, last = ym_text(talk.plan.from_ym), ym_text(talk.plan.until_ym - 1)
    return _("%(first)s 至 %(last)s") % {"first": first, "last": last}


def _state(said: Wording, number: int) -> str:
    if number == UNSAID:
        return _("未提出")
    return next(label.in_language(said.language) for one, _code, label in AGREEMENTS if one == number)


def _counter(said: Wording, year: int, submitted: int) -> str:
    return _("还价 %(amount)s，差 %(gap)s") % {
        "amount": figures.money(submitted, said.unit),
        "gap": figures.money_delta(submitted - year, said.unit),
    }


def _month_counter(said: Wording, month: Month) -> str:
    told = _counter(said, month.amount, month.submitted or 0)
    return f"{ym_text(month.ym)} {told}"


def _month(said: Wording, month: Month) -> dict[str, str]:
    return {
        "label": ym_text(month.ym),
        "text": figures.money(month.amount, said.unit),
        "state": _state(said, month.agreed) if month.agreed != UNSAID else "",
    }


def _quarters(said: Wording, months: Any) -> list[dict[str, str]]:
    """Return each three months with their sum."""
    found = []
    for at in range(0, len(months), QUARTER):
        part = months[at : at + QUARTER]
        label = f"{ym_text(part[0].ym)}–{ym_text(part[-1].ym)[-2:]}"
        found.append({"label": label, "text": figures.money(sum(one.amount for one in part), said.unit)})
    return found


def _word(said: Wording, one: Word) -> dict[str, str]:
    what = next(label.in_language(said.language) for number, _code, label in TALKS if number == one.kind)
    amount = "" if one.amount is None else figures.money(one.amount, said.unit)
    month = ym_text(one.ym) if one.ym else ""
    seal = _("指纹 %(seal)s") % {"seal": one.seal} if one.seal else ""
    return {
        "when": figures.day(one.day),
        "who": said.named("people", one.by_id) or _("系统"),
        "what": " ".join(part for part in (month, what, amount) if part),
        "reason": " ".join(part for part in (one.said, seal) if part),
    }


def waiting_lines(found: Sequence[Waiting]) -> list[dict[str, str]]:
    """Return a sentence and the way for everything that waits for the reader's answer."""
    return [_waiting(one) for one in found]


def _waiting(one: Waiting) -> dict[str, str]:
    about = {"plan": one.plan_name, "number": counted(one.count, "项")}
    if one.own:
        return {
            "text": _("「%(plan)s」有 %(number)s目标提给你，等你答复。") % about,
            "do": _("去答复"),
            "url": reverse("web:my-targets") + f"#plan-{one.plan_uid}",
        }
    return {
        "text": _("「%(plan)s」有 %(number)s还价等上级答复。") % about,
        "do": _("去答复"),
        "url": reverse("web:plan-agreement", args=[one.plan_uid]),
    }


def agreement_view(said: Wording, uid: UUID, found: Progress) -> dict[str, Any]:
    """Return the context of templates/plans/agreement.html: counts by unit, then what is open."""
    counts = found.counts
    labels = (_("要认同"), _("已认同"), _("已还价"), _("未认同"), _("未答复"))
    columns = (counts.asked, counts.accepted, counts.countered, counts.imposed, counts.silent)
    depth = found.one.sheet.tree.depth
    rows = [
        {
            "cells": [
                {"text": found.one.name(at).in_language(said.language), "kind": "strong" if depth[at] == 0 else ""},
                *({"text": figures.count(int(column[row]))} for column in columns),
            ]
        }
        for row, at in enumerate(counts.positions.tolist())
    ]
    head = {"key": "unit", "label": _("组织"), "align": "text", "first": True}
    return {
        "units": {
            "title": _("各组织认同到哪里"),
            "look": "plain",
            "columns": [head, *({"key": str(at), "label": label, "align": "num"} for at, label in enumerate(labels))],
            "rows": rows,
            "empty": {"sentence": _("还没有可以认同的目标。"), "hint": _("先分解方案，再提出。")},
        },
        "open": {
            "title": _("还没谈定的"),
            "look": "plain",
            "cards": True,
            "columns": [
                {"key": "name", "label": _("谁"), "align": "text", "first": True},
                {"key": "above", "label": _("上级"), "align": "text"},
                {"key": "state", "label": _("认同"), "align": "text"},
                {"key": "year", "label": _("全年目标"), "align": "num"},
                {"key": "submitted", "label": _("还价"), "align": "num"},
            ],
            "rows": [_open(said, uid, one) for one in found.open],
            "empty": {"sentence": _("都谈定了。"), "hint": _("可以批准并锁定方案。")},
        },
        "open_unit": figures.unit_words(said.unit, said.currency, said.language),
    }


def _open(said: Wording, uid: UUID, one: Open) -> dict[str, Any]:
    countered = one.submitted if one.stands == COUNTERED else None
    return {
        "cells": [
            {"text": one.name.in_language(said.language), "href": reverse("web:plan-talk", args=[uid, one.uid])},
            {"text": one.above.in_language(said.language), "tone": "ink3"},
            {"text": _state(said, one.stands), "tone": TONES.get(one.stands, "ink3")},
            {"text": figures.money(one.year, said.unit)},
            {"text": figures.money(countered, said.unit)},
        ]
    }
