"""The company's own dated rules (规则): a value from a day on, with a reason."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.closing import check_lasting
from dacheng.core.errors import RuleError, Text
from dacheng.core.months import USUAL, Months, refuse_moved
from dacheng.core.period import FIRST_DAY
from dacheng.core.rules import RuleKind
from dacheng.core.rules import RuleValue as Value
from dacheng.store.access import require
from dacheng.store.history import Entry, writing
from dacheng.store.models import FAR_SEQ, RuleValue
from dacheng.store.periods import closed_through, company_months
from dacheng.store.saving import Edit, change
from dacheng.store.standing import every


def set_rule(*, actor: Viewer, at: datetime, kind: RuleKind, value: Value, reason: str, on: int | None = None) -> bool:
    """Let a rule have a value from a day on, until its next value; tell whether that is new.

    Raises:
        NotAllowed: the actor may not. RuleError: the value is out of range, no reason is
            given, the day lies in a closed period, or the days of a closed month would change.
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
        months = company_months() if kind.name in USUAL else None
        current.update(seq_to=entry.seq)
        own = {"name": kind.name, "from_day": day, "value": value, "reason": reason.strip()}
        RuleValue.objects.create(**own, seq_from=entry.seq)
        entry.detail |= own | {"before": before}
        entry.keep = True
        if months is not None:
            _divide_again(entry, months)
        return True


def _divide_again(entry: Entry, before: Months) -> None:
    """Let the calendar name the months that the rules make now.

    Raises:
        RuleError: the days of a closed month would change; names it.
    """
    after, closed = company_months(), closed_through()
    if closed:
        refuse_moved(before, after, closed.through)
    days = {one.key[0]: one for one in every("calendar").values()} if after != before else {}
    edits = [
        Edit(one.record_id, {"ym": after.ym_of(day)}, FIRST_DAY)
        for day, one in days.items()
        if one.row["ym"] != after.ym_of(day)
    ]
    change(entry, "calendar", edits, {one.record_id: one for one in days.values()})
