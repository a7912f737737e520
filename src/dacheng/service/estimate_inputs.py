"""The inputs of an estimate as they are shown and typed: values by their kind, text from forms, origins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dacheng.core.errors import RuleError, Text
from dacheng.core.estimates.figures import Figure, Origin
from dacheng.core.estimates.inputs import INPUTS, Input, input_called
from dacheng.service.entering import entered
from dacheng.service.estimates import EstimateView
from dacheng.service.wire import amount_of, amount_text
from dacheng.store.actions.estimates import Typed


@dataclass(frozen=True, slots=True)
class InputShown:
    """One line of an input as it is used.

    Args:
        source: where somebody said it comes from; version: 0 = nobody typed it.
        drawn: where the market fact comes from that it is drawn from, or would be.
    """

    kind: Input
    line: int
    figure: Figure
    source: str
    version: int
    drawn: str = ""

    @property
    def place(self) -> str:
        """Return its name in forms: ``growth.1``, ``leads.0``."""
        return f"{self.kind.code}.{self.line}"

    @property
    def origin(self) -> Origin:
        """Return where its value comes from."""
        return self.figure.origin


def inputs_shown(view: EstimateView) -> list[InputShown]:
    """Return every line of every input, in their order; of steps those that the funnel has and one more."""
    return [input_shown(view, one, line) for one in INPUTS for line in one.line_numbers]


def input_shown(view: EstimateView, one: Input, line: int) -> InputShown:
    """Return one line of an input as it is used."""
    record = view.inputs.get((one.number, line))
    figure = view.found.material.figures.figure(one.code, line)
    market = view.found.material.figures.market
    drawn = view.market_source if market and (one.code, line) in market.values else ""
    return InputShown(one, line, figure, record.source if record else "", record.version if record else 0, drawn)


def sent_input(one: InputShown) -> dict[str, Any]:
    """Return an input as it stands outside."""
    value, kind = one.figure.value, one.kind
    beside = one.figure.beside
    return {
        "input": kind.code,
        "line": one.line,
        "amount": amount_text(value) if kind.column == "amount" and value is not None else None,
        "rate_bp": value if kind.column == "rate_bp" else None,
        "number": value if kind.column == "number" else None,
        "origin": one.origin,
        "beside": None if beside is None else amount_text(beside) if kind.column == "amount" else str(beside),
        "source": one.drawn if one.origin == "market" else one.source,
        "version": one.version,
    }


def given_input(values: Mapping[str, Any]) -> Typed:
    """Return an input from outside as the action takes it.

    Raises:
        RuleError: there is no such input, or its value stands in a column of another kind.
    """
    kind = input_called(values["input"], values["line"])
    given = {name: values[name] for name in ("amount", "rate_bp", "number") if values[name] is not None}
    if set(given) - {kind.column}:
        raise RuleError(
            Text(f"{kind.code} 的值填在 {kind.column}。", f"The value of {kind.code} stands in {kind.column}."),
            Text("其余两列留空。", "Leave the other two empty."),
        )
    value = given.get(kind.column)
    if kind.column == "amount" and value is not None:
        value = amount_of(value)
    return Typed(kind.code, values["line"], value, values["source"], values["version"])


def typed_text(kind: Input, line: int, text: str) -> int | None:
    """Return what somebody typed for an input: 1.2万, 35%, 1200; blank = as the past says.

    Raises:
        RuleError: it cannot be read; names the input.
    """
    if not text.strip():
        return None
    column = {"amount": "amount", "rate_bp": "rate_bp", "number": "number"}[kind.column]
    try:
        value = entered("estimate_inputs", column, text)
    except RuleError as refused:
        called = kind.called(line)
        message = refused.message
        raise RuleError(
            Text(f"「{called.zh}」：{message.zh}", f"“{called.en}”: {message.en}"), refused.remedy
        ) from None
    return None if value is None else int(value)
