"""Why drivers differ (驱动归因): between two periods, a period and the target, or the target and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.estimates.driver_table import in_minor, lacking
from dacheng.core.estimates.driving import latest_told, past_sets
from dacheng.core.estimates.material import Material, material_of
from dacheng.core.estimates.preparing import drivers_in
from dacheng.core.estimates.question import Question, question_of
from dacheng.core.estimates.schema import SCHEMES
from dacheng.core.period import Period
from dacheng.core.report import Choices, PeriodName, UnitId, coded, report
from dacheng.core.table import Note, Table, TableColumn, Values, fractions_known, table_of, whole_known
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.setting.attributing import chain, shapley, to_whole
from dacheng.core.targets.setting.drivers import FACTORS, GROUPS, Drivers, DriverSet, comparable

DRIVER_CHOICES: Choices = tuple(
    (number, f"{group}_{code}", Text(f"{of.zh}{label.zh}", f"{of.en}: {label.en}"))
    for number, (group, of, code, label) in enumerate(
        ((group, of, code, label) for group, of in GROUPS for code, label in FACTORS), 1
    )
)
MONEY_AT = 1
"""The ticket among the factors of a group: the only one in money."""

COLUMNS = (
    TableColumn("driver", "choice", Text("驱动因素", "Driver"), choices=DRIVER_CHOICES),
    TableColumn("from_number", "number", Text("前：个数", "Before: number"), places=2),
    TableColumn("to_number", "number", Text("后：个数", "After: number"), places=2),
    TableColumn("from_amount", "money", Text("前：客单价", "Before: ticket")),
    TableColumn("to_amount", "money", Text("后：客单价", "After: ticket")),
    TableColumn(
        "chain",
        "money",
        Text("连环替代", "By chain substitution"),
        difference=True,
        help=Text(
            "依次换成后值：先客户数，再客单价，再购买次数；合计 = 差异。换的次序不同，各项不同",
            "One after the other moves to its later value: customers, then ticket, then purchases; they add up to the "
            "difference. Another order gives other parts",
        ),
    ),
    TableColumn(
        "shapley",
        "money",
        Text("不分先后", "Order-free (Shapley)"),
        difference=True,
        help=Text(
            "所有次序的平均（Shapley 值）；合计 = 差异，一分不差",
            "The mean over every order (Shapley value); they add up to the difference, to the cent",
        ),
    ),
)


@report(
    "targets/driver_changes",
    title=Text("驱动因素归因", "What drivers changed"),
    help=Text(
        "两组驱动因素之差归到每一个因素：连环替代（先客户数，再客单价，再购买次数）和不分先后的 Shapley，"
        "合计都等于差异。"
        "不填「从」「到」：最近一个过完的财年 → 目标；只填「到」：目标 → 那个期间的实际；只填「从」：那个期间 → 目标；"
        "都填：任意两个期间。",
        "The difference between two sets of drivers put down to each: by chain substitution (customers, ticket, "
        "purchases) and order-free by Shapley; both add up to the difference. Without From and To: the latest year "
        "that is over → the target; To alone: the target → what the period brought; From alone: the period → the "
        "target; both: any two periods.",
    ),
    columns=COLUMNS,
)
def driver_changes(
    book: Book,
    *,
    unit: UnitId | None = None,
    period: PeriodName | None = None,
    scheme: Annotated[str, coded(SCHEMES)] = "A",
    earlier: PeriodName | None = None,
    later: PeriodName | None = None,
) -> Table:
    """Put the difference between two sets of drivers down to each driver (驱动归因).

    Args:
        period: of the fiscal year of the target, default the next one.
        earlier: default the latest year that is over, or the target where ``later`` is given.
        later: default the target.

    Source: R022; golden case G20c.
    """
    asked = question_of(book, unit, period, CONTRACT, scheme)
    if asked is None:
        return _nothing(Note("no-unit", Text("你不管理任何组织。", "You look after no unit.")))
    sides = _sides(book, asked, earlier, later)
    return _nothing(*sides) if isinstance(sides, list) else changes_between(*sides)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sets that are compared, and what it is called."""

    name: Text
    drivers: DriverSet
    notes: tuple[Note, ...] = ()


def _sides(book: Book, asked: Question, earlier: Period | None, later: Period | None) -> tuple[Side, Side] | list[Note]:
    """Return the two sets; notes where the earlier one is not told."""
    if earlier is not None and later is not None:
        return _of_period(book, asked, earlier), _of_period(book, asked, later)
    given = material_of(book, asked)
    target = target_side(given)
    if later is not None:
        return target, _of_period(book, asked, later)
    if earlier is not None:
        return _of_period(book, asked, earlier), target
    before = last_told_side(given)
    return [_no_past()] if before is None else (before, target)


def target_side(given: Material) -> Side:
    """Return the planned drivers of an estimate as one side of a comparison."""
    planned, year = drivers_in(given), given.asked.number
    return Side(Text(f"{year} 目标", f"the target of {year}"), planned, tuple(lacking(planned)))


