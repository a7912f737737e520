"""Who reports to whom among the contacts of a customer (汇报关系): the same customer, never a circle (R097)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dacheng.core.customers.schema import CONTACTS
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import Version, standing

CUSTOMER, ABOVE = CONTACTS.positions["customer_id"], CONTACTS.positions["reports_to_id"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong on a day: somebody reports in a circle, or to no contact of his customer.

    Args:
        contacts: of a circle all of them; else who reports, and to whom.
    """

    kind: Literal["circle", "elsewhere"]
    day: int
    contacts: tuple[int, ...]


def first_fault(contacts: Mapping[int, Sequence[Version]], since_day: int) -> Fault | None:
    """Return the first fault from a day on; None when there is none.

    Args:
        contacts: contact id -> its versions, everybody of the customers concerned.
    """
    starts = {one.from_day for versions in contacts.values() for one in versions if one.from_day > since_day}
    for day in sorted({since_day} | starts):
        found = _fault_on(day, contacts)
        if found is not None:
            return found
    return None


def refusal(fault: Fault, called: Mapping[int, str]) -> RuleError:
    """Return the error of a fault.

    Args:
        called: contact id -> name.
    """
    names = [called.get(one, "?") for one in fault.contacts]
    if fault.kind == "circle":
        way = " → ".join(names)
        return RuleError(
            Text(f"汇报关系成了环：{way}。", f"The reporting lines form a circle: {way}."),
            Text("把其中一位的「汇报给」改掉或留空。", "Change or clear whom one of them reports to."),
        )
    return RuleError(
        Text(
            f"{names[0]} 汇报的 {names[1]} 那天不是同一客户的联系人。",
            f"{names[0]} reports to {names[1]}, who is no contact of the same account on that day.",
        ),
        Text("从这个客户的联系人里选。", "Choose a contact of the same account."),
    )


def _fault_on(day: int, contacts: Mapping[int, Sequence[Version]]) -> Fault | None:
    there = {one: values for one, own in contacts.items() if (values := standing(own, day)) is not None}
    above = {one: values[ABOVE] for one, values in there.items() if values[ABOVE]}
    for one, superior in above.items():
        values = there.get(superior or 0)
        if values is None or values[CUSTOMER] != there[one][CUSTOMER]:
            return Fault("elsewhere", day, (one, superior or 0))
    circle = _circle({one: superior or 0 for one, superior in above.items()})
    return Fault("circle", day, circle) if circle else None


def _circle(above: Mapping[int, int]) -> tuple[int, ...]:
    """Return one circle, its first contact repeated at the end; empty when there is none."""
    done: set[int] = set()
    for start in above:
        path = _upwards(start, above, done)
        if path and path[-1] in path[:-1]:
            return tuple(path[path.index(path[-1]) :])
        done.update(path)
    return ()


def _upwards(start: int, above: Mapping[int, int], done: Iterable[int]) -> list[int]:
    """Return the contacts upwards until one that is known to reach a top, or that stands in the path already."""
    path: list[int] = []
    at = start
    while at and at not in done:
        path.append(at)
        if at in path[:-1]:
            break
        at = above.get(at, 0)
    return path
