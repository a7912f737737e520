"""The four columns of an estimate's page: result, how, inputs, confidence with reasons, fit, weight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dacheng.core.estimates.assessing import LEVELS, level_of
from dacheng.core.estimates.inputs import FACTORS, MOST_STEPS, YEARS_BACK
from dacheng.core.rules import Rules
from dacheng.core.table import Note
from dacheng.core.targets.setting.naming import FORCED, FUNNEL, INVENTORY, KINDS, METHODS, WEIGHTED
from dacheng.core.targets.setting.outcome import Outcome
from dacheng.core.targets.setting.weighted import BASES
from dacheng.service.estimates import EstimateView
from dacheng.web import figures
from dacheng.web.estimate_fields import Page, input_field
from dacheng.web.links import report_url, with_query

LEAST_STEPS = 4
"""Steps that are offered where the company has no funnel of its own yet."""

TONES = {"high": "good", "middle": "warn", "low": "bad"}


def method_columns(page: Page, rules: Rules) -> list[dict[str, Any]]:
    """Return the context of the four methods, in their order."""
    rows = {WEIGHTED: _weighted, FUNNEL: _funnel, INVENTORY: _inventory, FORCED: _forced}
    found = page.view.found
    fits = {one.method: one.reason for one in found.fits.suggestions}
    columns = []
    for at, (code, label) in enumerate(METHODS, 1):
        outcome = found.outcomes[code]
        level = level_of(outcome, rules)
        columns.append(
            {
                "code": code,
                "label": label.in_language(page.language),
                "amount": figures.money(outcome.amount, page.unit),
                "off": outcome.off.in_language(page.language) if outcome.off else "",
                "rows": list(rows[code](page)),
                "level": dict(LEVELS)[level].in_language(page.language),
                "tone": TONES[level],
                "reasons": list(_reasons(page, outcome)),
                "notes": [said(page, one) for one in (*outcome.asks, *outcome.notes)],
                "fits": fits[code].in_language(page.language) if code in fits else "",
                "weight": input_field(page, "method_weight", at),
            }
        )
    return columns


def said(page: Page, note: Note) -> str:
    """Return a note with its amounts in the page's unit."""
    return note.said(page.language, lambda amount: figures.money(amount, page.unit))


def _reasons(page: Page, outcome: Outcome) -> Iterator[str]:
    """Yield why the confidence is what it is."""
    one = outcome.confidence
    if one.asked:
        yield _("输入 %(known)s/%(asked)s") % {"known": one.known, "asked": one.asked}
    missing = [text.in_language(page.language) for text in one.missing]
    if missing:
        yield _("缺%(what)s") % {"what": _("、").join(missing)}
    for text in one.low:
        yield text.in_language(page.language)


def _weighted(page: Page) -> Iterator[dict[str, Any]]:
    last = page.view.asked.number
    forecast = page.view.found.material.past.forecast
    yield {"label": "", "heads": [_("业绩"), _("权重")]}
    for back in range(1, YEARS_BACK + 1):
        label = _("%(year)s 业绩") % {"year": last - back}
        if back == 1 and forecast and ("actual", 1) not in page.view.found.material.figures.typed:
            label = _("%(year)s 预测") % {"year": last - back}
        fields = [input_field(page, "actual", back), input_field(page, "year_weight", back)]
        yield {"label": label, "fields": fields}
    yield {"label": "", "heads": [_("增长"), _("权重")]}
    for at, (_code, name) in enumerate(FACTORS, 1):
        fields = [input_field(page, "growth", at), input_field(page, "factor_weight", at)]
        yield {"label": _("%(name)s增长") % {"name": name.in_language(page.language)}, "fields": fields}
    yield from _left_out(page)
    base = page.view.found.material.figures.whole("base") or 1
    options = [
        {"value": str(at), "label": label.in_language(page.language), "chosen": at == base}
        for at, (_code, label) in enumerate(BASES, 1)
    ]
    yield {"label": _("基数"), "select": {"name": "base.0", "options": options, "value": str(base)}}
    for code, label in BASES:
        target = page.view.found.outcomes[WEIGHTED]
        if target.evidence:
            amount = target.figure(f"target.{code}")
            text = figures.money(None if amount is None else int(amount), page.unit)
            yield {"label": _("测算：%(base)s") % {"base": label.in_language(page.language)}, "text": text}


def _left_out(page: Page) -> Iterator[dict[str, Any]]:
    """Yield what one-offs brought and is in no base, year by year, and where those contracts are listed."""
    last, material = page.view.asked.number, page.view.found.material
    for back in range(1, YEARS_BACK + 1):
        if back == 1 or material.figures.whole("excluded", back) is not None:
            label = _("%(year)s 剔除大单") % {"year": last - back}
            yield {"label": label, "fields": [input_field(page, "excluded", back)]}
    if any(material.past.one_offs):
        url = report_url("deals/contracts", [("unit", page.view.unit.code), ("one_off", "1")])
        yield {"label": _("一次性大单"), "link": {"url": url, "label": _("看合同")}}


def _funnel(page: Page) -> Iterator[dict[str, Any]]:
    yield {"label": _("线索数"), "fields": [input_field(page, "leads")]}
    view = page.view
    typed = view.found.material.figures
    past = len(view.found.material.past.steps)
    many = max([past or LEAST_STEPS, *typed.lines("conversion"), *typed.lines("open_amount")])
    yield {"label": "", "heads": [_("转化率"), _("在途")]}
    for at in range(1, min(many, MOST_STEPS) + 1):
        name = _step_name(view, at)
        yield {"label": name, "fields": [input_field(page, "conversion", at), input_field(page, "open_amount", at)]}
    yield {"label": _("单均金额"), "fields": [input_field(page, "average")]}


def _step_name(view: EstimateView, at: int) -> str:
    steps = view.step_names
    return steps[at - 1] if at <= len(steps) else _("第 %(at)s 步") % {"at": at}


def _inventory(page: Page) -> Iterator[dict[str, Any]]:
    lines = page.view.found.inventory
    for code, label in KINDS:
        own = [one.counted for one in lines if one.line.kind == code]
        if own:
            yield {"label": label.in_language(page.language), "text": figures.money(sum(own), page.unit)}
    url = with_query(
        reverse("web:inventory"),
        [("unit", page.view.unit.code), ("period", str(page.view.asked.number))],
    )
    text = ngettext("%(shown)s 行", "%(shown)s 行", len(lines)) % {"shown": len(lines)}
    yield {"label": _("盘点"), "link": {"url": url, "label": text}}


def _forced(page: Page) -> Iterator[dict[str, Any]]:
    rows = (
        (_("要求的增长率"), "forced_growth"),
        (_("固定费用"), "fixed_cost"),
        (_("目标利润"), "profit"),
        (_("毛利率"), "margin"),
        (_("市场规模"), "market_size"),
        (_("目标份额"), "market_share"),
        (_("董事会指令"), "mandate"),
    )
    for label, code in rows:
        yield {"label": label, "fields": [input_field(page, code)]}
    for flag, label in (("new_market", _("新市场")), ("must_win", _("战略必争"))):
        yield {"label": label, "check": input_field(page, flag)}
