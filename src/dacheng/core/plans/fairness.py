"""How evenly a plan weighs on people, and whether they can carry it (公平与产能) (R019, R049)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import sliced
from dacheng.core.period import Period, ym_text
from dacheng.core.plans.capacity import PlanCapacity, capacity_in, year_before
from dacheng.core.plans.schema import PERSON, UNIT, VACANCY
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.tables import JUDGED, OWN, TO_CELLS, PlanId, nothing, sheet_asked, who
from dacheng.core.plans.weighing import open_amounts, placed, results_of
from dacheng.core.report import MeasureId, Rowspan, report
from dacheng.core.table import EVERY_ROW, Drill, Note, Table, TableColumn, Values, fractions_known, table_of
from dacheng.core.targets.fairness import Fairness, fairness
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

WITHIN, OVER, FAR_OVER, UNDATED, UNKNOWN_CAPACITY = range(1, 6)
CHECKS = (
    (WITHIN, "within", Text("够", "Enough")),
    (OVER, "over", Text("超产能", "Over capacity")),
    (FAR_OVER, "far-over", Text("远超产能", "Far over capacity")),
    (UNDATED, "undated", Text("缺到岗月份", "Start month missing")),
    (UNKNOWN_CAPACITY, "unknown", Text("不知道", "Not known")),
)
POTENTIAL, CAPACITY, HISTORY = "potential", "capacity", "history"
BASES = {
    POTENTIAL: Text("目标 ÷ 潜力", "Target ÷ potential"),
    CAPACITY: Text("目标 ÷ 产能", "Target ÷ capacity"),
}
"""What the spread over people is told of."""

_OF_ROW = {"unit": "unit_id", "owner": "person_id", "direct": "own"}
FAIRNESS = (
    *JUDGED,
    OWN,
    TableColumn(
        "opens",
        "flag",
        Text("同今日组织", "As organised"),
        optional=True,
        help=Text(
            "1 = 潜力等于组织今天这一支的在途商机，可以打开；0 = 方案之后组织调整过",
            "1 = the potential is what is open in this branch as it stands, and opens; 0 = re-organised since",
        ),
    ),
    TableColumn(
        "target", "money", Text("目标", "Target"), help=Text("方案各月之和", "The months of the plan"), drill=TO_CELLS
    ),
    TableColumn(
        POTENTIAL,
        "money",
        Text("潜力", "Potential"),
        help=Text("在途商机金额；空 = 没有，不是 0", "Open opportunities; blank = there is none, which is not zero"),
        drill=Drill("deals/list", take=_OF_ROW, fixed={"state": "open"}, when="opens"),
    ),
    TableColumn(
        CAPACITY,
        "money",
        Text("产能", "Capacity"),
        help=Text(
            "人均产能 × 在岗月数 ÷ 12 × 工作比例 × 爬坡 ×（1 − 流失率）；空 = 不知道",
            "Productivity × months there ÷ 12 × working share × ramp × (1 − attrition); blank = not known",
        ),
    ),
    TableColumn(
        HISTORY,
        "money",
        Text("前 12 个月业绩", "Last 12 months"),
        help=Text("方案开始或截至日之前的 12 个整月", "Twelve whole months before the plan or the as-of day"),
    ),
    TableColumn("potential_ratio", "ratio", BASES[POTENTIAL]),
    TableColumn("capacity_ratio", "ratio", BASES[CAPACITY], judged="less"),
    TableColumn("history_ratio", "ratio", Text("目标 ÷ 前 12 个月", "Target ÷ last 12 months"), optional=True),
    TableColumn(
        "check",
        "choice",
        Text("产能检查", "Capacity check"),
        choices=CHECKS,
        help=Text(
            "目标 ÷ 产能大于 100% = 超产能；大于规则 plan.far_over_bp = 远超产能",
            "Target ÷ capacity above 100% = over; above the rule plan.far_over_bp = far over",
        ),
    ),
    *(
        column
        for base, label in BASES.items()
        for column in (
            TableColumn(
                f"{base}_spread",
                "number",
                Text(f"{label.zh}的极差", f"Spread of {label.en.lower()}"),
                help=Text("下面各人的最大 ÷ 最小，1 = 一样", "Largest ÷ smallest of the people below, 1 = alike"),
                places=2,
                optional=base == CAPACITY,
            ),
            TableColumn(
                f"{base}_gini",
                "number",
                Text(f"{label.zh}的基尼系数", f"Gini of {label.en.lower()}"),
                help=Text("下面各人之间，0 = 一样", "Among the people below, 0 = alike"),
                places=3,
                optional=base == CAPACITY,
            ),
        )
    ),
)


@dataclass(frozen=True, eq=False)
class Judged:
    """A measure of a plan with what its rows can be judged by, shape (n,).

    Args:
        potential, history: with everything below; 0 = nothing is known. last: the period of history.
        standing: what is open at each row by the organisation of the Book, to tell whether both agree.
    """

    sheet: Sheet
    potential: IntArray
    standing: IntArray
    history: IntArray
    capacity: PlanCapacity
    last: Period
    far_over_bp: int

    @cached_property
    def planned(self) -> BoolArray:
        """Return which rows have a target."""
        known: BoolArray = np.any(self.sheet.cells.amount.known, axis=1)
        return known

    @cached_property
    def bases(self) -> Mapping[str, tuple[IntArray, BoolArray]]:
        """Return what targets are compared with: values, and where they are known."""
        return {
            POTENTIAL: (self.potential, self.potential > 0),
            CAPACITY: (self.capacity.amount, self.capacity.known),
            HISTORY: (self.history, self.history > 0),
        }

    @cached_property
    def check(self) -> IntArray:
        """Return the capacity check of each row, one of ``CHECKS``."""
        target, (capacity, known) = self.sheet.year, self.bases[CAPACITY]
        found = np.where(target > capacity, OVER, WITHIN)
        far = target.astype(object) * BP_PER_WHOLE > capacity.astype(object) * self.far_over_bp
        found = np.where((found == OVER) & far.astype(np.bool_), FAR_OVER, found)
        found = np.where(known & self.planned, found, UNKNOWN_CAPACITY)
        checked: IntArray = np.where(self.capacity.undated, UNDATED, found)
        return checked

    def among_people(self, base: str, at: int = 0) -> Fairness:
        """Compare the people at and below a row by a base: person rows only, a vacancy is nobody yet."""
        rows = np.arange(at, int(self.sheet.tree.ends[at]))
        rows = rows[self.sheet.kind[rows] == PERSON]
        values, known = self.bases[base]
        return fairness(self.sheet.year[rows], values[rows], (known & self.planned)[rows])


def judged(book: Book, sheet: Sheet) -> Judged:
    """Return what a plan can be judged by: potential, last results and capacity of every row (R019, R049)."""
    last = year_before(book, sheet)
    history = placed(book, sheet, results_of(book, sheet.measure_id, last))
    deals = open_amounts(book)
    potential = placed(book, sheet, deals)
    standing = np.where(sheet.kind == PERSON, potential, _by_organisation(book, sheet, deals))
    capacity = capacity_in(book, sheet, history)
    return Judged(sheet, potential, standing, history, capacity, last, book.rules.number("plan.far_over_bp"))


def _by_organisation(book: Book, sheet: Sheet, rows: Rows) -> IntArray:
    """Return the amounts in each row's unit and everything below it in the Book's organisation, 0 where it is none."""
    at = book.tree.position_of(rows["unit_id"])
    sums = book.tree.roll_up(rows["amount"][at != UNKNOWN], at[at != UNKNOWN])
    place = book.tree.position_of(sheet.unit_id)
    found: IntArray = np.where(place != UNKNOWN, sums[place], 0)
    return found


@report(
    "plans/fairness",
    title=Text("公平与产能", "Fairness and capacity"),
    help=Text(
        "方案每个组织、人、待招的目标，与潜力（在途商机）、产能（人均产能 × 在岗月数 × 爬坡 ×（1 − 流失率））和"
        "前 12 个月业绩相比；组织行给出下面各人的极差（最大 ÷ 最小）和基尼系数。"
        "没有潜力的人不参与比较，不当作 0；待招从到岗月份起算。人均产能 = 组织前 12 个月业绩 ÷ 方案里首月在岗的人；"
        "没有业绩的组织用上级的。",
        "Targets of units, people and vacancies of a plan against potential (open opportunities), capacity "
        "(productivity × months there × ramp × (1 − attrition)) and the last twelve months; a unit tells the spread "
        "(largest ÷ smallest) and the Gini coefficient of the people below it. Whoever has no potential is not "
        "compared and not taken as zero; a vacancy counts from its start month. Productivity is what a unit brought in "
        "the twelve months before ÷ its people of the plan there in the first month; without results that of the unit "
        "above.",
    ),
    columns=FAIRNESS,
    listed=False,
)
def plan_fairness(
    book: Book, *, plan: PlanId | None = None, measure: MeasureId = CONTRACT, page: Rowspan = EVERY_ROW
) -> Table:
    """Judge the targets of a plan by potential, capacity and history (公平与产能).

    Source: R019, R049; golden cases G10, G59.
    """
    sheet = sheet_asked(book, plan, measure)
    if sheet is None:
        return table_of(FAIRNESS, nothing(FAIRNESS), key=("plan_row_id",))
    found = judged(book, sheet)
    at = np.flatnonzero(np.isin(sheet.kind, (UNIT, PERSON, VACANCY)))
    shown = at[sliced(np.arange(len(at)), page)]
    values = who(sheet, shown) | _figures(found, shown) | _spreads(found, shown)
    rows = Rows({"plan_row_id": sheet.tree.unit_ids[shown]})
    return table_of(
        FAIRNESS,
        rows,
        values,
        key=("plan_row_id",),
        count=len(at),
        page=page,
        notes=_notes(found, len(sheet) - len(at)),
    )


Columns = dict[str, Values | tuple[Values, BoolArray]]


def _figures(found: Judged, at: IntArray) -> Columns:
    sheet = found.sheet
    values: Columns = {
        "opens": (found.potential == found.standing)[at].astype(np.int64),
        "target": (sheet.year[at], found.planned[at]),
        "check": found.check[at],
    }
    for base, (value, known) in found.bases.items():
        usable = known & found.planned & (value > 0)
        ratio = np.divide(sheet.year, value, out=np.zeros(len(sheet)), where=usable)
        values |= {base: (value[at], known[at]), f"{base}_ratio": (ratio[at], usable[at])}
    return values


def _spreads(found: Judged, at: IntArray) -> Columns:
    """Return spread and Gini of the people below each unit; blank where fewer than two can be compared."""
    values: Columns = {}
    for base in BASES:
        told = [found.among_people(base, one) if found.sheet.kind[one] == UNIT else None for one in at.tolist()]
        several = [one if one is not None and one.compared > 1 else None for one in told]
        values[f"{base}_spread"] = fractions_known([one.spread if one else None for one in several])
        values[f"{base}_gini"] = fractions_known([one.gini if one else None for one in several])
    return values


def _notes(found: Judged, others: int) -> tuple[Note, ...]:
    people = int(np.count_nonzero(found.sheet.kind == PERSON))
    counted = {number: int(np.count_nonzero(_carriers(found) & (found.check == number))) for number, _, _ in CHECKS}
    without = int(np.count_nonzero((found.sheet.kind == PERSON) & ~found.bases[POTENTIAL][1]))
    first, last = ym_text(found.last.from_ym), ym_text(found.last.to_ym - 1)
    return (
        *_carried(found),
        *(_told(label, found.among_people(base), people) for base, label in BASES.items()),
        *noted(
            _counted(
                "over", counted[OVER] + counted[FAR_OVER], "人或待招的目标超过产能", "people or vacancies are over"
            ),
            _counted("far-over", counted[FAR_OVER], "人或待招的目标远超产能，批准要有说明", "far over: give a reason"),
            _counted(
                "undated", counted[UNDATED], "待招没有到岗月份，产能不知道；请填起始月", "vacancies without a start"
            ),
            _counted("no-potential", without, "人没有在途商机，潜力不知道，不参与比较", "people without a potential"),
            _counted("others", others, "行不是组织、人或待招，不在表里", "rows are no units, people or vacancies"),
        ),
        Note(
            "measured",
            Text(f"业绩和人均产能取自 {first} 至 {last}。", f"Results and productivity of {first} to {last}."),
            1,
        ),
    )


def _carried(found: Judged) -> tuple[Note, ...]:
    """Say whether the people of the plan can carry its total, where both are known."""
    if not len(found.sheet) or found.sheet.shared_top or found.check[0] == UNKNOWN_CAPACITY:
        return ()
    target, capacity = int(found.sheet.year[0]), int(found.capacity.amount[0])
    label = next(label for number, _, label in CHECKS if number == found.check[0])
    carries = f"{100 * capacity / target:.1f}%" if target > 0 else "—"
    pattern = Text(
        f"{label.zh}：目标 {{}}，产能 {{}}，够目标的 {carries}。",
        f"{label.en}: target {{}}, capacity {{}}, which carries {carries} of it.",
    )
    return (Note.of_amounts("capacity-check", pattern, (target, capacity), 1),)


def _carriers(found: Judged) -> BoolArray:
    carriers: BoolArray = np.isin(found.sheet.kind, (PERSON, VACANCY))
    return carriers


def _counted(code: str, count: int, zh: str, en: str) -> Note:
    return Note(code, Text(f"{count} 个{zh}。", f"{count} {en}."), count)


def _told(label: Text, found: Fairness, people: int) -> Note:
    """Say how even a ratio is among all people of the plan."""
    compared = Text(
        f"{label.zh}：{people} 人里 {found.compared} 人可比", f"{label.en}: {found.compared} of {people} people"
    )
    if found.off is not None and found.gini is None:
        return Note("spread", Text(f"{compared.zh}；{found.off.zh}", f"{compared.en}; {found.off.en}"), found.compared)
    spread = "—" if found.spread is None else f"{float(found.spread):.2f}"
    gini = f"{float(found.gini or 0):.3f}"
    return Note(
        "spread",
        Text(
            f"{compared.zh}，最大是最小的 {spread} 倍，基尼系数 {gini}。",
            f"{compared.en}, the largest is {spread} times the smallest, Gini {gini}.",
        ),
        found.compared,
    )
