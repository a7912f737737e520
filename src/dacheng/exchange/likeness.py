"""Which known name a misspelt one probably means (相似)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import islice

from dacheng.exchange.texts import folded

NEAR_ENOUGH = 0.75
"""From here on a text looks like another, spaces and punctuation aside."""

PART = 3
"""Letters that a part of a name must have to stand for it."""

MOST_COMPARED = 20_000
"""Names that one is compared with."""


def squashed(text: str) -> str:
    """Return the letters and digits of a text only, folded.

    >>> squashed("GTX Pro") == squashed("ＧＴＸ-pro")
    True
    """
    return "".join(letter for letter in folded(text) if letter.isalnum())


def nearest(text: str, choices: Iterable[str]) -> str:
    """Return the choice that looks most like a text, or nothing when none is near; ties to the earlier.

    A text that is part of a choice, or the other way round, is near: companies lose their
    legal form, products their family.

    >>> nearest("technolgy", ["finance", "technology"]), nearest("x", ["finance"])
    ('technology', '')
    >>> nearest("北辰智造", ["华岳能源集团", "北辰智造有限公司"])
    '北辰智造有限公司'
    """
    wanted = squashed(text)
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(wanted)
    best, found = 0.0, ""
    for choice in islice(choices, MOST_COMPARED):
        likeness = _likeness(matcher, wanted, squashed(choice), max(best, NEAR_ENOUGH))
        if likeness > best:
            best, found = likeness, choice
    return found


def _likeness(matcher: SequenceMatcher[str], wanted: str, other: str, least: float) -> float:
    """Return how alike two texts are, 0 to 1; 0 where it is surely below ``least``."""
    matcher.set_seq1(other)
    if len(wanted) >= PART and len(other) >= PART and (wanted in other or other in wanted):
        return NEAR_ENOUGH + (1 - NEAR_ENOUGH) * matcher.ratio()
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= least else 0.0


def is_misspelling(seen: str, meant: str) -> bool:
    """Tell whether a text is its meaning written differently: not the same word, not a translation.

    >>> is_misspelling("GTXPro", "GTX Pro"), is_misspelling("won", "Won"), is_misspelling("赢单", "Won")
    (True, False, False)
    """
    return folded(seen) != folded(meant) and nearest(seen, [meant]) == meant
