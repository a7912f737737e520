"""The company's rules (规则) as people read and set them: what each means, and its value on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.errors import NotFound, Text
from dacheng.core.rules import RuleKind, RuleValue
from dacheng.exchange.defaults import default_rules
from dacheng.store.actions import rules as actions


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule and its value on a day; None where none holds yet."""

    kind: RuleKind
    value: RuleValue | None


def rules_in_force(book: Book) -> list[RuleInForce]:
    """Return every rule with its value on the Book's day."""
    kinds, _ = default_rules()
    return [RuleInForce(kind, book.rules.values.get(kind.name)) for kind in kinds]


def set_rule(*, actor: Viewer, at: datetime, name: str, value: RuleValue, reason: str, on: int | None) -> bool:
    """Let a rule have a value from a day on; tell whether that is new.

    Raises:
        NotFound: there is no such rule. NotAllowed: the actor may not. RuleError: the value
            is out of range, no reason is given, or the day lies in a closed period.
    """
    kinds, _ = default_rules()
    kind = next((one for one in kinds if one.name == name), None)
    if kind is None:
        names = ", ".join(one.name for one in kinds)
        raise NotFound(Text(f"没有规则 {name}。", f"There is no rule {name}."), Text(f"有：{names}", f"Try: {names}"))
    return actions.set_rule(actor=actor, at=at, kind=kind, value=value, reason=reason, on=on)
