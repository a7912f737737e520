"""The values of a rule through time (规则沿革): the default that ships, and what the company decided since."""

from __future__ import annotations

from dataclasses import dataclass

from dacheng.core.errors import NotFound, Text
from dacheng.core.rules import RuleKind, RuleValue
from dacheng.exchange.defaults import default_rules
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.queries.rules import own_values


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value of a rule from a day on, until the next.

    Args:
        by: who decided it; None for the default. reason, at: why and when (microseconds UTC).
    """

    from_day: int
    value: RuleValue
    by: Name | None = None
    reason: str = ""
    at: int = 0


def rule_named(name: str) -> RuleKind:
    """Return what a rule means.

    Raises:
        NotFound: there is no such rule.
    """
    kinds, _ = default_rules()
    found = next((kind for kind in kinds if kind.name == name), None)
    if found is None:
        raise NotFound(
            Text("没有这条规则。", "There is no such rule."), Text("从规则列表打开。", "Open one from the list.")
        )
    return found


def values_through_time(name: str) -> list[DatedValue]:
    """Return the values of a rule, the latest first; the company's own stands before a default of the same day."""
    own = own_values(name)
    people = DatabaseNames().names("people", {one.actor_id for one in own})
    nobody = Name("", "")
    decided = [DatedValue(one.from_day, one.value, people.get(one.actor_id, nobody), one.reason, one.at) for one in own]
    _, defaults = default_rules()
    taken = {one.from_day for one in decided}
    shipped = [
        DatedValue(one.from_day, one.value) for one in defaults if one.name == name and one.from_day not in taken
    ]
    return sorted([*decided, *shipped], key=lambda one: one.from_day, reverse=True)
