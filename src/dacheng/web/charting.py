"""Charts beside a table, drawn from the table's own aggregates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString

from dacheng.core.table import Bars, Line, Table
from dacheng.core.tables.money_flow import DRAWN
from dacheng.web import figures, marks
from dacheng.web.links import changed
from dacheng.web.sankey import Flow, Place, sankey
from dacheng.web.tabling import Showing, code_of, door, shown_text, word_of

SHOWN_BARS = 12


def bar_lists(shown: Showing) -> list[dict[str, Any]]:
    """Return the contexts of parts/bars.html; a bar filters the table, once more takes it back."""
    return [_bar_list(shown, bars) for bars in shown.table.bars if len(bars.keys)]


def _bar_list(shown: Showing, bars: Bars) -> dict[str, Any]:
    top = max((abs(int(amount)) for amount in bars.amounts), default=0)
    pairs = list(zip(bars.keys.tolist(), bars.amounts.tolist(), strict=True))
    return {
        "title": bars.title.in_language(shown.language),
        "hint": bars.measure.label.in_language(shown.language) if bars.measure else "",
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
        "value": shown_text(shown, bars.measure, amount) if bars.measure else figures.money(amount, shown.unit),
        "url": changed(shown.request, changes) if bars.parameter and code else "",
        "active": active,
    }


def waterfall_chart(shown: Showing, *, moved_only: bool = False) -> dict[str, Any] | None:
    """Return the context of parts/waterfall.html for a table of movements; None for any other.

    Args:
        moved_only: leave out the lines in which no deal moved.
    """
    table = shown.table
    if "move" not in table.key:
        return None
    lines = [row for row in range(len(table)) if not moved_only or _edge(table, row) or table.cell("deals", row)]
    steps = [marks.Step(int(table.cell("amount", row) or 0), total=_edge(table, row)) for row in lines]
    drawn = marks.waterfall(steps)
    change = steps[-1].amount - steps[0].amount if steps else 0
    return {
        "title": table.title.in_language(shown.language),
        "change": figures.money_delta(change, shown.unit),
        "tone": "bad" if change < 0 else "acct",
        "rows": [_line(shown, *one) for one in zip(lines, steps, drawn, strict=True)],
    }


def sankey_chart(shown: Showing) -> dict[str, Any] | None:
    """Return the context of parts/sankey.html for a table of flows; None for any other, or when nothing flows."""
    table = shown.table
    if "source" not in table.values or "goal" not in table.values:
        return None
    found = [
        Flow(*(int(table.cell(name, row) or 0) for name in ("source", "goal", "amount")))
        for row in range(len(table))
        if table.cell("line", row) in DRAWN
    ]
    names = {one: word_of(shown, table.column("source"), one) for flow in found for one in (flow.source, flow.goal)}
    sums = {one: max(_sum(found, "source", one), _sum(found, "goal", one)) for one in names}
    places = {one: Place(name, figures.money(sums[one], shown.unit)) for one, name in names.items()}
    told = "; ".join(
        f"{names[one.source]} → {names[one.goal]} {figures.money(one.amount, shown.unit)}" for one in found
    )
    title = table.title.in_language(shown.language)
    mark = sankey(found, places, label=f"{title}: {told}")
    return {"title": title, "mark": mark} if mark else None


def _sum(flows: Sequence[Flow], end: str, place: int) -> int:
    return sum(one.amount for one in flows if getattr(one, end) == place)


def line_charts(shown: Showing) -> list[dict[str, Any]]:
    """Return the contexts of parts/line.html: a figure through time, with its first, last, lowest and highest value."""
    return [_line_chart(shown, line) for line in shown.table.lines if line.known.any()]


def _line_chart(shown: Showing, line: Line) -> dict[str, Any]:
    points = [value if known else None for value, known in zip(line.values.tolist(), line.known.tolist(), strict=True)]
    values = {at: value for at, value in enumerate(points) if value is not None}
    known = sorted(values)
    low, high = min(known, key=values.__getitem__), max(known, key=values.__getitem__)
    title = line.measure.label.in_language(shown.language)
    told = [(at, _point(shown, line, at, points[at])) for at in (known[0], known[-1])]
    return {
        "title": title,
        "mark": marks.line(points, label=f"{title} " + " → ".join(text for _, text in told)),
        "first": told[0][1],
        "last": told[1][1],
        "low": _point(shown, line, low, points[low]),
        "high": _point(shown, line, high, points[high]),
    }


def _point(shown: Showing, line: Line, at: int, value: Any) -> str:
    day = figures.day(int(line.days[at]), shown.answer.book.as_of_day)
    return f"{day} {shown_text(shown, line.measure, value)}"


def _line(shown: Showing, row: int, step: marks.Step, mark: SafeString) -> dict[str, Any]:
    table = shown.table
    deals, drill = table.cell("deals", row), table.opening("amount", row)
    text = figures.money if step.total else figures.money_delta
    return {
        "label": word_of(shown, table.column("move"), int(table.cell("move", row) or 0)),
        "count": figures.count(int(deals)) if deals is not None else "",
        "mark": mark,
        "text": text(step.amount, shown.unit),
        "tone": "" if step.total or not step.amount else "acct" if step.amount > 0 else "bad",
        "url": door(shown, drill, row) if drill else "",
        "edge": step.total,
    }


def _edge(table: Table, row: int) -> bool:
    return row in (0, len(table) - 1)
