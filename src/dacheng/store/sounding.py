"""How Chinese names sound: kept beside each record that people look for by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from dacheng.core.searching import sound_text

SOUNDED = frozenset({"units", "people", "customers", "contacts", "deals", "contracts"})
"""Relations whose names are looked for by their sound."""

LONGEST_NAME = 60
"""Characters of a name whose sound is kept."""

LONGEST_SOUND = 1000
LONGEST_WORD = 4
SURNAMES = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "翟": "zhai", "区": "ou",
    "盖": "ge", "朴": "piao", "覃": "qin", "乐": "yue", "种": "chong", "折": "she", "员": "yun", "召": "shao",
    "缪": "miao", "尉": "yu", "黑": "he", "秘": "bi", "繁": "po", "长": "zhang", "盛": "sheng", "洗": "xian",
}  # fmt: skip
"""Characters that read otherwise as a surname; a short name is kept with both readings."""

LONGEST_PERSON = 4
PARTS = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")


def sound_of(name: str) -> str:
    """Return how a name sounds, in the form that ``core.searching`` looks through; empty without Chinese."""
    lowered = name[:LONGEST_NAME].lower()
    read = list(_read(lowered))
    if all(said == part for said, part in read):
        return ""
    syllables = [said for said, _ in read]
    readings = [syllables]
    if len(read) <= LONGEST_PERSON and lowered[0] in SURNAMES:
        readings.append([SURNAMES[lowered[0]], *syllables[1:]])
    return sound_text(readings)[:LONGEST_SOUND]


def _read(text: str) -> Iterator[tuple[str, str]]:
    """Return (reading, what is read): Chinese by character, letters and digits as they are."""
    for part in PARTS.findall(text):
        if part.isascii():
            yield part, part
        else:
            yield from zip(_syllables(part), part, strict=True)


def _syllables(text: str) -> list[str]:
    """Return the syllables of Chinese characters; one whose reading is not known stands for itself."""
    single, words, begins = _readings()
    if begins.isdisjoint(text):
        return [single.get(one, one) for one in text]
    found: list[str] = []
    while len(found) < len(text):
        at = len(found)
        sizes = (size for size in range(LONGEST_WORD, 1, -1) if text[at : at + size] in words)
        size = next(sizes, 1)
        found += words[text[at : at + size]] if size > 1 else [single.get(text[at], text[at])]
    return found


@lru_cache(maxsize=1)
def _readings() -> tuple[dict[str, str], dict[str, list[str]], frozenset[str]]:
    """Return the readings of characters, of words that read otherwise, and what such words begin with."""
    single: dict[str, str] = {}
    words: dict[str, list[str]] = {}
    for line in (files("dacheng") / "defaults/readings.txt").read_text(encoding="utf-8").splitlines():
        first, _, rest = line.partition(" ")
        if first.startswith("="):
            words[first[1:]] = rest.split()
        elif first != "#":
            single |= dict.fromkeys(rest, first)
    return single, words, frozenset(word[0] for word in words)
