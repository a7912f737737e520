"""What a cell says beside one value: one of several, another currency (单元格里的几样).

Systems write lists into a cell (``[3,5]``, ``标签1，标签2``, ``公司/部门/小组``); a column rule says
which of them counts. A row that names its currency is read only where that is ours.
"""

from __future__ import annotations

from collections.abc import Collection

from dacheng.exchange.amounts import CURRENCIES
from dacheng.exchange.cells import Cell
from dacheng.exchange.texts import folded

BRACKETS = "[]【】 \t\"'"
"""What lists are put into, and what their parts are."""

CODE_LENGTH = 3
"""Letters of an ISO code."""

FURTHER_WORDS = {"us dollar": "USD", "chinese yuan": "CNY", "renminbi": "CNY", "euro": "EUR", "人民币元": "CNY"}
"""How systems write a currency beside the words that amounts carry."""


def part_of(cell: Cell, between: str, part: int) -> Cell:
    """Return one of several values of a text; blank where there are fewer, other cells as they are.

    Args:
        between: what stands between them, full-width or not.
        part: 1 is the first, -1 the last.

    >>> part_of("[MES标准版，实施服务]", ",", 1), part_of("总部/华东/一组", "/", -1), part_of("甲", "/", 2)
    ('MES标准版', '一组', None)
    """
    if not isinstance(cell, str):
        return cell
    parts = [one.strip(BRACKETS) for one in _halved(cell).split(_halved(between))]
    filled = [one for one in parts if one]
    at = part - 1 if part > 0 else len(filled) + part
    return filled[at] if 0 <= at < len(filled) else None


def _halved(text: str) -> str:
    """Return a text with the separators of lists in half width."""
    return text.translate(str.maketrans("，；、／", ",;,/"))


def currencies_named(text: str) -> Collection[str]:
    """Return the currencies that a cell may name: its own code, or those of a word.

    >>> sorted(currencies_named("人民币")), sorted(currencies_named("usd")), sorted(currencies_named("銀両"))
    (['CNY'], ['USD'], [])
    """
    word = folded(text)
    if word in CURRENCIES:
        return CURRENCIES[word]
    if word in FURTHER_WORDS:
        return (FURTHER_WORDS[word],)
    return (word.upper(),) if len(word) == CODE_LENGTH and word.isascii() and word.isalpha() else ()
