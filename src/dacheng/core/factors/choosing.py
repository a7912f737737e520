"""What factors count (因子各算多少): by the rules, and whether a choice is a whole (R048)."""

from __future__ import annotations

from collections.abc import Mapping

from dacheng.core.book import Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.factors.schema import COUNTED

WHOLE = 100
"""What the factors of a choice come to together, percent."""

Counts = Mapping[int, int]
"""Factor -> what it counts."""


def counts_by_rules(book: Book) -> Counts:
    """Return what the factors that are counted here count by the rules; a factor of the company counts nothing."""
    return {number: book.rules.number(f"plan.weight_{code}") for number, code in COUNTED}


def check_counts(counts: Counts) -> None:
    """Refuse what factors shall count where it is no whole.

    Raises:
        RuleError: it does not come to 100 %; what is left over or too much is named.

    Source: R048.
    """
    whole = sum(counts.values())
    if whole == WHOLE and min(counts.values(), default=0) >= 0:
        return
    off = WHOLE - whole
    words = Text(f"还差 {off}%", f"{off}% are left") if off > 0 else Text(f"多出 {-off}%", f"{-off}% too many")
    raise RuleError(
        Text(f"因子的权重合计 {whole}%，{words.zh}。", f"The factors count {whole}% together: {words.en}."),
        Text("请改到合计 100%，不算的填 0。", "Make them 100%; 0 for a factor that does not count."),
    )
