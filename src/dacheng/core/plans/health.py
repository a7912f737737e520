"""Can a plan be carried out (分解体检): three lights a row, what is missing and the way out (R052, R226).

Meetings are not recorded yet, so whether reviews are held is not known, which is neither yes nor no.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dacheng.core.activity.weeks import PLANNED
from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, between
from dacheng.core.paging import sliced
from dacheng.core.plans.fairness import FAR_OVER, Judged, judged
from dacheng.core.plans.schema import BUFFER, CHANNEL, PERSON, RESERVE, UNIT, VACANCY
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.signing import Signed, signed_by_partners, told_from_below
from dacheng.core.plans.tables import JUDGED, TO_CELLS, PlanId, nothing, sheet_asked, who
from dacheng.core.plans.weighing import rolled
from dacheng.core.report import Flag, MeasureId, Rowspan, report
from dacheng.core.table import EVERY_ROW, Note, Table, TableColumn, table_of
from dacheng.core.targets.schema import CONTRACT

THERE, PARTLY, NONE, NOT_KNOWN = range(1, 5)
LIGHTS = (
    (THERE, "there", Text("有", "Yes")),
    (PARTLY, "partly", Text("不全", "Partly")),
    (NONE, "none", Text("没有", "None")),
    (NOT_KNOWN, "unknown", Text("不知道", "Not known")),
)
FINE, UNSET, NOBODY_THERE, UNSIGNED, NOT_SIGNED, UNLED, STRAINED, UNDATED, IDLE, HALF_PLANNED = range(10)
FAULTS = (
    (FINE, "", Text("", "")),
    (UNSET, "no-target", Text("还没有目标", "No target")),
    (NOBODY_THERE, "nobody", Text("没有人承担", "Nobody carries it")),
    (UNSIGNED, "channel-differs", Text("与渠道签的数不同", "Differs from what the partner signed")),
    (NOT_SIGNED, "channel-unsigned", Text("渠道还没有签数", "The partner signed nothing")),
    (UNLED, "no-leading", Text("只有结果，没有过程", "A result without anything that leads to it")),
    (IDLE, "no-actions", Text("没有计划动作", "No actions planned")),
    (HALF_PLANNED, "some-months", Text("有的月份没有计划动作", "Months without planned actions")),
    (UNDATED, "undated", Text("待招没有到岗月份", "A vacancy without a start month")),
    (STRAINED, "far-over", Text("目标远超产能", "Far over capacity")),
)
"""What may be missing of a row; it tells the worst of what holds."""

WAYS = (
    (FINE, "", Text("", "")),
    (UNSET, "break-down", Text("重新分解，或填这一行的数", "Break the plan down, or type the row")),
    (NOBODY_THERE, "staff", Text("加待招并写到岗月份，或把目标移走", "Add a vacancy with its month, or move it")),
    (UNSIGNED, "agree", Text("与渠道谈到一致，再改两边之一", "Agree with the partner, then change one of both")),
    (NOT_SIGNED, "sign", Text("让渠道签责任书：接受全年目标", "Have the partner sign: accept the year")),
    (UNLED, "lead", Text("建商机，或计划每周动作", "Open opportunities, or plan actions a week")),
    (IDLE, "plan", Text("在行动里计划每周动作", "Plan actions a week")),
    (HALF_PLANNED, "plan-rest", Text("补上没有计划的月份", "Plan the months that are left out")),
    (UNDATED, "date", Text("给待招填起始月", "Give the vacancy a start month")),
    (STRAINED, "relieve", Text("减目标、加人，或写明理由再批准", "Less, more people, or a reason for approving")),
)
SEVERE, MINOR, NO_FAULT = 1, 2, 3
SEVERITIES = (
    (SEVERE, "severe", Text("要补", "To be mended")),
    (MINOR, "minor", Text("要看", "To be looked at")),
    (NO_FAULT, "fine", Text("正常", "Fine")),
)
MINOR_FAULTS = (HALF_PLANNED, NOT_SIGNED, UNDATED, STRAINED)

HEALTH = (
    *JUDGED,
    TableColumn("severity", "choice", Text("程度", "Severity"), choices=SEVERITIES),
    TableColumn("fault", "choice", Text("缺什么", "What is missing"), choices=FAULTS),
    TableColumn("way", "choice", Text("怎么办", "Way out"), choices=WAYS),
    TableColumn(
        "actions",
        "choice",
        Text("动作", "Actions"),
        choices=LIGHTS,
        help=Text(
            "有目标的月份里有没有人计划每周动作；月份还没有开始的只是要看",
            "Whether somebody plans actions a week in the months with a target; to be looked at before they begin",
        ),
    ),
    TableColumn(
        "reviews",
        "choice",
        Text("复盘", "Reviews"),
        choices=LIGHTS,
        help=Text("会议还没有记录，所以不知道", "Meetings are not recorded yet, so it is not known"),
    ),
    TableColumn(
        "resources",
        "choice",
        Text("资源", "Resources"),
        choices=LIGHTS,
        help=Text(
            "有没有人承担；待招没有到岗月份或远超产能 = 不全",
            "Whether anybody carries it; partly = a vacancy without a start month, or far over capacity",
        ),
    ),
    TableColumn("target", "money", Text("目标", "Target"), help=Text("方案各月之和", "The months"), drill=TO_CELLS),
    TableColumn(
        "unplanned",
        "count",
        Text("没有动作的月份", "Months without actions"),
        judged="less",
        optional=True,
        help=Text("有目标、没有人计划每周动作的月份", "Months with a target in which nobody plans actions a week"),
    ),
)


OF_LIGHTS = ("actions", "reviews", "resources")
"""The columns that are lights."""


class Lights(NamedTuple):
    """The three lights of a row, each one of ``LIGHTS``."""

    actions: int
    reviews: int
    resources: int


@dataclass(frozen=True, eq=False)
class Health:
    """What is there of each row of a plan, arrays of shape (n,).

    Args:
        due, unplanned: months with a target, and those of them without planned actions.
        begun: months with a target that have begun, in which nobody planned actions.
        people: months of people, in basis points; with everything below.
        undated: there is a vacancy without a start month at or below the row.
        signed: what partners signed.
    """

    judged: Judged
    due: IntArray
    unplanned: IntArray
    begun: IntArray
    people: IntArray
    undated: BoolArray
    signed: Signed

    @property
    def sheet(self) -> Sheet:
        """Return the plan's figures."""
        return self.judged.sheet

    @property
    def carried(self) -> BoolArray:
        """Return the rows that people carry: those that actions and capacity can be asked of."""
        found: BoolArray = np.isin(self.sheet.kind, (UNIT, PERSON, VACANCY))
        return found

    def actions(self) -> IntArray:
        """Return the light of actions: not known where there is nothing to act for, or nobody is there yet."""
        light = np.where(self.unplanned == 0, THERE, np.where(self.unplanned < self.due, PARTLY, NONE))
        asked = self.carried & (self.sheet.kind != VACANCY) & (self.due > 0)
        found: IntArray = np.where(asked, light, NOT_KNOWN)
        return found

    def reviews(self) -> IntArray:
        """Return the light of reviews: not known of any row, as meetings are not recorded yet."""
        return np.full(len(self.sheet), NOT_KNOWN, dtype=np.int64)

    def resources(self) -> IntArray:
        """Return the light of resources."""
        strained = self.undated | (self.judged.check == FAR_OVER)
        light = np.where(self.people > 0, np.where(strained, PARTLY, THERE), np.where(self.undated, PARTLY, NONE))
        found: IntArray = np.where(self.carried, light, NOT_KNOWN)
        return found

    def faults(self) -> IntArray:
        """Return what is missing of each row: the worst of ``FAULTS`` that holds."""
        sheet, target = self.sheet, self.due > 0
        channel, signed = sheet.kind == CHANNEL, self.signed.years
        actions = self.actions()
        idle = actions == NONE
        holds: Sequence[tuple[int, BoolArray]] = (
            (UNSET, ~self.judged.planned),
            (NOBODY_THERE, target & (self.resources() == NONE)),
            (UNSIGNED, channel & signed.known & (signed.value != sheet.year)),
            (UNLED, target & idle & (self.judged.potential <= 0)),
            (IDLE, idle & (self.begun > 0)),
            (NOT_SIGNED, channel & target & ~signed.known),
            (STRAINED, self.judged.check == FAR_OVER),
            (UNDATED, self.undated & self.carried),
            (IDLE, idle),
            (HALF_PLANNED, actions == PARTLY),
        )
        found: IntArray = np.select([where for _, where in holds], [fault for fault, _ in holds], FINE)
        return found


