"""Splits that a folder brings: the order of the parts, and what owners have of their deals from which day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from dacheng.core.company import Frame
from dacheng.core.deals.schema import WHOLE_BP
from dacheng.core.deals.splitting import Arranged, Span, arranged
from dacheng.core.period import FIRST_DAY

Columns = dict[str, list[int | None]]


def parted(splits: Frame, deals: Frame) -> tuple[Frame, Frame]:
    """Return splits and deals with the derived columns that the folder leaves out."""
    plans = _plans(splits, deals)
    return _ordered(splits, plans), _owned(deals, plans)


def _plans(splits: Frame, deals: Frame) -> dict[int, Arranged]:
    shares: dict[int, dict[int, list[Span]]] = {}
    columns = ("deal_id", "person_id", "from_day", "to_day", "share_bp")
    for deal, person, *span in zip(*(splits.columns[name] for name in columns), strict=True):
        shares.setdefault(deal or 0, {}).setdefault(person or 0, []).append(Span(*(one or 0 for one in span)))
    return {deal: arranged(own, FIRST_DAY) for deal, own in shares.items()}


def _ordered(splits: Frame, plans: Mapping[int, Arranged]) -> Frame:
    if "before_bp" in splits.columns:
        return splits
    rows = [
        (deal, person, *one.values, one.from_day, one.to_day)
        for deal, plan in sorted(plans.items())
        for person, versions in sorted(plan.partners.items())
        for one in versions
    ]
    names = ("deal_id", "person_id", "share_bp", "before_bp", "from_day", "to_day")
    return replace(splits, columns={name: [row[at] for row in rows] for at, name in enumerate(names)})


def _owned(deals: Frame, plans: Mapping[int, Arranged]) -> Frame:
    """Cut the versions of shared deals where their owner's share changes."""
    if "own_bp" in deals.columns:
        return deals
    rows: list[int] = []
    added: Columns = {"from_day": [], "to_day": [], "own_bp": []}
    spans = zip(*(deals.columns[name] for name in ("deal_id", "from_day", "to_day")), strict=True)
    for row, (deal, begin, end) in enumerate(spans):
        for piece in _pieces(plans.get(deal or 0), begin or 0, end or 0):
            rows.append(row)
            for values, value in zip(added.values(), piece, strict=True):
                values.append(value)
    kept = {name: [values[row] for row in rows] for name, values in deals.columns.items()}
    return Frame({**kept, **added}, {name: [texts[row] for row in rows] for name, texts in deals.labels.items()})


def _pieces(plan: Arranged | None, begin: int, end: int) -> list[tuple[int, int, int]]:
    if plan is None:
        return [(begin, end, WHOLE_BP)]
    cuts = [begin, *(day for day, _ in plan.own if begin < day < end), end]
    shares = dict(plan.own)
    return [(first, last, shares[max(day for day in shares if day <= first)]) for first, last in pairwise(cuts)]
