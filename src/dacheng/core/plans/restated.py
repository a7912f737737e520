"""A plan by the organisation of a day as a report (按当日组织看方案): both views of a plan (R033)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.paging import sliced
from dacheng.core.period import date_of
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import PERSON
from dacheng.core.plans.standing import (
    ABSENT,
    BEYOND,
    GONE,
    KEPT_BACK,
    MOVED,
    NEW,
    OPEN,
    SHUT,
    STANDINGS,
    Standing,
    organisation_of,
    standing,
)
from dacheng.core.plans.tables import DEPTH, MONTHS_SHOWN, OWN, TO_CELLS, WHO, PlanId, nothing, sheet_asked, whose
from dacheng.core.report import MeasureId, Rowspan, report
from dacheng.core.table import EVERY_ROW, Note, Table, TableColumn, Values, column_of, table_of
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

RESTATED = (
    *WHO,
    DEPTH,
    OWN,
    TableColumn("line", "count", Text("序号", "No."), optional=True),
    TableColumn("standing", "choice", Text("当日", "On the day"), choices=STANDINGS),
    column_of("plan_rows", "unit_id", name="drawn_unit_id", label=Text("制定时的组织", "Unit when drawn")),
    TableColumn("year", "money", Text("全年", "Whole year"), help=Text("各月之和", "The sum of its months")),
    TableColumn(
        "drawn",
        "money",
        Text("制定时", "As drawn"),
        help=Text("空 = 方案里没有这一行", "Blank = the plan has no such row"),
        drill=TO_CELLS,
    ),
    TableColumn("difference", "money", Text("差额", "Difference"), difference=True),
    *(TableColumn(f"m{at + 1}", "money", Text(f"第 {at + 1} 月", f"Month {at + 1}")) for at in range(MONTHS_SHOWN)),
)

_TOLD = (
    (MOVED, Text("{} 行换了组织", "{} rows moved")),
    (GONE, Text("{} 人已离职", "{} people left")),
    (OPEN, Text("{} 个待招", "{} vacancies")),
    (SHUT, Text("{} 个组织已撤销", "{} units are closed")),
    (NEW, Text("{} 个组织方案里没有", "{} units are not in the plan")),
    (KEPT_BACK, Text("{} 个组织有没有分下去的数", "{} units hold what they did not hand down")),
    (BEYOND, Text("{} 行在方案组织之外，单列在最上级", "{} rows stand outside the plan's unit, as topmost rows")),
    (
        ABSENT,
        Text("{} 行的人或组织当日还没有，留在制定时的位置", "{} rows are of nobody of that day and stay as drawn"),
    ),
)


@report(
    "plans/standing",
    title=Text("按当日组织看方案", "Plan by the organisation of a day"),
    help=Text(
        "同一个方案，按截至日（今日口径 = 今天）的组织排：人的行在他当日的归属，组织在它当日的上级，"
        "待招、渠道、缓冲随制定时的组织；"
        "金额一分不变，最上级各行合计等于制定时。不填方案 = 最近的一个。",
        "The same plan by the organisation of the as-of day or today: a person's row stands in his home of it, "
        "a unit under its parent of the day, vacancies, channels and buffers with the unit they were drawn for. No "
        "amount changes: the topmost rows come to what was drawn. Without a plan the latest one.",
    ),
    columns=RESTATED,
    listed=False,
)
def plan_standing(
    book: Book, *, plan: PlanId | None = None, measure: MeasureId = CONTRACT, page: Rowspan = EVERY_ROW
) -> Table:
    """Return a plan by the organisation of the day that the Book's basis names (按当日组织看方案, R033).

    Beside each row stands what it had when the plan was drawn, and where it stood.
    """
    drawn = sheet_asked(book, plan, measure)
    if drawn is None:
        return table_of(RESTATED, nothing(RESTATED), key=("line",))
    found = standing(drawn, organisation_of(book))
    sheet = found.sheet
    order = sliced(np.arange(found.first, len(sheet)), page)
    values = _who(found, order) | {
        f"m{at + 1}": (sheet.amount[order, at], sheet.cells.amount.known[order, at])
        if at < sheet.plan.months
        else (np.zeros(len(order), dtype=np.int64), np.zeros(len(order), dtype=np.bool_))
        for at in range(MONTHS_SHOWN)
    }
    rows = Rows({"line": order - found.first + 1})
    count = len(sheet) - found.first
    return table_of(RESTATED, rows, values, key=("line",), count=count, page=page, notes=_notes(book, found))


def _who(found: Standing, order: IntArray) -> dict[str, Values | tuple[Values, BoolArray]]:
    """Return what rows are, where they stand and stood, and their years, by position."""
    sheet, drawn, at = found.sheet, found.drawn, found.at_drawn[order]
    was = at != UNKNOWN
    known = np.any(sheet.cells.amount.known, axis=1)[order]
    before = np.where(was, drawn.year[at], 0)
    set_before = was & np.any(drawn.cells.amount.known, axis=1)[at]
    return {
        "plan_row_id": (np.where(was, drawn.tree.unit_ids[at], 0), was),
        "kind": sheet.kind[order],
        "unit_id": sheet.unit_id[order],
        **{name: (column[order], column[order] != 0) for name, column in whose(sheet).items()},
        "depth": sheet.tree.depth[order],
        "own": (sheet.kind[order] == PERSON).astype(np.int64),
        "standing": found.how[order],
        "drawn_unit_id": (np.where(was, drawn.unit_id[at], 0), was),
        "year": (sheet.year[order], known),
        "drawn": (before, set_before),
        "difference": (sheet.year[order] - before, known),
    }


def _notes(book: Book, found: Standing) -> tuple[Note, ...]:
    sums = sums_of(found.sheet)
    top, was = (int(one.year[_topmost(one.tree.depth, one.shared_top)].sum()) for one in (found.sheet, found.drawn))
    counts = {number: int(np.count_nonzero(found.how[found.first :] == number)) for number, _ in _TOLD}
    day = date_of(book.org_day).isoformat()
    notes = [
        Note("organisation", Text(f"按 {day} 的组织。", f"By the organisation of {day}.")),
        Note.of_amounts(
            "sums",
            Text(
                f"共核对 {sums.checked:,} 项相加，{sums.broken} 项不一致；最上级合计 {{}}，制定时 {{}}。",
                f"{sums.checked:,} sums checked, {sums.broken} do not hold; the topmost rows come to {{}}, "
                "as drawn {}.",
            ),
            [top, was],
            sums.broken,
        ),
    ]
    told = [(text, counts[number]) for number, text in _TOLD if counts[number]]
    notes += [
        Note("standing", Text(text.zh.format(f"{count:,}"), text.en.format(f"{count:,}")), count)
        for text, count in told
    ]
    if found.without_row:
        notes.append(
            Note(
                "without-row",
                Text(
                    f"{found.without_row:,} 人当日在方案的组织里、方案里没有他的行（新来的人，或不带目标）。",
                    f"{found.without_row:,} people stand in the plan's unit without a row: new, or without target.",
                ),
                found.without_row,
            )
        )
    if not book.scope.whole:
        words = Text(
            "只含为你能看到的组织制定的行；从别处调来的人的目标不在内。",
            "Only rows drawn for units that you see; the target of whoever came from elsewhere is not in it.",
        )
        notes.append(Note("scope", words))
    return tuple(notes)


def _topmost(depth: IntArray, shared: bool) -> BoolArray:
    found: BoolArray = depth == int(shared)
    return found
