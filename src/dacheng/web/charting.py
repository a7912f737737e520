"""Charts beside a table, drawn from the table's own aggregates."""

from __future__ import annotations

from typing import Any

from dacheng.core.table import Bars, Table
from dacheng.web import figures, marks
from dacheng.web.links import changed
from dacheng.web.tabling import Showing, _code, _word

SHOWN_BARS = 12


def bar_lists(shown: Showing) -> list[dict[str, Any]]:
    """Return the contexts of parts/bars.html; a bar filters the table, once more takes it back."""
    return [_bar_list(shown, bars) for bars in shown.table.bars if len(bars.keys)]


def _bar_list(shown: Showing, bars: Bars) -> dict[str, Any]:
    top = max((abs(int(amount)) for amount in bars.amounts), default=0)
    pairs = list(zip(bars.keys.tolist(), bars.amounts.tolist(), strict=True))
    return {
        "title": bars.title.in_language(shown.language),
        "rows": [_bar(shown, bars, key, amount, top) for key, amount in pairs[:SHOWN_BARS]],
    }


def _bar(shown: Showing, bars: Bars, key: int, amount: int, top: int) -> dict[str, Any]:
    code = _code(shown, bars.by, key)
    active = bool(bars.parameter) and shown.answer.given.get(bars.parameter, "") == code
    changes = {bars.parameter: "" if active else code}
    changes |= {name: "" if active else str(value) for name, value in bars.also.get(key, {}).items()}
    return {
        "label": _word(shown, bars.by, key) or figures.MISSING,
        "mark": marks.bar(amount, top),
        "value": figures.money(amount, shown.unit),
        "url": changed(shown.request, changes) if bars.parameter and code else "",
        "active": active,
    }


def waterfall(shown: Showing, table: Table) -> dict[str, Any] | None:
    """Return the context of parts/waterfall.html for a table of movements; None for any other."""
    return None if "move" not in table.key else {"rows": []}
