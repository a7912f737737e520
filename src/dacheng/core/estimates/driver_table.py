"""Drivers of a target (驱动因素): three years, the plan, and what each must be so that the target is met (R022)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.estimates.assessing import Assessment, assessed
from dacheng.core.estimates.driving import PastSet, latest_told
from dacheng.core.estimates.inputs import YEARS_BACK
from dacheng.core.estimates.material import Called, material_of
from dacheng.core.estimates.question import question_of
from dacheng.core.estimates.schema import SCHEMES
from dacheng.core.report import Choices, PeriodName, UnitId, coded, report
from dacheng.core.table import Note, Table, TableColumn, Values, fractions_known, table_of, whole_known
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.setting.drivers import FACTORS, GROUPS, Drivers, DriverSet, needed
from dacheng.core.targets.setting.outcome import rounded

SETS: Choices = tuple(
    (number, code, label)
    for number, (code, label) in enumerate(
        (
            ("three_years_ago", Text("大前年", "Three years before")),
            ("two_years_ago", Text("前年", "Two years before")),
            ("last_year", Text("上年", "Last year")),
            ("plan", Text("目标的驱动", "Drivers of the target")),
            ("needed", Text("其余不变时要到", "Needed, the others standing")),
        ),
        1,
    )
)
PLAN, NEEDED = 4, 5

PURCHASES_HELP = Text("成交笔数 ÷ 客户数 = 1 + 每客复购", "Sales ÷ customers = 1 + repeat purchases each")
COLUMNS = (
    TableColumn("set", "choice", Text("哪一组", "Set"), choices=SETS),
    TableColumn("year", "year", Text("财年", "Fiscal year")),
    TableColumn(
        "new_customers",
        "count",
        Text("新增客户数", "New customers"),
        help=Text(
            "在这个组织第一次成交的客户；其余不变时要到的向上取整",
            "Accounts whose first sale at the unit lies in the year; needed ones are rounded up",
        ),
    ),
    TableColumn("new_ticket", "money", Text("新客户客单价", "Ticket, new"), help=Text("金额 ÷ 笔数", "Amount ÷ sales")),
    TableColumn(
        "new_purchases", "number", Text("新客户购买次数", "Purchases each, new"), places=2, help=PURCHASES_HELP
    ),
    TableColumn(
        "existing_customers",
        "count",
        Text("老客户数", "Existing customers"),
        help=Text("以前成交过、当年又成交的客户", "Accounts that had bought before and buy in the year"),
    ),
    TableColumn(
        "existing_ticket", "money", Text("老客户客单价", "Ticket, existing"), help=Text("金额 ÷ 笔数", "Amount ÷ sales")
    ),
    TableColumn(
        "existing_purchases",
        "number",
        Text("老客户购买次数", "Purchases each, existing"),
        places=2,
        help=PURCHASES_HELP,
    ),
    TableColumn(
        "amount",
        "money",
        Text("驱动之积", "Drivers come to"),
        help=Text("Σ 客户数 × 客单价 × 购买次数", "Σ customers × ticket × purchases each"),
    ),
    TableColumn(
        "wanted",
        "money",
        Text("业绩或目标", "Result or target"),
        help=Text("历史行是当年业绩，目标行是目标", "The result of a past year; the target of the plan"),
    ),
    TableColumn(
        "gap",
        "money",
        Text("差", "Gap"),
        difference=True,
        help=Text(
            "驱动之积 − 业绩或目标；历史的差是没有客户或只有合计的业绩",
            "Drivers − result or target; of a past year what names no account or is a total of many",
        ),
    ),
)


@report(
    "targets/drivers",
    title=Text("目标的驱动因素", "Drivers of a target"),
    help=Text(
        "目标拆成新增客户数 × 客单价 × 购买次数（1 + 每客复购），老客户同样；没有填的按最近一个过完的财年。"
        "旁边是前三年自己的数，最后一行是其余都不变时每一个单独要到多少才达到目标。空 = 不知道，不当作零。",
        "A target as new customers × ticket × purchases each (1 + repeat purchases), existing customers alike; what "
        "nobody typed is as in the latest year that is over. The unit's own three years stand beside it; the last "
        "row says what each must be by itself, all others standing, to meet the target. Blank = not known, not zero.",
    ),
    columns=COLUMNS,
)
def drivers(
    book: Book,
    *,
    unit: UnitId | None = None,
    period: PeriodName | None = None,
    scheme: Annotated[str, coded(SCHEMES)] = "A",
) -> Table:
    """Set a target's drivers beside those of three years (驱动因素).

    Args:
        unit: default the viewer's topmost one. period: of the fiscal year, default the next one.

    Source: R021, R022.
    """
    asked = question_of(book, unit, period, CONTRACT, scheme)
    if asked is None:
        return _table((), (Note("no-unit", Text("你不管理任何组织。", "You look after no unit.")),))
    return table_of_drivers(assessed(material_of(book, asked), Called()))


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    year: int
    groups: Sequence[Drivers]
    amount: int | None
    wanted: int | None

    @property
    def gap(self) -> int | None:
        return None if self.amount is None or self.wanted is None else self.amount - self.wanted


def table_of_drivers(found: Assessment) -> Table:
    """Return the drivers of an estimate that is worked out, beside its past."""
    return _table(_lines(found), tuple(_notes(found)))


def _lines(found: Assessment) -> list[_Line]:
    past, year = found.material.past.drivers, found.material.asked.number
    lines = [
        _Line(YEARS_BACK - back, year - 1 - back, one.drivers.groups, in_minor(one.drivers.amount), one.result)
        for back, one in reversed(list(enumerate(past)))
    ]
    lines.append(_Line(PLAN, year, found.drivers.groups, in_minor(found.drivers.amount), found.target))
    if found.target is not None:
        lines.append(_Line(NEEDED, year, needed(found.drivers, found.target), None, found.target))
    return lines


def _table(lines: Sequence[_Line], notes: tuple[Note, ...]) -> Table:
    columns: dict[str, tuple[Values, BoolArray]] = {
        name: whole_known([getattr(one, name) for one in lines]) for name in ("amount", "wanted", "gap")
    }
    for at, (group, _) in enumerate(GROUPS):
        own = [one.groups[at].values for one in lines]
        columns[f"{group}_customers"] = whole_known([in_whole(one[0]) for one in own])
        columns[f"{group}_ticket"] = whole_known([in_minor(one[1]) for one in own])
        columns[f"{group}_purchases"] = fractions_known([one[2] for one in own])
    rows = Rows({"set": np.array([one.number for one in lines], dtype=np.int64)})
    years = np.array([one.year for one in lines], dtype=np.int64)
    return table_of(COLUMNS, rows, {"year": years, **columns}, key=("set",), notes=notes)


def in_minor(value: Fraction | None) -> int | None:
    """Return an exact amount in minor units; None stays None."""
    return None if value is None else rounded(value)


def in_whole(value: Fraction | None) -> int | None:
    """Return a number of customers; None stays None."""
    return None if value is None else int(value)


# What a reader must know -------------------------------------------------------------------------


def _notes(found: Assessment) -> list[Note]:
    past, year = found.material.past.drivers, found.material.asked.number
    unknown = [why_unknown(one, year - 1 - back) for back, one in enumerate(past) if one.drivers.why]
    running = [_running(year - 1 - back) for back, one in enumerate(past) if not one.complete and one.drivers.told]
    return [*_gap(found), *lacking(found.drivers), *_standing(past, year), *running, *unknown]


def _gap(found: Assessment) -> list[Note]:
    amount = in_minor(found.drivers.amount)
    if amount is None or found.target is None:
        return []
    gap = amount - found.target
    if gap < 0:
        short = Text("驱动之积 {}，比目标 {} 少 {}。", "The drivers come to {}; of the target {} they lack {}.")
        return [Note.of_amounts("gap", short, (amount, found.target, -gap))]
    met = Text("驱动之积 {}，够目标 {}，多 {}。", "The drivers come to {}; they meet the target {} with {} to spare.")
    return [Note.of_amounts("gap", met, (amount, found.target, gap))]


def lacking(planned: DriverSet) -> list[Note]:
    """Return what is not known of planned drivers: of a group nothing, or one driver without which there is no sum."""
    notes = []
    for (_, label), one in zip(GROUPS, planned.groups, strict=True):
        names = [name for code, name in FACTORS if code in one.lacking]
        zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
        if one.unknown:
            words = Text(
                f"{label.zh}：没有历史也没有填，不计入。",
                f"{label.en}: neither past nor typed, so they are left out.",
            )
            notes.append(Note("left-out", words))
        elif names:
            words = Text(f"{label.zh}：还不知道{zh}，算不出合计。", f"{label.en}: not known: {en}; there is no sum.")
            notes.append(Note("lacking", words))
    return notes


def _standing(past: Sequence[PastSet], year: int) -> list[Note]:
    one = latest_told(past)
    if one is None:
        return []
    then = year - 1 - past.index(one)
    words = Text(f"没有填的驱动取 {then} 年的数。", f"Drivers that nobody typed are those of {then}.")
    return [Note("standing", words)]


def _running(year: int) -> Note:
    words = Text(f"{year} 年还没过完，只到截至日。", f"{year} is not over: it is told up to the as-of day.")
    return Note("running", words)


def why_unknown(one: PastSet, year: int) -> Note:
    """Return why the drivers of a year are not known."""
    why = one.drivers.why or Text("", "")
    return Note("unknown-year", Text(f"{year} 年：{why.zh}", f"{year}: {why.en}"))
