"""The colours of the look: readable in light and dark, the same on paper, and the only ones there are."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parent.parent.parent / "src" / "dacheng" / "web" / "assets" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
TEXT = ("ink", "ink2", "ink3", "acct", "good", "warn", "bad")
SEEN = [("ctl", "bg"), ("ctl", "sub"), ("acc", "bg"), ("acc", "sub"), ("acc2", "bg")]


def colours_after(selector: str, source: str = TOKENS) -> dict[str, str]:
    """Return the colour tokens of the block that follows a selector."""
    block = source[source.index(selector) :]
    return dict(re.findall(r"--([a-z0-9]+): (#[0-9a-f]{6});", block[: block.index("}")]))


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


LIGHT = colours_after(":root {")
DARK = colours_after(':root[data-theme="dark"] {')


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["bg", "sub", "sel"])
@pytest.mark.parametrize("token", TEXT)
def test_text_reads_on_every_ground(theme, ground, token):
    assert contrast(theme[token], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("token", "ground"), SEEN)
def test_borders_of_controls_and_meaningful_shapes_are_seen(theme, token, ground):
    assert contrast(theme[token], theme[ground]) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_on_the_primary_button_and_on_a_toast_read(theme):
    assert contrast(theme["on"], theme["acc"]) >= 4.5
    assert contrast(theme["bg"], theme["ink"]) >= 4.5


def test_asked_for_and_chosen_dark_are_the_same():
    assert colours_after(':root:not([data-theme="light"]) {') == DARK
    assert set(DARK) == set(LIGHT)


def test_paper_is_always_light():
    paper = colours_after("@media print", (CSS / "print.css").read_text(encoding="utf-8"))

    assert {name: value for name, value in paper.items() if name != "sel"} == {
        name: value for name, value in LIGHT.items() if name != "sel"
    }


def test_no_other_file_invents_a_colour():
    invented = {
        f"{file.name}: {found}"
        for file in CSS.glob("*.css")
        if file.name not in ("tokens.css", "print.css")
        for found in re.findall(r"#[0-9a-fA-F]{3,8}\b", file.read_text(encoding="utf-8"))
    }

    assert invented == set()


def test_there_are_two_weights_of_type():
    weights = {
        weight
        for file in CSS.glob("*.css")
        for weight in re.findall(r"font-weight: (\w+)|font: (\d+)", file.read_text(encoding="utf-8"))
    }

    assert {one or other for one, other in weights} == {"400", "600"}


def test_nothing_is_smaller_than_twelve_pixels_on_the_screen():
    sizes = [
        int(size)
        for file in CSS.glob("*.css")
        for size in re.findall(r"font-size: (\d+)px|font: \d+ (\d+)px", file.read_text(encoding="utf-8"))
        for size in size
        if size
    ]

    assert min(sizes) == 12
