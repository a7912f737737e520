"""One record from all the rows that speak of it: repetitions, contradictions, histories (合并)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dacheng.core.errors import Text
from dacheng.core.money import to_decimal
from dacheng.core.period import date_of, ym_text
from dacheng.core.relation import Column
from dacheng.core.schema import RELATIONS
from dacheng.exchange.drafts import Draft, DraftValue
from dacheng.exchange.mapping import key_columns
from dacheng.exchange.noticing import Noticed, Shared

Key = tuple[str, tuple[DraftValue, ...]]


def merged(drafts: Sequence[Draft], noticed: Noticed, on_day: int) -> list[Draft]:
    """Return one draft for each key, in the order of first appearance.

    An equal row is taken once; one that says something else of the same column is refused
    and names the row it contradicts. What ended before the day of the import stays out.
    """
    histories = _histories([draft for draft in drafts if draft.rule.history])
    histories = [draft for draft in histories if not _has_ended(draft, noticed, on_day)]
    found: dict[Key, Draft] = {}
    for draft in [*(one for one in drafts if not one.rule.history), *histories]:
        before = found.setdefault(key_of(draft), draft)
        if before is not draft:
            _join(before, draft, noticed)
    return list(found.values())


def key_of(draft: Draft) -> Key:
    """Return what a record is found again by: its relation, and code or key."""
    return draft.relation, tuple(draft.values.get(name, 0) for name in key_columns(RELATIONS[draft.relation]))


def _histories(drafts: Iterable[Draft]) -> list[Draft]:
    """Return rows of one key with different first days as one record with its history."""
    rows: dict[Key, list[Draft]] = {}
    for draft in drafts:
        rows.setdefault(key_of(draft), []).append(draft)
    merged_rows = []
    for versions in rows.values():
        versions.sort(key=lambda one: one.since)
        first = versions[0]
        held = dict(first.values)
        for one in versions[1:]:
            changed = {name: value for name, value in one.values.items() if held.get(name) != value}
            if changed and one.since > first.since:
                first.later.append((one.since, changed))
                held |= changed
        first.until = versions[-1].until
        merged_rows.append(first)
    return merged_rows


def _has_ended(draft: Draft, noticed: Noticed, on_day: int) -> bool:
    """Tell whether a record ended, such as a role that was taken away; one that will end is refused."""
    if draft.until is None or draft.place is None:
        return False
    label = RELATIONS[draft.relation].label
    if draft.until <= on_day:
        noticed.share(Shared("ended", draft.place.table, label=label), draft.place.row, once=True)
        return True
    message = Text(
        f"{label.zh}到 {date_of(draft.until)} 为止，导入不了截止日。",
        f"{label.en} would end on {date_of(draft.until)}.",
    )
    remedy = Text("去掉截止日，到时再撤。", "An import knows no last day: leave it out, and end it when the day comes.")
    noticed.refuse("import/ends", draft.place, message, remedy)
    return True


def _join(before: Draft, draft: Draft, noticed: Noticed) -> None:
    """Add what another row says of a record, or refuse it."""
    clash = _clash(before, draft)
    if clash:
        _refuse(before, draft, clash, noticed)
        return
    if not (before.rule.repeats or draft.rule.repeats) and draft.place is not None:
        label = RELATIONS[draft.relation].label
        noticed.share(Shared("repeated", draft.place.table, label=label), draft.place.row, once=True)
    before.values |= draft.values


def _clash(before: Draft, draft: Draft) -> str:
    """Return the first column of which two rows say different things; empty when they agree."""
    for name, value in draft.values.items():
        if name in before.values and before.values[name] != value:
            return name
    return "from_day" if (before.since, before.later) != (draft.since, draft.later) else ""


def _refuse(before: Draft, draft: Draft, clash: str, noticed: Noticed) -> None:
    if draft.place is None:
        return
    relation = RELATIONS[draft.relation]
    label = relation.label
    column = Column("from_day", "day", Text("起始日", "First day")) if clash == "from_day" else relation.column(clash)
    name = " ".join(str(value) for value in key_of(draft)[1])
    here, there = (_shown(column, one) for one in (draft, before))
    row = before.place.row if before.place else 0
    message = Text(
        f"{label.zh}“{name}”的{column.label.zh}是 {here}，与第 {row} 行的 {there} 矛盾。",
        f"{label.en} “{name}”: {column.label.en} is {here}, but row {row} says {there}.",
    )
    remedy = Text("请只留正确的一行。", "Keep the right row only.")
    noticed.refuse("import/contradiction", draft.place, message, remedy, "", here)


def _shown(column: Column, draft: Draft) -> str:
    value = draft.since if column.name == "from_day" else draft.values.get(column.name)
    if value is None or value == "":
        return "—"
    if not isinstance(value, int):
        return str(value)
    if column.kind == "money":
        return f"{to_decimal(value):,}"
    if column.kind == "day":
        return date_of(value).isoformat()
    return ym_text(value) if column.kind == "ym" else str(value)
