"""Small charts drawn on the server."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.web import marks

AMOUNTS = st.integers(min_value=-(10**13), max_value=10**13)


def shapes_of(drawing: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(drawing))


def place_of(shape: ElementTree.Element, name: str) -> float:
    return float(shape.attrib[name].rstrip("%"))


def fills_of(drawing: str) -> list[str]:
    return [shape.attrib["fill"] for shape in shapes_of(drawing)]


def every_mark() -> list[str]:
    return [
        marks.bullet(80, 100, label="b", due=0.84, low=90, high=104, middle=98),
        marks.gap([marks.GapPart("承诺", 3, "3"), marks.GapPart("无支撑", 1, "1", "bad")], label="g"),
        *marks.waterfall([marks.Step(10, True), marks.Step(-4), marks.Step(6, True)]),
        marks.bar(5, 10),
        marks.meter(43, label="m"),
        marks.sparkline([50.0, 60.0, 55.0], label="s"),
    ]


@pytest.mark.parametrize("drawing", every_mark())
def test_every_mark_is_well_formed_and_passes_a_strict_policy(drawing):
    tree = ElementTree.fromstring(drawing)

    assert tree.attrib["class"] == "mark"
    assert all("style" not in element.attrib for element in tree.iter())
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]


def test_a_labelled_mark_is_an_image_and_an_unlabelled_one_is_decoration():
    named, plain = marks.bullet(1, 2, label='回款 "一"<b>'), marks.bar(1, 2)

    assert ElementTree.fromstring(named).attrib["aria-label"] == '回款 "一"<b>'
    assert 'role="img"' in named
    assert ElementTree.fromstring(plain).attrib["aria-hidden"] == "true"


def test_targets_of_different_size_line_up_on_the_bullet_bar():
    small, large = marks.bullet(50, 100, label="a"), marks.bullet(9_999, 1_000_000, label="b")

    targets = [place_of(shapes_of(drawing)[-1], "x") for drawing in (small, large)]
    assert targets[0] == targets[1] == pytest.approx(100 / 1.12, abs=0.01)


@given(AMOUNTS, st.integers(min_value=1, max_value=10**13))
def test_the_actual_bar_has_the_share_of_the_target_and_stays_inside(actual, target):
    bar = next(shape for shape in shapes_of(marks.bullet(actual, target, label="x")) if "acc)" in shape.attrib["fill"])

    expected = min(max(actual / target / 1.12, 0), 1) * 100
    assert place_of(bar, "x") == 0
    assert place_of(bar, "width") == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize("target", [None, 0, -5])
def test_without_a_target_only_the_empty_track_is_drawn(target):
    assert fills_of(marks.bullet(80, target, label="n/a")) == ["var(--track)"]


def test_a_bar_beyond_the_scale_is_broken_before_its_end():
    within, beyond = marks.bullet(112, 100, label="a"), marks.bullet(113, 100, label="b")

    assert "var(--bg)" not in fills_of(within)
    assert "var(--bg)" in fills_of(beyond)


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=6).filter(any))
def test_the_parts_of_a_gap_fill_it_without_overlap(amounts):
    drawing = marks.gap([marks.GapPart("p", amount, "") for amount in amounts], label="g")

    parts = [shape for shape in shapes_of(drawing) if shape.attrib["fill"] == "var(--acc)"]
    assert sum(place_of(part, "width") for part in parts) == pytest.approx(100, abs=0.01 * len(parts))
    for part, following in pairwise(parts):
        end = place_of(part, "x") + place_of(part, "width")
        assert end == pytest.approx(place_of(following, "x"), abs=0.011)


def test_what_does_not_exist_is_a_dashed_outline_and_not_a_fill():
    drawing = marks.gap([marks.GapPart("承诺", 3, "3"), marks.GapPart("无支撑", 1, "1", "bad")], label="g")

    outline = shapes_of(drawing)[-1][0]
    assert outline.attrib["fill"] == "none"
    assert outline.attrib["stroke-dasharray"]


def gap_parts(*parts: tuple[str, int]) -> list[marks.GapPart]:
    return [marks.GapPart(label, amount, f"{amount}.00") for label, amount in parts]


def test_a_narrow_part_lets_its_words_reach_back_under_its_neighbour():
    parts = gap_parts(("承诺 11 单 加权", 3397), ("力争 14 单 加权", 1694), ("管道 17 单", 386), ("无支撑", 479))

    labels, fit = marks.gap_labels(parts)

    assert fit
    assert [label.to_end for label in labels] == [False, False, True, True]
    assert sum(float(label.share.rstrip("%")) for label in labels) == pytest.approx(100, abs=0.02)


def test_words_that_would_cover_each_other_are_left_to_the_table():
    parts = gap_parts(("Commit, 11 deals", 3397), ("Best case", 1694), ("Pipeline", 386), ("Unsupported amount", 479))

    assert marks.gap_labels(parts)[1] is False


def test_a_single_part_and_no_part_have_their_labels():
    assert marks.gap_labels(gap_parts(("承诺", 5))) == ([marks.Label("100%", False)], True)
    assert marks.gap_labels([]) == ([], True)


def test_the_season_word_never_covers_the_target_word():
    scale = marks.bullet_scale(done="已完成", target="目标", due="应到 99%", due_share=0.99)

    done, target, due = shapes_of(scale)
    assert [done.text, target.text, due.text] == ["已完成", "目标", "应到 99%"]
    assert due.attrib["text-anchor"] == "end"
    assert place_of(due, "x") <= place_of(target, "x") - 9


def test_a_gap_of_nothing_draws_nothing():
    assert shapes_of(marks.gap([marks.GapPart("承诺", 0, "0.00")], label="g")) == []


@given(st.lists(AMOUNTS, min_size=1, max_size=8), AMOUNTS)
def test_each_change_of_a_waterfall_begins_where_the_last_one_ended(changes, start):
    steps = [
        marks.Step(start, True),
        *(marks.Step(change) for change in changes),
        marks.Step(start + sum(changes), True),
    ]

    rows = [shapes_of(drawing) for drawing in marks.waterfall(steps)]

    for above, below in pairwise(rows):
        leaving = next(shape for shape in above if shape.attrib["height"] == "19")
        arriving = next(shape for shape in below if shape.attrib["height"] == "7")
        assert leaving.attrib["x"] == arriving.attrib["x"]
        assert 0 <= place_of(leaving, "x") <= 100


def test_a_rise_is_the_accent_and_a_fall_is_red_and_totals_are_ticks():
    rise, fall, total = marks.waterfall([marks.Step(5), marks.Step(-2), marks.Step(3, True)])

    assert "var(--acc)" in fills_of(rise) and "var(--bad)" not in fills_of(rise)
    assert "var(--bad)" in fills_of(fall) and "var(--acc)" not in fills_of(fall)
    assert shapes_of(total)[-1].attrib["width"] == "2"


def test_a_waterfall_without_changes_still_draws():
    rows = marks.waterfall([marks.Step(7, True), marks.Step(7, True)])

    assert len(rows) == 2
    assert marks.waterfall([]) == []


@pytest.mark.parametrize(("value", "top", "width"), [(5, 10, 50.0), (10, 10, 100.0), (0, 10, 0.0), (3, 0, 0.0)])
def test_a_bar_has_the_share_of_the_longest_value(value, top, width):
    assert place_of(shapes_of(marks.bar(value, top))[0], "width") == width


def test_a_negative_bar_is_red_by_its_size():
    drawing = marks.bar(-5, 10)

    assert fills_of(drawing) == ["var(--bad)"]
    assert place_of(shapes_of(drawing)[0], "width") == 50.0


def test_equal_slopes_look_equal_at_any_level():
    low, high = marks.sparkline([10.0, 20.0], label="a"), marks.sparkline([70.0, 80.0], label="b")

    assert shapes_of(low)[0].attrib["points"] == shapes_of(high)[0].attrib["points"]


def test_a_missing_week_breaks_the_line_and_no_week_draws_no_line():
    broken = marks.sparkline([1.0, 2.0, None, 3.0, 4.0], label="a")

    assert [shape.tag for shape in shapes_of(broken)] == ["polyline", "polyline", "circle"]
    assert shapes_of(marks.sparkline([None, None], label="b")) == []
    assert [shape.tag for shape in shapes_of(marks.sparkline([1.0, 2.0, None], label="c"))] == ["polyline"]
