"""Marks (图形): small charts as inline SVG, drawn on the server.

Only presentation attributes are written (``width="37.5%" fill="var(--acc)"``), never a
style, so a strict content security policy lets them pass, the colours follow light and
dark, and widths follow the column. Every mark starts at zero unless it says otherwise,
carries its figures as ``aria-label``, and stands beside a printed number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Tone = Literal["acc", "acc2", "acc3", "bad", "good", "warn", "ink3", "track"]

BULLET_TOP = 1.12
"""A bullet bar shows 0 to 112 % of the target, so that the targets of all rows line up."""

SPARK_WINDOW = 30.0
"""A sparkline shows 30 points from bottom to top, so that slopes compare between rows."""

_TICK_SHARE = 94.0
_TICK_EDGE = 3.0
_PART_GAP = 2
_WORD_GAP = 12
_USUAL_WIDTH = 600.0
_DECORATION = SafeString('aria-hidden="true"')


class GapPart(NamedTuple):
    """One part of what closes a gap; ``tone`` "bad" is drawn dashed: it does not exist."""

    label: str
    amount: int
    text: str
    tone: Tone = "acc"


class Step(NamedTuple):
    """One change of a waterfall: a signed amount, and whether it is a total of the two days."""

    amount: int
    total: bool = False


def bullet(
    actual: int | None,
    target: int | None,
    *,
    label: str,
    due: float | None = None,
    low: int | None = None,
    high: int | None = None,
    middle: int | None = None,
) -> SafeString:
    """Return a bullet bar: actual against target on 0–112 % of the target.

    Without a target above zero there is no scale, so only the empty track is drawn.
    A value beyond the scale ends in a gap before the edge; the printed number tells it.

    Args:
        actual, target, low, high, middle: minor units; low–high is the P10–P90 band, middle P50.
        due: the share 0–1 of the target that the season asks for by now.
    """
    shapes = [_rect(0, 100, y=7, height=10, fill="track")]
    if target is not None and target > 0:
        shapes += _bullet_shapes(actual, target, due, low, high, middle)
    return _svg(shapes, height=24, label=label)


def bullet_scale(*, done: str, target: str, due: str = "", due_share: float | None = None) -> SafeString:
    """Return the header of a column of bullet bars: its words stand where their lines are.

    The season's word ends at its own line and leaves the target's word room.
    """
    words = [_word(0, done, "start"), _word(_on_bullet(1.0), target, "middle")]
    if due_share is not None:
        words.append(_word(min(_on_bullet(due_share), _on_bullet(1.0) - 9), due, "end"))
    return _svg(words, height=16, label=" ".join(word for word in (done, due, target) if word))


def _bullet_shapes(
    actual: int | None, target: int, due: float | None, low: int | None, high: int | None, middle: int | None
) -> list[SafeString]:
    shapes: list[SafeString] = []
    if low is not None and high is not None:
        shapes.append(_span(_on_bullet(low / target), _on_bullet(high / target), y=7, height=10, fill="acc3"))
    if actual is not None:
        shapes += _actual_bar(actual / target)
    if middle is not None:
        shapes.append(_tick(_on_bullet(middle / target), y=4, height=16, fill="acc"))
    if due is not None:
        shapes.append(_tick(_on_bullet(due), y=18, height=6, fill="ink"))
    shapes.append(_tick(_on_bullet(1.0), y=1, height=22, fill="ink"))
    return shapes


def _actual_bar(share: float) -> list[SafeString]:
    bar = _rect(0, _on_bullet(share), y=7, height=10, fill="acc")
    return [bar] if share <= BULLET_TOP else [bar, _rect(97, 1, y=7, height=10, fill="bg")]


def _on_bullet(share: float) -> float:
    return max(0.0, min(share / BULLET_TOP, 1.0)) * 100


def gap(parts: Sequence[GapPart], *, label: str) -> SafeString:
    """Return a gap bar: parts side by side, 0 = nothing, end = the gap.

    A part of zero or below has no width and is left out of the bar; its number stays in the list below.
    """
    shown = [part for part in parts if part.amount > 0]
    whole = sum(part.amount for part in shown)
    shapes: list[SafeString] = []
    before = 0
    for part in shown:
        shapes.append(_gap_part(part.tone, before / whole * 100, part.amount / whole * 100))
        before += part.amount
    return _svg(shapes, height=16, label=label)


class Label(NamedTuple):
    """Where the words of a gap part stand: the width of the part, and whether they end where it ends."""

    share: str
    to_end: bool


def gap_labels(parts: Sequence[GapPart]) -> tuple[list[Label], bool]:
    """Return the place of each part's words, and whether all of them fit exactly under their parts.

    A narrow part's words reach back over the room its neighbour leaves. Where even that
    is too little, the table pushes them apart instead.
    """
    whole = sum(part.amount for part in parts if part.amount > 0) or 1
    widths = [max(part.amount, 0) / whole * _USUAL_WIDTH for part in parts]
    last = len(parts) - 1
    needed = [
        max(_width(part.label), _width(part.text)) + (_WORD_GAP if at < last else 0) for at, part in enumerate(parts)
    ]
    ends = [need > width or 0 < at == last for at, (need, width) in enumerate(zip(needed, widths, strict=True))]
    spare = [0.0 if end else width - need for end, width, need in zip(ends, widths, needed, strict=True)]
    beyond = [need - width for need, width in zip(needed, widths, strict=True)]
    fits = all(over <= before for over, before in zip(beyond, [0.0, *spare], strict=False))
    return [Label(_percent(width / _USUAL_WIDTH * 100), end) for width, end in zip(widths, ends, strict=True)], fits


def _width(text: str) -> float:
    """Return about how wide a text of 12 px is: a Chinese character 12, a letter or digit 7."""
    return sum(12 if ord(letter) > 0x2E80 else 7 for letter in text)


def _gap_part(tone: Tone, start: float, width: float) -> SafeString:
    if tone != "bad":
        part = _rect(start, width, y=0, height=16, fill=tone)
        return part + _tick(start + width, y=0, height=16, fill="bg", width=_PART_GAP)
    # A nested svg gives the dashed outline its own pixel box inside a width in percent.
    return format_html(
        '<svg x="{}" width="{}" height="16"><rect x="1" y="0.5" width="100%" height="15" fill="none"'
        ' stroke="var(--bad)" stroke-dasharray="4 3"/>'
        '<line x1="100%" x2="100%" y1="0" y2="16" stroke="var(--bad)" stroke-width="2" stroke-dasharray="4 3"/></svg>',
        _percent(start),
        _percent(width),
    )


def waterfall(steps: Sequence[Step]) -> list[SafeString]:
    """Return one bar per row of a horizontal waterfall between two totals.

    The scale starts near the values, so the totals are ticks, not bars. A total sets
    the level; the others move it. Rise is the accent, fall is red.
    """
    levels = _levels(steps)
    edges = [level for pair in levels for level in pair]
    low, span = min(edges, default=0), max(max(edges, default=0) - min(edges, default=0), 1)
    places = [tuple((level - low) / span * _TICK_SHARE + _TICK_EDGE for level in pair) for pair in levels]
    last = len(steps) - 1
    return [
        _waterfall_row(step, start, end, first=at == 0, last=at == last)
        for at, (step, (start, end)) in enumerate(zip(steps, places, strict=True))
    ]


def _levels(steps: Sequence[Step]) -> list[tuple[int, int]]:
    levels: list[tuple[int, int]] = []
    level = 0
    for step in steps:
        before = step.amount if step.total else level
        level = step.amount if step.total else level + step.amount
        levels.append((before, level))
    return levels


def _waterfall_row(step: Step, start: float, end: float, *, first: bool, last: bool) -> SafeString:
    shapes: list[SafeString] = []
    if not first:
        shapes.append(_tick(start, y=0, height=7, fill="ctl", width=1))
    if not last:
        shapes.append(_tick(end, y=7, height=19, fill="ctl", width=1))
    if step.total:
        shapes.append(_tick(end, y=3, height=20, fill="ink"))
    else:
        shapes.append(_span(start, end, y=7, height=12, fill="acc" if step.amount >= 0 else "bad"))
    return _svg(shapes, height=26, label="")


def bar(value: int, top: int, *, tone: Tone = "acc") -> SafeString:
    """Return one bar of a plain bar list; ``top`` is the longest value of the list.

    A negative value is drawn red from zero by its size; its number carries the sign.
    """
    share = 0.0 if top <= 0 else min(abs(value) / top, 1.0) * 100
    return _svg([_rect(0, share, y=4, height=12, fill=tone if value >= 0 else "bad")], height=20, label="")


def on_a_strip(value: int | None, lines: Sequence[int | None], low: int, high: int) -> SafeString:
    """Return one row of a range strip: an estimate as a bold tick on a scale that several share.

    Args:
        lines: what all rows are crossed by: floor, target, stretch; the middle one is drawn whole.
        low, high: the ends of the scale; it does not begin at zero, its numbers stand beside it.
    """
    span = max(high - low, 1)

    def place(one: int) -> float:
        return 4 + (one - low) / span * 92

    shapes = [_rect(0, 100, y=11, height=1, fill="track")]
    for at, one in enumerate(lines):
        if one is not None:
            whole = at == 1
            shapes.append(_upright(place(one), whole=whole))
    if value is not None:
        shapes.append(_tick(place(value), y=4, height=16, fill="acc", width=4))
    return _svg(shapes, height=24, label="")


def _upright(at: float, *, whole: bool) -> SafeString:
    dashes = SafeString("") if whole else SafeString(' stroke-dasharray="3 3"')
    return format_html('<line x1="{0}" x2="{0}" y1="0" y2="24" stroke="var(--ink)"{1}/>', _percent(at), dashes)


def stacked(before: int, amount: int, whole: int, tone: Tone) -> SafeString:
    """Return one step of a stacked bar: a part that begins where those before it end, 0 to the whole."""
    start, width = before / whole * 100, amount / whole * 100
    return _svg([_gap_part(tone, start, width)], height=20, label="")


def meter(value: int, *, label: str, low: int = 45) -> SafeString:
    """Return a small 0–100 bar (客情温度); below ``low`` it is red."""
    tone: Tone = "bad" if value < low else "acc" if value >= 60 else "acc2"
    shapes = [_rect(0, 100, y=3, height=6, fill="track"), _rect(0, max(0, min(value, 100)), y=3, height=6, fill=tone)]
    return _svg(shapes, height=12, width="30", label=label)


def sparkline(values: Sequence[float | None], *, label: str) -> SafeString:
    """Return 64 × 20 pixels of history in a fixed window of 30 points, the last one marked.

    Args:
        values: weekly points (percent, not share), oldest first; a missing one breaks the line.
    """
    known = [value for value in values if value is not None]
    if not known:
        return _svg([], height=20, width="64", label=label)
    middle = (max(known) + min(known)) / 2
    pace = 56 / max(len(values) - 1, 1)
    places = [None if value is None else (4 + at * pace, _spark_y(value, middle)) for at, value in enumerate(values)]
    shapes = [
        format_html('<polyline points="{}" fill="none" stroke="var(--ink3)" stroke-width="1.3"/>', _points(run))
        for run in _runs(places)
    ]
    end = places[-1]
    if end is not None:
        shapes.append(
            format_html('<circle cx="{}" cy="{}" r="2.2" fill="var(--acc)"/>', _short(end[0]), _short(end[1]))
        )
    return _svg(shapes, height=20, width="64", label=label)


def line(values: Sequence[float | None], *, label: str) -> SafeString:
    """Return a line through points at equal paces, from zero (or the lowest, below zero) to the highest.

    Args:
        values: oldest first; a missing one breaks the line.
    """
    known = [value for value in values if value is not None]
    low, high = min(0.0, *known), max(0.0, *known)
    room, pace = (high - low) or 1.0, 100 / max(len(values) - 1, 1)
    places = [None if one is None else (at * pace, 96 - (one - low) / room * 92) for at, one in enumerate(values)]
    shapes = [
        format_html(
            '<polyline points="{}" fill="none" stroke="var(--acc)" stroke-width="2"'
            ' vector-effect="non-scaling-stroke"/>',
            _points(run),
        )
        for run in _runs(places)
    ]
    zero = _short(96 - (0 - low) / room * 92)
    shapes.append(
        format_html(
            '<line x1="0" x2="100" y1="{0}" y2="{0}" stroke="var(--ctl)" vector-effect="non-scaling-stroke"/>', zero
        )
    )
    # A nested svg stretches the 100 × 100 box over the column, while its strokes keep their width.
    inside = format_html_join("", "{}", ((shape,) for shape in shapes))
    box = format_html(
        '<svg width="100%" height="160" viewBox="0 0 100 100" preserveAspectRatio="none">{}</svg>', inside
    )
    return _svg([box], height=160, label=label)


def _spark_y(value: float, middle: float) -> float:
    return max(2.5, min(10 - (value - middle) / SPARK_WINDOW * 16, 17.5))


def _runs(places: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Return the stretches of known points, each at least two long."""
    runs: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if len(run) > 1]