def health_of(book: Book, sheet: Sheet) -> Health:
    """Return what a plan's rows have to be carried out with (R052, R226)."""
    found = judged(book, sheet)
    wanted = (sheet.cells.amount.known & (sheet.amount > 0)).astype(np.int64)
    planned = _planned(book, sheet)
    vacant = rolled(sheet, found.capacity.undated.astype(np.int64)) > 0
    return Health(
        found,
        wanted.sum(axis=1),
        (wanted * ~planned).sum(axis=1),
        (wanted * ~planned)[:, : max(book.months.ym_of(book.as_of_day) + 1 - sheet.plan.from_ym, 0)].sum(axis=1),
        rolled(sheet, found.capacity.months),
        vacant,
        signed_by_partners(book, sheet),
    )


def lights_of(book: Book, sheet: Sheet) -> dict[int, Lights]:
    """Return the three lights of each row of a plan that is judged, by position (三灯, R226)."""
    found = health_of(book, sheet)
    asked = np.flatnonzero(_asked(sheet))
    columns = (light[asked].tolist() for light in (found.actions(), found.reviews(), found.resources()))
    return {at: Lights(*each) for at, *each in zip(asked.tolist(), *columns, strict=True)}


def _asked(sheet: Sheet) -> BoolArray:
    """Return the rows that are judged, shape (n,): not what is kept back, nor what only puts several together."""
    asked: BoolArray = ~np.isin(sheet.kind, (BUFFER, RESERVE))
    asked[: int(sheet.shared_top)] = False
    return asked


