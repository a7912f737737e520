"""What a receipt is set against (核销): first due first, or by hand (settled decision "Receivable", R151, G21)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import to_decimal
from dacheng.core.period import FAR_DAY

TO_NOTHING = 0
"""In place of a term: the part of a receipt that is not allocated yet."""


@dataclass(frozen=True, slots=True)
class OpenTerm:
    """A payment term as a receipt finds it.

    Args:
        due_day: None = it waits for something. open_amount: minor units, still to be paid.
        allocated: what receipts paid of it so far.
        name: as its users know it.
    """

    term_id: int
    due_day: int | None
    open_amount: int
    allocated: int = 0
    name: str = ""


Allocation = dict[int, int]
"""Term, or ``TO_NOTHING``, -> minor units; the parts come to the receipt."""


def held_until(day: int, parts: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return what of a receipt is held against nothing until its later parts post: day -> minor units, in all 0.

    A term that begins after the receipt came is paid on its first day; an advance stands unallocated until then, so
    that the postings of a receipt come to the receipt on every day.

    Args:
        day: the receipt is cash. parts: the day each part posts, not before ``day``, and what it is worth.

    >>> held_until(10, [(10, 500), (30, 200), (30, 50)])
    {10: 250, 30: -250}
    """
    found: dict[int, int] = {}
    for posts, worth in parts:
        if posts > day and worth:
            found[day] = found.get(day, 0) + worth
            found[posts] = found.get(posts, 0) - worth
    return found


def first_due_first(amount: int, terms: Iterable[OpenTerm]) -> Allocation:
    """Return what a receipt pays: the terms by due day, those that wait for something last, the rest to nothing yet.

    A refund (amount < 0) takes back what was paid last: first what is allocated to nothing, which the caller offers
    as a term of its own, then the terms by due day from the last one.

    Args:
        amount: minor units.

    >>> terms = [OpenTerm(1, 10, 300), OpenTerm(2, 20, 400), OpenTerm(3, None, 50)]
    >>> first_due_first(500, terms), first_due_first(800, terms)
    ({1: 300, 2: 200}, {1: 300, 2: 400, 3: 50, 0: 50})
    >>> first_due_first(-250, [OpenTerm(1, 10, 0, allocated=300), OpenTerm(2, 20, 200, allocated=200)])
    {2: -200, 1: -50}
    """
    ordered = sorted(terms, key=lambda term: (FAR_DAY if term.due_day is None else term.due_day, term.term_id))
    back = amount < 0
    left = abs(amount)
    found: Allocation = {}
    for term in reversed(ordered) if back else ordered:
        part = min(left, max(term.allocated if back else term.open_amount, 0))
        if part:
            found[term.term_id] = -part if back else part
            left -= part
    if left:
        found[TO_NOTHING] = found.get(TO_NOTHING, 0) + (-left if back else left)
    return found


def by_hand(amount: int, parts: Mapping[int, int], terms: Sequence[OpenTerm]) -> Allocation:
    """Return what somebody chose, the rest to nothing yet.

    Raises:
        RuleError: the parts come to more than the receipt or one has the other sign, or a term gets more than is open
            of it, or gives back more than it was paid; says which and by how much.
    """
    known = {term.term_id: term for term in terms}
    given = sum(parts.values())
    for number, part in parts.items():
        if part * amount < 0:
            _refuse_sign(known[number], part)
    if abs(given) > abs(amount):
        raise RuleError(
            Text(
                f"分配合计 {to_decimal(given)}，超过收款 {to_decimal(amount)}。",
                f"{to_decimal(given)} are allocated of a receipt of {to_decimal(amount)}.",
            ),
            Text(f"减少 {to_decimal(abs(given - amount))}。", f"Take off {to_decimal(abs(given - amount))}."),
        )
    for number, part in parts.items():
        _check_part(known[number], part)
    left = {TO_NOTHING: amount - given} if amount != given else {}
    return {number: part for number, part in parts.items() if part} | left


def _refuse_sign(term: OpenTerm, part: int) -> None:
    told = to_decimal(part)
    raise RuleError(
        Text(
            f"付款条件 {term.name} 填了 {told}，和收款方向相反。", f"{term.name}: {told} is against the receipt's sign."
        ),
        Text("收款填正数，退款填负数。", "A receipt pays above zero, a refund below."),
    )


def _check_part(term: OpenTerm, part: int) -> None:
    most = max(term.allocated, 0) if part < 0 else max(term.open_amount, 0)
    if abs(part) > most:
        limit, asked = to_decimal(most), to_decimal(abs(part))
        may = Text("最多可退", "can give back at most") if part < 0 else Text("最多可收", "can take at most")
        raise RuleError(
            Text(
                f"付款条件 {term.name} {may.zh} {limit}，填了 {asked}。", f"{term.name} {may.en} {limit}, not {asked}."
            ),
            Text("改小这一项，多出的部分先不分配。", "Lower it; what is over stays unallocated."),
        )
