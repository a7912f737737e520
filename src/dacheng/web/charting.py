"""Charts beside a table, drawn from the table's own aggregates."""

from __future__ import annotations

from typing import Any

from dacheng.core.table import Bars, Table
from dacheng.web import figures, marks
from dacheng.web.links import changed
from dacheng.web.tabling import Showing, code_of, door, word_of

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
    code = code_of(shown, bars.by, key)
    active = bool(bars.parameter) and shown.answer.given.get(bars.parameter, "") == code
    changes = {bars.parameter: "" if active else code}
    changes |= {name: "" if active else str(value) for name, value in bars.also.get(key, {}).items()}
    return {
        "label": word_of(shown, bars.by, key) or figures.MISSING,
        "mark": marks.bar(amount, top),
        "value": figures.money(amount, shown.unit),
        "url": changed(shown.request, changes) if bars.parameter and code else "",
        "active": active,
    }


def waterfall_chart(shown: Showing) -> dict[str, Any] | None:
    """Return the context of parts/waterfall.html for a table of movements; None for any other."""
    table = shown.table
    if "move" not in table.key:
        return None
    moves, amounts = table.column("move"), table.column("amount")
    steps = [_step(table, row) for row in range(len(table))]
    drawn = marks.waterfall(steps)
    rows = []
    for row, (step, mark) in enumerate(zip(steps, drawn, strict=True)):
        cell = table.cell("deals", row)
        rows.append(
            {
                "label": word_of(shown, moves, int(table.cell("move", row) or 0)),
                "count": figures.count(int(cell)) if cell is not None else "",
                "mark": mark,
                "text": figures.money(step.amount, shown.unit)
                if step.total
                else figures.money_delta(step.amount, shown.unit),
                "tone": "" if step.total or step.amount == 0 else "acct" if step.amount > 0 else "bad",
                "url": door(shown, amounts.drill, row) if amounts.drill else "",
                "edge": step.total,
            }
        )
    change = steps[-1].amount - steps[0].amount if steps else 0
    return {
        "title": table.title.in_language(shown.language),
        "change": figures.money_delta(change, shown.unit),
        "tone": "bad" if change < 0 else "acct",
        "rows": rows,
    }


def _step(table: Table, row: int) -> marks.Step:
    amount = int(table.cell("amount", row) or 0)
    return marks.Step(amount=amount, total=row in (0, len(table) - 1))
