"""The drawing of flows: bands as high as their amounts, places where flows meet, words for each."""

from __future__ import annotations

import re

from dacheng.web.sankey import Flow, Place, sankey

PLACES = {
    one: Place(name, f"{amount}") for one, name, amount in ((1, "签约", 100), (2, "已确收", 75), (3, "未确收", 25))
}


def heights(drawing: str) -> list[float]:
    return [float(one) for one in re.findall(r'<rect [^>]*height="([\d.]+)"', drawing)]


def test_what_leaves_a_place_is_as_high_as_what_came_to_it():
    drawing = sankey([Flow(1, 2, 75), Flow(1, 3, 25)], PLACES, label="一条流")
    whole, most, rest = heights(drawing)

    assert drawing.count("<path") == 2 and 'aria-label="一条流"' in drawing
    assert abs(whole - most - rest) < 0.2 and abs(most - 3 * rest) < 0.3
    assert [word in drawing for word in ("签约", "已确收", "未确收", ">75<")] == [True] * 4


def test_what_does_not_flow_is_not_drawn_and_nothing_at_all_is_no_drawing():
    assert sankey([Flow(1, 2, 0), Flow(1, 3, -5)], PLACES, label="") == ""
    assert sankey([Flow(1, 2, 10), Flow(1, 3, 0)], PLACES, label="").count("<path") == 1


def test_names_are_escaped():
    named = {1: Place("<b>", "1"), 2: Place("a&b", "1")}

    assert "<b>" not in sankey([Flow(1, 2, 1)], named, label='"x"')
