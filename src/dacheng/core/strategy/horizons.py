"""长中短期平衡 (balance of horizons): the share of open opportunities by horizon against the policy's band (R026)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, FloatArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals import columns as shown
from dacheng.core.deals.schema import OPEN
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, in_unit
from dacheng.core.report import Flag, UnitId, coded, number_of, report
from dacheng.core.strategy.schema import HORIZONS, STRATEGIC_TYPES
from dacheng.core.table import Drill, Table, TableColumn, column_of, table_of

CARRY = ("unit", "direct")
OPENS = Drill("strategy/open", take={"horizon": "horizon", "unset": "unset"}, carry=CARRY)
ALL = Drill("strategy/open", carry=CARRY)
WITHIN, BELOW, ABOVE = 1, 2, 3
PLACES = (
    (WITHIN, "within", Text("在区间内", "Within")),
    (BELOW, "below", Text("偏低", "Too low")),
    (ABOVE, "above", Text("偏高", "Too high")),
)
PERCENT = 100
OPEN_DEALS = f"""
    SELECT deal_id, customer_id, owner_id, unit_id, stage_id, expected_day, amount, came_from, strategic_type, horizon
    FROM (SELECT d.deal_id, d.customer_id, d.owner_id, d.unit_id, d.stage_id, d.expected_day, d.amount, s.came_from,
            s.strategic_type, s.horizon
        FROM deals d LEFT JOIN deal_strategy s ON s.deal_id = d.deal_id WHERE d.state = {OPEN}) o"""

COLUMNS = (
    column_of("deal_strategy", "horizon"),
    TableColumn("unset", "flag", Text("没有期限", "No horizon"), optional=True),
    TableColumn("deals", "count", Text("在途单数", "Open"), drill=OPENS, total_drill=ALL),
    TableColumn("amount", "money", Text("在途金额", "Open amount"), drill=OPENS, total_drill=ALL),
    TableColumn(
        "share_ratio",
        "ratio",
        Text("占比", "Share"),
        help=Text("在途金额 ÷ 已定期限的在途金额", "Amount ÷ amount of those whose horizon is stated"),
    ),
    TableColumn("low_ratio", "ratio", Text("政策下限", "Policy from"), help=Text("规则，可按日期修改", "A dated rule")),
    TableColumn("high_ratio", "ratio", Text("政策上限", "Policy to"), help=Text("规则，可按日期修改", "A dated rule")),
    TableColumn("place", "choice", Text("与政策比", "Against the policy"), choices=PLACES),
)


@report(
    "strategy/horizons",
    title=Text("长中短期平衡", "Balance of horizons"),
    help=Text(
        "在途商机按短期、中期、长期的金额占比，与政策区间（规则 strategy.h1_low 等，默认模板，可改）比。"
        "没定期限的另列，不进占比。",
        "Amounts of open opportunities by horizon, as shares of those whose horizon is stated, against the policy's "
        "band (rules strategy.h1_low and so on; an editable default). Those without a horizon stand apart.",
    ),
    columns=COLUMNS,
)
def horizons(book: Book, *, unit: UnitId | None = None, direct: Flag = False) -> Table:
    """Compare the shares of horizons with the policy (长中短期平衡).

    Source: R026.
    """
    rows = _open_in(book, unit, direct)
    at = np.where(rows.known("horizon"), rows["horizon"], 0)
    numbers = [number for number, _, _ in HORIZONS]
    order = np.array([*numbers, 0], dtype=np.int64)
    amounts = np.array([_sum(rows, at == one) for one in order.tolist()], dtype=np.int64)
    stated = int(amounts[:-1].sum())
    shares = amounts / stated if stated else np.zeros(len(order))
    low, high = (_limits(book, side) for side in ("low", "high"))
    known: BoolArray = (order > 0) & (stated > 0)
    place = np.where(shares < low, BELOW, np.where(shares > high, ABOVE, WITHIN))
    counts = np.array([int((at == one).sum()) for one in order.tolist()], dtype=np.int64)
    return table_of(
        COLUMNS,
        Rows({"horizon": order, "deals": counts, "amount": amounts}, {"horizon": order > 0}),
        {
            "unset": (order == 0).astype(np.int64),
            "share_ratio": (shares, known),
            "low_ratio": (low, order > 0),
            "high_ratio": (high, order > 0),
            "place": (place, known),
        },
        key=("horizon",),
        totals={"deals": len(rows), "amount": _sum(rows, np.ones(len(rows), dtype=np.bool_))},
        notes=shown.noted(shown.without_amount_note(int((~rows.known("amount")).sum()))),
    )


def _limits(book: Book, side: str) -> FloatArray:
    """Return the policy's limit of each horizon, 0–1, and 0 for those without one."""
    return np.array([*(book.rules.number(f"strategy.{code.lower()}_{side}") for _, code, _ in HORIZONS), 0]) / PERCENT


def _open_in(book: Book, unit: int | None, direct: bool) -> Rows:
    wanted = INSIDE & in_unit(book, unit, direct)
    return book.gather(f"{OPEN_DEALS} {wanted.where} ORDER BY deal_id", **wanted.params)


def _sum(rows: Rows, keep: BoolArray) -> int:
    return int(rows["amount"][keep & rows.known("amount")].sum())


OPEN_COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
    shown.STAGE,
    column_of("deal_strategy", "came_from"),
    column_of("deal_strategy", "strategic_type"),
    column_of("deal_strategy", "horizon"),
    shown.EXPECTED,
    column_of("deals", "amount"),
)


@report(
    "strategy/open",
    title=Text("在途商机的战略属性", "Strategy of open opportunities"),
    help=Text("在途商机，带来源、战略类型和期限。", "Open opportunities with origin, strategic type and horizon."),
    columns=OPEN_COLUMNS,
    listed=False,
)
def open_deals(
    book: Book,
    *,
    horizon: Annotated[str, coded(HORIZONS)] | None = None,
    unset: Flag = False,
    aim: Annotated[str, coded(STRATEGIC_TYPES)] | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
) -> Table:
    """List open opportunities with their strategic attributes.

    Args:
        unset: only those without a horizon.
    """
    rows = _open_in(book, unit, direct)
    keep = np.ones(len(rows), dtype=np.bool_)
    for column, number in (
        ("horizon", number_of(HORIZONS, horizon)),
        ("strategic_type", number_of(STRATEGIC_TYPES, aim)),
    ):
        keep &= (rows.known(column) & (rows[column] == number)) if number else keep
    rows = rows.only(keep & ~rows.known("horizon") if unset else keep)
    known = rows.known("amount")
    return table_of(
        OPEN_COLUMNS,
        rows,
        key=("deal_id",),
        totals={"amount": int(rows["amount"][known].sum()) if known.any() or not len(rows) else 0},
        notes=shown.noted(shown.without_amount_note(int((~known).sum()))),
    )
