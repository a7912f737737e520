"""Value added tax (增值税): amounts without it."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Rows
from dacheng.core.money import BP_PER_WHOLE, round_half_away


def before_tax(amounts: IntArray, tax_bp: IntArray | int) -> IntArray:
    """Return amount / (1 + VAT rate), each rounded half away from zero, exactly.

    Args:
        amounts: minor units incl. tax, within ±10^14, so that times 10,000 they fit int64.
        tax_bp: basis points, >= 0, broadcast against the amounts.

    Source: golden case G43.

    >>> before_tax(np.array([113_000_000]), 1300).tolist()
    [100000000]
    """
    return round_half_away(amounts * BP_PER_WHOLE, np.asarray(tax_bp) + BP_PER_WHOLE)


def amount_before_tax(rows: Rows, name: str = "amount") -> tuple[IntArray, BoolArray]:
    """Return the amounts without tax where amount and rate are known.

    Args:
        rows: with the amount of that name and ``tax_bp``.
    """
    known = rows.known(name) & rows.known("tax_bp") & (rows["tax_bp"] >= 0)
    return before_tax(np.where(known, rows[name], 0), np.where(known, rows["tax_bp"], 0)), known
