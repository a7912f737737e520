"""Whether a market fact may stand: its shares, its size, its year, and beside others of its market (R020)."""

from __future__ import annotations

from fractions import Fraction

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.strategy.smart import check_year
from dacheng.core.targets.setting.market import MarketFact, faults_of_markets
from dacheng.store.bulk import select_rows
from dacheng.store.standing import Columns, record_table, standing


def check_market(whole: Columns, own: int = 0) -> None:
    """Refuse a market fact that the pure checks keep out.

    Args:
        whole: all its columns; own: its number, 0 while it has none.

    Raises:
        RuleError: shares above 100 %, a negative size, the day of a source that is not stated, or the same
            region, segment and year stands already.
    """
    check_year(whole.get("year"))
    region = _region(whole)
    faults = [one for one in faults_of_markets([_fact(whole, region)]) if one.severity == "block"]
    if faults:
        raise RuleError(faults[0].message, faults[0].remedy)
    if whole.get("sourced_day") is not None and not str(whole.get("source") or "").strip():
        raise RuleError(
            Text(
                f"市场「{region} {whole.get('name')}」有来源日期，没有来源。",
                f"Market “{region} {whole.get('name')}” has the day of a source and no source.",
            ),
            Text("写明出处，或把来源日期也清空。", "Say where it is from, or clear the day as well."),
        )
    if _stands(whole, own):
        name, year = whole.get("name"), whole.get("year")
        raise RuleError(
            Text(f"市场「{region} {name} {year}」已经有一行。", f"Market “{region} {name} {year}” stands already."),
            Text("改那一行。", "Change that row."),
        )


def _stands(whole: Columns, own: int) -> bool:
    """Tell whether another fact of the same region, segment and year stands."""
    met = [("unit_id = %s", whole.get("unit_id") or 0), ("year = %s", whole.get("year") or 0), ("NOT removed", None)]
    rows = select_rows(record_table("market_facts"), ["id", "name"], met)
    return any(name == whole.get("name") and one != own for one, name in rows)


def _region(whole: Columns) -> str:
    unit = whole.get("unit_id") or 0
    found = standing("units", [unit] if unit else [])
    return str(found[unit].row["name"]) if unit in found else ""


def _fact(row: Columns, region: str) -> MarketFact:
    rivals = _ratio(row.get("rivals_share_bp"))
    return MarketFact(
        region=region,
        segment=str(row.get("name") or ""),
        year=int(row.get("year") or 0),
        size=row.get("size"),
        growth=_ratio(row.get("growth_bp")),
        own_share=_ratio(row.get("own_share_bp")),
        rivals=() if rivals is None else (("", rivals),),
        source=str(row.get("source") or ""),
    )


def _ratio(bp: int | None) -> Fraction | None:
    return None if bp is None else Fraction(bp, BP_PER_WHOLE)
