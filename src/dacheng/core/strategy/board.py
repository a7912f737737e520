"""战略目标 (strategic goals): value, target, SMART lights, and the opportunities that carry each (R003, R023–R025)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals import columns as shown
from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.report import GoalId, PersonId, ThemeId, UnitId, coded, number_of, report
from dacheng.core.strategy.goals import NONE, Goal, Value, attained, goals_of, is_whole, linked_to, value_of
from dacheng.core.strategy.schema import ACTIVE, AIMS, GOAL_STATES, READING
from dacheng.core.strategy.smart import CHECKS, missing_checks
from dacheng.core.table import Drill, Note, Table, TableColumn, Values, column_of, table_of, whole_known

COUNTED = Drill("strategy/value", take={"goal": "goal_id"})
CARRIED = Drill("strategy/carried", take={"goal": "goal_id"})
GOAL = column_of("goals", "goal_id")
THEME = column_of("goals", "theme_id")
UNIT = column_of("goals", "unit_id")

COLUMNS = (
    GOAL,
    THEME,
    column_of("goals", "parent_id", optional=True),
    UNIT,
    column_of("goals", "person_id"),
    column_of("goals", "aim"),
    column_of("goals", "form"),
    column_of("goals", "metric", optional=True),
    column_of("goals", "horizon", optional=True),
    column_of("goals", "due_ym"),
    column_of("goals", "state"),
    column_of("goals", "target_count"),
    column_of("goals", "target_amount"),
    TableColumn("target_ratio", "ratio", Text("目标比例", "Target share or growth")),
    TableColumn(
        "won_count",
        "count",
        Text("现值（数量）", "Now: count"),
        drill=COUNTED,
        help=Text("期间内计入的赢单或新客户", "Wins or new customers that count in the months of the goal"),
    ),
    TableColumn(
        "won_amount",
        "money",
        Text("现值（金额）", "Now: amount"),
        drill=COUNTED,
        help=Text("期间内计入的赢单金额", "Amounts won that count in the months of the goal"),
    ),
    TableColumn(
        "value_ratio",
        "ratio",
        Text("现值（比例）", "Now: share or growth"),
        help=Text(
            "占比 = 这个产品 ÷ 全部产品；增长 = 现值 ÷ 基数 − 1；没有分母时不适用",
            "Share = this product ÷ all products; growth = now ÷ base − 1; n/a where there is nothing to divide by",
        ),
    ),
    column_of("goals", "reading_count", optional=True),
    column_of("goals", "reading_amount", optional=True),
    TableColumn(
        "attainment_ratio",
        "ratio",
        Text("达成率", "Attainment"),
        judged="more",
        help=Text("现值 ÷ 目标，不封顶", "Value now ÷ target, not capped"),
    ),
    TableColumn(
        "deals",
        "count",
        Text("承接商机", "Opportunities"),
        judged="more",
        drill=CARRIED,
        help=Text("承接这个目标的在途和已赢商机", "Open and won opportunities that carry the goal"),
    ),
    TableColumn(
        "uncarried",
        "flag",
        Text("没有承接", "Carried by nothing"),
        help=Text("生效的目标没有一条商机承接：标红", "In force and carried by no opportunity: shown in red"),
    ),
    TableColumn(
        "missing",
        "count",
        Text("SMART 缺项", "SMART checks failed"),
        judged="less",
        help=Text(
            "有数字、有口径、有期限、有责任人、有上级，五项里缺几项；缺一项就只能是草稿",
            "Of a number, a measure, a deadline, an owner, what it serves; lacking one, a goal stays a draft",
        ),
    ),
    *(TableColumn(f"smart_{name}", "flag", label, optional=True) for name, label in CHECKS.items()),
)


@report(
    "strategy/goals",
    title=Text("战略目标", "Strategic goals"),
    help=Text(
        "每个战略目标的目标值、现值、达成率、SMART 五项和承接它的商机。系统指标按目标的组织、产品和月份从赢单算；"
        "手工读数按填写那天起有效。占比的分母为 0、看不到目标的整个组织时，现值不适用。",
        "Every strategic goal with target, value now, attainment, the five SMART checks and the opportunities that "
        "carry it. Metrics are counted from wins of the goal's unit, product and months; a manual reading holds from "
        "the day it was stated. The value is n/a where a share has nothing to divide by, or where you do not see the "
        "goal's whole unit.",
    ),
    columns=COLUMNS,
)
def goals(
    book: Book,
    *,
    theme: ThemeId | None = None,
    unit: UnitId | None = None,
    person: PersonId | None = None,
    aim: Annotated[str, coded(AIMS)] | None = None,
    state: Annotated[str, coded(GOAL_STATES)] | None = None,
) -> Table:
    """List strategic goals with what each has reached (战略目标).

    Source: R003, R023, R024, R025.
    """
    found = [
        one
        for one in goals_of(book)
        if _wanted(book, one, unit)
        and theme in (None, one["theme_id"])
        and person in (None, one["person_id"])
        and number_of(AIMS, aim) in (None, one["aim"])
        and number_of(GOAL_STATES, state) in (None, one["state"])
    ]
    values = [value_of(book, one) for one in found]
    return table_of(
        COLUMNS,
        _stated(found),
        {**_reached(found, values), **_carried(book, found), **_smart(found)},
        key=("goal_id",),
        notes=shown.noted(_partly_seen_note(book, found)),
    )


def _wanted(book: Book, goal: Goal, unit: int | None) -> bool:
    if unit is None:
        return True
    return goal["unit_id"] in (book.tree.subtree(unit) if unit in book.tree else (unit,))


def _stated(found: Sequence[Goal]) -> Rows:
    names = ("goal_id", "theme_id", "parent_id", "unit_id", "aim", "form", "metric", "horizon", "due_ym", "state")
    more = ("target_count", "target_amount", "reading_count", "reading_amount")
    rows = Rows.of((*names, *more), [[one[name] for name in (*names, *more)] for one in found])
    people = np.array([one["person_id"] for one in found], dtype=np.int64)
    return Rows({**rows.columns, "person_id": people}, {**rows.masks, "person_id": people > 0})


def _reached(found: Sequence[Goal], values: Sequence[Value]) -> Mapping[str, tuple[Values, BoolArray]]:
    """Return the figures of each goal, each in the column of its unit."""
    ratios = [
        one.value if goal["form"] and goal["target_bp"] is not None else None for goal, one in pairs(found, values)
    ]
    shares = [attained(goal, one.value) for goal, one in pairs(found, values)]
    return {
        "target_ratio": _ratio([one["target_bp"] for one in found]),
        "won_count": whole_known([one.count for one in values]),
        "won_amount": whole_known([one.amount for one in values]),
        "value_ratio": _ratio(ratios),
        "attainment_ratio": _ratio([None if one is None else float(one) for one in shares], 1),
    }


def pairs(found: Sequence[Goal], values: Sequence[Value]) -> list[tuple[Goal, Value]]:
    """Return each goal with its value."""
    return list(zip(found, values, strict=True))


def _carried(book: Book, found: Sequence[Goal]) -> Mapping[str, IntArray]:
    carriers = linked_to(book)["goal_id"]
    deals = np.array([int((carriers == one["goal_id"]).sum()) for one in found], dtype=np.int64)
    active = np.array([one["state"] == ACTIVE for one in found], dtype=np.bool_)
    return {"deals": deals, "uncarried": (active & (deals == 0)).astype(np.int64)}


def _smart(found: Sequence[Goal]) -> Mapping[str, IntArray]:
    failed = [missing_checks(one) for one in found]
    lights = {f"smart_{name}": np.array([int(name not in one) for one in failed], dtype=np.int64) for name in CHECKS}
    return {"missing": np.array([len(one) for one in failed], dtype=np.int64), **lights}


def _ratio(values: Sequence[int | float | None], whole: int = BP_PER_WHOLE) -> tuple[Values, BoolArray]:
    known = np.array([one is not None for one in values], dtype=np.bool_)
    return np.array([(one or 0) / whole for one in values], dtype=np.float64), known


def _partly_seen_note(book: Book, found: Sequence[Goal]) -> Note:
    count = sum(one["metric"] != READING and not is_whole(book, one) for one in found)
    return Note(
        "partly-seen",
        Text(
            f"{count} 个目标的组织不全在你的范围内，现值不适用，商机只列你看得到的。",
            f"Goals whose unit you do not see as a whole: {count}. No value; only opportunities you see are listed.",
        ),
        count,
    )


VALUE_COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
    shown.PRODUCT,
    column_of("deals", "closed_day"),
    column_of("deals", "amount"),
)


@report(
    "strategy/value",
    title=Text("目标现值明细", "What a goal counts"),
    help=Text(
        "一个目标的现值由哪些赢单算出；新客户按第一单列。", "The wins that a goal counts; a new customer by its first."
    ),
    columns=VALUE_COLUMNS,
    listed=False,
)
def value(book: Book, *, goal: GoalId | None = None) -> Table:
    """List the wins that goals count, each once (现值明细).

    Args:
        goal: default all that the viewer sees.
    """
    wanted = [value_of(book, one).deals for one in goals_of(book) if goal in (None, one["goal_id"])]
    counted = _together([one for one in wanted if len(one)])
    known = counted.known("amount")
    return table_of(
        VALUE_COLUMNS,
        counted,
        key=("deal_id",),
        totals={"amount": int(counted["amount"][known].sum()) if known.any() or not len(counted) else None},
        notes=shown.noted(shown.without_amount_note(int((~known).sum()))),
    )


def _together(parts: Sequence[Rows]) -> Rows:
    """Return every row once, by opportunity."""
    if not parts:
        return NONE
    names = tuple(NONE.columns)
    columns = {name: np.concatenate([one[name] for one in parts]) for name in names}
    masks = {name: np.concatenate([one.known(name) for one in parts]) for name in names}
    _, first = np.unique(columns["deal_id"], return_index=True)
    return Rows(columns, masks).only(first)
