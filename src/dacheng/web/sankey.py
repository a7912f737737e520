"""A drawing of what flows from place to place (桑基图), as inline SVG drawn on the server.

Bands and places stand in a drawing of its own coordinates that is stretched to the width; words stand beside them in
percent of the width, so they keep their size. Only presentation attributes are written, as in ``marks``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEIGHT, ROOM, WIDTH, NODE = 260, 30, 100.0, 1.2
"""Pixels high, pixels between places (room for two lines of words), and widths in percent."""
WORDS_END = 26.0
"""Percent of the width that the words of the last places need."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes from one place to another; amounts at or below zero are not drawn."""

    source: int
    goal: int
    amount: int


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a place: its name and its amount."""

    name: str
    amount: str


def sankey(flows: Sequence[Flow], places: Mapping[int, Place], *, label: str) -> SafeString:
    """Return the drawing of flows from the left to the right; nothing when nothing flows.

    Args:
        places: of every number that a flow names.
        label: what it says in words, for who does not see it.
    """
    drawn = [one for one in flows if one.amount > 0]
    if not drawn:
        return SafeString("")
    depth = _depths(drawn)
    columns = [[one for one in depth if depth[one] == at] for at in range(max(depth.values()) + 1)]
    size = {one: max(_out(drawn, one), _in(drawn, one)) for one in depth}
    free = HEIGHT - max(len(column) for column in columns) * ROOM
    scale = free / max(sum(size[one] for one in column) for column in columns)
    across = {one: at * (WIDTH - WORDS_END - NODE) / max(len(columns) - 1, 1) for one, at in depth.items()}
    top = {one: y for column in columns for one, y in _stacked(column, size, scale)}
    shapes = [*_bands(drawn, across, top, scale), *(_node(across[one], top[one], size[one] * scale) for one in depth)]
    words = [part for one in depth for part in _words(across[one], top[one], places[one])]
    return format_html(
        '<svg class="mark" width="100%" height="{}" role="img" aria-label="{}">'
        '<svg viewBox="0 0 100 {}" preserveAspectRatio="none" width="100%" height="{}">{}</svg>{}</svg>',
        HEIGHT, label, HEIGHT, HEIGHT,
        format_html_join("", "{}", ((one,) for one in shapes)),
        format_html_join("", "{}", ((one,) for one in words)),
    )  # fmt: skip


def _depths(flows: Sequence[Flow]) -> dict[int, int]:
    """Return how many steps each place is from where flows begin, in the order in which flows name them."""
    depth: dict[int, int] = {}
    for one in flows:
        depth.setdefault(one.source, 0)
        depth[one.goal] = max(depth.get(one.goal, 0), depth[one.source] + 1)
    return depth


def _out(flows: Sequence[Flow], place: int) -> int:
    return sum(one.amount for one in flows if one.source == place)


def _in(flows: Sequence[Flow], place: int) -> int:
    return sum(one.amount for one in flows if one.goal == place)


def _stacked(column: Sequence[int], size: Mapping[int, int], scale: float) -> list[tuple[int, float]]:
    found, y = [], float(ROOM)
    for one in column:
        found.append((one, y))
        y += size[one] * scale + ROOM
    return found


def _bands(
    flows: Sequence[Flow], across: Mapping[int, float], top: Mapping[int, float], scale: float
) -> list[SafeString]:
    left, came = dict(top), dict(top)
    found = []
    for one in flows:
        high = max(one.amount * scale, 1.0)
        start, end = across[one.source] + NODE, across[one.goal]
        middle, a, b = (start + end) / 2, left[one.source], came[one.goal]
        path = (
            f"M{start:.2f},{a:.1f} C{middle:.2f},{a:.1f} {middle:.2f},{b:.1f} {end:.2f},{b:.1f} V{b + high:.1f} "
            f"C{middle:.2f},{b + high:.1f} {middle:.2f},{a + high:.1f} {start:.2f},{a + high:.1f} Z"
        )
        found.append(format_html('<path d="{}" fill="var(--acc3)" opacity="0.55"/>', path))
        left[one.source] += one.amount * scale
        came[one.goal] += one.amount * scale
    return found


def _node(x: float, y: float, high: float) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="var(--acc)"/>',
        f"{x:.2f}", f"{y:.1f}", NODE, f"{max(high, 1.0):.1f}",
    )  # fmt: skip


def _words(x: float, y: float, place: Place) -> list[SafeString]:
    return [
        format_html(
            '<text x="{}%" y="{}" font-size="12" fill="var(--{})">{}</text>', f"{x:.2f}", f"{at:.1f}", ink, text
        )
        for at, ink, text in ((y - 17, "ink3", place.name), (y - 4, "ink", place.amount))
    ]
