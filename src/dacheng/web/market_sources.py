"""Where each market fact comes from, written under the day of its source on the list of markets (R020)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dacheng.core.table import Table
from dacheng.store.queries.estimates import market_source_texts

MARKET = "strategy/market"


def tell_sources(table: Table, view: dict[str, Any]) -> None:
    """Write under the day of each source where it is from, or that it is not stated."""
    at = next((at for at, one in enumerate(view["columns"]) if one["key"] == "sourced_day"), None)
    if at is None:
        return
    numbers = table.values["market_id"].tolist()
    texts = market_source_texts(numbers)
    for row, number in zip(view["rows"], numbers, strict=True):
        row["cells"][at]["sub"] = texts.get(number, "") or _("未注明来源")
