"""Bands of release as a company writes them (档位表): any number of them in one dated rule (R036)."""

from __future__ import annotations

import re
from fractions import Fraction

from dacheng.core.budget.releasing import Band, Bands
from dacheng.core.errors import RuleError, Text

BANDS_RULE = "release.bands"
BP_PER_PERCENT = 100
HUNDRED_PERCENT = 100
UNFREEZES = "+"
FIRST = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)(\+?)")
LATER = re.compile(r"(\d{1,4}(?:\.\d{1,2})?)\s*[:：]\s*(\d{1,3}(?:\.\d{1,2})?)(\+?)")
"""A share in percent, before it the attainment from which it holds, after it whether what was frozen is released."""


def read_bands(text: str) -> Bands:
    """Return the bands of a table: the share of the lowest, then ``lower bound:share`` of each, the lowest first.

    A bound belongs to its band. A ``+`` after a share also releases the whole frozen balance.

    Raises:
        RuleError: shows the part that cannot be read, or what does not hold among the bands.

    Source: R036; golden case G09.

    >>> [str(one.lower) + " " + str(one.release_bp) for one in read_bands("70, 60:85, 80:100+").bands]
    ['None 7000', '3/5 8500', '4/5 10000']
    """
    first, *later = [part.strip() for part in re.split(r"[,，;；]", str(text))]
    lowest = FIRST.fullmatch(first) or _refuse(first)
    bands = [Band(None, _bp(lowest[1]), lowest[2] == UNFREEZES)]
    for part in later:
        found = LATER.fullmatch(part) or _refuse(part)
        bands.append(Band(Fraction(found[1]) / HUNDRED_PERCENT, _bp(found[2]), found[3] == UNFREEZES))
    return Bands(tuple(bands))


def _bp(percent: str) -> int:
    return int(Fraction(percent) * BP_PER_PERCENT)


def _refuse(part: str) -> re.Match[str]:
    raise RuleError(
        Text(f"档位「{part}」读不懂。", f"The band “{part}” cannot be read."),
        Text(
            "从低到高写，用逗号隔开：第一档只写释放比例，以后写「达成率下限:释放比例」，解冻的加 +。"
            "如 70, 60:85, 80:100+",
            "Write them from the lowest, with commas: first a share alone, then “lower bound:share”, with + where it "
            "unfreezes. For example 70, 60:85, 80:100+",
        ),
    )
