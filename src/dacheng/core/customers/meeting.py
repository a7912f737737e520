"""Who a contact of a file is among those we know at the customer (认人): by mobile or e-mail, else by name.

Systems write contacts without a number of their own; somebody has perhaps typed the same person
here. A mobile and an e-mail address are one person's; a land line is an office's and tells nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dacheng.core.text_forms import MOBILE, email, phone, phones_of

By = Literal["", "reach", "name"]
"""How somebody was known: not at all, by mobile or e-mail, or by his name."""


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as far as it tells who he is; ``number`` of the record that stands, 0 = comes with a file."""

    number: int
    name: str
    phone: str = ""
    email: str = ""

    @property
    def reach(self) -> frozenset[str]:
        """Return the mobiles and the e-mail address, each in its one form."""
        numbers = phones_of(phone(self.phone) or "")
        address = (email(self.email) or "").lower()
        return frozenset([*(one for one in numbers if MOBILE.fullmatch(one)), *([address] if address else [])])


@dataclass(frozen=True, slots=True)
class Met:
    """Whom a contact of a file may be: one = he is it, several = it cannot be told, none = he is new."""

    by: By
    people: tuple[Person, ...]


def met(coming: Person, known: Sequence[Person]) -> Met:
    """Return whom somebody may be among the contacts of his customer.

    >>> chen, namesake = Person(1, "陈立", "13900000001"), Person(2, "陈立", "13900000002")
    >>> met(Person(0, "陈总", "+86 139 0000 0001"), [chen, namesake]).people == (chen,)
    True
    >>> met(Person(0, "陈立"), [chen, namesake]).by, met(Person(0, "周敏"), [chen]).people
    ('name', ())
    """
    reached = [one for one in known if one.reach & coming.reach]
    if len(reached) > 1:
        called = [one for one in reached if one.name.strip() == coming.name.strip()]
        reached = called if len(called) == 1 else reached
    if reached:
        return Met("reach", tuple(reached))
    called = [one for one in known if one.name.strip() == coming.name.strip()]
    return Met("name" if called else "", tuple(called))
