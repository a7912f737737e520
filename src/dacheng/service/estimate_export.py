"""An estimate as a file: the workbook that goes on calculating, from what its page shows."""

from __future__ import annotations

from fractions import Fraction

from dacheng.core.estimates.inputs import BASE_WORDS, FACTORS
from dacheng.core.targets.setting.naming import METHODS, WEIGHTED
from dacheng.exchange.estimate_book import EstimateSheet, Words, estimate_workbook
from dacheng.service.estimates import EstimateView

__all__ = ["Words", "estimate_file"]

FEN = 100


def estimate_file(view: EstimateView, language: str, words: Words) -> bytes:
    """Return an estimate as a workbook with live formulas."""
    given, found = view.found.material.figures, view.found
    base = None
    if found.outcomes[WEIGHTED].evidence:
        base = found.outcomes[WEIGHTED].figure(f"base.{BASE_WORDS[(given.whole('base') or 1) - 1]}")
    methods = [
        (label.in_language(language), _yuan(found.outcomes[code].amount), float(given.share("method_weight", at)))
        for at, (code, label) in enumerate(METHODS, 1)
    ]
    factors = [
        (label.in_language(language), _share(given.ratio("growth", at)), float(given.share("factor_weight", at)))
        for at, (_code, label) in enumerate(FACTORS, 1)
    ]
    sheet = EstimateSheet(methods, factors, _yuan(base), view.found.material.rules.number("setting.step"))
    return estimate_workbook(sheet, words)


def _yuan(amount: int | Fraction | None) -> float | None:
    return None if amount is None else float(amount) / FEN


def _share(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio)
