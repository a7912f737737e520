"""The company's own dated rules, and which sequence a moment stands for."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.rules import DatedRule
from dacheng.store.history import microseconds
from dacheng.store.models import LogEntry, RuleValue


def own_rules(seq: int) -> tuple[DatedRule, ...]:
    """Return the company's own rules as known at a sequence."""
    rows = RuleValue.objects.filter(seq_from__lte=seq, seq_to__gt=seq)
    return tuple(DatedRule(*one) for one in rows.values_list("name", "from_day", "value"))


def sequence_at(known_at: datetime) -> int:
    """Return the last sequence written up to a moment; 0 before the first."""
    upto = LogEntry.objects.filter(at__lte=microseconds(known_at))
    return upto.order_by("-seq").values_list("seq", flat=True).first() or 0
