"""Make a text as people meant it: full-width forms, invisible characters, placeholders (文本清洗)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f"  # control characters, but TAB, LF and CR
    "\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff]"  # halves of surrogate pairs
)
"""What no name holds on purpose: it makes two equal-looking names differ."""

LONE_JOINER = re.compile("(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d")
"""A zero-width joiner outside an emoji sequence."""

MAY_BE_INVISIBLE = re.compile(f"{INVISIBLE.pattern}|\u200d")
"""Whether there is anything to look for: most texts have nothing."""

CJK_SPACE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) | (?=[\u3000-\u9fff\uff00-\uffef])")
MINUS_SIGNS = str.maketrans("−‐‑‒–﹣", "------")

PLACEHOLDERS = frozenset(
    {
        "", "-", "--", "---", "—", "——", "/", "//", "\\", "无", "暂无", "空", "未填", "未填写", "请选择", "--请选择--",
        "n/a", "#n/a", "n.a.", "null", "(null)", "none", "nil", "select", "(select)", "--select--", "-select-",
        "please select", "(blank)", "(空白)",
    }
)  # fmt: skip
"""What systems and people write where nothing is; compared by ``folded``."""


def visible(text: str) -> str:
    """Return a text without invisible characters, in Unicode's composed form, without outer space.

    >>> visible("\\ufeff 北辰\\u200b智造 ")
    '北辰智造'
    """
    if MAY_BE_INVISIBLE.search(text):
        text = LONE_JOINER.sub("", INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text).strip()


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Return a text as it is compared: half-width, lower case, single spaces.

    >>> folded("Target　 Amount （元）")
    'target amount (元)'
    """
    return " ".join(visible(unicodedata.normalize("NFKC", visible(text))).casefold().split())


def is_placeholder(text: str) -> bool:
    """Tell whether a text stands for "nothing here"; "NA" does not: it is a region and a name."""
    return folded(text).translate(MINUS_SIGNS) in PLACEHOLDERS


def without_guard(text: str) -> str:
    """Return a text without the apostrophe that Odoo and others put before ``= + - @``.

    >>> without_guard("'+86 138 0000 0000"), without_guard("'s-Hertogenbosch")
    ('+86 138 0000 0000', "'s-Hertogenbosch")
    """
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text


def header_key(title: str) -> str:
    """Return a column title as mappings name it: folded, without the marks of required columns.

    >>> header_key("*客户\\n名称"), header_key("Deal  Owner *"), header_key("金额（元）")
    ('客户名称', 'deal owner', '金额(元)')
    """
    plain = CJK_SPACE.sub("", folded(title).replace("(必填)", "").replace("(required)", ""))
    return plain.strip("*:;· ")
