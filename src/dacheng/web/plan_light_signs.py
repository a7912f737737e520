"""The three lights beside a row of a plan's grid (三灯): a sign each, and what it means in words (R226)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dacheng.core.errors import Text
from dacheng.core.plans.health import HEALTH, LIGHTS, NONE, NOT_KNOWN, OF_LIGHTS, PARTLY, THERE, Lights

SIGNS = {THERE: ("✓", "good"), PARTLY: ("△", "warn"), NONE: ("✗", "bad"), NOT_KNOWN: ("?", "ink3")}
"""Light -> its sign, which tells it without the colour, and its tone: what is not known is not bad."""

WORDS = {number: label for number, _code, label in LIGHTS}
COLUMNS = [next(column for column in HEALTH if column.name == name) for name in OF_LIGHTS]


def light_heads(language: str) -> list[dict[str, str]]:
    """Return the short heads of the three, each with what it asks."""
    return [
        {"short": short, "title": _pair(column.label, column.help or column.label, language)}
        for column, short in zip(COLUMNS, (_("动"), _("复"), _("资")), strict=True)
    ]


def light_signs(lights: Lights, language: str) -> list[dict[str, Any]]:
    """Return sign, tone and title of each light of a row."""
    found = []
    for column, light in zip(COLUMNS, lights, strict=True):
        sign, tone = SIGNS[light]
        told = _pair(column.label, WORDS[light], language)
        why = column.help if light != THERE else None
        title = Text(f"{told}。{why.zh}", f"{told}. {why.en}").in_language(language) if why else told
        found.append({"sign": sign, "tone": tone, "said": told, "title": title})
    return found


def _pair(label: Text, value: Text, language: str) -> str:
    return Text(f"{label.zh}：{value.zh}", f"{label.en}: {value.en}").in_language(language)
