"""市场数据 (market facts): size, growth and shares of each market of a year, and what is left of it (R020)."""

from __future__ import annotations

from dacheng.core.arrays import BoolArray, FloatArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals import columns as shown
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, in_unit
from dacheng.core.money import BP_PER_WHOLE, share_of
from dacheng.core.report import PeriodName, UnitId, report
from dacheng.core.table import Note, Table, TableColumn, column_of, table_of

FACTS = """
    SELECT market_id, unit_id, year, size, growth_bp, own_share_bp, rivals_share_bp, sourced_day FROM market_facts"""

COLUMNS = (
    column_of("market_facts", "market_id"),
    column_of("market_facts", "unit_id"),
    column_of("market_facts", "year", kind="year"),
    column_of("market_facts", "size"),
    TableColumn("growth_ratio", "ratio", Text("行业增长", "Growth of the market")),
    TableColumn("own_share_ratio", "ratio", Text("我方份额", "Our share")),
    TableColumn("rivals_share_ratio", "ratio", Text("对手份额合计", "Rivals together")),
    TableColumn(
        "rest_ratio",
        "ratio",
        Text("其余份额", "The rest"),
        help=Text("100% − 我方 − 对手", "100% − ours − the rivals'"),
    ),
    TableColumn(
        "own_size",
        "money",
        Text("我方规模", "Our part"),
        help=Text("市场规模 × 我方份额", "Size × our share"),
    ),
    column_of("market_facts", "sourced_day"),
)


@report(
    "strategy/market",
    title=Text("市场数据", "Market facts"),
    help=Text(
        "区域 × 细分市场 × 年份的规模、行业增长和份额。份额合计不能超过 100%；没写来源的显示「未注明来源」。",
        "Size, growth and shares by region, segment and year. Shares never exceed 100% together; what has no source "
        "is shown as such.",
    ),
    columns=COLUMNS,
)
def market(book: Book, *, unit: UnitId | None = None, period: PeriodName | None = None) -> Table:
    """List what is known of each market, the latest year first (市场数据).

    Args:
        period: only its calendar years.

    Source: R020.
    """
    wanted = in_unit(book, unit) & _years(period)
    rows = book.gather(f"{FACTS} {wanted.where} ORDER BY year DESC, unit_id, market_id", **wanted.params)
    size, own = rows["size"], rows["own_share_bp"]
    shares = rows.known("own_share_bp") & rows.known("rivals_share_bp")
    return table_of(
        COLUMNS,
        rows,
        {
            **{f"{name}_ratio": _ratio(rows, f"{name}_bp") for name in ("growth", "own_share", "rivals_share")},
            "rest_ratio": ((BP_PER_WHOLE - own - rows["rivals_share_bp"]) / BP_PER_WHOLE, shares),
            "own_size": (share_of(size, own), rows.known("size") & rows.known("own_share_bp")),
        },
        key=("market_id",),
        notes=shown.noted(_undated(int((~rows.known("sourced_day")).sum()))),
    )


def _ratio(rows: Rows, name: str) -> tuple[FloatArray, BoolArray]:
    return rows[name] / BP_PER_WHOLE, rows.known(name)


def _years(period: PeriodName | None) -> Filter:
    if period is None:
        return Filter()
    return Filter(
        ("year >= :first", "year <= :last"), {"first": period.from_ym // 12, "last": (period.to_ym - 1) // 12}
    )


def _undated(count: int) -> Note:
    return Note(
        "no-source-day",
        Text(f"{count} 行没有来源日期。", f"Rows without the day of their source: {count}."),
        count,
    )
