"""The fields of an estimate's page: one for each input, with what holds where nobody typed; and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from dacheng.core.estimates.inputs import INPUTS, Input, input_called
from dacheng.service.entering import entered_money
from dacheng.service.estimate_inputs import InputShown, input_shown, typed_text
from dacheng.service.estimates import TIERS, EstimateView
from dacheng.store.actions.estimates import Typed
from dacheng.web import figures

SOURCED = ("growth", "market_size", "market_share")
"""Inputs beside which the page asks where they come from."""

WAS = "was."
SOURCE = "source."


@dataclass(frozen=True, slots=True)
class Page:
    """How an estimate is shown: in which language and money unit.

    Args:
        given: the fields as they were sent, where they were refused.
    """

    view: EstimateView
    language: str
    unit: figures.Unit
    given: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str, standing: str) -> str:
        """Return what stands in a field: what was typed and could not be saved, else what is saved."""
        return self.given.get(name, standing)


def input_field(page: Page, code: str, line: int = 0) -> dict[str, Any]:
    """Return the context of one input: what somebody typed, and as a placeholder what holds without it."""
    kind = input_called(code, line)
    shown = input_shown(page.view, kind, line)
    figure = shown.figure
    typed = figure.origin == "typed"
    beside = figure.beside if typed else None
    was = text_of(page, kind, figure.value) if typed else ""
    return {
        "name": shown.place,
        "label": kind.called(line).in_language(page.language),
        "was": was,
        "value": page.text(shown.place, was),
        "placeholder": "" if typed else rounded_text(page, kind, figure.value),
        "suffix": "%" if kind.kind == "ratio" else "",
        "beside": "" if beside is None or beside == figure.value else rounded_text(page, kind, beside),
        "flag": kind.kind == "flag",
        "on": bool(figure.value),
        "source": page.text(SOURCE + shown.place, shown.source) if code in SOURCED else None,
        "was_source": shown.source,
        "drawn": shown.drawn,
    }


def shown_figure(page: Page, shown: InputShown) -> str:
    """Return an input as it is read."""
    value = shown.figure.value
    return figures.MISSING if value is None else text_of(page, shown.kind, value)


def text_of(page: Page, kind: Input, value: int | None) -> str:
    """Return a value as it is typed: amounts in the page's unit, ratios in percent."""
    if value is None:
        return ""
    if kind.kind == "money":
        return figures.exact(value, page.unit)
    return f"{value / 100:g}" if kind.kind == "ratio" else str(value)


def rounded_text(page: Page, kind: Input, value: int | None) -> str:
    """Return a value that nobody typed as it is read: amounts with two decimals."""
    if value is None or kind.kind != "money":
        return text_of(page, kind, value)
    return figures.money(value, page.unit)


def typed_inputs(page: Page, given: Mapping[str, str]) -> list[Typed]:
    """Return the inputs that somebody changed on the page; a field that stands as it was is left alone.

    Raises:
        RuleError: a field cannot be read; names it.
    """
    found = []
    for one in INPUTS:
        for line in one.line_numbers:
            name = f"{one.code}.{line}"
            if f"{WAS}{name}" not in given or not _differs(given, name):
                continue
            source = given.get(SOURCE + name)
            found.append(Typed(one.code, line, _value(page, one, line, given.get(name, "")), source))
    return found


def typed_tiers(page: Page, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the tiers and the reason that somebody changed on the page.

    Raises:
        RuleError: an amount cannot be read.
    """
    changed = [name for name in TIERS if WAS + name in given and _differs(given, name)]
    found: dict[str, Any] = {name: entered_money(given.get(name, ""), page.unit) for name in changed}
    if WAS + "reason" in given and given.get("reason", "").strip() != given[WAS + "reason"]:
        found["reason"] = " ".join(given.get("reason", "").split())
    return found


def _differs(given: Mapping[str, str], name: str) -> bool:
    own = given.get(name, "").strip() != given[WAS + name]
    source = SOURCE + name
    return own or (source in given and given[source].strip() != given.get(WAS + source, ""))


def _value(page: Page, one: Input, line: int, text: str) -> int | None:
    if one.kind == "flag":
        return 1 if text else 0
    if one.kind == "money":
        return entered_money(text, page.unit) if text.strip() else None
    return typed_text(one, line, text)


def tier_fields(page: Page) -> list[dict[str, Any]]:
    """Return the three tiers: chosen ones as typed, proposed ones as placeholders."""
    view = page.view
    chosen = view.found.material.chosen.get(view.asked.measure_id)
    labels = (_("保底"), _("目标"), _("挑战"))
    found = []
    for name, label in zip(TIERS, labels, strict=True):
        own = getattr(chosen, name) if chosen else None
        amount = getattr(view.found, name)
        was = "" if own is None else figures.exact(own, page.unit)
        found.append(
            {
                "name": name,
                "label": label,
                "was": was,
                "value": page.text(name, was),
                "placeholder": "" if amount is None or own is not None else figures.money(amount, page.unit),
                "text": figures.money(amount, page.unit),
            }
        )
    return found
