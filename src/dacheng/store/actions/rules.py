"""The company's own dated rules (规则): a value from a day on, with a reason."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.closing import check_lasting
from dacheng.core.errors import RuleError, Text
from dacheng.core.rules import RuleKind
from dacheng.core.rules import RuleValue as Value
from dacheng.store.access import require
from dacheng.store.history import writing
from dacheng.store.models import FAR_SEQ, RuleValue
from dacheng.store.periods import closed_through


def set_rule(*, actor: Viewer, at: datetime, kind: RuleKind, value: Value, reason: str, on: int | None = None) -> bool:
    """Let a rule have a value from a day on, until its next value; tell whether that is new.

    Raises:
        NotAllowed: the actor may not. RuleError: the value is out of range, no reason is
            given, or the day lies in a closed period.
    """
    with writing(actor, at, "rule.set", rule=kind.name) as entry:
        require(entry, "rule.edit")
        kind.check(value)
        day = entry.day if on is None else on
        check_lasting(day, closed_through())
        if not reason.strip():
            raise RuleError(
                Text(f"修改规则「{kind.label.zh}」没有写原因。", f"No reason is given for “{kind.label.en}”."),
                Text("写明原因，日志会保留。", "Give one; the log keeps it."),
            )
        current = RuleValue.objects.filter(name=kind.name, from_day=day, seq_to=FAR_SEQ)
        before = current.values_list("value", flat=True).first()
        if before == value:
            return False
        current.update(seq_to=entry.seq)
        own = {"name": kind.name, "from_day": day, "value": value, "reason": reason.strip()}
        RuleValue.objects.create(**own, seq_from=entry.seq)
        entry.detail |= own | {"before": before}
        entry.keep = True
        return True
