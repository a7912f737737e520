"""By what a plan is cut unless somebody says otherwise (产品类型定分解维度): flow by region, custom by customer (R056).

Months divide every row of a plan, so the time of a flow product needs no cut of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from dacheng.core.book import Book
from dacheng.core.errors import Text
from dacheng.core.history.past import EVERYTHING, lines_wanted, recorded_by_type
from dacheng.core.history.schema import DIMENSIONS
from dacheng.core.money import percent, round_half_away
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.plans.cutting import cuts_of
from dacheng.core.plans.sheet import Sheet
from dacheng.core.products.schema import CUSTOM, FLOW, MOTIONS
from dacheng.core.report import number_of
from dacheng.core.targets.ranking import PRODUCT, brought

PRODUCT_MOTIONS = "SELECT product_id, motion FROM products WHERE motion IS NOT NULL ORDER BY product_id"
ACCOUNTS = """
    SELECT DISTINCT segment_id, COALESCE(customer_id, 0) AS account_id FROM actuals {where}
    ORDER BY segment_id, account_id"""
CUT_RULES = {FLOW: "plans.cut_flow", CUSTOM: "plans.cut_custom"}


@dataclass(frozen=True, slots=True)
class DefaultCut:
    """What a plan is cut by unless somebody says otherwise.

    Args:
        dimension: of ``history.schema.DIMENSIONS``. why: the sentence that tells it; empty where nothing speaks for it.
        motion: what most was won of; None = products say nothing. by_motion: motion -> minor units won.
    """

    dimension: int
    why: Text
    motion: int | None = None
    by_motion: Mapping[int, int] | None = None


def default_cut(book: Book, sheet: Sheet, there: Collection[int]) -> DefaultCut:
    """Return by what a plan is cut: as it is cut already, else as its products go, else by the first dimension.

    Args:
        sheet: of any measure. there: the dimensions that have segments.

    Source: R056.
    """
    first = min(there, default=DIMENSIONS[0][0])
    if cuts := cuts_of(book, sheet.plan.plan_id):
        return DefaultCut(cuts[0], Text("", ""))
    span = _year_before(sheet)
    won = won_by_motion(book, span, int(sheet.unit_id[0]) or None)
    if not any(won.values()):
        return DefaultCut(first, Text("", ""))
    motion = FLOW if won[FLOW] > won[CUSTOM] else CUSTOM
    dimension = number_of(DIMENSIONS, book.rules.word(CUT_RULES[motion])) or first
    when, share = span.label(book.rules.fiscal), percent(round_half_away(won[motion] * 100, sum(won.values())) * 100)
    called, wanted = _label(MOTIONS, motion), _label(DIMENSIONS, dimension)
    why = Text(
        f"{when.zh}标了产品类型的赢单里，{called.zh}产品占 {share}，所以默认按{wanted.zh}切分；可以改选别的维度。",
        f"Of what was won in {when.en} of products with a motion, {called.en.lower()} made {share}: the cut is by "
        f"{wanted.en.lower()} unless another one is chosen.",
    )
    if dimension in there:
        return DefaultCut(dimension, why, motion, won)
    held = _label(DIMENSIONS, first)
    missing = Text(
        f"{when.zh}标了产品类型的赢单里，{called.zh}产品占 {share}，应按{wanted.zh}切分，但还没有{wanted.zh}的划分项，"
        f"先按{held.zh}。",
        f"Of what was won in {when.en} of products with a motion, {called.en.lower()} made {share}, which asks for a "
        f"cut by {wanted.en.lower()}; it has no segments yet, so the cut is by {held.en.lower()}.",
    )
    return DefaultCut(first, missing, motion, won)


def won_by_motion(book: Book, span: Period, unit: int | None) -> dict[int, int]:
    """Return what was won in a period of flow and of custom products, minor units; unsaid ones are in neither."""
    known = book.gather(PRODUCT_MOTIONS)
    motion = dict(zip(known["product_id"].tolist(), known["motion"].tolist(), strict=True))
    found = dict.fromkeys((FLOW, CUSTOM), 0)
    if motion:
        ids, amounts = brought(book, PRODUCT, span, unit, False, None)
        for product, amount in zip(ids.tolist(), amounts.tolist(), strict=True):
            if product in motion:
                found[motion[product]] += max(amount, 0)
    return found


def accounts_by_segment(book: Book, sheet: Sheet) -> dict[int, int]:
    """Return how many accounts each segment sold to in the year before; a line without a named account is not in it.

    Lines count by their segment, contracts and won deals by the type of their account.

    Source: R056 (custom products go by customer type and number of accounts).
    """
    below = replace(EVERYTHING, unit=int(sheet.unit_id[0]) or None)
    wanted = lines_wanted(book, sheet.measure_id, _year_before(sheet), below)
    lines = book.gather(ACCOUNTS.format(where=wanted.where), **wanted.params)
    pairs = [np.stack((lines["segment_id"], lines["account_id"]))]
    span, unit = _year_before(sheet), below.unit
    if recorded := recorded_by_type(book, measure=sheet.measure_id, span=span, unit=unit):
        pairs.append(np.stack((recorded.segment_id, recorded.customer_id)))
    each = np.unique(np.concatenate(pairs, axis=1), axis=1)
    ids, counts = np.unique(each[0, (each > 0).all(axis=0)], return_counts=True)
    return dict(zip(ids.tolist(), counts.tolist(), strict=True))


def _year_before(sheet: Sheet) -> Period:
    return Period(sheet.plan.from_ym - MONTHS_PER_YEAR, sheet.plan.from_ym)


def _label(listed: tuple[tuple[int, str, Text], ...], number: int) -> Text:
    return next(label for known, _code, label in listed if known == number)
