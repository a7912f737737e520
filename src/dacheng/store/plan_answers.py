"""Threads of targets in plans (协商记录): added to, and how the target stands after what was said (R031, R032)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dacheng.core.plans.schema import (
    ACCEPT,
    ACCEPTED,
    COMMENT,
    COUNTER,
    IMPOSED,
    OFFER,
    OFFERED,
    PERSON,
    UNIT,
    UNSAID,
)
from dacheng.core.plans.talking import BECOMES, seal
from dacheng.store.bulk import Condition, among, select_rows
from dacheng.store.history import Entry
from dacheng.store.plans import PlacedRow, rows_of_plan
from dacheng.store.saving import Edit, New, change, create
from dacheng.store.standing import Columns, Key, record_table, standing_keys

Target = tuple[int, int]
"""A row of a plan and a measure."""
Months = Mapping[int, int]
"""Month -> minor units."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Something said of a target: of one month, or with ``ym`` 0 of the whole year."""

    row: PlacedRow
    measure_id: int
    kind: int
    ym: int = 0
    amount: int | None = None
    said: str = ""

    @property
    def target(self) -> Target:
        """Return which target it is about."""
        return self.row.row_id, self.measure_id


def months_of(plan_id: int, rows: Iterable[int] | None = None) -> dict[Target, dict[int, int]]:
    """Return the months of every target of a plan that has any, or of some rows."""
    conditions = [*_of_plan(plan_id, rows), ("amount IS NOT NULL", None)]
    found: dict[Target, dict[int, int]] = {}
    columns = ["plan_row_id", "measure_id", "ym", "amount"]
    for row, measure, ym, amount in select_rows(record_table("plan_cells"), columns, conditions):
        found.setdefault((row, measure), {})[ym] = int(amount)
    return found


def stands(plan_id: int, rows: Iterable[int] | None = None) -> dict[Target, int]:
    """Return how the year of each target of a plan stands, where anything was said of it."""
    columns = ["plan_row_id", "measure_id", "agreed"]
    found = select_rows(record_table("plan_terms"), columns, _of_plan(plan_id, rows))
    return {(row, measure): agreed for row, measure, agreed in found if agreed != UNSAID}


def write_answers(entry: Entry, plan_id: int, answers: Sequence[Answer]) -> None:
    """Add to the threads, and let years and months stand as they were answered."""
    rows = {one.row.row_id for one in answers}
    months, numbers = months_of(plan_id, rows), _numbers(plan_id, rows)
    news = []
    for one in answers:
        numbers[one.target] = numbers.get(one.target, 0) + 1
        news.append(New(_talk(entry, plan_id, one, numbers[one.target], months.get(one.target, {})), entry.day))
    create(entry, "plan_talks", news)
    said = [one for one in answers if one.kind != COMMENT]
    _let_stand(entry, plan_id, "plan_terms", {one.target: one for one in said if not one.ym})
    wanted: dict[Key, Answer] = {(*one.target, one.ym): one for one in said if one.ym}
    for key in _months_said_of(plan_id, {one.target for one in said if not one.ym}):
        wanted.setdefault(key, next(one for one in said if one.target == key[:2] and not one.ym))
    _let_stand(entry, plan_id, "plan_cells", wanted)


def offer_all(entry: Entry, plan_id: int, top_unit: int) -> None:
    """Offer every target of a plan that was offered to nobody yet, or is another one than was offered last."""
    rows, months, now = rows_of_plan(plan_id), months_of(plan_id), stands(plan_id)
    last = _last_offers(plan_id)
    answers = []
    for target, amounts in months.items():
        row, year = rows.get(target[0]), sum(amounts.values())
        asks = row is not None and row.kind in (UNIT, PERSON) and not (row.kind == UNIT and row.unit_id == top_unit)
        stale = now.get(target) == OFFERED and last.get(target) != year
        if row is not None and asks and (target not in now or stale):
            answers.append(Answer(row, target[1], OFFER, amount=year))
    write_answers(entry, plan_id, answers)