def last_told_side(given: Material) -> Side | None:
    """Return the latest year that is over and told; None where there is none."""
    past = given.past.drivers
    one = latest_told(past)
    if one is None:
        return None
    year = given.asked.number - 1 - past.index(one)
    return Side(Text(f"{year} 实际", f"the actuals of {year}"), one.drivers)


def _of_period(book: Book, asked: Question, span: Period) -> Side:
    (one,) = past_sets(book, asked.unit_id, [span])
    label = span.label(book.rules.fiscal)
    notes = []
    if one.drivers.why:
        why = one.drivers.why
        notes.append(Note("unknown-period", Text(f"{label.zh}：{why.zh}", f"{label.en}: {why.en}")))
    elif not one.complete:
        words = Text(f"{label.zh}还没过完，只到截至日。", f"{label.en} is not over: it is told up to the as-of day.")
        notes.append(Note("running", words))
    return Side(Text(f"{label.zh} 实际", f"the actuals of {label.en}"), one.drivers, tuple(notes))


def _no_past() -> Note:
    words = Text(
        "前三年都没有可比的驱动因素；选「从」和「到」比较别的期间，或先导入历史成交。",
        "None of the three years before tells its drivers; choose From and To, or bring in past sales first.",
    )
    return Note("no-past", words)


def changes_between(before: Side, after: Side) -> Table:
    """Return what each driver changed between two sets; no rows where one of them is not told."""
    notes = (*before.notes, *after.notes)
    untold = _untold(before, after)
    if untold:
        return _nothing(*notes, *untold)
    parts = [part for at in before.drivers.told for part in _parts(at, before.drivers, after.drivers)]
    difference = (in_minor(after.drivers.amount) or 0) - (in_minor(before.drivers.amount) or 0)
    words = Text(
        f"{before.name.zh} {{}} → {after.name.zh} {{}}，差 {{}}。",
        f"From {before.name.en}, {{}}, to {after.name.en}, {{}}: a difference of {{}}.",
    )
    amounts = (in_minor(before.drivers.amount) or 0, in_minor(after.drivers.amount) or 0, difference)
    return _table(parts, difference, (Note.of_amounts("difference", words, amounts), *notes))


def _untold(before: Side, after: Side) -> list[Note]:
    """Return why two sets cannot be compared: one has no amount, or tells of a group that the other does not."""
    if before.drivers.amount is None or after.drivers.amount is None:
        unknown = before if before.drivers.amount is None else after
        words = Text(
            f"{unknown.name.zh}的驱动因素不全，不能归因。", f"The drivers of {unknown.name.en} are not all known."
        )
        return [Note("not-told", words)]
    return [
        Note("one-side", Text(f"{label.zh}只有一组知道，不能归因。", f"{label.en} are told on one side only."))
        for at, (_, label) in enumerate(GROUPS)
        if (at in before.drivers.told) != (at in after.drivers.told)
    ]


@dataclass(frozen=True, slots=True)
class _Part:
    number: int
    before: Fraction | None
    after: Fraction | None
    chain: Fraction
    shapley: Fraction

    @property
    def money(self) -> bool:
        """Tell whether it is a ticket."""
        return (self.number - 1) % len(FACTORS) == MONEY_AT


def _parts(at: int, before: DriverSet, after: DriverSet) -> list[_Part]:
    """Return what each driver of a group changed; what nobody bought at is shown as not known."""
    seen = before.groups[at], after.groups[at]
    one, other = (_factors(group) for group in comparable(*seen))
    return [
        _Part(at * len(FACTORS) + factor + 1, was, now, stepped, free)
        for factor, (was, now, stepped, free) in enumerate(
            zip(seen[0].values, seen[1].values, chain(one, other), shapley(one, other), strict=True)
        )
    ]


def _factors(group: Drivers) -> list[Fraction]:
    return [one or Fraction() for one in group.values]


def _table(parts: Sequence[_Part], difference: int, notes: tuple[Note, ...]) -> Table:
    columns: dict[str, tuple[Values, BoolArray]] = {}
    for name in ("before", "after"):
        to = {"before": "from", "after": "to"}[name]
        values = [getattr(one, name) for one in parts]
        numbers = [None if one.money else value for one, value in zip(parts, values, strict=True)]
        tickets = [in_minor(value) if one.money else None for one, value in zip(parts, values, strict=True)]
        columns[f"{to}_number"] = fractions_known(numbers)
        columns[f"{to}_amount"] = whole_known(tickets)
    rows = Rows({"driver": np.array([one.number for one in parts], dtype=np.int64)})
    whole = {name: to_whole([getattr(one, name) for one in parts], difference) for name in ("chain", "shapley")}
    amounts = {name: np.array(values, dtype=np.int64) for name, values in whole.items()}
    totals = dict.fromkeys(whole, difference) if parts else {}
    return table_of(COLUMNS, rows, {**columns, **amounts}, key=("driver",), totals=totals, notes=notes)


def _nothing(*notes: Note) -> Table:
    return _table((), 0, notes)