def _points(run: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in run)


def _svg(shapes: Sequence[SafeString], *, height: int, label: str, width: str = "100%") -> SafeString:
    """Return the drawing; without a label it is decoration beside its own number."""
    inside = format_html_join("", "{}", ((shape,) for shape in shapes))
    role = format_html('role="img" aria-label="{}"', label) if label else _DECORATION
    return format_html('<svg class="mark" width="{}" height="{}" {}>{}</svg>', width, height, role, inside)


def _rect(start: float, width: float, *, y: int, height: int, fill: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="var(--{})"/>',
        _percent(start), y, _percent(max(width, 0.0)), height, fill,
    )  # fmt: skip


def _span(one: float, other: float, *, y: int, height: int, fill: str) -> SafeString:
    return _rect(min(one, other), abs(other - one), y=y, height=height, fill=fill)


def _tick(at: float, *, y: int, height: int, fill: str, width: int = 2) -> SafeString:
    """Return an upright line centred on a place in percent."""
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="var(--{})" transform="translate(-{} 0)"/>',
        _percent(at), y, width, height, fill, _short(width / 2),
    )  # fmt: skip


def _word(at: float, text: str, anchor: str) -> SafeString:
    return format_html('<text x="{}" y="12" text-anchor="{}" fill="var(--ink3)">{}</text>', _percent(at), anchor, text)


def _percent(value: float) -> str:
    return f"{_short(value)}%"


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