def _planned(book: Book, sheet: Sheet) -> BoolArray:
    """Return in which months somebody of each row, or of what is below it, plans actions a week, shape (n, months)."""
    months = between("ym", sheet.plan.from_ym, sheet.plan.until_ym) & INSIDE
    rows = book.gather(f"{PLANNED} {months.where} ORDER BY person_id, kind, ym", **months.params)
    rows = rows.only(rows.known("per_week") & (rows["per_week"] > 0))
    at_work: dict[int, list[int]] = {}
    for person, ym in zip(rows["person_id"].tolist(), rows["ym"].tolist(), strict=True):
        at_work.setdefault(person, []).append(ym - sheet.plan.from_ym)
    own = np.zeros((len(sheet), sheet.plan.months), dtype=np.int64)
    for at in np.flatnonzero(sheet.kind == PERSON).tolist():
        own[at, at_work.get(int(sheet.person_id[at]), [])] = 1
    sums = np.concatenate((np.zeros((1, sheet.plan.months), dtype=np.int64), np.cumsum(own, axis=0)))
    found: BoolArray = (sums[sheet.tree.ends] - sums[: len(sheet)]) > 0
    return found


@report(
    "plans/health",
    title=Text("分解体检", "Health of a plan"),
    help=Text(
        "方案每一行能不能落地：动作（有目标的月份有没有计划每周动作）、复盘（会议还没有记录，所以不知道）、"
        "资源（有没有人承担）三盏灯；缺什么、怎么办。渠道的目标与渠道签的责任书（没有签的按自下而上）不同要标出；"
        "有结果目标、既没有在途商机也没有计划动作的是“只有结果，没有过程”。",
        "Whether each row of a plan can be carried out: three lights for actions (planned in the months with a "
        "target), reviews (meetings are not recorded yet, so not known) and resources (anybody to carry it); what is "
        "missing and the way out. A partner's target that differs from his signed letter (bottom-up where there is "
        "none) is told; a result with neither open opportunities nor planned actions has nothing that leads to it.",
    ),
    columns=HEALTH,
    listed=False,
)
def plan_health(
    book: Book,
    *,
    plan: PlanId | None = None,
    measure: MeasureId = CONTRACT,
    flagged: Flag = False,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """Tell of each row of a plan what is missing to carry it out (分解体检).

    Args:
        flagged: only rows of which something is missing.

    Source: R052, R226.
    """
    sheet = sheet_asked(book, plan, measure)
    if sheet is None:
        return table_of(HEALTH, nothing(HEALTH), key=("plan_row_id",))
    found = health_of(book, sheet)
    faults = found.faults()
    at = np.flatnonzero(_asked(sheet) & ((faults != FINE) | (not flagged)))
    shown = at[sliced(np.arange(len(at)), page)]
    values = who(sheet, shown) | {
        "severity": _severity(found, faults)[shown],
        "fault": (faults[shown], faults[shown] != FINE),
        "way": (faults[shown], faults[shown] != FINE),
        "actions": found.actions()[shown],
        "reviews": found.reviews()[shown],
        "resources": found.resources()[shown],
        "target": (sheet.year[shown], found.judged.planned[shown]),
        "unplanned": (found.unplanned[shown], (found.actions() != NOT_KNOWN)[shown]),
    }
    rows = Rows({"plan_row_id": sheet.tree.unit_ids[shown]})
    notes = _notes(found, faults)
    return table_of(HEALTH, rows, values, key=("plan_row_id",), count=len(at), page=page, notes=notes)


def _severity(found: Health, faults: IntArray) -> IntArray:
    """Return how bad it is: that actions are not planned is to be mended only once a month without them has begun."""
    early = (faults == IDLE) & (found.begun == 0)
    minor = np.where(np.isin(faults, MINOR_FAULTS) | early, MINOR, SEVERE)
    severity: IntArray = np.where(faults == FINE, NO_FAULT, minor)
    return severity


def _notes(found: Health, faults: IntArray) -> Sequence[Note]:
    """Say how many rows want what, all of them together first."""
    asked = _asked(found.sheet)
    severity = _severity(found, faults)
    counts = [int(np.count_nonzero(asked & (severity == one))) for one in (SEVERE, MINOR, NO_FAULT)]
    told = Text(
        f"{counts[0]} 行要补，{counts[1]} 行要看，{counts[2]} 行正常。",
        f"Rows to be mended: {counts[0]}; to be looked at: {counts[1]}; fine: {counts[2]}.",
    )
    parts = [
        Note(code, Text(f"{label.zh}：{count} 行", f"{label.en}: {count}"), count)
        for number, code, label in FAULTS[1:]
        if (count := int(np.count_nonzero(asked & (faults == number))))
    ]
    return (Note("health", told, max(counts[0], 1)), *noted(*parts), *told_from_below(found.signed))
