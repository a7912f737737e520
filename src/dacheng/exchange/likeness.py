"""Which known name a misspelt one probably means (相似)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from dacheng.exchange.texts import folded

NEAR_ENOUGH = 0.75
"""From here on a text looks like another, spaces and punctuation aside."""

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

    >>> nearest("technolgy", ["finance", "technology"]), nearest("x", ["finance"])
    ('technology', '')
    """
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(squashed(text))
    best, found = 0.0, ""
    for at, choice in enumerate(choices):
        if at >= MOST_COMPARED:
            break
        matcher.set_seq1(squashed(choice))
        least = max(best, NEAR_ENOUGH)
        if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
            continue
        ratio = matcher.ratio()
        if ratio >= NEAR_ENOUGH and ratio > best:
            best, found = ratio, choice
    return found


def is_misspelling(seen: str, meant: str) -> bool:
    """Tell whether a text is its meaning written differently: not the same word, not a translation.

    >>> is_misspelling("GTXPro", "GTX Pro"), is_misspelling("won", "Won"), is_misspelling("赢单", "Won")
    (True, False, False)
    """
    return folded(seen) != folded(meant) and nearest(seen, [meant]) == meant