def take_back_agreement(entry: Entry, plan_id: int, changed: Iterable[Key]) -> None:
    """Offer targets anew of which months changed after they were accepted or imposed; the thread keeps what was.

    Args:
        changed: row, measure and month of each.
    """
    wanted = set(changed)
    touched = {(row, measure) for row, measure, _ in wanted}
    now = stands(plan_id, {row for row, _ in touched})
    settled = {target for target in touched if now.get(target) in (ACCEPTED, IMPOSED)}
    again = sorted(settled | _settled_months(plan_id, wanted))
    if not again:
        return
    ids = {row for row, _ in again}
    rows, months = rows_of_plan(plan_id, ids), months_of(plan_id, ids)
    answers = [Answer(rows[one[0]], one[1], OFFER, amount=sum(months.get(one, {}).values())) for one in again]
    write_answers(entry, plan_id, answers)


def _of_plan(plan_id: int, rows: Iterable[int] | None) -> list[Condition]:
    conditions: list[Condition] = [("plan_id = %s", plan_id), ("NOT removed", None)]
    return conditions if rows is None else [*conditions, among("plan_row_id", set(rows))]


def _numbers(plan_id: int, rows: Iterable[int]) -> dict[Target, int]:
    """Return the number of the latest word of each thread."""
    found: dict[Target, int] = {}
    columns = ["plan_row_id", "measure_id", "number"]
    for row, measure, number in select_rows(record_table("plan_talks"), columns, _of_plan(plan_id, rows)):
        found[row, measure] = max(number, found.get((row, measure), 0))
    return found


def _last_offers(plan_id: int) -> dict[Target, int]:
    conditions = [*_of_plan(plan_id, None), (f"kind = {OFFER} AND ym = 0", None)]
    columns = ["plan_row_id", "measure_id", "amount"]
    rows = select_rows(record_table("plan_talks"), columns, conditions, order=("number",))
    return {(row, measure): amount for row, measure, amount in rows}


def _talk(entry: Entry, plan_id: int, one: Answer, number: int, months: Months) -> Columns:
    sealed = seal(months) if one.kind == ACCEPT else ""
    return {
        "plan_row_id": one.row.row_id,
        "measure_id": one.measure_id,
        "number": number,
        "plan_id": plan_id,
        "unit_id": one.row.unit_id,
        "person_id": one.row.person_id,
        "ym": one.ym,
        "kind": one.kind,
        "amount": one.amount,
        "by_id": entry.actor.person_id,
        "said": one.said.strip(),
        "seal": sealed,
    }


def _settled_months(plan_id: int, keys: set[Key]) -> set[Target]:
    """Return the targets of months that were accepted or imposed by themselves."""
    conditions = [*_of_plan(plan_id, {key[0] for key in keys}), (f"agreed IN ({ACCEPTED}, {IMPOSED})", None)]
    found = select_rows(record_table("plan_cells"), ["plan_row_id", "measure_id", "ym"], conditions) if keys else []
    return {(row, measure) for row, measure, ym in found if (row, measure, ym) in keys}


def _months_said_of(plan_id: int, targets: set[Target]) -> list[Key]:
    """Return the months of targets of which something was said by themselves: the year's answer settles them too."""
    conditions = [*_of_plan(plan_id, {row for row, _ in targets}), (f"agreed <> {UNSAID}", None)]
    found = select_rows(record_table("plan_cells"), ["plan_row_id", "measure_id", "ym"], conditions) if targets else []
    return [(row, measure, ym) for row, measure, ym in found if (row, measure) in targets]


def _let_stand(entry: Entry, plan_id: int, relation: str, wanted: Mapping[Key, Answer]) -> None:
    found = standing_keys(relation, wanted)
    names = ("plan_row_id", "measure_id", "ym")
    news, edits = list[New](), list[Edit]()
    for key, one in wanted.items():
        values: Columns = {"agreed": BECOMES[one.kind]}
        if one.kind == COUNTER and one.ym == (key[2] if len(key) > 2 else 0):
            values["submitted"] = one.amount
        record = found.get(key)
        if record:
            edits.append(Edit(record.record_id, values, max(entry.day, record.first_day)))
            continue
        placed = {"plan_id": plan_id, "unit_id": one.row.unit_id, "person_id": one.row.person_id}
        news.append(New({**dict(zip(names, key, strict=False)), **placed, **values}, entry.day))
    create(entry, relation, news)
    change(entry, relation, edits, {one.record_id: one for one in found.values()})
