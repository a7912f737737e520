"""What must hold whoever writes, a person or a file: stages keep their meaning, the calendar has no gap."""

from __future__ import annotations

from collections.abc import Iterable

from dacheng.core.errors import RuleError, Text
from dacheng.core.period import date_of
from dacheng.store.bulk import select_rows
from dacheng.store.queries.calendar import calendar_span
from dacheng.store.standing import Columns, Standing

DECIDES_HISTORY = ("state", "set_id")


def refuse_rewriting(stage: Standing, columns: Columns) -> None:
    """Refuse to change the outcome or the set of a stage that deals have used: it would rewrite their past.

    Raises:
        RuleError: names the stage.
    """
    if all(columns.get(name, stage.row[name]) == stage.row[name] for name in DECIDES_HISTORY):
        return
    with_deals = f"stage_id = {stage.record_id}"
    if select_rows("fact_deals", ["deal_id"], [(with_deals, None)], order=("deal_id LIMIT 1",)):
        raise RuleError(
            Text(
                f"阶段 {stage.name} 已有商机用过，不能改结果或阶段集。",
                f"Opportunities have used the stage {stage.name}: its outcome and set are fixed.",
            ),
            Text("新建一个阶段，把商机移过去。", "Create another stage and move them there."),
        )


def refuse_gap(days: Iterable[int]) -> None:
    """Refuse days that would not join the calendar there is, or leave one out among themselves.

    Raises:
        RuleError: names the first day that would be missing.
    """
    listed = set(days)
    first, end = calendar_span() or (min(listed, default=0), min(listed, default=0))
    new = {day for day in listed if not first <= day < end}
    wanted = set(range(min(new | {first}), first)) | set(range(end, max(new | {end - 1}) + 1))
    missing = min(wanted - new, default=None)
    if missing is not None:
        raise RuleError(
            Text(f"工作日历会缺少 {date_of(missing)}。", f"The working calendar would lack {date_of(missing)}."),
            Text("从已有的日历接着往后或往前填，中间不留空。", "Continue the calendar there is, without a gap."),
        )
