"""Which periods are closed, and which days a month has: what every write asks after the lock."""

from __future__ import annotations

import json
from collections.abc import Iterable

from dacheng.core.closing import NONE_CLOSED, Closed
from dacheng.core.contracts.posting import USUAL as INTAKE
from dacheng.core.contracts.posting import IntakeRules
from dacheng.core.months import USUAL, Months, months_of
from dacheng.core.rules import DatedRule
from dacheng.store.bulk import Condition, among, select_rows
from dacheng.store.models import FAR_SEQ


def closed_through() -> Closed:
    """Return how far the months are closed."""
    months = select_rows("rec_periods", ["ym"], [("closed = 1", None), ("NOT removed", None)], order=("ym",))
    return Closed(int(months[-1][0]), company_months(), int(months[0][0])) if months else NONE_CLOSED


def company_months() -> Months:
    """Return the days of the company's months, as known now."""
    return months_of(month_rules())


def intake_rules() -> IntakeRules:
    """Return the company's own values of the rules that say when a contract is an order, as known now."""
    return IntakeRules.of(_own_rules(INTAKE))


def month_rules() -> list[DatedRule]:
    """Return the company's own values of the rules that divide years into months, as known now."""
    return _own_rules(USUAL)


def _own_rules(names: Iterable[str]) -> list[DatedRule]:
    current: list[Condition] = [(f"seq_to = {FAR_SEQ}", None), among("name", names)]
    rows = select_rows("rule_value", ["name", "from_day", "value"], current)
    return [DatedRule(name, day, json.loads(value)) for name, day, value in rows]
