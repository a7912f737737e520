"""The company's own dated rules, and which sequence a moment stands for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from dacheng.core.rules import DatedRule
from dacheng.store.bulk import fetch_rows
from dacheng.store.history import microseconds
from dacheng.store.models import FAR_SEQ, LogEntry, RuleValue


def own_rules(seq: int) -> tuple[DatedRule, ...]:
    """Return the company's own rules as known at a sequence."""
    rows = RuleValue.objects.filter(seq_from__lte=seq, seq_to__gt=seq)
    return tuple(DatedRule(*one) for one in rows.values_list("name", "from_day", "value"))


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the log, and the company's own rules as known then."""

    seq: int
    hash: str
    rules: tuple[DatedRule, ...]


def head_and_rules() -> Head:
    """Return the last entry and the rules: one query, one moment."""
    rows = fetch_rows(
        "SELECT c.seq, c.hash, v.name, v.from_day, v.value FROM chain c"
        " LEFT JOIN rule_value v ON v.seq_from <= c.seq AND v.seq_to > c.seq WHERE c.id = 1"
    )
    own = (DatedRule(name, day, json.loads(value)) for _, _, name, day, value in rows if name is not None)
    return Head(rows[0][0], rows[0][1], tuple(own))


def sequence_and_rules() -> tuple[int, tuple[DatedRule, ...]]:
    """Return the sequence of the last entry, and the company's own rules as known then."""
    head = head_and_rules()
    return head.seq, head.rules


def every_rule() -> list[tuple[str, int, int | str, int, int]]:
    """Return every value that the company ever gave a rule: name, from day, value, known from and to."""
    rows = RuleValue.objects.order_by("name", "from_day", "seq_from")
    return list(rows.values_list("name", "from_day", "value", "seq_from", "seq_to"))


@dataclass(frozen=True, slots=True)
class OwnValue:
    """A value the company gave a rule.

    Args:
        at: microseconds since 1970-01-01 UTC; actor_id: who, 0 = the system.
    """

    from_day: int
    value: int | str
    reason: str
    at: int
    actor_id: int


def own_values(name: str) -> list[OwnValue]:
    """Return the values that a rule has now by the company's own decision, the latest first."""
    current = RuleValue.objects.filter(name=name, seq_to=FAR_SEQ).order_by("-from_day")
    rows = list(current.values_list("seq_from", "from_day", "value", "reason"))
    entries = LogEntry.objects.filter(seq__in={row[0] for row in rows})
    by = {seq: (at, actor) for seq, at, actor in entries.values_list("seq", "at", "actor_id")}
    return [OwnValue(day, value, reason, *by.get(seq, (0, 0))) for seq, day, value, reason in rows]


def sequence_at(known_at: datetime) -> int:
    """Return the last sequence written up to a moment; 0 before the first."""
    upto = LogEntry.objects.filter(at__lte=microseconds(known_at))
    return upto.order_by("-seq").values_list("seq", flat=True).first() or 0
