"""驱动因素 (drivers): customers × ticket × purchases a customer, and what one of them must be (R022)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from dacheng.core.errors import Text

CUSTOMERS, TICKET, PURCHASES = "customers", "ticket", "purchases"
FACTORS: tuple[tuple[str, Text], ...] = (
    (CUSTOMERS, Text("家数", "customers")),
    (TICKET, Text("客单价", "ticket")),
    (PURCHASES, Text("购买次数", "purchases a customer")),
)
"""In the order of chain substitution: customers first, then the ticket, then purchases."""

NEW, EXISTING = "new", "existing"
GROUPS: tuple[tuple[str, Text], ...] = (
    (NEW, Text("新客户", "New customers")),
    (EXISTING, Text("老客户", "Existing customers")),
)


@dataclass(frozen=True, slots=True)
class Drivers:
    """What a group of customers brings; None = not known, which is not zero.

    Args:
        customers: how many buy. ticket: minor units a purchase. purchases: a customer, 1 + repeat purchases.
    """

    customers: Fraction | None = None
    ticket: Fraction | None = None
    purchases: Fraction | None = None

    @property
    def values(self) -> tuple[Fraction | None, ...]:
        """Return the drivers in the order of ``FACTORS``."""
        return self.customers, self.ticket, self.purchases

    @property
    def unknown(self) -> bool:
        """Tell whether nothing at all is known."""
        return all(one is None for one in self.values)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Return what must still be known for an amount; nobody buying needs no ticket."""
        if self.customers == 0:
            return ()
        return tuple(code for (code, _), one in zip(FACTORS, self.values, strict=True) if one is None)

    @property
    def amount(self) -> Fraction | None:
        """Return customers × ticket × purchases in minor units, unrounded; None while one is not known.

        >>> Drivers(Fraction(100), Fraction(5_000_000), Fraction(6, 5)).amount
        Fraction(600000000, 1)
        """
        if self.customers == 0:
            return Fraction()
        if self.customers is None or self.ticket is None or self.purchases is None:
            return None
        return self.customers * self.ticket * self.purchases


UNKNOWN = Drivers()


@dataclass(frozen=True, slots=True)
class DriverSet:
    """The drivers of new and of existing customers; a group of which nothing is known is left out.

    Args:
        why: why nothing is known of either.
    """

    new: Drivers = UNKNOWN
    existing: Drivers = UNKNOWN
    why: Text | None = None

    @property
    def groups(self) -> tuple[Drivers, Drivers]:
        """Return the drivers in the order of ``GROUPS``."""
        return self.new, self.existing

    @property
    def told(self) -> tuple[int, ...]:
        """Return the positions of the groups of which something is known."""
        return tuple(at for at, one in enumerate(self.groups) if not one.unknown)

    @property
    def amount(self) -> Fraction | None:
        """Return what the groups told come to, minor units, unrounded; None while one of them lacks a driver."""
        found = [self.groups[at].amount for at in self.told]
        known = [one for one in found if one is not None]
        return sum(known, Fraction()) if known and len(known) == len(found) else None


def needed(given: DriverSet, wanted: int) -> tuple[Drivers, Drivers]:
    """Return what each driver must be while all others stand, so that the set comes to an amount (倒推).

    Defined as::  customers = (wanted − the other group) ÷ (ticket × purchases), rounded up; the ticket rounded up
    to the 分; purchases exactly. None where another driver is not known, or the other group brings it all.

    Args:
        wanted: minor units.

    Source: R022.
    """
    amounts = [given.groups[at].amount for at in range(len(GROUPS))]
    own = []
    for at, group in enumerate(given.groups):
        others = [amounts[one] for one in given.told if one != at]
        if group.unknown or any(one is None for one in others):
            own.append(UNKNOWN)
            continue
        rest = wanted - sum((one for one in others if one is not None), Fraction())
        own.append(_needed(group, rest))
    return own[0], own[1]


def _needed(group: Drivers, rest: Fraction) -> Drivers:
    people, ticket, times = group.values
    return Drivers(
        _quotient(rest, ticket, times, lambda exact: Fraction(ceil(exact))),
        _quotient(rest, people, times, lambda exact: Fraction(ceil(exact))),
        _quotient(rest, people, ticket, lambda exact: exact),
    )


def _quotient(
    rest: Fraction, one: Fraction | None, other: Fraction | None, put: Callable[[Fraction], Fraction]
) -> Fraction | None:
    if rest <= 0 or one is None or other is None or one * other <= 0:
        return None
    return put(rest / (one * other))


def comparable(before: Drivers, after: Drivers) -> tuple[Drivers, Drivers]:
    """Return two sets of a group that can be told apart: nobody buying takes the ticket and purchases of the other.

    So what new buyers bring where nobody bought before is all put down to customers.
    """
    return _filled(before, after), _filled(after, before)


def _filled(one: Drivers, other: Drivers) -> Drivers:
    if one.customers != 0:
        return one
    ticket = one.ticket if one.ticket is not None else other.ticket if other.ticket is not None else Fraction()
    times = one.purchases if one.purchases is not None else other.purchases
    return replace(one, ticket=ticket, purchases=times if times is not None else Fraction(1))
